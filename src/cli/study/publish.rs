//! What a study says, in a folder of its own, without its runs: to be kept under version control, or
//! sent to somebody.

use std::fs;
use std::path::{Path, PathBuf};

use super::super::exit::Stop;
use super::super::whole::put_again;
use super::ready::Ready;
use super::run::trouble;

/// What stays where the runs are: they are many, and can be made again.
const LEFT: [&str; 3] = ["replications.csv", "study.json", "sources.json"];

/// Copies the summary, the tables and the charts of a study that is complete; what else lies there is
/// left alone.
pub(super) fn publish(ready: &Ready, place: &Path) -> Result<(), Stop> {
    let charts = ready.folder.join("charts");
    for (from, to) in [(ready.folder.clone(), place.to_owned()), (charts, place.join("charts"))] {
        for file in files(&from)? {
            let name = file.file_name().unwrap_or_default();
            if LEFT.iter().any(|left| *left == name) {
                continue;
            }
            let to = to.join(name);
            let bytes = fs::read(&file).map_err(|error| trouble(&file, &error))?;
            let folder = to.parent().unwrap_or(place);
            let copied = fs::create_dir_all(folder).and_then(|()| put_again(&to, &bytes));
            copied.map_err(|error| trouble(&to, &error))?;
        }
    }
    Ok(())
}

/// The files of a folder that can be seen, in the order of their names; of none there are none.
fn files(folder: &Path) -> Result<Vec<PathBuf>, Stop> {
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let entries = fs::read_dir(folder).map_err(|error| trouble(folder, &error))?;
    let mut files: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    let hidden = |path: &PathBuf| {
        path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'))
    };
    files.retain(|path| path.is_file() && !hidden(path));
    files.sort();
    Ok(files)
}
