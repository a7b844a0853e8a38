//! The same for a program and a spreadsheet.

use std::io::{self, Write};

use serde_json::{Value, json};

use super::{Broken, Reduced, Surface, left_out};
use crate::experiment::Reply;
use crate::measure::Figure;
use crate::report::many::bound;
use crate::scenario::{Expectation, Occurs, Scenario, Unit, WHOLE};
use crate::units::{Duration, FaultId, Instant, SiteId};

/// The columns of the table.
const COLUMNS: [&str; 7] =
    ["site", "name", "breaks_after_s", "tried", "effect", "from_utc", "up_to_s"];

/// A row for each site: the shortest outage that breaks it; empty: none that was tried does.
///
/// # Errors
/// When it cannot be written.
pub fn write_surface(surface: &Surface<'_>, out: &mut dyn Write) -> io::Result<()> {
    let mut table = csv::Writer::from_writer(out);
    table.write_record(COLUMNS)?;
    let (effect, from) = (surface.effect(), surface.scenario.clock.utc(surface.offer.from));
    let most = seconds(surface.most()).to_string();
    for one in surface.tolerances {
        let (code, name) = surface.called(one.site);
        let breaks = one.breaks.map(|length| seconds(length).to_string()).unwrap_or_default();
        let tried = one.tried.to_string();
        table.write_record([code, &name, &breaks, &tried, &effect, &from, &most])?;
    }
    table.flush()
}

/// One object, ending with a line end.
pub fn surface_json(surface: &Surface<'_>) -> String {
    let scenario = surface.scenario;
    let site = |one: &crate::experiment::Tolerance| {
        let (code, name) = surface.called(one.site);
        json!({
            "site": code,
            "name": name,
            "breaks_after_s": one.breaks.map(seconds),
            "tried": one.tried,
        })
    };
    let mut object = head(scenario, surface.replications);
    object["offered"] = json!({
        "effect": surface.effect(),
        "from_utc": scenario.clock.utc(surface.offer.from),
        "up_to_s": seconds(surface.most()),
        "beside": surface.beside,
    });
    object["without"] = replied(surface.asked(), surface.without);
    object["sites"] = surface.tolerances.iter().map(site).collect();
    object["smallest"] = surface.broken.map_or(Value::Null, |broken| {
        let first = surface.tolerances.first();
        let mut smallest = broke(surface.asked(), broken);
        smallest["site"] = json!(first.map(|one| surface.called(one.site).0));
        smallest["breaks_after_s"] = json!(first.and_then(|one| one.breaks).map(seconds));
        smallest
    });
    finished(object, surface.repeat)
}

/// One object, ending with a line end.
pub fn reduced_json(reduced: &Reduced<'_>) -> String {
    let scenario = reduced.scenario;
    let asked = &scenario.expectations[0];
    let mut object = head(scenario, reduced.replications);
    object["with_all"] = replied(asked, reduced.all);
    object["without"] = replied(asked, reduced.without);
    object["smallest"] = reduced.found.map_or(Value::Null, |(found, broken)| {
        let mut smallest = broke(asked, broken);
        let faults = found.faults.iter();
        smallest["faults"] = faults.map(|fault| fault_of(&found.scenario, *fault)).collect();
        smallest["not_needed"] = json!(left_out(scenario, found));
        smallest["worlds_asked"] = json!(found.asked);
        smallest
    });
    finished(object, reduced.repeat)
}

fn head(scenario: &Scenario, replications: u32) -> Value {
    json!({
        "scenario": scenario.name,
        "seed": scenario.seed,
        "replications": replications,
        "expectation": scenario.expectations[0].name,
        "wanted": bound(&scenario.expectations[0]),
    })
}

fn fault_of(scenario: &Scenario, number: FaultId) -> Value {
    let fault = &scenario.faults[number.index()];
    let code = |site: &SiteId| json!(scenario.sites[site.index()].code);
    let window = |from, until: Option<_>| {
        json!({
            "from_utc": scenario.clock.utc(from),
            "lasts_s": until.map(|until: Instant| seconds(until.since(from))),
        })
    };
    let windows: Value = match &fault.occurs {
        Occurs::Window { from, until } => json!([window(*from, *until)]),
        Occurs::Schedule(spans) => {
            spans.iter().map(|span| window(span.from, Some(span.until))).collect()
        }
        Occurs::Renewal { .. } | Occurs::PerAttempt(_) | Occurs::Attempts(_) => Value::Null,
    };
    json!({
        "name": fault.name,
        "effect": fault.effect.word(),
        "sites": fault.sites.iter().map(code).collect::<Value>(),
        "windows": windows,
    })
}

/// The verdict, and the value: seconds, a share of one, or a count.
fn replied(asked: &Expectation, reply: Reply) -> Value {
    let unit = asked.metric.unit();
    let step = match unit {
        Unit::Time => Duration::from_secs(1).micros(),
        Unit::Share | Unit::Count => WHOLE,
    };
    let value = reply.worst.and_then(Figure::value).map(|value| value as f64 / step as f64);
    json!({
        "verdict": reply.verdict.name(),
        "value": value,
        "unit": unit.name(),
        "never": reply.worst == Some(Figure::Never),
    })
}

fn broke(asked: &Expectation, broken: Broken<'_>) -> Value {
    let mut object = replied(asked, broken.reply);
    object["because"] = json!(broken.because);
    object["file"] = json!(broken.file);
    object
}

fn finished(mut object: Value, repeat: &str) -> String {
    object["repeat"] = json!(repeat);
    serde_json::to_string_pretty(&object).unwrap_or_default() + "\n"
}

fn seconds(duration: Duration) -> u64 {
    duration.micros() / Duration::from_secs(1).micros()
}
