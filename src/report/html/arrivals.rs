//! When the releases arrived, tier by tier.

use super::Told;
use super::sheet::{Cell, Sheet, number, text};
use crate::experiment::{Average, Averages};
use crate::measure::{Lag, Scanning};
use crate::report::summary::{Unit, counted, kind_of, tenths, time, together};
use crate::trace::ClientKind;
use crate::units::Duration;

/// A table for each release that is told.
pub(super) fn arrivals(told: &Told<'_>, sheet: &mut Sheet) {
    let averages = Averages::of(told.many.replications).filter(|all| all.replications > 1);
    if told.releases.told.is_empty() {
        sheet.para("No release reached any site that was to have it.");
    }
    sheet.raw("<div class=\"beside\">\n");
    for (position, lag) in told.releases.told.iter().enumerate() {
        let averages = averages.as_ref().map(|all| (all.replications, &all.milestones[position]));
        sheet.raw("<div>\n");
        release(told, sheet, lag, averages);
        sheet.raw("</div>\n");
    }
    sheet.raw("</div>\n");
    rest(told, sheet);
    clients(told, sheet);
}

fn release(
    told: &Told<'_>,
    sheet: &mut Sheet,
    lag: &Lag,
    averages: Option<(usize, &Vec<Average>)>,
) {
    let unit = Unit::of(lag.all.reached.last().copied().unwrap_or(Duration::ZERO));
    let what = match averages {
        None => "from publication until current".to_owned(),
        Some((count, _)) => {
            format!("from publication until current, mean of {count} replications")
        }
    };
    let published = told.run.scenario.clock.short(lag.published);
    let name = told.run.release(lag.release);
    sheet.element("h3", name);
    let row = |(position, group): (usize, &crate::measure::Group)| {
        let delays = &group.delays;
        let (after, never, missed) = match averages.map(|(_, all)| &all[position]) {
            None => {
                let after = [delays.first(), delays.half(), delays.p95(), delays.all()];
                (after, delays.never.to_string(), delays.never > 0)
            }
            Some(average) => (average.after, tenths(average.never), average.never > 0),
        };
        let several = lag.groups.iter().filter(|other| other.kind == group.kind).count() > 1;
        let kind = kind_of(group.kind, delays.sites());
        let tier = if several { format!("{kind}, tier {}", group.tier) } else { kind.to_owned() };
        let mut cells = vec![text(tier), number(delays.sites())];
        cells.extend(after.map(|delay| match delay {
            Some(delay) => number(unit.show(delay)),
            None => Cell::Bad("never".to_owned()),
        }));
        cells.push(if missed { Cell::Bad(never) } else { number(never) });
        cells
    };
    let rows: Vec<_> = lag.groups.iter().enumerate().map(row).collect();
    sheet.table(
        &format!("Published {published}; {} {what}", unit.plural),
        &["sites", "number", "first", "half", "95 %", "all", "never"],
        &rows,
    );
}

/// How far the clients have scanned, where there are any.
fn clients(told: &Told<'_>, sheet: &mut Sheet) {
    let run = &told.run;
    if !run.scenario.has_clients() {
        return;
    }
    let all = Scanning::of(run.scenario, run.trace);
    let mut rows = Vec::new();
    for lag in &told.releases.told {
        for kind in ClientKind::ALL {
            let of = all.iter().filter(|row| row.release == lag.release && row.by == kind);
            let Some(together) = together(&of.collect::<Vec<_>>()) else { continue };
            let mut row = vec![
                text(run.release(lag.release)),
                text(kind.name()),
                number(together.clients),
                number(together.scanned()),
            ];
            row.extend([500, 950, 1_000].map(|permille| match together.time_until(permille) {
                Some(after) => number(time(after)),
                None => Cell::Bad("never".to_owned()),
            }));
            rows.push(row);
        }
    }
    sheet.raw("<h3>Clients</h3>\n");
    sheet.table(
        "From publication until so many clients had scanned for it",
        &["release", "clients", "number", "scanned", "half", "95 %", "all"],
        &rows,
    );
}

/// The releases that have no table.
fn rest(told: &Told<'_>, sheet: &mut Sheet) {
    let (rest, too_late) = (&told.releases.rest, &told.releases.too_late);
    if !rest.is_empty() {
        let never: usize = rest.iter().map(|lag| lag.all.never).sum();
        let slowest = rest.iter().filter_map(|lag| lag.all.reached.last()).max();
        let slowest = time(slowest.copied().unwrap_or(Duration::ZERO));
        let never = match never {
            0 => String::new(),
            never => {
                format!("; {} a site never became current", counted(never, "time", "times"))
            }
        };
        let count = counted(rest.len(), "release has", "releases have");
        sheet.para(&format!("{count} no table here: at the latest after {slowest}{never}."));
    }
    if !too_late.is_empty() {
        let count = counted(too_late.len(), "release was", "releases were");
        sheet.para(&format!(
            "{count} published after the last synchronisation of the top-level site; no site could \
             have them."
        ));
    }
}
