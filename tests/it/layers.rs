//! `extends`, `params`, `overrides`, `import` and the command line: is the world that comes out of
//! several layers the one that was meant?

use std::rc::Rc;

use proptest::prelude::*;
use supsim::scenario::{Overrides, Scenario, SiteKind, SitesOverride};
use supsim::units::Duration;

use crate::support::{held, read_held, scenario};

const BASE: &str = "supsim: 1
kind: scenario
name: base
start: 2026-01-12 00:00
params:
  branch_retry: { type: duration, default: 60min, min: 5min, max: 24h }
  weekly_at: { type: time_of_day, default: \"22:00\" }
links: { wan: { bandwidth: 2 Mbit/s }, vsat: { bandwidth: 256 Kbit/s } }
templates:
  branch: { type: secondary, link: wan, retry: { every: \"${branch_retry}\", limit: 9 } }
sites:
  CEN: {}
  R01: { parent: CEN, labels: { region: EMEA, size: s } }
generate:
  branches:
    template: branch
    under: { type: primary }
    total: 10
    code: \"B{n36:02}\"
    inherit: [labels]
    assign: { link: { wan: 80%, vsat: 20% } }
sync: { schedule: { weekly: { on: [Tue], at: \"${weekly_at}\" } }, retry: { limit: 4 } }
overrides:
  satellites: { where: { link: vsat }, set: { retry.limit: 3, timing.insert: 7min } }
faults:
  cut: { where: { code: R01 }, do: link_down, when: { window: { from: 2026-01-13 22:00, for: 9h } } }
";

fn head(rest: &str) -> String {
    format!("supsim: 1\nkind: scenario\nname: over\nextends: base.yaml\n{rest}")
}

/// What lies over BASE, and what the command line says.
fn over(rest: &str, words: &str) -> Scenario {
    let own = head(rest);
    read_held(&[("over.yaml", &own), ("base.yaml", BASE)], words)
        .unwrap_or_else(|report| panic!("{report}"))
}

fn base(words: &str) -> Scenario {
    read_held(&[("base.yaml", BASE)], words).unwrap_or_else(|report| panic!("{report}"))
}

fn site<'s>(scenario: &'s Scenario, code: &str) -> &'s supsim::scenario::Site {
    scenario.sites.iter().find(|site| site.code == code).unwrap()
}

fn link_of(scenario: &Scenario, code: &str) -> String {
    let link = site(scenario, code).link.unwrap();
    scenario.links[link.index()].name.clone()
}

#[test]
fn extends_with_nothing_changes_nothing_but_the_name() {
    let (below, above) = (base(""), over("", ""));
    assert_eq!(above.name, "over");
    assert_eq!(above.to_yaml().replace("name: over", "name: base"), below.to_yaml());
}

#[test]
fn named_things_merge_and_a_value_replaces_whole() {
    let world = over(
        "faults: { cut: { when: { per_attempt: 3% } } }\ngenerate: { branches: { total: 4, assign: { link: { vsat: 100% } } } }\n",
        "",
    );
    // `where` and `do` of the base stay; the *when* is another one, not both
    assert!(matches!(world.faults[0].occurs, supsim::scenario::Occurs::PerAttempt(_)));
    assert_eq!(world.sites.len(), 6);
    assert!(world.sites[2..].iter().all(|site| site.labels["region"] == "EMEA"));
    assert_eq!(link_of(&world, "B01"), "vsat");
}

#[test]
fn a_selector_laid_over_another_is_not_both() {
    let world = over("generate: { branches: { under: { code: CEN } } }\n", "");
    assert!(world.sites[2..].iter().all(|site| site.tier == 2));
}

#[test]
fn null_removes_an_entry() {
    assert!(over("faults: { cut: null }\n", "").faults.is_empty());
    assert_eq!(over("overrides: { satellites: null }\n", "").sites[2].retry.limit, Some(9));
}

#[test]
fn an_override_reaches_generated_sites_and_only_those_selected() {
    let world = base("");
    for site in &world.sites {
        let on_vsat = site.link.is_some_and(|link| world.links[link.index()].name == "vsat");
        let insert = &world.timings[site.timing].insert;
        let seven = format!("{:?}", insert.base).contains("420000000");
        assert_eq!(seven, on_vsat, "{}", site.code);
        let limit = if on_vsat {
            Some(3)
        } else if site.kind == SiteKind::Secondary {
            Some(9)
        } else {
            Some(4)
        };
        assert_eq!(site.retry.limit, limit, "{}", site.code);
        // the part that it does not name stays
        assert_eq!(site.retry.every, Duration::from_mins(60));
    }
    assert_eq!(world.sites.iter().filter(|site| site.retry.limit == Some(3)).count(), 2);
}

#[test]
fn an_override_says_what_the_sites_could_have_said_themselves() {
    let written = "supsim: 1\nkind: scenario\nname: w\nstart: 2026-01-12 00:00\nlinks: { a: {}, b: {} }\nsites:\n  CEN: {}\n";
    let over = scenario(&format!(
        "{written}  R01: {{ parent: CEN, link: a, labels: {{ x: y }}, sup: {{ server: remote }} }}\n\
         overrides: {{ o: {{ where: {{ link: a }}, set: {{ link: b, labels.z: w, sup.console: missing, timezone: Europe/Paris, retry.every: 5min }} }} }}\n"
    ));
    let by_hand = scenario(&format!(
        "{written}  R01: {{ parent: CEN, link: b, labels: {{ x: y, z: w }}, sup: {{ server: remote, console: missing }}, timezone: Europe/Paris, retry: {{ every: 5min }} }}\n"
    ));
    assert_eq!(over.sites, by_hand.sites);
    assert_eq!(over.timings, by_hand.timings, "none is left that no site has");
    assert_eq!(over.to_yaml(), by_hand.to_yaml());
}

#[test]
fn overrides_are_applied_in_the_order_written_on_what_the_ones_before_left() {
    let world = over(
        "overrides:\n  a: { where: { link: vsat }, set: { link: wan, labels.was: vsat } }\n  b: { where: { labels: { was: vsat } }, set: { name: one } }\n  c: { where: { link: wan }, set: { name: two } }\n",
        "",
    );
    assert!(world.sites.iter().filter(|site| site.labels.contains_key("was")).count() == 2);
    assert!(world.sites[2..].iter().all(|site| site.name == "two"));
}

#[test]
fn an_override_may_move_a_site() {
    let world = over(
        "overrides: { up: { where: { code: B01 }, set: { parent: CEN, type: primary } }, low: { where: { tier: 2 }, set: { name: high } } }\n",
        "",
    );
    assert_eq!((site(&world, "B01").tier, site(&world, "B01").name.as_str()), (2, "high"));
    assert_eq!(site(&world, "B02").name, "");
}

#[test]
fn only_defaults_that_hold_in_the_end_are_used() {
    let text = "supsim: 1\nkind: scenario\nname: w\nstart: 2026-01-12 00:00\nsites: { CEN: {} }\n\
                overrides: { o: { where: {}, set: { timing.insert: 5min, sup: { server: local } } } }\n";
    let used: Vec<&str> = scenario(text).defaults_used.iter().map(|used| used.key).collect();
    assert!(!used.contains(&"timing.insert") && !used.contains(&"sites.sup"), "{used:?}");
    assert!(used.contains(&"timing.pull"));
}

#[test]
fn a_parameter_stands_for_a_whole_value_and_p_turns_it() {
    assert_eq!(site(&base(""), "B01").retry.every, Duration::from_mins(60));
    let turned = base("-p branch_retry=30min\n-p weekly_at=14:00\n");
    assert_eq!(site(&turned, "B01").retry.every, Duration::from_mins(30));
    assert_eq!(turned.sync.schedule_text, "weekly on Tue at 14:00");
    assert_eq!(turned.parameters[0].value, "30min");
    assert_eq!(turned.parameters[0].default.as_deref(), Some("60min"));
    assert_eq!(turned.overridden[0].path, "params.branch_retry");
    assert_eq!(turned.overridden[0].before.as_deref(), Some("60min"));
}

#[test]
fn set_writes_and_removes_one_value() {
    let world = base("--set faults.cut.when.window.for=4h\n--set links.vsat.latency=620ms\n");
    let supsim::scenario::Occurs::Window { from, until } = world.faults[0].occurs else {
        panic!("it stays a window")
    };
    assert_eq!(until.unwrap().since(from), Duration::from_hours(4));
    assert_eq!(world.links[0].latency, Duration::from_millis(620));
    assert!(base("--set faults.cut=null\n").faults.is_empty());
    let whole = base("--set sync.schedule={ simple: { every: 1d } }\n");
    assert_eq!(whole.sync.schedule.len(), 14);
    let fresh = base("--set faults.new={ do: site_down, when: { window: {} } }\n");
    assert_eq!(fresh.faults.len(), 2);
}

#[test]
fn where_and_set_reach_the_sites_selected_after_the_overrides_of_the_file() {
    let world = base("--where link=vsat\n--set link=wan\n--set retry.limit=1\n");
    assert!(world.sites[2..].iter().all(|site| link_of(&world, &site.code) == "wan"));
    assert_eq!(world.sites.iter().filter(|site| site.retry.limit == Some(1)).count(), 2);
    let region = base("--where labels.region=EMEA\n--set name=here\n");
    assert_eq!(region.sites.iter().filter(|site| site.name == "here").count(), 11);
    assert_eq!(base("--where region=EMEA\n--set name=here\n").to_yaml(), region.to_yaml());
    assert_eq!(region.overridden[0].path, "name of 11 sites (R01 B01 B02 B03 B04 ...)");
}

/// The order of application: the base, the file, --with, --set, -p, overrides, --where.
#[test]
fn what_is_said_later_wins() {
    let own = head("params: { branch_retry: { default: 50min } }\n");
    let emergency = "params: { branch_retry: { default: 40min } }\noverrides: { last: { where: { code: B01 }, set: { retry.every: 10min } } }\n";
    let files = [("over.yaml", own.as_str()), ("base.yaml", BASE), ("e.yaml", emergency)];
    let every = |words: &str, code: &str| {
        let world = read_held(&files, words).unwrap_or_else(|report| panic!("{report}"));
        site(&world, code).retry.every
    };
    let mut words = String::new();
    let mut then = |more: &str, code: &str, minutes: u64| {
        words += more;
        assert_eq!(every(&words, code), Duration::from_mins(minutes), "{words}");
    };
    then("", "B02", 50);
    then("--with e.yaml\n", "B02", 40);
    then("--set params.branch_retry.default=30min\n", "B02", 30);
    then("-p branch_retry=20min\n", "B02", 20);
    then("", "B01", 10);
    then("--where code=B01\n--set retry.every=5min\n", "B01", 5);
}

#[test]
fn what_with_lays_over_is_told_value_by_value() {
    let own = BASE.replace("name: base", "name: own");
    let files = [
        ("own.yaml", own.as_str()),
        ("e.yaml", "links: { vsat: { bandwidth: 1 Mbit/s } }\nfaults: { cut: null }\n"),
    ];
    let world = read_held(&files, "--with e.yaml\n").unwrap();
    let told: Vec<(&str, Option<&str>, Option<&str>)> = world
        .overridden
        .iter()
        .map(|one| (one.path.as_str(), one.before.as_deref(), one.after.as_deref()))
        .collect();
    assert_eq!(told[0], ("links.vsat.bandwidth", Some("256 Kbit/s"), Some("1 Mbit/s")));
    assert_eq!((told[1].0, told[1].2), ("faults.cut", None));
    assert!(world.overridden.iter().all(|one| one.by == "--with e.yaml"));
}

const TABLE: &str = "code,name,type,parent,link,timezone,clients,label.region\r\n\
    CEN,HQ,central,,,America/New_York,1200,AMER\r\n\
    R05,\"Frankfurt, Main\",primary,CEN,wan,W. Europe Standard Time,8400,EMEA\r\n\
    007,\"the \"\"other\"\"\",,CEN,,,,\r\n,,,,,,,\r\n";

fn imported(table: &str) -> Scenario {
    let own = "supsim: 1\nkind: scenario\nname: i\nstart: 2026-01-12 00:00\nlinks: { wan: {} }\nimport: { sites: data/sites.csv }\nsites: { R05: { name: Hamburg, labels: { size: l } } }\n";
    read_held(&[("own.yaml", own), ("data/sites.csv", table)], "")
        .unwrap_or_else(|report| panic!("{report}"))
}

#[test]
fn a_table_of_sites_is_read_by_the_names_of_its_columns() {
    let world = imported(TABLE);
    let codes: Vec<&str> = world.sites.iter().map(|site| site.code.as_str()).collect();
    assert_eq!(codes, ["CEN", "R05", "007"]);
    // what is written by hand wins over the row
    assert_eq!(site(&world, "R05").name, "Hamburg");
    assert_eq!(site(&world, "R05").labels["region"], "EMEA");
    assert_eq!(site(&world, "R05").labels["size"], "l");
    assert_eq!(site(&world, "R05").zone.name(), "Europe/Berlin");
    assert_eq!(site(&world, "R05").clients.intranet, 8400);
    assert_eq!(site(&world, "007").name, "the \"other\"");
    assert_eq!(link_of(&world, "R05"), "wan");
}

#[test]
fn what_spreadsheets_and_powershell_make_of_a_table_is_the_same_table() {
    let plain = imported(TABLE).to_yaml();
    let semicolons = TABLE.replace(", Main", "; Main").replace(',', ";");
    let semicolons = semicolons.replace("Frankfurt; Main", "Frankfurt, Main");
    for table in [
        format!("\u{feff}{TABLE}"),
        TABLE.replace("\r\n", "\n"),
        TABLE.trim_end().to_owned(),
        semicolons.clone(),
        format!("sep=;\r\n{semicolons}"),
        format!("#TYPE System.Management.Automation.PSCustomObject\r\n{TABLE}"),
        TABLE.replace("code,", "\"code\","),
    ] {
        assert_eq!(imported(&table).to_yaml(), plain, "{table}");
    }
}

const ROUTES: &str = include_str!("layers/routes.json");

#[test]
fn routes_of_the_product_become_routes_of_the_scenario() {
    let head = "supsim: 1\nkind: scenario\nname: i\nstart: 2026-01-12 00:00\n";
    let sites = "sites: { CEN: {}, R05: { parent: CEN }, R06: { parent: CEN }, R07: { parent: CEN }, R08: { parent: R05 }";
    let import = format!("{head}import: {{ routes: r.json }}\n{sites} }}\n");
    let written = format!(
        "{head}routes:\n  CEN-R05: {{ open: {{ \"Mon-Fri\": [\"00:00-06:00\", \"20:00-24:00\"], \"Sat-Sun\": \"00:00-24:00\" }}, \
         rate: {{ hourly: {{ \"06:00-20:00\": 10%, \"20:00-06:00\": 75% }} }} }}\n  \
         CEN-R06: {{ open: {{ \"Mon-Sun\": {{ \"08:00-20:00\": high, \"20:00-24:00\": all, \"00:00-08:00\": all }} }}, rate: unlimited }}\n  \
         CEN-R07: {{ rate: {{ pulse: {{ block: 3 KB, delay: 5s }} }} }}\n  R05-CEN: {{ rate: unlimited }}\n\
         sites: {{ CEN: {{}}, R05: {{ parent: CEN, route: CEN-R05 }}, R06: {{ parent: CEN, route: CEN-R06 }}, \
         R07: {{ parent: CEN, route: CEN-R07 }}, R08: {{ parent: R05 }} }}\n"
    );
    let imported = read_held(&[("i.yaml", &import), ("r.json", ROUTES)], "")
        .unwrap_or_else(|report| panic!("{report}"));
    let by_hand = scenario(&written);
    assert_eq!(imported.routes, by_hand.routes);
    assert_eq!(imported.sites, by_hand.sites);
    // a lone route is no list, and one written by hand wins
    let one = "{ \"SiteCode\": \"CEN\", \"DesSiteCode\": \"R05\", \"UnlimitedRateForAll\": true }";
    let own = format!("{import}routes: {{ CEN-R05: {{ threads: 2 }} }}\n");
    let lone = read_held(&[("i.yaml", &own), ("r.json", one)], "").unwrap();
    assert_eq!((lone.routes.len(), lone.routes[0].threads), (1, 2));
}

#[test]
fn a_generated_site_keeps_its_route_when_an_override_touches_it() {
    let world = scenario(
        "supsim: 1\nkind: scenario\nname: r\nstart: 2026-01-12 00:00\nroutes: { a: {}, b: {} }\nlinks: { l: {} }\n\
         sites: { CEN: {}, R01: { parent: CEN, route: a, link: l } }\n\
         generate: { g: { under: { code: R01 }, total: 4, code: \"B{n:02}\", name: \"no {n}\", inherit: [link], assign: { route: { a: 50%, b: 50% } } } }\n\
         overrides: { o: { where: { route: b }, set: { labels.touched: y } }, p: { where: { route: b }, set: { route: a } }, q: { where: { link: l }, set: { labels.x: y } } }\n",
    );
    let touched = |site: &&supsim::scenario::Site| site.labels.contains_key("touched");
    assert_eq!(world.sites.iter().filter(touched).count(), 2);
    let own: Vec<&str> = world.sites[2..].iter().map(|site| site.name.as_str()).collect();
    assert_eq!(own, ["no 1", "no 2", "no 3", "no 4"], "each keeps what the generator gave it");
    let names = |site: &supsim::scenario::Site| {
        site.route.map(|route| world.routes[route.index()].name.clone())
    };
    assert!(world.sites[1..].iter().all(|site| names(site).as_deref() == Some("a")));
    assert!(world.sites[1..].iter().all(|site| site.labels["x"] == "y"));
}

#[test]
fn files_are_counted_from_the_file_that_names_them() {
    let main = "supsim: 1\nkind: scenario\nname: m\nextends: a/b/base.yaml\n";
    let files = [
        ("main.yaml", main),
        (
            "a/b/base.yaml",
            "supsim: 1\nkind: scenario\nname: b\nextends: ../c.yaml\nstart: 2026-01-12 00:00\n",
        ),
        ("a/c.yaml", "supsim: 1\nkind: scenario\nname: c\nimport: { sites: sites.csv }\n"),
        ("a/sites.csv", "code\nCEN\n"),
    ];
    assert_eq!(read_held(&files, "").unwrap_or_else(|report| panic!("{report}")).sites.len(), 1);
}

/// The same on a disk: what lies outside is not read, however it is named.
#[test]
fn a_scenario_on_disk_reads_only_below_its_own_folder() {
    let folder = tempfile::tempdir().unwrap();
    let own = folder.path().join("own");
    std::fs::create_dir(&own).unwrap();
    std::fs::write(folder.path().join("base.yaml"), BASE).unwrap();
    let first_code = |name: &str, allow_outside: bool| {
        let main = own.join("main.yaml");
        std::fs::write(&main, head("").replace("base.yaml", name)).unwrap();
        let said = Overrides { allow_outside, ..Overrides::default() };
        Scenario::read(&main, &said).err().map(|report| report.diagnostics[0].code)
    };
    assert_eq!(first_code("../base.yaml", false), Some("E0121"));
    assert_eq!(first_code("../base.yaml", true), None);
    assert_eq!(first_code("../../../../../../../etc/passwd", false), Some("E0121"));
    assert_eq!(first_code("/dev/zero", true), Some("E0120"));
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("../base.yaml", own.join("link.yaml")).unwrap();
        assert_eq!(first_code("link.yaml", false), Some("E0121"));
        assert_eq!(first_code("link.yaml", true), None);
    }
    std::fs::rename(folder.path().join("base.yaml"), own.join("base.yaml")).unwrap();
    assert_eq!(first_code("base.yaml", false), None);
    assert_eq!(first_code("./deeper/../base.yaml", false), None);
}

#[test]
fn a_chain_of_extends_has_an_end() {
    let link = |n: usize| {
        (
            format!("f{n}.yaml"),
            format!(
                "supsim: 1\nkind: scenario\nname: f{n}\nstart: 2026-01-12 00:00\nsites: {{ CEN: {{}} }}\nextends: f{}.yaml\n",
                n + 1
            ),
        )
    };
    let mut files: Vec<(String, String)> = (0..200).map(link).collect();
    let read = |files: &[(String, String)]| {
        let files: Vec<(&str, &str)> =
            files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
        read_held(&files, "").map(|_| ())
    };
    let report = read(&files).unwrap_err();
    assert_eq!(report.diagnostics[0].code, "E0122", "{report}");
    files.truncate(16);
    files[15].1 = files[15].1.replace("extends: f16.yaml\n", "");
    read(&files).unwrap_or_else(|report| panic!("{report}"));
}

#[test]
fn a_table_beyond_the_limit_is_refused_unread() {
    let own =
        "supsim: 1\nkind: scenario\nname: i\nstart: 2026-01-12 00:00\nimport: { sites: s.csv }\n";
    let large = "code,name\n".to_owned() + &"x,".repeat(9_000_000);
    let report = read_held(&[("own.yaml", own), ("s.csv", &large)], "").unwrap_err();
    assert_eq!(report.diagnostics[0].code, "E0002", "{report}");
    let rows: String = (0..100_001).map(|n| format!("S{n:06}\n")).collect();
    let report =
        read_held(&[("own.yaml", own), ("s.csv", &format!("code\n{rows}"))], "").unwrap_err();
    assert_eq!(report.diagnostics[0].code, "E0315", "{report}");
}

#[test]
fn a_parameter_used_very_often_costs_no_more_than_the_file() {
    let many: String =
        (0..50_000).map(|n| format!("  k{n}: {{ bandwidth: \"${{x}}\" }}\n")).collect();
    let text = format!(
        "supsim: 1\nkind: scenario\nname: m\nstart: 2026-01-12 00:00\nsites: {{ CEN: {{}} }}\nparams: {{ x: {{ type: rate, default: 2 Mbit/s }} }}\nlinks:\n{many}"
    );
    assert_eq!(scenario(&text).links.len(), 50_000);
}

/// A scenario of a few named things, each a map of values; no null, no value of another shape.
fn layer() -> impl Strategy<Value = String> {
    let link = ("[a-c]", "[1-9]", any::<bool>()).prop_map(|(name, size, latency)| {
        let latency = if latency { format!(", latency: {size}ms") } else { String::new() };
        format!("  {name}: {{ bandwidth: {size} Mbit/s{latency} }}\n")
    });
    let site = ("[D-F]", "[a-c]", "[x-z]").prop_map(|(code, label, value)| {
        format!("  {code}00: {{ parent: CEN, labels: {{ {label}: {value} }}, retry: {{ limit: {} }} }}\n", value.len())
    });
    (
        prop::collection::vec(link, 0..4),
        prop::collection::vec(site, 0..4),
        prop::option::of("[1-9]"),
    )
        .prop_map(|(links, sites, jitter)| {
            let once = |mut lines: Vec<String>| {
                lines.sort();
                lines.dedup_by_key(|line| line[..5].to_owned());
                lines.concat()
            };
            let jitter = jitter.map(|n| format!("sync: {{ retry: {{ jitter: {n}min }} }}\n"));
            format!(
                "links:\n  z: {{}}\n{}sites:\n  CEN: {{}}\n{}{}",
                once(links),
                once(sites),
                jitter.unwrap_or_default()
            )
        })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    /// (a below b) below c is a below (b below c), where nothing is removed.
    #[test]
    fn merging_is_associative(a in layer(), b in layer(), c in layer()) {
        let top = |name: &str, under: &str, rest: &str| format!("supsim: 1\nkind: scenario\nname: {name}\n{under}{rest}");
        let bottom = top("a", "start: 2026-01-12 00:00\n", &a);
        // c extends b extends a
        let left = read_held(&[
            ("c.yaml", &top("m", "extends: b.yaml\n", &c)),
            ("b.yaml", &top("b", "extends: a.yaml\n", &b)),
            ("a.yaml", &bottom),
        ], "").map_err(|report| TestCaseError::fail(report.to_string()))?;
        // (c over b) laid over a, by --with
        let above = top("m", "extends: b.yaml\n", &c);
        let right = read_held(&[
            ("a.yaml", &bottom),
            ("c.yaml", &above),
            ("b.yaml", &top("b", "", &b)),
        ], "--with c.yaml\n").map_err(|report| TestCaseError::fail(report.to_string()))?;
        prop_assert_eq!(left.to_yaml(), right.to_yaml());
    }

    /// Whatever is said on the command line is answered, and with printable characters.
    #[test]
    fn a_soup_of_words_on_the_command_line_is_always_answered(
        words in prop::collection::vec(prop::sample::select(vec![
            "faults", ".", "cut", "=", "null", "when", "{", "}", "[", "\"", ":", " ", "sites", "R01", "B01", "link", "wan",
            "overrides", "satellites", "set", "where", "params", "branch_retry", "${branch_retry}", "1h", "-1", "\u{1b}[2J",
            "*a", "&a", "!t", "#", "\n", "~", "é", "labels", "region", "type", "generate", "extends", "import",
        ]), 1..9),
        flag in prop::sample::select(vec!["-p", "--set", "--where", "--with"]),
    ) {
        let word = words.concat();
        let mut said = Overrides::default();
        match flag {
            "-p" => said.params.push(word),
            "--set" => said.set.push(word),
            "--with" => said.with.push(word),
            _ => said.sites.push(SitesOverride { selected: vec![word], set: vec!["name=x".to_owned()] }),
        }
        let files = Rc::new(held(&[("base.yaml", BASE)]));
        if let Err(report) = Scenario::decode("base.yaml", BASE.as_bytes(), &said, files) {
            prop_assert!(report.errors() > 0);
            prop_assert!(!report.to_string().chars().any(|c| c.is_control() && c != '\n'));
        }
    }

    /// Whatever a table holds is answered.
    #[test]
    fn a_damaged_table_is_always_answered(
        cuts in prop::collection::vec((any::<prop::sample::Index>(), 0..9usize, prop::sample::select(vec![
            "", "\"", "\"\"", ",", ";", "\t", "\r", "\n", "sep=;\n", "#TYPE x\n", "\u{feff}", "code", "=1+1", "é", "\u{0}", "CEN",
        ])), 1..5),
    ) {
        let mut text: Vec<char> = TABLE.chars().collect();
        for (at, length, word) in cuts {
            let begin = at.index(text.len());
            let end = (begin + length).min(text.len());
            text.splice(begin..end, word.chars());
        }
        let table: String = text.into_iter().collect();
        let own = "supsim: 1\nkind: scenario\nname: i\nstart: 2026-01-12 00:00\nlinks: { wan: {} }\nimport: { sites: s.csv }\n";
        match read_held(&[("own.yaml", own), ("s.csv", &table)], "") {
            Ok(world) => prop_assert!(!world.sites.is_empty()),
            Err(report) => prop_assert!(report.errors() > 0, "{}", report),
        }
    }

    /// Whatever a file of routes holds is answered.
    #[test]
    fn damaged_routes_are_always_answered(at in any::<prop::sample::Index>(), length in 0..40usize, word in prop::sample::select(vec!["", "[", "}", "\"", "null", "1", "{}", ","])) {
        let mut text: Vec<char> = ROUTES.chars().collect();
        let begin = at.index(text.len());
        let end = (begin + length).min(text.len());
        text.splice(begin..end, word.chars());
        let routes: String = text.into_iter().collect();
        let own = "supsim: 1\nkind: scenario\nname: i\nstart: 2026-01-12 00:00\nsites: { CEN: {}, R05: { parent: CEN } }\nimport: { routes: r.json }\n";
        if let Err(report) = read_held(&[("own.yaml", own), ("r.json", &routes)], "") {
            prop_assert!(report.errors() > 0);
        }
    }

    /// A file laid over itself is itself.
    #[test]
    fn merging_with_itself_changes_nothing(a in layer()) {
        let text = format!("supsim: 1\nkind: scenario\nname: a\nstart: 2026-01-12 00:00\n{a}");
        let alone = read_held(&[("a.yaml", &text)], "").unwrap();
        let twice = read_held(&[("a.yaml", &text)], "--with a.yaml\n").unwrap();
        prop_assert_eq!(alone.to_yaml(), twice.to_yaml());
    }

    /// Written out, a scenario of layers stands alone and is the same.
    #[test]
    fn a_scenario_of_layers_written_out_is_the_same_world(b in layer()) {
        let own = head("name: over\n").replacen("name: over\n", "", 1) + &b.replace("  z: {}\n", "  z: {}\n  wan: {}\n");
        let world = match read_held(&[("over.yaml", &own), ("base.yaml", BASE)], "--where link=vsat\n--set name=sat\n") {
            Ok(world) => world,
            Err(report) => return Err(TestCaseError::fail(report.to_string())),
        };
        let written = world.to_yaml();
        let (again, _) = Scenario::parse("written.yaml", &written, &Overrides::default()).unwrap();
        prop_assert_eq!(again.to_yaml(), written);
        prop_assert_eq!(again.sites, world.sites);
        prop_assert_eq!(again.timings, world.timings);
    }
}
