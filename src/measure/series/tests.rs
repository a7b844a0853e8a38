//! Samples of the tutorial's run, by hand.

use super::super::sample;
use super::*;

#[test]
fn samples_are_what_the_tables_say_at_that_instant() {
    let (scenario, _, outcome) = sample::tutorial();
    let samples = series(&scenario, &outcome, Duration::from_hours(6));
    let of = |metric: &str, kind: Option<SiteKind>| -> Vec<u64> {
        let wanted = samples.iter().filter(|one| one.metric == metric && one.kind == kind);
        wanted.map(|one| one.value).collect()
    };
    // published at 13:00; current 22:03:53, 22:08:06 and 23:20:06
    assert_eq!(of("sites_current", None), [3, 3, 3, 0, 3, 3, 3, 3]);
    assert_eq!(of("sites_current", Some(SiteKind::Central)), [1, 1, 1, 0, 1, 1, 1, 1]);
    let five = Duration::from_hours(5).micros();
    assert_eq!(of("staleness_max", None), [0, 0, 0, five, 0, 0, 0, 0]);
    assert_eq!(of("staleness_mean", None), [0, 0, 0, five, 0, 0, 0, 0]);
    assert_eq!(of("syncs_running", None), [0; 8]);
}

#[test]
fn a_sample_between_two_sites_tells_them_apart() {
    let (scenario, _, outcome) = sample::tutorial();
    // 22:06: PR1 and PR2 synchronise, and lack what CEN has
    let samples = series(&scenario, &outcome, Duration::from_mins(22 * 60 + 6));
    let value = |metric: &str, kind| {
        let mut of = samples.iter().filter(|one| one.metric == metric && one.kind == kind);
        of.nth(1).unwrap().value
    };
    let age = Duration::from_mins(9 * 60 + 6).micros();
    assert_eq!(value("sites_current", None), 1);
    assert_eq!(value("syncs_running", None), 2);
    assert_eq!(value("staleness_max", None), age);
    assert_eq!(value("staleness_mean", None), age * 2 / 3);
    assert_eq!(value("staleness_mean", Some(SiteKind::Central)), 0);
    assert_eq!(value("staleness_mean", Some(SiteKind::Primary)), age);
}

#[test]
fn a_site_that_never_becomes_current_stays_stale_to_the_end() {
    let (scenario, _, mut outcome) = sample::tutorial();
    outcome.arrivals[2].current = None;
    let samples = series(&scenario, &outcome, Duration::from_hours(47));
    let last = samples.iter().rfind(|one| one.metric == "staleness_max" && one.kind.is_none());
    assert_eq!(last.unwrap().value, Duration::from_hours(34).micros());
}

#[test]
fn a_site_is_current_at_the_very_instant_at_which_it_becomes_so() {
    let (scenario, _, outcome) = sample::tutorial();
    // PR2, the last, at 23:20:06
    let samples = series(&scenario, &outcome, Duration::from_secs((23 * 60 + 20) * 60 + 6));
    let value = |metric: &str| {
        let mut of = samples.iter().filter(|one| one.metric == metric && one.kind.is_none());
        of.nth(1).unwrap().value
    };
    let values = ["sites_current", "staleness_max", "staleness_mean"].map(value);
    assert_eq!(values, [3, 0, 0]);
}
