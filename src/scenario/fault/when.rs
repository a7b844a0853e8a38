//! `when`: the five ways to say when a fault occurs.

use serde_yaml::{Mapping, Value};

use super::{Occurs, Span};
use crate::kernel::Distribution;
use crate::scenario::calendar::{Rule, TooMany};
use crate::scenario::mapping::{one, put};
use crate::scenario::occurrences::zone_inside;
use crate::scenario::reader::Reader;
use crate::scenario::source::Place;
use crate::scenario::values::{Run, Zones};
use crate::scenario::yaml::{Node, Value as Written};
use crate::scenario::{Clock, Zone, civil, cost, limits};
use crate::units::{Duration, Instant};

/// An occurrence as written; `most`: how many windows it may have.
pub(super) fn occurs(
    reader: &mut Reader,
    zones: &mut Zones,
    run: &Run,
    node: &Node<'_>,
    most: usize,
) -> Option<Occurs> {
    let keys = ["window", "schedule", "renewal", "per_attempt", "attempts"];
    let choice = reader.choice(node, "an occurrence", &[], &keys, &[], &[])?;
    let value = choice.value?;
    match choice.word {
        "window" => window(reader, run, value),
        "schedule" => schedule(reader, zones, run, value, most).map(Occurs::Schedule),
        "renewal" => renewal(reader, value),
        "per_attempt" => reader.probability(value, "`per_attempt`").map(Occurs::PerAttempt),
        _ => {
            let list = reader.list(value, "`attempts`", "attempts: [1, 2]")?;
            let numbers: Vec<Option<u32>> =
                list.iter().map(|node| reader.count32(node, "an attempt", 1, 1_000_000)).collect();
            let mut numbers: Vec<u32> = numbers.into_iter().collect::<Option<_>>()?;
            numbers.sort_unstable();
            numbers.dedup();
            Some(Occurs::Attempts(numbers))
        }
    }
}

fn window(reader: &mut Reader, run: &Run, node: &Node<'_>) -> Option<Occurs> {
    let fields = reader.fields(node, "`window`", &["from", "for", "until"], &[])?;
    let zone = run.clock.zone();
    let from = match fields.get("from") {
        Some(node) => reader.instant(node, "`from`", zone, run),
        None => Some(Instant::START),
    };
    let length: Option<Option<Duration>> =
        fields.get("for").map(|node| reader.positive_duration(node, "`for`"));
    let until =
        fields.entry("until").map(|entry| (entry, reader.timestamp(&entry.value, "`until`", zone)));
    match (length, until) {
        (Some(_), Some((until, _))) => {
            let note = "either `for` or `until`";
            reader.error("E0107", until.place, "a window ends in one way", note);
            None
        }
        (Some(length), None) => {
            let (from, length) = (from?, length?);
            let until = from.checked_add(length)?;
            past_the_end(reader, run, until, node.place);
            Some(Occurs::Window { from, until: Some(until) })
        }
        (None, Some((entry, until))) => {
            let (from, until) = (from?, until?);
            let until = run.clock.instant(until).filter(|until| *until > from);
            let Some(until) = until else {
                let note = "`until` must be later than `from`";
                reader.error("E0409", entry.value.place, "this window ends before it begins", note);
                return None;
            };
            past_the_end(reader, run, until, entry.value.place);
            Some(Occurs::Window { from, until: Some(until) })
        }
        (None, None) => Some(Occurs::Window { from: from?, until: None }),
    }
}

fn past_the_end(reader: &mut Reader, run: &Run, until: Instant, place: Place) {
    if run.known && until.micros() > run.duration.micros() {
        reader.warning("W0502", place, "this window is still open when the run ends", run.span());
    }
}

/// Windows that come again and again, in order, each apart from the next.
fn schedule(
    reader: &mut Reader,
    zones: &mut Zones,
    run: &Run,
    node: &Node<'_>,
    most: usize,
) -> Option<Vec<Span>> {
    let keys = ["weekly", "monthly", "windows"];
    let beside = ["for", "timezone"];
    let choice = reader.choice(node, "a schedule of a fault", &[], &keys, &beside, &[])?;
    let value = choice.value?;
    if choice.word == "windows" {
        return windows(reader, run, value, most);
    }
    let zone = zone_inside(reader, zones, node, &choice, run);
    let rule = match choice.word {
        "weekly" => reader.weekly(value),
        _ => reader.monthly(value),
    };
    let fields =
        reader.fields(node, "`schedule`", &["weekly", "monthly", "for", "timezone"], &[])?;
    let length = reader.required(&fields, "for", "`schedule`", "for: 4h");
    let length = length.and_then(|node| reader.positive_duration(node, "`for`"));
    expanded(reader, run, node, most, &Recurring { rule: rule?, zone: zone?, length: length? })
}

/// A window that begins whenever a rule says so.
struct Recurring {
    rule: Rule,
    zone: Zone,
    length: Duration,
}

/// Its windows: also one that was open already when the run began.
fn expanded(
    reader: &mut Reader,
    run: &Run,
    node: &Node<'_>,
    most: usize,
    Recurring { rule, zone, length }: &Recurring,
) -> Option<Vec<Span>> {
    if !run.known {
        return Some(Vec::new());
    }
    let found = rule.occurrences_from(zone, &run.clock, *length, run.duration, most);
    let found = match found {
        Ok(found) => found,
        Err(TooMany) => {
            too_many(reader, node);
            return None;
        }
    };
    if let Some(wall) = found.irregular {
        let note = format!(
            "on {}: an hour that is skipped is kept an hour later, one that is twice the first time",
            wall.date()
        );
        let message = format!("the clocks of {zone} change at this time");
        reader.warning("W0505", node.place, message, note);
    }
    let lead = length.micros();
    let spans = found.instants.iter().map(|at| Span {
        from: Instant::from_micros(at.micros().saturating_sub(lead)),
        // counted from so much before the start: the end lies where the beginning would
        until: Instant::from_micros(at.micros()),
    });
    let spans = apart(spans.filter(|span| span.until > Instant::START).collect());
    if spans.is_empty() {
        reader.warning("W0503", node.place, "this never happens within the run", run.span());
    }
    if spans.len() < found.instants.len()
        && spans.iter().any(|span| span.until - span.from > *length)
    {
        let note = "one begins when the one before it has not ended: they are taken as one";
        reader.warning("W0550", node.place, "windows of this schedule run into one another", note);
    }
    Some(spans)
}

/// Windows given one by one: what supsim writes when it writes a scenario out.
fn windows(reader: &mut Reader, run: &Run, node: &Node<'_>, most: usize) -> Option<Vec<Span>> {
    // what never happened within the run is written as an empty list
    let list = match &node.value {
        Written::List(list) => list,
        _ => reader.list(node, "`windows`", "windows: [{ from: TIME, until: TIME }]")?,
    };
    if list.len() > most {
        too_many(reader, node);
        return None;
    }
    let mut spans = Vec::with_capacity(list.len());
    for node in list {
        let fields = reader.fields(node, "a window", &["from", "until"], &[])?;
        let zone = run.clock.zone();
        let from = reader.required(&fields, "from", "a window", "from: 2026-01-18 02:00");
        let from = from.and_then(|node| reader.instant(node, "`from`", zone, run));
        let end = reader.required(&fields, "until", "a window", "until: 2026-01-18 06:00")?;
        let until = reader.timestamp(end, "`until`", zone);
        let (from, until) = (from?, run.clock.instant(until?));
        let Some(until) = until.filter(|until| *until > from) else {
            let note = "`until` must be later than `from`";
            reader.error("E0409", end.place, "this window ends before it begins", note);
            return None;
        };
        spans.push(Span { from, until });
    }
    Some(apart(spans))
}

fn too_many(reader: &mut Reader, node: &Node<'_>) {
    let note = format!("at most {} windows of all faults together", limits::OCCURRENCES);
    reader.error("E0316", node.place, "this happens too often", note);
}

/// In order; what overlaps or touches becomes one.
fn apart(mut spans: Vec<Span>) -> Vec<Span> {
    spans.sort_unstable();
    let mut apart: Vec<Span> = Vec::with_capacity(spans.len());
    for span in spans {
        match apart.last_mut() {
            Some(last) if span.from <= last.until => last.until = last.until.max(span.until),
            _ => apart.push(span),
        }
    }
    apart
}

fn renewal(reader: &mut Reader, node: &Node<'_>) -> Option<Occurs> {
    let fields = reader.fields(node, "`renewal`", &["mtbf", "mttr"], &[])?;
    let mtbf =
        reader.required(&fields, "mtbf", "`renewal`", "mtbf: { exponential: { mean: 20d } }");
    let mtbf = mtbf.and_then(|node| lasting(reader, node, "`mtbf`"));
    let mttr = reader.required(&fields, "mttr", "`renewal`", "mttr: 2h");
    let mttr = mttr.and_then(|node| lasting(reader, node, "`mttr`"));
    Some(Occurs::Renewal { mtbf: mtbf?, mttr: mttr? })
}

/// A distribution whose mean is longer than nothing.
fn lasting(reader: &mut Reader, node: &Node<'_>, what: &str) -> Option<Distribution> {
    let distribution = reader.distribution(node, what)?;
    if distribution.mean().is_zero() {
        let note = "write for example 20d, or { exponential: { mean: 20d } }";
        reader.error("E0212", node.place, format!("{what} must be longer than nothing"), note);
        return None;
    }
    Some(distribution)
}

/// The way it is written.
pub(super) fn written(clock: &Clock, occurs: &Occurs) -> Value {
    let time = |at: Instant| civil::written(clock.timestamp(at), clock.zone());
    match occurs {
        Occurs::Window { from, until } => {
            let mut window = Mapping::new();
            put(&mut window, "from", time(*from));
            if let Some(until) = until {
                put(&mut window, "until", time(*until));
            }
            one("window", window)
        }
        Occurs::Schedule(spans) => {
            let windows = spans.iter().map(|span| {
                let mut window = Mapping::new();
                put(&mut window, "from", time(span.from));
                put(&mut window, "until", time(span.until));
                window.into()
            });
            one("schedule", one("windows", windows.collect::<Vec<Value>>()))
        }
        Occurs::Renewal { mtbf, mttr } => {
            let mut renewal = Mapping::new();
            put(&mut renewal, "mtbf", cost::written_distribution(mtbf));
            put(&mut renewal, "mttr", cost::written_distribution(mttr));
            one("renewal", renewal)
        }
        Occurs::PerAttempt(chance) => one("per_attempt", chance.to_string()),
        Occurs::Attempts(attempts) => one(
            "attempts",
            attempts.iter().map(|attempt| (*attempt).into()).collect::<Vec<Value>>(),
        ),
    }
}

#[cfg(test)]
mod tests;
