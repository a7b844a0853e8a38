//! Every metric on a world of three sites, two releases and six synchronisations; the figures in
//! the tests are worked out by hand from these tables.
//!
//! ```text
//!   hours        CEN          PR1          PR2          published
//!   news         22           23           37           13
//!   more         34           40           never        30          the run ends after 48
//!
//!   CEN#1 22 – 22:30 ok          PR1#1 22 – 23 ok    PR2#1 22:30 – 23:30 failed
//!   CEN#2 33 – 34 ok, nothing                        PR2#2 36 – 37 ok, a retry
//!                                                    PR2#3 47 – unfinished
//! ```

use super::super::sample::{self, at, attempt};
use super::*;
use crate::measure::{Arrival, Attempt, Ending, FaultOccurrence};
use crate::scenario::{Holder, SiteKind, Stat};
use crate::trace::{Trace, Trigger};
use crate::units::{Duration, FaultId, Instant, ReleaseId, SiteId};

fn world() -> (Scenario, Outcome) {
    let mut scenario = sample::scenario(vec![
        sample::site("CEN", None, 1, SiteKind::Central),
        sample::site("PR1", Some(SiteId(0)), 2, SiteKind::Primary),
        sample::site("PR2", Some(SiteId(0)), 2, SiteKind::Primary),
    ]);
    scenario.catalogue.releases =
        vec![sample::release("news", hour(13), 1), sample::release("more", hour(30), 1)];
    let arrival = |site, release: u32, current: Option<u64>| Arrival {
        site: SiteId(site),
        release: ReleaseId(release),
        published: hour([13, 30][release as usize]),
        wanted: hour([13, 30][release as usize]),
        database: current.map(hour),
        wsus: current.map(hour),
        internet: None,
        current: current.map(hour),
        attempt: None,
    };
    let arrivals = vec![
        arrival(0, 0, Some(22)),
        arrival(0, 1, Some(34)),
        // its WSUS was earlier than its database
        Arrival { wsus: Some(hour(15)), ..arrival(1, 0, Some(23)) },
        arrival(1, 1, Some(40)),
        arrival(2, 0, Some(37)),
        arrival(2, 1, None),
    ];
    let ran = |site, number, from, until| attempt(SiteId(site), number, from, until);
    let attempts = vec![
        Attempt { applied: 240, ..ran(0, 1, hour(22), at(22, 30, 0)) },
        ran(0, 2, hour(33), hour(34)),
        Attempt { applied: 120, ..ran(1, 1, hour(22), hour(23)) },
        Attempt { ending: Ending::Failed, ..ran(2, 1, at(22, 30, 0), at(23, 30, 0)) },
        Attempt { applied: 120, trigger: Trigger::Retry, ..ran(2, 2, hour(36), hour(37)) },
        Attempt { end: None, ending: Ending::Unfinished, ..ran(2, 3, hour(47), hour(48)) },
    ];
    let fault = FaultOccurrence {
        fault: FaultId(0),
        site: SiteId(2),
        from: hour(22),
        until: Some(hour(24)),
        attempts_hit: 1,
    };
    (scenario, Outcome { attempts, arrivals, faults: vec![fault] })
}

fn hour(hour: u64) -> Instant {
    at(hour, 0, 0)
}

/// A question about all sites and releases.
fn ask(metric: Metric, stat: Stat) -> Expectation {
    Expectation {
        metric,
        stat,
        sites: (0..3).map(SiteId).collect(),
        releases: vec![ReleaseId(0), ReleaseId(1)],
        ..sample::asked()
    }
}

fn got(asked: Expectation) -> Option<Figure> {
    let (mut scenario, outcome) = world();
    scenario.expectations = vec![asked];
    values(&scenario, &Trace::default(), &outcome).remove(0)
}

fn minutes(minutes: u64) -> Option<Figure> {
    Some(Figure::Of(Duration::from_mins(minutes).micros()))
}

fn hours(hours: u64) -> Option<Figure> {
    minutes(60 * hours)
}

fn count(count: u64) -> Option<Figure> {
    Some(Figure::Of(count * WHOLE))
}

const MEAN: Stat = Stat::Mean;
const MIN: Stat = Stat::Min;
const MAX: Stat = Stat::Max;
const SUM: Stat = Stat::Sum;

const fn p(percent: u32) -> Stat {
    Stat::Percentile(percent * 1000)
}

#[test]
fn time_to_current_is_of_each_site_and_release_and_never_is_the_latest() {
    // 4, 9, 10, 10, 24 hours, never
    let stat = |stat| got(ask(Metric::TimeToCurrent, stat));
    assert_eq!(stat(MIN), hours(4));
    assert_eq!(stat(p(50)), hours(10));
    assert_eq!(stat(p(80)), hours(24));
    assert_eq!(stat(p(84)), Some(Figure::Never));
    assert_eq!((stat(MAX), stat(MEAN)), (Some(Figure::Never), Some(Figure::Never)));
    let news =
        |stat| Expectation { releases: vec![ReleaseId(0)], ..ask(Metric::TimeToCurrent, stat) };
    // (9 + 10 + 24) / 3
    assert_eq!(got(news(MEAN)), minutes(14 * 60 + 20));
    let pr1 = Expectation { sites: vec![SiteId(1)], ..news(MAX) };
    assert_eq!(got(pr1.clone()), hours(10));
    assert_eq!(got(Expectation { part: Holder::Wsus, ..pr1.clone() }), hours(2));
    assert_eq!(got(Expectation { part: Holder::Internet, ..pr1 }), Some(Figure::Never));
}

#[test]
fn shares_and_numbers_of_sites_are_of_each_release_whose_time_is_up() {
    let after = |metric, stat, after: Option<u64>| {
        got(Expectation { after: after.map(Duration::from_hours), ..ask(metric, stat) })
    };
    let share = |parts| Some(Figure::Of(parts));
    // news by 22: CEN; more by 39: CEN
    assert_eq!(after(Metric::ShareCurrent, MIN, Some(9)), share(333_333_333));
    // news by 23: CEN and, at that very instant, PR1; more by 40: likewise
    assert_eq!(after(Metric::ShareCurrent, MAX, Some(10)), share(666_666_667));
    // news by 37: all; more by 54, after the end: it is not counted
    assert_eq!(after(Metric::ShareCurrent, MIN, Some(24)), share(WHOLE));
    // at the end: 3 of 3 and 2 of 3
    assert_eq!(after(Metric::ShareCurrent, MIN, None), share(666_666_667));
    assert_eq!(after(Metric::ShareCurrent, MEAN, None), share(833_333_334));
    assert_eq!(after(Metric::ShareCurrent, MIN, Some(40)), None, "no time is up");

    assert_eq!(after(Metric::SitesNotCurrent, MAX, Some(9)), count(2));
    assert_eq!(after(Metric::SitesNotCurrent, MAX, None), count(1));
    assert_eq!(after(Metric::SitesNotCurrent, MEAN, None), share(WHOLE / 2));
}

#[test]
fn staleness_is_the_age_of_the_oldest_release_lacking_at_every_instant() {
    let of = |site, stat| Expectation { sites: vec![SiteId(site)], ..ask(Metric::Staleness, stat) };
    assert_eq!(got(of(0, MAX)), hours(9));
    assert_eq!(got(of(1, MAX)), hours(10));
    assert_eq!(got(ask(Metric::Staleness, MAX)), hours(24));
    assert_eq!(got(of(0, MIN)), hours(0));
    // CEN: up to 9 within 9 hours, up to 4 within 4: (81 + 16) / 2 / 48 hours = 3637.5 s
    assert_eq!(got(of(0, MEAN)), Some(Figure::Of(3_637_500_000)));
    // PR2: news from 13 to 37, then more, 7 hours old, to the end: (576 + 18² - 7²) / 2 / 48
    assert_eq!(got(of(2, MEAN)), Some(Figure::Of(31_912_500_000)));
    // CEN lacks nothing for 35 of 48 hours; 43.2 hours are reached at 4.2: 35 + 4 + 4.2
    assert_eq!(got(of(0, p(50))), hours(0));
    assert_eq!(got(of(0, p(90))), minutes(252));
}

#[test]
fn what_sites_did_is_counted_for_each_site() {
    let stat = |metric, stat| got(ask(metric, stat));
    assert_eq!(stat(Metric::Attempts, SUM), count(6));
    assert_eq!(stat(Metric::Attempts, MAX), count(3));
    assert_eq!(stat(Metric::Attempts, MIN), count(1));
    assert_eq!(stat(Metric::Attempts, MEAN), count(2));
    assert_eq!(stat(Metric::Failures, SUM), count(1));
    assert_eq!(stat(Metric::Retries, SUM), count(1));
    assert_eq!(stat(Metric::RedundantSyncs, SUM), count(1), "CEN#2 brought nothing");
    let pr1 = Expectation { sites: vec![SiteId(1)], ..ask(Metric::Failures, SUM) };
    assert_eq!(got(pr1), count(0), "nothing failed is an answer");
}

#[test]
fn sync_time_is_of_those_that_succeeded() {
    // 30, 60, 60, 60 minutes
    let stat = |stat| got(ask(Metric::SyncTime, stat));
    assert_eq!((stat(MIN), stat(MAX), stat(SUM)), (minutes(30), minutes(60), minutes(210)));
    assert_eq!(stat(MEAN), Some(Figure::Of(52 * 60_000_000 + 30_000_000)));
    assert_eq!((stat(p(25)), stat(p(26))), (minutes(30), minutes(60)));
}

#[test]
fn syncs_at_once_do_not_count_those_that_only_touch() {
    let stat = |stat| got(ask(Metric::ConcurrentSyncs, stat));
    // 22 – 22:30 CEN PR1, 22:30 – 23 PR1 PR2, 23 – 23:30 PR2, 33, 36 and 47 for an hour
    assert_eq!(stat(MAX), count(2));
    // 5.5 hours of 48 = 0.114 583 333 3
    assert_eq!(stat(MEAN), Some(Figure::Of(114_583_333)));
    // 43.5 of 48 hours at none, 47 at one or none
    assert_eq!((stat(p(90)), stat(p(95)), stat(p(98))), (count(0), count(1), count(2)));
    let cen = Expectation { sites: vec![SiteId(0)], ..ask(Metric::ConcurrentSyncs, MAX) };
    assert_eq!(got(cen), count(1));
}

#[test]
fn during_a_fault_only_what_begins_while_it_holds_is_counted() {
    let during = |metric, stat| got(Expectation { during: Some(FaultId(0)), ..ask(metric, stat) });
    assert_eq!(during(Metric::Attempts, SUM), count(3));
    assert_eq!(during(Metric::SyncTime, SUM), minutes(90));
    assert_eq!(during(Metric::TimeToCurrent, MAX), None, "nothing was published meanwhile");
    // from 22 to 24: CEN ½ h, PR1 1 h, PR2 1 h
    assert_eq!(during(Metric::ConcurrentSyncs, MEAN), Some(Figure::Of(1_250_000_000)));
    assert_eq!(during(Metric::Staleness, MAX), hours(11), "PR2 lacks news since 13");
    let (mut scenario, mut outcome) = world();
    outcome.faults.clear();
    let asked = Expectation { during: Some(FaultId(0)), ..ask(Metric::Attempts, SUM) };
    scenario.expectations = vec![asked];
    assert_eq!(values(&scenario, &Trace::default(), &outcome), [None], "it never held");
}

#[test]
fn what_lies_in_the_warm_up_is_not_counted() {
    let warm = |hours, asked| {
        let (mut scenario, outcome) = world();
        scenario.warmup = Duration::from_hours(hours);
        scenario.expectations = vec![asked];
        values(&scenario, &Trace::default(), &outcome).remove(0)
    };
    let cen = |metric, stat| Expectation { sites: vec![SiteId(0)], ..ask(metric, stat) };
    assert_eq!(warm(14, cen(Metric::TimeToCurrent, MAX)), hours(4), "only more");
    assert_eq!(
        warm(13, cen(Metric::TimeToCurrent, MAX)),
        hours(9),
        "its end does not belong to it"
    );
    assert_eq!(warm(23, cen(Metric::Attempts, SUM)), count(1));
    assert_eq!(warm(24, ask(Metric::ConcurrentSyncs, MAX)), count(1));
    // 14 – 48: from 1 up to 9, then up to 4: (80 + 16) / 2 / 34 hours = 5082.352 941 s
    assert_eq!(warm(14, cen(Metric::Staleness, MEAN)), Some(Figure::Of(5_082_352_941)));
}

#[test]
fn overlapping_holds_of_a_fault_are_one_span() {
    let (mut scenario, mut outcome) = world();
    let hold = |site, from, until: Option<u64>| FaultOccurrence {
        fault: FaultId(0),
        site: SiteId(site),
        from: hour(from),
        until: until.map(hour),
        attempts_hit: 0,
    };
    outcome.faults = vec![hold(0, 10, Some(20)), hold(1, 15, Some(30)), hold(2, 46, None)];
    let asked = Expectation { during: Some(FaultId(0)), ..ask(Metric::ConcurrentSyncs, MEAN) };
    scenario.expectations = vec![asked];
    // 10 – 30 holds 2.5 h, 46 – 48 one hour: 3.5 of 22
    assert_eq!(values(&scenario, &Trace::default(), &outcome), [Some(Figure::Of(159_090_909))]);
}

#[test]
fn what_nobody_asks_for_is_no_release_and_what_is_asked_for_later_counts_from_then() {
    let (mut scenario, mut outcome) = world();
    // Nothing of `news` matches the criteria: it has no rows. `more` matches since 32.
    outcome.arrivals.retain(|arrival| arrival.release == ReleaseId(1));
    outcome.arrivals.iter_mut().for_each(|arrival| arrival.wanted = hour(32));
    let news = Expectation { releases: vec![ReleaseId(0)], ..ask(Metric::ShareCurrent, MIN) };
    let two_hours = Some(Duration::from_hours(2));
    scenario.expectations = vec![
        news,
        ask(Metric::TimeToCurrent, MIN),
        Expectation { after: two_hours, ..ask(Metric::SitesNotCurrent, MAX) },
        ask(Metric::Staleness, MAX),
    ];
    // CEN has it at 34, PR1 at 40, PR2 never, until 48
    assert_eq!(
        values(&scenario, &Trace::default(), &outcome),
        [None, hours(2), count(2), hours(16)]
    );
}
