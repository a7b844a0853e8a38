//! One sender, told record by record; every figure by hand.

use super::super::sample::{self, at};
use super::*;
use crate::scenario::{Operation, SiteKind, Stat};
use crate::trace::{Cause, Limit};
use crate::units::Duration;

const CEN: SiteId = SiteId(0);
const PR1: SiteId = SiteId(1);
const CLOSED: Wait = Wait::Closed { until: None };

fn hour(hour: u64) -> Instant {
    at(hour, 0, 0)
}

fn together(hours: u64) -> Wait {
    Wait::Together { until: hour(hours + 6) }
}

fn waited(hours: u64, cause: Option<usize>, what: Wait) -> Record {
    let fact = Fact::SendingWaited { to: PR1, priority: Priority::Normal, what };
    because(hours, cause, fact)
}

fn started(hours: u64, cause: usize) -> Record {
    let fact = Fact::SendingStarted { to: PR1, priority: Priority::Normal, limit: Limit::None };
    because(hours, Some(cause), fact)
}

fn failed(hours: u64, again: u64) -> Record {
    because(hours, None, Fact::SendingFailed { to: PR1, again_at: Some(hour(again)) })
}

fn because(hours: u64, cause: Option<usize>, fact: Fact) -> Record {
    let cause = cause.map_or(Cause::NONE, Cause::record);
    Record { at: hour(hours), site: CEN, cause, fact }
}

fn scenario() -> Scenario {
    let mut scenario = sample::scenario(vec![
        sample::site("CEN", None, 1, SiteKind::Central),
        sample::site("PR1", Some(CEN), 2, SiteKind::Primary),
    ]);
    let action = Action::MoveSite { under: CEN };
    scenario.operations =
        vec![Operation { name: "move".to_owned(), at: hour(9), site: PR1, action }];
    scenario
}

/// From which hour until which something waited at CEN.
fn hours(records: Vec<Record>) -> Vec<(u64, u64)> {
    let queues = Queues::of(&scenario(), &Trace { records });
    let hours = |at: Instant| at.micros() / Duration::from_hours(1).micros();
    let spans = queues.spans.get(&CEN).cloned().unwrap_or_default();
    spans.into_iter().map(|(from, until)| (hours(from), hours(until))).collect()
}

#[test]
fn what_waits_for_one_thing_after_another_waits_once() {
    let records = vec![waited(1, None, CLOSED), waited(3, Some(0), Wait::Thread), started(4, 1)];
    assert_eq!(hours(records), [(1, 4)]);
}

#[test]
fn what_is_held_back_is_one_thing_however_much_it_is() {
    // 0 and 1 are held back together; released at 5, it finds the address closed until 8.
    let records = vec![
        waited(2, None, together(2)),
        waited(3, None, together(2)),
        waited(5, Some(0), CLOSED),
        started(8, 2),
    ];
    assert_eq!(hours(records), [(2, 8)]);
}

#[test]
fn two_held_back_at_one_instant_may_be_told_by_either_record() {
    let records = vec![waited(2, None, together(2)), waited(2, None, together(2)), started(5, 1)];
    assert_eq!(hours(records), [(2, 5)]);
}

#[test]
fn what_is_held_back_after_that_has_gone_is_another_thing() {
    let records = vec![
        waited(2, None, together(2)),
        started(5, 0),
        waited(6, None, together(6)),
        started(7, 2),
    ];
    assert_eq!(hours(records), [(2, 5), (6, 7)]);
}

#[test]
fn what_has_failed_waits_until_it_is_tried_again() {
    assert_eq!(hours(vec![failed(1, 3)]), [(1, 3)]);
    // It finds the address closed when it is tried again.
    let records = vec![failed(1, 3), waited(3, Some(0), CLOSED), started(6, 1)];
    assert_eq!(hours(records), [(1, 6)]);
    let given_up = because(1, None, Fact::SendingFailed { to: PR1, again_at: None });
    assert_eq!(hours(vec![given_up]), []);
}

#[test]
fn what_still_waits_at_the_end_waits_until_then_and_a_site_that_moves_is_waited_for_no_more() {
    assert_eq!(hours(vec![waited(40, None, CLOSED)]), [(40, 48)]);
    let moved = Record { site: PR1, ..because(9, None, Fact::Operated { operation: 0 }) };
    assert_eq!(hours(vec![waited(1, None, CLOSED), moved]), [(1, 9)]);
}

#[test]
fn the_queue_is_how_much_waits_at_every_instant() {
    // two from 2 to 3, one from 1 to 2 and from 3 to 6: 6 hours in all of 48
    let records =
        vec![waited(1, None, CLOSED), waited(2, None, CLOSED), started(3, 0), started(6, 1)];
    let scenario = scenario();
    let queues = Queues::of(&scenario, &Trace { records });
    let whole = Span { from: Instant::START, until: hour(48) };
    let got = |stat, span| {
        let mut asked = sample::asked();
        (asked.stat, asked.sites) = (stat, vec![CEN]);
        sender_queue(&scenario, &queues, &asked, &[span])
    };
    assert_eq!(got(Stat::Max, whole), Some(Figure::Of(2 * WHOLE)));
    assert_eq!(got(Stat::Mean, whole), Some(Figure::Of(WHOLE / 8)));
    let warm = Span { from: hour(4), ..whole };
    assert_eq!(got(Stat::Max, warm), Some(Figure::Of(WHOLE)));
}
