//! What do `supsim explain` and `supsim at` say? Each answer stands in `tests/commands`.

use std::fs;

use supsim::experiment::Remedy;
use supsim::measure::{Causes, Outcome, Standing};
use supsim::scenario::Recording;
use supsim::units::{Duration, Instant};

use crate::commands::{agreed, conversation, folder, supsim};
use crate::support::{project, read, run, scenario, scenarios, site};

#[test]
fn explain_says_why_and_what_would_have_helped() {
    let place = folder(&["scenarios/tutorial.yaml", "scenarios/contoso-200.yaml"]);
    let said = conversation(
        place.path(),
        &[
            "explain tutorial.yaml PR2",
            "explain tutorial.yaml pr1 --part wsus --tries 0",
            "explain tutorial.yaml PR2 --set faults.lima-first-try=null --tries 1",
            "explain contoso-200.yaml B2X",
            "explain contoso-200.yaml B4H --tries 1",
            "explain contoso-200.yaml B4H --release definitions#40",
            "explain contoso-200.yaml CEN --release out-of-band --part internet --rep 3 --ascii",
        ],
    );
    agreed("explain", &said);
}

#[test]
fn a_wrong_word_is_told_with_the_one_that_may_have_been_meant() {
    let place = folder(&["scenarios/tutorial.yaml"]);
    let said = conversation(
        place.path(),
        &[
            "explain tutorial.yaml PR3",
            "explain tutorial.yaml PR2 --release patch",
            "explain tutorial.yaml PR2 --release nonsense",
            "explain tutorial.yaml PR2 --part databse",
            "explain tutorial.yaml PR2 --part internet",
            "at tutorial.yaml 25:00",
            "at tutorial.yaml Wed-25:00",
            "at tutorial.yaml +99d",
            "at tutorial.yaml 2025-12-31T14:00",
            "at tutorial.yaml Wed-01:00 PRX",
        ],
    );
    agreed("explain-mistakes", &said);
}

#[test]
fn explain_of_a_site_that_never_got_it_says_since_when_and_what_it_waits_for() {
    let place = folder(&["scenarios/tutorial.yaml"]);
    let cut = "faults.cut={ where: { code: PR2 }, do: link_down, when: { window: { from: 2026-01-13 12:00 } } }";
    let words = ["explain", "tutorial.yaml", "PR2", "--set", cut];
    let output = supsim(place.path(), &words);
    let said = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    agreed("explain-never", &said);
}

#[test]
fn at_says_what_every_site_holds_does_and_waits_for() {
    let place = folder(&["scenarios/tutorial.yaml", "scenarios/17-senders-by-night.yaml"]);
    let said = conversation(
        place.path(),
        &[
            "at tutorial.yaml Tue-22:03",
            "at tutorial.yaml +22h41min PR2",
            "at tutorial.yaml 2026-01-13T23:30",
            "at 17-senders-by-night.yaml Sat-12:00",
        ],
    );
    agreed("at", &said);
}

#[test]
fn a_stored_run_is_explained_as_it_was_and_not_changed() {
    let place = folder(&["scenarios/tutorial.yaml"]);
    let quiet = ["run", "tutorial.yaml", "-q", "--charts", "none", "--logs", "none"];
    assert!(supsim(place.path(), &quiet).status.success());
    let stored = supsim(place.path(), &["explain", "latest", "PR2", "--tries", "1"]);
    let fresh = supsim(place.path(), &["explain", "tutorial.yaml", "PR2", "--tries", "1"]);
    assert_eq!(stored.stdout, fresh.stdout, "{}", String::from_utf8_lossy(&stored.stderr));
    let words = ["explain", "latest", "PR2", "--set", "faults.lima-first-try=null"];
    let changed = supsim(place.path(), &words);
    assert_eq!(changed.status.code(), Some(2));
    let said = String::from_utf8(changed.stderr).unwrap();
    assert!(said.contains("name its scenario file"), "{said}");
}

#[test]
fn the_worked_example_is_what_the_program_says() {
    let docs = fs::read_to_string(project("docs/causes.md")).unwrap().replace("\r\n", "\n");
    let shown = docs.split("```text\n$ supsim explain tutorial.yaml PR2\n").nth(1).unwrap();
    let shown = shown.split("```").next().unwrap();
    let place = folder(&["scenarios/tutorial.yaml"]);
    let output = supsim(place.path(), &["explain", "tutorial.yaml", "PR2"]);
    assert_eq!(shown.trim_end(), String::from_utf8(output.stdout).unwrap().trim_end());
}

#[test]
fn every_category_is_documented() {
    let docs = fs::read_to_string(project("docs/causes.md")).unwrap();
    for category in supsim::measure::Category::ALL {
        let row = format!("| `{}` | {} |", category.name(), category.words());
        assert!(docs.contains(&row), "docs/causes.md lacks `{row}`");
    }
}

/// Seconds of `H:MM:SS`.
fn seconds(text: &str) -> Option<u64> {
    let parts: Vec<u64> = text.split(':').map(|part| part.parse().ok()).collect::<Option<_>>()?;
    (parts.len() == 3).then(|| parts[0] * 3600 + parts[1] * 60 + parts[2])
}

#[test]
fn the_lines_of_an_explanation_add_up_to_the_second() {
    let place = folder(&["scenarios/contoso-200.yaml", "scenarios/07-retry-storm.yaml"]);
    for (file, code) in [
        ("contoso-200.yaml", "B2X"),
        ("contoso-200.yaml", "B0D"),
        ("contoso-200.yaml", "B57"),
        ("contoso-200.yaml", "B4H"),
    ] {
        let output = supsim(place.path(), &["explain", file, code, "--tries", "0"]);
        let said = String::from_utf8(output.stdout).unwrap();
        let lengths: Vec<(u64, u64)> = said
            .lines()
            .filter(|line| line.contains(['┬', '├', '┴']))
            .map(|line| {
                let length = line.split_whitespace().filter_map(seconds).next().unwrap();
                let share = line.split_whitespace().zip(line.split_whitespace().skip(1));
                let share = share.filter(|(_, sign)| *sign == "%").map(|(share, _)| share).next();
                let share = share.unwrap().replace('.', "").parse().unwrap();
                (length, share)
            })
            .collect();
        let (last, parts) = lengths.split_last().unwrap();
        assert!((6..=40).contains(&parts.len()), "one screen: {said}");
        assert_eq!(parts.iter().map(|one| one.0).sum::<u64>(), last.0, "{said}");
        assert_eq!((parts.iter().map(|one| one.1).sum::<u64>(), last.1), (1000, 1000), "{said}");
        assert!(said.lines().all(|line| line.chars().count() <= 100), "{said}");
    }
}

#[test]
fn a_remedy_changes_nothing_before_what_it_takes_away() {
    // Draws are keyed: without the fault everything that came before it is as it was.
    let mut scenario = read(&project("scenarios/contoso-200.yaml"));
    scenario.recording = Recording::All;
    let trace = run(&scenario);
    let outcome = Outcome::of(&scenario, &trace);
    let causes = Causes::of(&scenario, &trace, &outcome);
    let b2x = site(&scenario, "B2X");
    let patch = scenario.catalogue.releases.iter().position(|one| one.name == "patch-tuesday");
    let arrival = outcome
        .arrivals
        .iter()
        .find(|one| one.site == b2x && Some(one.release.index()) == patch)
        .unwrap();
    let blame = causes.blame(arrival).unwrap();
    let remedies = Remedy::all(&scenario, &blame);
    assert!(remedies.windows(2).all(|pair| pair[0].1 >= pair[1].1), "the most blamed first");
    let whole: Duration = remedies.iter().map(|(_, blamed)| *blamed).sum();
    assert!(whole <= blame.delay() + blame.delay(), "{remedies:?}");
    for (remedy, blamed) in remedies.into_iter().take(3) {
        let trial = remedy.tried(&scenario, 0, (&blame, blamed), |causes, one| causes.blame(one));
        assert!(trial.delay.is_some_and(|delay| delay < blame.delay()), "{trial:?}");
        let changed = supsim::world::run(&remedy.applied(&scenario, blame.wanted), 0);
        let first = blame.wanted;
        let before = |trace: &supsim::trace::Trace| {
            trace.records.iter().take_while(|one| one.at < first).copied().collect::<Vec<_>>()
        };
        let is_fault = matches!(remedy, Remedy::WithoutFault(_));
        assert!(is_fault || before(&changed) == before(&trace), "{remedy:?}");
    }
}

#[test]
fn at_the_end_every_site_lacks_what_it_never_got_and_at_the_start_nothing_is_done() {
    for path in scenarios() {
        let mut scenario = read(&path);
        scenario.recording = Recording::All;
        let trace = run(&scenario);
        let outcome = Outcome::of(&scenario, &trace);
        let end = Instant::START + scenario.duration;
        for standing in Standing::at(&scenario, &trace, &outcome, end) {
            let rows = outcome.arrivals.iter().filter(|one| one.site == standing.site);
            let never: Vec<_> =
                rows.filter(|one| one.current.is_none()).map(|one| one.release).collect();
            assert_eq!(standing.lacks, never, "{}", path.display());
        }
        // Nothing is over before it began, and what is planned is planned for later.
        for hour in [0, 5, 30, 40, 47] {
            let at = (Instant::START + Duration::from_hours(hour)).min(end);
            for standing in Standing::at(&scenario, &trace, &outcome, at) {
                for doing in standing.doings {
                    assert!(doing.since <= at, "{doing:?}");
                    assert!(
                        doing.until.is_none_or(|until| until > at),
                        "{} {at} {doing:?}",
                        path.display()
                    );
                }
            }
        }
    }
}

#[test]
fn a_moment_is_a_time_a_weekday_or_a_while_after_the_start() {
    let text = "supsim: 1\nkind: scenario\nname: x\ntimezone: America/New_York\nstart: 2026-03-05 12:00\n\
                duration: 10d\nsites:\n  CEN: { type: central }\nsync: { schedule: { simple: { every: 1d } } }\n";
    let scenario = scenario(text);
    let hours = |text: &str| {
        scenario
            .moment(text)
            .map(|at| at.micros() / 3_600_000_000)
            .map_err(|wrong| wrong.to_string())
    };
    assert_eq!(hours("2026-03-05 14:00"), Ok(2));
    assert_eq!(hours("2026-03-05T14:00"), Ok(2));
    assert_eq!(hours("2026-03-05 19:00Z"), Ok(2));
    assert_eq!(hours("+3d4h"), Ok(76));
    // The start is a Thursday at noon: earlier that day is a week later.
    assert_eq!(hours("Thu-14:00"), Ok(2));
    assert_eq!(
        hours("Thursday 11:00"),
        Ok(7 * 24 - 2),
        "the clocks go forward on the Sunday between"
    );
    assert_eq!(hours("sun 14:00"), Ok(3 * 24 + 1));
    for wrong in [
        "",
        "+",
        "+x",
        "Wed",
        "Wed-",
        "Xyz-12:00",
        "2026-13-01 12:00",
        "-3h",
        "+999999999999d",
        "+16d",
    ] {
        assert!(scenario.moment(wrong).is_err(), "{wrong}");
    }
}
