//! One site's log, line by line: what the product writes, and when.

use std::io::{self, Write};

use jiff::{Timestamp, civil};

use super::Logs;
use crate::scenario::{Clock, Site};
use crate::trace::cmtrace::{Entry, Severity};
use crate::trace::{Fact, Failure, Kind, Record, Status, Trigger};
use crate::units::{Duration, FaultId, Instant, SiteId};

const COMPONENT: &str = "SMS_WSUS_SYNC_MANAGER";
const PROCESS: u32 = 2836;
const THREAD: u32 = 4242;

/// One site's log while it is being written.
pub(super) struct Log<'a, W> {
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
    /// A log of that site with nothing in it.
    pub fn new(logs: &'a Logs<'a>, id: SiteId, out: W) -> Self {
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

    /// Nothing more is to come.
    pub fn end(mut self) -> io::Result<()> {
        self.out.flush()
    }

    fn clock(&self) -> &'a Clock {
        &self.logs.run.scenario.clock
    }

    /// What the site's own clock shows.
    fn by_its_clock(&self, at: Instant) -> Timestamp {
        self.site.clock_offset.shown(self.clock().timestamp(at))
    }

    /// One record becomes the lines that the product writes at that instant.
    pub fn tell(&mut self, record: &Record) -> io::Result<()> {
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
            fact => self.catalogue(at, fact),
        }
    }

    /// The catalogue for SMS 2003 clients (L2). The numbers are the product's, the words ours.
    fn catalogue(&mut self, at: Instant, fact: Fact) -> io::Result<()> {
        let information = (Severity::Information, 'I');
        match fact {
            Fact::CatalogueSyncStarted { .. } => {
                self.info(at, "Starting synchronization of the SMS 2003 catalog")?;
                self.status_message(at, 6709, information, "", "")
            }
            Fact::CatalogueSyncDone { version, changed, .. } => {
                let outcome = match changed {
                    true => format!("it is new: version {version}"),
                    false => format!("it is still version {version}"),
                };
                self.info(at, &format!("Done synchronizing the SMS 2003 catalog, {outcome}"))?;
                self.status_message(at, 6710, information, "", "")
            }
            Fact::CatalogueSyncFailed { .. } => {
                let message = "The source of the SMS 2003 catalog does not answer";
                self.say(at, Severity::Error, &format!("Sync failed: {message}"))?;
                self.status_message(at, 6711, (Severity::Error, 'E'), "", message)
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
                match kind {
                    // P4: a delta looks at what came after the last synchronisation; before the
                    // first of the run, at what came since its start.
                    Kind::Delta => {
                        let last = self.imported.unwrap_or(Instant::START);
                        let last = self.site.zone.rules().to_datetime(self.by_its_clock(last));
                        let last = last.strftime("%m/%d/%Y %H:%M:%S");
                        self.info(at, &format!("Syncing updates arrived after {last}"))
                    }
                    Kind::Full => self.info(at, "Syncing all updates"),
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
        self.status_message(at, status.id(), severity_of(status), source, message)
    }

    fn status_message(
        &mut self,
        at: Instant,
        id: u16,
        (severity, letter): (Severity, char),
        source: &str,
        message: &str,
    ) -> io::Result<()> {
        let utc = jiff::tz::TimeZone::UTC.to_datetime(self.by_its_clock(at));
        let date = utc.strftime("%a %b %d %H:%M:%S");
        let (millis, year) = (utc.subsec_nanosecond() / 1_000_000, utc.year());
        let (host, code) = (&self.host, &self.site.code);
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
                let (shown, rules) = (self.by_its_clock(at), self.site.zone.rules());
                (rules.to_datetime(shown), -rules.to_offset(shown).seconds() / 60)
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
pub(super) fn sync_time(duration: Duration) -> String {
    let seconds = duration.micros() / 1_000_000;
    let (days, hours) = (seconds / 86_400, seconds / 3_600 % 24);
    format!("{days}d{hours:02}h{:02}m{:02}s", seconds / 60 % 60, seconds % 60)
}
