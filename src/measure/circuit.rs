//! How full circuits are: `link_utilisation`, and the rows of `links.csv`; from the record alone.
//!
//! The record says of each transfer how much crossed a circuit and from when until when. Within
//! that time it is told as spread in proportion to what the circuit carries from hour to hour,
//! which is exact for what had the circuit to itself [choice].

use std::collections::BTreeMap;

use super::Figure;
use super::figure::{Stretch, over_time};
use super::span::Span;
use crate::scenario::{
    Bandwidth, Expectation, FaultEffect, Link, Scenario, Site, Source, Track, WHOLE, WallClock,
};
use crate::trace::{Fact, Trace};
use crate::units::{Bytes, Duration, Instant, LinkId, Probability, SiteId};

const HOUR: Duration = Duration::from_hours(1);

/// What crossed the circuit of a site in an hour of the run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LinkHour {
    /// The site.
    pub site: SiteId,
    /// The link that its circuit is one of.
    pub link: LinkId,
    /// Since when.
    pub from: Instant,
    /// Until before when.
    pub until: Instant,
    /// What went to the site.
    pub bytes: Bytes,
    /// What its children pulled over it.
    pub bytes_up: Bytes,
    /// The fuller of both directions, of what the circuit could have carried \[parts per thousand
    /// million\]; `None` of a circuit without a limit.
    pub utilisation: Option<u64>,
}

/// The hours of a run in which something crossed a circuit, by site, then by link, then by time.
pub fn link_hours(scenario: &Scenario, trace: &Trace) -> Vec<LinkHour> {
    let whole = Span { from: Instant::START, until: Instant::START + scenario.duration };
    let circuits = Circuits::of(scenario, trace);
    let hours = circuits.list.iter().filter(|circuit| !circuit.crossings.is_empty());
    let hours = hours.flat_map(|circuit| circuit.hours(&[whole]));
    hours.filter(|hour| hour.bytes.0 > 0 || hour.bytes_up.0 > 0).collect()
}

/// At every instant of the spans, of each circuit of the sites: how full it is in that hour.
pub(super) fn link_utilisation(
    circuits: &Circuits,
    asked: &Expectation,
    spans: &[Span],
) -> Option<Figure> {
    let asked_for = |circuit: &&Circuit| asked.sites.binary_search(&circuit.site).is_ok();
    let hours = circuits.list.iter().filter(asked_for).flat_map(|circuit| circuit.hours(spans));
    let stretch = |hour: LinkHour| {
        let length = hour.until.since(hour.from).micros();
        Some(Stretch { from: hour.utilisation?, grows: false, length })
    };
    over_time(asked.stat, &hours.filter_map(stretch).collect::<Vec<Stretch>>())
}

/// Every circuit of a scenario, and what crossed it.
#[derive(Debug)]
pub(super) struct Circuits {
    /// By site, then by link.
    list: Vec<Circuit>,
}

#[derive(Debug)]
struct Circuit {
    site: SiteId,
    link: LinkId,
    capacity: Capacity,
    crossings: Vec<Crossing>,
}

#[derive(Clone, Copy, Debug)]
struct Crossing {
    since: Instant,
    until: Instant,
    bytes: Bytes,
    /// Do children pull it over the circuit of their parent?
    up: bool,
}

/// The circuit over which a site is reached, and the one over which its children pull: they are
/// the same, but at a top-level site whose source has another (U1).
fn links(scenario: &Scenario, top_level: Option<SiteId>, site: SiteId) -> [Option<LinkId>; 2] {
    let own = scenario.sites[site.index()].link;
    match scenario.source {
        Source::Wsus(Some(link)) if top_level == Some(site) => [Some(link), own],
        _ => [own, own],
    }
}

impl Circuits {
    pub fn of(scenario: &Scenario, trace: &Trace) -> Circuits {
        let slow = slowed(scenario, trace);
        let top_level = scenario.hierarchy().top_level();
        let mut walls: BTreeMap<&str, WallClock> = BTreeMap::new();
        let mut places = BTreeMap::new();
        for site in (0..scenario.sites.len() as u32).map(SiteId) {
            for link in links(scenario, top_level, site).into_iter().flatten() {
                places.entry((site, link)).or_insert_with(|| {
                    let described: &Site = &scenario.sites[site.index()];
                    let wall = walls.entry(described.zone.name()).or_insert_with(|| {
                        WallClock::new(&scenario.clock, &described.zone, scenario.duration)
                    });
                    let slow = slow.get(&site).map(Vec::as_slice).unwrap_or_default();
                    let link_described = &scenario.links[link.index()];
                    let capacity = Capacity::of(link_described, wall, slow, scenario.duration);
                    Circuit { site, link, capacity, crossings: Vec::new() }
                });
            }
        }
        for record in &trace.records {
            let Fact::Crossed { since, until, bytes, over } = record.fact else { continue };
            let ways = [(Some(record.site), 0, false), (over, 1, true)];
            for (site, which, up) in ways {
                let Some(site) = site else { continue };
                let link = links(scenario, top_level, site)[which];
                if let Some(circuit) = link.and_then(|link| places.get_mut(&(site, link))) {
                    circuit.crossings.push(Crossing { since, until, bytes, up });
                }
            }
        }
        Circuits { list: places.into_values().collect() }
    }
}

impl Circuit {
    /// Each hour of the run, as far as it lies in the spans.
    fn hours(&self, spans: &[Span]) -> Vec<LinkHour> {
        let cells: Vec<Span> = spans.iter().flat_map(|span| in_hours(*span)).collect();
        let mut crossed = vec![[0_u64; 2]; cells.len()];
        for crossing in &self.crossings {
            let first = cells.partition_point(|cell| cell.until <= crossing.since);
            for (cell, crossed) in cells[first..].iter().zip(&mut crossed[first..]) {
                if cell.from > crossing.until {
                    break;
                }
                crossed[usize::from(crossing.up)] += self.part(crossing, *cell);
            }
        }
        let hour = |(cell, [down, up]): (&Span, [u64; 2])| {
            let fuller = u128::from(down.max(up)) * 8_000_000;
            let share = |carries: u128| {
                let share = (fuller * u128::from(WHOLE) + carries / 2) / carries.max(1);
                // Packages and pulls go beside each other and may fill it twice [choice].
                u64::try_from(share).unwrap_or(WHOLE).min(WHOLE)
            };
            LinkHour {
                site: self.site,
                link: self.link,
                from: cell.from,
                until: cell.until,
                bytes: Bytes(down),
                bytes_up: Bytes(up),
                utilisation: self.capacity.carries(*cell).map(share),
            }
        };
        cells.iter().zip(crossed).map(hour).collect()
    }

    /// How much of it crossed within a cell.
    fn part(&self, crossing: &Crossing, cell: Span) -> u64 {
        let Crossing { since, until, bytes, .. } = *crossing;
        if since == until {
            return if cell.holds(since) { bytes.0 } else { 0 };
        }
        // How much had crossed by an instant, rounded down: nothing is lost between two cells.
        let all = self.capacity.weight(Span { from: since, until });
        let by = |at: Instant| {
            let at = at.clamp(since, until);
            let weight = self.capacity.weight(Span { from: since, until: at });
            (u128::from(bytes.0) * weight).checked_div(all).unwrap_or(0) as u64
        };
        by(cell.until) - by(cell.from)
    }
}

/// A span cut at the full hours of the run.
fn in_hours(span: Span) -> impl Iterator<Item = Span> {
    let mut from = span.from;
    std::iter::from_fn(move || {
        if from >= span.until {
            return None;
        }
        let hour = from.micros() / HOUR.micros() + 1;
        let until = Instant::from_micros(hour * HOUR.micros()).min(span.until);
        let cell = Span { from, until };
        from = until;
        Some(cell)
    })
}

/// From when until when faults left of the circuit of a site so much.
fn slowed(scenario: &Scenario, trace: &Trace) -> BTreeMap<SiteId, Vec<(Span, Probability)>> {
    let end = Instant::START + scenario.duration;
    let mut slowed: BTreeMap<SiteId, Vec<(Span, Probability)>> = BTreeMap::new();
    let mut since = BTreeMap::new();
    for record in &trace.records {
        match record.fact {
            Fact::FaultBegan { fault } => {
                if let FaultEffect::LinkSlow(share) = scenario.faults[fault.index()].effect {
                    since.insert((fault, record.site), (record.at, share));
                }
            }
            Fact::FaultEnded { fault } => {
                if let Some((from, share)) = since.remove(&(fault, record.site)) {
                    let span = Span { from, until: record.at };
                    slowed.entry(record.site).or_default().push((span, share));
                }
            }
            _ => {}
        }
    }
    for ((_, site), (from, share)) in since {
        slowed.entry(site).or_default().push((Span { from, until: end }, share));
    }
    slowed
}

/// What a circuit carries, through a run.
#[derive(Debug)]
struct Capacity {
    /// From when on at which rate \[bit/s\], and what it has carried by then \[millionths of a
    /// bit\]; the first from the start of the run. `None`: it has no limit.
    pieces: Option<Vec<(Instant, u64, u128)>>,
}

impl Capacity {
    fn of(
        link: &Link,
        wall: &WallClock,
        slow: &[(Span, Probability)],
        duration: Duration,
    ) -> Capacity {
        let end = Instant::START + duration;
        let track = match &link.bandwidth {
            Bandwidth::Unlimited => return Capacity { pieces: None },
            Bandwidth::Constant(_) => None,
            Bandwidth::Hourly(week) => Some(Track::new(week, wall)),
        };
        let mut changes = vec![Instant::START];
        let next = |at: &Instant| track.and_then(|track| track.next_change(*at));
        changes
            .extend(std::iter::successors(Some(Instant::START), next).take_while(|at| *at < end));
        changes.extend(slow.iter().flat_map(|(span, _)| [span.from, span.until]));
        changes.sort_unstable();
        changes.dedup();
        let rate_at = |at: Instant| {
            let rate = match &link.bandwidth {
                Bandwidth::Constant(rate) => Some(*rate),
                _ => track.map(|track| track.at(at)),
            };
            let rate = rate.map_or(1, |rate| link.carries(rate));
            // Of several faults at once, the one that leaves least counts [choice].
            let left = slow.iter().filter(|(span, _)| span.holds(at)).map(|(_, share)| *share);
            left.min().map_or(rate, |share| share.of_rate(rate))
        };
        let mut pieces: Vec<(Instant, u64, u128)> = Vec::with_capacity(changes.len());
        for at in changes {
            let carried = pieces.last().map_or(0, |piece| carried_by(piece, at));
            pieces.push((at, rate_at(at), carried));
        }
        Capacity { pieces: Some(pieces) }
    }

    /// What it can carry in a span \[millionths of a bit\]; `None` without a limit.
    fn carries(&self, span: Span) -> Option<u128> {
        let pieces = self.pieces.as_ref()?;
        let by = |at: Instant| {
            let next = pieces.partition_point(|(from, _, _)| *from <= at);
            carried_by(&pieces[next - 1], at)
        };
        Some(by(span.until) - by(span.from))
    }

    /// By what transfers are spread over time.
    fn weight(&self, span: Span) -> u128 {
        self.carries(span).unwrap_or(u128::from(span.length()))
    }
}

/// What has been carried by an instant that lies in this piece.
fn carried_by(&(from, rate, carried): &(Instant, u64, u128), at: Instant) -> u128 {
    carried + u128::from(rate) * u128::from(at.since(from).micros())
}

#[cfg(test)]
mod tests;
