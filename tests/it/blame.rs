//! Why was it late? Every delay is explained, and the explanation is the right one.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use supsim::measure::{Blame, Category, Causes, Outcome, Stage};
use supsim::scenario::{Recording, Scenario};
use supsim::trace::{Fact, Part, Record, Status, Trace};
use supsim::units::{Duration, Instant};

use crate::commands::supsim;
use crate::support::{project, read, run, scenario, scenarios, site};

/// Every blame of a run, of parts and of sites; each adds up, or [`Causes`] would have said so.
fn every(scenario: &Scenario, trace: &Trace) -> Vec<Blame> {
    let outcome = Outcome::of(scenario, trace);
    let causes = Causes::of(scenario, trace, &outcome);
    let mut all = Vec::new();
    for arrival in &outcome.arrivals {
        for (part, held) in [
            (Part::Database, arrival.database),
            (Part::Wsus, arrival.wsus),
            (Part::Internet, arrival.internet),
        ] {
            let blame = causes.blame_of(arrival, part);
            assert_eq!(blame.is_some(), held.is_some(), "{part:?} of {arrival:?}");
            all.extend(blame);
        }
        let blame = causes.blame(arrival);
        assert_eq!(blame.is_some(), arrival.current.is_some(), "{arrival:?}");
        all.extend(blame);
    }
    all
}

#[test]
fn every_delay_in_every_scenario_is_explained() {
    let mut seen: BTreeSet<Category> = BTreeSet::new();
    for path in scenarios() {
        let mut scenario = read(&path);
        for recording in [Recording::Attempts, Recording::All] {
            scenario.recording = recording;
            let trace = run(&scenario);
            let all = every(&scenario, &trace);
            seen.extend(all.iter().flat_map(|blame| &blame.stages).map(|stage| stage.category));
        }
    }
    // Only what no scenario there asks for may be missing.
    let missing: Vec<&str> =
        Category::ALL.iter().filter(|one| !seen.contains(one)).map(|one| one.name()).collect();
    assert_eq!(missing, ["deferred", "pull-queue"]);
}

/// What is told of a part of a site, a line for each stage: from, until, what, where, and what is
/// behind it; `part` is `site`, `database`, `wsus` or `internet`.
fn told(text: &str, code: &str, release: &str, part: &str) -> Vec<String> {
    let scenario = scenario(text);
    let trace = run(&scenario);
    let outcome = Outcome::of(&scenario, &trace);
    let causes = Causes::of(&scenario, &trace, &outcome);
    let id = site(&scenario, code);
    let releases = &scenario.catalogue.releases;
    let named = |one: &&supsim::measure::Arrival| {
        one.site == id && releases[one.release.index()].name == release
    };
    let arrival = outcome.arrivals.iter().find(named).expect("a site and a release of the test");
    let blame = match part {
        "site" => causes.blame(arrival),
        "database" => causes.blame_of(arrival, Part::Database),
        "wsus" => causes.blame_of(arrival, Part::Wsus),
        _ => causes.blame_of(arrival, Part::Internet),
    };
    let time = |at: Instant| scenario.clock.civil(at, scenario.clock.zone()).strftime("%H:%M:%S");
    let line = |stage: &Stage| {
        let Stage { from, until, category, at, behind } = *stage;
        let (place, path) = (&scenario.sites[at.index()].code, behind.path(&scenario, at));
        format!("{} {} {} {place} {path}", time(from), time(until), category.name())
    };
    blame.map_or(Vec::new(), |blame| blame.stages.iter().map(line).collect())
}

/// Two sites, a schedule at 22:00, one release at 13:00, and whatever `more` says.
fn small(more: &str) -> String {
    let mut text = String::from(
        "supsim: 1\nkind: scenario\nname: small\ntimezone: UTC\nstart: 2026-01-13 00:00\nduration: 3d\n",
    );
    let has = |key: &str| more.lines().any(|line| line.starts_with(key));
    if !has("catalogue:") {
        text += "catalogue:\n  releases:\n    patch: { when: { at: 2026-01-13 13:00 }, updates: 10, metadata: 1 MB }\n";
    }
    if !has("sites:") {
        text += "sites:\n  CEN: { type: central }\n  PR1: { parent: CEN }\n";
    }
    if !has("sync:") {
        text += "sync:\n  schedule: { weekly: { on: [Mon, Tue, Wed, Thu, Fri, Sat, Sun], at: \"22:00\" } }\n";
    }
    text + "timing:\n  request: 1min\n  connect: 1min\n  pull: 1min\n  settle: 2min\n  import: 5min\n  \
            insert: 10min\n  internet: 3min\n"
        + more
}

#[test]
fn a_day_without_faults_is_told_step_by_step() {
    assert_eq!(
        told(&small(""), "PR1", "patch", "wsus"),
        [
            "13:00:00 22:00:00 schedule CEN sync.schedule",
            "22:00:00 22:01:00 connecting CEN timing.connect",
            "22:01:00 22:02:00 wsus-work CEN timing.pull",
            "22:02:00 22:04:00 settle CEN timing.settle",
            "22:04:00 22:09:00 database CEN timing.import",
            "22:09:00 22:10:00 noticing PR1 timing.request",
            "22:10:00 22:11:00 connecting PR1 timing.connect",
            "22:11:00 22:12:00 wsus-work PR1 timing.pull",
        ]
    );
    // The site is current with its database, which is later here.
    let site = told(&small(""), "PR1", "patch", "site");
    assert_eq!(site, told(&small(""), "PR1", "patch", "database"));
    assert_eq!(site.last().unwrap(), "22:09:00 22:19:00 database PR1 timing.insert");
}

#[test]
fn with_both_at_one_instant_it_is_wsus_that_was_waited_for() {
    let text = small("").replace("insert: 10min", "insert: 3min");
    assert_eq!(told(&text, "PR1", "patch", "site"), told(&text, "PR1", "patch", "wsus"));
}

const CUT: &str = "faults:\n  cut:\n    where: { code: PR1 }\n    do: link_down\n    \
                   when: { window: { from: 2026-01-13 22:11:30, until: 2026-01-14 03:15 } }\n";

#[test]
fn a_try_that_failed_and_the_wait_after_it_belong_to_the_fault_that_cut_it_off() {
    // Its pull is broken off by the cut; the retries fail at once, until one does not.
    let text = small(CUT) + "links:\n  wan: { latency: 1min }\n";
    let text = text.replace("PR1: { parent: CEN }", "PR1: { parent: CEN, link: wan }");
    let told = told(&text, "PR1", "patch", "wsus");
    assert_eq!(
        told[4..],
        [
            "22:04:00 22:09:00 database CEN timing.import",
            "22:09:00 22:10:00 request-transit PR1 links.wan",
            "22:10:00 22:11:00 noticing PR1 timing.request",
            "22:11:00 22:11:30 failed-try PR1 faults.cut",
            "22:11:30 03:15:00 link-down PR1 faults.cut",
            "03:15:00 03:16:00 retry PR1 faults.cut",
            "03:16:00 03:17:00 connecting PR1 timing.connect",
            "03:17:00 03:18:00 catalogue-transfer PR1 links.wan",
            "03:18:00 03:19:00 wsus-work PR1 timing.pull",
        ]
    );
}

#[test]
fn a_schedule_that_comes_before_the_retry_is_not_what_was_waited_for() {
    // T6: the schedule at 23:00 takes the place of the retry of a sync that failed at 22:31.
    let text = small(
        "sync:\n  schedule: { simple: { every: 1h } }\nfaults:\n  bad:\n    \
         where: { code: CEN }\n    do: { fail_sync: { after: 31min } }\n    \
         when: { window: { from: 2026-01-13 12:30, until: 2026-01-13 14:30 } }\n",
    );
    let told = told(&text, "CEN", "patch", "wsus");
    assert_eq!(
        told[..3],
        [
            "13:00:00 13:31:00 failed-try CEN faults.bad",
            "13:31:00 14:00:00 retry CEN faults.bad",
            "14:00:00 14:31:00 failed-try CEN faults.bad",
        ],
        "{told:#?}"
    );
}

#[test]
fn all_of_it_is_whole_microseconds() {
    let mut scenario = read(&project("scenarios/contoso-200.yaml"));
    scenario.recording = Recording::All;
    let trace = run(&scenario);
    for blame in every(&scenario, &trace) {
        let sum: u64 = blame.parts().iter().map(|(_, length)| length.micros()).sum();
        assert_eq!(Duration::from_micros(sum), blame.delay());
        assert!(blame.stages.windows(2).all(|pair| pair[0].until == pair[1].from));
    }
}

/// A cell of a table in microseconds.
fn micros(cell: &str) -> u64 {
    let (whole, decimals) = cell.split_once('.').unwrap_or((cell, ""));
    let decimals = format!("{decimals:0<6}");
    whole.parse::<u64>().unwrap() * 1_000_000 + decimals.parse::<u64>().unwrap()
}

/// The rows of a table, each by the names of its columns.
fn rows(path: &Path) -> Vec<BTreeMap<String, String>> {
    let mut table = csv::Reader::from_path(path).expect("a table");
    table.deserialize().map(|row| row.expect("a row")).collect()
}

#[test]
fn the_rows_of_blame_csv_add_up_to_arrivals_csv() {
    let place = tempfile::tempdir().unwrap();
    let files = ["07-retry-storm", "14-export-import", "17-senders-by-night", "22-a-site-moves"];
    for name in files {
        let file = project(&format!("scenarios/{name}.yaml"));
        let words = ["run", file.to_str().unwrap(), "-q", "--charts", "none", "--logs", "none"];
        let ran = supsim(place.path(), &words);
        assert!(matches!(ran.status.code(), Some(0 | 1 | 4)), "{name}: {ran:?}");
        let stored = std::fs::read_dir(place.path().join("results")).unwrap();
        let folder = stored
            .map(|entry| entry.unwrap().path())
            .find(|path| path.file_name().unwrap().to_string_lossy().starts_with(&name[3..]));
        let tables = folder.expect("the run is stored").join("tables");
        let mut sums: BTreeMap<(String, String), u64> = BTreeMap::new();
        for row in rows(&tables.join("blame.csv")) {
            let key = (row["site"].clone(), row["release"].clone());
            *sums.entry(key).or_default() += micros(&row["seconds"]);
        }
        let mut compared = 0;
        for row in rows(&tables.join("arrivals.csv")) {
            let sum = sums.get(&(row["site"].clone(), row["release"].clone())).copied();
            match row["time_to_current_s"].as_str() {
                "" => assert_eq!(sum, None, "{name}: {row:?}"),
                time => assert_eq!(sum, Some(micros(time)), "{name}: {row:?}"),
            }
            compared += 1;
        }
        assert!(compared > 0, "{name}");
    }
}

#[test]
fn less_of_a_record_is_the_record_of_a_run_with_less_recorded() {
    for path in scenarios() {
        let mut scenario = read(&path);
        scenario.recording = Recording::All;
        let all = run(&scenario);
        scenario.recording = Recording::Attempts;
        let less = supsim::world::less(&all, Recording::Attempts);
        assert!(less == run(&scenario), "{}", path.display());
    }
}

#[test]
fn what_a_fault_made_longer_is_the_faults() {
    let text = small(
        "faults:\n  heavy:\n    where: { code: CEN }\n    do: { slow: { phase: import, factor: 3 } }\n    \
         when: { window: { from: 2026-01-13 12:00, for: 1d } }\n  narrow:\n    where: { code: PR1 }\n    \
         do: { link_slow: { to: 25% } }\n    when: { window: { from: 2026-01-13 12:00, for: 1d } }\n\
         links:\n  wan: { bandwidth: 1 Mbit/s }\nsites:\n  CEN: { type: central }\n  \
         PR1: { parent: CEN, link: wan }\n",
    );
    let told = told(&text, "PR1", "patch", "wsus");
    let has = |line: &str| assert!(told.iter().any(|one| one == line), "{line} in {told:#?}");
    has("22:04:00 22:09:00 database CEN timing.import");
    has("22:09:00 22:19:00 database CEN faults.heavy");
    // 1 MB over 1 Mbit/s is 8 s, over a quarter of it 32 s.
    has("22:21:00 22:21:08 catalogue-transfer PR1 links.wan");
    has("22:21:08 22:21:32 catalogue-transfer PR1 faults.narrow");
}

#[test]
fn the_causal_graph_leads_from_the_parents_success_to_the_childs_arrival() {
    let scenario = scenario(&small(""));
    let trace = run(&scenario);
    let outcome = Outcome::of(&scenario, &trace);
    let graph = Causes::of(&scenario, &trace, &outcome).graph();
    assert_eq!(graph.node_count(), trace.records.len());
    assert!(petgraph::algo::toposort(&graph, None).is_ok(), "no record is its own cause");
    let place = |code: &str, what: &dyn Fn(&Fact) -> bool| {
        let of = |one: &Record| one.site == site(&scenario, code) && what(&one.fact);
        petgraph::graph::NodeIndex::new(trace.records.iter().position(of).unwrap())
    };
    let done = place("CEN", &|fact| matches!(fact, Fact::Announced(Status::Done { .. })));
    let here = place("PR1", &|fact| matches!(fact, Fact::Arrived { part: Part::Wsus, .. }));
    let database = place("PR1", &|fact| matches!(fact, Fact::Arrived { part: Part::Database, .. }));
    let leads = |from, to| petgraph::algo::has_path_connecting(&graph, from, to, None);
    assert!(leads(done, here));
    // The database does not wait for it (R1).
    assert!(!leads(done, database));
}

#[test]
fn a_wait_that_ends_as_the_server_comes_up_is_the_servers() {
    // T7: the retry falls due at 23:11 while PR1 is down, and is made at the restart.
    let text = small(
        "faults:\n  first:\n    where: { code: PR1 }\n    do: { fail_sync: { after: 1min } }\n    \
         when: { attempts: [1] }\n  down:\n    where: { code: PR1 }\n    do: site_down\n    \
         when: { window: { from: 2026-01-13 23:00, until: 2026-01-14 02:00 } }\n",
    );
    let told = told(&text, "PR1", "patch", "wsus");
    assert_eq!(
        told[6..9],
        [
            "22:10:00 22:11:00 failed-try PR1 faults.first",
            "22:11:00 23:00:00 retry PR1 faults.first",
            "23:00:00 02:00:00 site-down PR1 faults.down",
        ],
        "{told:#?}"
    );
}
