//! How many replications there are, and that more of them cost only the rest.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::commands::{folder, supsim};

fn place() -> tempfile::TempDir {
    folder(&[
        "tests/commands/drawn-asked.yaml",
        "tests/commands/drawn.yaml",
        "scenarios/tutorial.yaml",
    ])
}

fn run(place: &Path, words: &[&str]) -> (i32, String, String) {
    let output = supsim(place, &[&["run", "drawn-asked.yaml", "--charts", "svg"], words].concat());
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code().unwrap(), text(&output.stdout), text(&output.stderr))
}

/// Every stored run below a folder of results, by its name, with all its files; of a manifest what
/// does not tell when it was.
fn stored(results: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let visible = fs::read_dir(results).unwrap().map(|entry| entry.unwrap().path());
    let visible = visible.filter(|path| {
        path.is_dir() && !path.file_name().unwrap().to_string_lossy().starts_with('.')
    });
    let mut found = BTreeMap::new();
    for folder in visible {
        for (name, bytes) in crate::study::files(&folder) {
            let text = String::from_utf8_lossy(&bytes).into_owned();
            let bytes = match text.find("\"this_time\"") {
                Some(end) if name.ends_with("manifest.json") => text.as_bytes()[..end].to_vec(),
                _ => bytes,
            };
            found.insert(folder.strip_prefix(results).unwrap().join(name), bytes);
        }
    }
    found
}

/// The files of kept replications, with what they hold.
fn kept(results: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    crate::study::files(&results.join(".replications"))
}

#[test]
fn more_replications_later_run_only_the_rest_and_give_what_all_at_once_give() {
    let place = place();
    let of = |words: &[&str]| assert_ne!(run(place.path(), &[words, &["-q"]].concat()).0, 2);
    of(&["--reps", "5", "--out", "a", "-j", "1"]);
    let first = kept(&place.path().join("a"));
    assert_eq!(first.len(), 1, "{:?}", first.keys());
    of(&["--reps", "12", "--out", "a", "-j", "1"]);
    let both = kept(&place.path().join("a"));
    let new: Vec<_> = both.keys().filter(|name| !first.contains_key(*name)).collect();
    assert_eq!(new.len(), 1, "{new:?}");
    // the first block is complete with what was kept: nothing of it was run again
    let (name, bytes) = first.first_key_value().unwrap();
    assert!(both[name] == *bytes);
    fs::remove_dir_all(place.path().join("a").join(".replications")).unwrap();
    of(&["--reps", "12", "--out", "b", "-j", "3"]);
    let (later, at_once) = (stored(&place.path().join("a")), stored(&place.path().join("b")));
    assert!(at_once.len() > 10);
    for (name, bytes) in &at_once {
        assert!(later[name] == *bytes, "{} differs", name.display());
    }
}

#[test]
fn what_was_kept_is_used_and_what_is_damaged_or_of_another_program_is_not() {
    let place = place();
    let of = |words: &[&str]| run(place.path(), &[&["-q", "--out", "a"], words].concat());
    of(&["--reps", "6"]);
    let right = stored(&place.path().join("a"));
    let name = kept(&place.path().join("a")).into_keys().next().unwrap();
    let path = place.path().join("a/.replications").join(name);
    let text = fs::read_to_string(&path).unwrap();
    let write = |rows: &str| {
        let sum = Sha256::digest(rows.as_bytes());
        let sum: String = sum.iter().map(|byte| format!("{byte:02x}")).collect();
        fs::write(&path, format!("{rows}sha256 {sum}\n")).unwrap();
    };
    let rows = &text[..text.rfind("sha256 ").unwrap()];
    let altered = |number: usize| {
        let change = |(at, row): (usize, &str)| match at == number + 1 {
            true => row.replacen("\"activity\":[", "\"activity\":[9", 1) + "\n",
            false => format!("{row}\n"),
        };
        rows.lines().enumerate().map(change).collect::<String>()
    };
    let again = || {
        of(&["--reps", "6"]);
        stored(&place.path().join("a"))
    };
    write(&altered(3));
    assert!(again() != right, "what is whole is believed: it was not run again");
    write(&altered(0));
    assert_eq!(
        again(),
        right,
        "the first one is run every time, and was another: nothing is believed"
    );
    fs::write(&path, altered(3)).unwrap();
    assert!(again() == right, "cut short");
    write(&altered(3).replace("supsim-replications 1 ", "supsim-replications 1 0"));
    assert!(again() == right, "of another world");
}

#[test]
fn replications_go_on_until_enough_is_known_whatever_the_threads() {
    let place = place();
    let until = ["--until", "within-14h=3%"];
    let of = |words: &[&str]| run(place.path(), &[&until, words].concat());
    let (_, out, _) = of(&["--out", "a", "-j", "1"]);
    let known = out.lines().find(|line| line.starts_with("KNOWN")).expect(&out);
    let count = known.split(" after ").nth(1).unwrap().split(' ').next().unwrap();
    let number: u32 = count.parse().unwrap();
    assert!(number >= 20 && number.is_multiple_of(20) && number < 1000, "{known}");
    of(&["--out", "b", "-j", "3"]);
    assert!(stored(&place.path().join("a")) == stored(&place.path().join("b")));
    // what is stored is what so many replications give
    run(place.path(), &["--reps", count, "--out", "c", "-q"]);
    assert!(stored(&place.path().join("a")) == stored(&place.path().join("c")));
    let replayed = supsim(place.path(), &["replay", "latest", "--out", "a"]);
    assert!(replayed.status.success());
    // never more than --reps, and then it is said
    let (code, out, _) = of(&["--reps", "7", "--no-store"]);
    assert!(out.contains("after 7 replications; about "), "{out}");
    assert!([1, 4].contains(&code), "{code}");
}

#[test]
fn what_cannot_be_known_is_answered() {
    let place = place();
    let of = |words: &[&str]| run(place.path(), &[words, &["--no-store"]].concat());
    for (until, says) in [
        ("within-14=3%", "within-14h"),
        ("within-14h", "EXPECTATION=SIZE"),
        ("within-14h=30min", "a share"),
        ("within-14h=0%", "a share"),
    ] {
        let (code, _, err) = of(&["--until", until]);
        assert_eq!(code, 2, "{until}: {err}");
        assert!(err.contains(says), "{until}: {err}");
    }
    let (code, _, err) = of(&["--max-time", "10"]);
    assert_eq!(code, 2, "{err}");
    assert!(err.contains("10min"), "{err}");
    // where nothing is random one replication is all there is to know
    let words = ["run", "tutorial.yaml", "--no-store", "--until", "everyone-by-morning=1%"];
    let output = supsim(place.path(), &words);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
}

#[test]
fn designs_are_replicated_until_enough_is_known_of_each() {
    let place = place();
    let slow = "supsim: 1\nkind: scenario\nname: slow\nextends: drawn-asked.yaml\n\
                sync: { retry: { every: 4h } }\n";
    fs::write(place.path().join("slow.yaml"), slow).unwrap();
    let of = |words: &[&str]| {
        let always = ["compare", "drawn-asked.yaml", "slow.yaml", "--until"];
        let output = supsim(place.path(), &[&always, words].concat());
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        (output.status.code().unwrap(), text(&output.stdout), text(&output.stderr))
    };
    let (code, one, _) = of(&["within-14h=3%", "-j", "1"]);
    assert_eq!(code, 0);
    assert!(one.lines().next().unwrap().contains("0 replications, paired"), "{one}");
    assert_eq!(of(&["within-14h=3%", "-j", "3"]).1, one);
    let (code, _, err) = of(&["within-14h=0.01%", "--reps", "8"]);
    assert_eq!(code, 4, "{err}");
    assert!(err.contains("wanted ±0.01 %"), "{err}");
    assert_eq!(of(&["nothing=1%"]).0, 2);
}

#[test]
fn when_the_time_is_up_what_was_run_is_kept() {
    let place = place();
    let output = supsim(
        place.path(),
        &[
            "run",
            "drawn-asked.yaml",
            "--reps",
            "100000",
            "--max-time",
            "2s",
            "-j",
            "1",
            "--charts",
            "none",
        ],
    );
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(6), "{said}");
    assert!(
        said.contains("stopped by --max-time while replicating; the same command goes on"),
        "{said}"
    );
    assert!(!kept(&place.path().join("results")).is_empty());
    let study = "supsim: 1\nkind: study\nname: long\nbase: drawn-asked.yaml\nreplications: 90000\n";
    fs::write(place.path().join("long.yaml"), study).unwrap();
    let words = ["study", "long.yaml", "--max-time", "2s", "-j", "1", "--out", "s"];
    let output = supsim(place.path(), &words);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(6), "{said}");
    assert!(said.contains("stopped by --max-time; what was run is kept"), "{said}");
}
