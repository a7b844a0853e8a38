//! The studies in `results` are what this program says today. `.ci/run` makes them again in full and
//! compares bytes; here a part of each is run, and compared row by row.

use std::fs;
use std::path::Path;

use crate::commands::supsim;
use crate::study::kept;
use crate::support;

/// Rows of a table by their first cells, without the numbers of points, which count what is run.
fn rows(text: &str, skip: usize) -> Vec<String> {
    let rest = |line: &str| line.splitn(skip + 1, ',').nth(skip).unwrap_or_default().to_owned();
    text.lines().map(rest).collect()
}

/// Runs these points of a study in full; what they come to must be in the table that is kept.
fn check(name: &str, only: &[&str], expected: usize) {
    let place = tempfile::tempdir().unwrap();
    let study = support::project("scenarios").join(format!("{name}.yaml"));
    let study = study.display().to_string();
    let mut words = vec!["study", &study, "--out", ".", "-q", "--charts", "none"];
    only.iter().for_each(|point| words.extend(["--only", point]));
    let output = supsim(place.path(), &words);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let read = |folder: &Path| fs::read_to_string(folder.join("points.csv")).unwrap();
    let today = rows(&read(&kept(place.path())), 1);
    let then = rows(&read(&support::project("results").join(name)), 1);
    assert_eq!(today.len(), expected + 1, "{today:?}");
    for row in &today {
        assert!(
            then.contains(row),
            "{row}\nis not in results/{name}/points.csv; make it anew:\n  \
             supsim study scenarios/{name}.yaml -q -o results/{name}"
        );
    }
}

#[test]
fn branch_study_says_what_it_said() {
    let only =
        ["design=earlier", "branch_retry=60min", "faults.wsus-timeouts.when.per_attempt=40%"];
    check("branch-study", &only, 1);
}

#[test]
fn retry_study_says_what_it_said() {
    let only = ["design=jitter-15", "outage=1h30min"];
    check("retry-study", &only, 3);
}

#[test]
fn every_study_that_is_kept_has_its_question_its_answer_and_its_command() {
    for name in ["branch-study", "retry-study"] {
        let folder = support::project("results").join(name);
        let page = fs::read_to_string(folder.join("README.md")).unwrap();
        let study =
            fs::read_to_string(support::project(&format!("scenarios/{name}.yaml"))).unwrap();
        let question = study.lines().find_map(|line| line.strip_prefix("question: ")).unwrap();
        assert!(page.contains(question), "{name}: {question}");
        let command = format!("supsim study scenarios/{name}.yaml -o results/{name}");
        assert!(page.contains(&command), "{name}: {command}");
        let summary = fs::read_to_string(folder.join("summary.txt")).unwrap();
        assert!(summary.starts_with(&format!("{name}: ")), "{summary}");
        for picture in page.split("](charts/").skip(1) {
            let file = picture.split(')').next().unwrap();
            assert!(folder.join("charts").join(file).is_file(), "{name}: {file}");
        }
    }
}
