//! The `wsyncmgr.log` of a site, as its synchronisation manager would have written it.
//!
//! Wording and order are the product's own; times are the site's local time. What the product
//! does not say but the run knows is marked: `(injected: FAULT)`. Host names, process and thread
//! numbers and the GUID of the update source are made up, the same ones every time.

use std::io::{self, Write};

use jiff::civil;
use sha2::{Digest, Sha256};

use super::Run;
use crate::measure::Attempt;
use crate::scenario::{Clock, Site};
use crate::trace::cmtrace::{Entry, Severity};
use crate::trace::{Fact, Failure, Kind, Record, Status, Trigger};
use crate::units::{Duration, FaultId, Instant, SiteId};

const COMPONENT: &str = "SMS_WSUS_SYNC_MANAGER";
const PROCESS: u32 = 2836;
const THREAD: u32 = 4242;

/// The logs of a run, one for each site that synchronised.
#[derive(Debug)]
pub struct Logs<'a> {
    run: Run<'a>,
    /// The positions of the records that a log tells, by site and then in order.
    told: Vec<u32>,
    /// Where each site's part of `told` begins; one more than there are sites.
    begins: Vec<usize>,
    /// The children that have a software update point, by site.
    children: Vec<Vec<SiteId>>,
    /// The identity of the top-level site's update source.
    source: String,
}

impl<'a> Logs<'a> {
    /// Sorts the records by site; time and memory grow with the trace alone.
    pub fn new(run: Run<'a>) -> Logs<'a> {
        let sites = &run.scenario.sites;
        let mut counts = vec![0usize; sites.len() + 1];
        for record in run.trace.records.iter().filter(|record| is_told(&record.fact)) {
            counts[record.site.index() + 1] += 1;
        }
        let mut begins = counts;
        for site in 0..sites.len() {
            begins[site + 1] += begins[site];
        }
        let mut next = begins.clone();
        let mut told = vec![0; begins[sites.len()]];
        for (position, record) in (0u32..).zip(&run.trace.records) {
            if is_told(&record.fact) {
                told[next[record.site.index()]] = position;
                next[record.site.index()] += 1;
            }
        }
        let mut children = vec![Vec::new(); sites.len()];
        for (number, site) in (0u32..).zip(sites) {
            if let (Some(parent), Some(_)) = (site.parent, &site.sup) {
                children[parent.index()].push(SiteId(number));
            }
        }
        let source = update_source(&run);
        Logs { run, told, begins, children, source }
    }

    /// The sites that have something to tell, in the order of the scenario.
    pub fn sites(&self) -> impl Iterator<Item = SiteId> + '_ {
        (0u32..)
            .zip(self.begins.windows(2))
            .filter(|(_, bounds)| bounds[0] < bounds[1])
            .map(|(number, _)| SiteId(number))
    }

    /// Writes the log of one site: one entry a line, CR LF.
    pub fn write(&self, site: SiteId, out: impl Write) -> io::Result<()> {
        let positions = &self.told[self.begins[site.index()]..self.begins[site.index() + 1]];
        let mut log = Log::new(self, site, out);
        for &position in positions {
            log.tell(&self.run.trace.records[position as usize])?;
        }
        log.out.flush()
    }

    fn find(&self, site: SiteId, number: u32) -> Option<&'a Attempt> {
        let attempts = &self.run.outcome.attempts;
        let found = attempts.binary_search_by_key(&(site, number), |a| (a.site, a.number));
        found.ok().map(|position| &attempts[position])
    }
}

fn is_told(fact: &Fact) -> bool {
    matches!(
        fact,
        Fact::Announced(_)
            | Fact::Pulled { .. }
            | Fact::Settled { .. }
            | Fact::Imported { .. }
            | Fact::InternetPointSynced { .. }
    )
}

/// A GUID that belongs to the scenario's name: the same in every run of it.
fn update_source(run: &Run<'_>) -> String {
    let hash = Sha256::digest(run.scenario.name.as_bytes());
    let hex: String = hash.iter().take(16).map(|byte| format!("{byte:02X}")).collect();
    format!("{{{}-{}-{}-{}-{}}}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
}

/// One site's log while it is being written.
struct Log<'a, W> {
    logs: &'a Logs<'a>,
    id: SiteId,
    site: &'a Site,
    host: String,
    point: String,
    internet_point: String,
    out: W,
    /// The last instant and what the clocks showed then; entries share instants.
    shown: Option<(Instant, civil::DateTime, i32)>,
    started: Instant,
    /// The last content version said.
    version: Option<u32>,
    /// How many items the last phase 2 applied.
    items: u32,
    /// When this site's database was last brought up to date.
    imported: Option<Instant>,
}

impl<'a, W: Write> Log<'a, W> {
    fn new(logs: &'a Logs<'a>, id: SiteId, out: W) -> Self {
        let site = &logs.run.scenario.sites[id.index()];
        let host = format!("{}.supsim.example", site.code);
        let point = match site.sup {
            Some(point) if !point.local => format!("{}-sup.supsim.example", site.code),
            _ => host.clone(),
        };
        let internet_point = match &site.internet_sup {
            Some(point) if !point.server.is_empty() => point.server.clone(),
            _ => format!("{}-internet.supsim.example", site.code),
        };
        Log {
            logs,
            id,
            site,
            host,
            point,
            internet_point,
            out,
            shown: None,
            started: Instant::START,
            version: None,
            items: 0,
            imported: None,
        }
    }

    fn clock(&self) -> &'a Clock {
        &self.logs.run.scenario.clock
    }

    /// One record becomes the lines that the product writes at that instant.
    fn tell(&mut self, record: &Record) -> io::Result<()> {
        let at = record.at;
        match record.fact {
            Fact::Announced(status) => self.status(at, status),
            Fact::Pulled { attempt, updates, .. } => {
                self.progress(at, "WSUS", updates)?;
                self.info(at, &format!("Done synchronizing WSUS Server {}", self.point))?;
                self.sleeping(at, attempt)
            }
            Fact::Settled { attempt } => self.settled(at, attempt),
            Fact::Imported { updates, version, .. } => {
                (self.imported, self.items) = (Some(at), updates);
                self.progress(at, "SMS", updates)?;
                self.info(at, &format!("Done synchronizing SMS with WSUS Server {}", self.point))?;
                self.content_version(at, version)
            }
            Fact::InternetPointSynced { updates, .. } => {
                self.progress(at, "Replica WSUS", updates)?;
                self.info(at, &format!("Done synchronizing WSUS Server {}", self.internet_point))
            }
            _ => Ok(()),
        }
    }

    fn status(&mut self, at: Instant, status: Status) -> io::Result<()> {
        match status {
            Status::Started { trigger, .. } => {
                self.start(at, trigger)?;
                self.message(at, &status, "", "")
            }
            Status::SynchronizingWsus { .. } => {
                self.message(at, &status, "", "")?;
                self.info(at, &format!("Synchronizing WSUS server {} ...", self.point))?;
                self.info(at, "sync: Starting WSUS synchronization")?;
                self.info(at, "sync: WSUS synchronizing categories")?;
                self.info(at, "sync: WSUS synchronizing updates")
            }
            Status::SynchronizingDatabase { kind, .. } => {
                self.message(at, &status, "", "")?;
                let point = &self.point;
                let line = format!("Synchronizing SMS database with WSUS server {point} ...");
                self.info(at, &line)?;
                self.info(at, "sync: SMS synchronizing categories")?;
                self.info(at, "sync: SMS synchronizing updates")?;
                match (kind, self.imported) {
                    // P4: a delta looks at what came after the last synchronisation.
                    (Kind::Delta, Some(last)) => {
                        let last = self.clock().civil(last, &self.site.zone);
                        let last = last.strftime("%m/%d/%Y %H:%M:%S");
                        self.info(at, &format!("Syncing updates arrived after {last}"))
                    }
                    _ => self.info(at, "Syncing all updates"),
                }
            }
            Status::SynchronizingInternetPoint { .. } => {
                self.info(at, "Synchronizing replica WSUS servers")?;
                self.message(at, &status, "", "")?;
                let line = format!("Synchronizing WSUS server {} ...", self.internet_point);
                self.info(at, &line)?;
                self.info(at, "sync: Starting Replica WSUS synchronization")
            }
            Status::Done { attempt, version }
            | Status::DoneLicenceTermsPending { attempt, version } => {
                self.message(at, &status, "", "")?;
                self.done(at, attempt, version)
            }
            Status::Failed { attempt, failure, retry_at } => {
                self.failed(at, &status, failure)?;
                let injected = self.injected(attempt);
                match retry_at {
                    Some(retry) => {
                        let minutes = retry.since(at).micros() / 60_000_000;
                        let line =
                            format!("Sync failed{injected}. Will retry in {minutes} minutes");
                        self.say(at, Severity::Error, &line)
                    }
                    None => {
                        let line =
                            format!("Too many consecutive failures{injected}. Aborting sync.");
                        self.say(at, Severity::Error, &line)
                    }
                }
            }
            Status::OutOfStep { failure, .. } => self.failed(at, &status, failure),
        }
    }

    fn start(&mut self, at: Instant, trigger: Trigger) -> io::Result<()> {
        self.started = at;
        let performing = match trigger {
            Trigger::Schedule => {
                self.info(at, "Wakeup for scheduled regular sync")?;
                "regular schedule"
            }
            Trigger::Manual => {
                self.info(at, "Wakeup by inbox drop")?;
                self.info(at, "Found local sync request file")?;
                "local request"
            }
            Trigger::Parent => {
                let parent = self.site.parent.map_or("", |parent| self.logs.run.code(parent));
                self.info(at, "Wakeup by inbox drop")?;
                self.info(at, &format!("Found parent sync notification file {parent}.SYN."))?;
                "parent request"
            }
            Trigger::Retry => "retry schedule",
            Trigger::Installed => "installation of a software update point",
        };
        self.info(at, "Starting Sync")?;
        self.info(at, &format!("Performing sync on {performing}"))?;
        self.info(at, &format!("Read SUPs from SCF for {}", self.host))?;
        let internet = self.site.internet_sup.is_some();
        self.info(at, &format!("Found {} SUPs", 1 + u32::from(internet)))?;
        self.info(at, &format!("Found active SUP {} from SCF File.", self.point))?;
        if internet {
            let line = format!("Found active SUP {} from SCF File.", self.internet_point);
            self.info(at, &line)?;
        }
        Ok(())
    }

    /// P3. The product always says two minutes; a wait of another length is said as it was.
    fn sleeping(&mut self, at: Instant, attempt: u32) -> io::Result<()> {
        let settled = self.logs.find(self.id, attempt).and_then(|attempt| attempt.settled);
        let wait = settled.map_or(Duration::from_mins(2), |settled| settled.since(at));
        let seconds = wait.micros() / 1_000_000;
        let (amount, unit) = if seconds.is_multiple_of(60) {
            (seconds / 60, "minutes")
        } else {
            (seconds, "seconds")
        };
        let what = "WSUS server sync results to become available";
        self.info(at, &format!("Sleeping {amount} more {unit} for {what}"))
    }

    /// P5: a child takes its parent's number now; the top-level site still has its old one.
    fn settled(&mut self, at: Instant, attempt: u32) -> io::Result<()> {
        let attempt = self.logs.find(self.id, attempt);
        let new = attempt.and_then(|attempt| attempt.version);
        let version = if self.is_top_level() {
            let changes = attempt.is_some_and(|attempt| attempt.updates > 0);
            self.version.or(new.map(|new| new.saturating_sub(u32::from(changes))))
        } else {
            new
        };
        version.map_or(Ok(()), |version| self.content_version(at, version))
    }

    fn content_version(&mut self, at: Instant, version: u32) -> io::Result<()> {
        self.version = Some(version);
        let (source, code) = (&self.logs.source, &self.site.code);
        let line =
            format!("Set content version of update source {source} for site {code} to {version}");
        self.info(at, &line)
    }

    fn done(&mut self, at: Instant, attempt: u32, version: u32) -> io::Result<()> {
        let code = &self.site.code;
        let line = format!("Sync succeeded. Setting sync alert to canceled state on site {code}");
        self.info(at, &line)?;
        let line = match self.site.parent {
            Some(parent) if !self.is_top_level() => {
                let parent = self.logs.run.code(parent);
                format!("Successfully synced site with parent {parent}, version {version}")
            }
            _ => {
                let items = self.items;
                format!(
                    "Updated {items} items in SMS database, \
                     new update source content version is {version}"
                )
            }
        };
        self.version = Some(version);
        self.info(at, &line)?;
        let started = self.logs.find(self.id, attempt).map_or(self.started, |a| a.start);
        self.info(at, &format!("Sync time: {}", sync_time(at.since(started))))?;
        let children = &self.logs.children[self.id.index()];
        if children.is_empty() {
            return Ok(());
        }
        let codes: Vec<&str> = children.iter().map(|&child| self.logs.run.code(child)).collect();
        self.info(at, &format!("Sending sync notification to child site(s): {}", codes.join(", ")))
    }

    fn failed(&mut self, at: Instant, status: &Status, failure: Failure) -> io::Result<()> {
        let complaint = self.logs.run.complaint(failure);
        let (source, message) = (&complaint.source, &complaint.message);
        let severity = severity_of(status).0;
        self.say(at, severity, &format!("Sync failed: {message}. Source: {source}"))?;
        self.message(at, status, source, message)
    }

    /// Names the fault of the scenario that made a synchronisation fail, when one did.
    fn injected(&self, attempt: u32) -> String {
        let fault = self.logs.find(self.id, attempt).and_then(|attempt| attempt.fault);
        let name = |fault: FaultId| format!(" (injected: {})", self.logs.run.fault(fault));
        fault.map(name).unwrap_or_default()
    }

    /// H3: the top-level site's parent, if any, has no software update point.
    fn is_top_level(&self) -> bool {
        let sites = &self.logs.run.scenario.sites;
        self.site.parent.is_none_or(|parent| sites[parent.index()].sup.is_none())
    }

    fn progress(&mut self, at: Instant, who: &str, items: u32) -> io::Result<()> {
        let line = format!(
            "sync: {who} synchronizing updates, processed {items} out of {items} items (100%)"
        );
        self.info(at, &line)
    }

    fn info(&mut self, at: Instant, text: &str) -> io::Result<()> {
        self.say(at, Severity::Information, text)
    }

    /// The line of a status message (M). Its time is UTC.
    fn message(
        &mut self,
        at: Instant,
        status: &Status,
        source: &str,
        message: &str,
    ) -> io::Result<()> {
        let (severity, letter) = severity_of(status);
        let utc = jiff::tz::TimeZone::UTC.to_datetime(self.clock().timestamp(at));
        let date = utc.strftime("%a %b %d %H:%M:%S");
        let (millis, year) = (utc.subsec_nanosecond() / 1_000_000, utc.year());
        let (id, host, code) = (status.id(), &self.host, &self.site.code);
        // Quotation marks delimit the strings.
        let (source, message) = (source.replace('"', "'"), message.replace('"', "'"));
        let line = format!(
            "STATMSG: ID={id} SEV={letter} LEV=M SOURCE=\"SMS Server\" COMP=\"{COMPONENT}\" \
             SYS={host} SITE={code} PID={PROCESS} TID={THREAD} GMTDATE={date}.{millis:03} {year} \
             ISTR0=\"{source}\" ISTR1=\"{message}\" ISTR2=\"\" ISTR3=\"\" ISTR4=\"\" ISTR5=\"\" \
             ISTR6=\"\" ISTR7=\"\" ISTR8=\"\" ISTR9=\"\" NUMATTRS=0"
        );
        self.say(at, severity, &line)
    }

    fn say(&mut self, at: Instant, severity: Severity, text: &str) -> io::Result<()> {
        let (local, bias_minutes) = match self.shown {
            Some((shown, local, bias)) if shown == at => (local, bias),
            _ => {
                let (clock, zone) = (self.clock(), &self.site.zone);
                (clock.civil(at, zone), clock.bias_minutes(at, zone))
            }
        };
        self.shown = Some((at, local, bias_minutes));
        let entry = Entry {
            text,
            at: local,
            bias_minutes,
            component: COMPONENT,
            severity,
            thread: THREAD,
            file: &self.site.code,
        };
        write!(self.out, "{entry}\r\n")
    }
}

/// How a viewer shows a status message, and its letter (M).
fn severity_of(status: &Status) -> (Severity, char) {
    match status {
        Status::Failed { .. } => (Severity::Error, 'E'),
        Status::OutOfStep { .. } | Status::DoneLicenceTermsPending { .. } => {
            (Severity::Warning, 'W')
        }
        Status::Started { .. }
        | Status::Done { .. }
        | Status::SynchronizingWsus { .. }
        | Status::SynchronizingDatabase { .. }
        | Status::SynchronizingInternetPoint { .. } => (Severity::Information, 'I'),
    }
}

/// `0d00h03m53s`: cut to the second, not rounded.
fn sync_time(duration: Duration) -> String {
    let seconds = duration.micros() / 1_000_000;
    let (days, hours) = (seconds / 86_400, seconds / 3_600 % 24);
    format!("{days}d{hours:02}h{:02}m{:02}s", seconds / 60 % 60, seconds % 60)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::sample;
    use crate::scenario::InternetPoint;
    use crate::scenario::Scenario;

    fn logs_of(scenario: &Scenario, site: u32) -> Vec<String> {
        let (_, trace, outcome) = sample::tutorial();
        let logs = Logs::new(Run { scenario, trace: &trace, outcome: &outcome, replication: 0 });
        let mut out = Vec::new();
        logs.write(SiteId(site), &mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert!(text.is_empty() || text.ends_with("\r\n"));
        text.lines().map(str::to_owned).collect()
    }

    fn texts(lines: &[String]) -> Vec<&str> {
        lines
            .iter()
            .map(|line| line.split("]LOG]!>").next().unwrap().strip_prefix("<![LOG[").unwrap())
            .collect()
    }

    #[test]
    fn the_top_level_site_says_what_the_product_says_in_its_order() {
        let lines = logs_of(&sample::tutorial().0, 0);
        let short: Vec<String> = texts(&lines)
            .iter()
            .map(|text| text.split(" SEV=").next().unwrap().replace("CEN.supsim.example", "HOST"))
            .map(|text| match text.split_once('{') {
                Some((before, rest)) => format!("{before}GUID{}", rest.split_once('}').unwrap().1),
                None => text,
            })
            .collect();
        assert_eq!(
            short,
            [
                "Wakeup for scheduled regular sync",
                "Starting Sync",
                "Performing sync on regular schedule",
                "Read SUPs from SCF for HOST",
                "Found 1 SUPs",
                "Found active SUP HOST from SCF File.",
                "STATMSG: ID=6701",
                "STATMSG: ID=6704",
                "Synchronizing WSUS server HOST ...",
                "sync: Starting WSUS synchronization",
                "sync: WSUS synchronizing categories",
                "sync: WSUS synchronizing updates",
                "sync: WSUS synchronizing updates, processed 120 out of 120 items (100%)",
                "Done synchronizing WSUS Server HOST",
                "Sleeping 2 more minutes for WSUS server sync results to become available",
                "Set content version of update source GUID for site CEN to 33",
                "STATMSG: ID=6705",
                "Synchronizing SMS database with WSUS server HOST ...",
                "sync: SMS synchronizing categories",
                "sync: SMS synchronizing updates",
                "Syncing all updates",
                "sync: SMS synchronizing updates, processed 120 out of 120 items (100%)",
                "Done synchronizing SMS with WSUS Server HOST",
                "Set content version of update source GUID for site CEN to 34",
                "STATMSG: ID=6702",
                "Sync succeeded. Setting sync alert to canceled state on site CEN",
                "Updated 120 items in SMS database, new update source content version is 34",
                "Sync time: 0d00h03m53s",
                "Sending sync notification to child site(s): PR1, PR2",
            ]
        );
        let last = lines.last().unwrap();
        assert!(last.contains("time=\"22:03:53.999+300\" date=\"01-13-2026\""), "{last}");
        assert!(last.ends_with("type=\"1\" thread=\"4242\" file=\"CEN\">"), "{last}");
    }

    #[test]
    fn a_failure_is_red_names_its_fault_and_its_retry() {
        let lines = logs_of(&sample::tutorial().0, 2);
        let failed = texts(&lines).iter().position(|text| text.starts_with("Sync failed")).unwrap();
        assert_eq!(
            texts(&lines)[failed],
            "Sync failed: UssCommunicationError: WebException. Source: \
             Microsoft.UpdateServices.Internal.ApiRemoting.WSyncAction.SyncWSUS"
        );
        assert!(
            texts(&lines)[failed + 1].contains(
                "ID=6703 SEV=E LEV=M SOURCE=\"SMS Server\" COMP=\"SMS_WSUS_SYNC_MANAGER\" \
                 SYS=PR2.supsim.example SITE=PR2 PID=2836 TID=4242 \
                 GMTDATE=Wed Jan 14 03:17:05.000 2026 \
                 ISTR0=\"Microsoft.UpdateServices.Internal.ApiRemoting.WSyncAction.SyncWSUS\" \
                 ISTR1=\"UssCommunicationError: WebException\" ISTR2="
            ),
            "{}",
            texts(&lines)[failed + 1]
        );
        let retry = "Sync failed (injected: lima-first-try). Will retry in 60 minutes";
        assert_eq!(texts(&lines)[failed + 2], retry);
        assert!(lines[failed..failed + 3].iter().all(|line| line.contains("type=\"3\"")));
        assert!(texts(&lines).contains(&"Found parent sync notification file CEN.SYN."));
        assert!(texts(&lines).contains(&"Performing sync on retry schedule"));
        assert!(texts(&lines).contains(&"Successfully synced site with parent CEN, version 34"));
        assert!(texts(&lines).contains(&"Sync time: 0d00h05m01s"));
    }

    #[test]
    fn only_children_with_a_point_are_notified_and_only_sites_that_synchronised_have_a_log() {
        let mut scenario = sample::tutorial().0;
        scenario.sites[1].sup = None;
        let lines = logs_of(&scenario, 0);
        let last = *texts(&lines).last().unwrap();
        assert_eq!(last, "Sending sync notification to child site(s): PR2");

        let (_, mut trace, outcome) = sample::tutorial();
        trace.records.retain(|record| record.site != SiteId(1));
        let run = Run { scenario: &scenario, trace: &trace, outcome: &outcome, replication: 0 };
        assert_eq!(Logs::new(run).sites().collect::<Vec<_>>(), [SiteId(0), SiteId(2)]);
    }

    #[test]
    fn times_are_those_of_the_site() {
        let mut scenario = sample::tutorial().0;
        scenario.sites[1].zone = crate::scenario::Zone::named("Europe/Berlin").unwrap();
        scenario.sites[1].internet_sup = Some(InternetPoint {
            server: "dmz1".to_owned(),
            link: None,
            work: scenario.timings[0].internet.clone(),
        });
        let lines = logs_of(&scenario, 1);
        assert!(lines[0].contains("time=\"04:05:05.000-60\" date=\"01-14-2026\""), "{}", lines[0]);
        assert!(texts(&lines).contains(&"Found 2 SUPs"));
        assert!(texts(&lines).contains(&"Found active SUP dmz1 from SCF File."));
    }

    #[test]
    fn a_sync_time_is_cut_not_rounded() {
        assert_eq!(sync_time(Duration::from_millis(233_999)), "0d00h03m53s");
        assert_eq!(sync_time(Duration::from_secs(90_061)), "1d01h01m01s");
    }
}
