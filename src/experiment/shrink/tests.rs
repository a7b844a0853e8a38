use super::*;
use crate::scenario::{Overrides, Span};
use crate::units::SiteId;
use crate::world;

/// Requests at 22:00; the sender to B01 closes at 23:00 and opens again at 20:00 the next day, so
/// that a cut of PR1 or B01 that is not over by then costs a day.
const NIGHT: &str = "
supsim: 1
kind: scenario
name: night
start: 2026-01-13 00:00
duration: 3d
catalogue:
  releases: { tuesday: { when: { at: 2026-01-13 13:00 }, updates: 10, metadata: 1 MB } }
routes:
  evening: { open: { Mon-Sun: \"20:00-23:00\" } }
sites:
  CEN: {}
  PR1: { parent: CEN }
  PR2: { parent: CEN }
  B01: { parent: PR1, type: secondary, route: evening }
sync: { schedule: { weekly: { on: [Tue], at: \"22:00\" } } }
faults:
  cut: { where: { code: [PR1, PR2] }, do: link_down, when: { window: { from: 2026-01-13 21:00, for: 6h } } }
  early: { where: { code: PR1 }, do: link_down, when: { window: { from: 2026-01-13 09:00, for: 2h } } }
  slow: { where: { code: PR2 }, do: { slow: { phase: pull, factor: 2 } }, when: { window: {} } }
expect:
  by-morning: { metric: time_to_current, at_most: 14h, on_fail: warn }
";

fn night() -> Doubt {
    let (scenario, _) = Scenario::parse("night.yaml", NIGHT, &Overrides::default()).unwrap();
    Doubt::of(&scenario, 0, 1)
}

fn go_on(_: Stage) -> Result<(), ()> {
    Ok(())
}

fn minutes(span: Span) -> u64 {
    minutes_between(span.from, span.until)
}

#[test]
fn a_fault_that_never_occurs_is_as_good_as_none() {
    let doubt = night();
    let silent = doubt.with(&[]);
    let mut without = doubt.scenario.clone();
    without.faults.clear();
    let (one, other) = (world::run(&silent, 0), world::run(&without, 0));
    assert_eq!(one.records, other.records);
    assert!(!one.records.is_empty());
}

#[test]
fn what_is_smallest_breaks_and_nothing_of_it_can_be_left_out() {
    let doubt = night();
    assert_eq!(doubt.breaks(&doubt.with(&[]), &go_on), Ok(false), "it holds without faults");
    let Smallest { scenario, faults, asked } = smallest(&doubt, &go_on).unwrap();
    assert!(asked > 10, "{asked}");
    assert_eq!(faults, [FaultId(0)], "the cut is the first by name");
    let cut = &scenario.faults[0];
    assert_eq!(cut.sites, [SiteId(1)], "PR2 has nobody below it that waits for a sender");
    let Occurs::Window { from, until: Some(until) } = cut.occurs else { panic!("{cut:?}") };
    let length = minutes(Span { from, until });
    assert!((60..6 * 60).contains(&length), "{length} min");
    assert_eq!(doubt.breaks(&scenario, &go_on), Ok(true));
    let mut shorter = scenario.clone();
    let until = from + MINUTE * (length - 1);
    shorter.faults[0].occurs = Occurs::Window { from, until: Some(until) };
    assert_eq!(doubt.breaks(&shorter, &go_on), Ok(false), "a minute less does not break it");
}

#[test]
fn each_site_stands_what_it_can_whatever_the_threads() {
    let doubt = night();
    let from = Instant::START + Duration::from_hours(22);
    let mut offered = doubt.clone();
    offered.scenario.faults[0].sites = (0..4).map(SiteId).collect();
    let offer = Offer { fault: FaultId(0), from, most: 3 * 60 };
    let on = |threads| tolerances(&offered, offer, &[], threads, &go_on).unwrap();
    let found = on(1);
    assert_eq!(found, on(3));
    let order: Vec<(u32, bool)> =
        found.iter().map(|one| (one.site.0, one.breaks.is_some())).collect();
    assert_eq!(order, [(0, true), (1, true), (3, true), (2, false)]);
    for one in found.iter().filter(|one| one.breaks.is_some()) {
        let length = one.breaks.unwrap();
        let breaks = |length| doubt.breaks(&offer.at(&offered, &[], one.site, length), &go_on);
        assert_eq!(breaks(length), Ok(true), "{one:?}");
        assert_eq!(breaks(length.saturating_sub(MINUTE)), Ok(false), "{one:?}");
    }
}

#[test]
fn whoever_watches_may_stop_it() {
    let doubt = night();
    assert_eq!(smallest(&doubt, &|_| Err("stop")).map(|_| ()), Err("stop"));
}
