//! The summary as it is read.

use super::page::WIDTH;
use super::*;
use crate::measure::{Outcome, sample};
use crate::scenario::Scenario;
use crate::units::SiteId;

const PLAIN: Look = Look { ascii: false, colour: false };

fn told(scenario: &Scenario, outcome: &Outcome, look: Look) -> String {
    let (_, mut trace, _) = sample::tutorial();
    if scenario.sites.len() < 3 {
        trace.records.clear();
    }
    let text =
        summary(&Run { scenario, trace: &trace, outcome, replication: 0 }, &Many::default(), look);
    for line in text.lines().filter(|_| !look.colour) {
        assert!(line.chars().count() <= WIDTH, "{line}");
        assert_eq!(line, line.trim_end());
    }
    text
}

#[test]
fn the_tutorial_is_understood_at_once() {
    let (scenario, _, outcome) = sample::tutorial();
    assert_eq!(told(&scenario, &outcome, PLAIN), TUTORIAL);
}

const TUTORIAL: &str = "\
tutorial   seed 1   profile cm2007   times are America/New_York
3 sites: 1 central, 2 primaries   2 days from Tue 13 Jan 2026

✓ All 3 sites became current with patch-tuesday, at the latest after 10.3 h

patch-tuesday, published Tue 13 Jan 13:00          hours from publication until current
                    sites   first    half    95 %     all
  central               1     9.1     9.1     9.1     9.1   ▏                        █
  primaries             2     9.1     9.1    10.3    10.3   ▏                        █  █
                                                             0                     10.3 h

WHERE THE TIME WENT   patch-tuesday, 2 primaries, 9.7 h on average
  waiting for the schedule  ████████████████████████████████████████████     9.00 h   92.5 %
  waiting for the retry     ██▍                                              0.50 h    5.1 %
  a try that failed         ▍                                                0.10 h    1.0 %
  WSUS processing           ▎                                                0.07 h    0.7 %
  fixed wait                ▏                                                0.03 h    0.3 %
  everything else           ▏                                                0.04 h    0.4 %

ATTEMPTS  4 synchronisations: 3 ok, 1 failed, 1 was a retry; at most 2 at once, Tue 13 Jan 22:05
FAILED    1 synchronisation at 1 site
  PR2#1    pull (fault lima-first-try): UssCommunicationError: WebException
           Tue 13 Jan 22:17; retried Tue 13 Jan 23:17: ok Tue 13 Jan 23:22
LATEST    PR2 10.3 h, PR1 9.1 h, CEN 9.1 h after patch-tuesday
";

#[test]
fn sites_that_never_became_current_come_first_and_loudly() {
    let (scenario, _, mut outcome) = sample::tutorial();
    outcome.arrivals[2].current = None;
    outcome.attempts.truncate(3);
    let text = told(&scenario, &outcome, PLAIN);
    let verdict = text.lines().nth(3).unwrap();
    assert_eq!(verdict, "✗ 1 of 3 sites NEVER became current with patch-tuesday");
    assert_eq!(text.lines().nth(4).unwrap(), "  PR2; the run ended 35.0 h after patch-tuesday");
    assert!(text.contains("LATEST    PR2 never, "), "{text}");
    assert!(text.contains("retry due Tue 13 Jan 23:17, after the end of the run"), "{text}");
    let row = text.lines().find(|line| line.starts_with("  primaries")).unwrap();
    assert!(row.contains("never   never      1"), "{row}");
}

#[test]
fn an_old_console_gets_nothing_but_ascii() {
    let (mut scenario, _, outcome) = sample::tutorial();
    scenario.catalogue.releases[0].name = "März\u{1b}[2J".to_owned();
    let text = told(&scenario, &outcome, Look { ascii: true, colour: false });
    assert!(text.is_ascii(), "{text}");
    assert!(text.contains("M?rz [2J, published"), "{text}");
    assert!(text.contains("OK All 3 sites"), "{text}");
}

#[test]
fn colour_adds_nothing_but_colour() {
    let (scenario, _, outcome) = sample::tutorial();
    let colour = told(&scenario, &outcome, Look { ascii: false, colour: true });
    let plain = told(&scenario, &outcome, PLAIN);
    assert!(colour.contains('\u{1b}'));
    assert_eq!(anstream::adapter::strip_str(&colour).to_string(), plain);
}

#[test]
fn u2_a_run_of_which_nothing_matches_says_so_and_nobody_is_late() {
    let (mut scenario, _, mut outcome) = sample::tutorial();
    scenario.criteria.products = Some(vec!["Office".to_owned()]);
    outcome.arrivals.clear();
    let text = told(&scenario, &outcome, PLAIN);
    assert!(text.contains("No release of this run matches the criteria"), "{text}");
    assert!(!text.contains('\u{2717}'), "{text}");
}

#[test]
fn a_run_without_releases_or_synchronisations_says_so() {
    let (mut scenario, _, _) = sample::tutorial();
    let text = told(&scenario, &Outcome::default(), PLAIN);
    assert!(text.contains("✗ No site can receive metadata."), "{text}");
    scenario.catalogue.releases.clear();
    let text = told(&scenario, &Outcome::default(), PLAIN);
    assert!(text.contains("No release is published in this run"), "{text}");
    assert!(text.contains("no site synchronised in this run"), "{text}");
}

#[test]
fn a_large_run_stays_short() {
    let mut sites = vec![sample::site("CEN", None, 1, SiteKind::Central)];
    for number in 1..3000u32 {
        sites.push(sample::site(&format!("B{number:04}"), Some(SiteId(0)), 2, SiteKind::Secondary));
    }
    let mut scenario = sample::scenario(sites);
    let (_, _, small) = sample::tutorial();
    let mut outcome = Outcome::default();
    scenario.catalogue.releases =
        (0..20u64).map(|n| sample::release(&format!("defs#{n}"), sample::at(n, 0, 0), n)).collect();
    for site in 0..3000u32 {
        let mut failed = small.attempts[2].clone();
        failed.site = SiteId(site);
        outcome.attempts.push(failed);
        for release in 0..20u32 {
            let mut arrival = small.arrivals[2];
            arrival.site = SiteId(site);
            arrival.release = crate::units::ReleaseId(release);
            arrival.published = sample::at(u64::from(release), 0, 0);
            arrival.wanted = arrival.published;
            arrival.current =
                (site % 3 > 0 || release < 10).then_some(sample::at(30, site.into(), 0));
            outcome.arrivals.push(arrival);
        }
    }
    let text = told(&scenario, &outcome, PLAIN);
    assert!(text.lines().count() < 40, "{text}");
    let missed = "✗ 1000 of 3000 sites NEVER became current with defs#19 and 9 other releases";
    assert!(text.contains(missed), "{text}");
    assert!(text.contains("CEN B0003 B0006 B0009 B0012 B0015 B0018 B0021 and 992 more"), "{text}");
    let cause = "    3000 times   pull (fault lima-first-try): UssCommunicationError";
    assert!(text.contains(cause), "{text}");
    assert_eq!(text.matches("UssCommunicationError").count(), 1, "once is enough: {text}");
    assert!(text.contains("  and 2994 more at 2994 sites (tables/attempts.csv)"), "{text}");
    assert_eq!(text.matches("from publication until current").count(), 1, "{text}");
    assert!(text.contains("and 19 other releases: at the latest after"), "{text}");
}

#[test]
fn a_site_that_fails_again_and_again_is_told_once_and_keeps_what_matters() {
    let (mut scenario, _, mut outcome) = sample::tutorial();
    let crate::scenario::FaultEffect::FailSync(fail) = &mut scenario.faults[0].effect else {
        unreachable!()
    };
    fail.message = "a message that is far too long for a line ".repeat(4);
    let first = outcome.attempts[2].clone();
    for number in (2..=5).rev() {
        let mut again = first.clone();
        again.number = number;
        again.end = Some(sample::at(22 + u64::from(number), 0, 0));
        outcome.attempts.insert(3, again);
    }
    let text = told(&scenario, &outcome, PLAIN);
    assert!(text.contains("FAILED    5 synchronisations at 1 site\n"), "{text}");
    let line = text.lines().find(|line| line.starts_with("  PR2#1 to #5  pull")).unwrap();
    assert!(line.contains("pull (fault lima-first-try): a message that is far"), "{line}");
    assert!(line.ends_with('…'), "{line}");
    assert!(text.contains("  Tue 13 Jan 22:17 to Wed 14 Jan 03:00; retried "), "{text}");
    assert_eq!(text.matches("PR2#").count(), 1, "{text}");
}

#[test]
fn the_only_site_is_not_all_one_site() {
    let (mut scenario, _, mut outcome) = sample::tutorial();
    scenario.sites.truncate(1);
    outcome.arrivals.truncate(1);
    outcome.attempts.truncate(1);
    let text = told(&scenario, &outcome, PLAIN);
    assert!(text.contains("✓ The only site became current with patch-tuesday after"), "{text}");
}

#[test]
fn a_release_after_the_last_synchronisation_is_no_failure_of_any_site() {
    let (mut scenario, _, mut outcome) = sample::tutorial();
    scenario.catalogue.releases.push(sample::release("late", sample::at(40, 0, 0), 99));
    for arrival in outcome.arrivals.clone() {
        let release = crate::units::ReleaseId(1);
        let (published, current) = (sample::at(40, 0, 0), None);
        let wanted = published;
        let late = crate::measure::Arrival { release, published, wanted, current, ..arrival };
        outcome.arrivals.push(late);
    }
    let text = told(&scenario, &outcome, PLAIN);
    assert!(text.contains("✓ All 3 sites became current with patch-tuesday, "), "{text}");
    let late = "  1 release came after the last synchronisation of the top-level site: \
                late";
    assert!(text.contains(late), "{text}");
    assert!(!text.contains("NEVER"), "{text}");
}

#[test]
fn the_latest_sites_are_named_whole_or_not_at_all() {
    let (mut scenario, _, outcome) = sample::tutorial();
    scenario.catalogue.releases[0].name = "r".repeat(60);
    let text = told(&scenario, &outcome, PLAIN);
    let latest = text.lines().find(|line| line.starts_with("LATEST")).unwrap();
    assert_eq!(latest, format!("LATEST    PR2 10.3 h, PR1 9.1 h after {}", "r".repeat(60)));
}

#[test]
fn large_counts_are_grouped() {
    assert_eq!(words::counted(9_999, "site", "sites"), "9999 sites");
    assert_eq!(words::counted(1_500_300, "site", "sites"), "1,500,300 sites");
}

#[test]
fn the_footer_says_where_and_how_again() {
    let text = footer(
        PLAIN,
        Some("results/tutorial-7f3a91c2"),
        Some("supsim explain tutorial.yaml PR2"),
        "supsim run tutorial.yaml",
    );
    assert_eq!(
        text,
        "why       supsim explain tutorial.yaml PR2\nstored as results/tutorial-7f3a91c2\n\
         repeat    supsim run tutorial.yaml\n"
    );
    let long = format!("supsim run tutorial.yaml{}", " -p retry=30min".repeat(9));
    let text = footer(PLAIN, None, None, &long);
    assert_eq!(text, format!("repeat    {long}\n"), "half a command is none");
}
