//! How long releases took to reach the sites, and how much synchronising that was.
//!
//! All of it is exact: integers, order statistics, no interpolation. A site that never became
//! current counts among the sites and is later than any other.

use std::collections::BTreeMap;

use super::{Arrival, Attempt, Ending, Outcome};
use crate::scenario::{Scenario, SiteKind};
use crate::trace::Trigger;
use crate::units::{Duration, Instant, ReleaseId, SiteId};

/// How one release reached the sites.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lag {
    /// Which release.
    pub release: ReleaseId,
    /// When it was published.
    pub published: Instant,
    /// Since when it is asked for; delays count from here.
    pub wanted: Instant,
    /// By tier and kind of site, from the top.
    pub groups: Vec<Group>,
    /// All sites together.
    pub all: Delays,
    /// All sites, the latest first: those that never became current, then by delay; equal ones
    /// in the order of the scenario.
    pub latest: Vec<(SiteId, Option<Duration>)>,
}

/// The sites of one tier and kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// 1 at the root.
    pub tier: u32,
    /// Central, primary or secondary.
    pub kind: SiteKind,
    /// How long they took.
    pub delays: Delays,
}

/// Times from publication to current, of some sites.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Delays {
    /// Of the sites that became current, ascending.
    pub reached: Vec<Duration>,
    /// How many sites never did.
    pub never: usize,
}

impl Delays {
    /// How many sites there are.
    pub fn sites(&self) -> usize {
        self.reached.len() + self.never
    }

    /// When the first site was current.
    pub fn first(&self) -> Option<Duration> {
        self.reached.first().copied()
    }

    /// When half of the sites were current.
    pub fn half(&self) -> Option<Duration> {
        self.percent(50)
    }

    /// When 95 % of the sites were current.
    pub fn p95(&self) -> Option<Duration> {
        self.percent(95)
    }

    /// When the last site was current; `None` when one never was.
    pub fn all(&self) -> Option<Duration> {
        self.percent(100)
    }

    /// The first delay after which at least `percent` of the sites were current; `None` when so
    /// many never were. `percent` is from 1 to 100.
    pub fn percent(&self, percent: usize) -> Option<Duration> {
        assert!((1..=100).contains(&percent), "a percentage from 1 to 100");
        let needed = (self.sites() * percent).div_ceil(100);
        needed.checked_sub(1).and_then(|position| self.reached.get(position).copied())
    }
}

impl Lag {
    /// How each release reached the sites, in the order of the releases.
    pub fn of(scenario: &Scenario, outcome: &Outcome) -> Vec<Lag> {
        let mut by_release: BTreeMap<ReleaseId, Vec<&Arrival>> = BTreeMap::new();
        for arrival in &outcome.arrivals {
            by_release.entry(arrival.release).or_default().push(arrival);
        }
        let lag = |(release, arrivals): (ReleaseId, Vec<&Arrival>)| {
            Lag::from(scenario, release, arrivals.into_iter())
        };
        by_release.into_iter().map(lag).collect()
    }

    /// How one release reached the sites.
    pub fn of_one(scenario: &Scenario, outcome: &Outcome, release: ReleaseId) -> Lag {
        // The rows of each site stand together, of the same releases at each.
        let arrivals = &outcome.arrivals;
        let site = arrivals.first().map(|first| first.site);
        let each = arrivals.iter().take_while(|arrival| Some(arrival.site) == site).count();
        let at = arrivals[..each].iter().position(|arrival| arrival.release == release);
        let rows = arrivals.iter().skip(at.unwrap_or(arrivals.len())).step_by(each.max(1));
        Lag::from(scenario, release, rows)
    }

    fn from<'o>(
        scenario: &Scenario,
        release: ReleaseId,
        arrivals: impl Iterator<Item = &'o Arrival>,
    ) -> Lag {
        let published = scenario.catalogue.releases[release.index()].at;
        let mut wanted = published;
        let mut groups: BTreeMap<(u32, SiteKind), Delays> = BTreeMap::new();
        let mut all = Delays::default();
        let mut latest = Vec::with_capacity(arrivals.size_hint().0);
        for arrival in arrivals {
            let site = &scenario.sites[arrival.site.index()];
            let delay = arrival.time_to_current();
            wanted = arrival.wanted;
            for delays in [&mut all, groups.entry((site.tier, site.kind)).or_default()] {
                match delay {
                    Some(delay) => delays.reached.push(delay),
                    None => delays.never += 1,
                }
            }
            latest.push((arrival.site, delay));
        }
        all.reached.sort_unstable();
        groups.values_mut().for_each(|delays| delays.reached.sort_unstable());
        latest.sort_by_key(|&(site, delay)| {
            (std::cmp::Reverse(delay.unwrap_or(Duration::MAX)), site)
        });
        let groups =
            groups.into_iter().map(|((tier, kind), delays)| Group { tier, kind, delays }).collect();
        Lag { release, published, wanted, groups, all, latest }
    }

    /// What is kept of it where there are many: by tier and kind, from the top.
    pub fn milestones(&self) -> Vec<Milestones> {
        self.groups.iter().map(Group::milestones).collect()
    }
}

impl Group {
    fn milestones(&self) -> Milestones {
        let Group { tier, kind, delays } = self;
        Milestones {
            tier: *tier,
            kind: *kind,
            sites: delays.sites(),
            never: delays.never,
            after: [delays.first(), delays.half(), delays.p95(), delays.all()],
        }
    }
}

/// The few instants that say how a release reached the sites of one tier and kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Milestones {
    /// 1 at the root.
    pub tier: u32,
    /// Central, primary or secondary.
    pub kind: SiteKind,
    /// How many sites there are.
    pub sites: usize,
    /// How many never became current.
    pub never: usize,
    /// How long until the first, half, 95 % and all of them were; `None`: so many never were.
    pub after: [Option<Duration>; 4],
}

/// How much synchronising a run was.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Activity {
    /// Synchronisations started.
    pub attempts: usize,
    /// Those that ended with 6702 or 6708.
    pub succeeded: usize,
    /// Those that ended with 6703.
    pub failed: usize,
    /// Those that ran when the run ended.
    pub unfinished: usize,
    /// Those that were started by an earlier failure.
    pub retries: usize,
    /// The most that ran at once; one that ends as another starts is not counted with it.
    pub busiest: usize,
    /// When so many ran for the first time.
    pub busiest_at: Option<Instant>,
}

impl Activity {
    /// The counts of a run.
    pub fn of(outcome: &Outcome) -> Activity {
        let ended = |ending| outcome.attempts.iter().filter(|a| a.ending == ending).count();
        let (busiest, busiest_at) = busiest(&outcome.attempts);
        Activity {
            attempts: outcome.attempts.len(),
            succeeded: ended(Ending::Ok) + ended(Ending::LicenceTermsPending),
            failed: ended(Ending::Failed),
            unfinished: ended(Ending::Unfinished),
            retries: outcome.attempts.iter().filter(|a| a.trigger == Trigger::Retry).count(),
            busiest,
            busiest_at,
        }
    }
}

fn busiest(attempts: &[Attempt]) -> (usize, Option<Instant>) {
    // One that ends at the instant of its start runs for no time at all.
    let lasting = attempts.iter().filter(|a| a.end.is_none_or(|end| end > a.start));
    let mut edges: Vec<(Instant, bool)> = Vec::with_capacity(2 * attempts.len());
    for attempt in lasting {
        edges.push((attempt.start, true));
        edges.extend(attempt.end.map(|end| (end, false)));
    }
    // `false` sorts first: ends come before starts at one instant.
    edges.sort_unstable();
    let (mut running, mut most, mut when) = (0, 0, None);
    for (at, starts) in edges {
        if starts {
            running += 1;
            if running > most {
                (most, when) = (running, Some(at));
            }
        } else {
            running -= 1;
        }
    }
    (most, when)
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    fn delays(reached: &[u64], never: usize) -> Delays {
        Delays { reached: reached.iter().map(|&s| Duration::from_secs(s)).collect(), never }
    }

    #[test]
    fn shares_are_order_statistics_of_all_sites() {
        let seconds = |delay: Option<Duration>| delay.map(|delay| delay.micros() / 1_000_000);
        let twenty = delays(&(1..=20).collect::<Vec<_>>(), 0);
        assert_eq!(seconds(twenty.first()), Some(1));
        assert_eq!(seconds(twenty.half()), Some(10));
        assert_eq!(seconds(twenty.p95()), Some(19));
        assert_eq!(seconds(twenty.all()), Some(20));
        let three = delays(&[5, 6, 9], 0);
        assert_eq!(seconds(three.half()), Some(6));
        assert_eq!(seconds(three.p95()), Some(9));
    }

    #[test]
    fn a_site_that_never_became_current_is_later_than_any_other() {
        let some = delays(&[5, 6], 2);
        assert_eq!(some.sites(), 4);
        assert_eq!(some.half(), Some(Duration::from_secs(6)));
        assert_eq!(some.p95(), None);
        assert_eq!(some.all(), None);
        assert_eq!(delays(&[], 3).first(), None);
        assert_eq!(Delays::default().all(), None, "no sites, no time");
    }

    #[test]
    fn a_release_is_told_by_tier_and_its_latest_sites_first() {
        let (scenario, _, outcome) = sample::tutorial();
        let lags = Lag::of(&scenario, &outcome);
        assert_eq!(lags.len(), 1);
        let groups: Vec<_> =
            lags[0].groups.iter().map(|g| (g.tier, g.kind, g.delays.sites())).collect();
        assert_eq!(groups, [(1, SiteKind::Central, 1), (2, SiteKind::Primary, 2)]);
        assert_eq!(lags[0].latest[0].0, SiteId(2), "PR2 failed once and is the latest");
        assert_eq!(lags[0].all.all(), lags[0].latest[0].1);
    }

    #[test]
    fn never_comes_before_late() {
        let (scenario, _, mut outcome) = sample::tutorial();
        let lost: &mut Arrival = &mut outcome.arrivals[0];
        lost.current = None;
        let lag = &Lag::of(&scenario, &outcome)[0];
        assert_eq!(lag.latest[0], (SiteId(0), None));
        assert_eq!((lag.all.never, lag.all.all()), (1, None));
    }

    #[test]
    fn syncs_that_only_touch_are_not_counted_at_once() {
        let (_, _, outcome) = sample::tutorial();
        let activity = Activity::of(&outcome);
        assert_eq!((activity.attempts, activity.succeeded, activity.failed), (4, 3, 1));
        assert_eq!((activity.retries, activity.unfinished), (1, 0));
        assert_eq!(activity.busiest, 2, "PR1 and PR2 start together, after CEN has ended");
        assert_eq!(activity.busiest_at, Some(outcome.attempts[1].start));

        let mut touching = outcome.clone();
        touching.attempts.truncate(2);
        touching.attempts[1].start = touching.attempts[0].end.unwrap();
        assert_eq!(Activity::of(&touching).busiest, 1);
    }
}
