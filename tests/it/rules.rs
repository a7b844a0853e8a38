//! The rules of the synchronisation manager, one by one (docs/rules.md).
//!
//! Each rule is a sentence, a check that drives one engine by hand, and a bug: the smallest
//! tampering with what the engine wants done that breaks the sentence. The check must pass with
//! the engine as it is and must fail with the bug, so that no check is an empty one.

use supsim::engine::{
    Effect, Engine, Failure, Input, InternetTurn, Kind, Phase, Policy, Reason, Role, Status, Timer,
    Trigger,
};
use supsim::units::{Duration, Instant};

/// Tampers with the effects of an input.
type Bug = fn(Input, &mut Vec<Effect>);

struct Rule {
    id: &'static str,
    says: &'static str,
    check: fn(&mut Bench) -> Result<(), String>,
    bug: Bug,
}

/// One engine on the bench, told by hand what happens.
struct Bench {
    engine: Engine,
    now: Instant,
    bug: Option<Bug>,
}

const MINUTE: Duration = Duration::from_mins(1);

const PULL_FAILED: Failure = Failure { phase: Phase::Pull, reason: Reason::UpstreamUnreachable };

impl Bench {
    fn set_up(&mut self, role: Role, internet_point: InternetTurn) {
        let retry_every = Duration::from_mins(60);
        let policy = Policy { role, internet_point, retry_every, retry_limit: None };
        self.engine = Engine::current(policy, 7);
    }

    fn top_level(&mut self) {
        self.set_up(Role::TopLevel, InternetTurn::None);
    }

    fn child(&mut self) {
        self.set_up(Role::Child, InternetTurn::None);
    }

    /// Something happens; gives what the engine wants done.
    fn tell(&mut self, input: Input) -> Vec<Effect> {
        let mut effects = Vec::new();
        self.engine.handle(self.now, input, &mut effects);
        if let Some(bug) = self.bug {
            bug(input, &mut effects);
        }
        effects
    }

    fn wait(&mut self, time: Duration) {
        self.now += time;
    }

    fn attempt(&self) -> u32 {
        self.engine.attempts()
    }

    fn connected(&mut self) -> Vec<Effect> {
        let attempt = self.attempt();
        self.tell(Input::Connected { attempt })
    }

    fn pulled(&mut self, version: Option<u32>) -> Vec<Effect> {
        let attempt = self.attempt();
        self.tell(Input::Pulled { attempt, version, licence_terms_pending: false })
    }

    fn settled(&mut self) -> Vec<Effect> {
        let attempt = self.attempt();
        self.tell(Input::Settled { attempt })
    }

    fn imported(&mut self, version: u32) -> Vec<Effect> {
        let attempt = self.attempt();
        self.tell(Input::Imported { attempt, version })
    }

    fn fails(&mut self, failure: Failure) -> Vec<Effect> {
        let attempt = self.attempt();
        self.tell(Input::StepFailed { attempt, failure })
    }

    /// From 6701 to 6702 at a child; all effects after the start.
    fn child_succeeds(&mut self, version: u32) -> Vec<Effect> {
        let mut effects = self.connected();
        effects.extend(self.pulled(Some(version)));
        effects.extend(self.settled());
        effects
    }

    /// From 6701 to 6702 at the top-level site; all effects after the start.
    fn top_succeeds(&mut self, version: u32) -> Vec<Effect> {
        let mut effects = self.connected();
        effects.extend(self.pulled(None));
        effects.extend(self.settled());
        effects.extend(self.imported(version));
        effects
    }
}

fn statuses(effects: &[Effect]) -> Vec<u16> {
    let id = |effect: &Effect| match effect {
        Effect::Announce(status) => Some(status.id()),
        _ => None,
    };
    effects.iter().filter_map(id).collect()
}

fn started(effects: &[Effect]) -> Option<(Kind, Trigger)> {
    effects.iter().find_map(|effect| match effect {
        Effect::Announce(Status::Started { kind, trigger, .. }) => Some((*kind, *trigger)),
        _ => None,
    })
}

fn expect<T: PartialEq + std::fmt::Debug>(what: &str, got: T, wanted: T) -> Result<(), String> {
    if got == wanted { Ok(()) } else { Err(format!("{what}: {got:?}, wanted {wanted:?}")) }
}

fn drop_if(effects: &mut Vec<Effect>, unwanted: impl Fn(&Effect) -> bool) {
    effects.retain(|effect| !unwanted(effect));
}

fn replace_kind(effects: &mut [Effect], to: Kind) {
    for effect in effects {
        if let Effect::Announce(Status::Started { kind, .. }) = effect {
            *kind = to;
        }
    }
}

const RULES: &[Rule] = &[
    Rule {
        id: "T1",
        says: "a schedule that falls due starts a full sync at the top-level site, and none below",
        check: |bench| {
            bench.top_level();
            let effects = bench.tell(Input::ScheduleDue);
            expect("at the top", started(&effects), Some((Kind::Full, Trigger::Schedule)))?;
            bench.child();
            let effects = bench.tell(Input::ScheduleDue);
            expect("at a child", effects, vec![Effect::Refuse { trigger: Trigger::Schedule }])
        },
        bug: |_, effects| replace_kind(effects, Kind::Delta),
    },
    Rule {
        id: "T2",
        says: "Run Synchronization starts a delta at the top-level site and is refused at a child",
        check: |bench| {
            bench.top_level();
            let effects = bench.tell(Input::RunSynchronizationChosen);
            expect("at the top", started(&effects), Some((Kind::Delta, Trigger::Manual)))?;
            bench.child();
            let effects = bench.tell(Input::RunSynchronizationChosen);
            expect("at a child", effects, vec![Effect::Refuse { trigger: Trigger::Manual }])
        },
        bug: |_, effects| drop_if(effects, |effect| matches!(effect, Effect::Refuse { .. })),
    },
    Rule {
        id: "T3",
        says: "a child starts on its parent's request, and its sync is full",
        check: |bench| {
            bench.child();
            let effects = bench.tell(Input::SyncRequested);
            expect("child", started(&effects), Some((Kind::Full, Trigger::Parent)))?;
            bench.top_level();
            let effects = bench.tell(Input::SyncRequested);
            expect("top", effects, vec![Effect::Refuse { trigger: Trigger::Parent }])
        },
        bug: |_, effects| replace_kind(effects, Kind::Delta),
    },
    Rule {
        id: "T4",
        says: "a failed sync is tried again 60 minutes after it ended, with its kind and without a \
               new request, as often as it fails",
        check: |bench| {
            bench.child();
            bench.tell(Input::SyncRequested);
            bench.connected();
            for _ in 0..50 {
                bench.wait(MINUTE * 17);
                let due = bench.now + MINUTE * 60;
                let effects = bench.fails(PULL_FAILED);
                let timer = Effect::SetTimer { timer: Timer::Retry, at: due };
                expect("the retry is planned", effects.contains(&timer), true)?;
                bench.wait(MINUTE * 60);
                let effects = bench.tell(Input::TimerFired(Timer::Retry));
                expect("the retry", started(&effects), Some((Kind::Full, Trigger::Retry)))?;
            }
            Ok(())
        },
        bug: |_, effects| {
            for effect in effects {
                if let Effect::SetTimer { at, .. } = effect {
                    *at += MINUTE;
                }
            }
        },
    },
    Rule {
        id: "T4-limit",
        says: "with a limit, the site gives up after so many retries in a row",
        check: |bench| {
            bench.child();
            let policy = Policy { retry_limit: Some(1), ..*bench.engine.policy() };
            bench.engine = Engine::current(policy, 7);
            bench.tell(Input::SyncRequested);
            let effects = bench.fails(PULL_FAILED);
            expect("first failure", timers(&effects), 1)?;
            bench.wait(MINUTE * 60);
            bench.tell(Input::TimerFired(Timer::Retry));
            let effects = bench.fails(PULL_FAILED);
            expect("second failure", timers(&effects), 0)?;
            // Something new starts the count anew.
            bench.tell(Input::SyncRequested);
            expect("after a new request", timers(&bench.fails(PULL_FAILED)), 1)
        },
        bug: |input, effects| {
            if matches!(input, Input::StepFailed { .. }) && timers(effects) == 0 {
                effects.push(Effect::SetTimer { timer: Timer::Retry, at: Instant::NEVER });
            }
        },
    },
    Rule {
        id: "T5",
        says: "the first sync after an installation runs by itself and is full, whatever starts it",
        check: |bench| {
            bench.top_level();
            let policy = *bench.engine.policy();
            bench.engine = Engine::new(policy);
            let effects = bench.tell(Input::PointInstalled);
            expect("installed", started(&effects), Some((Kind::Full, Trigger::Installed)))?;
            bench.engine = Engine::new(policy);
            let effects = bench.tell(Input::RunSynchronizationChosen);
            expect("by hand", started(&effects), Some((Kind::Full, Trigger::Manual)))?;
            bench.top_succeeds(1);
            let effects = bench.tell(Input::RunSynchronizationChosen);
            expect("the second", started(&effects), Some((Kind::Delta, Trigger::Manual)))?;
            bench.child();
            let effects = bench.tell(Input::PointInstalled);
            expect("at a child", started(&effects), Some((Kind::Full, Trigger::Installed)))
        },
        bug: |input, effects| {
            if input == Input::RunSynchronizationChosen {
                replace_kind(effects, Kind::Delta);
            }
        },
    },
    Rule {
        id: "T6",
        says: "one sync at a time; what comes meanwhile waits, equal triggers merge, a full one \
               absorbs a delta, and none is lost",
        check: |bench| {
            bench.top_level();
            bench.tell(Input::ScheduleDue);
            for input in [
                Input::RunSynchronizationChosen,
                Input::ScheduleDue,
                Input::RunSynchronizationChosen,
            ] {
                let effects = bench.tell(input);
                expect("meanwhile", started(&effects), None)?;
                expect("it waits", matches!(effects[..], [Effect::Defer { .. }]), true)?;
            }
            let effects = bench.top_succeeds(8);
            let next = effects.iter().position(|effect| statuses(&[*effect]) == [6701]);
            let done = effects.iter().position(|effect| statuses(&[*effect]) == [6702]);
            expect("one starts, after the end", next > done && next.is_some(), true)?;
            expect("it is full", started(&effects), Some((Kind::Full, Trigger::Schedule)))?;
            expect("there is no third", started(&bench.top_succeeds(8)), None)
        },
        bug: |input, effects| {
            if matches!(input, Input::Imported { .. }) {
                drop_if(effects, |effect| statuses(&[*effect]) == [6701]);
            }
        },
    },
    Rule {
        id: "T6-replaces",
        says: "a request to an idle site starts at once and replaces the pending retry; a delta \
               does not replace a full retry",
        check: |bench| {
            bench.child();
            bench.tell(Input::SyncRequested);
            bench.fails(PULL_FAILED);
            bench.wait(MINUTE);
            let effects = bench.tell(Input::SyncRequested);
            expect("at once", started(&effects), Some((Kind::Full, Trigger::Parent)))?;
            let cancel = Effect::CancelTimer(Timer::Retry);
            expect("the retry is cancelled", effects.contains(&cancel), true)?;
            expect("and forgotten", bench.engine.retry_at(), None)?;

            bench.top_level();
            bench.tell(Input::ScheduleDue);
            bench.fails(PULL_FAILED);
            let due = bench.engine.retry_at();
            bench.wait(MINUTE);
            let effects = bench.tell(Input::RunSynchronizationChosen);
            expect("a delta by hand", started(&effects), Some((Kind::Delta, Trigger::Manual)))?;
            expect("the full retry stays", bench.engine.retry_at(), due)?;
            bench.top_succeeds(8);
            bench.wait(MINUTE * 59);
            let effects = bench.tell(Input::TimerFired(Timer::Retry));
            expect("and comes", started(&effects), Some((Kind::Full, Trigger::Retry)))
        },
        bug: |_, effects| drop_if(effects, |effect| matches!(effect, Effect::CancelTimer(_))),
    },
    Rule {
        id: "T7",
        says: "a sync cut short by a crash gets its 6703 at the restart and a retry after it; a \
               retry that fell due meanwhile is made at the restart",
        check: |bench| {
            bench.child();
            bench.tell(Input::SyncRequested);
            bench.connected();
            bench.wait(MINUTE * 3);
            bench.engine.crash();
            bench.wait(MINUTE * 30);
            let effects = bench.tell(Input::Restarted);
            let failure = Failure { phase: Phase::Restart, reason: Reason::Restarted };
            let retry_at = Some(bench.now + MINUTE * 60);
            let failed = Status::Failed { attempt: 1, failure, retry_at };
            expect("6703", effects.contains(&Effect::Announce(failed)), true)?;
            expect("the pull's answer comes too late", bench.pulled(Some(8)), vec![])?;
            bench.engine.crash();
            bench.wait(MINUTE * 90);
            let effects = bench.tell(Input::Restarted);
            let due = Effect::SetTimer { timer: Timer::Retry, at: bench.now };
            expect("overdue, so now", effects, vec![due])
        },
        bug: |input, effects| {
            if input == Input::Restarted {
                drop_if(effects, |effect| matches!(effect, Effect::SetTimer { .. }));
            }
        },
    },
    Rule {
        id: "P0-P5",
        says: "a top-level sync is 6701, connect, 6704, pull, wait, 6705, import, 6702",
        check: |bench| {
            bench.top_level();
            let effects = bench.tell(Input::ScheduleDue);
            expect("P0", statuses(&effects), vec![6701])?;
            expect("P1", effects.last(), Some(&Effect::Connect { attempt: 1 }))?;
            let effects = bench.connected();
            expect("P2", statuses(&effects), vec![6704])?;
            expect("P2", effects.last(), Some(&Effect::Pull { attempt: 1 }))?;
            expect("P3", bench.pulled(None), vec![Effect::Settle { attempt: 1 }])?;
            let effects = bench.settled();
            expect("P4", statuses(&effects), vec![6705])?;
            let import = Effect::Import { attempt: 1, kind: Kind::Full };
            expect("P4", effects.last(), Some(&import))?;
            let effects = bench.imported(8);
            expect("P7", statuses(&effects), vec![6702])?;
            let done = Effect::Announce(Status::Done { attempt: 1, version: 8 });
            expect("P5", effects.contains(&done), true)
        },
        bug: |input, effects| {
            if matches!(input, Input::Pulled { .. }) {
                effects.clear();
                effects.push(Effect::Import { attempt: 1, kind: Kind::Full });
            }
        },
    },
    Rule {
        id: "P1",
        says: "a closed gate fails the sync before any contact with WSUS, and it is tried again",
        check: |bench| {
            bench.child();
            bench.tell(Input::SyncRequested);
            let failure = Failure { phase: Phase::Gate, reason: Reason::NotConfigured };
            let effects = bench.fails(failure);
            expect("statuses", statuses(&effects), vec![6703])?;
            expect("a retry", timers(&effects), 1)?;
            let (source, message) = Reason::NotConfigured.text();
            expect("source", source, "CWSyncMgr::DoSync")?;
            expect("message", message.starts_with("WSUS server not configured"), true)
        },
        bug: |input, effects| {
            if matches!(input, Input::StepFailed { .. }) {
                let attempt = 1;
                effects.insert(0, Effect::Announce(Status::SynchronizingWsus { attempt }));
            }
        },
    },
    Rule {
        id: "P4",
        says: "phase 2 exists only at the top-level site",
        check: |bench| {
            bench.child();
            bench.tell(Input::SyncRequested);
            let effects = bench.child_succeeds(9);
            let imports = |effect: &Effect| matches!(effect, Effect::Import { .. });
            expect("no import", effects.iter().any(imports), false)?;
            expect("statuses", statuses(&effects), vec![6704, 6702])
        },
        bug: |input, effects| {
            if let Input::Settled { attempt } = input {
                effects.insert(0, Effect::Import { attempt, kind: Kind::Full });
            }
        },
    },
    Rule {
        id: "P5",
        says: "a child takes its parent's content version",
        check: |bench| {
            bench.child();
            bench.tell(Input::SyncRequested);
            let effects = bench.child_succeeds(34);
            let done = Effect::Announce(Status::Done { attempt: 1, version: 34 });
            expect("version 34", effects.contains(&done), true)?;
            expect("kept", bench.engine.version(), 34)
        },
        bug: |_, effects| {
            for effect in effects {
                if let Effect::Announce(Status::Done { version, .. }) = effect {
                    *version += 1;
                }
            }
        },
    },
    Rule {
        id: "P6-P9",
        says: "by default the site is done only after its internet-based point, whose failure is \
               the site's and holds its children back",
        check: |bench| {
            bench.set_up(Role::TopLevel, InternetTurn::BeforeDone);
            bench.tell(Input::ScheduleDue);
            let effects = bench.top_succeeds(8);
            expect("6706 and not yet 6702", statuses(&effects), vec![6704, 6705, 6706])?;
            expect("nobody is told", effects.contains(&Effect::RequestSync), false)?;
            let replicate = Effect::Replicate { version: 8 };
            expect("but packages leave (R1)", effects.contains(&replicate), true)?;
            let failure = Failure { phase: Phase::Internet, reason: Reason::NoInternetPoint };
            let effects = bench.fails(failure);
            expect("the site fails", statuses(&effects), vec![6703])?;
            expect("nobody is told", effects.contains(&Effect::RequestSync), false)?;
            bench.wait(MINUTE * 60);
            bench.tell(Input::TimerFired(Timer::Retry));
            bench.top_succeeds(8);
            let effects = bench.tell(Input::InternetPointSynced { attempt: 2 });
            expect("done", statuses(&effects), vec![6702])?;
            expect("now they are told", effects.contains(&Effect::RequestSync), true)
        },
        bug: |input, effects| {
            if matches!(input, Input::Imported { .. }) {
                effects.push(Effect::RequestSync);
            }
        },
    },
    Rule {
        id: "P9",
        says: "in the later order the site is done first, and the internet-based point's failure \
               is its own: 6707 and a retry of its own",
        check: |bench| {
            bench.set_up(Role::TopLevel, InternetTurn::AfterDone);
            bench.tell(Input::ScheduleDue);
            let effects = bench.top_succeeds(8);
            expect("6702 first", statuses(&effects), vec![6704, 6705, 6702, 6706])?;
            expect("they are told", effects.contains(&Effect::RequestSync), true)?;
            let failure = Failure { phase: Phase::Internet, reason: Reason::NoInternetPoint };
            let effects = bench.fails(failure);
            expect("its own failure", statuses(&effects), vec![6707])?;
            let at = bench.now + MINUTE * 60;
            let timer = Effect::SetTimer { timer: Timer::InternetPoint, at };
            expect("its own retry", effects.contains(&timer), true)?;
            expect("not the site's", bench.engine.retry_at(), None)?;
            bench.wait(MINUTE * 60);
            let effects = bench.tell(Input::TimerFired(Timer::InternetPoint));
            expect("again, alone", statuses(&effects), vec![6706])
        },
        bug: |_, effects| {
            for effect in effects {
                if let Effect::Announce(Status::OutOfStep { attempt, failure, retry_at }) = *effect
                {
                    *effect = Effect::Announce(Status::Failed { attempt, failure, retry_at });
                }
            }
        },
    },
    Rule {
        id: "P7",
        says: "after success the policy is created and then the children are asked",
        check: |bench| {
            bench.child();
            bench.tell(Input::SyncRequested);
            let effects = bench.child_succeeds(9);
            let place = |wanted: Effect| effects.iter().position(|effect| *effect == wanted);
            let done = place(Effect::Announce(Status::Done { attempt: 1, version: 9 }));
            let policy = place(Effect::CreatePolicy { version: 9, new_body: true });
            let request = place(Effect::RequestSync);
            expect("all three", [done, policy, request].contains(&None), false)?;
            expect("in this order", done < policy && policy < request, true)
        },
        bug: |_, effects| drop_if(effects, |effect| *effect == Effect::RequestSync),
    },
    Rule {
        id: "P8",
        says: "a failure at any step is one 6703, plans a retry, and nothing goes to the children",
        check: |bench| {
            for steps in 0..4 {
                bench.top_level();
                bench.tell(Input::ScheduleDue);
                let advance: [fn(&mut Bench); 3] = [
                    |bench| drop(bench.connected()),
                    |bench| drop(bench.pulled(None)),
                    |bench| drop(bench.settled()),
                ];
                advance[..steps].iter().for_each(|step| step(bench));
                let effects = bench.fails(PULL_FAILED);
                expect("statuses", statuses(&effects), vec![6703])?;
                expect("a retry", timers(&effects), 1)?;
                expect("nobody is told", effects.contains(&Effect::RequestSync), false)?;
                expect("a second failure is no news", bench.fails(PULL_FAILED), vec![])?;
            }
            Ok(())
        },
        bug: |input, effects| {
            if matches!(input, Input::StepFailed { .. }) {
                effects.push(Effect::RequestSync);
            }
        },
    },
    Rule {
        id: "P11",
        says: "licence terms pending end a sync with 6708 instead of 6702, and count as success",
        check: |bench| {
            bench.child();
            bench.tell(Input::SyncRequested);
            bench.connected();
            bench.tell(Input::Pulled { attempt: 1, version: Some(8), licence_terms_pending: true });
            let effects = bench.settled();
            expect("statuses", statuses(&effects), vec![6708])?;
            expect("children are told", effects.contains(&Effect::RequestSync), true)?;
            expect("no retry", timers(&effects), 0)
        },
        bug: |_, effects| {
            for effect in effects {
                if let Effect::Announce(Status::DoneLicenceTermsPending { attempt, version }) =
                    *effect
                {
                    *effect = Effect::Announce(Status::Done { attempt, version });
                }
            }
        },
    },
    Rule {
        id: "R1",
        says: "metadata leave for the children's databases as soon as the top-level site's holds \
               them, and reach a child's database whatever becomes of its WSUS",
        check: |bench| {
            bench.top_level();
            bench.tell(Input::ScheduleDue);
            let effects = bench.top_succeeds(8);
            let place = |wanted: Effect| effects.iter().position(|effect| *effect == wanted);
            let replicate = place(Effect::Replicate { version: 8 });
            let done = place(Effect::Announce(Status::Done { attempt: 1, version: 8 }));
            expect("packages first", replicate.is_some() && replicate < done, true)?;
            bench.child();
            bench.tell(Input::SyncRequested);
            bench.fails(PULL_FAILED);
            let effects = bench.tell(Input::PackageArrived { version: 8 });
            let insert = Effect::Insert { insertion: 1, version: 8 };
            expect("the failed child inserts", effects, vec![insert])
        },
        bug: |_, effects| drop_if(effects, |effect| matches!(effect, Effect::Replicate { .. })),
    },
    Rule {
        id: "R2",
        says: "a child forwards a package to its own children when it has been inserted",
        check: |bench| {
            bench.child();
            let effects = bench.tell(Input::PackageArrived { version: 8 });
            let early = |effect: &Effect| matches!(effect, Effect::Replicate { .. });
            expect("not before", effects.iter().any(early), false)?;
            let effects = bench.tell(Input::Inserted { insertion: 1 });
            expect("then", effects, vec![Effect::Replicate { version: 8 }])
        },
        bug: |input, effects| {
            if let Input::PackageArrived { version } = input {
                effects.push(Effect::Replicate { version });
            }
        },
    },
    Rule {
        id: "R3",
        says: "a pull that has begun is not disturbed by what arrives meanwhile",
        check: |bench| {
            bench.child();
            bench.tell(Input::SyncRequested);
            bench.connected();
            let effects = bench.tell(Input::SyncRequested);
            expect("a request waits", matches!(effects[..], [Effect::Defer { .. }]), true)?;
            expect("the pull goes on", bench.pulled(Some(8)), vec![Effect::Settle { attempt: 1 }])
        },
        bug: |input, effects| {
            if input == Input::SyncRequested && matches!(effects[..], [Effect::Defer { .. }]) {
                effects.push(Effect::Connect { attempt: 2 });
            }
        },
    },
    Rule {
        id: "R7",
        says: "packages are inserted once and in order, whatever the order they arrive in",
        check: |bench| {
            bench.child();
            for version in [10, 9, 10] {
                let effects = bench.tell(Input::PackageArrived { version });
                expect("too early", effects, vec![])?;
            }
            let mut inserted = Vec::new();
            let mut effects = bench.tell(Input::PackageArrived { version: 8 });
            for insertion in 1..=3 {
                let insert = effects.iter().find_map(|effect| match effect {
                    Effect::Insert { version, .. } => Some(*version),
                    _ => None,
                });
                inserted.push(insert);
                effects = bench.tell(Input::Inserted { insertion });
            }
            expect("in order", inserted, vec![Some(8), Some(9), Some(10)])?;
            expect("a late copy", bench.tell(Input::PackageArrived { version: 9 }), vec![])
        },
        bug: |input, effects| {
            if let Input::PackageArrived { version } = input
                && effects.is_empty()
            {
                effects.push(Effect::Insert { insertion: 1, version });
            }
        },
    },
    Rule {
        id: "C1",
        says: "a success creates the policy; its body is new only when something changed",
        check: |bench| {
            bench.child();
            for (version, new_body) in [(7, false), (8, true), (8, false)] {
                bench.tell(Input::SyncRequested);
                let effects = bench.child_succeeds(version);
                let policy = Effect::CreatePolicy { version, new_body };
                expect("policy", effects.contains(&policy), true)?;
            }
            Ok(())
        },
        bug: |_, effects| {
            for effect in effects {
                if let Effect::CreatePolicy { new_body, .. } = effect {
                    *new_body = true;
                }
            }
        },
    },
    Rule {
        id: "M",
        says: "each run has exactly one 6701 and exactly one of 6702, 6703, 6708",
        check: |bench| {
            bench.top_level();
            let mut all = Vec::new();
            for round in 0..12_u32 {
                all.extend(bench.tell(Input::ScheduleDue));
                match round % 4 {
                    0 => all.extend(bench.top_succeeds(8 + round)),
                    1 => all.extend(bench.fails(PULL_FAILED)),
                    2 => {
                        all.extend(bench.connected());
                        bench.engine.crash();
                        all.extend(bench.tell(Input::Restarted));
                    }
                    _ => {
                        all.extend(bench.connected());
                        all.extend(bench.fails(PULL_FAILED));
                        all.extend(bench.connected());
                    }
                }
            }
            let ids = statuses(&all);
            let ends: Vec<u16> = ids.into_iter().filter(|id| *id < 6704 || *id == 6708).collect();
            expect("runs", ends.len(), 24)?;
            let pairs = |pair: &[u16]| pair[0] == 6701 && pair[1] != 6701;
            expect("one end for each start", ends.chunks(2).all(pairs), true)
        },
        bug: |input, effects| {
            if input == Input::Restarted {
                drop_if(effects, |effect| statuses(&[*effect]) == [6703]);
            }
        },
    },
    Rule {
        id: "H4",
        says: "a site without a software update point never synchronises, but its database is filled",
        check: |bench| {
            bench.set_up(Role::DatabaseOnly, InternetTurn::None);
            for input in [Input::SyncRequested, Input::ScheduleDue, Input::RunSynchronizationChosen]
            {
                expect("no sync", started(&bench.tell(input)), None)?;
            }
            let effects = bench.tell(Input::PackageArrived { version: 8 });
            expect("inserts", effects, vec![Effect::Insert { insertion: 1, version: 8 }])
        },
        bug: |_, effects| drop_if(effects, |effect| matches!(effect, Effect::Insert { .. })),
    },
    Rule {
        id: "H4-removed",
        says: "a site that loses its point tries nothing again, and nothing that waited starts",
        check: |bench| {
            bench.child();
            bench.tell(Input::SyncRequested);
            bench.tell(Input::SyncRequested);
            bench.tell(Input::PointRemoved);
            let effects = bench.fails(PULL_FAILED);
            expect("no other sync", started(&effects), None)?;
            expect("no retry", (statuses(&effects), timers(&effects)), (vec![6703], 0))?;
            expect("no sync", started(&bench.tell(Input::SyncRequested)), None)?;
            bench.child();
            bench.tell(Input::SyncRequested);
            bench.fails(PULL_FAILED);
            let effects = bench.tell(Input::PointRemoved);
            expect("forgets", effects, vec![Effect::CancelTimer(Timer::Retry)])?;
            expect("forgotten", bench.engine.retry_at(), None)
        },
        bug: |input, effects| {
            if input == Input::PointRemoved {
                effects.clear();
            }
        },
    },
    Rule {
        id: "T5-later",
        says: "a site that gets a point later synchronises by itself, fully, and by request from \
               then on",
        check: |bench| {
            bench.set_up(Role::DatabaseOnly, InternetTurn::None);
            let effects = bench.tell(Input::PointInstalled);
            expect("installed", started(&effects), Some((Kind::Full, Trigger::Installed)))?;
            bench.connected();
            bench.pulled(Some(7));
            let effects = bench.settled();
            let new = Effect::CreatePolicy { version: 7, new_body: true };
            expect("its first policy is new", effects.contains(&new), true)?;
            let effects = bench.tell(Input::SyncRequested);
            expect("asked", started(&effects), Some((Kind::Full, Trigger::Parent)))
        },
        bug: |input, effects| {
            if input == Input::PointInstalled {
                replace_kind(effects, Kind::Delta);
            }
        },
    },
    Rule {
        id: "P5-back",
        says: "the content version of a site that has moved below one that is behind never goes back",
        check: |bench| {
            bench.child();
            bench.tell(Input::SyncRequested);
            bench.connected();
            bench.pulled(Some(5));
            let effects = bench.settled();
            let version = |effect: &Effect| match effect {
                Effect::Announce(Status::Done { version, .. }) => Some(*version),
                _ => None,
            };
            expect("keeps its own", effects.iter().find_map(version), Some(7))
        },
        bug: |_, effects| {
            for effect in effects {
                if let Effect::Announce(Status::Done { version, .. }) = effect {
                    *version = 5;
                }
            }
        },
    },
    Rule {
        id: "T4-kind",
        says: "a delta is tried again as a delta; when it fails behind a pending full retry, that \
               one keeps its instant and its kind",
        check: |bench| {
            bench.top_level();
            bench.tell(Input::RunSynchronizationChosen);
            bench.fails(PULL_FAILED);
            bench.wait(MINUTE * 60);
            let effects = bench.tell(Input::TimerFired(Timer::Retry));
            expect("a delta again", started(&effects), Some((Kind::Delta, Trigger::Retry)))?;
            bench.top_succeeds(8);

            bench.tell(Input::ScheduleDue);
            bench.fails(PULL_FAILED);
            let due = bench.engine.retry_at();
            bench.wait(MINUTE * 10);
            bench.tell(Input::RunSynchronizationChosen);
            let effects = bench.fails(PULL_FAILED);
            expect("no second timer", timers(&effects), 0)?;
            expect("the same instant", bench.engine.retry_at(), due)?;
            bench.wait(MINUTE * 50);
            let effects = bench.tell(Input::TimerFired(Timer::Retry));
            expect("the full one", started(&effects), Some((Kind::Full, Trigger::Retry)))
        },
        bug: |input, effects| {
            if input == Input::TimerFired(Timer::Retry) {
                replace_kind(effects, Kind::Full);
            }
        },
    },
    Rule {
        id: "T4-moved",
        says: "a timer that rings before its instant is set again, and one that nobody needs any \
               more does nothing",
        check: |bench| {
            bench.child();
            bench.tell(Input::SyncRequested);
            bench.fails(PULL_FAILED);
            let at = bench.now + MINUTE * 60;
            bench.wait(MINUTE * 59);
            let again = Effect::SetTimer { timer: Timer::Retry, at };
            expect("too early", bench.tell(Input::TimerFired(Timer::Retry)), vec![again])?;
            bench.tell(Input::SyncRequested);
            bench.child_succeeds(8);
            bench.wait(MINUTE);
            expect("replaced", bench.tell(Input::TimerFired(Timer::Retry)), vec![])
        },
        bug: |_, effects| drop_if(effects, |effect| matches!(effect, Effect::SetTimer { .. })),
    },
    Rule {
        id: "T6-waits",
        says: "what waits starts also after a failure, under the name of what came first, and a \
               retry that falls due meanwhile waits like any other",
        check: |bench| {
            bench.top_level();
            bench.tell(Input::RunSynchronizationChosen);
            bench.tell(Input::ScheduleDue);
            bench.tell(Input::PointInstalled);
            let effects = bench.fails(PULL_FAILED);
            expect("statuses", statuses(&effects), vec![6703, 6701])?;
            expect("the first of two", started(&effects), Some((Kind::Full, Trigger::Schedule)))?;
            expect("it covers the delta's retry", bench.engine.retry_at(), None)?;

            bench.top_level();
            bench.tell(Input::ScheduleDue);
            bench.fails(PULL_FAILED);
            bench.wait(MINUTE * 55);
            bench.tell(Input::RunSynchronizationChosen);
            bench.wait(MINUTE * 5);
            let effects = bench.tell(Input::TimerFired(Timer::Retry));
            expect("it waits", started(&effects), None)?;
            let effects = bench.top_succeeds(8);
            expect("then", started(&effects), Some((Kind::Full, Trigger::Retry)))
        },
        bug: |input, effects| {
            if matches!(input, Input::StepFailed { .. }) {
                drop_if(effects, |effect| statuses(&[*effect]) == [6701]);
            }
        },
    },
    Rule {
        id: "T7-late",
        says: "answers to what was asked before a crash are ignored, also when the next \
               synchronisation waits for the same",
        check: |bench| {
            bench.child();
            bench.tell(Input::SyncRequested);
            bench.engine.crash();
            bench.tell(Input::Restarted);
            bench.tell(Input::SyncRequested);
            let late = Input::Connected { attempt: 1 };
            expect("of the first", bench.tell(late), vec![])?;
            let failure = Failure { phase: Phase::Connect, reason: Reason::NoUpdateServer };
            let late = Input::StepFailed { attempt: 1, failure };
            expect("its failure", bench.tell(late), vec![])?;
            expect("of the second", statuses(&bench.connected()), vec![6704])?;

            bench.child();
            bench.tell(Input::PackageArrived { version: 8 });
            bench.engine.crash();
            let effects = bench.tell(Input::Restarted);
            let again = Effect::Insert { insertion: 2, version: 8 };
            expect("the insertion begins again", effects, vec![again])?;
            expect("the old one", bench.tell(Input::Inserted { insertion: 1 }), vec![])?;
            let effects = bench.tell(Input::Inserted { insertion: 2 });
            expect("the new one", effects, vec![Effect::Replicate { version: 8 }])
        },
        bug: |input, effects| {
            if let Input::Inserted { insertion: 1 } = input {
                effects.push(Effect::Replicate { version: 8 });
            }
        },
    },
    Rule {
        id: "P9-alone",
        says: "in the later order the point synchronises by itself: what comes meanwhile waits, a \
               crash does not lose what it is owed, and a retry of it waits for the site",
        check: |bench| {
            // What comes meanwhile waits, whether the point is done or fails.
            let failure = Failure { phase: Phase::Internet, reason: Reason::NoInternetPoint };
            for ends in [true, false] {
                bench.set_up(Role::TopLevel, InternetTurn::AfterDone);
                bench.tell(Input::ScheduleDue);
                bench.top_succeeds(8);
                let effects = bench.tell(Input::ScheduleDue);
                expect("it waits", started(&effects), None)?;
                let effects = match ends {
                    true => bench.tell(Input::InternetPointSynced { attempt: 1 }),
                    false => bench.fails(failure),
                };
                expect("then it starts", started(&effects), Some((Kind::Full, Trigger::Schedule)))?;
            }
            // Its own retry falls due while the site synchronises: afterwards, and once.
            bench.wait(MINUTE * 60);
            expect("busy", bench.tell(Input::TimerFired(Timer::InternetPoint)), vec![])?;
            let effects = bench.fails(PULL_FAILED);
            expect("after the failure", statuses(&effects), vec![6703, 6706])?;
            let cancel = Effect::CancelTimer(Timer::InternetPoint);
            expect("no timer is left", effects.contains(&cancel), true)?;
            let effects = bench.tell(Input::InternetPointSynced { attempt: 2 });
            expect("it is done", effects, vec![])?;
            expect("once", bench.tell(Input::TimerFired(Timer::InternetPoint)), vec![])?;
            // A crash in the middle of it.
            bench.set_up(Role::Child, InternetTurn::AfterDone);
            bench.tell(Input::SyncRequested);
            bench.child_succeeds(8);
            bench.engine.crash();
            bench.wait(MINUTE);
            let effects = bench.tell(Input::Restarted);
            expect("it begins again", statuses(&effects), vec![6706])?;
            bench.tell(Input::SyncRequested);
            bench.engine.crash();
            let effects = bench.tell(Input::Restarted);
            expect("what waits goes first", statuses(&effects), vec![6701])?;
            // A crash while it waits for its own retry.
            bench.set_up(Role::Child, InternetTurn::AfterDone);
            bench.tell(Input::SyncRequested);
            bench.child_succeeds(8);
            bench.fails(failure);
            let at = bench.now + MINUTE * 60;
            bench.engine.crash();
            bench.wait(MINUTE);
            let timer = Effect::SetTimer { timer: Timer::InternetPoint, at };
            expect("the timer is set again", bench.tell(Input::Restarted), vec![timer])
        },
        bug: |input, effects| {
            if input == Input::Restarted {
                effects.clear();
            }
        },
    },
    Rule {
        id: "R1-unheard",
        says: "an import that was committed but never heard of leaves with the next one",
        check: |bench| {
            bench.top_level();
            bench.tell(Input::ScheduleDue);
            let effects = bench.top_succeeds(9);
            let sent: Vec<Effect> = effects
                .into_iter()
                .filter(|effect| matches!(effect, Effect::Replicate { .. }))
                .collect();
            let (first, second) =
                (Effect::Replicate { version: 8 }, Effect::Replicate { version: 9 });
            expect("both", sent, vec![first, second])
        },
        bug: |_, effects| drop_if(effects, |effect| *effect == Effect::Replicate { version: 8 }),
    },
    Rule {
        id: "R7-once",
        says: "one package at a time goes in, and a late copy of the last one stops nothing",
        check: |bench| {
            bench.child();
            bench.tell(Input::PackageArrived { version: 8 });
            expect("one at a time", bench.tell(Input::PackageArrived { version: 9 }), vec![])?;
            bench.tell(Input::Inserted { insertion: 1 });
            bench.tell(Input::Inserted { insertion: 2 });
            expect("a late copy", bench.tell(Input::PackageArrived { version: 9 }), vec![])?;
            let effects = bench.tell(Input::PackageArrived { version: 10 });
            expect("the next", effects, vec![Effect::Insert { insertion: 3, version: 10 }])?;
            // R3: neither does a sync that starts in the middle of it.
            bench.tell(Input::SyncRequested);
            let effects = bench.tell(Input::Inserted { insertion: 3 });
            expect("it goes on", effects, vec![Effect::Replicate { version: 10 }])
        },
        bug: |input, effects| {
            if input == (Input::PackageArrived { version: 9 }) {
                effects.push(Effect::Insert { insertion: 2, version: 8 });
            }
        },
    },
    Rule {
        id: "C1-first",
        says: "the first success creates a new policy even when nothing had to be pulled",
        check: |bench| {
            bench.child();
            bench.engine = Engine::new(*bench.engine.policy());
            bench.tell(Input::SyncRequested);
            let policy = Effect::CreatePolicy { version: 0, new_body: true };
            expect("new", bench.child_succeeds(0).contains(&policy), true)
        },
        bug: |_, effects| {
            for effect in effects {
                if let Effect::CreatePolicy { new_body, .. } = effect {
                    *new_body = false;
                }
            }
        },
    },
];

fn timers(effects: &[Effect]) -> usize {
    effects.iter().filter(|effect| matches!(effect, Effect::SetTimer { .. })).count()
}

fn bench(bug: Option<Bug>) -> Bench {
    let policy = Policy {
        role: Role::Child,
        internet_point: InternetTurn::None,
        retry_every: Duration::from_mins(60),
        retry_limit: None,
    };
    let now = Instant::START + Duration::from_hours(8);
    Bench { engine: Engine::current(policy, 7), now, bug }
}

#[test]
fn every_rule_holds() {
    for rule in RULES {
        if let Err(found) = (rule.check)(&mut bench(None)) {
            panic!("{}: {}.\n  {found}", rule.id, rule.says);
        }
    }
}

#[test]
fn breaking_a_rule_is_noticed() {
    for rule in RULES {
        let noticed = (rule.check)(&mut bench(Some(rule.bug))).is_err();
        assert!(
            noticed,
            "{}: the check passes although the rule is broken: {}",
            rule.id, rule.says
        );
    }
}

#[test]
fn every_rule_of_the_engine_has_its_sentence() {
    let needed = [
        "T1", "T2", "T3", "T4", "T5", "T6", "T7", "P0", "P1", "P4", "P5", "P6", "P7", "P8", "P9",
        "P11", "R1", "R2", "R3", "R7", "C1", "M", "H4",
    ];
    for id in needed {
        let told = RULES.iter().any(|rule| rule.id.split('-').any(|one| one == id));
        assert!(told, "no check tells of {id}");
    }
}

/// The engine knows no time but what it is told: an hour later is the same, an hour later.
#[test]
fn shifting_every_instant_changes_nothing_else() {
    let by = Duration::from_hours(1_000);
    let shifted = |effects: &[Effect]| -> Vec<Effect> {
        let mut effects = effects.to_vec();
        for effect in &mut effects {
            match effect {
                Effect::SetTimer { at, .. } => *at += by,
                Effect::Announce(
                    Status::Failed { retry_at: Some(at), .. }
                    | Status::OutOfStep { retry_at: Some(at), .. },
                ) => *at += by,
                _ => {}
            }
        }
        effects
    };
    for turn in [InternetTurn::None, InternetTurn::BeforeDone, InternetTurn::AfterDone] {
        let mut early = bench(None);
        early.set_up(Role::TopLevel, turn);
        let mut late = bench(None);
        late.engine = early.engine.clone();
        late.now = early.now + by;
        let failure = Failure { phase: Phase::Internet, reason: Reason::NoInternetPoint };
        let script: [fn(&Bench) -> Input; 9] = [
            |_| Input::ScheduleDue,
            |bench| Input::Connected { attempt: bench.attempt() },
            |bench| Input::StepFailed { attempt: bench.attempt(), failure: PULL_FAILED },
            |_| Input::RunSynchronizationChosen,
            |bench| Input::Connected { attempt: bench.attempt() },
            |bench| Input::Pulled {
                attempt: bench.attempt(),
                version: None,
                licence_terms_pending: false,
            },
            |bench| Input::Settled { attempt: bench.attempt() },
            |bench| Input::Imported { attempt: bench.attempt(), version: 8 },
            |_| Input::TimerFired(Timer::Retry),
        ];
        for step in script {
            let (at_early, at_late) = (step(&early), step(&late));
            let (one, other) = (early.tell(at_early), late.tell(at_late));
            assert_eq!(shifted(&one), other);
            let mut moved = early.engine.clone();
            moved.shift(by);
            assert_eq!(moved, late.engine);
            early.wait(MINUTE * 7);
            late.wait(MINUTE * 7);
        }
        early.fails(failure);
        late.fails(failure);
        early.engine.shift(by);
        assert_eq!(early.engine, late.engine);
    }
}
