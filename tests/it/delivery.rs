//! I9: what is delivered twice, late or out of order ends as what is delivered once and in order.

use supsim::engine::{
    Effect, Engine, Failure, Input, InternetTurn, Phase, Policy, Reason, Role, State,
};
use supsim::units::{Duration, Instant};

use crate::oracle::Oracle;

fn policy(role: Role, internet_point: InternetTurn) -> Policy {
    Policy { role, internet_point, retry_every: Duration::from_mins(60), retry_limit: None }
}

/// A generator that is good enough for orders.
struct Rolls(u64);

impl Rolls {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963);
        (self.0 >> 33) as usize % sides
    }
}

/// Delivers packages; each insertion is done whenever the rolls say so. Gives what was sent on.
fn deliver(engine: &mut Engine, packages: &[u32], rolls: &mut Rolls) -> Vec<Effect> {
    let (mut effects, mut heard) = (Vec::new(), Vec::new());
    let mut next = packages.iter();
    loop {
        let insertion = heard.iter().rev().find_map(|effect| match effect {
            Effect::Insert { insertion, .. } => engine.inserting(*insertion).map(|_| *insertion),
            _ => None,
        });
        let input = match (insertion, rolls.roll(2)) {
            (Some(insertion), 0) => Some(Input::Inserted { insertion }),
            (insertion, _) => match (next.next(), insertion) {
                (Some(version), _) => Some(Input::PackageArrived { version: *version }),
                (None, Some(insertion)) => Some(Input::Inserted { insertion }),
                (None, None) => None,
            },
        };
        let Some(input) = input else { return heard };
        engine.handle(Instant::START, input, &mut effects);
        heard.append(&mut effects);
    }
}

#[test]
fn i9_packages_twice_late_or_out_of_order_end_as_once_in_order() {
    let id = Oracle::I9.id();
    for role in [Role::Child, Role::DatabaseOnly] {
        let in_order: Vec<u32> = (1..=7).collect();
        let mut once = Engine::new(policy(role, InternetTurn::None));
        let sent = deliver(&mut once, &in_order, &mut Rolls(1));
        for seed in 0..2_000 {
            let mut rolls = Rolls(seed);
            // Every package, some of them again, in any order.
            let mut packages = in_order.clone();
            for _ in 0..rolls.roll(6) {
                packages.push(in_order[rolls.roll(in_order.len())]);
            }
            for place in (1..packages.len()).rev() {
                packages.swap(place, rolls.roll(place + 1));
            }
            let mut engine = Engine::new(policy(role, InternetTurn::None));
            let heard = deliver(&mut engine, &packages, &mut rolls);
            assert_eq!(engine, once, "{id}: {packages:?}, seed {seed}");
            assert_eq!(heard, sent, "{id}: {packages:?}, seed {seed}");
        }
    }
}

/// The answer that the step under way waits for, and the failure that may come instead.
fn answers(engine: &Engine, version: u32) -> Option<[Input; 2]> {
    let attempt = engine.attempts();
    let top_level = engine.policy().role == Role::TopLevel;
    let good = match engine.state() {
        State::Connecting => Input::Connected { attempt },
        State::Pulling => Input::Pulled {
            attempt,
            version: (!top_level).then_some(version),
            licence_terms_pending: false,
        },
        State::Settling => Input::Settled { attempt },
        State::Importing => Input::Imported { attempt, version },
        State::SyncingInternetPoint => Input::InternetPointSynced { attempt },
        State::Idle | State::CatchingUpInternetPoint => return None,
    };
    let failure = Failure { phase: Phase::Pull, reason: Reason::UpstreamUnreachable };
    Some([good, Input::StepFailed { attempt, failure }])
}

/// Answers to steps that are over change nothing and are answered by nothing, whenever they come
/// and however often.
#[test]
fn i9_answers_that_come_late_or_twice_change_nothing() {
    let mut late = 0;
    for (seed, role) in (0..300).flat_map(|seed| [(seed, Role::Child), (seed, Role::TopLevel)]) {
        let mut rolls = Rolls(seed);
        let turn = [InternetTurn::None, InternetTurn::BeforeDone][rolls.roll(2)];
        let mut engine = Engine::current(policy(role, turn), 1);
        let mut given: Vec<Input> = Vec::new();
        let mut effects = Vec::new();
        for step in 0..60 {
            let now = Instant::START + Duration::from_mins(90 * step);
            let start = if role == Role::Child { Input::SyncRequested } else { Input::ScheduleDue };
            let input = match answers(&engine, 1 + step as u32) {
                Some([_, failure]) if rolls.roll(9) == 0 => failure,
                Some([good, _]) => good,
                None => start,
            };
            engine.handle(now, input, &mut effects);
            effects.clear();
            let before = engine.clone();
            for _ in 0..3 {
                let Some(old) = given.get(rolls.roll(given.len().max(1))) else { continue };
                engine.handle(now, *old, &mut effects);
                assert_eq!(engine, before, "{}: {old:?} came late, seed {seed}", Oracle::I9.id());
                assert_eq!(effects, [], "{}: {old:?} came late, seed {seed}", Oracle::I9.id());
                late += 1;
            }
            if input != start {
                given.push(input);
            }
        }
    }
    assert!(late > 50_000, "{late} late answers");
}
