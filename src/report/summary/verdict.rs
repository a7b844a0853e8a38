//! The answer, before anything else.

use super::super::Run;
use super::page::{BAD, GOOD, Page};
use super::releases::Releases;
use super::words::{counted, time};
use crate::measure::Lag;
use crate::units::{Duration, Instant, SiteId};

/// Sites that are named in a list.
const SITES: usize = 8;

/// Did every site become current? Those that did not are said before anything else.
pub(super) fn verdict(page: &mut Page, run: &Run<'_>, releases: &Releases) {
    let (yes, no) = if page.look.ascii { ("OK ", "!! ") } else { ("✓ ", "✗ ") };
    if run.scenario.catalogue.releases.is_empty() {
        page.line(format_args!("No release is published in this run: nothing can arrive."));
        return page.gap();
    }
    if run.outcome.arrivals.is_empty() {
        // U2: then it is the criteria that let nothing through.
        if run.scenario.wanted().iter().all(|one| one.is_none_or(|one| !one.in_the_end)) {
            page.line(format_args!(
                "No release of this run matches the criteria: nothing arrives."
            ));
            return page.gap();
        }
        page.styled(BAD, format_args!("{no}No site can receive metadata."));
        return page.gap();
    }
    // Releases that the same sites never got are told together.
    let mut missed: Vec<(Vec<SiteId>, Vec<&Lag>)> = Vec::new();
    for lag in releases.possible().filter(|lag| lag.all.never > 0) {
        let sites: Vec<SiteId> =
            lag.latest[..lag.all.never].iter().map(|&(site, _)| site).collect();
        match missed.iter_mut().find(|(others, _)| *others == sites) {
            Some((_, lags)) => lags.push(lag),
            None => missed.push((sites, vec![lag])),
        }
    }
    let end = Instant::START + run.scenario.duration;
    for (sites, lags) in missed.iter().take(3) {
        let (never, all, name) = (sites.len(), lags[0].all.sites(), run.release(lags[0].release));
        let others = match lags.len() - 1 {
            0 => String::new(),
            others => format!(" and {}", counted(others, "other release", "other releases")),
        };
        page.styled(
            BAD,
            format_args!("{no}{never} of {all} sites NEVER became current with {name}{others}"),
        );
        let codes: Vec<&str> = sites.iter().take(SITES).map(|&site| run.code(site)).collect();
        let more = match never.saturating_sub(SITES) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        let since = time(end.since(lags[0].wanted));
        page.line(format_args!("  {}{more}; the run ended {since} after {name}", codes.join(" ")));
    }
    if missed.len() > 3 {
        let more: usize = missed[3..].iter().map(|(_, lags)| lags.len()).sum();
        let more = counted(more, "more release", "more releases");
        page.styled(BAD, format_args!("{no}nor did every site with {more}"));
    }
    let possible = releases.possible().count();
    if missed.is_empty() && possible > 0 {
        let what = match possible {
            1 => run.release(releases.told[0].release).to_owned(),
            many => format!("every release ({many})"),
        };
        let slowest = releases.possible().filter_map(|lag| lag.all.all()).max();
        let slowest = time(slowest.unwrap_or(Duration::ZERO));
        match releases.told[0].all.sites() {
            1 => page.styled(
                GOOD,
                format_args!("{yes}The only site became current with {what} after {slowest}"),
            ),
            sites => page.styled(
                GOOD,
                format_args!(
                    "{yes}All {sites} sites became current with {what}, \
                     at the latest after {slowest}"
                ),
            ),
        }
    }
    if let Some(first) = releases.too_late.first() {
        let count = counted(releases.too_late.len(), "release", "releases");
        let name = run.release(first.release);
        let later = if releases.too_late.len() > 1 { " and later" } else { "" };
        page.line(format_args!(
            "  {count} came after the last synchronisation of the top-level site: {name}{later}"
        ));
    }
    page.gap();
}
