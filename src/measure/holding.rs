//! When sites hold releases: `time_to_current`, `share_current`, `sites_not_current`, `staleness`.

use super::figure::{Stretch, of_values, over_time};
use super::span::{Span, within};
use super::{Arrival, Figure, Outcome};
use crate::scenario::{Expectation, Holder, Scenario, WHOLE};
use crate::units::{Duration, Instant, ReleaseId, SiteId};

/// Where the rows of each site are among the arrivals.
pub(super) struct Holdings<'o> {
    arrivals: &'o [Arrival],
    /// The rows of the first site: each site has rows of the same releases, those that anybody
    /// asks for (U2).
    first: &'o [Arrival],
    /// Where among them each release is.
    places: Vec<Option<usize>>,
}

impl<'o> Holdings<'o> {
    pub fn of(scenario: &Scenario, outcome: &'o Outcome) -> Holdings<'o> {
        let arrivals = &outcome.arrivals;
        let site = arrivals.first().map(|first| first.site);
        let each = arrivals.iter().take_while(|arrival| Some(arrival.site) == site).count();
        let (first, mut places) =
            (&arrivals[..each], vec![None; scenario.catalogue.releases.len()]);
        for (place, arrival) in first.iter().enumerate() {
            places[arrival.release.index()] = Some(place);
        }
        Holdings { arrivals, first, places }
    }

    /// Where the rows of these releases are among the rows of every site.
    pub fn places(&self, releases: &[ReleaseId]) -> Vec<usize> {
        releases.iter().filter_map(|release| self.places[release.index()]).collect()
    }

    /// Since when a release is asked for; `None` when nobody asks for it.
    pub fn wanted_of(&self, release: ReleaseId) -> Option<Instant> {
        Some(self.first[self.places[release.index()]?].wanted)
    }

    /// Since when each release is asked for, in the order of the rows of a site.
    pub fn wanted(&self) -> impl Iterator<Item = Instant> + '_ {
        self.first.iter().map(|arrival| arrival.wanted)
    }

    /// The rows of a site, in the order of the releases; none of a site that cannot be reached.
    pub fn rows(&self, site: SiteId) -> &'o [Arrival] {
        let first = self.arrivals.partition_point(|arrival| arrival.site < site);
        let rows = self.arrivals.get(first..first + self.first.len()).unwrap_or_default();
        if rows.first().is_some_and(|arrival| arrival.site == site) { rows } else { &[] }
    }
}

/// When that part held the release.
pub(super) fn held(arrival: &Arrival, part: Holder) -> Option<Instant> {
    match part {
        Holder::Site => arrival.current,
        Holder::Database => arrival.database,
        Holder::Wsus => arrival.wsus,
        Holder::Internet => arrival.internet,
    }
}

/// One value for each site and release that is published (or first asked for) in the spans.
pub(super) fn time_to_current(
    holdings: &Holdings<'_>,
    asked: &Expectation,
    spans: &[Span],
) -> Option<Figure> {
    let mut values = Vec::with_capacity(asked.sites.len() * asked.releases.len());
    let places = holdings.places(&asked.releases);
    for &site in &asked.sites {
        let rows = holdings.rows(site);
        for arrival in places.iter().filter_map(|&place| rows.get(place)) {
            if within(spans, arrival.wanted) {
                let delay = held(arrival, asked.part).map(|at| at.since(arrival.wanted));
                values.push(delay.map_or(Figure::Never, |delay| Figure::Of(delay.micros())));
            }
        }
    }
    of_values(asked.stat, &mut values)
}

/// One value for each release published in the spans whose time is up before the end of the run:
/// what `value` makes of how many of how many sites hold it by then.
pub(super) fn of_each_release(
    scenario: &Scenario,
    holdings: &Holdings<'_>,
    asked: &Expectation,
    spans: &[Span],
    value: impl Fn(u64, u64) -> u64,
) -> Option<Figure> {
    let end = Instant::START + scenario.duration;
    let due = |place: usize| {
        let wanted = holdings.first[place].wanted;
        let due = asked.after.map_or(Some(end), |after| wanted.checked_add(after))?;
        (within(spans, wanted) && due <= end).then_some((place, due))
    };
    let places = holdings.places(&asked.releases);
    let due: Vec<(usize, Instant)> = places.into_iter().filter_map(due).collect();
    let mut have = vec![0_u64; due.len()];
    let mut sites = 0;
    for rows in asked.sites.iter().map(|&site| holdings.rows(site)).filter(|r| !r.is_empty()) {
        sites += 1;
        for (count, &(place, due)) in have.iter_mut().zip(&due) {
            *count += u64::from(held(&rows[place], asked.part).is_some_and(|at| at <= due));
        }
    }
    if sites == 0 {
        return None;
    }
    let mut values: Vec<Figure> =
        have.into_iter().map(|count| Figure::Of(value(count, sites))).collect();
    of_values(asked.stat, &mut values)
}

/// `have` of `all`, as a share to the nearest thousand-millionth.
pub(super) fn share(have: u64, all: u64) -> u64 {
    let all = u128::from(all);
    let share = (u128::from(have) * u128::from(WHOLE) + all / 2) / all;
    u64::try_from(share).unwrap_or(WHOLE)
}

/// At every instant of the spans, of each site: how long ago the oldest release was published that
/// it lacks; nothing when it lacks none.
pub(super) fn staleness(
    scenario: &Scenario,
    holdings: &Holdings<'_>,
    asked: &Expectation,
    spans: &[Span],
) -> Option<Figure> {
    let span_length: u64 = spans.iter().map(Span::length).sum();
    let mut stretches = Vec::new();
    let mut fresh = 0_u128;
    let places = holdings.places(&asked.releases);
    for &site in &asked.sites {
        let rows = holdings.rows(site);
        if rows.is_empty() && !holdings.first.is_empty() {
            continue;
        }
        let mut stale = 0;
        for (published, lacking) in lacks(scenario, rows, asked.part, &places) {
            for lacking in spans.iter().filter_map(|span| span.and(lacking)) {
                let age: Duration = lacking.from.since(published);
                stale += lacking.length();
                stretches.push(Stretch {
                    from: age.micros(),
                    grows: true,
                    length: lacking.length(),
                });
            }
        }
        fresh += u128::from(span_length - stale);
    }
    // all the time in which nothing is lacking, in as few stretches as hold it
    while fresh > 0 {
        let length = u64::try_from(fresh).unwrap_or(u64::MAX);
        stretches.push(Stretch { from: 0, grows: false, length });
        fresh -= u128::from(length);
    }
    over_time(asked.stat, &stretches)
}

/// The stretches in which a site lacks a release, each with the publication of the oldest one that
/// it lacks in it; in order. `places` are those of the rows that count.
pub(super) fn lacks(
    scenario: &Scenario,
    rows: &[Arrival],
    part: Holder,
    places: &[usize],
) -> Vec<(Instant, Span)> {
    let end = Instant::START + scenario.duration;
    let mut lacks = Vec::new();
    let mut counted: Vec<&Arrival> = places.iter().filter_map(|&place| rows.get(place)).collect();
    // Releases stand in the order of their publication, which is that of being asked for unless
    // the criteria change.
    if !counted.is_sorted_by_key(|arrival| arrival.wanted) {
        counted.sort_by_key(|arrival| arrival.wanted);
    }
    // Until here an older release was lacking: the first that is lacking at an instant is the
    // oldest.
    let mut lacked_until = Instant::START;
    for arrival in counted {
        let until = held(arrival, part).unwrap_or(end).min(end);
        let from = arrival.wanted.max(lacked_until);
        if from < until {
            lacks.push((arrival.wanted, Span { from, until }));
            lacked_until = until;
        }
    }
    lacks
}
