//! What happens exactly when the run does something: servers that go down, sites that move.

use supsim::trace::{Fact, Record};
use supsim::units::{Duration, Instant};
use supsim::world::{Blueprint, World};

use super::dice::Dice;
use super::draw::LENGTHS;
use super::plan::{Class, Flaw, HOUR, MINUTE, Plan, SECOND, What, When};
use super::shape::Reshape;
use crate::support;

/// What a plan does where nothing goes wrong.
fn steps(plan: &Plan) -> Vec<Record> {
    let calm = Plan { flaws: Vec::new(), broken: None, ..plan.clone() };
    let scenario = support::scenario(&calm.yaml());
    let blueprint = Blueprint::new(&scenario);
    let mut world = World::new(&blueprint, 0);
    world.run_until(Instant::START + Duration::from_micros(plan.calm));
    let mut steps = world.into_trace().records;
    steps.retain(|step| step.at.micros() + HOUR < plan.calm);
    steps
}

/// Servers that go down exactly when they do something, or a tick later: most of all when they
/// have just asked their children.
pub fn strike(plan: &mut Plan, dice: &mut Dice) {
    let steps = steps(plan);
    let asking = |step: &&Record| matches!(step.fact, Fact::RequestSent { .. });
    let asking: Vec<Record> = steps.iter().filter(asking).copied().collect();
    let last = asking[asking.len().saturating_sub(4)..].to_vec();
    for number in 0..1 + dice.roll(2) {
        let among = if last.is_empty() || dice.chance(40) { &steps } else { &last };
        if among.is_empty() {
            return;
        }
        let Record { at, site, .. } = *dice.one(among);
        let from = at.micros() + dice.roll(2);
        let length = *dice.one(&LENGTHS) * SECOND;
        plan.flaws.push(Flaw {
            name: format!("s{number}"),
            class: Class::Struck,
            code: Some(plan.places[site.index()].code.clone()),
            what: What::Words("site_down".to_owned()),
            when: When::Window { from, until: (from + length).min(plan.calm) },
        });
    }
}

/// Sites that move, points that come and go: at any time, or while something is on its way.
pub fn reshape(plan: &mut Plan, classes: &[Class]) {
    const RESHAPING: [Class; 3] = [Class::MoveSite, Class::InstallSup, Class::RemoveSup];
    if !RESHAPING.iter().any(|class| classes.contains(class)) {
        return;
    }
    let steps = steps(plan);
    let on_the_way =
        |step: &&Record| matches!(step.fact, Fact::RequestSent { .. } | Fact::PackageSent { .. });
    let on_the_way: Vec<Record> = steps.iter().filter(on_the_way).copied().collect();
    let mut times = Vec::new();
    for class in RESHAPING.into_iter().filter(|class| classes.contains(class)) {
        let dice = &mut Dice::new(plan.seed, &format!("{class:?}"));
        let most = *dice.one(&[1, 3, 3, 8]);
        for number in 0..1 + dice.roll(most) {
            let at = if on_the_way.is_empty() || dice.chance(50) {
                dice.roll(plan.calm / MINUTE) * MINUTE
            } else {
                let after = *dice.one(&[0, 1, SECOND, 20 * SECOND, 5 * MINUTE]);
                dice.one(&on_the_way).at.micros() + after
            };
            times.push((at, class.name(number), class));
        }
    }
    // In the order in which they are done: each must be allowed when its turn comes.
    times.sort();
    let dice = &mut Dice::new(plan.seed, "reshape");
    for (at, name, class) in times {
        let shape = plan.shape_at(at, &name);
        let mut allowed = every(plan, class);
        allowed.retain(|one| shape.allows(one));
        if !allowed.is_empty() {
            let what = What::Reshapes(dice.one(&allowed).clone());
            plan.flaws.push(Flaw { name, class, code: None, what, when: When::At(at) });
        }
    }
}

/// Everything of a class that could be done, allowed or not.
fn every(plan: &Plan, class: Class) -> Vec<Reshape> {
    let codes = || plan.places.iter().map(|place| place.code.clone());
    match class {
        Class::MoveSite => codes()
            .flat_map(|site| codes().map(move |under| Reshape::Move { site: site.clone(), under }))
            .collect(),
        Class::InstallSup => codes().map(|site| Reshape::Install { site }).collect(),
        _ => codes().map(|site| Reshape::Remove { site }).collect(),
    }
}
