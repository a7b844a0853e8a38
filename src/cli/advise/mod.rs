//! `supsim advise`: what should I change? Turns the knobs that cost no money, one at a time and the
//! best of them together, and ranks them by what they buy against a goal.

mod knobs;

use std::collections::BTreeSet;
use std::path::PathBuf;

use super::cost::{self, CEILING};
use super::exit::{Exit, Stop};
use super::overriding::{as_typed, quoted};
use super::pipeline;
use super::progress::Progress;
use super::replications::{threads, watched};
use super::screen::{Screen, When};
use crate::experiment::{
    Answer, Better, Difference, Judgement, Replication, Verdict, answers, holm, needed,
};
use crate::report::{Advice, Look, Tried, advice, advice_json};
use crate::scenario::{Bound, Overrides, Scenario, changes};
use knobs::{Turn, knobs};

/// Of intervals and judgements.
const CONFIDENCE: f64 = 0.95;
/// So many of each, unless somebody says otherwise.
const USUAL: u32 = 20;
/// How many knobs are turned together at most.
const TOGETHER: usize = 4;

/// What was meant.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Plan {
    /// The scenario.
    pub file: PathBuf,
    /// The expectation that shall be met.
    pub goal: String,
    /// What the command line says already.
    pub overrides: Overrides,
    /// How many of each.
    pub replications: Option<u32>,
    /// On how many threads; `None`: as many as the machine has.
    pub threads: Option<usize>,
    /// For a program?
    pub json: bool,
    pub look: Look,
    pub progress: When,
}

/// A world that was tried.
struct World {
    scenario: Scenario,
    replications: Vec<Replication>,
    answers: Vec<Answer>,
}

/// Tries, ranks, tells.
pub(super) fn advise(plan: &Plan, screen: &mut Screen) -> Result<Exit, Stop> {
    let base = pipeline::read(&plan.file, &plan.overrides)?.scenario;
    let (place, better) = goal(&base, &plan.goal)?;
    let wanted = plan.replications.unwrap_or_else(|| base.replications.clamp(USUAL, 4 * USUAL));
    let knobs = knobs(&base);
    // what cannot be read does not fit this scenario, and what is the same world is tried once
    let mut seen = BTreeSet::from([base.to_yaml()]);
    let mut candidates: Vec<(usize, Turn, Scenario)> = Vec::new();
    for (number, knob) in knobs.iter().enumerate() {
        for turn in &knob.tries {
            let Ok(read) = pipeline::read(&plan.file, &turn.over(&plan.overrides)) else {
                continue;
            };
            if seen.insert(read.scenario.to_yaml()) && is_turned(&base, &read.scenario) {
                candidates.push((number, turn.clone(), read.scenario));
            }
        }
    }
    let random = base.is_random() || candidates.iter().any(|(_, _, it)| it.is_random());
    let count = if random { wanted } else { 1 };
    let all = candidates.len() as u64 + 1;
    let mut trier =
        Trier { plan, count, progress: Progress::new(plan.progress, &base.name, screen) };
    let today = trier.run(base, (0, all), screen)?;
    let mut worlds = Vec::new();
    for (done, (number, turn, scenario)) in candidates.into_iter().enumerate() {
        let world = trier.run(scenario, (done as u64 + 1, all), screen)?;
        worlds.push((number, turn, world));
    }
    let differences: Vec<Option<Difference>> =
        worlds.iter().map(|(_, _, world)| apart(&today, world, place, !random)).collect();
    let ps: Vec<f64> = differences.iter().flatten().map(|it| it.p).collect();
    let mut adjusted = holm(&ps).into_iter();
    let mut tried: Vec<Tried> = Vec::new();
    let mut turns: Vec<Turn> = Vec::new();
    for ((number, turn, world), difference) in worlds.iter().zip(differences) {
        let Some(difference) = difference else { continue };
        let p = adjusted.next().unwrap_or(1.0);
        let judgement = difference.judged(better, p, CONFIDENCE, 0.0);
        let words = as_typed(&turn.over(&Overrides::default())).join(" ");
        tried.push(told(
            &today,
            world,
            place,
            (&knobs[*number].name, words),
            difference,
            judgement,
        ));
        turns.push(turn.clone());
    }
    let order = ordered(&tried, better);
    let together =
        together(&mut trier, &today, (place, better, !random), (&order, &tried, &turns), screen)?;
    trier.progress.done();
    let ranked: Vec<Tried> = order.into_iter().map(|number| tried[number].clone()).collect();
    let file = quoted(&plan.file.display().to_string());
    let given = as_typed(&plan.overrides).join(" ");
    let seed = plan.overrides.seed.map(|seed| format!("--seed {seed}")).unwrap_or_default();
    let run = [format!("supsim run {file}"), given, seed];
    let run: Vec<String> = run.into_iter().filter(|word| !word.is_empty()).collect();
    let advice_ = Advice {
        scenario: &today.scenario,
        goal: place,
        replications: today.replications.len(),
        today: &today.answers[place],
        met: meets(&today.answers[place]),
        turned: knobs.len(),
        ranked: &ranked,
        together: together.as_ref(),
        run: run.join(" "),
    };
    let text = if plan.json { advice_json(&advice_) } else { advice(&advice_, plan.look) };
    screen.say(&text);
    Ok(Exit::Ok)
}

/// Is anything otherwise that an administrator could set? What only makes less go wrong, or less be
/// published, is a wish and no advice.
fn is_turned(base: &Scenario, other: &Scenario) -> bool {
    const NO_KNOBS: [&str; 9] = [
        "faults",
        "catalogue",
        "criteria",
        "clients",
        "operations",
        "start",
        "duration",
        "warmup",
        "initial",
    ];
    let root = |path: &str| path.split('.').next().unwrap_or_default().to_owned();
    changes(base, other).iter().any(|change| !NO_KNOBS.contains(&root(&change.path).as_str()))
}

/// The place of the goal, and which way is better.
fn goal(scenario: &Scenario, name: &str) -> Result<(usize, Better), Stop> {
    let wrong = |text: String| Stop { exit: Exit::NothingRan, text };
    let named = scenario.expectations.iter().position(|asked| asked.name == name);
    let Some(place) = named else {
        let names: Vec<&str> = scenario.expectations.iter().map(|it| it.name.as_str()).collect();
        let known = match names.is_empty() {
            true => "it expects nothing: write `expect` into the scenario".to_owned(),
            false => format!("it expects {}", names.join(", ")),
        };
        return Err(wrong(format!("supsim: --goal {name}: there is no such expectation; {known}")));
    };
    match scenario.expectations[place].wanted.bound {
        Bound::AtMost => Ok((place, Better::Lower)),
        Bound::AtLeast => Ok((place, Better::Higher)),
        Bound::Equals => Err(wrong(format!(
            "supsim: --goal {name}: of a value that shall be exactly so nothing is nearer; \
             ask with at_most or at_least"
        ))),
    }
}

/// Runs one world after the other with the same chance.
struct Trier<'p> {
    plan: &'p Plan,
    count: u32,
    progress: Progress,
}

impl Trier<'_> {
    fn run(
        &mut self,
        mut scenario: Scenario,
        (done, all): (u64, u64),
        screen: &mut Screen,
    ) -> Result<World, Stop> {
        scenario.replications = self.count;
        scenario.recording = needed(&scenario);
        cost::check_all(&scenario, self.count, CEILING)?;
        let numbers: Vec<u32> = (0..self.count).collect();
        let threads = threads(&scenario, self.plan.threads);
        let mut quiet = Progress::new(When::Never, &scenario.name, screen);
        let replications = watched(&scenario, &numbers, &[], threads, &mut quiet, screen)?;
        self.progress.doing(format!("{} of {all} changes tried", done + 1));
        self.progress.reached((done + 1) * 1000 / all, screen);
        let answers = answers(&scenario, &replications);
        Ok(World { scenario, replications, answers })
    }
}

fn apart(today: &World, other: &World, place: usize, certain: bool) -> Option<Difference> {
    let figures = |world: &World| -> Vec<_> {
        let name = &today.scenario.expectations[place].name;
        let asked = world.scenario.expectations.iter().position(|asked| asked.name == *name);
        let values = world.replications.iter().map(|one| one.values[asked.unwrap_or(place)]);
        values.collect()
    };
    Difference::of(&figures(today), &figures(other), CONFIDENCE, certain)
}

/// What a world comes to beside today's.
fn told(
    today: &World,
    world: &World,
    place: usize,
    (knob, words): (&str, String),
    difference: Difference,
    judgement: Judgement,
) -> Tried {
    let attempts = |world: &World| -> usize {
        world.replications.iter().map(|one| one.activity.attempts).sum()
    };
    let fails = |answer: &Answer| matches!(answer.verdict, Verdict::Fail | Verdict::NoData);
    let breaks = world.scenario.expectations.iter().zip(&world.answers).zip(&today.answers);
    let breaks = breaks.enumerate().filter(|(number, ((asked, now), then))| {
        *number != place && !asked.only_warns && fails(now) && !fails(then)
    });
    Tried {
        knob: knob.to_owned(),
        words,
        breaks: breaks.map(|(_, ((asked, _), _))| asked.name.clone()).collect(),
        meets: meets(&world.answers[place]),
        held: world.answers[place].held,
        effort: attempts(world) as f64 / attempts(today).max(1) as f64,
        difference,
        judgement,
    }
}

/// Does it hold, as far as so many replications can say?
fn meets(answer: &Answer) -> bool {
    let always = answer.held.held == answer.held.of;
    answer.verdict == Verdict::Pass || (answer.verdict == Verdict::Inconclusive && always)
}

/// What is better comes first: less of what shall be low, more of what shall be high; last of all
/// what never comes.
fn rank(tried: &Tried, better: Better) -> f64 {
    let level = tried.difference.design;
    match level.mean {
        Some(mean) if better == Better::Higher => -mean,
        Some(mean) => mean,
        None => f64::MAX / 1e9 * (1.0 + level.never as f64),
    }
}

/// The best first. Of turns of one knob that are equally good the middle one comes first: it is the
/// one that is furthest from where that ends.
fn ordered(tried: &[Tried], better: Better) -> Vec<usize> {
    let mut order: Vec<usize> = (0..tried.len()).collect();
    let compare = |one: &usize, other: &usize| {
        let (one, other) = (&tried[*one], &tried[*other]);
        // of equally good ones first what breaks nothing else
        let breaks = one.breaks.len().cmp(&other.breaks.len());
        rank(one, better).total_cmp(&rank(other, better)).then(breaks)
    };
    order.sort_by(compare);
    let alike = |one: &usize, other: &usize| {
        compare(one, other).is_eq() && tried[*one].knob == tried[*other].knob
    };
    for some in order.chunk_by_mut(|one, other| alike(one, other)) {
        let middle = some.len() / 2;
        some[..=middle].rotate_right(1);
    }
    order
}

/// The best turn of each knob that is surely better, one on top of the other for as long as each
/// buys something more.
fn together(
    trier: &mut Trier<'_>,
    today: &World,
    (place, better, certain): (usize, Better, bool),
    (order, tried, turns): (&[usize], &[Tried], &[Turn]),
    screen: &mut Screen,
) -> Result<Option<Tried>, Stop> {
    let surely = |number: &&usize| tried[**number].judgement == Judgement::Better;
    let mut best: Vec<usize> = Vec::new();
    for &number in order.iter().filter(surely) {
        if !best.iter().any(|it| tried[*it].knob == tried[number].knob) {
            best.push(number);
        }
    }
    let Some((&first, others)) = best.split_first() else { return Ok(None) };
    let mut overrides = turns[first].over(&trier.plan.overrides);
    let mut words = vec![tried[first].words.clone()];
    let mut now = tried[first].clone();
    for &other in others {
        if now.meets || words.len() == TOGETHER {
            break;
        }
        let more = turns[other].over(&overrides);
        let Ok(read) = pipeline::read(&trier.plan.file, &more) else { continue };
        let world = trier.run(read.scenario, (0, 1), screen)?;
        let Some(difference) = apart(today, &world, place, certain) else { continue };
        let judgement = difference.judged(better, difference.p, CONFIDENCE, 0.0);
        let all = [&words[..], &[tried[other].words.clone()]].concat();
        let next = told(today, &world, place, ("", all.join(" ")), difference, judgement);
        if rank(&next, better) < rank(&now, better) {
            (now, words, overrides) = (next, all, more);
        }
    }
    Ok((words.len() > 1).then_some(now))
}
