//! Floor 1: what a site decides.
//!
//! ```text
//!               Input                                        Effect
//!   ScheduleDue, SyncRequested, ...  ┌────────────────┐  Announce(6701 ... 6708)
//!   Connected, Pulled, Settled, ... ─► Engine::handle ├─► Connect, Pull, Settle, Import, ...
//!   PackageArrived, Inserted         │  Disk │ Ram    │  Replicate, RequestSync, CreatePolicy
//!   TimerFired, Restarted            └────────────────┘  SetTimer, CancelTimer
//! ```
//!
//! The WSUS synchronisation manager of one site, sans-IO: it is told what happened and when, and
//! answers with what it wants done. The simulator drives it; so could a service with sockets, a
//! wall clock and a real database (`tests/it/real_driver.rs` does, with threads).
//!
//! Invariants:
//! - No clock, no chance, no thread, no float, no iteration over a hash map, no I/O.
//! - All effects of an input are in what that call gives back; there is nothing to poll.
//! - [`Disk`](state::Disk) survives a crash and [`Ram`](state::Ram) does not. One call is one
//!   durable commit; its effects leave after it. A driver that can crash in between keeps the
//!   effects with the commit and sends them again after the restart.
//! - Shifting all its instants by a constant changes nothing else.
//! - It knows nothing of other sites: only that there are an upstream and perhaps children.

mod cycle;
mod database;
mod effect;
mod input;
mod policy;
mod state;
mod trigger;
mod words;

pub use effect::{Effect, Timer};
pub use input::Input;
pub use policy::{InternetTurn, Policy, Role};
pub use state::State;
pub use words::{Failure, Kind, Phase, Reason, Status, Trigger};

use crate::units::{Duration, Instant};
use state::{Asked, Disk, Ram};

/// The synchronisation manager of one site.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Engine {
    policy: Policy,
    disk: Disk,
    ram: Ram,
}

impl Engine {
    /// A site that has never synchronised (T5).
    pub fn new(policy: Policy) -> Self {
        Self { policy, disk: Disk::default(), ram: Ram::default() }
    }

    /// A site that has synchronised before and holds that content version.
    pub fn current(policy: Policy, version: u32) -> Self {
        let mut engine = Self::new(policy);
        engine.disk.synced_before = true;
        engine.disk.version = version;
        engine.disk.database_version = version;
        engine
    }

    /// How the site is set up.
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// What the site is doing.
    pub fn state(&self) -> State {
        self.ram.state
    }

    /// The number of the last synchronisation started; 0 before the first.
    pub fn attempts(&self) -> u32 {
        self.disk.attempts
    }

    /// The content version at the last success (P5).
    pub fn version(&self) -> u32 {
        self.disk.version
    }

    /// The content version that an insertion brings the database to, if it is under way.
    pub fn inserting(&self, insertion: u32) -> Option<u32> {
        let under_way = self.ram.inserting == Some(insertion);
        under_way.then_some(self.disk.database_version + 1)
    }

    /// When the planned retry falls due (T4).
    pub fn retry_at(&self) -> Option<Instant> {
        self.disk.retry.map(|retry| retry.at)
    }

    /// The same site a while later: every instant it remembers moves by `by`.
    pub fn shift(&mut self, by: Duration) {
        self.disk.shift(by);
    }

    /// The site server goes down: what it knew in memory is gone (T7).
    ///
    /// Nothing else happens until [`Input::Restarted`].
    pub fn crash(&mut self) {
        self.ram = Ram::default();
    }

    /// The one decision: what happened, and what is to be done about it.
    ///
    /// `effects` is only appended to; the caller may keep one buffer for all calls.
    pub fn handle(&mut self, now: Instant, input: Input, effects: &mut Vec<Effect>) {
        if input == Input::PointInstalled && self.policy.role == Role::DatabaseOnly {
            // T5: nothing has ever been synchronised by it.
            self.policy.role = Role::Child;
            self.disk.synced_before = false;
        }
        let top_level = self.policy.role == Role::TopLevel;
        let child = self.policy.role == Role::Child;
        match input {
            // T1: a schedule exists only at the top-level site; it asks for a full one.
            Input::ScheduleDue if top_level => {
                self.ask(Asked { kind: Kind::Full, trigger: Trigger::Schedule }, effects);
            }
            // T2: Run Synchronization asks for a delta; for a child it is refused, not run.
            Input::RunSynchronizationChosen if top_level => {
                self.ask(Asked { kind: Kind::Delta, trigger: Trigger::Manual }, effects);
            }
            // T3: a child starts on its parent's request, and its sync is always full.
            Input::SyncRequested if child => {
                self.ask(Asked { kind: Kind::Full, trigger: Trigger::Parent }, effects);
            }
            // T5: the first sync after an installation runs by itself.
            Input::PointInstalled if top_level || child => {
                self.ask(Asked { kind: Kind::Full, trigger: Trigger::Installed }, effects);
            }
            Input::ScheduleDue => effects.push(Effect::Refuse { trigger: Trigger::Schedule }),
            Input::RunSynchronizationChosen => {
                effects.push(Effect::Refuse { trigger: Trigger::Manual });
            }
            Input::SyncRequested => effects.push(Effect::Refuse { trigger: Trigger::Parent }),
            Input::PointInstalled => effects.push(Effect::Refuse { trigger: Trigger::Installed }),
            Input::PointRemoved => self.point_removed(effects),

            Input::TimerFired(Timer::Retry) => self.retry(now, effects),
            Input::TimerFired(Timer::InternetPoint) => {
                if self.ram.state == State::Idle {
                    self.take_up_what_waits(now, effects);
                }
            }

            Input::Connected { attempt } if self.expects(attempt, State::Connecting) => {
                self.connected(effects);
            }
            Input::Pulled { attempt, version, licence_terms_pending }
                if self.expects(attempt, State::Pulling) =>
            {
                self.pulled(version, licence_terms_pending, effects);
            }
            Input::Settled { attempt } if self.expects(attempt, State::Settling) => {
                self.settled(now, effects);
            }
            Input::Imported { attempt, version } if self.expects(attempt, State::Importing) => {
                self.imported(now, version, effects);
            }
            Input::InternetPointSynced { attempt }
                if self.expects(attempt, State::SyncingInternetPoint) =>
            {
                self.succeed(now, effects);
            }
            Input::InternetPointSynced { attempt }
                if self.expects(attempt, State::CatchingUpInternetPoint) =>
            {
                self.internet_point_caught_up(now, effects);
            }
            Input::StepFailed { attempt, failure }
                if self.expects(attempt, State::CatchingUpInternetPoint) =>
            {
                self.internet_point_left_behind(now, failure, effects);
            }
            Input::StepFailed { attempt, failure }
                if attempt == self.disk.attempts && self.disk.open.is_some() =>
            {
                self.fail(now, failure, effects);
            }

            Input::PackageArrived { version } => self.package_arrived(version, effects),
            Input::Inserted { insertion } => self.inserted(insertion, effects),
            Input::Restarted => self.restart(now, effects),

            // The late and the doubled: answers to a synchronisation that is over.
            Input::Connected { .. }
            | Input::Pulled { .. }
            | Input::Settled { .. }
            | Input::Imported { .. }
            | Input::InternetPointSynced { .. }
            | Input::StepFailed { .. } => {}
        }
    }
}
