//! Tables for spreadsheets and statistics: one fact for each row.
//!
//! ```text
//!   Run + Many ──► Table: keys, columns, cells ──► Sink ──► CSV, a workbook, Parquet
//! ```
//!
//! A table knows nothing of the file it goes to: the same rows under the same names stand in all
//! of them. The columns are specified in `docs/outputs.md`; adding one at the end is not a change
//! of the format, anything else is.

mod asked;
mod blame;
mod cell;
mod comma;
mod name;

use std::collections::BTreeSet;
use std::io;

use super::Run;
use super::run::kind_name;
use crate::measure::{Attempt, Scanning, link_hours};
use crate::trace::Reason;
use crate::units::{Duration, Instant};

use asked::share;
pub(super) use cell::{Cell, Column, Kind, Sink};
pub(super) use comma::{Comma, harmless};
pub(super) use name::write_table;
pub use name::{TableName, write_csv};

/// One row for each site, in the order of the scenario.
fn sites(run: &Run<'_>, sink: &mut dyn Sink) -> io::Result<()> {
    let scenario = run.scenario;
    let labels: BTreeSet<&str> =
        scenario.sites.iter().flat_map(|site| site.labels.keys()).map(String::as_str).collect();
    let mut table = Table::new(run, sink);
    table.head(&["site", "name", "type"]);
    table.head_whole(&["tier"]);
    table.head(&["parent", "template", "link", "timezone"]);
    table.head_whole(&["clients"]);
    labels.iter().for_each(|label| table.head(&[&format!("label_{label}")]));
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
fn attempts(run: &Run<'_>, sink: &mut dyn Sink) -> io::Result<()> {
    let mut table = Table::new(run, sink);
    table.head(&["attempt", "site"]);
    table.head_whole(&["n"]);
    table.head(&["trigger", "kind", "caused_by"]);
    table.head_time("start");
    table.head_time("end");
    table.head(&["outcome", "failure_phase", "failure_reason", "failure_source"]);
    table.head(&["failure_message", "fault"]);
    table.head_numbers(&["connect_s", "catalogue_transfer_s", "wsus_s", "settle_s", "import_s"]);
    table.head_numbers(&["replica_s"]);
    table.head_whole(&["updates", "bytes", "version"]);
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
            None => table.empty(4)?,
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
        table.whole(attempt.version)?;
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
fn arrivals(run: &Run<'_>, sink: &mut dyn Sink) -> io::Result<()> {
    let mut table = Table::new(run, sink);
    table.head(&["site", "release"]);
    table.head_time("published");
    table.head_time("current");
    table.head_numbers(&["time_to_current_s"]);
    table.head(&["attempt"]);
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
fn faults(run: &Run<'_>, sink: &mut dyn Sink) -> io::Result<()> {
    let mut table = Table::new(run, sink);
    table.head(&["fault", "site"]);
    table.head_time("from");
    table.head_time("until");
    table.head_whole(&["attempts_hit"]);
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
fn clients(run: &Run<'_>, sink: &mut dyn Sink) -> io::Result<()> {
    let mut table = Table::new(run, sink);
    table.head(&["site", "by", "release"]);
    table.head_time("published");
    table.head_whole(&["clients", "scanned"]);
    table.head_numbers(&["mean_s", "first_s", "half_s", "p95_s", "all_s"]);
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

/// One row for each circuit and hour in which something crossed it.
fn links(run: &Run<'_>, sink: &mut dyn Sink) -> io::Result<()> {
    let mut table = Table::new(run, sink);
    table.head(&["site", "link"]);
    table.head_time("from");
    table.head_time("until");
    table.head_whole(&["bytes", "bytes_up"]);
    table.head_numbers(&["utilisation"]);
    table.end_head()?;
    for hour in link_hours(run.scenario, run.trace) {
        table.begin()?;
        table.text(run.code(hour.site))?;
        table.text(&run.scenario.links[hour.link.index()].name)?;
        table.time(Some(hour.from))?;
        table.time(Some(hour.until))?;
        table.number(hour.bytes.0)?;
        table.number(hour.bytes_up.0)?;
        table.decimal(&hour.utilisation.map(share).unwrap_or_default())?;
        table.end()?;
    }
    table.finish()
}

/// A table that begins each row with the keys of its run.
struct Table<'a> {
    run: &'a Run<'a>,
    sink: &'a mut dyn Sink,
    columns: Vec<Column>,
}

impl<'a> Table<'a> {
    fn new(run: &'a Run<'a>, sink: &'a mut dyn Sink) -> Self {
        let mut table = Table { run, sink, columns: Vec::new() };
        table.head(&["scenario", "design", "point"]);
        table.head_whole(&["rep"]);
        table
    }

    /// Columns of words.
    fn head(&mut self, names: &[&str]) {
        self.columns_of(Kind::Text, names);
    }

    /// Columns of whole numbers.
    fn head_whole(&mut self, names: &[&str]) {
        self.columns_of(Kind::Whole, names);
    }

    /// Columns of numbers with decimals, lengths of time among them.
    fn head_numbers(&mut self, names: &[&str]) {
        self.columns_of(Kind::Number, names);
    }

    /// The three columns of an instant.
    fn head_time(&mut self, name: &str) {
        let forms = [("s", Kind::Number), ("utc", Kind::Utc), ("local", Kind::Local)];
        forms.iter().for_each(|(form, kind)| self.columns_of(*kind, &[&format!("{name}_{form}")]));
    }

    fn columns_of(&mut self, kind: Kind, names: &[&str]) {
        self.columns.extend(names.iter().map(|&name| Column { name: name.to_owned(), kind }));
    }

    fn end_head(&mut self) -> io::Result<()> {
        self.sink.head(&self.columns)
    }

    fn begin(&mut self) -> io::Result<()> {
        self.begin_of(Some(self.run.replication))
    }

    /// A row of another replication, or of all together.
    fn begin_of(&mut self, replication: Option<u32>) -> io::Result<()> {
        self.text(&self.run.scenario.name)?;
        self.empty(2)?; // design, point
        self.whole(replication)
    }

    fn end(&mut self) -> io::Result<()> {
        self.sink.end_row()
    }

    fn empty(&mut self, cells: usize) -> io::Result<()> {
        (0..cells).try_for_each(|_| self.sink.cell(Cell::Empty))
    }

    /// Words; none are no value.
    fn text(&mut self, text: &str) -> io::Result<()> {
        self.sink.cell(if text.is_empty() { Cell::Empty } else { Cell::Text(text) })
    }

    fn number(&mut self, number: impl Into<u64>) -> io::Result<()> {
        self.sink.cell(Cell::Whole(number.into()))
    }

    fn whole(&mut self, number: Option<u32>) -> io::Result<()> {
        self.sink.cell(number.map_or(Cell::Empty, |number| Cell::Whole(u64::from(number))))
    }

    /// A decimal number as text, exactly; no text is no value.
    fn decimal(&mut self, number: &str) -> io::Result<()> {
        self.sink.cell(if number.is_empty() { Cell::Empty } else { Cell::Number(number) })
    }

    fn seconds(&mut self, duration: Option<Duration>) -> io::Result<()> {
        self.decimal(&duration.map(|duration| seconds(duration.micros())).unwrap_or_default())
    }

    fn time(&mut self, at: Option<Instant>) -> io::Result<()> {
        let Some(at) = at else { return self.empty(3) };
        let clock = &self.run.scenario.clock;
        self.sink.cell(Cell::Number(&seconds(at.micros())))?;
        self.sink.cell(Cell::Utc(clock.timestamp(at)))?;
        self.sink.cell(Cell::Local(clock.civil(at, clock.zone())))
    }

    fn finish(self) -> io::Result<()> {
        self.sink.finish()
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::sample;

    fn made(write: impl Fn(&Run<'_>, &mut dyn Sink) -> io::Result<()>) -> Vec<String> {
        let (scenario, trace, outcome) = sample::tutorial();
        let run = Run { scenario: &scenario, trace: &trace, outcome: &outcome, replication: 0 };
        let mut out = Vec::new();
        write(&run, &mut comma::Comma::new(&mut out)).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert!(text.ends_with("\r\n"));
        assert_eq!(text.matches('\n').count(), text.matches("\r\n").count());
        text.lines().map(str::to_owned).collect()
    }

    #[test]
    fn attempts_say_when_why_and_how_long() {
        let rows = made(|run, out| attempts(run, out));
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
        let rows = made(|run, out| arrivals(run, out));
        assert!(rows[3].starts_with("tutorial,,,0,PR2,patch-tuesday,46800,"), "{}", rows[3]);
        assert!(rows[3].contains(",37206,PR2#2,"), "{}", rows[3]);
        let rows = made(|run, out| sites(run, out));
        assert_eq!(rows[2], "tutorial,,,0,PR1,Office PR1,primary,2,CEN,,,America/New_York,0");
        let rows = made(|run, out| faults(run, out));
        assert!(rows[1].starts_with("tutorial,,,0,lima-first-try,PR2,79505,"), "{}", rows[1]);
        assert!(rows[1].ends_with(",1"));
    }

    #[test]
    fn what_never_happened_is_empty() {
        let rows = made(|run, out| {
            let mut outcome = run.outcome.clone();
            outcome.arrivals[0].current = None;
            outcome.arrivals[0].attempt = None;
            arrivals(&Run { outcome: &outcome, ..*run }, out)
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
            sites(&Run { scenario: &scenario, ..*run }, out)
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
