//! How clients come to be checked: `clients_scanned`, `time_to_scanned` (C3).

use super::clients::Scanning;
use super::figure::{of_counted, of_values};
use super::holding::{Holdings, share};
use super::span::{Span, within};
use super::{Batch, Figure};
use crate::scenario::{Expectation, Holder, Scenario, Stat};
use crate::trace::ClientKind;
use crate::units::{Instant, ReleaseId};

/// Is the row one of a selected site, of clients that scan against the part that is meant?
fn counts(row: &Scanning, asked: &Expectation) -> bool {
    let against = match asked.part {
        Holder::Site => true,
        Holder::Database => false,
        Holder::Wsus => row.by == ClientKind::Intranet,
        Holder::Internet => row.by == ClientKind::Internet,
    };
    against && asked.sites.binary_search(&row.site).is_ok()
}

/// One value for each release published in the spans whose time is up before the end of the run:
/// the share of clients that have scanned for it by then.
pub(super) fn clients_scanned(
    scenario: &Scenario,
    scannings: &[Scanning],
    holdings: &Holdings<'_>,
    asked: &Expectation,
    spans: &[Span],
) -> Option<Figure> {
    let end = Instant::START + scenario.duration;
    let of_release = |&release: &ReleaseId| {
        let wanted = holdings.wanted_of(release).filter(|wanted| within(spans, *wanted))?;
        let due = asked.after.map_or(Some(end), |after| wanted.checked_add(after))?;
        let (mut scanned, mut clients) = (0, 0);
        for row in scannings.iter().filter(|row| row.release == release && counts(row, asked)) {
            scanned += u64::from(row.scanned_by(due));
            clients += u64::from(row.clients);
        }
        (due <= end && clients > 0).then(|| Figure::Of(share(scanned, clients)))
    };
    let mut values: Vec<Figure> = asked.releases.iter().filter_map(of_release).collect();
    of_values(asked.stat, &mut values)
}

/// One value for each client and each release that is published (or first asked for) in the spans.
pub(super) fn time_to_scanned(
    scannings: &[Scanning],
    holdings: &Holdings<'_>,
    asked: &Expectation,
    spans: &[Span],
) -> Option<Figure> {
    let mut values = Vec::new();
    for row in scannings.iter().filter(|row| counts(row, asked)) {
        if asked.releases.binary_search(&row.release).is_err() {
            continue;
        }
        let wanted = holdings.wanted_of(row.release).filter(|wanted| within(spans, *wanted));
        let Some(wanted) = wanted else { continue };
        // Of a group the mean is exact; whoever asks for a rank gets the end of the slice, by
        // which so many had scanned.
        let scanned_at = |batch: &Batch| {
            let earlier = if asked.stat == Stat::Mean { batch.earlier.micros() } else { 0 };
            batch.at.micros().saturating_sub(earlier).saturating_sub(wanted.micros())
        };
        let told = row.batches.iter();
        values.extend(told.map(|one| (Figure::Of(scanned_at(one)), u64::from(one.clients))));
        let never = row.clients.saturating_sub(row.scanned());
        values.push((Figure::Never, u64::from(never)));
    }
    of_counted(asked.stat, &mut values)
}

#[cfg(test)]
mod tests;
