//! The same engine under a second driver: real threads, real channels and the wall clock, with a
//! millisecond for a minute. What the simulator makes it say, it says here too.

use std::collections::BTreeMap;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::{Duration as WallDuration, Instant as WallInstant};

use supsim::engine::{
    Effect, Engine, Failure, Input, InternetTurn, Phase, Policy, Reason, Role, Status, Timer,
};
use supsim::trace::Fact;
use supsim::units::{Duration, FaultId, Instant, SiteId};

use crate::support;

/// A minute of the sites' time is a millisecond of ours.
const MINUTE: WallDuration = WallDuration::from_millis(1);

/// What a site is told, when, and what it wants done.
type Heard = (Instant, Input, Vec<Effect>);

/// One site as a service would run it.
struct Service {
    engine: Engine,
    started: WallInstant,
    inbox: Receiver<Input>,
    /// To its own inbox: how steps answer.
    own: Sender<Input>,
    children: Vec<Sender<Input>>,
    timers: BTreeMap<Timer, Instant>,
    /// The first pulls fail, so many of them.
    failing_pulls: u32,
    version: u32,
    announced: usize,
    heard: Vec<Heard>,
}

impl Service {
    fn now(&self) -> Instant {
        let micros = self.started.elapsed().as_micros() * 60_000_000 / MINUTE.as_micros();
        Instant::from_micros(micros as u64)
    }

    /// Serves until it has announced so much, or until it is too late to hope for it.
    fn run(mut self, announcements: usize, until: Instant) -> Vec<Heard> {
        while self.now() < until && self.announced < announcements {
            let next = self.timers.values().min().copied().unwrap_or(until).min(until);
            let wait = next.since(self.now()).as_secs_f64() / 60.0;
            match self.inbox.recv_timeout(MINUTE.mul_f64(wait)) {
                Ok(input) => self.feed(input),
                Err(RecvTimeoutError::Timeout) => {
                    let now = self.now();
                    let due = self.timers.iter().find(|(_, at)| **at <= now);
                    if let Some(timer) = due.map(|(timer, _)| *timer) {
                        self.timers.remove(&timer);
                        self.feed(Input::TimerFired(timer));
                    }
                }
                Err(RecvTimeoutError::Disconnected) => break,
            }
        }
        self.heard
    }

    fn feed(&mut self, input: Input) {
        let (now, mut effects) = (self.now(), Vec::new());
        self.engine.handle(now, input, &mut effects);
        self.heard.push((now, input, effects.clone()));
        for effect in effects {
            self.carry_out(effect);
        }
    }

    /// An answer that takes some minutes of work in a thread of its own.
    fn answer(&self, minutes: u32, input: Input) {
        let own = self.own.clone();
        thread::spawn(move || {
            thread::sleep(MINUTE * minutes);
            // The site may have shut down meanwhile.
            let _ = own.send(input);
        });
    }

    fn carry_out(&mut self, effect: Effect) {
        match effect {
            Effect::Connect { attempt } => self.answer(1, Input::Connected { attempt }),
            Effect::Pull { attempt } if self.failing_pulls > 0 => {
                self.failing_pulls -= 1;
                let reason = Reason::Injected(FaultId(0));
                let failure = Failure { phase: Phase::Pull, reason };
                self.answer(11, Input::StepFailed { attempt, failure });
            }
            Effect::Pull { attempt } => {
                let top_level = self.engine.policy().role == Role::TopLevel;
                let version = (!top_level).then_some(2);
                self.answer(5, Input::Pulled { attempt, version, licence_terms_pending: false });
            }
            Effect::Settle { attempt } => self.answer(2, Input::Settled { attempt }),
            Effect::Import { attempt, .. } => {
                self.version += 1;
                self.answer(3, Input::Imported { attempt, version: self.version });
            }
            Effect::SyncInternetPoint { attempt } => {
                self.answer(4, Input::InternetPointSynced { attempt });
            }
            Effect::Insert { insertion, .. } => self.answer(6, Input::Inserted { insertion }),
            Effect::Replicate { version } => {
                for child in &self.children {
                    let _ = child.send(Input::PackageArrived { version });
                }
            }
            Effect::RequestSync => {
                for child in &self.children {
                    let _ = child.send(Input::SyncRequested);
                }
            }
            Effect::SetTimer { timer, at } => {
                self.timers.insert(timer, at);
            }
            Effect::CancelTimer(timer) => {
                self.timers.remove(&timer);
            }
            Effect::Announce(_) => self.announced += 1,
            Effect::CreatePolicy { .. } | Effect::Defer { .. } | Effect::Refuse { .. } => {}
        }
    }
}

/// What a site announces, with its retries as waits, since wall clocks never agree to the tick.
fn announcement(now: Instant, status: Status) -> (Status, Option<Duration>) {
    match status {
        Status::Failed { attempt, failure, retry_at } => {
            (Status::Failed { attempt, failure, retry_at: None }, retry_at.map(|at| at - now))
        }
        other => (other, None),
    }
}

const SCENARIO: &str = "
supsim: 1
kind: scenario
name: real-driver
start: 2026-01-12 00:00
duration: 1d
initial: current
catalogue:
  baseline: { updates: 10, metadata: 1 MB }
  releases: { news: { when: { at: 2026-01-12 00:00 }, updates: 3, metadata: 1 MB } }
timing: { request: 0s, connect: 1min, pull: 5min, settle: 2min, import: 3min, insert: 6min,
          internet: 4min }
sync: { schedule: { simple: { every: 7d, start: 2026-01-12 00:00 } } }
sites:
  CEN: { type: central, internet_sup: { server: dmz } }
  PR1: { parent: CEN }
faults:
  first-pulls: { where: { code: PR1 }, do: { fail_sync: { after: 12min, phase: pull } },
                 when: { attempts: [1, 2] } }
";

#[test]
fn a_wall_clock_driver_makes_the_engine_say_what_the_simulator_makes_it_say() {
    let scenario = support::scenario(SCENARIO);
    let trace = support::run(&scenario);
    let simulated = |site: u32| -> Vec<_> {
        let of_site = trace.records.iter().filter(|record| record.site == SiteId(site));
        of_site
            .filter_map(|record| match record.fact {
                Fact::Announced(status) => Some(announcement(record.at, status)),
                _ => None,
            })
            .collect()
    };

    let started = WallInstant::now();
    let policy = |role, internet_point| Policy {
        role,
        internet_point,
        retry_every: Duration::from_mins(60),
        retry_limit: None,
    };
    let service = |policy, inbox, own, children, failing_pulls| Service {
        engine: Engine::current(policy, 1),
        started,
        inbox,
        own,
        children,
        timers: BTreeMap::new(),
        failing_pulls,
        version: 1,
        announced: 0,
        heard: Vec::new(),
    };
    let (to_cen, cen_inbox) = channel();
    let (to_pr1, pr1_inbox) = channel();
    let top = policy(Role::TopLevel, InternetTurn::BeforeDone);
    let child = policy(Role::Child, InternetTurn::None);
    let cen = service(top, cen_inbox, to_cen.clone(), vec![to_pr1.clone()], 0);
    let pr1 = service(child, pr1_inbox, to_pr1, Vec::new(), 2);
    to_cen.send(Input::ScheduleDue).unwrap();
    // A hundred times what the simulated run needs, for a busy machine.
    let until = Instant::START + Duration::from_mins(20_000);
    let wanted = [simulated(0).len(), simulated(1).len()];
    let threads = [(cen, wanted[0]), (pr1, wanted[1])]
        .map(|(service, wanted)| thread::spawn(move || service.run(wanted, until)));
    let heard = threads.map(|thread| thread.join().expect("the service ran to its end"));

    for (site, heard) in (0..).zip(&heard) {
        let announced: Vec<_> = heard
            .iter()
            .flat_map(|(now, _, effects)| effects.iter().map(move |effect| (*now, effect)))
            .filter_map(|(now, effect)| match effect {
                Effect::Announce(status) => Some(announcement(now, *status)),
                _ => None,
            })
            .collect();
        assert_eq!(announced, simulated(site), "site {site}");
    }
    assert_eq!(heard[1].iter().filter(|(_, input, _)| retried(input)).count(), 2);

    // And what was heard here, told to a fresh engine at the same instants, has the same effects.
    for (policy, heard) in [top, child].into_iter().zip(heard) {
        let mut engine = Engine::current(policy, 1);
        for (now, input, expected) in heard {
            let mut effects = Vec::new();
            engine.handle(now, input, &mut effects);
            assert_eq!(effects, expected, "{input:?} at {now}");
        }
    }
}

fn retried(input: &Input) -> bool {
    *input == Input::TimerFired(Timer::Retry)
}
