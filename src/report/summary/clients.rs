//! How far clients have scanned; nothing where no site has any.

use super::super::Run;
use super::page::Page;
use super::words::{counted, grouped, time};
use crate::measure::{Lag, Scanning};

/// One line for each release that is told by itself.
pub(super) fn clients(page: &mut Page, run: &Run<'_>, told: &[Lag]) {
    if !run.scenario.has_clients() {
        return;
    }
    let all = Scanning::of(run.scenario, run.trace);
    let mut title = "CLIENTS";
    for lag in told {
        let rows: Vec<&Scanning> = all.iter().filter(|row| row.release == lag.release).collect();
        let number = |count: u64| usize::try_from(count).unwrap_or(usize::MAX);
        let clients: u64 = rows.iter().map(|row| u64::from(row.clients)).sum();
        let Some(together) = together(&rows) else { continue };
        let scanned = together.scanned();
        let times = [(500, "half"), (950, "95 %"), (1_000, "all")];
        let times = times.into_iter().filter_map(|(permille, share)| {
            together.time_until(permille).map(|after| format!("{share} in {}", time(after)))
        });
        let times: Vec<String> = times.collect();
        let clients = counted(number(clients), "client", "clients");
        let release = page.plain(run.release(lag.release));
        let scanned = grouped(number(u64::from(scanned)));
        let line = format!("{title:<10}{scanned} of {clients} scanned for {release}");
        page.pair(&line, ": ", &times.join(", "), "          ");
        title = "";
    }
}

/// All sites and kinds as one.
pub(in crate::report) fn together(rows: &[&Scanning]) -> Option<Scanning> {
    let first = rows.first()?;
    let clients = rows.iter().map(|row| u64::from(row.clients)).sum::<u64>();
    let mut batches: Vec<_> = rows.iter().flat_map(|row| row.batches.iter().copied()).collect();
    batches.sort_by_key(|batch| batch.at);
    Some(Scanning {
        clients: u32::try_from(clients).unwrap_or(u32::MAX),
        batches,
        ..(*first).clone()
    })
}
