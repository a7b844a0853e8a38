//! The model in the order of STRESS-DES, the list by which simulation studies are reported
//! (Monks and others, Journal of Simulation 13, 2019).
//!
//! Filled in from the scenario; what only its author can say is marked as a gap.

use super::Told;
use super::sheet::{Sheet, text};
use crate::report::summary::{counted, days};
use crate::scenario::{Initial, Known};

/// The blocks of the written scenario that are parameters.
const BLOCKS: [&str; 7] =
    ["catalogue", "links", "routes", "timing", "sync", "operations", "faults"];
/// A block is shown up to so many lines.
const LINES: usize = 60;

/// Every heading of the list, in its order.
pub(super) fn model(told: &Told<'_>, sheet: &mut Sheet) {
    sheet.para(
        "In the order of STRESS-DES. Gaps are marked: they are for whoever answers for the study.",
    );
    purpose(told, sheet);
    outputs(told, sheet);
    described(told, sheet);
    sheet.raw("<h3>4. Logic</h3>\n");
    sheet.raw(include_str!("logic.html"));
    parameters(told, sheet);
    experiment(told, sheet);
    chance(told, sheet);
    software(sheet);
}

fn gap(sheet: &mut Sheet, what: &'static str) {
    sheet.raw("<p class=\"gap\"><strong>Gap.</strong> ");
    sheet.raw(what);
    sheet.raw("</p>\n");
}

fn purpose(told: &Told<'_>, sheet: &mut Sheet) {
    sheet.raw("<h3>1. Purpose</h3>\n");
    match told.run.scenario.description.as_str() {
        "" => {
            gap(sheet, "The scenario does not say what it is for; <code>description</code> does.")
        }
        description => sheet.para(description),
    }
    gap(sheet, "Who decides what by this study, and which decision is meant, no scenario says.");
}

fn outputs(told: &Told<'_>, sheet: &mut Sheet) {
    let scenario = told.run.scenario;
    sheet.raw("<h3>2. Outputs</h3>\n");
    sheet.para(
        "For each release and site the time from publication until the site is current; for each \
         synchronisation its phases, its ending and what led to it; for each fault when it held which \
         site.",
    );
    if scenario.expectations.is_empty() {
        gap(
            sheet,
            "No performance measure is compared with a wanted value: the scenario has no <code>expect</code>.",
        );
    } else {
        let names: Vec<&str> = scenario.expectations.iter().map(|one| one.name.as_str()).collect();
        let count = counted(names.len(), "expectation", "expectations");
        sheet.para(&format!("{count} with a wanted value: {}.", names.join(", ")));
    }
    if !scenario.warmup.is_zero() {
        sheet.para(&format!("The first {} are not measured (warm-up).", scenario.warmup));
    }
}

fn described(told: &Told<'_>, sheet: &mut Sheet) {
    let scenario = told.run.scenario;
    sheet.raw("<h3>3. Scenario</h3>\n");
    sheet.para(&format!(
        "One: {}, {} on {}, {}, {}.",
        scenario.name,
        counted(scenario.sites.len(), "site", "sites"),
        counted(tiers(told), "tier", "tiers"),
        counted(scenario.links.len(), "kind of link", "kinds of link"),
        counted(scenario.faults.len(), "fault", "faults"),
    ));
    gap(sheet, "With which other designs it is to be compared, one scenario does not say.");
}

fn tiers(told: &Told<'_>) -> usize {
    told.run.scenario.sites.iter().map(|site| site.tier as usize).max().unwrap_or(0)
}

fn parameters(told: &Told<'_>, sheet: &mut Sheet) {
    let scenario = told.run.scenario;
    sheet.raw("<h3>5. Parameters</h3>\n");
    let assumed = scenario.defaults_used.iter().filter(|one| one.status == Known::Assumed).count();
    sheet.para(&format!(
        "{} from the profile {} stand, with their sources, under Assumptions; {} of them {} assumed. \
         All others were written by the author of the scenario and stand in it.",
        counted(scenario.defaults_used.len(), "value", "values"),
        scenario.profile.word(),
        assumed,
        if assumed == 1 { "is" } else { "are" },
    ));
    gap(
        sheet,
        "Where the author's own values come from (measurements, contracts, guesses) is not stated.",
    );
    if !scenario.parameters.is_empty() {
        let rows: Vec<_> = scenario
            .parameters
            .iter()
            .map(|one| {
                vec![
                    text(&one.name),
                    text(&one.value),
                    text(one.default.as_deref().unwrap_or("")),
                    text(&one.doc),
                ]
            })
            .collect();
        sheet.table("Declared parameters", &["parameter", "value", "default", "what for"], &rows);
    }
    let written = scenario.to_yaml();
    for name in BLOCKS {
        let block = block(&written, name);
        if block.is_empty() {
            continue;
        }
        let more = block.len().saturating_sub(LINES);
        let mut shown = block[..block.len() - more].join("\n");
        if more > 0 {
            shown += &format!("\n# and {more} more lines in the scenario");
        }
        sheet.raw("<details><summary><code>");
        sheet.raw(name);
        sheet.raw("</code></summary>\n");
        sheet.element("pre", &shown);
        sheet.raw("</details>\n");
    }
}

/// The lines of a top-level key of a written scenario, with the key.
fn block<'a>(written: &'a str, name: &str) -> Vec<&'a str> {
    let is_it = |line: &&str| line.strip_prefix(name).is_some_and(|rest| rest.starts_with(':'));
    let mut lines = written.lines().skip_while(|line| !is_it(line));
    let Some(first) = lines.next() else { return Vec::new() };
    let inside = |line: &&str| line.starts_with([' ', '-']);
    std::iter::once(first).chain(lines.take_while(inside)).collect()
}

fn experiment(told: &Told<'_>, sheet: &mut Sheet) {
    let scenario = told.run.scenario;
    sheet.raw("<h3>6. Initialisation</h3>\n");
    sheet.para(match scenario.initial {
        Initial::Current => {
            "Every site holds everything published before the start; it has synchronised before."
        }
        Initial::Empty => "No site holds anything; none has ever synchronised.",
    });
    if scenario.warmup.is_zero() {
        sheet.para("There is no warm-up: the run is terminating, not a steady state.");
    }
    sheet.raw("<h3>7. Run length</h3>\n");
    sheet.para(&format!("{}, a fixed horizon.", days(scenario.duration)));
    sheet.raw("<h3>8. Replications</h3>\n");
    match told.many.replications.len() {
        0 | 1 if told.many.pointless => {
            sheet.para("One: nothing in the scenario is random, all would be the same.");
        }
        0 | 1 => {
            sheet.para("One.");
            gap(
                sheet,
                "One replication of a random scenario says nothing about how sure the answer is; <code>--reps</code> does.",
            );
        }
        count => sheet.para(&format!(
            "{count}. Averages are means over all of them; the verdict of an expectation that must \
             hold in a share of them is given with 95 % confidence, or as too few to say.",
        )),
    }
}

fn chance(told: &Told<'_>, sheet: &mut Sheet) {
    sheet.raw("<h3>9. Random numbers</h3>\n");
    sheet.para(&format!(
        "ChaCha8, in streams named by seed, replication, entity and purpose, so that a change of one \
         entity disturbs no draw of another (common random numbers). Seed {}. Distributions are \
         computed without the platform's own mathematics, so that draws are equal on every machine.",
        told.run.scenario.seed
    ));
}

fn software(sheet: &mut Sheet) {
    sheet.raw("<h3>10. Software</h3>\n");
    sheet.para(concat!(
        "supsim ",
        env!("CARGO_PKG_VERSION"),
        ", written in Rust; event list ordered by time, then by order of scheduling. The result does \
         not depend on machine, operating system or number of threads."
    ));
    sheet.raw("<h3>11. Code</h3>\n");
    sheet.para(concat!(
        "Open source, ",
        env!("CARGO_PKG_LICENSE"),
        ". The scenario below and this version of supsim give the same run again."
    ));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_is_its_key_and_all_that_is_indented_below_it() {
        let written = "name: x\nlinks:\n  a:\n    bandwidth: 1\nlinks2:\n  b: 2\nsync: {}\n";
        assert_eq!(block(written, "links"), ["links:", "  a:", "    bandwidth: 1"]);
        assert_eq!(block(written, "sync"), ["sync: {}"]);
        assert!(block(written, "routes").is_empty());
    }
}
