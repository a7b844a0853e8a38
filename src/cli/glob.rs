//! Names with `*` and `?`, expanded by the program itself: `cmd` and PowerShell do not.

use std::fs;
use std::path::{Component, Path, PathBuf};

use super::exit::{Exit, Stop};

/// The files that the names given stand for: those without `*` and `?` as they are, a folder for
/// the scenarios in it, the others in order of their names. Each once.
pub(super) fn expand(given: &[PathBuf]) -> Result<Vec<PathBuf>, Stop> {
    let mut files: Vec<PathBuf> = Vec::new();
    for name in given {
        let found = matching(name);
        if found.is_empty() {
            let text = format!("supsim: no file matches {}", name.display());
            return Err(Stop { exit: Exit::NothingSelected, text });
        }
        for file in found {
            if !files.contains(&file) {
                files.push(file);
            }
        }
    }
    Ok(files)
}

fn matching(name: &Path) -> Vec<PathBuf> {
    if name.is_dir() {
        return scenarios_in(name);
    }
    let text = name.to_string_lossy();
    // a file of exactly this name is meant, whatever its characters
    if !text.contains(['*', '?']) || name.exists() {
        return vec![name.to_owned()];
    }
    let mut found = vec![PathBuf::new()];
    for component in name.components() {
        let Component::Normal(part) = component else {
            found.iter_mut().for_each(|path| path.push(component));
            continue;
        };
        let part = part.to_string_lossy();
        if !part.contains(['*', '?']) {
            found.iter_mut().for_each(|path| path.push(&*part));
            continue;
        }
        let fits = |path: &PathBuf| {
            let entries = names_in(path);
            let fitting = entries.into_iter().filter(|entry| matches(&part, entry));
            fitting.map(|entry| path.join(entry)).collect::<Vec<_>>()
        };
        found = found.iter().flat_map(fits).collect();
    }
    found.retain(|path| path.is_file());
    found
}

/// The `.yaml` and `.yml` files of a folder, in order of their names.
fn scenarios_in(folder: &Path) -> Vec<PathBuf> {
    let yaml = |name: &String| matches("*.yaml", name) || matches("*.yml", name);
    let named = names_in(folder).into_iter().filter(yaml).map(|name| folder.join(name));
    named.filter(|path| path.is_file()).collect()
}

/// What a folder holds, in order; nothing when it cannot be read.
fn names_in(folder: &Path) -> Vec<String> {
    let here = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let entries = fs::read_dir(here).into_iter().flatten().flatten();
    let mut names: Vec<String> =
        entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

/// Does a name fit? `*` stands for any characters, but not for a dot at the beginning; `?` for
/// one. On Windows capitals are the same.
fn matches(pattern: &str, name: &str) -> bool {
    if name.starts_with('.') && !pattern.starts_with('.') {
        return false;
    }
    let fold = |text: &str| -> Vec<char> {
        if cfg!(windows) { text.to_lowercase().chars().collect() } else { text.chars().collect() }
    };
    let (pattern, name) = (fold(pattern), fold(name));
    let (mut at, mut next) = (0, 0);
    // where the last `*` stands, and how much of the name it has swallowed so far
    let mut star: Option<(usize, usize)> = None;
    while next < name.len() {
        match pattern.get(at) {
            Some('*') => {
                star = Some((at, next));
                at += 1;
            }
            Some(c) if *c == '?' || *c == name[next] => {
                at += 1;
                next += 1;
            }
            _ => {
                let Some((begin, swallowed)) = star else { return false };
                star = Some((begin, swallowed + 1));
                at = begin + 1;
                next = swallowed + 1;
            }
        }
    }
    pattern[at..].iter().all(|c| *c == '*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_and_question_marks_stand_for_characters() {
        for (pattern, name, fits) in [
            ("*.yaml", "a.yaml", true),
            ("*.yaml", "a.yml", false),
            ("a*b*c", "a-b-b-c", true),
            ("a*b*c", "a-c-b", false),
            ("??.yaml", "01.yaml", true),
            ("??.yaml", "1.yaml", false),
            ("*", "", true),
            ("*", ".hidden", false),
            (".*", ".hidden", true),
            ("**", "any", true),
            ("ü?", "üß", true),
        ] {
            assert_eq!(matches(pattern, name), fits, "{pattern} {name}");
        }
    }

    #[test]
    fn a_long_pattern_is_matched_without_trying_everything() {
        let (pattern, name) = ("*a".repeat(50) + "b", "a".repeat(5_000));
        assert!(!matches(&pattern, &name));
    }

    #[test]
    fn names_are_expanded_in_order_and_each_once() {
        let place = tempfile::tempdir().unwrap();
        let file = |name: &str| {
            let path = place.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "").unwrap();
        };
        for name in ["b.yaml", "a.yaml", "c.txt", "one/d.yaml", "two/e.yml", "two/[x].yaml"] {
            file(name);
        }
        let expanded = |names: &[&str]| {
            let given: Vec<PathBuf> = names.iter().map(|name| place.path().join(name)).collect();
            expand(&given).map(|files| {
                let inside = |path: PathBuf| {
                    let path = path.strip_prefix(place.path()).unwrap().to_owned();
                    path.to_string_lossy().replace('\\', "/")
                };
                files.into_iter().map(inside).collect::<Vec<_>>()
            })
        };
        assert_eq!(expanded(&["*.yaml", "a.yaml"]).unwrap(), ["a.yaml", "b.yaml"]);
        assert_eq!(expanded(&["*/*.y*ml"]).unwrap(), ["one/d.yaml", "two/[x].yaml", "two/e.yml"]);
        assert_eq!(expanded(&["two"]).unwrap(), ["two/[x].yaml", "two/e.yml"]);
        assert_eq!(
            expanded(&["two/[x].yaml", "none.yaml"]).unwrap(),
            ["two/[x].yaml", "none.yaml"]
        );
        assert_eq!(expanded(&["*.yml"]).unwrap_err().exit, Exit::NothingSelected);
    }
}
