//! Does `docs/rules.md` tell the truth about where a rule is, and which test proves it?

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use crate::support;

/// The rules of the design: each has a row.
const RULES: [&str; 46] = [
    "H1", "H2", "H3", "H4", "H5", "H6", "U1", "U2", "U3", "U4", "T1", "T2", "T3", "T4", "T5", "T6",
    "T7", "P0", "P1", "P2", "P3", "P4", "P5", "P6", "P7", "P8", "P9", "P10", "P11", "R1", "R2",
    "R3", "R4", "R5", "R6", "R7", "C1", "C2", "C3", "C4", "C5", "L1", "L2", "M", "F", "Ties",
];

struct Row {
    id: String,
    from: String,
    code: String,
    test: String,
}

fn page() -> String {
    fs::read_to_string(support::project("docs/rules.md")).expect("docs/rules.md")
}

fn rows(page: &str) -> Vec<Row> {
    let cells = |line: &str| -> Vec<String> {
        line.trim_matches('|').split(" | ").map(|cell| cell.trim().to_owned()).collect()
    };
    let rows = page.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| id"));
    rows.map(|line| match cells(line).as_slice() {
        [id, _, from, code, test] => {
            let [id, from, code, test] = [id, from, code, test].map(Clone::clone);
            Row { id, from, code, test }
        }
        other => panic!("a row of docs/rules.md has {} cells: {line}", other.len()),
    })
    .collect()
}

/// What stands between backticks, with the word before each.
fn quoted(text: &str) -> Vec<(String, String)> {
    let parts: Vec<&str> = text.split('`').collect();
    let pairs = parts.chunks_exact(2);
    pairs
        .map(|pair| {
            let before = pair[0].split_whitespace().last().unwrap_or_default();
            (before.to_owned(), pair[1].split_whitespace().collect::<Vec<_>>().join(" "))
        })
        .collect()
}

/// The text of a file, or of all Rust files below a folder.
fn sources(path: &Path) -> Option<String> {
    if path.is_file() {
        return fs::read_to_string(path).ok();
    }
    let mut entries: Vec<_> = fs::read_dir(path).ok()?.map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    let rust = |path: &&std::path::PathBuf| {
        path.is_dir() || path.extension().is_some_and(|extension| extension == "rs")
    };
    Some(entries.iter().filter(rust).filter_map(|path| sources(path)).collect())
}

/// The text of a module: its file and what lies in its folder.
fn module(root: &str, path: &str) -> Option<String> {
    let file = sources(&support::project(&format!("{root}/{path}.rs")));
    let folder = sources(&support::project(&format!("{root}/{path}")));
    match (file, folder) {
        (None, None) => None,
        (file, folder) => Some(file.unwrap_or_default() + &folder.unwrap_or_default()),
    }
}

/// Does a text have this word, with nothing of a word beside it?
fn has_word(text: &str, word: &str) -> bool {
    let joined = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric() || c == '_');
    text.match_indices(word).any(|(at, _)| {
        let (before, after) = (&text[..at], &text[at + word.len()..]);
        !joined(before.chars().next_back()) && !joined(after.chars().next())
    })
}

/// What is wrong with a citation; `None`: nothing, or it cites nothing.
fn wrong(before: &str, cited: &str) -> Option<String> {
    if before == "story" {
        let name = format!("-{cited}.story");
        let stories = fs::read_dir(support::project("tests/stories")).expect("tests/stories");
        let mut stories = stories.map(|entry| entry.unwrap().file_name());
        let there = stories.any(|story| story.to_string_lossy().ends_with(&name));
        return (!there).then(|| format!("there is no story {cited}"));
    }
    if let Some((module_name, names)) = cited.split_once(": ") {
        if !module_name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_') {
            return None;
        }
        let Some(text) = module("tests/it", module_name) else {
            // a key and its value, as in `scan_on: policy`
            let a_test = names.contains('*');
            return a_test.then(|| format!("there is no module tests/it/{module_name}"));
        };
        let missing = names.split(", ").find(|name| {
            let name = name.trim_end_matches('*');
            let id = [format!("\"{name}"), format!("fn {name}")];
            !id.iter().any(|start| text.contains(start.as_str()))
        });
        return missing.map(|name| format!("{module_name} has no test {name}"));
    }
    if let Some(path) = cited.strip_suffix("::tests") {
        let path = path.replace("::", "/");
        let text = match path.strip_suffix("/*") {
            Some(folder) => sources(&support::project(&format!("src/{folder}"))),
            None => module("src", &path),
        };
        return (!text.is_some_and(|text| text.contains("#[test]")))
            .then(|| format!("{cited} has no tests"));
    }
    let is_path = cited.contains('/') || cited.ends_with(".rs") || cited.ends_with(".md");
    if is_path && !cited.contains(' ') {
        let places = ["", "src/"].map(|root| support::project(&format!("{root}{cited}")));
        return (!places.iter().any(|place| place.exists()))
            .then(|| format!("there is no {cited}"));
    }
    None
}

#[test]
fn every_file_and_every_test_that_the_page_of_rules_cites_exists() {
    let page = page();
    let cited = quoted(&page);
    assert!(cited.len() > 150, "only {} words in backticks", cited.len());
    let wrong: Vec<String> =
        cited.iter().filter_map(|(before, cited)| wrong(before, cited)).collect();
    assert!(wrong.is_empty(), "docs/rules.md:\n{}", wrong.join("\n"));
}

#[test]
fn every_rule_has_a_row_with_code_and_test_and_its_id_stands_in_that_code() {
    let mut complaints = Vec::new();
    let (page, mut seen) = (page(), BTreeSet::new());
    for Row { id, from, code, test } in rows(&page) {
        assert!(seen.insert(id.clone()), "{id} has two rows");
        let known = ["seed", "ms", "choice"];
        if !known.iter().any(|from_where| has_word(&from, from_where)) {
            complaints.push(format!("{id} does not say where it is from"));
        }
        for (column, cell) in [("code", &code), ("test", &test)] {
            if quoted(cell).is_empty() {
                complaints.push(format!("{id} names no {column}"));
            }
        }
        for (_, file) in quoted(&code) {
            let text = sources(&support::project(&format!("src/{file}"))).unwrap_or_default();
            // M is a heading: its ids are the numbers themselves.
            let id = if id == "M" { "6701" } else { id.as_str() };
            if !has_word(&text, id) {
                complaints.push(format!("src/{file} does not name {id}"));
            }
        }
        for (before, cited) in quoted(&test) {
            let is_module = module("tests/it", &cited).is_some();
            let is_test = before == "story"
                || cited.contains(": ")
                || cited.ends_with("::tests")
                || cited.ends_with('/');
            if !is_module && !is_test {
                complaints.push(format!("{id}: `{cited}` is no test"));
            }
        }
    }
    let sections = [("F", "## Faults"), ("Ties", "## Ties")];
    seen.extend(
        sections.iter().filter(|(_, title)| page.contains(title)).map(|(id, _)| (*id).into()),
    );
    let missing: Vec<&&str> = RULES.iter().filter(|rule| !seen.contains(**rule)).collect();
    assert!(missing.is_empty(), "docs/rules.md has nothing of {missing:?}");
    assert!(complaints.is_empty(), "docs/rules.md:\n{}", complaints.join("\n"));
}
