//! The figures behind the pictures, as tables.

use super::Told;
use super::sheet::{Cell, Sheet, number, text};
use crate::measure::{Attempt, Delays, Ending, Lag};
use crate::report::summary::{Unit, kind_of};
use crate::units::{Duration, ReleaseId};

/// Rows in the table of the timeline.
const ROWS: usize = 60;

/// After how long so many of each tier were current.
pub(super) fn shares(told: &Told<'_>, release: Option<ReleaseId>, sheet: &mut Sheet) {
    let Some(release) = release else { return };
    let lag = Lag::of_one(told.run.scenario, told.run.outcome, release);
    let unit = Unit::of(lag.all.reached.last().copied().unwrap_or(Duration::ZERO));
    let percent = [10, 25, 50, 75, 90, 95, 100];
    let row = |name: String, delays: &Delays| {
        let mut cells = vec![text(name), number(delays.sites())];
        cells.extend(percent.map(|percent| match delays.percent(percent) {
            Some(delay) => number(unit.show(delay)),
            None => Cell::Bad("never".to_owned()),
        }));
        cells
    };
    let groups = lag.groups.iter().map(|group| {
        let kind = kind_of(group.kind, group.delays.sites());
        row(format!("{kind}, tier {}", group.tier), &group.delays)
    });
    let mut rows: Vec<_> = groups.collect();
    rows.push(row("all".to_owned(), &lag.all));
    sheet.table(
        &format!("{} from publication until so many of them were current", unit.plural),
        &["sites", "number", "10 %", "25 %", "50 %", "75 %", "90 %", "95 %", "100 %"],
        &rows,
    );
}

/// The synchronisations after publication, of the sites that were last.
pub(super) fn synchronisations(told: &Told<'_>, release: Option<ReleaseId>, sheet: &mut Sheet) {
    let (run, scenario) = (&told.run, told.run.scenario);
    let lag = release.map(|release| Lag::of_one(scenario, run.outcome, release));
    let from = lag.as_ref().map_or_else(Default::default, |lag| lag.wanted);
    // Where it was current it was current: what comes later is another story.
    let until = |attempt: &Attempt| {
        let latest = lag.as_ref().map(|lag| lag.latest.as_slice()).unwrap_or_default();
        let delay = latest.iter().find(|(site, _)| *site == attempt.site).and_then(|(_, it)| *it);
        delay.is_none_or(|delay| attempt.start <= from + delay)
    };
    let mut sites: Vec<_> = match &lag {
        Some(lag) => lag.latest.iter().map(|(site, _)| *site).collect(),
        None => run.outcome.attempts.iter().map(|attempt| attempt.site).collect(),
    };
    sites.truncate(ROWS);
    sites.dedup();
    let mut rows = Vec::new();
    for site in sites {
        let first = run.outcome.attempts.partition_point(|attempt| attempt.site < site);
        let of_site = run.outcome.attempts[first..].iter().take_while(|one| one.site == site);
        for attempt in of_site.filter(|one| one.start >= from && until(one)) {
            let end = attempt.end.map(|end| scenario.clock.short(end)).unwrap_or_default();
            let failure = attempt.failure.map(|failure| format!(": {}", failure.phase));
            let ending = format!("{}{}", attempt.ending.name(), failure.unwrap_or_default());
            rows.push(vec![
                text(run.attempt(site, attempt.number)),
                text(run.caused_by(attempt)),
                text(scenario.clock.short(attempt.start)),
                text(end),
                if attempt.ending == Ending::Failed { Cell::Bad(ending) } else { text(ending) },
            ]);
        }
        if rows.len() >= ROWS {
            rows.truncate(ROWS);
            break;
        }
    }
    sheet.table(
        "Synchronisations from publication until the site was current, the latest sites first",
        &["synchronisation", "because of", "start", "end", "ending"],
        &rows,
    );
    if rows.len() == ROWS {
        sheet.para("Only the first rows stand here; tables/attempts.csv has all.");
    }
}
