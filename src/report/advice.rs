//! What to change: the knobs that were turned, by what they buy against a goal.

use anstyle::Style;
use serde_json::{Value, json};

use super::comparison::{apart, level};
use super::many::value;
use super::summary::page::{BOLD, GOOD, Page, WIDTH};
use super::summary::words::counted;
use super::{Look, digits};
use crate::experiment::{Answer, Difference, Judgement, Proportion};
use crate::scenario::{Bound, Scenario};

/// How many changes are told one by one.
const TOLD: usize = 8;

/// A change that was tried.
#[derive(Clone, Debug)]
pub struct Tried {
    /// The knob that was turned.
    pub knob: String,
    /// The words on the command line that turn it.
    pub words: String,
    /// What the goal comes to, beside today.
    pub difference: Difference,
    /// What that comes to.
    pub judgement: Judgement,
    /// Is the goal met, as far as so many replications can say?
    pub meets: bool,
    /// In how many of them.
    pub held: Proportion,
    /// Other expectations that hold today, and do not then.
    pub breaks: Vec<String>,
    /// How many synchronisations it takes, as a multiple of today's.
    pub effort: f64,
}

/// Everything that was tried.
#[derive(Clone, Debug)]
pub struct Advice<'a> {
    /// As it is today.
    pub scenario: &'a Scenario,
    /// The place of the expectation that shall be met.
    pub goal: usize,
    /// How many replications of each.
    pub replications: usize,
    /// What the goal comes to today.
    pub today: &'a Answer,
    /// Is it met today?
    pub met: bool,
    /// How many knobs there are.
    pub turned: usize,
    /// Each change alone, the best first.
    pub ranked: &'a [Tried],
    /// The best of several knobs together, where one alone does not meet the goal.
    pub together: Option<&'a Tried>,
    /// The command that runs it as it is today.
    pub run: String,
}

impl Advice<'_> {
    /// The best change of each knob, in the order of what it buys.
    fn best(&self) -> Vec<&Tried> {
        let mut best: Vec<&Tried> = Vec::new();
        for one in self.ranked {
            if !best.iter().any(|it| it.knob == one.knob) {
                best.push(one);
            }
        }
        best
    }

    /// The values of the same knob that are as good as this one, in the order of the text.
    fn also(&self, one: &Tried) -> String {
        let alike = |it: &&Tried| {
            it.knob == one.knob
                && it.words != one.words
                && it.difference.design == one.difference.design
        };
        let value = |it: &Tried| it.words.rsplit_once('=').map(|(_, value)| value.to_owned());
        let mut values: Vec<String> = self.ranked.iter().filter(alike).filter_map(value).collect();
        values.sort();
        match values.len() {
            0 => String::new(),
            1..=4 => format!("   as good: {}", values.join(", ")),
            many => format!("   as good: {}, {} and {} more", values[0], values[1], many - 2),
        }
    }

    /// The first change that meets the goal and breaks nothing else.
    fn answer(&self) -> Option<&Tried> {
        let good = |one: &&Tried| one.meets && one.breaks.is_empty();
        self.ranked.iter().find(good).or_else(|| self.together.filter(good))
    }
}

/// For a person at a terminal.
pub fn advice(advice: &Advice<'_>, look: Look) -> String {
    let mut page = Page { text: String::new(), look };
    let asked = &advice.scenario.expectations[advice.goal];
    let unit = asked.metric.unit();
    let bound = match asked.wanted.bound {
        Bound::AtMost => "at most",
        Bound::AtLeast => "at least",
        Bound::Equals => "exactly",
    };
    let (name, goal) = (&advice.scenario.name, &asked.name);
    let wanted = value(unit, asked.wanted.value, 2);
    page.styled(
        BOLD,
        format_args!("{name}   goal {goal}: {} {bound} {wanted}", asked.metric.name()),
    );
    let held = |held: Proportion| format!("holds in {} of {}", held.held, held.of);
    let today = advice
        .today
        .moments
        .as_ref()
        .map_or("never".to_owned(), |moments| value(unit, moments.mean.round() as u64, 1));
    let certain = if advice.replications > 1 { ", paired" } else { "" };
    page.line(format_args!(
        "today {today}, {}   seed {}   {}{certain}",
        held(advice.today.held),
        advice.scenario.seed,
        counted(advice.replications, "replication", "replications"),
    ));
    page.line(format_args!(
        "{} of {} tried, each alone",
        counted(advice.ranked.len(), "change", "changes"),
        counted(advice.turned, "knob", "knobs"),
    ));
    page.gap();
    let best = advice.best();
    let better: Vec<&&Tried> =
        best.iter().filter(|one| one.judgement == Judgement::Better).take(TOLD).collect();
    if better.is_empty() {
        page.line(format_args!("Nothing that costs no money is surely better."));
    } else {
        let cells: Vec<[String; 2]> = better
            .iter()
            .map(|one| {
                let difference = &one.difference;
                let then = level(unit, difference.design, difference.pairs);
                [then, apart(look, unit, difference)]
            })
            .collect();
        let width =
            |place: usize| cells.iter().map(|it| it[place].chars().count()).max().unwrap_or(0);
        let (first, second) = (width(0).max(goal.chars().count().min(24)), width(1).max(4));
        let head: String = goal.chars().take(24).collect();
        page.line(format_args!("    {head:>first$}  {:<second$}  change", "buys"));
        for (one, [then, buys]) in better.iter().zip(&cells) {
            let mark = match (one.meets, look.ascii) {
                (true, false) => "\u{2713}",
                (true, true) => "*",
                (false, _) => " ",
            };
            let line = format!(
                "  {mark} {then:>first$}  {buys:<second$}  {}{}{}",
                one.words,
                advice.also(one),
                but(one)
            );
            page.whole(&line);
        }
        page.gap();
        let mark = if look.ascii { "*" } else { "\u{2713}" };
        page.line(format_args!("{mark} meets the goal; the best value of each knob is told"));
    }
    let names = |judged: &[Judgement]| -> Vec<&str> {
        let of = best.iter().filter(|one| judged.contains(&one.judgement));
        of.map(|one| one.knob.as_str()).collect()
    };
    for (what, judged) in [
        ("no gain", &[Judgement::Same, Judgement::TooSmall][..]),
        ("worse", &[Judgement::Worse]),
        ("too few replications to say", &[Judgement::Unsure, Judgement::Other]),
    ] {
        let names = names(judged);
        if !names.is_empty() {
            listed(&mut page, what, &names);
        }
    }
    if let Some(one) = advice.together {
        page.gap();
        let (then, buys) = (
            level(unit, one.difference.design, one.difference.pairs),
            apart(look, unit, &one.difference),
        );
        let style = if one.meets { GOOD } else { Style::new() };
        let meets = if one.meets { "meets the goal" } else { "does not meet the goal" };
        page.styled(style, format_args!("TOGETHER  {then}  {buys}  {meets}, {}", held(one.held)));
        page.whole(&format!("  {}{}", one.words, but(one)));
    }
    page.gap();
    match advice.answer() {
        _ if advice.met => page.line(format_args!("The goal is met today; what is told is what more there is.")),
        Some(one) => page.whole(&format!("next  {} {}", advice.run, one.words)),
        None => page.line(format_args!("Nothing of this meets the goal without breaking another: it takes more than cheap knobs.")),
    }
    page.text
}

/// Names, broken between two of them where a line is full.
fn listed(page: &mut Page, what: &str, names: &[&str]) {
    let mut line = format!("{what}:");
    for (number, name) in names.iter().enumerate() {
        let comma = if number + 1 < names.len() { "," } else { "" };
        if line.chars().count() + name.chars().count() + 2 > WIDTH {
            page.line(format_args!("{line}"));
            line = " ".to_owned();
        }
        line += &format!(" {name}{comma}");
    }
    page.line(format_args!("{line}"));
}

/// What it costs beside.
fn but(one: &Tried) -> String {
    let mut parts: Vec<String> = one.breaks.iter().map(|name| format!("breaks {name}")).collect();
    if one.effort >= 1.2 {
        parts.push(format!("{} times the synchronisations", digits::shortest(one.effort, 1)));
    }
    if parts.is_empty() { String::new() } else { format!("   ! {}", parts.join(", ")) }
}

/// For a program.
pub fn advice_json(advice: &Advice<'_>) -> String {
    let asked = &advice.scenario.expectations[advice.goal];
    let unit = asked.metric.unit();
    let number = |value: f64| -> Value {
        // the digits are ours: they are those of the tables
        serde_json::from_str(&digits::in_unit(unit, value)).unwrap_or(Value::Null)
    };
    let one = |one: &Tried| {
        let difference = &one.difference;
        json!({
            "knob": one.knob,
            "words": one.words,
            "value": difference.design.mean.map(number),
            "never": difference.design.never,
            "difference": difference.mean.map(number),
            "half_width": difference.half_width.map(number),
            "verdict": one.judgement.name(),
            "meets": one.meets,
            "held": one.held.held,
            "of": one.held.of,
            "breaks": one.breaks,
            "synchronisations": serde_json::from_str::<Value>(&digits::shortest(one.effort, 4)).ok(),
        })
    };
    let ranked: Vec<Value> = advice.ranked.iter().map(one).collect();
    let document = json!({
        "advice": 1,
        "scenario": advice.scenario.name,
        "goal": asked.name,
        "unit": unit.name(),
        "wanted": number(asked.wanted.value as f64),
        "seed": advice.scenario.seed,
        "replications": advice.replications,
        "today": advice.today.moments.as_ref().map(|moments| number(moments.mean)),
        "met": advice.met,
        "changes": ranked,
        "together": advice.together.map(one),
        "next": advice.answer().filter(|_| !advice.met).map(|it| format!("{} {}", advice.run, it.words)),
    });
    serde_json::to_string_pretty(&document).unwrap_or_default() + "\n"
}
