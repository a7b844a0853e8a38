//! The law of the house: a room imports only rooms on lower floors, rooms on one floor do not
//! know each other, the inside of a room is private, and a few doors stay shut though they lead
//! down.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// The floors of `src/lib.rs`.
const FLOORS: [(&str, u8); 12] = [
    ("units", 0),
    ("engine", 1),
    ("store", 1),
    ("kernel", 1),
    ("scenario", 2),
    ("trace", 2),
    ("world", 3),
    ("measure", 3),
    ("field", 3),
    ("experiment", 4),
    ("report", 5),
    ("cli", 6),
];

/// Doors that stay shut although they lead down: what is drawn and judged is drawn and judged
/// from the record.
const SHUT: [(&str, &str); 6] = [
    ("report", "world"),
    ("report", "engine"),
    ("report", "kernel"),
    ("measure", "world"),
    ("measure", "engine"),
    ("measure", "kernel"),
];

/// Packages that only one room may know, so that exchanging one is the work of an afternoon.
const KEPT_IN: [(&str, &[&str]); 11] = [
    ("serde_saphyr", &["scenario"]),
    ("petgraph", &["scenario", "measure"]),
    ("plotters", &["report"]),
    ("resvg", &["report"]),
    ("rust_xlsxwriter", &["report"]),
    ("parquet", &["report"]),
    ("clap", &["cli"]),
    ("indicatif", &["cli"]),
    ("rand_chacha", &["kernel"]),
    ("libm", &["kernel", "measure", "field", "experiment", "report"]),
    ("encoding_rs", &["field"]),
];

/// What would let the machine reach a result.
const FORBIDDEN_BELOW_CLI: [&str; 8] = [
    "HashMap",
    "HashSet",
    "Instant::now",
    "SystemTime",
    "thread::spawn",
    "Timestamp::now",
    "std::env",
    "available_parallelism",
];

fn floor(room: &str) -> Option<u8> {
    FLOORS.iter().find(|(name, _)| *name == room).map(|(_, floor)| *floor)
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    let mut entries: Vec<PathBuf> =
        fs::read_dir(folder).expect("src is readable").map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// Every source file with its room and its text without comments.
fn rooms() -> Vec<(PathBuf, String, String)> {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&src, &mut files);
    assert!(files.len() > 40, "the house has shrunk to {} files: is src read at all?", files.len());
    files
        .into_iter()
        .map(|path| {
            let inside = path.strip_prefix(&src).unwrap().to_path_buf();
            let first = inside.components().next().unwrap().as_os_str().to_str().unwrap();
            let room = first.trim_end_matches(".rs").to_owned();
            let text = fs::read_to_string(&path).unwrap();
            let code = |line: &&str| !line.trim_start().starts_with("//");
            let text = text.lines().filter(code).collect::<Vec<_>>().join("\n");
            (inside, room, text)
        })
        .collect()
}

/// The paths below `crate::` that a text mentions: `crate::engine::Failure` gives
/// `("engine", "Failure")`, a group gives one for each member.
fn doors(text: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for (at, prefix) in text.match_indices("crate::") {
        let word = |text: &str| -> String {
            text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
        };
        let rest = &text[at + prefix.len()..];
        let room = word(rest);
        let inside = rest[room.len()..].strip_prefix("::").unwrap_or("");
        if let Some(group) = inside.strip_prefix('{') {
            let group = &group[..group.find('}').unwrap_or(group.len())];
            found.extend(group.split(',').map(|one| (room.clone(), word(one.trim()))));
        } else {
            found.push((room, word(inside)));
        }
    }
    found
}

#[test]
fn a_room_imports_only_rooms_on_lower_floors() {
    for (path, room, text) in rooms() {
        let Some(own) = floor(&room) else {
            assert!(["lib", "main"].contains(&room.as_str()), "{path:?} is in no room of the plan");
            continue;
        };
        assert!(
            !text.contains("crate::{"),
            "{path:?}: one door at a time, so that this test sees it"
        );
        for (other, _) in doors(&text) {
            let Some(theirs) = floor(&other) else { continue };
            assert!(
                theirs < own || other == room,
                "src/{} (room `{room}`, floor {own}) imports `{other}` (floor {theirs}).\n\
                 A room imports only rooms on lower floors. Pass what it needs as an argument, or \
                 move the idea down to where both can see it.",
                path.display()
            );
        }
    }
}

#[test]
fn some_doors_stay_shut_although_they_lead_down() {
    for (path, room, text) in rooms() {
        for (other, _) in doors(&text) {
            assert!(
                !SHUT.contains(&(room.as_str(), other.as_str())),
                "src/{} imports `{other}`.\nRoom `{room}` judges and draws from the record alone: \
                 what it needs should be in the trace, or re-exported by it.",
                path.display()
            );
        }
    }
}

/// Sub-rooms with a front door of their own: formats that are read and written by name.
const OPEN_INSIDE: [(&str, &str); 2] = [("trace", "text"), ("trace", "cmtrace")];

#[test]
fn the_inside_of_a_room_is_private() {
    for (path, room, text) in rooms() {
        if floor(&room).is_none() || path.file_name().is_none_or(|name| name != "mod.rs") {
            continue;
        }
        for line in text.lines().filter_map(|line| line.trim().strip_prefix("pub mod ")) {
            let inside = line.trim_end_matches([';', '{', ' ']);
            let in_report = room == "report" && inside == "palette";
            assert!(
                in_report || OPEN_INSIDE.contains(&(room.as_str(), inside)),
                "src/{} opens `{inside}` to everybody.\nThe front door of a room is its mod.rs: \
                 keep the module private and re-export what others may use.",
                path.display()
            );
        }
    }
}

#[test]
fn each_package_stays_in_its_room() {
    for (path, room, text) in rooms() {
        for (package, allowed) in KEPT_IN {
            let used = text.contains(&format!("{package}::"));
            assert!(
                !used || allowed.contains(&room.as_str()),
                "src/{} uses `{package}`, which is kept in {allowed:?}.",
                path.display()
            );
        }
    }
}

#[test]
fn nothing_below_the_command_line_asks_the_machine() {
    for (path, room, text) in rooms() {
        let for_tests = ["tests.rs", "sample.rs", "generated.rs"];
        let is_for_tests = path.iter().any(|part| for_tests.iter().any(|name| part == *name));
        if ["cli", "main"].contains(&room.as_str()) || is_for_tests {
            continue;
        }
        let text = text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
        for word in FORBIDDEN_BELOW_CLI {
            assert!(
                !text.contains(word),
                "src/{} mentions `{word}`.\nTime, order and chance live in the kernel, and nothing \
                 of the machine may reach a result: use an argument, a BTreeMap, a stream.",
                path.display()
            );
        }
    }
}

/// Transcendental functions of std differ between processors; the rooms that need some use libm.
#[test]
fn no_float_function_differs_between_processors() {
    let differing =
        [".ln()", ".exp()", ".sin()", ".cos()", ".powf(", ".log10()", ".log2()", ".tan()"];
    for (path, _, text) in rooms() {
        for function in differing {
            assert!(
                !text.contains(function),
                "src/{} calls `{function}`, whose result differs between processors; use libm.",
                path.display()
            );
        }
    }
}

#[test]
fn the_floor_plan_names_every_room_there_is() {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for (_, room, _) in rooms() {
        *seen.entry(room).or_default() += 1;
    }
    let lib = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/lib.rs")).unwrap();
    for room in seen.keys().filter(|room| floor(room).is_some()) {
        assert!(lib.contains(&format!("pub mod {room};")), "src/lib.rs does not open `{room}`");
    }
}
