//! Planted bugs: an engine, or the way to it, that is a little different. The oracles are as good
//! as the bugs they find.
//!
//! A bug lives in the probe between an engine and the world, or in the scenario that the world is
//! built from while the oracles know the plan; nothing but this file can plant one.

use supsim::engine::{Effect, Engine, Input, Kind, Role, Status, Timer, Trigger};
use supsim::scenario::{
    Action, Bandwidth, ClockOffset, ExportImport, PointMode, RouteRate, Scenario,
};
use supsim::units::{Duration, Instant, SiteId};

use super::lost::{LostAfterMove, LostOnCrash};
use crate::oracle::Tamper;

/// A planted bug.
pub struct Bug {
    pub name: &'static str,
    pub says: &'static str,
    pub plant: Plant,
}

/// Where it sits.
#[derive(Clone, Copy)]
pub enum Plant {
    /// In the place of an engine.
    Engine(Bend),
    /// In what an engine has said.
    Answer(fn(Input, &mut Vec<Effect>)),
    /// On the way to an engine.
    Way(fn() -> Box<dyn Tamper>),
    /// In how the world takes what is written.
    World(fn(&mut Scenario)),
}

/// What an engine would say, and a chance to say something else.
pub type Bend = fn(&mut Engine, Instant, Input, &mut Vec<Effect>);

impl Bug {
    /// What stands between the engines and the world.
    pub fn tamper(&self) -> Option<Box<dyn Tamper>> {
        match self.plant {
            Plant::Engine(bend) => Some(Box::new(Bent(bend))),
            Plant::Answer(twist) => Some(Box::new(Twisted(twist))),
            Plant::Way(lost) => Some(lost()),
            Plant::World(_) => None,
        }
    }

    /// The scenario that the world is built from.
    pub fn misread(&self, mut scenario: Scenario) -> Scenario {
        if let Plant::World(misread) = self.plant {
            misread(&mut scenario);
        }
        scenario
    }
}

#[derive(Debug)]
struct Bent(Bend);

impl Tamper for Bent {
    fn handle(
        &mut self,
        now: Instant,
        _site: SiteId,
        engine: &mut Engine,
        input: Input,
        effects: &mut Vec<Effect>,
    ) {
        (self.0)(engine, now, input, effects);
    }
}

#[derive(Debug)]
struct Twisted(fn(Input, &mut Vec<Effect>));

impl Tamper for Twisted {
    fn handle(
        &mut self,
        now: Instant,
        _site: SiteId,
        engine: &mut Engine,
        input: Input,
        effects: &mut Vec<Effect>,
    ) {
        engine.handle(now, input, effects);
        (self.0)(input, effects);
    }
}

fn is_failure(effect: &Effect) -> bool {
    matches!(effect, Effect::Announce(Status::Failed { .. }))
}

fn sets_retry(effect: &Effect) -> bool {
    matches!(effect, Effect::SetTimer { timer: Timer::Retry, .. })
}

fn couriers(scenario: &mut Scenario) -> impl Iterator<Item = &mut ExportImport> {
    scenario.sites.iter_mut().filter_map(|site| match &mut site.internet_sup.as_mut()?.mode {
        PointMode::ExportImport(mode) => Some(&mut **mode),
        PointMode::Upstream => None,
    })
}

/// Every phase 2 is of that kind.
fn import_as(wanted: Kind, effects: &mut [Effect]) {
    for effect in effects {
        if let Effect::Import { kind, .. } = effect {
            *kind = wanted;
        }
    }
}

/// The engine hears nothing of that.
fn forget(
    engine: &mut Engine,
    now: Instant,
    input: Input,
    effects: &mut Vec<Effect>,
    when: fn(Input, &[Effect]) -> bool,
) {
    let before = engine.clone();
    engine.handle(now, input, effects);
    if when(input, effects) {
        *engine = before;
        effects.clear();
    }
}

pub const BUGS: &[Bug] = &[
    Bug {
        name: "outbox lost on crash",
        says: "a request that waits at its sender is gone when the sender has restarted",
        plant: Plant::Way(|| Box::new(LostOnCrash::at_parent())),
    },
    Bug {
        name: "ack before keep",
        says: "a request that was delivered is gone when the child restarts before reading it",
        plant: Plant::Way(|| Box::new(LostOnCrash::at_child())),
    },
    Bug {
        name: "retry lost on crash",
        says: "the retry timer is not set anew at a restart",
        plant: Plant::Answer(|input, effects| {
            if input == Input::Restarted && !effects.iter().any(is_failure) {
                effects.retain(|one| !sets_retry(one));
            }
        }),
    },
    Bug {
        name: "retry drift",
        says: "each retry comes a tick late",
        plant: Plant::Answer(|_, effects| {
            for effect in effects {
                if let Effect::SetTimer { timer: Timer::Retry, at } = effect {
                    *at += Duration::from_micros(1);
                }
            }
        }),
    },
    Bug {
        name: "retry forgets its kind",
        says: "a full one is retried as a delta",
        plant: Plant::Answer(|_, effects| {
            for effect in effects {
                if let Effect::Announce(Status::Started { kind, trigger: Trigger::Retry, .. }) =
                    effect
                {
                    *kind = Kind::Delta;
                }
            }
        }),
    },
    Bug {
        name: "manual applies all",
        says: "a delta changes what the database had already",
        plant: Plant::Answer(|_, effects| import_as(Kind::Full, effects)),
    },
    Bug {
        name: "full compares nothing",
        says: "a full one takes only what is new",
        plant: Plant::Answer(|_, effects| import_as(Kind::Delta, effects)),
    },
    Bug {
        name: "duplicate request starts twice",
        says: "a request is read twice",
        plant: Plant::Engine(|engine, now, input, effects| {
            engine.handle(now, input, effects);
            if input == Input::SyncRequested {
                engine.handle(now, input, effects);
            }
        }),
    },
    Bug {
        name: "busy site forgets a request",
        says: "a request that comes while the site synchronises is dropped",
        plant: Plant::Engine(|engine, now, input, effects| {
            forget(engine, now, input, effects, |input, effects| {
                let defers = |one: &Effect| matches!(one, Effect::Defer { .. });
                input == Input::SyncRequested && effects.iter().any(defers)
            });
        }),
    },
    Bug {
        name: "child runs by hand",
        says: "Run Synchronization at a child is not refused",
        plant: Plant::Engine(|engine, now, input, effects| {
            engine.handle(now, input, effects);
            if effects.contains(&Effect::Refuse { trigger: Trigger::Manual })
                && engine.policy().role == Role::Child
            {
                effects.clear();
                engine.handle(now, Input::SyncRequested, effects);
            }
        }),
    },
    Bug {
        name: "request after failure",
        says: "the children are asked whatever became of the attempt",
        plant: Plant::Answer(|_, effects| {
            if effects.iter().any(is_failure) {
                effects.push(Effect::RequestSync);
            }
        }),
    },
    Bug {
        name: "crash without a word",
        says: "an attempt that a crash cuts short gets no 6703",
        plant: Plant::Answer(|input, effects| {
            if input == Input::Restarted {
                effects.retain(|one| !is_failure(one));
            }
        }),
    },
    Bug {
        name: "counter wraps",
        says: "attempts are counted in eight bits",
        plant: Plant::Answer(|_, effects| {
            for effect in effects {
                if let Effect::Announce(Status::Started { attempt, .. }) = effect {
                    *attempt &= 0xFF;
                }
            }
        }),
    },
    Bug {
        name: "package not forwarded",
        says: "what a child inserts after a restart is not sent on to its own children",
        plant: Plant::Answer(|input, effects| {
            if matches!(input, Input::Inserted { insertion: 2.. }) {
                effects.retain(|one| !matches!(one, Effect::Replicate { .. }));
            }
        }),
    },
    Bug {
        name: "early package dropped",
        says: "a package that comes before its turn is thrown away",
        plant: Plant::Engine(|engine, now, input, effects| {
            forget(engine, now, input, effects, |input, effects| {
                matches!(input, Input::PackageArrived { .. }) && effects.is_empty()
            });
        }),
    },
    Bug {
        name: "waiting trigger forgotten",
        says: "what waited for the end of an attempt is not taken up",
        plant: Plant::Answer(|_, effects| {
            let ends = |one: &Effect| {
                matches!(one, Effect::Announce(Status::Done { .. })) || is_failure(one)
            };
            let started = |one: &Effect| matches!(one, Effect::Announce(Status::Started { .. }));
            if let Some(ended) = effects.iter().position(ends)
                && let Some(next) = effects[ended..].iter().position(started)
            {
                effects.truncate(ended + next);
            }
        }),
    },
    Bug {
        name: "new parent asks nobody",
        says: "the first request that a site gets from a new parent is lost",
        plant: Plant::Way(|| Box::new(LostAfterMove::requests())),
    },
    Bug {
        name: "new parent sends nothing",
        says: "the first package that a site gets from a new parent is lost",
        plant: Plant::Way(|| Box::new(LostAfterMove::packages())),
    },
    Bug {
        name: "installed point sleeps",
        says: "a point that is installed waits to be asked",
        plant: Plant::Engine(|engine, now, input, effects| {
            engine.handle(now, input, effects);
            if input == Input::PointInstalled && engine.policy().role == Role::Child {
                engine.handle(now, Input::PointRemoved, effects);
                effects.clear();
            }
        }),
    },
    Bug {
        name: "removed point tries again",
        says: "a site that has lost its point goes on trying",
        plant: Plant::Engine(|engine, now, input, effects| {
            if input != Input::PointRemoved {
                engine.handle(now, input, effects);
            }
        }),
    },
    Bug {
        name: "old schedule goes on",
        says: "a schedule that is set anew comes beside the old one",
        plant: Plant::World(|scenario| {
            let anew = scenario.operations.iter().filter_map(|one| match &one.action {
                Action::SetSchedule(new) => Some(new.at.clone()),
                _ => None,
            });
            let mut all: Vec<Instant> = anew.flatten().collect();
            all.append(&mut scenario.sync.schedule);
            all.sort_unstable();
            all.dedup();
            scenario.sync.schedule = all;
        }),
    },
    Bug {
        name: "clock is put right",
        says: "the schedule falls due by the right time, whatever the clock of its site shows",
        plant: Plant::World(|scenario| {
            for site in &mut scenario.sites {
                site.clock_offset = ClockOffset::default();
            }
        }),
    },
    Bug {
        name: "addresses go by UTC",
        says: "the hours of an address and of a circuit are those of the scenario, not of the site",
        plant: Plant::World(|scenario| {
            for site in &mut scenario.sites {
                site.zone = scenario.clock.zone().clone();
            }
        }),
    },
    Bug {
        name: "no rate limit",
        says: "a route limits nothing",
        plant: Plant::World(|scenario| {
            for route in &mut scenario.routes {
                route.rate = RouteRate::Unlimited;
            }
        }),
    },
    Bug {
        name: "no pauses",
        says: "a pulse is one block",
        plant: Plant::World(|scenario| {
            for route in &mut scenario.routes {
                if let RouteRate::Pulse { delay, .. } = &mut route.rate {
                    *delay = Duration::from_micros(1);
                }
            }
        }),
    },
    Bug {
        name: "circuits know no hours",
        says: "a circuit whose bandwidth hangs on the hour has no limit",
        plant: Plant::World(|scenario| {
            for link in &mut scenario.links {
                if let Bandwidth::Hourly(_) = link.bandwidth {
                    link.bandwidth = Bandwidth::Unlimited;
                }
            }
        }),
    },
    Bug {
        name: "couriers set out anew",
        says: "a courier comes so long after the one before has come, not after he set out",
        plant: Plant::World(|scenario| {
            for mode in couriers(scenario) {
                mode.every += Duration::from_hours(1);
            }
        }),
    },
    Bug {
        name: "options are not compared",
        says: "what is carried is imported whatever languages the point is set to",
        plant: Plant::World(|scenario| couriers(scenario).for_each(|mode| mode.languages = None)),
    },
    Bug {
        name: "clients count twice",
        says: "each client of the intranet is two",
        plant: Plant::World(|scenario| {
            scenario.sites.iter_mut().for_each(|site| site.clients.intranet *= 2);
        }),
    },
    Bug {
        name: "internet clients sleep",
        says: "half of the clients on the internet hear of nothing",
        plant: Plant::World(|scenario| {
            scenario.sites.iter_mut().for_each(|site| site.clients.internet /= 2);
        }),
    },
    Bug {
        name: "old clients sleep",
        says: "half of the SMS 2003 clients hear of nothing",
        plant: Plant::World(|scenario| {
            scenario.sites.iter_mut().for_each(|site| site.clients.sms2003 /= 2);
        }),
    },
];
