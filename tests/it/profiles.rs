//! Does a profile make a difference, and the one it says?

use supsim::engine::Status;
use supsim::scenario::{Profile, ScanOn, Scenario, SiteComplete};
use supsim::trace::{Fact, Trace};
use supsim::units::{Duration, Instant};

use crate::support::{self, times};

/// The same with routes, more of the child, and what a command line says.
fn run_of(profile: &str, routes: &str, child: &str, set: &str) -> (Scenario, Trace) {
    let text = text_of(profile, "[1, 2, 3]", routes, child);
    let read = support::read_held(&[("given.yaml", text.as_str())], set);
    let scenario = read.unwrap_or_else(|report| panic!("{report}"));
    let trace = support::run(&scenario);
    (scenario, trace)
}

fn text_of(profile: &str, attempts: &str, routes: &str, child: &str) -> String {
    format!(
        "supsim: 1
kind: scenario
name: given
profile: {profile}
start: 2026-01-13 00:00
duration: 3d
catalogue: {{ releases: {{ news: {{ when: {{ at: 2026-01-13 00:00 }}, updates: 10, metadata: 1 MB }} }} }}
{routes}sites: {{ CEN: {{ internet_sup: {{}} }}, ONE: {{ parent: CEN, {child} }} }}
faults:
  point: {{ do: internet_sup_down, when: {{ attempts: [1] }} }}
  child: {{ where: {{ code: ONE }}, do: {{ fail_sync: {{ after: 1min }} }}, when: {{ attempts: {attempts} }} }}
"
    )
}

/// A central site with an internet-based point that fails once, a child that fails as often as
/// `attempts` says, and nothing written that a profile could say.
fn world(profile: &str, attempts: &str) -> (Scenario, Trace) {
    let scenario = support::scenario(&format!(
        "supsim: 1
kind: scenario
name: given
profile: {profile}
start: 2026-01-13 00:00
duration: 3d
catalogue: {{ releases: {{ news: {{ when: {{ at: 2026-01-13 12:00 }}, updates: 10, metadata: 1 MB }} }} }}
sites: {{ CEN: {{ internet_sup: {{}} }}, ONE: {{ parent: CEN }} }}
faults:
  point: {{ do: internet_sup_down, when: {{ attempts: [1] }} }}
  child: {{ where: {{ code: ONE }}, do: {{ fail_sync: {{ after: 1min }} }}, when: {{ attempts: {attempts} }} }}
"
    ));
    let trace = support::run(&scenario);
    (scenario, trace)
}

fn starts(scenario: &Scenario, trace: &Trace, code: &str) -> Vec<Instant> {
    let started = |fact: &Fact| matches!(fact, Fact::Announced(Status::Started { .. }));
    times(trace, support::site(scenario, code), started)
}

fn failures(scenario: &Scenario, trace: &Trace, code: &str) -> Vec<Instant> {
    let failed = |fact: &Fact| matches!(fact, Fact::Announced(Status::Failed { .. }));
    times(trace, support::site(scenario, code), failed)
}

#[test]
fn p9_an_internet_point_holds_the_children_back_in_2007_and_not_later() {
    let (scenario, trace) = world("cm2007", "[99]");
    assert_eq!(scenario.sync.site_complete, SiteComplete::AfterInternetPoint);
    assert_eq!(failures(&scenario, &trace, "CEN").len(), 1, "its failure is the site's");
    let held_back = starts(&scenario, &trace, "ONE")[0];
    for later in ["cm2012", "cm-current"] {
        let (scenario, trace) = world(later, "[99]");
        assert_eq!(scenario.sync.site_complete, SiteComplete::BeforeInternetPoint);
        assert_eq!(failures(&scenario, &trace, "CEN").len(), 0, "its failure is its own");
        let child = starts(&scenario, &trace, "ONE")[0];
        // not the hour until the retry, and not the time that the point needed
        assert!(child + Duration::from_mins(60) < held_back, "{child} and {held_back}");
    }
}

#[test]
fn t4_wsus_by_itself_tries_twice_more_a_quarter_of_an_hour_apart_and_then_tomorrow() {
    let (scenario, trace) = world("wsus", "[1, 2, 3]");
    let started = starts(&scenario, &trace, "ONE");
    let failed = failures(&scenario, &trace, "ONE");
    assert_eq!(failed.len(), 3);
    let quarter = Duration::from_mins(15);
    assert_eq!(started[1..3], [failed[0] + quarter, failed[1] + quarter]);
    assert!(started[3] >= Instant::START + Duration::from_days(1), "{started:?}");
    // the same in Configuration Manager: an hour apart, for ever
    let (scenario, trace) = world("cm2007", "[1, 2, 3]");
    let started = starts(&scenario, &trace, "ONE");
    let failed = failures(&scenario, &trace, "ONE");
    let hour = Duration::from_mins(60);
    assert_eq!(started[1..4], [failed[0] + hour, failed[1] + hour, failed[2] + hour]);
}

#[test]
fn t1_wsus_by_itself_synchronises_every_day() {
    let at_the_top = |profile| world(profile, "[99]").0.sync.schedule.len();
    assert_eq!((at_the_top("wsus"), at_the_top("cm2007")), (3, 1));
}

#[test]
fn p3_p4_without_a_site_server_nothing_waits_and_nothing_is_imported() {
    let (scenario, trace) = world("wsus", "[99]");
    let top = support::site(&scenario, "CEN");
    let when = |wanted: fn(&Status) -> bool| {
        let meets = |fact: &Fact| matches!(fact, Fact::Announced(status) if wanted(status));
        times(&trace, top, meets)[0]
    };
    let pulling = when(|status| matches!(status, Status::SynchronizingWsus { .. }));
    let importing = when(|status| matches!(status, Status::SynchronizingDatabase { .. }));
    assert_eq!(pulling, Instant::START, "WSUS starts by itself");
    // the pull's own cost, and no fixed wait behind it
    assert_eq!(importing, Instant::START + Duration::from_secs(10));
}

#[test]
fn r1_routes_hold_metadata_back_in_2007_and_not_later() {
    let routes = "routes: { nights: { open: { Mon-Sun: \"20:00-24:00\" } } }\n";
    let inserted = |profile: &str| {
        let (scenario, trace) = run_of(profile, routes, "route: nights", "");
        let here = support::site(&scenario, "ONE");
        times(&trace, here, |fact| matches!(fact, Fact::PackageInserted { .. }))[0]
    };
    let opens = Instant::START + Duration::from_hours(20);
    assert!(inserted("cm2007") > opens, "{}", inserted("cm2007"));
    for later in ["cm2012", "cm-current", "wsus"] {
        assert!(inserted(later) < opens, "{later}: {}", inserted(later));
    }
}

#[test]
fn c3_the_policy_makes_clients_scan_in_2007_and_the_schedule_later() {
    let read = |profile: &str| run_of(profile, "", "clients: { intranet: 100 }", "").0.clients;
    assert_eq!(read("cm2007").scan_on, ScanOn::Policy);
    for later in ["cm2012", "cm-current"] {
        assert_eq!((read(later).scan_on, read(later).scan_every), (ScanOn::Schedule, WEEK));
    }
    assert_eq!(read("wsus").scan_on, ScanOn::Schedule);
    assert_eq!(read("wsus").scan_every, Duration::from_hours(22));
}

const WEEK: Duration = Duration::from_days(7);

/// Everything that a default can stand in for, and nothing that one could.
const ALL: &str = "supsim: 1
kind: scenario
name: given
start: 2026-01-13 00:00
catalogue: { history: { file: history.csv }, releases: { news: { when: { at: 2026-01-13 12:00 }, updates: 10, metadata: 1 MB } } }
links: { line: {} }
routes: { road: {} }
clients: {}
sms2003: { site: CEN }
sites:
  CEN: { sup: {}, internet_sup: {}, clients: { intranet: 50, internet: 5, sms2003: 5 } }
  ONE: { parent: CEN, link: line, route: road }
  TWO: { parent: CEN, sup: {}, internet_sup: { mode: { export_import: {} } } }
faults: { f: { where: { code: ONE }, do: { fail_sync: { after: 1min } }, when: { attempts: [1] } } }
";
const HISTORY: &str = "time,change,update,revision,product,classification\n\
                       2026-01-14T17:00:00Z,released,MU26-001,1,Windows,Security Updates\n";

/// Where a default stands in `ALL`; `None`: its value is told in words that nobody can write.
fn place_of(key: &str) -> Option<String> {
    let instead = [
        ("sites.sup.", "sites.CEN.sup."),
        ("sites.internet_sup.mode.export_import.", "sites.TWO.internet_sup.mode.export_import."),
        ("sites.internet_sup.", "sites.CEN.internet_sup."),
        ("sites.", "sites.ONE."),
        ("links.", "links.line."),
        ("routes.", "routes.road."),
        ("catalogue.releases.", "catalogue.releases.news."),
        ("faults.", "faults.f."),
    ];
    let in_words = ["sites.type", "sites.timezone", "sms2003.start"];
    if in_words.contains(&key) || key.ends_with(".languages") || key.ends_with(".express") {
        return None;
    }
    let place =
        instead.iter().find_map(|(from, to)| Some(format!("{to}{}", key.strip_prefix(from)?)));
    Some(place.unwrap_or_else(|| key.to_owned()))
}

fn all_of(profile: Profile, set: &str) -> String {
    let text = format!("{ALL}profile: {}\n", profile.word());
    let files = [("given.yaml", text.as_str()), ("history.csv", HISTORY)];
    let read = support::read_held(&files, set);
    read.unwrap_or_else(|report| panic!("{} {set}:\n{report}", profile.word())).to_yaml()
}

#[test]
fn what_show_defaults_prints_is_what_acts() {
    for profile in Profile::all() {
        let silent = all_of(profile, "");
        for default in profile.defaults() {
            let Some(place) = place_of(default.key) else { continue };
            let written = all_of(profile, &format!("--set {place}={}", default.value));
            assert!(written == silent, "{}: {} is not what acts", profile.word(), default.key);
        }
    }
}

#[test]
fn every_default_that_differs_makes_another_scenario() {
    for profile in Profile::all() {
        let silent = all_of(profile, "");
        for default in profile.defaults() {
            let other = Profile::Cm2007.default_of(default.key).expect("a default");
            if other.value == default.value {
                continue;
            }
            let place = place_of(default.key).expect("a value that can be written");
            let written = all_of(profile, &format!("--set {place}={}", other.value));
            assert!(written != silent, "{}: {} makes no difference", profile.word(), default.key);
        }
    }
}

/// A world in which each default that differs matters: routes that open at night, an internet-based
/// point that fails once, a child that fails again and again, clients that scan.
#[test]
fn every_default_that_differs_changes_the_run() {
    let routes = "routes: { nights: { open: { Mon-Sun: \"20:00-24:00\" } } }\n";
    let child = "route: nights, clients: { intranet: 20 }";
    let run = |profile: Profile, set: &str| run_of(profile.word(), routes, child, set).1;
    for profile in Profile::all().filter(|profile| *profile != Profile::Cm2007) {
        let own = run(profile, "");
        let mut differs = 0;
        for default in profile.defaults() {
            let other = Profile::Cm2007.default_of(default.key).expect("a default");
            if other.value == default.value {
                continue;
            }
            differs += 1;
            let changed = run(profile, &format!("--set {}={}", default.key, other.value));
            assert!(own != changed, "{}: {} changes no run", profile.word(), default.key);
        }
        assert!(differs > 0, "{}", profile.word());
    }
}

#[test]
fn the_expanded_scenario_keeps_its_profile() {
    for profile in Profile::all() {
        let (scenario, _) = world(profile.word(), "[99]");
        let again = support::scenario(&scenario.to_yaml());
        assert_eq!((again.profile, &again.sync), (profile, &scenario.sync));
    }
}

/// `docs/profiles.md` shows every difference; `REWRITE=1` writes its tables anew.
#[test]
fn the_page_of_profiles_shows_every_difference() {
    let path = support::project("docs/profiles.md");
    let page = std::fs::read_to_string(&path).expect("docs/profiles.md");
    let mut fresh = page.clone();
    for profile in Profile::all().filter(|profile| profile.follows().is_some()) {
        let begin = format!("<!-- {} -->\n", profile.word());
        let from = fresh.find(&begin).expect("a table for each profile") + begin.len();
        let to = from + fresh[from..].find("<!-- end -->").expect("its end");
        let mut table =
            "\n| default | value | instead of | known | from |\n|---|---|---|---|---|\n".to_owned();
        for own in profile.differences() {
            let other = profile.follows().and_then(|other| other.default_of(own.key));
            let other = other.map_or("", |other| other.value);
            let status = format!("{:?}", own.status).to_lowercase();
            table += &format!(
                "| `{}` | `{}` | `{other}` | {status} | {} |\n",
                own.key, own.value, own.source
            );
        }
        table.push('\n');
        fresh.replace_range(from..to, &table);
    }
    if std::env::var_os("REWRITE").is_some() {
        std::fs::write(&path, &fresh).expect("writing docs/profiles.md");
    } else {
        assert_eq!(page, fresh, "REWRITE=1 writes the tables of docs/profiles.md anew");
    }
}
