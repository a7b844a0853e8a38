//! What would have helped: the same world with one cause of a delay taken away.
//!
//! Draws are keyed by what they are for, so that a world with one line less draws everything else
//! as before: what comes out differently comes of that line.

use crate::measure::{Arrival, Behind, Blame, Category, Causes, Outcome, Stage};
use crate::scenario::{
    Action, Bandwidth, Openness, PointMode, Recording, RouteRate, Scenario, SiteComplete, Week,
    Work,
};
use crate::units::{Duration, FaultId, Instant, LinkId, RouteId, SiteId};
use crate::world;

/// How soon a try is made again where the wait for it is taken away.
const SOON: Duration = Duration::from_mins(5);
/// As many threads as anyone likes.
const MANY: u32 = 1_000;

/// The first full hour after an instant; those of the run are those of the clock, but for odd
/// time zones.
fn first_hour_after(at: Instant) -> Instant {
    let hour = Duration::from_hours(1).micros();
    Instant::from_micros((at.micros() / hour + 1) * hour)
}

/// One cause, taken away.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Remedy {
    /// Without a fault.
    WithoutFault(FaultId),
    /// The address is always open.
    AlwaysOpen(RouteId),
    /// No limit of the rate.
    NoLimit(RouteId),
    /// As many sendings at once to the destination as anyone likes.
    Threads(RouteId),
    /// The whole schedule earlier, so that it falls due at the first full hour after the release was
    /// published: by so much, and then.
    Earlier(Duration, Instant),
    /// What an administrator did, done when the release was published: the position among the
    /// operations.
    AtOnce(u32),
    /// Every failed try is made again five minutes later.
    RetrySoon,
    /// A circuit without a limit.
    Unlimited(LinkId),
    /// No limit on how many pull from a site at once.
    AllAtOnce(SiteId),
    /// A step takes no time at a site.
    NoTime(SiteId, &'static str),
    /// Sites are done before their internet-based points (P9).
    PointLast,
    /// Exports four times as often at a site (P10).
    ExportOften(SiteId),
}

/// A remedy, what it takes away and what comes of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Trial {
    /// What was taken away.
    pub remedy: Remedy,
    /// How much of the delay it is blamed for.
    pub blamed: Duration,
    /// The delay without it; `None`: then the site never has the release.
    pub delay: Option<Duration>,
    /// What else there was less of: half of it at most, and a minute less. Why it saves more than
    /// it is blamed for.
    pub also: Vec<Category>,
    /// What there was more of, at least a minute and a tenth of what it is blamed for. Why it saves
    /// less.
    pub instead: Vec<Category>,
}

impl Remedy {
    /// What takes a cause away; `None`: nothing in a scenario does.
    fn of(scenario: &Scenario, blame: &Blame, stage: &Stage) -> Option<Remedy> {
        let Stage { category, at, .. } = *stage;
        match stage.behind {
            Behind::Fault(fault) => Some(Remedy::WithoutFault(fault)),
            Behind::Route(route) => match category {
                Category::RateLimited => Some(Remedy::NoLimit(route)),
                Category::SenderBusy => match scenario.routes[route.index()].rate {
                    RouteRate::Unlimited => Some(Remedy::Threads(route)),
                    // R4: any limit leaves one thread.
                    RouteRate::Hourly(_) | RouteRate::Pulse { .. } => Some(Remedy::NoLimit(route)),
                },
                _ => Some(Remedy::AlwaysOpen(route)),
            },
            Behind::Link(link) => {
                let limited = scenario.links[link.index()].bandwidth != Bandwidth::Unlimited;
                limited.then_some(Remedy::Unlimited(link))
            }
            Behind::Schedule => {
                let due = first_hour_after(blame.wanted);
                let earlier = stage.until.since(due);
                (!earlier.is_zero()).then_some(Remedy::Earlier(earlier, due))
            }
            Behind::Operation(operation) => {
                let one = &scenario.operations[operation as usize];
                let moves = one.action == Action::RunSynchronization && one.at > blame.wanted;
                moves.then_some(Remedy::AtOnce(operation))
            }
            Behind::Retry => Some(Remedy::RetrySoon),
            Behind::PullsAtOnce => Some(Remedy::AllAtOnce(at)),
            Behind::Timing(key) => Some(Remedy::NoTime(at, key)),
            Behind::InternetPoint => {
                (category == Category::ExportWait).then_some(Remedy::ExportOften(at))
            }
            Behind::SiteComplete => Some(Remedy::PointLast),
            Behind::Sender | Behind::OneAtATime => None,
        }
    }

    /// What would take away the causes of a delay, the most blamed first, each with how much of
    /// the delay it is blamed for; without those that are blamed for less than a hundredth of it.
    pub fn all(scenario: &Scenario, blame: &Blame) -> Vec<(Remedy, Duration)> {
        let mut all: Vec<(Remedy, Duration)> = Vec::new();
        for (stage, length) in blame.parts() {
            let Some(remedy) = Remedy::of(scenario, blame, &stage) else { continue };
            match all.iter_mut().find(|one| one.0 == remedy) {
                Some((_, blamed)) => *blamed += length,
                None => all.push((remedy, length)),
            }
            // The wait after a failure is the fault's, and as long as `retry` says.
            if stage.category == Category::Retry && remedy != Remedy::RetrySoon {
                match all.iter_mut().find(|one| one.0 == Remedy::RetrySoon) {
                    Some((_, blamed)) => *blamed += length,
                    None => all.push((Remedy::RetrySoon, length)),
                }
            }
        }
        all.retain(|(_, blamed)| *blamed * 100 >= blame.delay());
        all.sort_by_key(|&(_, blamed)| std::cmp::Reverse(blamed));
        all
    }

    /// The world without that cause.
    pub fn applied(self, scenario: &Scenario, wanted: Instant) -> Scenario {
        let mut changed = scenario.clone();
        changed.recording = Recording::All;
        // They name faults by their place, and nobody asks.
        changed.expectations.clear();
        match self {
            Remedy::WithoutFault(fault) => {
                changed.faults.remove(fault.index());
            }
            Remedy::AlwaysOpen(route) => {
                changed.routes[route.index()].open = Week::always(Openness::All);
            }
            Remedy::NoLimit(route) => changed.routes[route.index()].rate = RouteRate::Unlimited,
            Remedy::Threads(route) => changed.routes[route.index()].threads = MANY,
            Remedy::Earlier(by, _) => {
                let earlier = |at: &Instant| at.micros().checked_sub(by.micros());
                let schedule = changed.sync.schedule.iter().filter_map(earlier);
                changed.sync.schedule = schedule.map(Instant::from_micros).collect();
            }
            Remedy::AtOnce(operation) => {
                changed.operations[operation as usize].at = wanted;
                changed.operations.sort_by(|a, b| (a.at, &a.name).cmp(&(b.at, &b.name)));
            }
            Remedy::RetrySoon => {
                for site in &mut changed.sites {
                    site.retry.every = site.retry.every.min(SOON);
                    site.retry.limit = None;
                }
            }
            Remedy::Unlimited(link) => {
                changed.links[link.index()].bandwidth = Bandwidth::Unlimited;
            }
            Remedy::AllAtOnce(site) => {
                if let Some(point) = &mut changed.sites[site.index()].sup {
                    point.pulls_at_once = None;
                }
            }
            Remedy::NoTime(site, key) => {
                let site = &mut changed.sites[site.index()];
                let mut timing = changed.timings[site.timing].clone();
                let none = Work::constant(Duration::ZERO);
                match key {
                    "request" => timing.request = none,
                    "connect" => timing.connect = none,
                    "pull" => timing.pull = none,
                    "settle" => timing.settle = none,
                    "import" => timing.import = none,
                    "insert" => timing.insert = none,
                    _ => timing.internet = none,
                }
                site.timing = changed.timings.len();
                changed.timings.push(timing);
            }
            Remedy::PointLast => {
                changed.sync.site_complete = SiteComplete::BeforeInternetPoint;
            }
            Remedy::ExportOften(site) => {
                let point = changed.sites[site.index()].internet_sup.as_mut();
                if let Some(PointMode::ExportImport(mode)) = point.map(|point| &mut point.mode) {
                    let every = (mode.every.micros() / 4).max(1);
                    mode.every = Duration::from_micros(every);
                }
            }
        }
        changed
    }

    /// Runs the world without that cause, and looks at the same site and release again.
    ///
    /// `arrival` finds the delay that is explained among the arrivals of a run.
    pub fn tried(
        self,
        scenario: &Scenario,
        replication: u32,
        (blame, blamed): (&Blame, Duration),
        explained: impl Fn(&Causes<'_>, &Arrival) -> Option<Blame>,
    ) -> Trial {
        let changed = self.applied(scenario, blame.wanted);
        let trace = world::run(&changed, replication);
        let outcome = Outcome::of(&changed, &trace);
        let causes = Causes::of(&changed, &trace, &outcome);
        let same = |one: &&Arrival| (one.site, one.release) == (blame.site, blame.release);
        let arrival = outcome.arrivals.iter().find(same);
        let then = arrival.and_then(|arrival| explained(&causes, arrival));
        let also = then.as_ref().map_or(Vec::new(), |then| self.less_of(blame, then));
        let instead = then.as_ref().map_or(Vec::new(), |then| more_of(blame, then, blamed));
        Trial { remedy: self, blamed, delay: then.map(|then| then.delay()), also, instead }
    }

    /// The kinds of time of which there is much less, the most saved first, other than those that
    /// this remedy takes away by itself.
    fn less_of(self, before: &Blame, after: &Blame) -> Vec<Category> {
        let others = |stage: &Stage| stage.behind.fault().map(Remedy::WithoutFault) != Some(self);
        let saved = |category: &Category| {
            let (was, is) = (spent(before, *category, others), spent(after, *category, others));
            let saved = was.saturating_sub(is);
            (saved >= Duration::from_mins(1) && is * 2 <= was).then_some((saved, *category))
        };
        let mut saved: Vec<_> =
            Category::ALL.iter().filter(|one| !self.is_of(**one)).filter_map(saved).collect();
        saved.sort_by_key(|one| std::cmp::Reverse(one.0));
        saved.into_iter().map(|one| one.1).collect()
    }

    /// Is this the kind of time that it takes away?
    fn is_of(self, category: Category) -> bool {
        match self {
            Remedy::WithoutFault(_) => false,
            Remedy::AlwaysOpen(_) => category == Category::SenderClosed,
            Remedy::NoLimit(_) => {
                matches!(category, Category::RateLimited | Category::SenderBusy)
            }
            Remedy::Threads(_) => category == Category::SenderBusy,
            Remedy::Earlier(..) => category == Category::Schedule,
            Remedy::AtOnce(_) => category == Category::Administrator,
            Remedy::RetrySoon => category == Category::Retry,
            Remedy::Unlimited(_) => {
                matches!(category, Category::CatalogueTransfer | Category::PackageTransit)
            }
            Remedy::AllAtOnce(_) => category == Category::PullQueue,
            Remedy::NoTime(_, key) => match key {
                "request" => category == Category::Noticing,
                "connect" => category == Category::Connecting,
                "pull" => category == Category::WsusWork,
                "settle" => category == Category::Settle,
                "import" | "insert" => category == Category::Database,
                _ => category == Category::InternetPoint,
            },
            Remedy::PointLast => category == Category::InternetPoint,
            Remedy::ExportOften(_) => category == Category::ExportWait,
        }
    }
}

/// How long the stages of a category are that count.
fn spent(blame: &Blame, category: Category, counts: impl Fn(&Stage) -> bool) -> Duration {
    let stages = blame.stages.iter().filter(|stage| stage.category == category && counts(stage));
    stages.map(Stage::length).sum()
}

/// The kinds of time of which there is more, the most first.
fn more_of(before: &Blame, after: &Blame, blamed: Duration) -> Vec<Category> {
    let least = Duration::from_micros(blamed.micros() / 10).max(Duration::from_mins(1));
    let more = |category: &Category| {
        let all = |_: &Stage| true;
        let (was, is) = (spent(before, *category, all), spent(after, *category, all));
        let more = is.saturating_sub(was);
        (more >= least).then_some((more, *category))
    };
    let mut more: Vec<_> = Category::ALL.iter().filter_map(more).collect();
    more.sort_by_key(|one| std::cmp::Reverse(one.0));
    more.into_iter().map(|one| one.1).collect()
}
