//! Two sites, two releases, thirteen clients; every figure by hand from this table.
//!
//! ```text
//!   published     news 13:00 of the first day, more 30:00; the run ends after 48 hours
//!   CEN, 8 intranet clients     news: 4 by 14:00 (on average 30 min before), 3 by 16:00; one never
//!                               more: all 8 at 31:00
//!   PR1, 2 intranet clients     news: both at 15:00            more: never
//!   PR1, 3 internet clients     news: all 3 at 20:00           more: never
//! ```

use super::super::sample::{self, at};
use super::super::{Arrival, Outcome, values};
use super::*;
use crate::scenario::{ClientCounts, Metric, SiteKind, WHOLE};
use crate::trace::{Cause, Fact, Record, Trace};
use crate::units::{Duration, SiteId};

fn hour(hour: u64) -> Instant {
    at(hour, 0, 0)
}

fn got(metric: Metric, stat: Stat, change: impl FnOnce(&mut Expectation)) -> Option<Figure> {
    let mut scenario = sample::scenario(vec![
        sample::site("CEN", None, 1, SiteKind::Central),
        sample::site("PR1", Some(SiteId(0)), 2, SiteKind::Primary),
    ]);
    scenario.catalogue.releases =
        vec![sample::release("news", hour(13), 1), sample::release("more", hour(30), 1)];
    scenario.sites[0].clients = ClientCounts { intranet: 8, internet: 0, sms2003: 0 };
    scenario.sites[1].clients = ClientCounts { intranet: 2, internet: 3, sms2003: 0 };
    let scanned = |site, release, by, clients, when, earlier| Record {
        at: hour(when),
        site: SiteId(site),
        cause: Cause::NONE,
        fact: Fact::Scanned {
            release: ReleaseId(release),
            by,
            clients,
            earlier: Duration::from_mins(earlier),
        },
    };
    use ClientKind::{Internet, Intranet};
    let records = vec![
        scanned(0, 0, Intranet, 4, 14, 30),
        scanned(1, 0, Intranet, 2, 15, 0),
        scanned(0, 0, Intranet, 3, 16, 0),
        scanned(1, 0, Internet, 3, 20, 0),
        scanned(0, 1, Intranet, 8, 31, 0),
    ];
    let arrival = |site, release: u32| Arrival {
        site: SiteId(site),
        release: ReleaseId(release),
        published: hour([13, 30][release as usize]),
        wanted: hour([13, 30][release as usize]),
        database: None,
        wsus: None,
        internet: None,
        current: None,
        attempt: None,
    };
    let arrivals = vec![arrival(0, 0), arrival(0, 1), arrival(1, 0), arrival(1, 1)];
    let outcome = Outcome { arrivals, ..Outcome::default() };
    let mut asked = Expectation {
        metric,
        stat,
        sites: vec![SiteId(0), SiteId(1)],
        releases: vec![ReleaseId(0), ReleaseId(1)],
        ..sample::asked()
    };
    change(&mut asked);
    scenario.expectations = vec![asked];
    values(&scenario, &Trace { records }, &outcome).remove(0)
}

fn thirteenths(of: u64, all: u64) -> Option<Figure> {
    Some(Figure::Of((of * WHOLE + all / 2) / all))
}

fn minutes(minutes: u64) -> Option<Figure> {
    Some(Figure::Of(minutes * 60_000_000))
}

const NEWS: fn(&mut Expectation) = |asked| asked.releases = vec![ReleaseId(0)];

#[test]
fn the_share_is_of_all_clients_of_the_sites_together() {
    let after = |hours| {
        got(Metric::ClientsScanned, Stat::Min, |asked| {
            NEWS(asked);
            asked.after = Some(Duration::from_hours(hours));
        })
    };
    assert_eq!(after(0), thirteenths(0, 13));
    assert_eq!(after(1), thirteenths(4, 13), "that instant included");
    assert_eq!(after(2), thirteenths(6, 13));
    assert_eq!(after(7), thirteenths(12, 13));
    assert_eq!(after(35), thirteenths(12, 13));
    assert_eq!(after(36), None, "its time is up after the end");
}

#[test]
fn there_is_a_share_for_each_release() {
    assert_eq!(got(Metric::ClientsScanned, Stat::Min, |_| {}), thirteenths(8, 13));
    assert_eq!(got(Metric::ClientsScanned, Stat::Max, |_| {}), thirteenths(12, 13));
    let of_part = |part| got(Metric::ClientsScanned, Stat::Min, |asked| asked.part = part);
    assert_eq!(of_part(Holder::Wsus), thirteenths(8, 10));
    assert_eq!(of_part(Holder::Internet), thirteenths(0, 3));
}

#[test]
fn the_time_is_of_each_client_and_who_never_scans_is_the_last() {
    // 4 × 1 h, 2 × 2 h, 3 × 3 h, 3 × 7 h, one never
    let stat = |percent: u32| got(Metric::TimeToScanned, Stat::Percentile(percent * 1000), NEWS);
    assert_eq!(got(Metric::TimeToScanned, Stat::Min, NEWS), minutes(60));
    assert_eq!((stat(30), stat(31)), (minutes(60), minutes(120)));
    assert_eq!((stat(46), stat(69), stat(92)), (minutes(120), minutes(180), minutes(420)));
    assert_eq!(stat(93), Some(Figure::Never));
    assert_eq!(got(Metric::TimeToScanned, Stat::Max, NEWS), Some(Figure::Never));
    assert_eq!(got(Metric::TimeToScanned, Stat::Mean, NEWS), Some(Figure::Never));
}

#[test]
fn the_mean_over_a_group_is_exact() {
    let pr1 = got(Metric::TimeToScanned, Stat::Mean, |asked| {
        NEWS(asked);
        asked.sites = vec![SiteId(1)];
    });
    // (2 × 2 h + 3 × 7 h) / 5
    assert_eq!(pr1, minutes(300));
    let more = got(Metric::TimeToScanned, Stat::Mean, |asked| {
        asked.releases = vec![ReleaseId(1)];
        asked.sites = vec![SiteId(0)];
    });
    assert_eq!(more, minutes(60));
    // Of 4 clients that had finished by 14:00 the mean says 13:30; there is no other batch.
    let exact = got(Metric::TimeToScanned, Stat::Min, NEWS);
    assert_eq!(exact, minutes(60), "a rank is told by the end of the slice");
}

#[test]
fn what_was_published_in_the_warm_up_is_not_counted() {
    let during = |asked: &mut Expectation| asked.during = Some(crate::units::FaultId(0));
    assert_eq!(got(Metric::ClientsScanned, Stat::Min, during), None, "the fault never held");
    assert_eq!(got(Metric::TimeToScanned, Stat::Min, during), None);
}
