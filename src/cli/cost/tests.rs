use super::*;
use crate::scenario::Overrides;

fn scenario(days: u32, sites: u32, rest: &str) -> Scenario {
    let text = format!(
        "supsim: 1\nkind: scenario\nname: large\nstart: 2026-01-12 00:00\nduration: {days}d\n\
         sites: {{ CEN: {{}} }}\ntemplates: {{ b: {{ type: secondary }} }}\n\
         generate: {{ b: {{ under: {{ code: CEN }}, template: b, total: {sites}, \
         code: \"B{{n36:05}}\" }} }}\n{rest}"
    );
    match Scenario::parse("large.yaml", &text, &Overrides::default()) {
        Ok((scenario, _)) => scenario,
        Err(report) => panic!("{report}"),
    }
}

fn refused(scenario: &Scenario) -> String {
    let stop = check(scenario, CEILING).unwrap_err();
    assert_eq!(stop.exit, Exit::NothingRan);
    stop.text
}

#[test]
fn ten_years_of_a_hundred_thousand_sites_every_hour_are_refused_with_what_to_reduce() {
    let said = refused(&scenario(3650, 90_000, "sync: { schedule: { simple: { every: 1h } } }\n"));
    assert!(said.starts_with("supsim: large is too large to run: about 78,8"), "{said}");
    assert!(said.contains("at most 2,000,000,000 are allowed"), "{said}");
    assert!(said.contains("90,001 sites that synchronise 87,600 times"), "{said}");
    assert!(said.contains("`sync.schedule`"), "{said}");
}

#[test]
fn replications_are_counted_together_and_only_as_many_run_at_once_as_fit() {
    let mut some = scenario(30, 500, "sync: { schedule: { simple: { every: 1h } } }\n");
    some.recording = Recording::Attempts;
    assert_eq!(check_all(&some, 1_000, CEILING), Ok(()));
    let stop = check_all(&some, 100_000, CEILING).unwrap_err();
    assert_eq!(stop.exit, Exit::NothingRan);
    assert!(stop.text.contains("too large to run 100,000 times"), "{}", stop.text);
    assert!(stop.text.contains("at most 55,444 replications"), "{}", stop.text);
    // 501 sites × 720 syncs × 8 records
    assert_eq!(at_once(&some, CEILING), 17);
    assert_eq!(at_once(&some, Ceiling { records: 1, ..CEILING }), 1);
}

#[test]
fn what_fits_with_fewer_records_says_how() {
    let mut large = scenario(365, 12_000, "sync: { schedule: { simple: { every: 1d } } }\n");
    let said = refused(&large);
    assert!(
        said.contains("`--events attempts`, which is all that the tables need, it is about 35,"),
        "{said}"
    );
    large.recording = Recording::Attempts;
    assert_eq!(check(&large, CEILING), Ok(()));
}

#[test]
fn retries_without_end_and_releases_without_number_are_seen_coming() {
    let schedule = "sync: { schedule: { simple: { every: 7d } }, retry: { every: 1s } }\n";
    let outage = "faults: { f: { do: wsus_not_configured, when: { window: {} } } }\n";
    let said = refused(&scenario(3650, 10, &format!("{schedule}{outage}")));
    assert!(said.contains(" retries\n"), "{said}");
    let often = "catalogue: { releases: { r: { when: { every: 6min }, updates: 1, \
                 metadata: 1 KB } } }\n";
    let said = refused(&scenario(3650, 50_000, &format!("{schedule}{often}")));
    assert!(said.contains(" releases that arrive at 50,001 sites"), "{said}");
}

#[test]
fn faults_that_come_again_and_again_are_counted() {
    let never = "sync: { schedule: never }\n";
    let often = "faults: { f: { do: link_down, when: { renewal: { mtbf: { exponential: { mean: \
                 50s } }, mttr: 10s } } } }\n";
    let said = refused(&scenario(365, 1_000, &format!("{never}{often}")));
    assert!(said.contains("from faults that take hold 526,"), "{said}");
    let rarely = often.replace("50s", "50d");
    assert_eq!(check(&scenario(365, 1_000, &format!("{never}{rarely}")), CEILING), Ok(()));
    // A renewal of 10 of them, and a schedule: about as many records as there are.
    for when in [
        "renewal: { mtbf: { exponential: { mean: 20h } }, mttr: { exponential: { mean: 4h } } }",
        "schedule: { weekly: { on: [Sun, Wed], at: \"02:00\" }, for: 4h }",
    ] {
        let fault = format!(
            "faults: {{ f: {{ do: link_down, pick: {{ count: 10 }}, when: {{ {when} }} }} }}\n"
        );
        let scenario = scenario(100, 40, &format!("{never}{fault}"));
        let records = crate::world::run(&scenario, 0).records.len() as u64;
        let expected = Cost::of(&scenario).records(Recording::All);
        assert!(records <= expected, "{when}: {records} records, expected {expected}");
        assert!(expected <= 3 * records, "{when}: {records} records, expected {expected}");
    }
}

#[test]
fn clients_one_by_one_are_seen_coming_and_groups_are_cheap() {
    let clients = |individually| {
        let schedule = "sync: { schedule: { simple: { every: 1d } } }\n";
        let often = "catalogue: { releases: { r: { when: { every: 1d }, updates: 1, \
                     metadata: 1 KB } } }\n";
        let text = format!("{schedule}{often}clients: {{ individually: {individually} }}\n");
        let mut scenario = scenario(30, 200, &text);
        scenario.sites[1..].iter_mut().for_each(|site| site.clients.intranet = 10_000);
        scenario
    };
    let said = refused(&clients(true));
    assert!(said.contains("2,000,000 clients that scan"), "{said}");
    assert_eq!(check(&clients(false), CEILING), Ok(()));
}

#[test]
fn the_scenarios_of_the_project_cost_what_was_expected_and_not_much_less() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "yaml") {
            continue;
        }
        if crate::scenario::Study::is_one(&std::fs::read(&path).unwrap()) {
            continue;
        }
        let (scenario, _) = Scenario::read(&path, &Overrides::default()).unwrap();
        assert_eq!(check(&scenario, CEILING), Ok(()));
        let cost = Cost::of(&scenario);
        let trace = crate::world::run(&scenario, 0);
        let (records, expected) = (trace.records.len() as u64, cost.records(Recording::All));
        let name = path.display();
        assert!(records <= expected + 10, "{name}: {records} records, expected {expected}");
        assert!(expected <= 5 * records, "{name}: {records} records, expected {expected}");
    }
}

#[test]
fn the_records_that_are_allowed_fit_into_four_gigabytes() {
    let each = size_of::<crate::trace::Record>() as u64;
    assert!(each * CEILING.records <= 4_000_000_000, "{each} bytes each");
}

#[test]
fn a_run_that_grows_beyond_what_was_expected_is_stopped() {
    let small = scenario(30, 20, "sync: { schedule: { simple: { every: 1h } } }\n");
    let ran = |ceiling| crate::cli::pipeline::simulate(&small, 0, ceiling, &mut |_| Ok(()));
    assert!(ran(CEILING).is_ok());
    for (ceiling, what) in [
        (Ceiling { events: 20_000, ..CEILING }, "limit of 20,000 events"),
        (Ceiling { records: 20_000, ..CEILING }, "limit of 20,000 records"),
    ] {
        let stop = ran(ceiling).unwrap_err();
        assert_eq!(stop.exit, Exit::StoppedEarly);
        assert!(stop.text.contains(what), "{}", stop.text);
        assert!(stop.text.contains("nothing was stored"), "{}", stop.text);
    }
}

#[test]
fn numbers_are_grouped() {
    assert_eq!(grouped(0), "0");
    assert_eq!(grouped(999), "999");
    assert_eq!(grouped(1_000), "1,000");
    assert_eq!(grouped(2_000_000_000), "2,000,000,000");
}
