//! `supsim chart`: draw that one.

use std::fs;
use std::path::{Path, PathBuf};

use super::exit::{Exit, Stop};
use super::kept::{self, Kept, Named};
use super::overriding::quoted;
use super::pipeline;
use super::replications::spreads;
use super::screen::Screen;
use super::study::{self, Wanted};
use crate::report::{
    Attribute, Chart, Look, Picture, Shown, blame, blame_text, fan, fan_sites, heatmap,
    heatmap_text, heatmap_words, release_named, release_to_draw,
};
use crate::scenario::{Recording, Scenario};
use crate::units::ReleaseId;

/// From so many replications a fan is made where neither the run nor anybody says it.
const FEWEST: u32 = 20;

/// What was meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Plan {
    /// Of which run.
    pub named: Named,
    /// Which chart; `None`: tell which there are.
    pub chart: Option<String>,
    /// Where to; `None`: to the terminal.
    pub output: Option<PathBuf>,
    /// Of which release.
    pub release: Option<String>,
    /// What the rows of a heat map are told apart by.
    pub rows: Option<String>,
    /// And its columns.
    pub columns: Option<String>,
    /// From how many replications a fan is made.
    pub replications: Option<u32>,
    /// How it looks in the terminal.
    pub look: Look,
}

/// What a picture is written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Format {
    Svg,
    Png,
}

/// Draws a chart of a run.
pub(super) fn chart(plan: &Plan, screen: &mut Screen) -> Result<Exit, Stop> {
    if let Some(folder) = study_named(plan) {
        return of_study(plan, folder, screen);
    }
    let Some(word) = &plan.chart else {
        screen.say(&list(plan));
        return Ok(Exit::Ok);
    };
    // Whatever can be said before the run is said before it.
    let chart = Chart::named(word).ok_or_else(|| unknown_chart(word))?;
    let output = match &plan.output {
        Some(path) => Some((path, format(path)?)),
        None if chart.is_text() => None,
        None => return Err(needs_a_file(chart.name())),
    };
    let has_rows = matches!(chart, Chart::Heatmap | Chart::Blame);
    if plan.rows.is_some() && !has_rows || plan.columns.is_some() && chart != Chart::Heatmap {
        let text = "--rows is for the heatmap and for blame, --columns for the heatmap";
        return Err(wrong(text.to_owned()));
    }
    if plan.replications.is_some() && chart != Chart::Fan {
        return Err(wrong("--reps is for the fan; the others are of one replication".to_owned()));
    }
    let needs = if chart.wants_everything() { Recording::All } else { Recording::Attempts };
    let kept = kept::open(&plan.named, needs)?;
    let release = release(plan, &kept.scenario)?;
    let [rows, columns] = [
        attribute(plan.rows.as_deref(), &kept.scenario)?,
        attribute(plan.columns.as_deref(), &kept.scenario)?,
    ];
    let repeat = repeat(plan, &kept, chart);
    let shown = Shown { run: kept.run(), release, repeat: &repeat };
    let Some((path, format)) = output else {
        let text = match chart {
            Chart::Heatmap => Some(heatmap_text(&shown, rows, columns, plan.look)),
            Chart::Blame => Some(blame_text(&shown, rows, plan.look)),
            chart => chart.text(&shown, plan.look),
        };
        screen.say(&text.unwrap_or_default());
        return Ok(Exit::Ok);
    };
    let picture = match (chart, release) {
        (Chart::Heatmap, _) => heatmap(&shown, rows, columns),
        (Chart::Blame, _) => blame(&shown, rows),
        (Chart::Fan, Some(release)) => {
            let count = plan.replications.unwrap_or(match kept.replications {
                0 | 1 if kept.scenario.is_random() => FEWEST,
                count => count,
            });
            let sites = fan_sites(&shown);
            fan(&shown, &spreads(&kept.scenario, count, (release, &sites), screen)?)
        }
        (chart, _) => chart.draw(&shown),
    };
    write(path, format, &picture)?;
    screen.say(&format!("wrote {}: {}\n", path.display(), chart.question()));
    Ok(Exit::Ok)
}

/// The folder of a study that was run, where that is what was named.
fn study_named(plan: &Plan) -> Option<PathBuf> {
    let word = &plan.named.word;
    [word.clone(), plan.named.results.join(word)].into_iter().find(|it| study::is_kept(it))
}

/// Draws a chart of a study that was run.
fn of_study(plan: &Plan, folder: PathBuf, screen: &mut Screen) -> Result<Exit, Stop> {
    let wants_a_run = plan.release.is_some()
        || plan.rows.is_some()
        || plan.columns.is_some()
        || plan.replications.is_some();
    if wants_a_run {
        let text = "--release, --rows, --columns and --reps are for the charts of a run";
        return Err(wrong(format!("{}: this is a study; {text}", folder.display())));
    }
    let output = plan.output.as_ref().map(|path| Ok((path, format(path)?))).transpose()?;
    let (name, picture) = match study::draw(&folder, plan.chart.as_deref())? {
        Wanted::List(text) => {
            screen.say(&text);
            return Ok(Exit::Ok);
        }
        Wanted::Unknown { word, .. } if Chart::named(&word).is_some() => {
            let advice = kept::of_study(&folder);
            return Err(wrong(format!("{word} is a chart of one run, not of a study\n  {advice}")));
        }
        Wanted::Unknown { word, names } => {
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            return Err(unknown(&format!("this study has no chart `{word}`"), &word, &names));
        }
        Wanted::Picture(name, picture) => (name, picture),
    };
    let Some((path, format)) = output else { return Err(needs_a_file(&name)) };
    write(path, format, &picture)?;
    screen.say(&format!("wrote {}\n", path.display()));
    Ok(Exit::Ok)
}

/// Which charts there are, and what each answers.
fn list(plan: &Plan) -> String {
    let mut text = String::new();
    for chart in Chart::ALL {
        let here = if chart.is_text() { "  *" } else { "" };
        text += &format!("  {:<12} {}{here}\n", chart.name(), chart.question());
    }
    let run = quoted(&plan.named.word.display().to_string());
    text + &format!(
        "\n* also in the terminal: without -o\n\
         a picture: supsim chart {run} propagation -o propagation.svg   (or .png)\n"
    )
}

/// The form that the name of a file asks for.
fn format(path: &Path) -> Result<Format, Stop> {
    let extension = path.extension().and_then(|it| it.to_str()).map(str::to_lowercase);
    match extension.as_deref() {
        Some("svg") => Ok(Format::Svg),
        Some("png") => Ok(Format::Png),
        _ => Err(wrong(format!("{}: the name of a chart ends in .svg or .png", path.display()))),
    }
}

fn release(plan: &Plan, scenario: &Scenario) -> Result<Option<ReleaseId>, Stop> {
    let Some(word) = &plan.release else { return Ok(release_to_draw(scenario)) };
    let found = release_named(scenario, word);
    if found.is_some() {
        return Ok(found);
    }
    let names: Vec<&str> =
        scenario.catalogue.releases.iter().map(|release| release.name.as_str()).collect();
    let names: Vec<&str> =
        names.iter().map(|name| name.split('#').next().unwrap_or(name)).collect();
    Err(unknown(&format!("there is no release `{word}` in this run"), word, &names))
}

fn attribute(word: Option<&str>, scenario: &Scenario) -> Result<Option<Attribute>, Stop> {
    let Some(word) = word else { return Ok(None) };
    let found = Attribute::named(scenario, word);
    if found.is_some() {
        return Ok(found);
    }
    let words = heatmap_words(scenario);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    Err(unknown(&format!("sites cannot be told apart by `{word}`"), word, &words))
}

/// The command that draws it again; without the folders of this machine.
fn repeat(plan: &Plan, kept: &Kept, chart: Chart) -> String {
    let run = kept.folder.as_deref().unwrap_or(&plan.named.word);
    let run = run.file_name().unwrap_or(run.as_os_str()).to_string_lossy();
    let mut command = format!("supsim chart {} {}", quoted(&run), chart.name());
    for (flag, value) in
        [("--release", &plan.release), ("--rows", &plan.rows), ("--columns", &plan.columns)]
    {
        if let Some(value) = value {
            command += &format!(" {flag} {}", quoted(value));
        }
    }
    if let Some(count) = plan.replications {
        command += &format!(" --reps {count}");
    }
    command
}

/// A chart can be drawn again at any time: it replaces what stands there.
fn write(path: &Path, format: Format, picture: &Picture) -> Result<(), Stop> {
    let bytes = match format {
        Format::Svg => picture.svg.clone().into_bytes(),
        Format::Png => pipeline::pixels(picture)?,
    };
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let written = folder.map_or(Ok(()), fs::create_dir_all).and_then(|()| fs::write(path, bytes));
    written.map_err(|error| Stop {
        exit: Exit::FileTrouble,
        text: format!("supsim: {}: {error}", path.display()),
    })
}

fn needs_a_file(name: &str) -> Stop {
    wrong(format!("{name} needs more than letters; name a file: -o {name}.svg, or -o {name}.png"))
}

fn unknown_chart(word: &str) -> Stop {
    let names = Chart::ALL.map(Chart::name);
    unknown(&format!("there is no chart `{word}`"), word, &names)
}

/// What there is instead: what was probably meant, or all of it.
fn unknown(what: &str, word: &str, known: &[&str]) -> Stop {
    let distance = |name: &&str| strsim::damerau_levenshtein(word, name);
    let meant = known.iter().copied().min_by_key(distance);
    let advice = match meant.filter(|name| distance(name) <= 2) {
        Some(name) => format!("did you mean {name}?"),
        None => format!("there is: {}", listed(known)),
    };
    wrong(format!("{what}\n  {advice}"))
}

/// The first of many names.
fn listed(names: &[&str]) -> String {
    const MOST: usize = 12;
    let mut unique: Vec<&str> = Vec::new();
    for name in names {
        if !unique.contains(name) {
            unique.push(name);
        }
    }
    let more = unique.len().saturating_sub(MOST);
    unique.truncate(MOST);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    unique.join(", ") + &more
}

fn wrong(what: String) -> Stop {
    Stop { exit: Exit::NothingRan, text: format!("supsim: {what}") }
}
