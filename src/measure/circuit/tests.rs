//! One circuit of 8 Mbit/s (1 MB a second, 3,600 MB an hour); every figure by hand.

use super::super::sample::{self, at};
use super::*;
use crate::scenario::{Fault, Occurs, Pick, SiteKind, Stat};
use crate::trace::{Cause, Record};
use crate::units::{FaultId, Rate};

const CEN: SiteId = SiteId(0);
const PR1: SiteId = SiteId(1);

fn hour(hour: u64) -> Instant {
    at(hour, 0, 0)
}

fn minute(minute: u64) -> Instant {
    at(0, minute, 0)
}

fn megabytes(megabytes: u64) -> Bytes {
    Bytes(megabytes * 1_000_000)
}

fn link(name: &str, bandwidth: Bandwidth, loss: u32) -> Link {
    let loss = Probability::from_parts_per_billion(loss).unwrap();
    Link { name: name.to_owned(), bandwidth, latency: Duration::ZERO, loss }
}

fn megabits(megabits: u64) -> Bandwidth {
    Bandwidth::Constant(Rate::from_bits_per_second(megabits * 1_000_000).unwrap())
}

/// CEN and PR1 below it, each over a circuit of its own.
fn scenario(bandwidth: Bandwidth) -> Scenario {
    let mut scenario = sample::scenario(vec![
        sample::site("CEN", None, 1, SiteKind::Central),
        sample::site("PR1", Some(CEN), 2, SiteKind::Primary),
    ]);
    scenario.links = vec![link("wan", bandwidth, 0)];
    for site in &mut scenario.sites {
        site.link = Some(LinkId(0));
    }
    scenario
}

fn crossed(site: SiteId, span: (Instant, Instant), size: u64, over: Option<SiteId>) -> Record {
    let (since, until) = span;
    let fact = Fact::Crossed { since, until, bytes: megabytes(size), over };
    Record { at: until, site, cause: Cause::NONE, fact }
}

/// Site, hour, megabytes to it, megabytes over it, thousandths of what it could have carried.
fn rows(scenario: &Scenario, records: Vec<Record>) -> Vec<(SiteId, u64, u64, u64, Option<u64>)> {
    let hours = link_hours(scenario, &Trace { records });
    let row = |hour: LinkHour| {
        let number = hour.from.micros() / HOUR.micros();
        let (down, up) = (hour.bytes.0 / 1_000_000, hour.bytes_up.0 / 1_000_000);
        (hour.site, number, down, up, hour.utilisation.map(|share| share / 1_000_000))
    };
    hours.into_iter().map(row).collect()
}

#[test]
fn what_crosses_within_an_hour_is_a_share_of_what_could() {
    let records = vec![crossed(PR1, (minute(0), minute(15)), 900, None)];
    assert_eq!(rows(&scenario(megabits(8)), records), [(PR1, 0, 900, 0, Some(250))]);
}

#[test]
fn what_crosses_over_several_hours_is_in_each_by_its_part() {
    let records = vec![crossed(PR1, (minute(30), minute(150)), 3_600, None)];
    let expected =
        [(PR1, 0, 900, 0, Some(250)), (PR1, 1, 1_800, 0, Some(500)), (PR1, 2, 900, 0, Some(250))];
    assert_eq!(rows(&scenario(megabits(8)), records), expected);
}

#[test]
fn a_pull_crosses_the_circuit_of_the_site_it_is_pulled_from_as_well_in_the_other_direction() {
    // CEN pulls 1,800 MB itself; PR1 pulls 900 MB from it in the same hour.
    let records = vec![
        crossed(CEN, (minute(0), minute(30)), 1_800, None),
        crossed(PR1, (minute(30), minute(45)), 900, Some(CEN)),
    ];
    let expected = [(CEN, 0, 1_800, 900, Some(500)), (PR1, 0, 900, 0, Some(250))];
    assert_eq!(rows(&scenario(megabits(8)), records), expected);
}

#[test]
fn at_another_source_the_top_level_site_has_two_circuits() {
    let mut scenario = scenario(megabits(8));
    scenario.links.push(link("to-source", megabits(16), 0));
    scenario.source = Source::Wsus(Some(LinkId(1)));
    let records = vec![
        crossed(CEN, (minute(0), minute(30)), 1_800, None),
        crossed(PR1, (minute(30), minute(45)), 900, Some(CEN)),
    ];
    let links: Vec<_> = link_hours(&scenario, &Trace { records })
        .into_iter()
        .map(|hour| (hour.site, hour.link, hour.utilisation.map(|share| share / 1_000_000)))
        .collect();
    let expected =
        [(CEN, LinkId(0), Some(250)), (CEN, LinkId(1), Some(250)), (PR1, LinkId(0), Some(250))];
    assert_eq!(links, expected);
}

#[test]
fn what_is_lost_fills_a_circuit_too_and_so_does_what_a_fault_takes() {
    let mut scenario = scenario(megabits(8));
    // Half of what is sent is lost: it carries 1,800 MB an hour.
    scenario.links[0].loss = Probability::from_parts_per_billion(500_000_000).unwrap();
    let records = vec![crossed(PR1, (minute(0), minute(15)), 450, None)];
    assert_eq!(rows(&scenario, records.clone()), [(PR1, 0, 450, 0, Some(250))]);
    // For the first half hour a fault leaves half of that, in the other all of it: 450 + 900 MB.
    scenario.faults = vec![Fault {
        name: "slow".to_owned(),
        effect: FaultEffect::LinkSlow(Probability::from_parts_per_billion(500_000_000).unwrap()),
        sites: vec![PR1],
        pick: Pick::All,
        occurs: Occurs::Attempts(Vec::new()),
    }];
    let fault = FaultId(0);
    let told = |at, fact| Record { at, site: PR1, cause: Cause::NONE, fact };
    let mut slow = vec![
        told(minute(0), Fact::FaultBegan { fault }),
        told(minute(30), Fact::FaultEnded { fault }),
    ];
    slow.extend(records);
    assert_eq!(rows(&scenario, slow), [(PR1, 0, 450, 0, Some(333))]);
}

#[test]
fn by_the_hour_of_the_day_a_transfer_is_spread_as_the_circuit_carries() {
    // New York: the run starts at midnight there. 2 Mbit/s until 08:00, then 6 Mbit/s.
    let text = "\
supsim: 1
kind: scenario
name: hours
timezone: America/New_York
start: 2026-01-13 00:00
duration: 2d
links: { wan: { bandwidth: { hourly: { \"08:00-18:00\": 6 Mbit/s, \"18:00-08:00\": 2 Mbit/s } } } }
sites: { CEN: { link: wan }, PR1: { parent: CEN, link: wan } }
";
    let read = Scenario::parse("hours.yaml", text, &Default::default());
    let scenario = read.unwrap_or_else(|report| panic!("{report}")).0;
    // 900 MB from 07:00 to 08:00 and 2,700 from then to 09:00: it is full.
    let records = vec![crossed(PR1, (hour(7), hour(9)), 3_600, None)];
    let expected = [(PR1, 7, 900, 0, Some(1000)), (PR1, 8, 2_700, 0, Some(1000))];
    assert_eq!(rows(&scenario, records), expected);
}

#[test]
fn a_circuit_without_a_limit_has_bytes_and_no_utilisation() {
    let records = vec![
        crossed(PR1, (minute(90), minute(90)), 900, None),
        // at the very end of an hour: it belongs to the next
        crossed(PR1, (hour(3), hour(3)), 7, None),
    ];
    let expected = [(PR1, 1, 900, 0, None), (PR1, 3, 7, 0, None)];
    assert_eq!(rows(&scenario(Bandwidth::Unlimited), records), expected);
}

#[test]
fn no_byte_is_lost_between_two_hours() {
    let scenario = scenario(megabits(8));
    let (since, until) = (at(0, 7, 13), at(31, 41, 59));
    let bytes = Bytes(1_000_000_007);
    let fact = Fact::Crossed { since, until, bytes, over: None };
    let record = Record { at: until, site: PR1, cause: Cause::NONE, fact };
    let hours = link_hours(&scenario, &Trace { records: vec![record] });
    assert_eq!(hours.len(), 32);
    assert_eq!(hours.iter().map(|hour| hour.bytes.0).sum::<u64>(), bytes.0);
}

#[test]
fn packages_beside_pulls_fill_a_circuit_and_no_more() {
    let full = crossed(PR1, (minute(0), minute(60)), 3_600, None);
    let rows = rows(&scenario(megabits(8)), vec![full, full]);
    assert_eq!(rows, [(PR1, 0, 7_200, 0, Some(1000))]);
}

#[test]
fn the_figures_are_over_all_hours_of_all_circuits() {
    let scenario = scenario(megabits(8));
    // PR1: full from 0 to 2, half full from 2 to 3; CEN: nothing. 96 hours in all.
    let records = vec![
        crossed(PR1, (hour(0), hour(2)), 7_200, None),
        crossed(PR1, (hour(2), at(2, 30, 0)), 1_800, None),
    ];
    let circuits = Circuits::of(&scenario, &Trace { records });
    let whole = Span { from: Instant::START, until: hour(48) };
    let got = |stat, sites: &[SiteId], span| {
        let asked = Expectation { stat, sites: sites.to_vec(), ..sample::asked() };
        link_utilisation(&circuits, &asked, &[span]).and_then(Figure::value)
    };
    assert_eq!(got(Stat::Max, &[CEN, PR1], whole), Some(WHOLE));
    assert_eq!(got(Stat::Max, &[CEN], whole), Some(0));
    // 2.5 of 96
    assert_eq!(got(Stat::Mean, &[CEN, PR1], whole), Some((25 * WHOLE + 480) / 960));
    assert_eq!(got(Stat::Percentile(93_750), &[PR1], whole), Some(0), "45 of 48 hours");
    assert_eq!(got(Stat::Percentile(95_000), &[PR1], whole), Some(WHOLE / 2));
    // Half an hour that counts is told by itself: from 2:15 to 2:45, of which it is full half.
    let part = Span { from: at(2, 15, 0), until: at(2, 45, 0) };
    assert_eq!(got(Stat::Max, &[PR1], part), Some(WHOLE / 2));
}
