//! A small hierarchy of real engines, a network, and what may happen to them.

use supsim::engine::{
    Effect, Engine, Failure, Input, InternetTurn, Kind, Phase, Policy, Reason, Role, State, Status,
    Timer, Trigger,
};
use supsim::units::{Duration, Instant};

/// Of new updates and of revisions, how many.
type Content = [u8; 2];

/// What is on its way to a site.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Message {
    Request,
    Package { version: u32 },
    Connected { attempt: u32 },
    Pulled { attempt: u32, brings: Content, version: u32 },
    Settled { attempt: u32 },
    Imported { attempt: u32, full: bool, wsus: Content },
    Inserted { insertion: u32, version: u32 },
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Site {
    engine: Engine,
    timer: bool,
    wsus: Content,
    anchor: Content,
    database: Content,
    /// What an observer knows of it.
    open: Option<(u32, Kind)>,
    attempts: u32,
    /// A request was delivered and no success covers it; one came after the start of the attempt.
    uncovered: bool,
    came_later: bool,
    failed: bool,
}

/// How often each thing may still happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Budget {
    pub schedule: u8,
    pub manual: u8,
    pub publish: u8,
    pub crash: u8,
    pub fail: u8,
    pub twice: u8,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Model {
    /// Each site is the parent of the next.
    sites: Vec<Site>,
    network: Vec<(usize, Message)>,
    catalogue: Content,
    /// What the top database held at each content version.
    versions: Vec<Content>,
    budget: Budget,
    bug: Option<Bug>,
    wrong: Option<&'static str>,
}

/// Planted bugs, of the engine or of who drives it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Bug {
    /// An answer to an attempt that is over is taken for one to the attempt under way.
    StaleReply,
    /// What a call wanted sent is gone when the site crashes before sending it.
    OutboxLost,
    /// A request is acknowledged before what it leads to is on disk.
    AckBeforeKeep,
    /// The retry timer is not set anew at a restart.
    RetryLost,
    /// The anchor moves when a pull begins.
    AnchorBeforeCommit,
    /// A delta applies everything.
    DeltaAppliesAll,
    /// A child's request is obeyed twice.
    StartsTwice,
    /// The children are asked whatever became of the attempt.
    RequestAfterFailure,
}

/// Where in a call a site crashes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Crash {
    No,
    /// The engine never hears of what was done.
    Before,
    /// The engine has committed; what it wanted done in memory is gone.
    After,
}

#[derive(Clone, Copy, Debug)]
pub enum Action {
    Deliver(usize, Crash),
    DeliverTwice(usize),
    Fail(usize),
    Timer(usize),
    Crash(usize),
    Schedule,
    Manual,
    Publish,
}

const NOW: Instant = Instant::from_micros(1_000_000_000_000);

fn add(one: Content, other: Content) -> Content {
    [one[0] + other[0], one[1] + other[1]]
}

fn failure() -> Failure {
    Failure { phase: Phase::Pull, reason: Reason::UpstreamUnreachable }
}

impl Model {
    pub fn new(sites: usize, budget: Budget, bug: Option<Bug>) -> Self {
        let site = |number| {
            let role = if number == 0 { Role::TopLevel } else { Role::Child };
            let internet_point = InternetTurn::None;
            let retry_every = Duration::from_mins(60);
            let policy = Policy { role, internet_point, retry_every, retry_limit: None };
            Site {
                engine: Engine::current(policy, 0),
                timer: false,
                wsus: [0; 2],
                anchor: [0; 2],
                database: [0; 2],
                open: None,
                attempts: 0,
                uncovered: false,
                came_later: false,
                failed: false,
            }
        };
        Self {
            sites: (0..sites).map(site).collect(),
            network: Vec::new(),
            catalogue: [0; 2],
            versions: vec![[0; 2]],
            budget,
            bug,
            wrong: None,
        }
    }

    /// What goes on by itself; when there is none of it, the hierarchy is at rest.
    pub fn progress(&self) -> Vec<Action> {
        let messages = (0..self.network.len()).map(|place| Action::Deliver(place, Crash::No));
        let timers = (0..self.sites.len()).filter(|site| self.sites[*site].timer);
        messages.chain(timers.map(Action::Timer)).collect()
    }

    /// What may happen besides.
    pub fn trouble(&self) -> Vec<Action> {
        let Budget { schedule, manual, publish, crash, fail, twice } = self.budget;
        let mut actions = Vec::new();
        let mut may = |left: u8, action| {
            if left > 0 {
                actions.push(action);
            }
        };
        may(schedule, Action::Schedule);
        may(manual, Action::Manual);
        may(publish, Action::Publish);
        for site in 0..self.sites.len() {
            may(crash, Action::Crash(site));
        }
        for (place, (_, message)) in self.network.iter().enumerate() {
            may(crash, Action::Deliver(place, Crash::Before));
            may(crash, Action::Deliver(place, Crash::After));
            may(twice, Action::DeliverTwice(place));
            let step = !matches!(
                message,
                Message::Request | Message::Package { .. } | Message::Inserted { .. }
            );
            if step {
                may(fail, Action::Fail(place));
            }
        }
        actions
    }

    pub fn take(&mut self, action: Action) {
        match action {
            Action::Deliver(place, crash) => {
                let (to, message) = self.network.remove(place);
                self.budget.crash -= u8::from(crash != Crash::No);
                self.deliver(to, message, crash);
            }
            Action::DeliverTwice(place) => {
                let (to, message) = self.network[place];
                self.budget.twice -= 1;
                self.deliver(to, message, Crash::No);
            }
            Action::Fail(place) => {
                let (to, message) = self.network.remove(place);
                self.budget.fail -= 1;
                let (Message::Connected { attempt }
                | Message::Pulled { attempt, .. }
                | Message::Settled { attempt }
                | Message::Imported { attempt, .. }) = message
                else {
                    unreachable!("only steps fail")
                };
                self.tell(to, NOW, Input::StepFailed { attempt, failure: failure() }, Crash::No);
            }
            Action::Timer(site) => {
                self.sites[site].timer = false;
                let now = self.sites[site].engine.retry_at().unwrap_or(NOW);
                self.tell(site, now, Input::TimerFired(Timer::Retry), Crash::No);
            }
            Action::Crash(site) => {
                self.budget.crash -= 1;
                self.restart(site);
            }
            Action::Schedule => {
                self.budget.schedule -= 1;
                self.tell(0, NOW, Input::ScheduleDue, Crash::No);
            }
            Action::Manual => {
                self.budget.manual -= 1;
                self.tell(0, NOW, Input::RunSynchronizationChosen, Crash::No);
            }
            Action::Publish => {
                self.budget.publish -= 1;
                self.catalogue = self.catalogue.map(|count| count + 1);
            }
        }
        // The order of what is on its way is no part of the state.
        self.network.sort_unstable();
    }

    fn restart(&mut self, site: usize) {
        self.sites[site].engine.crash();
        self.sites[site].timer = false;
        self.tell(site, NOW, Input::Restarted, Crash::No);
    }

    /// Does what a message says has been done, and tells the engine.
    fn deliver(&mut self, to: usize, message: Message, crash: Crash) {
        let awaited = |engine: &Engine, state, attempt| {
            engine.state() == state && engine.attempts() == attempt
        };
        let site = &mut self.sites[to];
        let input = match message {
            Message::Request => {
                site.uncovered = true;
                site.came_later = site.open.is_some();
                Input::SyncRequested
            }
            Message::Package { version } => Input::PackageArrived { version },
            Message::Connected { attempt } => Input::Connected { attempt },
            Message::Pulled { attempt, brings, version } => {
                if awaited(&site.engine, State::Pulling, attempt) {
                    site.wsus = add(site.wsus, brings);
                    if self.bug != Some(Bug::AnchorBeforeCommit) {
                        site.anchor = site.wsus;
                    }
                }
                let version = (to > 0).then_some(version);
                Input::Pulled { attempt, version, licence_terms_pending: false }
            }
            Message::Settled { attempt } => Input::Settled { attempt },
            Message::Imported { attempt, full, wsus } => {
                if awaited(&site.engine, State::Importing, attempt) {
                    let before = site.database;
                    site.database[0] = wsus[0];
                    if full {
                        site.database[1] = wsus[1];
                    }
                    if site.open.is_some_and(|open| open.1 == Kind::Delta)
                        && site.database[1] != before[1]
                    {
                        self.wrong = Some("I4");
                    }
                    if site.database != before {
                        self.versions.push(site.database);
                    }
                }
                Input::Imported { attempt, version: self.versions.len() as u32 - 1 }
            }
            Message::Inserted { insertion, version } => {
                if site.engine.inserting(insertion).is_some() {
                    site.database = self.versions[version as usize];
                }
                Input::Inserted { insertion }
            }
        };
        // A request stays in the inbox until the engine has it on disk.
        if crash == Crash::Before {
            let kept = matches!(message, Message::Request | Message::Package { .. });
            if kept && self.bug != Some(Bug::AckBeforeKeep) {
                self.network.push((to, message));
            }
            return self.restart(to);
        }
        self.tell(to, NOW, input, crash);
    }

    fn tell(&mut self, site: usize, now: Instant, mut input: Input, crash: Crash) {
        let engine = &mut self.sites[site].engine;
        if self.bug == Some(Bug::StaleReply) {
            let current = engine.attempts();
            match &mut input {
                Input::Connected { attempt }
                | Input::Pulled { attempt, .. }
                | Input::Settled { attempt }
                | Input::Imported { attempt, .. }
                | Input::StepFailed { attempt, .. } => *attempt = current,
                _ => {}
            }
        }
        let mut effects = Vec::new();
        engine.handle(now, input, &mut effects);
        let failed = |effect: &Effect| matches!(effect, Effect::Announce(Status::Failed { .. }));
        match self.bug {
            Some(Bug::StartsTwice) if input == Input::SyncRequested => {
                engine.handle(now, input, &mut effects);
            }
            Some(Bug::RetryLost) if input == Input::Restarted && !effects.iter().any(failed) => {
                effects.retain(|effect| !matches!(effect, Effect::SetTimer { .. }));
            }
            Some(Bug::RequestAfterFailure) if effects.iter().any(failed) => {
                effects.push(Effect::RequestSync);
            }
            _ => {}
        }
        let succeeded = |effect: &Effect| matches!(effect, Effect::Announce(Status::Done { .. }));
        let asks = effects.iter().filter(|one| **one == Effect::RequestSync).count();
        if asks != effects.iter().filter(|one| succeeded(one)).count() {
            self.wrong = Some("P7");
        }
        for effect in effects {
            self.carry_out(site, effect, crash);
        }
        if crash == Crash::After {
            self.restart(site);
        }
    }

    /// What is to be sent is kept with the commit; what is to be done is gone with a crash.
    fn carry_out(&mut self, site: usize, effect: Effect, crash: Crash) {
        let child = (site + 1 < self.sites.len()).then_some(site + 1);
        let lost = crash == Crash::After && self.bug == Some(Bug::OutboxLost);
        let work = match effect {
            Effect::Announce(status) => return self.announced(site, status),
            Effect::RequestSync | Effect::Replicate { .. } => {
                let message = match effect {
                    Effect::Replicate { version } => Message::Package { version },
                    _ => Message::Request,
                };
                self.network.extend(child.filter(|_| !lost).map(|child| (child, message)));
                return;
            }
            _ if crash == Crash::After => return,
            Effect::SetTimer { .. } => return self.sites[site].timer = true,
            Effect::CancelTimer(_) => return self.sites[site].timer = false,
            Effect::Connect { attempt } => Message::Connected { attempt },
            Effect::Pull { attempt } => {
                let parent = site.checked_sub(1).map(|parent| &self.sites[parent]);
                let upstream = parent.map_or(self.catalogue, |parent| parent.wsus);
                let version = parent.map_or(0, |parent| parent.engine.version());
                let anchor = &mut self.sites[site].anchor;
                let brings = [upstream[0] - anchor[0], upstream[1] - anchor[1]];
                if self.bug == Some(Bug::AnchorBeforeCommit) {
                    *anchor = upstream;
                }
                Message::Pulled { attempt, brings, version }
            }
            Effect::Settle { attempt } => Message::Settled { attempt },
            Effect::Import { attempt, kind } => {
                let full = kind == Kind::Full || self.bug == Some(Bug::DeltaAppliesAll);
                Message::Imported { attempt, full, wsus: self.sites[site].wsus }
            }
            Effect::Insert { insertion, version } => Message::Inserted { insertion, version },
            Effect::SyncInternetPoint { .. }
            | Effect::CreatePolicy { .. }
            | Effect::Defer { .. }
            | Effect::Refuse { .. } => return,
        };
        self.network.push((site, work));
    }

    fn announced(&mut self, number: usize, status: Status) {
        let site = &mut self.sites[number];
        match status {
            Status::Started { attempt, kind, trigger } => {
                if attempt != site.attempts + 1 || site.open.is_some() {
                    self.wrong = Some("I3");
                }
                if number > 0 && !site.uncovered {
                    self.wrong = Some("I1");
                }
                if number > 0 && (kind == Kind::Delta || trigger == Trigger::Schedule) {
                    self.wrong = Some("I6");
                }
                site.attempts = attempt;
                site.open = Some((attempt, kind));
                (site.failed, site.came_later) = (false, false);
            }
            Status::Done { attempt, .. } | Status::Failed { attempt, .. } => {
                if site.open.take().map(|open| open.0) != Some(attempt) {
                    self.wrong = Some("I3");
                }
                site.failed = matches!(status, Status::Failed { .. });
                if !site.failed {
                    site.uncovered = site.came_later;
                }
            }
            _ => {}
        }
    }

    /// I7 in every state; L3-L6 and then L1, L2 in those at rest.
    pub fn complaint(&self) -> Option<&'static str> {
        if self.wrong.is_some() {
            return self.wrong;
        }
        let mut upstream = self.catalogue;
        for site in &self.sites {
            if (0..2).any(|part| site.wsus[part] > upstream[part]) {
                return Some("I7");
            }
            upstream = site.wsus;
        }
        if !self.progress().is_empty() {
            return None;
        }
        for site in &self.sites {
            if site.uncovered {
                return Some("L4");
            }
            if site.open.is_some() {
                return Some("L5");
            }
            if site.failed {
                return Some("L6");
            }
        }
        // L3: what the parent has, a child was asked to fetch.
        let told = |pair: &[Site]| pair[0].engine.version() == pair[1].engine.version();
        if !self.sites.windows(2).all(told) {
            return Some("L3");
        }
        let mut healed = self.clone();
        healed.budget = Budget { schedule: 1, manual: 0, publish: 0, crash: 0, fail: 0, twice: 0 };
        healed.take(Action::Schedule);
        while let Some(action) = healed.progress().first() {
            healed.take(*action);
        }
        let all = healed.catalogue;
        let Model { sites, .. } = &healed;
        if sites.iter().any(|site| site.wsus != all) {
            return Some("L1");
        }
        sites.iter().any(|site| site.database != all).then_some("L2")
    }
}
