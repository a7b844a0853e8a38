use std::collections::BTreeSet;

use super::*;
use crate::scenario::Profile;
use crate::units::Bytes;
use crate::units::Duration;

const HEAD: &str = "supsim: 1\nkind: scenario\nname: given\nstart: 2026-01-13 00:00\n";

fn read(rest: &str) -> Scenario {
    let text = format!("{HEAD}{rest}");
    let read = Scenario::parse("given.yaml", &text, &Overrides::default());
    read.unwrap_or_else(|report| panic!("{report}")).0
}

#[test]
fn three_sites_are_read_as_the_tutorial_means_them() {
    let scenario = read(
        "timezone: America/New_York
duration: 2d
catalogue:
  releases:
    patch-tuesday: { when: { at: 2026-01-13 13:00 }, updates: 120, metadata: 45 MB }
links:
  internet: { bandwidth: 100 Mbit/s, latency: 20ms }
  wan-2m: { bandwidth: 2 Mbit/s, latency: 40ms }
sites:
  CEN: { type: central, name: HQ, link: internet }
  PR1: { parent: CEN, name: Chicago, link: wan-2m }
  PR2: { parent: CEN, name: Lima, link: wan-2m }
sync:
  schedule: { weekly: { on: [Tue], at: \"22:00\" } }
faults:
  lima-first-try:
    where: { code: PR2 }
    do: { fail_sync: { after: 12min } }
    when: { attempts: [1] }
",
    );
    let codes: Vec<&str> = scenario.sites.iter().map(|site| site.code.as_str()).collect();
    assert_eq!(codes, ["CEN", "PR1", "PR2"]);
    assert_eq!(scenario.sync.schedule.len(), 1);
    assert_eq!(scenario.clock.utc(scenario.sync.schedule[0]), "2026-01-14T03:00:00Z");
    assert_eq!(scenario.sync.schedule_text, "weekly on Tue at 22:00");
    assert_eq!(scenario.catalogue.releases[0].metadata, Bytes(45_000_000));
    assert_eq!(scenario.clock.short(scenario.catalogue.releases[0].at), "Tue 13 Jan 13:00");
    assert_eq!(scenario.faults[0].sites, [crate::units::SiteId(2)]);
    assert_eq!(scenario.links[1].name, "wan-2m");
    assert_eq!(scenario.sites[2].link, Some(crate::units::LinkId(1)));
}

#[test]
fn every_default_stands_in_at_least_once() {
    let least = read("sites: { CEN: {} }\n");
    let more = read(
        "sites: { CEN: { sup: {}, clients: { intranet: 5 }, internet_sup: { mode: { export_import: {} } } }, PR1: { parent: CEN, internet_sup: {} } }\nsms2003: { site: CEN }\nlinks: { l: {} }\nroutes: { r: {} }\n\
             catalogue: { releases: { r: { when: never, updates: 1, metadata: 1 KB } }, history: { rows: \
             [\"time,change,update,product,classification\"] } }\n\
             faults: { f: { do: { fail_sync: { after: 1min } }, when: { attempts: [1] } } }\n",
    );
    let used = least.defaults_used.iter().chain(&more.defaults_used).map(|default| default.key);
    let used: BTreeSet<&str> = used.collect();
    let all: BTreeSet<&str> =
        Profile::Cm2007.defaults().iter().map(|default| default.key).collect();
    assert_eq!(used, all);
}

#[test]
fn what_is_written_is_not_a_default() {
    let scenario = read("sites: { CEN: {} }\nduration: 14d\nsync: { retry: { every: 60min } }\n");
    let used: Vec<&str> = scenario.defaults_used.iter().map(|default| default.key).collect();
    assert!(!used.contains(&"duration") && !used.contains(&"sync.retry.every"), "{used:?}");
    assert!(used.contains(&"sync.retry.limit"));
}

#[test]
fn the_default_schedule_falls_due_at_the_start_and_every_week() {
    let scenario = read("sites: { CEN: {} }\n");
    let days: Vec<u64> = scenario
        .sync
        .schedule
        .iter()
        .map(|at| at.micros() / Duration::from_days(1).micros())
        .collect();
    assert_eq!(days, [0, 7]);
    assert_eq!(scenario.sync.schedule_text, "simple every 7d");
    assert_eq!(scenario.sync.retry.every, Duration::from_mins(60));
    assert_eq!(scenario.sync.retry.limit, None);
}

#[test]
fn a_byte_order_mark_and_windows_line_ends_change_nothing() {
    let plain = format!("{HEAD}sites: {{ CEN: {{}} }}\n");
    let windows = format!("\u{feff}{}", plain.replace('\n', "\r\n"));
    let read = |text: &str| {
        Scenario::parse("given.yaml", text, &Overrides::default())
            .map(|(scenario, _)| scenario.to_yaml())
    };
    assert_eq!(read(&plain), read(&windows));
}

#[test]
fn warnings_come_with_a_scenario_that_can_be_run() {
    let text = format!("{HEAD}sites: {{ CEN: {{ sup: none }} }}\n");
    let (scenario, warnings) = Scenario::parse("given.yaml", &text, &Overrides::default()).unwrap();
    assert_eq!(scenario.top_level(), None);
    assert_eq!(warnings.iter().map(|found| found.code).collect::<Vec<_>>(), ["W0506"]);
}
