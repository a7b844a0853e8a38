use super::*;
use crate::scenario::Overrides;
use crate::units::Duration;

fn read(text: &str) -> Scenario {
    Scenario::parse("given.yaml", text, &Overrides::default())
        .unwrap_or_else(|report| panic!("{report}\n{text}"))
        .0
}

/// Written out and read again, field by field; no default is left to stand in.
fn assert_survives(scenario: &Scenario) {
    let again = read(&scenario.to_yaml());
    let Scenario {
        name,
        description,
        profile,
        clock,
        duration,
        initial,
        warmup,
        seed,
        replications,
        source,
        criteria,
        catalogue,
        links,
        routes,
        sites,
        timings,
        sync,
        operations,
        clients,
        sms2003,
        faults,
        expectations,
        recording,
        series_every,
        defaults_used: _,
        parameters: _,
        overridden: _,
        watched: _,
    } = scenario;
    assert_eq!(*name, again.name);
    assert_eq!(*description, again.description);
    assert_eq!(*profile, again.profile);
    assert_eq!((clock.start(), clock.zone()), (again.clock.start(), again.clock.zone()));
    assert_eq!(*duration, again.duration);
    assert_eq!(*initial, again.initial);
    assert_eq!((*warmup, *replications), (again.warmup, again.replications));
    assert_eq!(*seed, again.seed);
    assert_eq!(*source, again.source);
    assert_eq!(*criteria, again.criteria);
    assert_eq!(*catalogue, again.catalogue);
    assert_eq!(*links, again.links);
    assert_eq!(*routes, again.routes);
    assert_eq!(*sites, again.sites);
    assert_eq!(*timings, again.timings);
    assert_eq!(*sync, again.sync);
    assert_eq!(*operations, again.operations);
    assert_eq!(*clients, again.clients);
    assert_eq!(*sms2003, again.sms2003);
    assert_eq!(*faults, again.faults);
    assert_eq!(*expectations, again.expectations);
    assert_eq!((*recording, *series_every), (again.recording, again.series_every));
    assert!(again.defaults_used.is_empty(), "{:?}", again.defaults_used);
    for (site, same) in sites.iter().zip(&again.sites) {
        for hour in 0..=duration.micros() / Duration::from_hours(1).micros() {
            let at = Instant::START + Duration::from_hours(hour);
            assert_eq!(clock.local(at, &site.zone), again.clock.local(at, &same.zone));
        }
    }
}

const EVERYTHING: &str = include_str!("../everything.yaml");

#[test]
fn a_scenario_of_everything_survives_being_written_out() {
    let scenario = read(EVERYTHING);
    assert_survives(&scenario);
    assert_eq!(read(&scenario.to_yaml()).to_yaml(), scenario.to_yaml());
}

#[test]
fn the_smallest_scenario_survives_being_written_out() {
    assert_survives(&read(
        "supsim: 1\nkind: scenario\nname: least\nstart: 2026-01-01 00:00\nsites: { CEN: {} }\n",
    ));
}

#[test]
fn times_in_the_hour_that_is_twice_survive() {
    let scenario = read(
        "supsim: 1\nkind: scenario\nname: fold\ntimezone: America/New_York\nstart: 2026-10-31 00:00\nduration: 3d\n\
             sites: { CEN: {} }\nsync: { schedule: { simple: { every: 30min } } }\n\
             catalogue: { releases: { r: { when: { every: 15min }, updates: 1, metadata: 1 MB } } }\n",
    );
    assert_eq!(scenario.catalogue.releases.len(), 3 * 96);
    assert_survives(&scenario);
}

#[test]
fn a_release_is_numbered_only_when_it_occurs_more_than_once_in_the_run() {
    let names = |days: u32| {
        let scenario = read(&format!(
            "supsim: 1\nkind: scenario\nname: n\nstart: 2026-01-01 00:00\nduration: {days}d\n\
                 sites: {{ CEN: {{}} }}\ncatalogue: {{ releases: {{ p: {{ updates: 1, metadata: 1 MB, \
                 when: {{ monthly: {{ week: second, day: Tue, at: \"10:00\" }} }} }} }} }}\n",
        ));
        assert_survives(&scenario);
        let releases = scenario.catalogue.releases.into_iter();
        releases.map(|release| release.name).collect::<Vec<_>>()
    };
    assert_eq!(names(31), ["p"]);
    assert_eq!(names(59), ["p#1", "p#2"]);
}

#[test]
fn codes_and_names_that_look_like_numbers_are_quoted() {
    let codes = ["001", "1E3", "0X1", "TRUE", "NULL", "NAN", "123", "00E1"];
    let children: String = codes
        .iter()
        .map(|code| {
            format!(
                "  \"{code}\": {{ parent: CEN, name: \"{code}\", labels: {{ a: \"{code}\" }} }}\n"
            )
        })
        .collect();
    assert_survives(&read(&format!(
        "supsim: 1\nkind: scenario\nname: \"1e3\"\ndescription: \"007\"\nstart: 2026-01-01 00:00\nsites:\n  CEN: {{}}\n{children}"
    )));
}

#[test]
fn what_all_sites_of_a_template_share_is_written_once() {
    let text = read(EVERYTHING).to_yaml();
    assert_eq!(text.matches("triangular").count(), 1, "{text}");
    let branch = "  branch:\n    type: secondary\n    sup:\n";
    assert!(text.contains(branch), "{text}");
}

#[test]
fn a_written_scenario_says_what_it_is() {
    let text = read(EVERYTHING).to_yaml();
    assert_eq!(text.lines().filter(|line| line.starts_with('#')).count(), 2);
    assert!(text.lines().next().is_some_and(|line| line.contains("written out in full")));
}
