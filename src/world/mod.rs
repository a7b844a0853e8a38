//! Floor 3: where engines, stores and the kernel meet.
//!
//! ```text
//!         ┌───────────── Kernel::advance ◄──────────┐        the clock moves
//!         ▼                                         │
//!    World::step ──► World::feed ──► Engine::handle │        an event becomes an input
//!                                         │         │
//!                                         ▼         │
//!                               World::carry_out ──► Kernel::schedule
//!                                 an effect becomes an event, or a fact in the trace
//! ```
//!
//! Invariants:
//! - The world decides nothing that a site decides: it only carries, delays, breaks and records.
//! - [`World::step`] is the match over events and [`World::carry_out`] the match over effects;
//!   both name every case.
//! - What the scenario has written (releases, then faults, then operations, then the schedule, then
//!   exports)
//!   is put into the future event list at the start, in that order: so it is settled what comes
//!   first when they fall on one instant.
//! - Nothing is allocated per event in steady state but records and what grows with faults.

mod address;
mod between_databases;
mod blueprint;
mod chance;
mod circuit;
mod clients;
mod crossing;
mod delivery;
mod event;
mod export;
mod fault;
mod inventory;
mod line;
mod operation;
mod probe;
mod pull_queue;
mod recorder;
mod sender;
mod site;
mod timer;
mod transfer;
mod update_point;
mod uplink;
mod wire;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use crate::engine::{Effect, Engine, Input, Policy, State, Status, Timer, Trigger};
use crate::kernel::Kernel;
use crate::scenario::{Initial, Published, Scenario};
use crate::store::{Comparison, SiteDatabase, Stores, UpdateServices};
use crate::trace::{Cause, Fact, Part, Trace};
use crate::units::{Instant, ReleaseId, SiteId};

use address::Senders;
use between_databases::Conversation;
pub use blueprint::Blueprint;
use chance::{Chance, Purpose};
use clients::Clients;
use crossing::Crossings;
use event::{Event, Happening};
use export::Exports;
use fault::Faults;
pub use fault::{DrawnFault, DrawnOutage, drawn_faults};
use inventory::Inventory;
#[doc(hidden)]
pub use probe::Probe;
use pull_queue::PullQueue;
use recorder::Recorder;
pub use recorder::less;
use site::{Root, SiteState};
use uplink::Uplink;

/// A hierarchy of sites in the middle of a run.
#[derive(Clone)]
pub struct World<'s> {
    blueprint: &'s Blueprint<'s>,
    kernel: Kernel<Happening>,
    sites: Vec<SiteState>,
    stores: Stores,
    chance: Chance,
    faults: Faults,
    clients: Clients,
    /// The catalogue for SMS 2003 clients.
    inventory: Inventory,
    senders: Senders,
    /// What is on its way from database to database, by the site it goes to.
    conversations: BTreeMap<SiteId, Conversation>,
    /// The points that metadata are carried to (P10).
    exports: Exports<'s>,
    /// The uplinks that pulls are sharing, by parent.
    uplinks: BTreeMap<SiteId, Uplink>,
    /// The children of each site since one has moved; until then the blueprint says it.
    moved: Option<Vec<Vec<SiteId>>>,
    /// The pulls that a software update point lets in, and those that wait, by its site.
    pull_queues: BTreeMap<SiteId, PullQueue>,
    /// What phase 2 is applying (there is one top-level site).
    importing: Comparison,
    recorder: Recorder,
    /// What is crossing circuits, for the record.
    crossings: Crossings,
    /// How far it has been let go.
    reached: Instant,
    /// The record that led to what is happening.
    cause: Cause,
    /// How many events have happened.
    events: u64,
    /// The buffers of `feed` and of `UplinkDue`, kept for reuse.
    effects: Vec<Effect>,
    through: Vec<(SiteId, u32)>,
    /// Stands between the engines and the world in tests.
    probe: Option<Arc<Mutex<dyn Probe>>>,
}

impl<'s> World<'s> {
    /// The world of a scenario at its start, in one replication of chance.
    pub fn new(blueprint: &'s Blueprint<'s>, replication: u32) -> Self {
        let scenario = blueprint.scenario;
        let chance = Chance::new(scenario.seed, replication);
        let policies = blueprint.policies.iter().copied();
        let engine: fn(Policy) -> Engine = match scenario.initial {
            Initial::Current => |policy| Engine::current(policy, 1),
            Initial::Empty => Engine::new,
        };
        let holdings = blueprint.holdings;
        let sites = policies.zip(blueprint.places()).zip(&blueprint.entities);
        let mut sites: Vec<SiteState> = sites
            .map(|((policy, place), entity)| {
                SiteState::new(engine(policy), *place, holdings, *entity)
            })
            .collect();
        let faults = Faults::new(blueprint, &chance, &mut sites);
        let mut world = Self {
            blueprint,
            kernel: Kernel::new(),
            sites,
            stores: blueprint.stores.clone(),
            faults,
            clients: Clients::new(blueprint),
            inventory: Inventory::new(scenario),
            chance,
            senders: Senders::default(),
            conversations: BTreeMap::new(),
            exports: Exports::new(&scenario.criteria),
            uplinks: BTreeMap::new(),
            moved: None,
            pull_queues: BTreeMap::new(),
            importing: Comparison::default(),
            recorder: Recorder::new(scenario.recording),
            crossings: Crossings::default(),
            reached: Instant::START,
            cause: Cause::NONE,
            events: 0,
            effects: Vec::with_capacity(8),
            through: Vec::new(),
            probe: None,
        };
        world.put_in_what_is_written();
        world.clients_begin();
        world.plan_catalogue();
        world
    }

    fn put_in_what_is_written(&mut self) {
        let scenario = self.blueprint.scenario;
        let written = scenario.catalogue.releases.len()
            + self.faults.planned(scenario)
            + scenario.operations.len()
            + scenario.sync.schedule.len();
        self.kernel.reserve(written + self.sites.len());
        for (position, release) in scenario.catalogue.releases.iter().enumerate() {
            let release_id = ReleaseId(position as u32);
            // What an operation publishes comes with that operation.
            if release.published != Published::ByOperation {
                self.schedule(release.at, Event::ReleaseDue { release: release_id });
            }
        }
        self.plan_faults();
        // H5: a remote point without the console on the site server closes the gate for good.
        for (position, site) in scenario.sites.iter().enumerate() {
            if site.sup.is_some_and(|point| !point.local && !point.console) {
                self.sites[position].out_of_order.gate += 1;
            }
        }
        for (position, operation) in scenario.operations.iter().enumerate() {
            self.schedule(operation.at, Event::OperationDue { operation: position as u32 });
        }
        let Some(top_level) = self.blueprint.top_level else { return };
        if scenario.initial == Initial::Empty {
            // T5: with nothing held, the top-level site's point counts as just installed. Its
            // children's first syncs come with its requests [choice].
            self.schedule(Instant::START, Event::PointInstalled { site: top_level });
        }
        // The site server goes by its own clock; what it showed before the run has gone by.
        let clock = scenario.sites[top_level.index()].clock_offset;
        for (occurrence, &at) in scenario.sync.schedule.iter().enumerate() {
            let Some(at) = clock.really(at) else { continue };
            self.schedule(at, Event::ScheduleDue { occurrence: occurrence as u32 });
        }
        self.put_in_exports();
    }

    /// The scenario it is a world of.
    pub fn scenario(&self) -> &'s Scenario {
        self.blueprint.scenario
    }

    /// The present.
    pub fn now(&self) -> Instant {
        self.kernel.now()
    }

    /// How many events have happened.
    pub fn events(&self) -> u64 {
        self.events
    }

    /// What all databases share.
    pub fn stores(&self) -> &Stores {
        &self.stores
    }

    /// What the active WSUS of a site holds.
    pub fn wsus(&self, site: SiteId) -> impl UpdateServices + '_ {
        self.stores.wsus(&self.sites[site.index()].holdings)
    }

    /// What the internet-based WSUS of a site holds.
    pub fn internet_wsus(&self, site: SiteId) -> impl UpdateServices + '_ {
        self.stores.internet_wsus(&self.sites[site.index()].holdings)
    }

    /// What the database of a site holds.
    pub fn database(&self, site: SiteId) -> impl SiteDatabase + '_ {
        self.stores.database(&self.sites[site.index()].holdings)
    }

    /// The engine of a site.
    pub fn engine(&self, site: SiteId) -> &Engine {
        &self.sites[site.index()].engine
    }

    /// What has been recorded so far.
    pub fn trace(&self) -> &Trace {
        self.recorder.trace()
    }

    /// Lets everything happen up to and including the horizon.
    pub fn run_until(&mut self, horizon: Instant) {
        while self.step(horizon) {}
    }

    /// The end of the run: what was recorded.
    pub fn into_trace(mut self) -> Trace {
        self.note_what_is_under_way();
        self.recorder.into_trace()
    }

    /// Lets the next event happen; false when there is none before the horizon.
    pub fn step(&mut self, horizon: Instant) -> bool {
        let Some(Happening { event, cause }) = self.kernel.advance(horizon) else {
            self.reached = self.reached.max(horizon);
            return false;
        };
        self.cause = cause;
        self.events += 1;
        match event {
            Event::ReleaseDue { release } => self.release(release),
            Event::ScheduleDue { occurrence } => self.schedule_due(occurrence),
            Event::OperationDue { operation } => self.operate(operation),
            Event::PointInstalled { site } => self.feed(site, Input::PointInstalled),
            Event::FaultBegins { fault } => self.fault_begins(fault),
            Event::FaultEnds { fault } => self.fault_ends(fault),
            Event::OutageBegins { fault, site, number } => self.outage_begins(fault, site, number),
            Event::OutageEnds { fault, site, number } => self.outage_ends(fault, site, number),
            Event::TimerFired { site, timer } => self.feed(site, Input::TimerFired(timer)),
            Event::ConnectDone { site, attempt } => self.connect_done(site, attempt),
            Event::UplinkDue { parent } => self.uplink_due(parent),
            Event::Transferred { site, attempt } => self.transferred(site, attempt),
            Event::PullDone { site, attempt } => self.pull_done(site, attempt),
            Event::Settled { site, attempt } => self.settled(site, attempt),
            Event::ImportDone { site, attempt } => self.import_done(site, attempt),
            Event::InternetPointDone { site, attempt } => self.internet_point_done(site, attempt),
            Event::PointRun { site, run, step } => self.point_run(site, run, step),
            Event::StepFails { site, attempt } => self.step_fails(site, attempt),
            Event::RequestArrives { to } => self.request_arrives(to),
            Event::RequestRead { to } => self.feed(to, Input::SyncRequested),
            Event::PackageArrives { to, version } => self.package_arrives(to, version),
            Event::InsertAgain { site, insertion } => self.insert_again(site, insertion),
            Event::SendingArrives { to, job } => self.sending_arrives(to, job),
            Event::LineDue { to } => self.line_due(to),
            Event::AddressDue { to } => self.address_due(to),
            Event::ReplicationDue { to } => self.replication_due(to),
            Event::Inserted { site, insertion } => self.inserted(site, insertion),
            Event::ClientsDue { group } => self.clients_due(group),
            Event::CatalogueDue => self.catalogue_due(),
            Event::CatalogueAgain => self.catalogue_again(),
            Event::CatalogueFetched => self.catalogue_fetched(),
            Event::CatalogueArrives { to, version } => self.catalogue_arrives(to, version),
        }
        true
    }

    /// Tells a site's engine what happened, and does what it wants done.
    fn feed(&mut self, site: SiteId, input: Input) {
        // T7: what comes while the site server is down waits for it, or is lost with its memory.
        if self.is_down(site) {
            return self.faults.keep_for_restart(site, input, self.cause);
        }
        let mut effects = std::mem::take(&mut self.effects);
        self.ask_engine(site, input, &mut effects);
        for effect in effects.drain(..) {
            self.carry_out(site, input, effect);
        }
        self.effects = effects;
    }

    /// Does what an engine wants done: an event, or a fact in the trace.
    fn carry_out(&mut self, site: SiteId, input: Input, effect: Effect) {
        match effect {
            Effect::Announce(status) => self.announce(site, input, status),
            Effect::Connect { attempt } => self.connect(site, attempt),
            Effect::Pull { attempt } => self.pull(site, attempt),
            Effect::Settle { attempt } => self.settle(site, attempt),
            Effect::Import { attempt, kind } => self.import(site, attempt, kind),
            Effect::SyncInternetPoint { attempt } => self.sync_internet_point(site, attempt),
            Effect::Insert { insertion, version } => self.insert(site, insertion, version),
            Effect::Replicate { version } => self.replicate(site, version),
            Effect::CreatePolicy { version, new_body } => {
                self.record(site, Fact::PolicyCreated { version, new_body });
                // C1: only a new body is news to clients.
                if new_body {
                    self.clients_get_policy(site);
                }
            }
            Effect::RequestSync => self.request_sync(site),
            Effect::SetTimer { timer, at } => self.set_timer(site, timer, at),
            Effect::CancelTimer(timer) => self.cancel_timer(site, timer),
            Effect::Defer { trigger, kind } => {
                let record = self.record_aside(site, Fact::TriggerDeferred { trigger, kind });
                // T6: what merges with one that waits already, or is absorbed, leads to nothing.
                let deferred = &mut self.sites[site.index()].deferred;
                if deferred.is_none_or(|(waiting, _)| waiting < kind) {
                    *deferred = Some((kind, record));
                }
            }
            Effect::Refuse { trigger } => {
                self.record(site, Fact::TriggerRefused { trigger });
            }
        }
    }

    /// A status message leaves (M).
    fn announce(&mut self, site: SiteId, input: Input, status: Status) {
        if let Status::Started { attempt, trigger, .. } = status {
            let state = &mut self.sites[site.index()];
            state.origin = match trigger {
                Trigger::Retry => state.origin.retried(),
                _ => state.next_trigger.first_try(),
            };
            state.failing = None;
            // A sync that waited for the end of another is led to by what asked for it.
            if !starts_by_itself(input)
                && let Some((_, deferred)) = state.deferred.take()
            {
                self.cause = deferred;
            }
            self.record(site, Fact::Announced(status));
            self.draw_faults_of_attempt(site, attempt);
            return;
        }
        self.record(site, Fact::Announced(status));
        if let Status::Failed { .. } = status {
            self.sites[site.index()].last_failure = self.cause;
        }
    }

    /// A release is published: by the source (U4), or locally (U3).
    fn release(&mut self, release: ReleaseId) {
        let local = self.scenario().catalogue.releases[release.index()].published.is_local();
        let Some(top_level) = self.blueprint.top_level else {
            return self.stores.publish(release);
        };
        self.record(top_level, Fact::Released { release });
        if local {
            // U3: into the top-level WSUS at once; nothing is asked of the source. Scans that have
            // begun do not see it.
            self.clients_catch_up(top_level);
            self.stores.publish_locally(release, &mut self.sites[top_level.index()].holdings);
            self.record_aside(top_level, Fact::Arrived { release, part: Part::Wsus });
        } else {
            self.stores.publish(release);
        }
    }

    /// The schedule of the top-level site falls due (T1).
    fn schedule_due(&mut self, occurrence: u32) {
        let top_level = self.blueprint.top_level.expect("a schedule has a top-level site");
        self.sites[top_level.index()].next_trigger = Root::schedule(occurrence);
        self.feed(top_level, Input::ScheduleDue);
    }

    fn schedule(&mut self, at: Instant, event: Event) -> crate::kernel::Handle {
        self.kernel.schedule(at, Happening { event, cause: self.cause })
    }

    /// Keeps a fact, which leads to what is done next.
    fn record(&mut self, site: SiteId, fact: Fact) {
        self.cause = self.record_aside(site, fact);
    }

    /// Keeps a fact that something else may lead on from; gives its place.
    fn record_aside(&mut self, site: SiteId, fact: Fact) -> Cause {
        self.recorder.record(self.kernel.now(), site, self.cause, fact)
    }

    fn is_down(&self, site: SiteId) -> bool {
        self.sites[site.index()].out_of_order.server > 0
    }

    /// Is this the step that the site's engine is waiting for?
    fn awaits(&self, site: SiteId, attempt: u32, state: State) -> bool {
        let engine = &self.sites[site.index()].engine;
        engine.state() == state && engine.attempts() == attempt
    }
}

/// Does this input itself start a sync, if any starts?
fn starts_by_itself(input: Input) -> bool {
    matches!(
        input,
        Input::ScheduleDue
            | Input::RunSynchronizationChosen
            | Input::SyncRequested
            | Input::PointInstalled
            | Input::TimerFired(Timer::Retry)
    )
}

/// One run of a scenario from its start to its end, recorded as the scenario says.
pub fn run(scenario: &Scenario, replication: u32) -> Trace {
    let blueprint = Blueprint::new(scenario);
    let mut world = World::new(&blueprint, replication);
    world.run_until(Instant::START + scenario.duration);
    world.into_trace()
}
