//! What a circuit carries at an instant: its bandwidth by the hour of the day, less what is lost
//! on the way, less what faults take.

use super::{Blueprint, SiteId, World};
use crate::scenario::{Bandwidth, Link, Openness, Route, RouteRate, Track};
use crate::units::{Bytes, Duration, Instant, Probability};

/// As fast as anyone likes \[bit/s\].
pub(super) const NO_LIMIT: u64 = u64::MAX;

/// How fast something goes, and until when at least.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Pace {
    /// \[bit/s\]; [`NO_LIMIT`] for no limit.
    pub rate: u64,
    /// The next instant at which that may be different; `None`: never.
    pub until: Option<Instant>,
}

impl Pace {
    pub const UNLIMITED: Pace = Pace { rate: NO_LIMIT, until: None };

    /// So much of it.
    pub fn shared(self, share: Probability) -> Pace {
        Pace { rate: share_of(self.rate, share), ..self }
    }
}

/// A share of a rate, rounded down; but a circuit that is not cut always carries something.
fn share_of(rate: u64, share: Probability) -> u64 {
    if rate == NO_LIMIT || share == Probability::ALWAYS {
        return rate;
    }
    share.of_rate(rate)
}

/// The earlier of two instants that may never come.
pub(super) fn earlier(one: Option<Instant>, other: Option<Instant>) -> Option<Instant> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    }
}

impl Blueprint<'_> {
    /// What a link carries at an instant, by those clocks.
    pub(super) fn link_pace(&self, link: &Link, wall: u32, at: Instant) -> Pace {
        match &link.bandwidth {
            Bandwidth::Unlimited => Pace::UNLIMITED,
            Bandwidth::Constant(rate) => Pace { rate: link.carries(*rate), until: None },
            Bandwidth::Hourly(week) => {
                let track = Track::new(week, &self.walls[wall as usize]);
                let rate = link.carries(track.at(at));
                Pace { rate, until: track.next_change(at) }
            }
        }
    }

    /// How long a link takes to carry something alone, from an instant on, latency included.
    pub(super) fn carrying(
        &self,
        link: &Link,
        site: SiteId,
        bytes: Bytes,
        from: Instant,
    ) -> Duration {
        let mut left = u128::from(bytes.0) * 8_000_000;
        let mut at = from;
        loop {
            let pace = self.link_pace(link, self.wall_number(site), at);
            let needs = time_to_carry(left, pace.rate);
            let holds = pace.until.map(|until| until - at);
            match holds {
                Some(holds) if u128::from(holds.micros()) < needs => {
                    left -= u128::from(pace.rate) * u128::from(holds.micros());
                    at += holds;
                }
                _ => {
                    let all = needs + u128::from((at - from).micros());
                    let all = Duration::from_micros(u64::try_from(all).unwrap_or(u64::MAX));
                    return all.checked_add(link.latency).unwrap_or(Duration::MAX);
                }
            }
        }
    }
}

/// The first whole microsecond at which so many millionths of a bit have been carried \[µs\].
pub(super) fn time_to_carry(micro_bits: u128, rate: u64) -> u128 {
    if rate == NO_LIMIT {
        return 0;
    }
    // Two terabytes and more need the wide division, which takes ten times as long.
    match u64::try_from(micro_bits) {
        Ok(narrow) => u128::from(narrow.div_ceil(rate)),
        Err(_) => micro_bits.div_ceil(u128::from(rate)),
    }
}

impl<'s> World<'s> {
    /// What the circuit by which a site is reached carries at this instant; `None` without one.
    pub(super) fn circuit_pace(&self, site: SiteId) -> Option<Pace> {
        Some(self.link_pace(site, self.circuit(site)?))
    }

    /// What a link of a site carries at this instant.
    pub(super) fn link_pace(&self, site: SiteId, link: &Link) -> Pace {
        let wall = self.blueprint.wall_number(site);
        let pace = self.blueprint.link_pace(link, wall, self.now());
        match self.link_slowed(site) {
            Some(share) => pace.shared(share),
            None => pace,
        }
    }

    /// The address by which a site's parent reaches it (R4).
    pub(super) fn route(&self, site: SiteId) -> Option<&'s Route> {
        if !self.sites[site.index()].place.routed {
            return None;
        }
        let scenario = self.scenario();
        let route = scenario.sites[site.index()].route?;
        Some(&scenario.routes[route.index()])
    }

    /// How fast packages go to a site at this instant: what its circuit carries, of which a rate
    /// limit leaves a share (R4).
    pub(super) fn sending_pace(&self, site: SiteId) -> Pace {
        let pace = self.circuit_pace(site).unwrap_or(Pace::UNLIMITED);
        let Some(Route { rate: RouteRate::Hourly(week), .. }) = self.route(site) else {
            return pace;
        };
        // R4: the share of the time that the sender may send, and so of the bandwidth [choice].
        let track = Track::new(week, self.blueprint.wall(site));
        let until = earlier(pace.until, track.next_change(self.now()));
        Pace { until, ..pace.shared(track.at(self.now())) }
    }

    /// The first instant, from now on, at which the address of a site is open for something;
    /// `None`: never (R4).
    pub(super) fn opens(&self, site: SiteId, admits: fn(Openness) -> bool) -> Option<Instant> {
        match self.route(site) {
            None => Some(self.now()),
            Some(route) => {
                Track::new(&route.open, self.blueprint.wall(site)).first(self.now(), admits)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn share(percent: u32) -> Probability {
        Probability::from_parts_per_billion(percent * 10_000_000).unwrap()
    }

    #[test]
    fn a_share_of_a_rate_is_rounded_down_but_never_nothing() {
        assert_eq!(share_of(128_000, share(10)), 12_800);
        assert_eq!(share_of(1_001, share(50)), 500);
        assert_eq!(share_of(5, share(1)), 1);
        assert_eq!(share_of(NO_LIMIT, share(1)), NO_LIMIT);
    }
}
