//! Tables for spreadsheets and statistics: one fact for each row.
//!
//! CSV by RFC 4180: UTF-8 without a mark, commas, CR LF, a header. Missing is empty. The columns
//! are specified in `docs/outputs.md`; adding one at the end is not a change of the format,
//! anything else is.

mod asked;

use std::collections::BTreeSet;
use std::io::{self, Write};

use csv::{Terminator, WriterBuilder};

use super::Run;
use super::run::kind_name;
use crate::measure::{Attempt, Scanning};
use crate::trace::Reason;
use crate::units::{Duration, Instant};

pub use asked::{write_expectations, write_series, write_summary};

/// One row for each site, in the order of the scenario.
pub fn write_sites(run: &Run<'_>, out: impl Write) -> io::Result<()> {
    let scenario = run.scenario;
    let labels: BTreeSet<&str> =
        scenario.sites.iter().flat_map(|site| site.labels.keys()).map(String::as_str).collect();
    let mut table = Table::new(run, out);
    table.head(&[
        "site", "name", "type", "tier", "parent", "template", "link", "timezone", "clients",
    ]);
    labels.iter().for_each(|label| table.name(&format!("label_{label}")));
    table.end_head()?;
    for site in &scenario.sites {
        table.begin()?;
        table.text(&site.code)?;
        table.text(&site.name)?;
        table.text(kind_name(site.kind))?;
        table.number(site.tier)?;
        table.text(site.parent.map_or("", |parent| run.code(parent)))?;
        table.text(site.template.as_deref().unwrap_or(""))?;
        table.text(site.link.map_or("", |link| &scenario.links[link.index()].name))?;
        table.text(site.zone.name())?;
        table.number(site.clients.total())?;
        for &label in &labels {
            table.text(site.labels.get(label).map_or("", String::as_str))?;
        }
        table.end()?;
    }
    table.finish()
}

/// One row for each synchronisation, by site and then by number.
pub fn write_attempts(run: &Run<'_>, out: impl Write) -> io::Result<()> {
    let mut table = Table::new(run, out);
    table.head(&["attempt", "site", "n", "trigger", "kind", "caused_by"]);
    table.head_time("start");
    table.head_time("end");
    table.head(&["outcome", "failure_phase", "failure_reason", "failure_source"]);
    table.head(&["failure_message", "fault", "connect_s", "catalogue_transfer_s", "wsus_s"]);
    table.head(&["settle_s", "import_s", "replica_s", "updates", "bytes", "version"]);
    table.head_time("retry_at");
    table.end_head()?;
    for attempt in &run.outcome.attempts {
        table.begin()?;
        table.text(&run.attempt(attempt.site, attempt.number))?;
        table.text(run.code(attempt.site))?;
        table.number(attempt.number)?;
        table.text(attempt.trigger.name())?;
        table.text(attempt.kind.name())?;
        table.text(&run.caused_by(attempt))?;
        table.time(Some(attempt.start))?;
        table.time(attempt.end)?;
        table.text(attempt.ending.name())?;
        match attempt.failure {
            None => (0..4).try_for_each(|_| table.text(""))?,
            Some(failure) => {
                let complaint = run.complaint(failure);
                table.text(failure.phase.name())?;
                match failure.reason {
                    Reason::Injected(_) => table.text("injected")?,
                    reason => table.text(&reason.to_string())?,
                }
                table.text(&complaint.source)?;
                table.text(&complaint.message)?;
            }
        }
        table.text(attempt.fault.map_or("", |fault| run.fault(fault)))?;
        for step in steps(attempt) {
            table.seconds(step)?;
        }
        table.number(attempt.updates)?;
        table.number(attempt.bytes.0)?;
        match attempt.version {
            Some(version) => table.number(version)?,
            None => table.text("")?,
        }
        table.time(attempt.retry_at)?;
        table.end()?;
    }
    table.finish()
}

/// How long the steps of a synchronisation took that were completed: connect, transfer, WSUS,
/// settle, import, replica.
fn steps(attempt: &Attempt) -> [Option<Duration>; 6] {
    let between = |from: Option<Instant>, until: Option<Instant>| Some(until?.since(from?));
    [
        between(Some(attempt.start), attempt.pull_start),
        between(attempt.pull_start, attempt.transferred),
        between(attempt.transferred.or(attempt.pull_start), attempt.pulled),
        between(attempt.pulled, attempt.settled),
        between(attempt.settled, attempt.imported),
        between(attempt.internet_start, attempt.internet_done),
    ]
}

/// One row for each site and release, whether it arrived or not.
pub fn write_arrivals(run: &Run<'_>, out: impl Write) -> io::Result<()> {
    let mut table = Table::new(run, out);
    table.head(&["site", "release"]);
    table.head_time("published");
    table.head_time("current");
    table.head(&["time_to_current_s", "attempt"]);
    ["database", "wsus", "internet"].iter().for_each(|part| table.head_time(part));
    table.end_head()?;
    for arrival in &run.outcome.arrivals {
        table.begin()?;
        table.text(run.code(arrival.site))?;
        table.text(run.release(arrival.release))?;
        table.time(Some(arrival.published))?;
        table.time(arrival.current)?;
        table.seconds(arrival.time_to_current())?;
        let attempt = arrival.attempt.map(|number| run.attempt(arrival.site, number));
        table.text(attempt.as_deref().unwrap_or(""))?;
        for part in [arrival.database, arrival.wsus, arrival.internet] {
            table.time(part)?;
        }
        table.end()?;
    }
    table.finish()
}

/// One row for each time a fault took hold.
pub fn write_faults(run: &Run<'_>, out: impl Write) -> io::Result<()> {
    let mut table = Table::new(run, out);
    table.head(&["fault", "site"]);
    table.head_time("from");
    table.head_time("until");
    table.head(&["attempts_hit"]);
    table.end_head()?;
    for occurrence in &run.outcome.faults {
        table.begin()?;
        table.text(run.fault(occurrence.fault))?;
        table.text(run.code(occurrence.site))?;
        table.time(Some(occurrence.from))?;
        table.time(occurrence.until)?;
        table.number(occurrence.attempts_hit)?;
        table.end()?;
    }
    table.finish()
}

/// One row for each site, kind of client and release, whether they scanned or not.
pub fn write_clients(run: &Run<'_>, out: impl Write) -> io::Result<()> {
    let mut table = Table::new(run, out);
    table.head(&["site", "by", "release"]);
    table.head_time("published");
    table.head(&["clients", "scanned", "mean_s", "first_s", "half_s", "p95_s", "all_s"]);
    table.end_head()?;
    for row in Scanning::of(run.scenario, run.trace) {
        table.begin()?;
        table.text(run.code(row.site))?;
        table.text(row.by.name())?;
        table.text(run.release(row.release))?;
        table.time(Some(row.published))?;
        table.number(row.clients)?;
        table.number(row.scanned())?;
        table.seconds(row.mean())?;
        for permille in [0, 500, 950, 1_000] {
            table.seconds(row.time_until(permille))?;
        }
        table.end()?;
    }
    table.finish()
}

/// A table that begins each row with the keys of its run.
struct Table<'a, W: Write> {
    run: &'a Run<'a>,
    csv: csv::Writer<W>,
    columns: Vec<String>,
    replication: String,
}

impl<'a, W: Write> Table<'a, W> {
    fn new(run: &'a Run<'a>, out: W) -> Self {
        let csv = WriterBuilder::new().terminator(Terminator::CRLF).from_writer(out);
        let mut table =
            Table { run, csv, columns: Vec::new(), replication: run.replication.to_string() };
        table.head(&["scenario", "design", "point", "rep"]);
        table
    }

    fn head(&mut self, names: &[&str]) {
        names.iter().for_each(|name| self.name(name));
    }

    fn name(&mut self, name: &str) {
        self.columns.push(harmless(name));
    }

    fn head_time(&mut self, name: &str) {
        ["s", "utc", "local"].iter().for_each(|form| self.columns.push(format!("{name}_{form}")));
    }

    fn end_head(&mut self) -> io::Result<()> {
        Ok(self.csv.write_record(&self.columns)?)
    }

    fn begin(&mut self) -> io::Result<()> {
        let replication = std::mem::take(&mut self.replication);
        let begun = self.begin_of(&replication);
        self.replication = replication;
        begun
    }

    /// A row of another replication, or of all (empty).
    fn begin_of(&mut self, replication: &str) -> io::Result<()> {
        self.text(&self.run.scenario.name)?;
        self.text("")?; // design
        self.text("")?; // point
        Ok(self.csv.write_field(replication)?)
    }

    /// csv itself sees to it that every row has as many cells as the header has columns.
    fn end(&mut self) -> io::Result<()> {
        Ok(self.csv.write_record(None::<&[u8]>)?)
    }

    fn text(&mut self, text: &str) -> io::Result<()> {
        Ok(self.csv.write_field(harmless(text))?)
    }

    fn number(&mut self, number: impl Into<u64>) -> io::Result<()> {
        Ok(self.csv.write_field(number.into().to_string())?)
    }

    fn seconds(&mut self, duration: Option<Duration>) -> io::Result<()> {
        let text = duration.map(|duration| seconds(duration.micros())).unwrap_or_default();
        Ok(self.csv.write_field(text)?)
    }

    fn time(&mut self, at: Option<Instant>) -> io::Result<()> {
        let Some(at) = at else {
            return (0..3).try_for_each(|_| Ok(self.csv.write_field("")?));
        };
        let clock = &self.run.scenario.clock;
        self.csv.write_field(seconds(at.micros()))?;
        self.csv.write_field(clock.utc(at))?;
        Ok(self.csv.write_field(clock.local(at, clock.zone()))?)
    }

    fn finish(mut self) -> io::Result<()> {
        self.csv.flush()
    }
}

/// Exact seconds: as many decimals as are needed, at most six.
pub(super) fn seconds(micros: u64) -> String {
    let (whole, fraction) = (micros / 1_000_000, micros % 1_000_000);
    if fraction == 0 {
        return whole.to_string();
    }
    format!("{whole}.{}", format!("{fraction:06}").trim_end_matches('0'))
}

/// A text that no spreadsheet takes for a formula: control characters become blanks, and a text
/// that begins like a formula (`=`, `+`, `-`, `@`) gets an apostrophe before it.
fn harmless(text: &str) -> String {
    let mut safe = String::with_capacity(text.len() + 1);
    if text.starts_with(|c: char| matches!(c, '=' | '+' | '-' | '@') || c.is_control()) {
        safe.push('\'');
    }
    safe.extend(text.chars().map(|c| if c.is_control() { ' ' } else { c }));
    safe
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::sample;

    fn made(write: impl Fn(&Run<'_>, &mut Vec<u8>) -> io::Result<()>) -> Vec<String> {
        let (scenario, trace, outcome) = sample::tutorial();
        let run = Run { scenario: &scenario, trace: &trace, outcome: &outcome, replication: 0 };
        let mut out = Vec::new();
        write(&run, &mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert!(text.ends_with("\r\n"));
        assert_eq!(text.matches('\n').count(), text.matches("\r\n").count());
        text.lines().map(str::to_owned).collect()
    }

    #[test]
    fn attempts_say_when_why_and_how_long() {
        let rows = made(|run, out| write_attempts(run, out));
        assert_eq!(
            rows[0],
            "scenario,design,point,rep,attempt,site,n,trigger,kind,caused_by,\
             start_s,start_utc,start_local,end_s,end_utc,end_local,outcome,failure_phase,\
             failure_reason,failure_source,failure_message,fault,connect_s,catalogue_transfer_s,\
             wsus_s,settle_s,import_s,replica_s,updates,bytes,version,\
             retry_at_s,retry_at_utc,retry_at_local"
        );
        assert_eq!(
            rows[1],
            "tutorial,,,0,CEN#1,CEN,1,schedule,full,schedule,\
             79200,2026-01-14T03:00:00Z,2026-01-13 22:00:00,\
             79433.999999,2026-01-14T03:03:53.999999Z,2026-01-13 22:03:53,ok,,,,,,\
             1,3,60,120,49,,120,45000000,34,,,"
        );
        assert_eq!(
            rows[3],
            "tutorial,,,0,PR2#1,PR2,1,parent,full,CEN#1,\
             79505,2026-01-14T03:05:05Z,2026-01-13 22:05:05,\
             80225,2026-01-14T03:17:05Z,2026-01-13 22:17:05,failed,pull,injected,\
             Microsoft.UpdateServices.Internal.ApiRemoting.WSyncAction.SyncWSUS,\
             UssCommunicationError: WebException,lima-first-try,1,,,,,,0,0,,\
             83825,2026-01-14T04:17:05Z,2026-01-13 23:17:05"
        );
        assert!(rows[4].contains(",retry,full,PR2#1,"), "{}", rows[4]);
    }

    #[test]
    fn arrivals_sites_and_faults_have_their_columns() {
        let rows = made(|run, out| write_arrivals(run, out));
        assert!(rows[3].starts_with("tutorial,,,0,PR2,patch-tuesday,46800,"), "{}", rows[3]);
        assert!(rows[3].contains(",37206,PR2#2,"), "{}", rows[3]);
        let rows = made(|run, out| write_sites(run, out));
        assert_eq!(rows[2], "tutorial,,,0,PR1,Office PR1,primary,2,CEN,,,America/New_York,0");
        let rows = made(|run, out| write_faults(run, out));
        assert!(rows[1].starts_with("tutorial,,,0,lima-first-try,PR2,79505,"), "{}", rows[1]);
        assert!(rows[1].ends_with(",1"));
    }

    #[test]
    fn what_never_happened_is_empty() {
        let rows = made(|run, out| {
            let mut outcome = run.outcome.clone();
            outcome.arrivals[0].current = None;
            outcome.arrivals[0].attempt = None;
            write_arrivals(&Run { outcome: &outcome, ..*run }, out)
        });
        assert!(rows[1].contains("2026-01-13 13:00:00,,,,,,79433,"), "{}", rows[1]);
    }

    #[test]
    fn no_cell_is_a_formula() {
        let rows = made(|run, out| {
            let mut scenario = run.scenario.clone();
            scenario.sites[0].name = "=HYPERLINK(\"x\",\"y\")".to_owned();
            scenario.sites[1].name = "+1\r\n2".to_owned();
            scenario.sites[1].labels.insert("a,b".to_owned(), "\t@x".to_owned());
            write_sites(&Run { scenario: &scenario, ..*run }, out)
        });
        assert_eq!(rows.len(), 4, "no line end inside a cell");
        assert!(rows[0].ends_with(",clients,\"label_a,b\""), "{}", rows[0]);
        assert!(rows[1].contains(r#","'=HYPERLINK(""x"",""y"")","#), "{}", rows[1]);
        assert!(rows[2].contains(",'+1  2,"), "{}", rows[2]);
        assert!(rows[2].ends_with(",' @x"), "{}", rows[2]);
    }

    #[test]
    fn seconds_are_exact() {
        assert_eq!(seconds(0), "0");
        assert_eq!(seconds(1), "0.000001");
        assert_eq!(seconds(1_250_000), "1.25");
        assert_eq!(seconds(u64::MAX), "18446744073709.551615");
    }
}
