//! A plan: one world and all that goes wrong in it, as data.
//!
//! A seed makes a plan and then has nothing more to say: the plan is printed as a scenario that
//! `supsim run` accepts, and is made smaller by leaving things out of it.

use super::route::Route;
use super::shape::{Reshape, Shape};
use crate::oracle::Courier;
use crate::oracle::address::Zone;

pub const SECOND: u64 = 1_000_000;
pub const MINUTE: u64 = 60 * SECOND;
pub const HOUR: u64 = 60 * MINUTE;
pub const DAY: u64 = 24 * HOUR;

/// How often clients poll, and what a scan of theirs takes.
pub const POLL: u64 = HOUR;
pub const SCAN: u64 = 90 * SECOND;

/// How the faults of a plan were chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Lane {
    /// Each class of faults is in it or not.
    Subset,
    /// Every class is in it.
    Everything,
    /// One class, or one pattern.
    One,
}

/// The classes of what goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    LinkDown,
    LinkSlow,
    SiteDown,
    SupDown,
    InternetSupDown,
    SourceDown,
    GateClosed,
    FailSync,
    Slow,
    DatabaseFails,
    LicenceTerms,
    LoseRequest,
    LosePackage,
    DuplicatePackage,
    ReorderPackages,
    DelayPackage,
    /// What is made to fail in numbered attempts.
    FailAttempts,
    /// What is made to fail by chance.
    PerAttempt,
    /// Outages that come again and again, for good.
    Renewal,
    /// A server goes down exactly when it does something.
    Struck,
    Manual,
    ManualAtChild,
    /// Other products are asked for from then on (U2).
    Criteria,
    /// Something is published at the top-level site itself (U3).
    PublishLocally,
    /// A site comes under another parent, with everything below it.
    MoveSite,
    /// A site gets a software update point (T5).
    InstallSup,
    /// A site loses its point.
    RemoveSup,
    /// The schedule is set anew (T1).
    SetSchedule,
}

impl Class {
    pub const ALL: [Class; 28] = [
        Class::LinkDown,
        Class::LinkSlow,
        Class::SiteDown,
        Class::SupDown,
        Class::InternetSupDown,
        Class::SourceDown,
        Class::GateClosed,
        Class::FailSync,
        Class::Slow,
        Class::DatabaseFails,
        Class::LicenceTerms,
        Class::LoseRequest,
        Class::LosePackage,
        Class::DuplicatePackage,
        Class::ReorderPackages,
        Class::DelayPackage,
        Class::FailAttempts,
        Class::PerAttempt,
        Class::Renewal,
        Class::Struck,
        Class::Manual,
        Class::ManualAtChild,
        Class::Criteria,
        Class::PublishLocally,
        Class::MoveSite,
        Class::InstallSup,
        Class::RemoveSup,
        Class::SetSchedule,
    ];

    /// What the flaw of that number is called.
    pub fn name(self, number: u64) -> String {
        format!("{}-{number}", format!("{self:?}").to_lowercase())
    }

    /// Does the record name it whenever it strikes? What is slow or inserted again shows only in
    /// what comes after, and of several that strike one sending the last is named.
    pub fn is_always_named(self) -> bool {
        !matches!(
            self,
            Class::LinkSlow
                | Class::Slow
                | Class::DatabaseFails
                | Class::LicenceTerms
                | Class::LoseRequest
                | Class::LosePackage
                | Class::DuplicatePackage
                | Class::ReorderPackages
                | Class::DelayPackage
        )
    }
}

#[derive(Clone, Debug)]
pub struct Plan {
    pub seed: u64,
    pub lane: Lane,
    /// Every site holds everything at the start; else none has ever synchronised.
    pub current: bool,
    /// The source is a WSUS server behind the slow circuit.
    pub slow_source: bool,
    pub releases: Vec<Release>,
    pub timing: Vec<(&'static str, Cost)>,
    /// From a failure to the retry, in microseconds.
    pub retry_every: u64,
    pub retry_limit: Option<u64>,
    pub jitter: u64,
    /// P9.
    pub point_first: bool,
    pub places: Vec<Place>,
    pub routes: Vec<Route>,
    /// Clients are looked at one by one.
    pub individually: bool,
    /// When the schedule falls due while things go wrong, by the clock of the top-level site.
    pub schedule: Vec<u64>,
    /// By how many seconds that clock is ahead.
    pub clock_ahead: i64,
    /// When everything has been mended, published and asked for.
    pub calm: u64,
    pub flaws: Vec<Flaw>,
    /// A site whose server never comes up again, if there is one; others must not suffer for it.
    pub broken: Option<String>,
}

#[derive(Clone, Debug)]
pub struct Place {
    pub code: String,
    pub parent: Option<usize>,
    pub secondary: bool,
    pub point: bool,
    pub remote: bool,
    pub internet: bool,
    /// How metadata are carried to that point, if it does not synchronise (P10).
    pub courier: Option<Courier>,
    /// Intranet, internet and SMS 2003 clients.
    pub clients: [u32; 3],
    /// A remote point without the console: no synchronisation of it ever succeeds (H5).
    pub hopeless: bool,
    pub link: Option<&'static str>,
    /// Where its hours are counted.
    pub zone: Zone,
    /// Its route among those of the plan.
    pub route: Option<usize>,
}

#[derive(Clone, Debug)]
pub struct Release {
    pub at: u64,
    pub updates: u64,
    pub revises: u64,
    pub expires: u64,
    pub kilobytes: u64,
}

/// What a piece of work takes, in seconds.
#[derive(Clone, Copy, Debug)]
pub enum Cost {
    Constant(u64),
    UpToTwice(u64),
    Exponential(u64),
    PerUpdate(u64),
}

/// One thing that goes wrong, or that somebody does.
#[derive(Clone, Debug)]
pub struct Flaw {
    /// Its own for as long as it stays in the plan: chance hangs on it.
    pub name: String,
    pub class: Class,
    /// Where; `None`: wherever it can be.
    pub code: Option<String>,
    pub what: What,
    pub when: When,
}

/// What goes wrong, or is done.
#[derive(Clone, Debug)]
pub enum What {
    /// In the words of the language: an effect, or an operation.
    Words(String),
    Reshapes(Reshape),
    /// From then on the schedule falls due at these times, by the clock of the top-level site, and
    /// once when all is over.
    Schedules(Vec<u64>),
}

#[derive(Clone, Debug)]
pub enum When {
    /// Once, in these microseconds.
    Window { from: u64, until: u64 },
    /// More than once.
    Windows(Vec<(u64, u64)>),
    /// Again and again until the end, a day apart in the mean, for so many minutes.
    Renewal { minutes: u64 },
    /// In these attempts; each costs at most so many microseconds beyond a good one.
    Attempts(Vec<u64>),
    /// In each attempt, with so many percent.
    PerAttempt(u64),
    /// An operation, then.
    At(u64),
}

impl Cost {
    /// What it takes at most so many times in a row, in microseconds; of an exponential one, what
    /// it will never take.
    fn most(self, times: u64, updates: u64) -> u64 {
        SECOND
            * match self {
                Cost::Constant(seconds) => times * seconds,
                Cost::UpToTwice(seconds) => times * 2 * seconds,
                Cost::Exponential(mean) => (30 + 3 * times) * mean,
                Cost::PerUpdate(seconds) => times * (seconds + updates),
            }
    }
}

impl Plan {
    /// The top-level site: the first with a point.
    pub fn top(&self) -> usize {
        self.places.iter().position(|place| place.point).expect("one site has a point")
    }

    /// What the clock of the top-level site shows at an instant; nothing before the run begins.
    pub fn shown(&self, really: u64) -> Option<u64> {
        really.checked_add_signed(self.clock_ahead * SECOND as i64)
    }

    /// The times of a schedule and the last cycle, as they are written: by that clock.
    pub fn written<'a>(&self, schedule: &'a [u64]) -> impl Iterator<Item = u64> + use<'a> {
        schedule.iter().copied().chain(self.shown(self.last_cycle()))
    }

    /// When the schedule falls due: what was in force when the clock showed it (T1).
    pub fn due(&self) -> Vec<u64> {
        let mut shown: Vec<u64> = self.written(&self.schedule).collect();
        let anew = self.flaws.iter().filter_map(|flaw| match (&flaw.what, &flaw.when) {
            (What::Schedules(schedule), When::At(at)) => Some((*at, &flaw.name, schedule)),
            _ => None,
        });
        let mut anew: Vec<_> = anew.collect();
        anew.sort();
        for (at, _, schedule) in anew {
            let from = self.shown(at).unwrap_or(0);
            shown.retain(|time| *time < from);
            shown.extend(self.written(schedule).filter(|time| *time >= from));
        }
        let ahead = self.clock_ahead * SECOND as i64;
        shown.into_iter().filter_map(|time| time.checked_add_signed(-ahead)).collect()
    }

    /// How long the hierarchy takes at most to come to rest once everything is mended: at each
    /// level a sending that is tried again, a retry, and the attempts that are still to fail.
    pub fn bound(&self) -> u64 {
        let most = |what: &str, times: u64| {
            let of = self.timing.iter().filter(|(name, _)| *name == what);
            of.map(|(_, cost)| cost.most(times, self.updates())).sum::<u64>()
        };
        let transfer = self.transfer();
        let steps = ["connect", "pull", "settle", "import", "internet"];
        // What was slow when it began stays so: at most four times.
        let slow = if self.has(Class::Slow) { 5 } else { 1 };
        let attempt = slow * steps.map(|step| most(step, 1)).iter().sum::<u64>() + 2 * transfer;
        let to_fail = self.flaws.iter().map(|flaw| match &flaw.when {
            When::Attempts(numbers) => numbers.len() as u64,
            _ => 0,
        });
        // Three failures in ten: twelve in a row at each level will not be seen.
        let by_chance = self.flaws.iter().any(|flaw| matches!(flaw.when, When::PerAttempt(_)));
        let to_fail = to_fail.sum::<u64>() + 2 + if by_chance { 12 } else { 0 };
        // A synchronisation that is made to fail hangs for a quarter of an hour at most.
        let again = self.retry_every + self.jitter + HOUR / 4 + attempt;
        let (closed, times) = self.routes_cost();
        let level = 2 * HOUR + closed + most("request", 1) + to_fail * again + attempt;
        let cycles = self.flaws.iter().map(|flaw| match &flaw.what {
            What::Schedules(schedule) => schedule.len(),
            _ => 1,
        });
        let versions = (self.schedule.len() + cycles.sum::<usize>() + 2) as u64;
        // A package that is delayed comes two hours late, and what was overtaken waits for it.
        let late = if self.has(Class::DelayPackage) { 2 * HOUR } else { 0 };
        // What comes while another waits goes with it, or six hours later (R6).
        let together = if closed > 0 { 6 * HOUR } else { 0 };
        let pauses = self.pauses(self.kilobytes());
        let sending = 2 * HOUR + closed + together + times * transfer + pauses + late;
        let shapes = self.shapes();
        let depth = shapes.iter().map(|shape| shape.extent().0).max().unwrap_or(1);
        depth * (level + sending) + slow * most("insert", versions + depth)
    }

    fn has(&self, class: Class) -> bool {
        self.flaws.iter().any(|flaw| flaw.class == class)
    }

    /// Is it promised to come to rest and to hold everything in the end? Not when sites may give
    /// up, and not when something breaks again and again.
    pub fn heals(&self) -> bool {
        let for_good = |flaw: &Flaw| matches!(flaw.when, When::Renewal { .. });
        self.retry_limit.is_none() && !self.flaws.iter().any(for_good)
    }

    /// How many updates there will be, about.
    fn updates(&self) -> u64 {
        40 + self.releases.iter().map(|one| 2 * one.updates).sum::<u64>()
    }

    /// All metadata over the slow circuit, for all children of a site one after the other.
    fn transfer(&self) -> u64 {
        let slow = self.slow_source
            || self
                .places
                .iter()
                .any(|place| place.internet || matches!(place.link, Some("slow" | "daily")));
        let children = self.shapes().iter().map(|shape| shape.extent().1).max();
        // 64 Kbit/s are 125 ms for a thousand bytes.
        if slow { self.kilobytes() * 125_000 * children.unwrap_or(1).max(1) } else { 10 * MINUTE }
    }

    fn kilobytes(&self) -> u64 {
        2_000 + self.releases.iter().map(|one| one.kilobytes).sum::<u64>()
    }

    pub fn has_clients(&self) -> bool {
        self.places.iter().any(|place| place.clients != [0; 3])
    }

    /// When the one cycle after everything is due.
    pub fn last_cycle(&self) -> u64 {
        // A whole minute, for the eye.
        (self.calm + self.bound() + HOUR).next_multiple_of(MINUTE)
    }

    pub fn end(&self) -> u64 {
        // A courier who has just left, and the next one.
        let courier = |one: &Courier| 2 * (one.every + one.export + one.carry + one.import);
        let couriers = self.places.iter().filter_map(|place| place.courier.as_ref());
        let carried = couriers.map(courier).max().unwrap_or(0);
        (self.last_cycle() + self.bound() + carried).next_multiple_of(MINUTE)
    }

    /// The sites at and below one at the start.
    pub fn below(&self, code: &str) -> Vec<bool> {
        Shape::of(self).below(code)
    }
}

impl When {
    /// The last microsecond that is written of it.
    pub fn ends(&self) -> u64 {
        match self {
            When::Window { until, .. } => *until,
            When::Windows(windows) => windows.iter().map(|one| one.1).max().unwrap_or(0),
            When::At(at) => *at,
            When::Attempts(_) | When::PerAttempt(_) | When::Renewal { .. } => 0,
        }
    }
}

impl Place {
    /// Does its internet-based point take part in its synchronisations?
    pub fn syncs_internet(&self) -> bool {
        self.internet && self.courier.is_none()
    }
}

impl Flaw {
    /// Somebody does it; it does not break by itself.
    pub fn is_operation(&self) -> bool {
        matches!(self.when, When::At(_))
    }

    /// Is that site part of what it says, other than by where it is?
    pub fn names(&self, code: &str) -> bool {
        match &self.what {
            What::Words(words) => words.contains(&format!("site: {code} ")),
            What::Reshapes(reshape) => reshape.names(code),
            What::Schedules(_) => false,
        }
    }
}
