//! The charts of a study: in its folder, and one by one.

use std::path::Path;

use super::super::exit::{Exit, Stop};
use super::super::overriding::quoted;
use super::super::run::Charts;
use super::super::screen::When;
use super::super::whole::put_again;
use super::super::{interrupt, pipeline, placed};
use super::ready::Ready;
use super::run::trouble;
use super::told::with_told;
use super::{Action, Asked, Form, Plan, read_kept, sources};
use crate::report::{Look, Picture, StudyChart, StudyTold, write_study_html};
use crate::scenario::{Overrides, Study};

/// Stores every chart that the study has.
pub(super) fn store(ready: &Ready, told: &StudyTold<'_>, forms: Charts) -> Result<(), Stop> {
    if !forms.svg && !forms.png {
        return Ok(());
    }
    let folder = ready.folder.join("charts");
    std::fs::create_dir_all(&folder).map_err(|error| trouble(&folder, &error))?;
    for chart in StudyChart::all(told.study) {
        interrupt::go_on("drawing")?;
        let name = chart.name(told.study);
        let Some(picture) = chart.draw(told, &repeat(ready, &name)) else { continue };
        let keep = |form: &str, bytes: &[u8]| {
            let path = folder.join(format!("{name}.{form}"));
            put_again(&path, bytes).map_err(|error| trouble(&path, &error))
        };
        if forms.svg {
            keep("svg", picture.svg.as_bytes())?;
        }
        if forms.png {
            keep("png", &pipeline::pixels(&picture)?)?;
        }
    }
    Ok(())
}

/// The command that draws it again; without the folders of this machine.
fn repeat(ready: &Ready, name: &str) -> String {
    let folder = ready.folder.file_name().unwrap_or_default().to_string_lossy();
    format!("supsim chart {} {name} -o {name}.svg", quoted(&folder))
}

/// What somebody gets who asks for a chart of a study.
pub(in crate::cli) enum Wanted {
    /// No chart was named: which there are.
    List(String),
    /// The study has none of that name.
    Unknown {
        /// The name.
        word: String,
        /// Those that it has.
        names: Vec<String>,
    },
    /// The chart of that name.
    Picture(String, Picture),
}

/// Is this the folder of a study that was run?
pub(in crate::cli) fn is_kept(folder: &Path) -> bool {
    folder.join(sources::FILE).is_file()
}

/// Draws a chart of the study that is kept in a folder.
///
/// # Errors
/// It cannot be read, is of another version, or has not been run to its end.
pub(in crate::cli) fn draw(folder: &Path, chart: Option<&str>) -> Result<Wanted, Stop> {
    let asked = read_kept(&Plan::of(folder))?;
    let Asked { study, plan, .. } = &asked;
    let Some(word) = chart else { return Ok(Wanted::List(list(study, folder))) };
    let all = StudyChart::all(study);
    let Some(chart) = all.iter().find(|chart| chart.name(study) == word) else {
        let absent = StudyChart::absent(study);
        if let Some((_, needs)) = absent.into_iter().find(|(name, _)| *name == word) {
            let text = format!("supsim: {word}: only a study that says {needs} has this chart");
            return Err(Stop { exit: Exit::NothingRan, text });
        }
        let names = all.iter().map(|chart| chart.name(study)).collect();
        return Ok(Wanted::Unknown { word: word.to_owned(), names });
    };
    let ready = Ready::new(study, plan)?;
    asked.is_as_kept(&ready)?;
    let picture =
        with_told(study, &ready, plan, |told| Ok(chart.draw(told, &repeat(&ready, word))))?;
    match picture {
        Some(picture) => Ok(Wanted::Picture(word.to_owned(), picture)),
        None => Ok(Wanted::List(list(study, folder))),
    }
}

/// Writes the report of the study that is kept in a folder, as a page of HTML.
///
/// # Errors
/// As of [`draw`], or the page cannot be written.
pub(in crate::cli) fn page(folder: &Path, path: &Path) -> Result<(), Stop> {
    let asked = read_kept(&Plan::of(folder))?;
    let Asked { study, plan, .. } = &asked;
    let ready = Ready::new(study, plan)?;
    asked.is_as_kept(&ready)?;
    let name = ready.folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
    with_told(study, &ready, plan, |told| {
        placed::file(path, |out| write_study_html(told, &quoted(&name), out))
    })
}

/// Which charts a study has, and what each answers.
fn list(study: &Study, folder: &Path) -> String {
    let all: Vec<(String, &str)> =
        StudyChart::all(study).iter().map(|it| (it.name(study), it.question())).collect();
    let absent = StudyChart::absent(study);
    let names = all.iter().map(|(name, _)| name.as_str()).chain(absent.iter().map(|it| it.0));
    let width = names.map(|name| name.chars().count()).max().unwrap_or(0);
    let mut text = String::new();
    for (name, question) in &all {
        text += &format!("  {name:<width$}  {question}\n");
    }
    for (name, needs) in absent {
        text += &format!("  {name:<width$}  not here: the study does not say {needs}\n");
    }
    let Some((first, _)) = all.first() else { return text };
    let folder = quoted(&folder.display().to_string());
    text + &format!("\na picture: supsim chart {folder} {first} -o {first}.svg   (or .png)\n")
}

impl Plan {
    /// To look at the study that is kept in a folder.
    pub(super) fn of(folder: &Path) -> Plan {
        Plan {
            file: folder.to_owned(),
            folders: Vec::new(),
            action: Action::Report,
            results: folder.parent().map(Path::to_owned).unwrap_or_default(),
            overrides: Overrides::default(),
            replications: None,
            only: Vec::new(),
            no_vary: false,
            shard: None,
            split: None,
            missing: false,
            output: None,
            threads: None,
            charts: Charts { svg: false, png: false },
            form: Form::Human,
            look: Look::default(),
            quiet: true,
            progress: When::Never,
        }
    }
}
