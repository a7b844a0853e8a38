//! What an administrator does to the schedule and to the hierarchy: worked out by hand, and held
//! against what must be true of every world in which sites move.

use supsim::engine::{Failure, Phase, Reason, Status, Trigger};
use supsim::measure::Ending;
use supsim::store::{SiteDatabase, UpdateServices};
use supsim::trace::{Fact, Part, Trace};
use supsim::units::{Duration, Instant, SiteId};
use supsim::world::{Blueprint, World};

use crate::support;
use crate::world_rules::{Run, at, run, run_with};

use Ending::{Failed, Ok};
use Trigger::{Installed, Parent};

/// Without more: PR1 and PR2 from 08:19 to 08:27, their databases at 08:22; B11 from 08:28 to
/// 08:36, its database at 08:26. PR3 has its database at 08:22.
const SITES: &str = "
sites:
  CEN: { type: central }
  PR1: { parent: CEN }
  PR2: { parent: CEN }
  PR3: { parent: CEN, sup: none }
  B11: { parent: PR1, type: secondary, BRANCH }
";

/// A run with these operations, each at a time of the first day, and more.
fn with(operations: &[(&str, &str)], branch: &str, rest: &str) -> Run {
    let line = |(number, (time, what)): (usize, &(&str, &str))| {
        format!("  o{number:02}: {{ at: 2026-01-12 {time}, do: {{ {what} }} }}\n")
    };
    let lines: String = operations.iter().enumerate().map(line).collect();
    let sites = SITES.replace(", BRANCH", branch);
    run(&format!("{sites}operations:\n{lines}{rest}"))
}

fn inserted(run: &Run, code: &str) -> Vec<Instant> {
    run.times(code, |fact| matches!(fact, Fact::PackageInserted { .. }))
}

#[test]
fn t5_a_point_that_is_installed_synchronises_by_itself_fully_and_from_nothing() {
    let run = with(&[("12:00", "install_sup: { site: PR3 }")], "", "");
    assert_eq!(run.attempts("PR3"), [(Installed, at("12:00"), Some(at("12:08")), Ok)]);
    // An empty anchor: the hundred updates of the baseline, and the five of the release.
    let pulled = |fact: &Fact| matches!(fact, Fact::Pulled { updates: 105, .. });
    assert_eq!(run.times("PR3", pulled), [at("12:06")]);
    assert_eq!(run.arrived("PR3", Part::Wsus), [at("12:06")]);
    // It was current by its database alone, and stays it.
    let pr3 = support::site(&run.scenario, "PR3");
    let row = run.outcome.arrivals.iter().find(|row| row.site == pr3).unwrap();
    assert_eq!((row.current, row.wsus), (Some(at("8:22")), Some(at("12:06"))));
}

#[test]
fn t3_a_point_that_is_installed_is_asked_like_any_other_from_then_on() {
    let operations =
        [("07:00", "install_sup: { site: PR3 }"), ("12:00", "run_synchronization: { site: PR3 }")];
    let run = with(&operations, "", "");
    assert_eq!(
        run.attempts("PR3"),
        [(Installed, at("7:00"), Some(at("7:08")), Ok), (Parent, at("8:19"), Some(at("8:27")), Ok)]
    );
    let refused = |fact: &Fact| matches!(fact, Fact::TriggerRefused { .. });
    assert_eq!(run.times("PR3", refused), [at("12:00")], "T2");
    // A child of its own can follow.
    let operations = [
        ("07:00", "install_sup: { site: PR3 }"),
        ("08:30", "move_site: { site: B11, under: PR3 }"),
    ];
    let run = with(&operations, "", "");
    assert_eq!(run.attempts("B11")[0].1, at("8:28"), "its old parent had asked");
}

#[test]
fn t7_a_point_that_is_installed_while_the_server_is_down_begins_at_the_restart() {
    let down = "faults: { f: { where: { code: PR3 }, do: site_down, when: { window: { from: \
                2026-01-12 11:50, for: 40min } } } }\n";
    let run = with(&[("12:00", "install_sup: { site: PR3 }")], "", down);
    assert_eq!(run.attempts("PR3"), [(Installed, at("12:30"), Some(at("12:38")), Ok)]);
    // Installed, removed and installed again while it is down: there is one at the end.
    let run = with(
        &[
            ("12:00", "install_sup: { site: PR3 }"),
            ("12:10", "remove_sup: { site: PR3 }"),
            ("12:20", "install_sup: { site: PR3 }"),
            ("14:00", "run_synchronization: { site: CEN }"),
        ],
        "",
        down,
    );
    let last = run.attempts("PR3").last().copied().unwrap();
    assert_eq!((last.0, last.1, last.3), (Parent, at("14:19"), Ok));
    let down = down.replace("PR3", "B11").replace("11:50", "08:30");
    let run = with(&[("08:40", "remove_sup: { site: B11 }")], "", &down);
    // Cut short at 08:30; its 6703 at 09:10, and no retry.
    assert_eq!(run.attempts("B11"), [(Parent, at("8:28"), Some(at("9:10")), Failed)]);
    let promises =
        |fact: &Fact| matches!(fact, Fact::Announced(Status::Failed { retry_at: Some(_), .. }));
    assert_eq!(run.times("B11", promises), [], "it announces a retry that it will not make");
}

#[test]
fn p8_a_point_that_is_removed_fails_what_it_does_and_nothing_is_tried_again() {
    let remove = |time| {
        let operations =
            [(time, "remove_sup: { site: B11 }"), ("14:00", "run_synchronization: { site: CEN }")];
        with(&operations, "", "")
    };
    // It pulls from 08:29 to 08:34.
    let run = remove("08:30");
    assert_eq!(run.attempts("B11"), [(Parent, at("8:28"), Some(at("8:30")), Failed)]);
    let failure = Failure { phase: Phase::Pull, reason: Reason::NoUpdateServer };
    assert_eq!(run.failures("B11"), [failure]);
    let given_up =
        |fact: &Fact| matches!(fact, Fact::Announced(Status::Failed { retry_at: None, .. }));
    assert_eq!(run.times("B11", given_up), [at("8:30")]);
    assert_eq!(run.arrived("B11", Part::Wsus), []);
    // Its database is enough from then on.
    let b11 = support::site(&run.scenario, "B11");
    let row = run.outcome.arrivals.iter().find(|row| row.site == b11).unwrap();
    assert_eq!((row.database, row.current), (Some(at("8:26")), Some(at("8:30"))));
    // A request that is being read finds nobody.
    let run = remove("08:27:30");
    assert_eq!(run.attempts("B11"), []);
    let refused = |fact: &Fact| matches!(fact, Fact::TriggerRefused { .. });
    assert_eq!(run.times("B11", refused), [at("8:28")]);
    // Nobody asks it any more.
    let pr1 = support::site(&run.scenario, "PR1");
    let asked = |fact: &Fact| matches!(fact, Fact::RequestSent { to } if *to == b11);
    assert_eq!(support::times(&run.trace, pr1, asked), [at("8:27")]);
}

#[test]
fn t5_a_point_that_is_removed_and_installed_again_begins_from_nothing() {
    let operations =
        [("10:00", "remove_sup: { site: B11 }"), ("11:00", "install_sup: { site: B11 }")];
    let run = with(&operations, "", "");
    assert_eq!(
        run.attempts("B11"),
        [
            (Parent, at("8:28"), Some(at("8:36")), Ok),
            (Installed, at("11:00"), Some(at("11:08")), Ok)
        ]
    );
    let pulled = |fact: &Fact| matches!(fact, Fact::Pulled { updates: 105, .. });
    assert_eq!(run.times("B11", pulled), [at("11:06")]);
}

#[test]
fn h5_a_point_that_is_installed_has_its_console_whatever_the_one_before_lacked() {
    let operations =
        [("10:00", "remove_sup: { site: B11 }"), ("11:00", "install_sup: { site: B11 }")];
    let run = with(&operations, ", sup: { server: remote, console: missing }", "");
    let attempts = run.attempts("B11");
    assert_eq!(attempts[0].3, Failed, "the gate is closed");
    let last = attempts[attempts.len() - 1];
    assert_eq!(last, (Installed, at("11:00"), Some(at("11:08")), Ok));
}

#[test]
fn r2_a_site_that_moves_is_fed_by_its_new_parent() {
    // PR1 is down all day: B11 hears nothing. PR2 holds everything.
    let down = "faults: { f: { where: { code: PR1 }, do: site_down, when: { window: { from: \
                2026-01-12 08:10, for: 12h } } } }\n";
    let run = with(&[("09:00", "move_site: { site: B11, under: PR2 }")], "", down);
    assert_eq!(run.arrived("B11", Part::Database), [at("9:04")]);
    assert_eq!(run.attempts("B11"), [(Parent, at("9:01"), Some(at("9:09")), Ok)]);
    assert_eq!(run.arrived("B11", Part::Wsus), [at("9:07")]);
    // PR1 comes back and feeds itself, but not B11.
    assert_eq!(inserted(&run, "PR1").len(), 1);
    assert_eq!(inserted(&run, "B11").len(), 1);
    let pr1 = support::site(&run.scenario, "PR1");
    let sent = |fact: &Fact| matches!(fact, Fact::PackageSent { .. } | Fact::RequestSent { .. });
    assert_eq!(support::times(&run.trace, pr1, sent), []);
}

#[test]
fn r7_what_the_old_parent_has_on_the_wire_and_the_new_one_sends_is_applied_once() {
    let links = "links: { far: { latency: 10min } }\n";
    // PR1's package leaves at 08:22 and arrives at 08:32; PR2's leaves at 08:25.
    let moved = [("08:25", "move_site: { site: B11, under: PR2 }")];
    let run = with(&moved, ", link: far", links);
    let arrived = |fact: &Fact| matches!(fact, Fact::PackageArrived { version: 2 });
    assert_eq!(run.times("B11", arrived), [at("8:32"), at("8:35")]);
    assert_eq!(inserted(&run, "B11"), [at("8:36")]);
    // A sending of the old parent that fails is forgotten with it.
    let cut = format!(
        "{links}faults: {{ f: {{ where: {{ code: B11 }}, do: link_down, when: {{ window: {{ from: \
         2026-01-12 08:00, until: 2026-01-12 09:30 }} }} }} }}\n"
    );
    let run = with(&[("09:00", "move_site: { site: B11, under: PR2 }")], ", link: far", &cut);
    assert_eq!(inserted(&run, "B11").len(), 1);
    let failed = |fact: &Fact| matches!(fact, Fact::SendingFailed { .. });
    let by = |code| run.times(code, failed);
    assert!(by("PR1").iter().all(|time| *time <= at("9:10")), "{:?}", by("PR1"));
    assert!(!by("PR2").is_empty());
}

#[test]
fn r7_a_parent_that_does_not_hold_a_package_yet_sends_it_when_it_does() {
    // PR2's own database lags: its circuit is cut until 12:00.
    let cut = "faults: { f: { where: { code: PR2 }, do: link_down, when: { window: { from: \
               2026-01-12 08:00, until: 2026-01-12 12:00 } } } }\nlinks: { far: { latency: 10min } }\n";
    // The package of PR1 is on the wire when the circuit of B11 moves; nothing is lost.
    let run = with(&[("08:25", "move_site: { site: B11, under: PR2 }")], ", link: far", cut);
    assert_eq!(inserted(&run, "B11"), [at("8:36")]);
    // Moved before PR1 has it: B11 waits for PR2.
    let run = with(&[("08:20", "move_site: { site: B11, under: PR2 }")], "", cut);
    let pr2 = inserted(&run, "PR2");
    assert!(pr2[0] > at("12:00"));
    assert_eq!(inserted(&run, "B11"), [pr2[0] + Duration::from_mins(4)]);
}

#[test]
fn p5_a_site_below_a_parent_that_is_behind_keeps_what_it_holds() {
    let down = "faults: { f: { where: { code: PR2 }, do: site_down, when: { window: { from: \
                2026-01-12 08:10, until: 2026-01-12 12:00 } } } }\n";
    let run = with(&[("10:00", "move_site: { site: B11, under: PR2 }")], "", down);
    let versions: Vec<u32> = support::at(&run.trace, support::site(&run.scenario, "B11"))
        .filter_map(|record| match record.fact {
            Fact::Announced(Status::Done { version, .. }) => Some(version),
            _ => None,
        })
        .collect();
    assert!(versions.len() >= 2 && versions.iter().all(|version| *version == 2), "{versions:?}");
    assert_eq!(inserted(&run, "B11").len(), 1);
}

#[test]
fn p2_a_pull_under_way_loses_its_upstream_when_the_site_moves() {
    // 2 MB at 8 Kbit/s take 2000 s: from 08:29 to 09:02:20.
    let links = "links: { thin: { bandwidth: 8 Kbit/s } }\n";
    let run = with(&[("08:40", "move_site: { site: B11, under: PR2 }")], ", link: thin", links);
    let attempts = run.attempts("B11");
    assert_eq!(attempts[0], (Parent, at("8:28"), Some(at("8:40")), Failed));
    let failure = Failure { phase: Phase::Pull, reason: Reason::UpstreamUnreachable };
    assert_eq!(run.failures("B11"), [failure]);
    // The request of the new parent replaces the retry.
    assert_eq!(attempts[1].0, Parent);
    assert_eq!(attempts[1].1, at("8:41"));
    assert_eq!(attempts.len(), 2);
}

#[test]
fn h1_a_subtree_moves_whole() {
    let operations = [
        ("09:00", "move_site: { site: PR1, under: PR2 }"),
        ("14:00", "run_synchronization: { site: CEN }"),
    ];
    let run = with(&operations, "", "");
    // CEN from 14:00 to 14:18 (a delta compares nothing more), then PR2, PR1, B11.
    let last = |code| run.attempts(code).last().map(|one| (one.0, one.1)).unwrap();
    let pr2 = last("PR2").1;
    assert_eq!(last("PR1"), (Parent, pr2 + Duration::from_mins(9)));
    assert_eq!(last("B11"), (Parent, pr2 + Duration::from_mins(18)));
    let cen = support::site(&run.scenario, "CEN");
    let sent: Vec<SiteId> = support::at(&run.trace, cen)
        .filter_map(|record| match record.fact {
            Fact::RequestSent { to } if record.at > at("14:00") => Some(to),
            _ => None,
        })
        .collect();
    assert_eq!(sent, [support::site(&run.scenario, "PR2")]);
}

#[test]
fn t1_a_schedule_set_anew_replaces_the_old_one() {
    let operations = [
        ("07:00", "set_schedule: { weekly: { on: [Mon, Tue], at: \"09:00\" } }"),
        ("10:00", "set_schedule: { simple: { every: 12h } }"),
    ];
    let run = with(&operations, "", "");
    let starts: Vec<Instant> = run.attempts("CEN").iter().map(|one| one.1).collect();
    assert_eq!(starts, [at("9:00"), at("10:00"), at("22:00"), at("34:00"), at("46:00")]);
    assert!(run.attempts("CEN").iter().all(|one| one.0 == Trigger::Schedule));
}

#[test]
fn t1_a_schedule_set_anew_is_in_force_from_that_instant_on_whatever_the_clock_shows() {
    let sites = |offset: &str| SITES.replace("type: central", &format!("clock_offset: {offset}"));
    let starts = |offset: &str, schedule: &str| {
        let operation = format!("{{ at: 2026-01-12 12:00, do: {{ set_schedule: {schedule} }} }}");
        let before =
            "dates: { at: [2026-01-12 11:30, 2026-01-12 12:30, 2026-01-12 13:30], words: x }";
        let text = sites(offset).replace(", BRANCH", "");
        let head = |head: &str| {
            let (head, _) = head.split_once("sync:").unwrap();
            format!("{head}sync: {{ schedule: {{ {before} }} }}\n")
        };
        let run = run_with(head, &format!("{text}operations:\n  o: {operation}\n"));
        run.attempts("CEN").iter().map(|one| one.1).collect::<Vec<Instant>>()
    };
    // An hour ahead: at noon it shows one, so its 12:30 has come and its 13:30 has not.
    let new = "{ dates: { at: [2026-01-12 12:45, 2026-01-12 14:00], words: x } }";
    assert_eq!(starts("1h", new), [at("10:30"), at("11:30"), at("13:00")]);
    // An hour behind: at noon it shows eleven, and neither 11:30 nor what the new one says has come.
    assert_eq!(starts("-1h", new), [at("13:45"), at("15:00")]);
    // One without a start falls due at once.
    let simple = "{ simple: { every: 20h } }";
    assert_eq!(starts("1h", simple), [at("10:30"), at("11:30"), at("12:00"), at("32:00")]);
    assert_eq!(starts("-1h", simple), [at("12:00"), at("32:00")]);
}

/// Numbers by a recipe of its own, so that worlds are the same for ever.
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: u64) -> u64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % most
    }
}

/// A tree of primaries below CEN in which branches and regions move, points come and go, circuits
/// and servers break: all of it in the first ten days of fourteen.
fn restless(seed: u64) -> String {
    let mut dice = Dice(seed);
    let releases: Vec<String> = (0..15)
        .map(|number| {
            let (day, hour) = (12 + number * 16 / 24, number * 16 % 24);
            format!("r{number:02}: {{ when: {{ at: \"2026-01-{day} {hour:02}:10\" }}, updates: 3, metadata: 400 KB }}")
        })
        .collect();
    let mut text = format!(
        "supsim: 1\nkind: scenario\nname: restless\nstart: 2026-01-12 00:00\nduration: 16d\n\
         seed: {seed}\ncatalogue: {{ baseline: {{ updates: 50, metadata: 1 MB }}, releases: {{ {} }} }}\n\
         links: {{ thin: {{ bandwidth: 8 Kbit/s, latency: 40s }} }}\n\
         timing: {{ request: 1min, connect: 10s, pull: {{ exponential: {{ mean: 20min }} }}, settle: \
         2min, import: 10min, insert: {{ exponential: {{ mean: 30min }} }} }}\n\
         sync: {{ schedule: {{ simple: {{ every: 12h }} }}, retry: {{ every: 30min }} }}\nsites:\n  \
         CEN: {{}}\n",
        releases.join(", ")
    );
    let mut parents: Vec<Option<usize>> = vec![None];
    let code = |site: usize| if site == 0 { "CEN".to_owned() } else { format!("S{site:02}") };
    let mut points = vec![true];
    for site in 1..12 {
        let parent = dice.below(site as u64) as usize;
        let has_point = points[parent] && dice.below(5) > 0;
        let link = if dice.below(3) == 0 { ", link: thin" } else { "" };
        let none = if has_point { "" } else { ", sup: none" };
        text += &format!("  {}: {{ parent: {}{link}{none} }}\n", code(site), code(parent));
        parents.push(Some(parent));
        points.push(has_point);
    }
    text += "operations:\n";
    for number in 0..25 {
        let minute = 24 * 60 + number * 480 + dice.below(480);
        let site = 1 + dice.below(11) as usize;
        let under = dice.below(12) as usize;
        let above = |from: usize| std::iter::successors(Some(from), |site| parents[*site]);
        let what = match dice.below(5) {
            0 if !points[site] && points[parents[site].unwrap()] => {
                points[site] = true;
                format!("install_sup: {{ site: {} }}", code(site))
            }
            1 if points[site]
                && !(0..12).any(|child| parents[child] == Some(site) && points[child]) =>
            {
                points[site] = false;
                format!("remove_sup: {{ site: {} }}", code(site))
            }
            _ if !above(under).any(|one| one == site)
                && parents[site] != Some(under)
                && (points[under] || !points[site]) =>
            {
                parents[site] = Some(under);
                format!("move_site: {{ site: {}, under: {} }}", code(site), code(under))
            }
            _ => continue,
        };
        let (day, hour) = (12 + minute / 1440, minute / 60 % 24);
        text += &format!(
            "  o{number:02}: {{ at: \"2026-01-{day:02} {hour:02}:{:02}\", do: {{ {what} }} }}\n",
            minute % 60
        );
    }
    text += "  z-last: { at: 2026-01-22 00:00, do: run_synchronization }\nfaults:\n";
    for (name, effect) in [
        ("cut", "link_down"),
        ("down", "site_down"),
        ("sup", "sup_down"),
        ("sql", "database_fails"),
    ] {
        text += &format!(
            "  {name}: {{ do: {effect}, pick: {{ percent: 40% }}, when: {{ schedule: {{ weekly: {{ on: \
             [Mon, Tue, Thu, Fri], at: \"{:02}:{:02}\" }}, for: {}min }} }} }}\n",
            dice.below(24),
            dice.below(60),
            10 + dice.below(400)
        );
    }
    text
}

/// R7: each version enters each database once and in order.
fn assert_applied_once_and_in_order(trace: &Trace, sites: usize, seed: u64) {
    let mut held = vec![1; sites];
    for record in &trace.records {
        if let Fact::PackageInserted { version } = record.fact {
            assert_eq!(version, held[record.site.index()] + 1, "world {seed}, {:?}", record.site);
            held[record.site.index()] = version;
        }
    }
}

#[test]
fn r7_and_p7_however_sites_move_nothing_is_lost_and_all_are_current_at_the_end() {
    let (mut moves, mut crashes) = (0, 0);
    for seed in 0..60 {
        let scenario = support::scenario(&restless(seed));
        let blueprint = Blueprint::new(&scenario);
        let mut world = World::new(&blueprint, 0);
        world.run_until(Instant::START + scenario.duration);
        let trace = world.trace();
        assert_applied_once_and_in_order(trace, scenario.sites.len(), seed);
        moves += scenario.operations.len();
        crashes += trace.records.iter().filter(|one| one.fact == Fact::WentDown).count();
        let mut points: Vec<bool> = scenario.sites.iter().map(|site| site.sup.is_some()).collect();
        for operation in &scenario.operations {
            match operation.action {
                supsim::scenario::Action::InstallSup => points[operation.site.index()] = true,
                supsim::scenario::Action::RemoveSup => points[operation.site.index()] = false,
                _ => {}
            }
        }
        // The last faults are over on the second Saturday; three days later all is as at the top.
        let end = |site| (world.database(site).content_version(), world.wsus(site).anchor());
        let (version, anchor) = end(SiteId(0));
        assert!(version > 8, "world {seed}: {version}");
        for site in (1..scenario.sites.len() as u32).map(SiteId) {
            let code = &scenario.sites[site.index()].code;
            let (its_version, its_anchor) = end(site);
            assert_eq!(its_version, version, "world {seed}: the database of {code}");
            if points[site.index()] {
                assert_eq!(its_anchor, anchor, "world {seed}: the WSUS of {code}");
            }
        }
    }
    assert!(moves > 600 && crashes > 400, "{moves} moves, {crashes} crashes");
}
