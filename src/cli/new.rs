//! `supsim new`: give me something that works.

use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use super::exit::{Exit, Stop};
use super::overriding::quoted;
use super::screen::Screen;

/// What shall be written, and where.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    /// Which template.
    pub template: &'static Template,
    /// A file, or a folder to put it into; `None`: here, by its own name; `-`: standard output.
    pub output: Option<PathBuf>,
    /// Also over a file that is there?
    pub force: bool,
}

/// A scenario to start from; all of them are scenarios of the project, and are run by its tests.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Template {
    /// Its word, and the name of the file.
    pub word: &'static str,
    /// What it shows.
    pub tells: &'static str,
    text: &'static str,
    /// Of a study, the place of the scenario that it varies.
    base: Option<usize>,
}

/// The templates, the first that somebody new should see first.
pub(super) static TEMPLATES: [Template; 4] = [
    Template {
        word: "tutorial",
        tells: "three sites, one failed synchronisation and its retry",
        text: include_str!("../../scenarios/tutorial.yaml"),
        base: None,
    },
    Template {
        word: "three-tier",
        tells: "eight sites in three tiers, written one by one",
        text: include_str!("../../scenarios/three-tier.yaml"),
        base: None,
    },
    Template {
        word: "patch-tuesday",
        tells: "thirty-four sites in three regions, generated; a cut circuit, failures at random",
        text: include_str!("../../scenarios/patch-tuesday.yaml"),
        base: None,
    },
    Template {
        word: "study",
        tells: "three designs of patch-tuesday.yaml compared, until the answer is sure",
        text: include_str!("../../scenarios/study.yaml"),
        base: Some(2),
    },
];

impl Template {
    /// What is written: an editor finds the schema beside the new file, not above it as in our
    /// own folder of scenarios.
    fn text(&self) -> String {
        self.text.replace("$schema=../supsim.schema.json", "$schema=supsim.schema.json")
    }
}

/// Writes it and says what to try next.
pub(super) fn new(plan: &Plan, screen: &mut Screen) -> Result<Exit, Stop> {
    if plan.output.as_deref() == Some(Path::new("-")) {
        screen.say(&plan.template.text());
        return Ok(Exit::Ok);
    }
    let path = place(plan)?;
    write(&path, &plan.template.text(), plan.force)?;
    let file = quoted(&path.display().to_string());
    let mut text = format!("wrote {file}: {}\n", plan.template.tells);
    if let Some(base) = plan.template.base.map(|base| &TEMPLATES[base]) {
        text += &beside(&path, base)?;
    }
    let next = match plan.template.base {
        None => [
            (format!("supsim run {file}"), "what happens?"),
            (format!("supsim show topology {file}"), "what is described?"),
            (format!("supsim validate {file}"), "after every change"),
            ("supsim help scenario".to_owned(), "every word of the language"),
        ],
        Some(_) => [
            (format!("supsim study {file} list"), "what would be run?"),
            (format!("supsim study {file}"), "which is better, and by how much?"),
            (format!("supsim validate {file}"), "after every change"),
            ("supsim help studies".to_owned(), "every word of a study"),
        ],
    };
    let width = next.iter().map(|(command, _)| command.chars().count()).max().unwrap_or(0);
    text += "\nnext:\n";
    for (command, why) in next {
        text += &format!("  {command:<width$}   {why}\n");
    }
    screen.say(&text);
    Ok(Exit::Ok)
}

/// The scenario of a study, beside it; one that is there is taken as it is.
fn beside(study: &Path, base: &Template) -> Result<String, Stop> {
    let path = study.with_file_name(format!("{}.yaml", base.word));
    let file = quoted(&path.display().to_string());
    if path.exists() {
        return Ok(format!("its scenario is the {file} that is there\n"));
    }
    write(&path, &base.text(), false)?;
    Ok(format!("wrote {file}: {}\n", base.tells))
}

/// The file to write; folders on the way to it are made.
fn place(plan: &Plan) -> Result<PathBuf, Stop> {
    let name = format!("{}.yaml", plan.template.word);
    let Some(output) = &plan.output else { return Ok(PathBuf::from(name)) };
    let text = output.to_string_lossy();
    let is_folder =
        output.is_dir() || text.ends_with('/') || text.ends_with(std::path::MAIN_SEPARATOR);
    let path = if is_folder { output.join(name) } else { output.clone() };
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        fs::create_dir_all(folder).map_err(|error| trouble(folder, &error))?;
    }
    Ok(path)
}

fn write(path: &Path, text: &str, force: bool) -> Result<(), Stop> {
    let mut how = OpenOptions::new();
    how.write(true);
    // nobody's work is lost: a file that is there stays, unless it is said
    if force {
        how.create(true).truncate(true)
    } else {
        how.create_new(true)
    };
    match how.open(path).and_then(|mut file| file.write_all(text.as_bytes())) {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            let text = format!(
                "supsim: {} is there already; name another file with -o, or write over it with --force",
                path.display()
            );
            Err(Stop { exit: Exit::NothingRan, text })
        }
        written => written.map_err(|error| trouble(path, &error)),
    }
}

fn trouble(path: &Path, error: &std::io::Error) -> Stop {
    Stop { exit: Exit::FileTrouble, text: format!("supsim: {}: {error}", path.display()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::rc::Rc;

    use crate::scenario::{Held, Overrides, Scenario, Study};

    #[test]
    fn every_template_is_good_and_its_own_file() {
        for template in TEMPLATES.iter().filter(|template| template.base.is_none()) {
            let name = format!("{}.yaml", template.word);
            let text = template.text();
            assert!(!text.contains("../"), "{name} points to a file above the new one");
            let read = Scenario::parse(&name, &text, &Overrides::default());
            let (scenario, warnings) = read.unwrap_or_else(|report| panic!("{report}"));
            assert!(warnings.is_empty(), "{name} warns");
            assert_eq!(scenario.name, template.word);
        }
    }

    #[test]
    fn the_study_is_good_with_the_scenario_that_comes_with_it() {
        let study = TEMPLATES.iter().find(|template| template.base.is_some()).unwrap();
        let base = &TEMPLATES[study.base.unwrap()];
        let named = format!("{}.yaml", base.word);
        let files = Held {
            main: "study.yaml".to_owned(),
            files: [(named, base.text().into_bytes())].into(),
        };
        let text = study.text();
        assert!(!text.contains("../"));
        let read =
            Study::decode("study.yaml", text.as_bytes(), &Overrides::default(), Rc::new(files));
        let (study, warnings) = read.unwrap_or_else(|report| panic!("{report}"));
        assert!(warnings.is_empty() && study.points.len() > 3);
    }
}
