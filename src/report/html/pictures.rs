//! The charts, each with the figures it was drawn from.

use super::Told;
use super::figures;
use super::sheet::Sheet;
use crate::report::Look;
use crate::report::chart::{Chart, Shown, fan, release_to_draw};

/// What repeats the run, at the foot of each picture.
const REPEAT: &str = "supsim run scenario.yaml";

/// Every picture that says something for this run.
pub(super) fn pictures(told: &Told<'_>, sheet: &mut Sheet) {
    let shown =
        Shown { run: told.run, release: release_to_draw(told.run.scenario), repeat: REPEAT };
    let mut drawn = 0;
    for chart in Chart::ALL.into_iter().filter(|chart| says_something(told, &shown, *chart)) {
        figure(told, sheet, &shown, chart);
        drawn += 1;
    }
    if drawn == 0 {
        sheet.para("There is nothing to draw: no release arrived and no site synchronised.");
    }
}

/// Is there anything to see in it?
fn says_something(told: &Told<'_>, shown: &Shown<'_>, chart: Chart) -> bool {
    let (scenario, outcome) = (shown.run.scenario, shown.run.outcome);
    let sites = scenario.sites.len();
    let arrived = outcome.arrivals.iter().any(|one| Some(one.release) == shown.release);
    match chart.name() {
        "timeline" | "load" => !outcome.attempts.is_empty(),
        // Of a handful of sites there is nothing to combine.
        "heatmap" => arrived && sites > 4,
        "topology" => arrived && sites > 1,
        "links" => !scenario.links.is_empty(),
        // One replication says nothing of how sure it is.
        "fan" => told.many.spreads.len() > 1,
        _ => arrived,
    }
}

/// A picture with its heading for those who hear the page, and its figures.
fn figure(told: &Told<'_>, sheet: &mut Sheet, shown: &Shown<'_>, chart: Chart) {
    sheet.raw("<figure>\n<h3 class=\"heard\">");
    sheet.raw(chart.question());
    sheet.raw(match chart.name() {
        // In these no letter stands on a fill that keeps its colour.
        "propagation" | "timeline" | "load" | "staleness" | "links" | "fan" => {
            "</h3>\n<div class=\"wide picture turns\">"
        }
        _ => "</h3>\n<div class=\"wide picture\">",
    });
    sheet.picture(&match chart {
        Chart::Fan => fan(shown, told.many.spreads),
        chart => chart.draw(shown),
    });
    sheet.raw("</div>\n<details><summary>The figures</summary>\n");
    match chart.name() {
        "propagation" => figures::shares(told, shown.release, sheet),
        "timeline" => figures::synchronisations(told, shown.release, sheet),
        "load" => figures::days(told, sheet),
        "staleness" => figures::staleness(told, sheet),
        "links" => figures::links(told, sheet),
        "fan" => figures::fan(told, sheet),
        "heatmap" => figures::heatmap(shown, sheet),
        "blame" => figures::blame(shown, sheet),
        "topology" => figures::delays(told, shown.release, sheet),
        _ => match chart.text(shown, Look::default()) {
            Some(text) => sheet.element("pre", &text),
            None => sheet.para("They stand in the tables of the stored run."),
        },
    }
    sheet.raw("</details>\n</figure>\n");
}
