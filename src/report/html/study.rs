//! The report of a study: its question, each design against the baseline, its pictures, what was
//! printed. One file, like that of a run, and without any script.

use std::io::{self, Write};

use super::sheet::{Cell, Sheet, number, text};
use super::{dress, entry, fill};
use crate::report::many::value;
use crate::report::study::{StudyChart, StudyTold, apart, level, word};
use crate::report::summary::counted;
use crate::report::{Look, study_page};

/// What writes a part of the page.
type Part = fn(&StudyTold<'_>, &str, &mut Sheet);

const PARTS: [(&str, &str, Part); 4] = [
    ("answer", "The designs, and how they differ", answer),
    ("pictures", "Pictures", pictures),
    ("printed", "As it was printed", printed),
    ("repeat", "How to repeat it", repeat),
];

/// Writes the report of a study; `folder` is what its own folder is called.
///
/// # Errors
/// What `out` says.
pub fn write_study_html(told: &StudyTold<'_>, folder: &str, out: &mut dyn Write) -> io::Result<()> {
    let (mut main, mut contents) = (Sheet::default(), Sheet::default());
    for (id, heading, write) in PARTS {
        main.section(id, heading);
        write(told, folder, &mut main);
        main.end_section();
        entry(&mut contents, id, heading);
    }
    let mut title = Sheet::default();
    title.text(&told.study.name);
    title.raw(" — supsim");
    let parts = [
        ("POLICY", dress::policy("")),
        ("VERSION", env!("CARGO_PKG_VERSION").to_owned()),
        ("TITLE", title.into_html()),
        ("STYLE", dress::style()),
        ("HEADER", header(told).into_html()),
        ("CONTENTS", contents.into_html()),
        ("MAIN", main.into_html()),
        ("DATA", "null".to_owned()),
        ("SCRIPT", String::new()),
    ];
    fill(dress::PAGE, &parts, out)
}

fn header(told: &StudyTold<'_>) -> Sheet {
    let study = told.study;
    let mut sheet = Sheet::default();
    sheet.element("h1", &study.name);
    if !study.question.is_empty() {
        sheet.para(&study.question);
    }
    let runs: usize = told.points.iter().map(|one| one.tried.len()).sum();
    sheet.para(&format!(
        "{} of {}; {} in {}; {}, {} {}.",
        counted(told.points.len(), "point", "points"),
        study.base,
        counted(study.designs.len(), "design", "designs"),
        counted(study.settings.len(), "setting", "settings"),
        counted(runs, "run", "runs"),
        if study.common_random_numbers { "paired on seed" } else { "from seed" },
        told.seed,
    ));
    sheet
}

/// A table for each setting: every metric of every design, and by how much it differs.
fn answer(told: &StudyTold<'_>, _: &str, sheet: &mut Sheet) {
    let study = told.study;
    if study.compare.metrics.is_empty() {
        sheet.para("Nothing is compared; what each point expects is told below.");
        return;
    }
    let mut heads = vec!["design"];
    for metric in &study.compare.metrics {
        heads.extend([metric.name.as_str(), "difference", "verdict"]);
    }
    for setting in 0..study.settings.len() {
        let points = told.points.iter().filter(|one| one.point.setting == Some(setting));
        let mut caption = String::new();
        let rows: Vec<Vec<Cell>> = points
            .map(|one| {
                caption = study.told(one.point);
                let mut row = vec![text(study.designs[one.point.design].clone())];
                for (metric, asked) in study.compare.metrics.iter().enumerate() {
                    let unit = asked.metric.unit();
                    let of = told.contrasts.iter().find(|it| {
                        (it.setting, it.design, it.metric) == (setting, one.point.design, metric)
                    });
                    row.extend(match of {
                        Some(it) => [
                            number(level(unit, it.difference.design, it.difference.pairs)),
                            number(apart(Look::default(), unit, &it.difference)),
                            text(word(it.judgement)),
                        ],
                        None => {
                            let mean = one.mean(metric);
                            let mean = mean.map(|it| value(unit, it.round() as u64, 1));
                            let mean = mean.unwrap_or_else(|| "never".to_owned());
                            [number(mean), number(""), text("")]
                        }
                    });
                }
                row
            })
            .collect();
        if !rows.is_empty() {
            let caption = if caption.is_empty() { "every design as it is" } else { &caption };
            sheet.table(caption, &heads, &rows);
        }
    }
}

/// Every picture that the study has.
fn pictures(told: &StudyTold<'_>, folder: &str, sheet: &mut Sheet) {
    let mut drawn = 0;
    for chart in StudyChart::all(told.study) {
        let name = chart.name(told.study);
        let repeat = format!("supsim chart {folder} {name} -o {name}.svg");
        let Some(picture) = chart.draw(told, &repeat) else { continue };
        drawn += 1;
        sheet.raw("<figure>\n<h3 class=\"heard\">");
        sheet.raw(chart.question());
        sheet.raw("</h3>\n<div class=\"wide picture\">");
        sheet.picture(&picture);
        sheet.raw("</div>\n</figure>\n");
    }
    if drawn == 0 {
        sheet.para("There is nothing to draw: one design, no knob and no hour were asked for.");
    }
}

/// What stood on the terminal: the legend, the cheapest design, what failed.
fn printed(told: &StudyTold<'_>, _: &str, sheet: &mut Sheet) {
    sheet.element("pre", &study_page(told, "", Look::default()));
}

fn repeat(_: &StudyTold<'_>, folder: &str, sheet: &mut Sheet) {
    sheet.para("The folder of the study holds everything that it was read from, and every run:");
    sheet.element("pre", &format!(
        "supsim study {folder} run       what is missing, if anything is\n\
         supsim study {folder} report    all of this again\n\
         supsim run {folder}/scenarios/KEY.yaml --rep N    one run, in full; KEY stands in points.csv\n"
    ));
}
