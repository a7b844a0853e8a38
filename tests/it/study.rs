//! Studies, from the command line; the answers stand in `tests/commands/study-*.txt`.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use sha2::{Digest, Sha256};

use crate::commands::{agreed, conversation, folder, supsim};

#[test]
fn a_study_is_listed_with_what_it_would_cost_before_anything_runs() {
    let place = folder(&[
        "scenarios/branch-study.yaml",
        "scenarios/contoso-200.yaml",
        "scenarios/contoso-flat.yaml",
        "tests/commands/drawn-study.yaml",
        "tests/commands/drawn-asked.yaml",
        "tests/commands/drawn.yaml",
        "scenarios/tutorial.yaml",
    ]);
    agreed(
        "study-list",
        &conversation(
            place.path(),
            &[
                "validate branch-study.yaml drawn-study.yaml",
                "study branch-study.yaml list",
                "study list drawn-study.yaml",
                "study drawn-study.yaml list --no-vary --reps 7",
                "study drawn-study.yaml list --only design=half-hour --only duration=21d",
                "study drawn-study.yaml list --only design=nobody",
                "study drawn-study.yaml list --only design",
                "study drawn-study.yaml dance",
                "study tutorial.yaml list",
                "run drawn-study.yaml",
            ],
        ),
    );
}

fn drawn() -> tempfile::TempDir {
    folder(&[
        "tests/commands/drawn-study.yaml",
        "tests/commands/drawn-asked.yaml",
        "tests/commands/drawn.yaml",
        "tests/commands/hours-study.yaml",
    ])
}

#[test]
fn a_study_is_run_told_and_found_again() {
    let place = drawn();
    agreed(
        "study-run",
        &conversation(
            place.path(),
            &[
                "study drawn-study.yaml status",
                "study drawn-study.yaml",
                "study drawn-study.yaml status",
                "study drawn-study.yaml report --ascii",
                "study drawn-study.yaml resume --quiet",
                "study drawn-study.yaml --no-vary --reps 3",
                "study drawn-study.yaml --only design=daily --reps 2",
            ],
        ),
    );
}

#[test]
fn the_charts_of_a_study_are_stored_beside_its_tables_and_drawn_again_from_its_folder() {
    let place = drawn();
    agreed(
        "study-charts",
        &conversation(
            place.path(),
            &[
                "study drawn-study.yaml --reps 2 -q",
                "chart results/drawn-study-ffe10021",
                "chart drawn-study-ffe10021 tornado -o again.svg",
                "chart drawn-study-ffe10021 tornado",
                "chart drawn-study-ffe10021 tornadoes -o again.svg",
                "chart drawn-study-ffe10021 propagation -o again.svg",
                "chart drawn-study-ffe10021 tornado --reps 3 -o again.svg",
                "report drawn-study-ffe10021 -o study.html",
                "explain results/drawn-study-ffe10021 B01",
                "study drawn-study.yaml --no-vary --reps 2 -q --charts none",
                "chart drawn-study-27f6c615 tornado -o none.svg",
                "chart drawn-study-27f6c615",
            ],
        ),
    );
    let stored = place.path().join("results/drawn-study-ffe10021/charts/tornado.svg");
    let svg = fs::read_to_string(stored).unwrap();
    assert_eq!(svg, fs::read_to_string(place.path().join("again.svg")).unwrap());
    for wanted in ["Which knob is worth turning?", "sync.retry.every", "{ percent: 100% }", "4h"] {
        assert!(svg.contains(wanted), "{wanted} is missing");
    }
}

#[test]
fn a_schedule_is_moved_to_each_hour_and_the_best_is_told_with_what_it_breaks() {
    let place = drawn();
    agreed(
        "study-hours",
        &conversation(
            place.path(),
            &[
                "study hours-study.yaml list",
                "study hours-study.yaml",
                "study hours-study.yaml report --ascii",
                "study hours-study.yaml list --no-vary",
                "chart hours-study-7b120518",
            ],
        ),
    );
    let folder = place.path().join("results/hours-study-7b120518");
    let table = fs::read_to_string(folder.join("best_hour.csv")).unwrap();
    assert_eq!(table.lines().count(), 1 + 12, "{table}");
    assert_eq!(table.lines().filter(|line| line.ends_with(",best")).count(), 1, "{table}");
    let points = fs::read_to_string(folder.join("points.csv")).unwrap();
    assert!(points.contains(",later,sync.schedule.weekly.at,20:00,"), "{points}");
    let replications = fs::read_to_string(folder.join("replications.csv")).unwrap();
    assert!(replications.contains(",later,sync.schedule.weekly.at,20:00,4,worst,s,"));
    let svg = fs::read_to_string(folder.join("charts/best-hour.svg")).unwrap();
    assert!(svg.contains("Which hour is best?") && svg.contains("few-syncs"), "{svg}");
}

#[test]
fn a_program_reads_what_a_study_says_with_the_digits_of_its_tables() {
    let place = drawn();
    let words = [
        "study",
        "drawn-study.yaml",
        "--format",
        "json",
        "--charts",
        "none",
        "--progress",
        "never",
    ];
    let (code, said, _) = run(place.path(), &words);
    assert_eq!(code, 0);
    let told: serde_json::Value = serde_json::from_str(&said).unwrap();
    let again = run(place.path(), &["study", "drawn-study.yaml", "report", "--format", "json"]);
    assert_eq!(again.1, said, "the same when it is told again");
    assert_eq!((told["study"].as_u64(), told["baseline"].as_str()), (Some(1), Some("today")));
    assert_eq!(told["best_hour"], serde_json::Value::Null);
    let folder = kept(&place.path().join("results"));
    let table = fs::read_to_string(folder.join("differences.csv")).unwrap();
    let rows = told["differences"].as_array().unwrap();
    assert_eq!(table.lines().count(), 1 + rows.len());
    for (line, row) in table.lines().skip(1).zip(rows) {
        let cells: Vec<&str> = line.split(',').collect();
        let text = |key: &str| match &row[key] {
            serde_json::Value::Null => String::new(),
            serde_json::Value::String(text) => text.clone(),
            number => number.to_string().trim_end_matches(".0").to_owned(),
        };
        let keys = ["design", "metric", "n", "difference", "ci_low", "ci_high", "verdict"];
        let columns = [1, 4, 6, 9, 10, 11, 14];
        for (key, column) in keys.into_iter().zip(columns) {
            let (one, other) = (text(key), cells[column]);
            let same = match (one.parse::<f64>(), other.parse::<f64>()) {
                (Ok(one), Ok(other)) => one == other,
                _ => one == other,
            };
            assert!(same, "{key}: {one} in the document, {other} in {line}");
        }
    }
    let (points, swings) = (told["points"].as_array().unwrap(), &told["sensitivity"]["turned"]);
    assert_eq!(points.last().unwrap()["point"].as_u64(), Some(points.len() as u64));
    assert_eq!(
        (swings[1]["knob"].as_str(), swings[1]["value"].as_str()),
        (Some("sync.retry.every"), Some("4h"))
    );
    let hours = run(place.path(), &["study", "hours-study.yaml", "--format", "json"]);
    let hours: serde_json::Value = serde_json::from_str(&hours.1).unwrap();
    assert_eq!(hours["best_hour"]["best"], "22:00");
    let refused = run(place.path(), &["study", "drawn-study.yaml", "list", "--format", "json"]);
    assert_eq!(refused.0, 2);
    assert!(refused.2.contains("run, resume, report, merge"), "{}", refused.2);
}

#[test]
fn a_knob_that_stands_on_an_assumed_default_has_a_star() {
    let place = drawn();
    let study = "supsim: 1\nkind: study\nname: stars\nbase: drawn.yaml\nreplications: 2\n\
                 compare: { metrics: { all: { metric: time_to_current, stat: max } } }\n\
                 sensitivity: { of: all, knobs: { timing.import: [1min, 2h], sync.retry.every: [5min, 4h] } }\n";
    fs::write(place.path().join("stars.yaml"), study).unwrap();
    let said = run(place.path(), &["study", "stars.yaml", "--format", "json"]).1;
    let told: serde_json::Value = serde_json::from_str(&said).unwrap();
    let turned = told["sensitivity"]["turned"].as_array().unwrap();
    let assumed: Vec<_> =
        turned.iter().map(|it| (it["knob"].as_str().unwrap(), &it["assumed"])).collect();
    assert!(
        assumed.iter().all(|(knob, assumed)| assumed.as_bool() == Some(*knob == "timing.import")),
        "{assumed:?}"
    );
    let svg = kept(&place.path().join("results")).join("charts/tornado.svg");
    let svg = fs::read_to_string(svg).unwrap();
    assert!(svg.contains("timing.import *") && !svg.contains("sync.retry.every *"), "{svg}");
}

/// Every file below a folder and what it holds, without the lock and what is hidden.
pub(crate) fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(inside) = folders.pop() {
        for entry in fs::read_dir(&inside).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(folder).unwrap().to_owned();
                found.insert(name, fs::read(&path).unwrap());
            }
        }
    }
    found
}

fn run(place: &Path, words: &[&str]) -> (i32, String, String) {
    let output = supsim(place, words);
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code().unwrap(), text(&output.stdout), text(&output.stderr))
}

/// The one study that is kept in a folder.
pub(crate) fn kept(results: &Path) -> PathBuf {
    let mut entries = fs::read_dir(results).unwrap().map(|entry| entry.unwrap().path());
    let folder = entries.next().expect("a study");
    assert_eq!(entries.next(), None);
    folder
}

#[test]
fn the_number_of_threads_changes_no_byte_of_a_study() {
    let place = drawn();
    let with = |threads: &str| {
        let out = format!("with-{threads}");
        let words = ["study", "drawn-study.yaml", "-q", "-j", threads, "--out", &out];
        assert_eq!(run(place.path(), &words).0, 0);
        files(&kept(&place.path().join(out)))
    };
    let one = with("1");
    assert_eq!(one, with("3"));
    let table = |name: &str| String::from_utf8(one[Path::new(name)].clone()).unwrap();
    assert!(table("points.csv").lines().count() > 10);
    assert!(table("replications.csv").starts_with("point,design,duration,"));
    assert!(table("differences.csv").contains(",worst,s,"));
    assert!(!table("differences.csv").contains('\''), "a number is no formula");
    assert!(table("sensitivity.csv").contains(",sync.retry.every,4h,worst,s,"));
    assert!(one.contains_key(Path::new("summary.txt")));
}

#[test]
fn what_is_missing_or_damaged_is_run_again_and_nothing_else() {
    let place = drawn();
    let words = ["study", "drawn-study.yaml", "-q"];
    assert_eq!(run(place.path(), &words).0, 0);
    let folder = kept(&place.path().join("results"));
    let whole = files(&folder);
    let blocks: Vec<&PathBuf> = whole.keys().filter(|path| path.starts_with("blocks")).collect();
    assert!(blocks.len() > 10, "{blocks:?}");
    fs::remove_file(folder.join(blocks[0])).unwrap();
    fs::write(folder.join(blocks[1]), &whole[blocks[1]][..40]).unwrap();
    let mut altered = whole[blocks[2]].clone();
    altered[60] ^= 1;
    fs::write(folder.join(blocks[2]), altered).unwrap();
    let untouched = fs::metadata(folder.join(blocks[5])).unwrap().modified().unwrap();
    let (code, said, _) = run(place.path(), &["study", "drawn-study.yaml", "status"]);
    assert_eq!(code, 6, "{said}");
    let (code, _, said) = run(place.path(), &["study", "drawn-study.yaml", "report"]);
    assert!(code == 6 && said.contains("resume"), "{said}");
    assert_eq!(run(place.path(), &["study", "drawn-study.yaml", "resume", "-q"]).0, 0);
    assert_eq!(files(&folder), whole);
    let after = fs::metadata(folder.join(blocks[5])).unwrap().modified().unwrap();
    assert_eq!(after, untouched, "a block that is whole is not run again");
}

#[test]
fn a_study_that_is_killed_is_resumed_to_the_same_bytes() {
    let place = drawn();
    let words = ["study", "drawn-study.yaml", "-q", "-j", "1", "--reps", "60", "--out"];
    let whole = [words.as_slice(), &["whole"]].concat();
    let cut = [words.as_slice(), &["cut"]].concat();
    assert_eq!(run(place.path(), &whole).0, 0);
    let mut child = Command::new(env!("CARGO_BIN_EXE_supsim"))
        .args(&cut)
        .current_dir(place.path())
        .spawn()
        .unwrap();
    let blocks = || {
        let entries = fs::read_dir(place.path().join("cut")).ok()?;
        let study = entries.flatten().next()?.path();
        Some(fs::read_dir(study.join("blocks")).ok()?.count())
    };
    while blocks().is_none_or(|count| count < 3) && child.try_wait().unwrap().is_none() {
        std::thread::sleep(std::time::Duration::from_millis(2));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    let resume = [&cut[..1], &["resume"], &cut[1..]].concat();
    assert_eq!(run(place.path(), &resume).0, 0);
    let visible = |name: &str| -> BTreeMap<PathBuf, Vec<u8>> {
        let all = files(&kept(&place.path().join(name)));
        // a part that the kill left behind is hidden, and never read
        let is_part = |path: &Path| path.to_string_lossy().ends_with(".part");
        all.into_iter().filter(|(path, _)| !is_part(path)).collect()
    };
    assert_eq!(visible("cut"), visible("whole"));
}

#[test]
fn a_run_that_fails_stops_no_study_and_is_told_with_the_command_that_repeats_it() {
    let place = drawn();
    let words = ["study", "drawn-study.yaml", "--only", "design=today", "--reps", "4"];
    assert_eq!(run(place.path(), &words).0, 0);
    let folder = kept(&place.path().join("results"));
    let points = String::from_utf8(files(&folder)[Path::new("points.csv")].clone()).unwrap();
    let mut rows = csv::Reader::from_reader(points.as_bytes());
    let column = rows.headers().unwrap().iter().position(|name| name == "scenario").unwrap();
    let key = rows.records().next().unwrap().unwrap()[column].to_owned();
    // as if replication 2 of the first point had broken down
    let block = folder.join("blocks").join(&key).join("000000-000004.block");
    let text = fs::read_to_string(&block).unwrap();
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    lines[3] = "2\t!\tdefect\tas if it were broken".to_owned();
    lines.pop();
    let body = lines.join("\n") + "\n";
    let sum = Sha256::digest(body.as_bytes());
    let sum: String = sum.iter().map(|byte| format!("{byte:02x}")).collect();
    fs::write(&block, format!("{body}sha256\t{sum}\n")).unwrap();
    let (code, said, _) = run(place.path(), &[&words[..2], &["report"], &words[2..]].concat());
    assert_eq!(code, 70);
    assert!(said.contains("1 run failed"), "{said}");
    let command = said.lines().find_map(|line| line.trim().strip_prefix("repeat it: supsim "));
    let command: Vec<&str> = command.expect(&said).split(' ').collect();
    assert!(command.ends_with(&["--rep", "2"]), "{command:?}");
    let (code, _, err) = run(place.path(), &[command.as_slice(), &["--out", "again"]].concat());
    // it runs; that it meets what is expected is another matter
    assert!([0, 1, 4].contains(&code), "{err}");
}

#[test]
fn one_replication_of_a_point_is_repeated_as_it_was() {
    let place = drawn();
    let words = ["study", "drawn-study.yaml", "--only", "design=half-hour", "--reps", "4", "-q"];
    assert_eq!(run(place.path(), &words).0, 0);
    let folder = kept(&place.path().join("results"));
    let read = |path: PathBuf| -> Vec<BTreeMap<String, String>> {
        csv::Reader::from_path(path).unwrap().deserialize().map(|row| row.unwrap()).collect()
    };
    let point = &read(folder.join("points.csv"))[1];
    let told = read(folder.join("replications.csv"));
    let told = told.iter().find(|row| {
        row["point"] == "2" && row["rep"] == "3" && row["metric"] == "synchronisations"
    });
    let scenario = format!("{}/scenarios/{}.yaml", folder.display(), point["scenario"]);
    let (code, ..) = run(place.path(), &["run", &scenario, "--rep", "3", "--out", "again", "-q"]);
    assert!([0, 1, 4].contains(&code));
    let mut stored = fs::read_dir(place.path().join("again")).unwrap();
    let stored = stored.find_map(|entry| {
        let path = entry.unwrap().path();
        path.is_dir().then_some(path)
    });
    let attempts = files(&stored.unwrap());
    let attempts = attempts.iter().find(|(path, _)| path.ends_with("attempts.csv")).unwrap().1;
    let attempts = csv::Reader::from_reader(attempts.as_slice()).into_records().count();
    assert_eq!(told.unwrap()["value"], attempts.to_string());
}

#[test]
fn without_common_random_numbers_each_point_meets_its_own_chance() {
    let place = drawn();
    let values = |name: &str| {
        let out = format!("of-{name}");
        let words = ["study", name, "-q", "--no-vary", "--reps", "6", "--out", &out];
        let (code, _, err) = run(place.path(), &words);
        assert_eq!(code, 0, "{err}");
        let table = fs::read_to_string(kept(&place.path().join(&out)).join("replications.csv"));
        let of = |design: &str| -> Vec<String> {
            let rows = table.as_ref().unwrap().lines().filter(|row| row.contains(",worst,"));
            let rows = rows.filter(|row| row.split(',').nth(1) == Some(design));
            rows.map(|row| row.split(',').next_back().unwrap().to_owned()).collect()
        };
        (of("today"), of("same"))
    };
    let (today, same) = values("drawn-study.yaml");
    assert!(today.len() == 6 && today == same, "{today:?} {same:?}");
    let text = fs::read_to_string(place.path().join("drawn-study.yaml")).unwrap();
    let own = format!("{text}common_random_numbers: false\n");
    fs::write(place.path().join("own.yaml"), own).unwrap();
    let (today, same) = values("own.yaml");
    assert!(today.len() == 6 && today != same, "{today:?}");
}

#[test]
fn more_replications_of_a_study_and_another_design_run_only_what_is_not_known() {
    let place = drawn();
    let of = |words: &[&str]| {
        let always = ["study", "drawn-study.yaml", "-q", "--charts", "none", "--no-vary"];
        assert_eq!(run(place.path(), &[&always, words].concat()).0, 0);
    };
    of(&["--reps", "5", "--only", "design=today", "--out", "a"]);
    let first = kept(&place.path().join("a"));
    // a value that nobody would come to: what is known is believed, and not run again
    let block = &crate::shards::blocks(&place.path().join("a"))[0];
    crate::shards::forge(block, |rows| rows.replacen("\n3\t", "\n3\t4711", 1));
    of(&["--reps", "7", "--out", "a"]);
    of(&["--reps", "7", "--out", "b"]);
    let second = fs::read_dir(place.path().join("a")).unwrap().map(|entry| entry.unwrap().path());
    let second = second.filter(|folder| *folder != first).collect::<Vec<_>>();
    assert_eq!(second.len(), 1, "{second:?}");
    let (later, at_once) = (files(&second[0]), files(&kept(&place.path().join("b"))));
    assert!(later.keys().eq(at_once.keys()));
    let differing = |name: &&PathBuf| later[*name] != at_once[*name];
    let differing: Vec<&PathBuf> = later.keys().filter(differing).collect();
    // the forged block of one point, and what is told of it; nothing of any other design
    let forged = differing.iter().filter(|name| name.extension().is_some_and(|it| it == "block"));
    assert_eq!(forged.count(), 1, "{differing:?}");
    fs::remove_dir_all(&first).unwrap();
    fs::remove_dir_all(&second[0]).unwrap();
    of(&["--reps", "5", "--only", "design=today", "--out", "a"]);
    // the first is run again: were it another, the rest would be worth nothing either
    let block = &crate::shards::blocks(&place.path().join("a"))[0];
    crate::shards::forge(block, |rows| {
        rows.replacen("\n3\t", "\n3\t4711", 1).replacen("\n0\t", "\n0\t4711", 1)
    });
    of(&["--reps", "7", "--out", "a"]);
    assert!(files(&second[0]) == at_once, "what another program said is not taken over");
    fs::remove_dir_all(&first).unwrap();
    fs::remove_dir_all(&second[0]).unwrap();
    of(&["--reps", "5", "--only", "design=today", "--out", "a"]);
    of(&["--reps", "7", "--out", "a"]);
    assert!(files(&second[0]) == at_once, "what is added later is what all at once give");
}

#[test]
fn a_study_has_a_report_of_one_file_that_asks_nobody() {
    let place = drawn();
    let study = place.path().join("drawn-study.yaml");
    let text = fs::read_to_string(&study).unwrap();
    let asks = "question: <script>alert(1)</script> & \"is it worth it?\"";
    fs::write(&study, text.replace("question: Is half an hour between tries worth it?", asks))
        .unwrap();
    assert_eq!(run(place.path(), &["study", "drawn-study.yaml", "--reps", "3", "-q"]).0, 0);
    let folder = kept(&place.path().join("results"));
    let name = folder.file_name().unwrap().to_string_lossy().into_owned();
    for file in ["one.html", "two.html"] {
        let (code, out, err) = run(place.path(), &["report", &name, "-o", file]);
        assert_eq!(code, 0, "{out}{err}");
    }
    let page = fs::read_to_string(place.path().join("one.html")).unwrap();
    assert!(page == fs::read_to_string(place.path().join("two.html")).unwrap());
    assert!(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;"), "what somebody wrote is text");
    assert!(!page.contains("<script>a"), "and nothing else");
    for wanted in
        ["half-hour</th>", "Which design is better?", "Which knob is worth turning?", "--rep N"]
    {
        assert!(page.contains(wanted), "{wanted} is missing");
    }
    for word in ["http:", "src=\"", "@import"] {
        let outside = page.replace("http://www.w3.org/", "");
        assert!(!outside.contains(word), "{word}");
    }
}
