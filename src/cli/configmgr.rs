//! `supsim import configmgr`: start from the hierarchy that there is.

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use super::exit::{Exit, Stop};
use super::overriding::quoted;
use super::placed;
use super::screen::Screen;
use crate::field::{FieldHierarchy, describe_hierarchy, text_of};
use crate::scenario::{Overrides, Scenario, field_routes};

/// The most that is read of a file \[bytes\]: a hundred thousand routes have 60 MB.
const MOST_BYTES: u64 = 256 << 20;

/// What was meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Plan {
    /// What Get-CMSite wrote.
    pub sites: PathBuf,
    /// What Get-CMFileReplicationRoute wrote.
    pub routes: Option<PathBuf>,
    /// Where the scenario goes; `None`: standard output.
    pub scenario: Option<PathBuf>,
    /// Print nothing but complaints.
    pub quiet: bool,
}

/// Reads the exports, checks that they make a scenario, writes it and says what was read.
pub(super) fn import(plan: &Plan, screen: &mut Screen) -> Result<Exit, Stop> {
    let sites = bytes(&plan.sites)?;
    let routes = match &plan.routes {
        None => Vec::new(),
        Some(path) => {
            let bytes = bytes(path)?;
            let name = path.display().to_string();
            field_routes(&name, &text_of(&bytes)).map_err(|report| wrong(report.to_string()))?
        }
    };
    let told = describe_hierarchy(&sites, &routes)
        .map_err(|why| wrong(format!("supsim: {}: {why}", plan.sites.display())))?;
    let name = plan.scenario.as_deref().unwrap_or(Path::new("hierarchy.yaml"));
    let name = name.display().to_string();
    Scenario::parse(&name, &told.yaml, &Overrides::default()).map_err(|report| {
        wrong(format!("supsim: these exports make no valid scenario:\n{report}"))
    })?;
    match &plan.scenario {
        None => {
            screen.say(&told.yaml);
            if !plan.quiet {
                screen.complain(&account(&told));
            }
        }
        Some(path) => {
            placed::file(path, |out| out.write_all(told.yaml.as_bytes()))?;
            if !plan.quiet {
                screen.say(&account(&told));
                let path = quoted(&path.display().to_string());
                screen.say(&format!(
                    "scenario written: {path}      try: supsim show topology {path}\n"
                ));
            }
        }
    }
    Ok(Exit::Ok)
}

/// What was read, and what was not.
fn account(told: &FieldHierarchy) -> String {
    let kinds = [("central", "central"), ("primary", "primaries"), ("secondary", "secondaries")];
    let kinds: Vec<String> = kinds
        .into_iter()
        .zip(told.sites)
        .filter(|(_, count)| *count > 0)
        .map(|((one, many), count)| format!("{count} {}", if count == 1 { one } else { many }))
        .collect();
    let count: usize = told.sites.iter().sum();
    let mut text =
        format!("{count} {}: {}\n", if count == 1 { "site" } else { "sites" }, kinds.join(", "));
    text += &format!(
        "{} lead from a parent to its child, {} elsewhere (left out)\n",
        if told.routes_used == 1 {
            "1 route".to_owned()
        } else {
            format!("{} routes", told.routes_used)
        },
        told.routes_elsewhere
    );
    if !told.unused.is_empty() {
        let (count, names) = (told.unused.len(), told.unused.join(", "));
        let columns = if count == 1 { "column is" } else { "columns are" };
        text += &format!("{count} {columns} not used: {names}\n");
    }
    told.remarks.iter().for_each(|remark| text += &format!("{remark}\n"));
    text += "examples stand for what these exports do not say: time zones, links, the schedule, releases\n";
    text.chars().map(|c| if c.is_control() && c != '\n' { ' ' } else { c }).collect()
}

fn bytes(path: &Path) -> Result<Vec<u8>, Stop> {
    let mut bytes = Vec::new();
    let read = File::open(path).and_then(|file| file.take(MOST_BYTES + 1).read_to_end(&mut bytes));
    let read = read.map_err(|error| Stop {
        exit: Exit::FileTrouble,
        text: format!("supsim: {}: {error}", path.display()),
    })?;
    if read as u64 > MOST_BYTES {
        return Err(wrong(format!("supsim: {}: more than {MOST_BYTES} bytes", path.display())));
    }
    Ok(bytes)
}

fn wrong(text: String) -> Stop {
    Stop { exit: Exit::NothingRan, text }
}
