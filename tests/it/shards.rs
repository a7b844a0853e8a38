//! The contract of shards: whatever becomes of them, put together they are the same bytes as a run on
//! one machine.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use sha2::{Digest, Sha256};

use crate::commands::{folder, supsim};
use crate::study::{files, kept};

/// A point that is run until something is known, one with a fixed number of three blocks, and two
/// that are one world.
const STUDY: &str = "\
supsim: 1
kind: study
name: shared
base: drawn-asked.yaml
seed: 5
designs:
  today: {}
  half-hour: { set: { sync.retry.every: 30min } }
  same: { params: {} }
vary: { grid: { duration: [15d, 21d] } }
compare:
  baseline: today
  metrics:
    worst: { metric: time_to_current, stat: max, where: { type: secondary }, matters_from: 30min }
";

/// How often, in a file of its own: a fixed number, or until something is known.
const FIXED: &str = "replications: 230\n";
const PRECISE: &str = "replications:\n  pilot: 4\n  max: 12\n  until: { metric: share_current, \
                       where: { type: secondary }, after: 14h, half_width: 4% }\n";

fn place(replications: &str) -> tempfile::TempDir {
    let place = folder(&["tests/commands/drawn-asked.yaml", "tests/commands/drawn.yaml"]);
    fs::write(place.path().join("shared.yaml"), format!("{STUDY}{replications}")).unwrap();
    place
}

fn run(place: &Path, words: &[&str]) -> (i32, String, String) {
    let output = supsim(place, words);
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code().unwrap(), text(&output.stdout), text(&output.stderr))
}

fn shard(place: &Path, shard: &str, out: &str) {
    let words = ["study", "shared.yaml", "run", "--shard", shard, "--out", out, "-q"];
    let (code, _, err) = run(place, &words);
    assert_eq!(code, 0, "shard {shard} in {out}: {err}");
}

/// Merges these folders, and says whether that is what one machine gives.
fn merged(place: &Path, folders: &[&str]) -> Result<(), (i32, String)> {
    let out = format!("merged-{}", Sha256::digest(folders.concat())[0]);
    let _ = fs::remove_dir_all(place.join(&out));
    let words = [&["study", "merge"], folders, &["--out", &out, "-q"]].concat();
    let (code, _, err) = run(place, &words);
    if code != 0 {
        return Err((code, err));
    }
    if !place.join("one").exists() {
        assert_eq!(run(place, &["study", "shared.yaml", "--out", "one", "-q"]).0, 0);
    }
    let (one, all) = (files(&kept(&place.join("one"))), files(&kept(&place.join(out))));
    let names =
        |of: &std::collections::BTreeMap<PathBuf, Vec<u8>>| of.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&one), names(&all));
    for (name, bytes) in &one {
        assert!(all[name] == *bytes, "{} differs", name.display());
    }
    Ok(())
}

/// The blocks below a folder, in the order of their names.
pub(crate) fn blocks(results: &Path) -> Vec<PathBuf> {
    let folder = kept(results);
    let is_block = |name: &PathBuf| name.extension().is_some_and(|it| it == "block");
    files(&folder).into_keys().filter(is_block).map(|name| folder.join(name)).collect()
}

/// A block with something else in it, and a sum that fits.
pub(crate) fn forge(block: &Path, change: impl Fn(&str) -> String) {
    let text = fs::read_to_string(block).unwrap();
    let rows = change(&text[..text.rfind("sha256\t").unwrap()]);
    assert!(!text.starts_with(&rows), "nothing was changed");
    let sum = Sha256::digest(rows.as_bytes());
    let sum: String = sum.iter().map(|byte| format!("{byte:02x}")).collect();
    fs::write(block, format!("{rows}sha256\t{sum}\n")).unwrap();
}

#[test]
fn in_any_order_and_any_number_of_folders_shards_are_the_whole() {
    for replications in [FIXED, PRECISE] {
        let place = place(replications);
        for (number, out) in [(3, "a"), (1, "b"), (4, "a"), (2, "c")] {
            shard(place.path(), &format!("{number}/4"), out);
        }
        merged(place.path(), &["c", "a", "b"]).unwrap();
        merged(place.path(), &["b", "c", "a", "b"]).unwrap();
        // duplicates, and shares of another size that cover some of it again
        shard(place.path(), "3/4", "b");
        shard(place.path(), "2/16", "c");
        shard(place.path(), "1/1", "d");
        merged(place.path(), &["a", "b", "c", "d"]).unwrap();
        // the files of the study are not needed any more
        for name in ["shared.yaml", "drawn-asked.yaml", "drawn.yaml"] {
            fs::remove_file(place.path().join(name)).unwrap();
        }
        merged(place.path(), &["a", "b", "c"]).unwrap();
    }
}

#[test]
fn a_shard_is_the_same_bytes_whoever_makes_it_and_how_often() {
    let place = place(PRECISE);
    shard(place.path(), "2/3", "a");
    shard(place.path(), "2/3", "b");
    let first = files(&kept(&place.path().join("a")));
    assert_eq!(first, files(&kept(&place.path().join("b"))));
    assert!(first.contains_key(Path::new("shards/00002-of-00003.json")));
    shard(place.path(), "2/3", "a");
    assert_eq!(first, files(&kept(&place.path().join("a"))));
    let words = ["study", "shared.yaml", "run", "--shard", "2/3", "--out", "a"];
    let (_, out, _) = run(place.path(), &words);
    assert!(out.contains("shard 2/3 is complete"), "{out}");
    let manifest =
        String::from_utf8(first[Path::new("shards/00002-of-00003.json")].clone()).unwrap();
    let manifest: serde_json::Value = serde_json::from_str(&manifest).unwrap();
    for block in manifest["blocks"].as_array().unwrap() {
        let bytes = &first[Path::new(block["file"].as_str().unwrap())];
        let sum: String = Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(block["sha256"], sum.as_str());
    }
}

#[test]
fn more_shards_than_units_are_empty_and_complete() {
    let place = place(PRECISE);
    for number in 1..=9 {
        shard(place.path(), &format!("{number}/9"), "a");
    }
    merged(place.path(), &["a"]).unwrap();
}

fn spawned(place: &Path, shard: &str) -> Child {
    Command::new(env!("CARGO_BIN_EXE_supsim"))
        .args(["study", "shared.yaml", "run", "--shard", shard, "--out", "a", "-q", "-j", "1"])
        .current_dir(place)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

#[test]
fn a_worker_that_is_killed_in_the_middle_costs_nothing_but_time() {
    let place = place(FIXED);
    let mut child = spawned(place.path(), "1/2");
    let begun = Instant::now();
    let some = || place.path().join("a").is_dir() && !blocks(&place.path().join("a")).is_empty();
    while !some() && child.try_wait().unwrap().is_none() {
        assert!(begun.elapsed() < Duration::from_secs(60), "no block in a minute");
        std::thread::sleep(Duration::from_millis(2));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    let left = blocks(&place.path().join("a"));
    let before: Vec<_> =
        left.iter().map(|block| fs::metadata(block).unwrap().modified().unwrap()).collect();
    let (code, said) = merged(place.path(), &["a"]).unwrap_err();
    assert_eq!(code, 6, "{said}");
    // three at once, as an engine does that believes its workers dead
    let three: Vec<Child> = (0..3).map(|_| spawned(place.path(), "1/2")).collect();
    for mut child in three {
        assert!(child.wait().unwrap().success());
    }
    shard(place.path(), "2/2", "a");
    merged(place.path(), &["a"]).unwrap();
    let after: Vec<_> =
        left.iter().map(|block| fs::metadata(block).unwrap().modified().unwrap()).collect();
    assert_eq!(before, after, "what was there was not run again");
}

#[test]
fn what_is_missing_or_damaged_is_told_with_the_command_that_makes_it() {
    let place = place(FIXED);
    for number in 1..=4 {
        shard(place.path(), &format!("{number}/4"), "a");
    }
    let all = blocks(&place.path().join("a"));
    let text = fs::read(&all[0]).unwrap();
    fs::write(&all[0], &text[..text.len() - 3]).unwrap();
    let mut text = fs::read(&all[5]).unwrap();
    text[80] ^= 4;
    fs::write(&all[5], text).unwrap();
    fs::remove_file(&all[9]).unwrap();
    let (code, said) = merged(place.path(), &["a"]).unwrap_err();
    assert_eq!(code, 6, "{said}");
    assert!(said.contains("2 damaged files are as good as missing"), "{said}");
    assert!(said.contains("3 of 12 units are missing"), "{said}");
    let commands: Vec<Vec<&str>> = said
        .lines()
        .filter_map(|line| Some(line.trim().strip_prefix("supsim ")?.split(' ').collect()))
        .collect();
    assert!(!commands.is_empty(), "{said}");
    let status = ["study", "status", "a", "--missing"];
    let (code, out, _) = run(place.path(), &status);
    let missing = out.trim().split(',').map(|part| {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        last.parse::<usize>().unwrap() + 1 - first.parse::<usize>().unwrap()
    });
    assert_eq!((code, missing.sum()), (6, commands.len()), "{out}");
    for command in commands {
        assert_eq!(run(place.path(), &command).0, 0, "{command:?}");
    }
    assert_eq!(run(place.path(), &status), (0, "\n".to_owned(), String::new()));
    merged(place.path(), &["a"]).unwrap();
}

#[test]
fn what_is_foreign_or_contradicts_is_refused_by_its_name() {
    let place = place(PRECISE);
    shard(place.path(), "1/2", "a");
    shard(place.path(), "2/2", "a");
    let words =
        ["study", "shared.yaml", "run", "--shard", "1/2", "--out", "b", "-q", "--seed", "6"];
    assert_eq!(run(place.path(), &words).0, 0);
    let (code, said) = merged(place.path(), &["a", "b"]).unwrap_err();
    assert_eq!(code, 2, "{said}");
    assert!(said.contains("are of two studies"), "{said}");
    // another value, and a sum that fits: only another run of the same block shows it
    shard(place.path(), "1/2", "c");
    let forged = &blocks(&place.path().join("c"))[0];
    forge(forged, |rows| rows.trim_end().to_owned() + "1\n");
    let (code, said) = merged(place.path(), &["a", "c"]).unwrap_err();
    assert_eq!(code, 70, "{said}");
    assert!(said.contains("not deterministic") && said.contains("000000"), "{said}");
    // another machine's floating point
    fs::remove_dir_all(place.path().join("c")).unwrap();
    shard(place.path(), "1/2", "c");
    let forged = &blocks(&place.path().join("c"))[0];
    forge(forged, |rows| {
        let (heading, rest) = rows.split_once('\n').unwrap();
        format!("{}\t01234567\n{rest}", heading.rsplit_once('\t').unwrap().0)
    });
    let (code, said) = merged(place.path(), &["c", "a"]).unwrap_err();
    assert_eq!(code, 2, "{said}");
    assert!(said.contains("other bits"), "{said}");
    let (code, said) = merged(place.path(), &["nothing"]).unwrap_err();
    assert_eq!(code, 74, "{said}");
    fs::create_dir(place.path().join("empty")).unwrap();
    let (code, said) = merged(place.path(), &["empty"]).unwrap_err();
    assert_eq!(code, 5, "{said}");
}

#[test]
fn mistakes_are_answered_before_anything_runs() {
    let place = place(PRECISE);
    for words in [
        &["study", "shared.yaml", "run", "--shard", "0/3"][..],
        &["study", "shared.yaml", "run", "--shard", "auto/3"],
        &["study", "shared.yaml", "list", "--shard", "1/3"],
        &["study", "shared.yaml", "run", "--missing"],
        &["study", "shared.yaml", "run", "more.yaml"],
        &["study", "merge"],
    ] {
        let (code, _, said) = run(place.path(), words);
        assert_eq!(code, 2, "{words:?}: {said}");
        assert!(!place.path().join("results").exists(), "{words:?}");
    }
}
