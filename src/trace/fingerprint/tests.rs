use super::super::generated::{any_record, names};
use super::super::{Cause, Kind, Trigger};
use super::*;
use crate::units::{Duration, SiteId};
use proptest::prelude::*;

fn trace() -> Trace {
    let record = |seconds, site, cause, fact| Record {
        at: Instant::START + Duration::from_secs(seconds),
        site: SiteId(site),
        cause,
        fact,
    };
    let status = |status| Fact::Announced(status);
    let (kind, trigger) = (Kind::Full, Trigger::Schedule);
    Trace {
        records: vec![
            record(1, 0, Cause::NONE, status(Status::Started { attempt: 1, kind, trigger })),
            record(5, 0, Cause::record(0), status(Status::Done { attempt: 1, version: 3 })),
            record(5, 1, Cause::record(0), Fact::RequestArrived),
            record(6, 2, Cause::record(2), Fact::CameUp),
        ],
    }
}

/// The names of the ingredients that differ, but for `all`, which must differ with them.
fn moved(change: impl FnOnce(&mut Trace)) -> Vec<&'static str> {
    let (before, mut after) = (trace(), trace());
    change(&mut after);
    let before = Fingerprint::of(&before, &names());
    let after = Fingerprint::of(&after, &names());
    let pairs = before.ingredients().into_iter().zip(after.ingredients());
    let mut moved: Vec<_> = pairs.filter(|(a, b)| a != b).map(|(a, _)| a.0).collect();
    assert_eq!(moved.pop(), Some("all"), "the whole moves with any ingredient");
    moved
}

#[test]
fn a_change_moves_the_ingredients_it_belongs_to_and_no_other() {
    assert_eq!(moved(|t| t.records[3].at = Instant::from_micros(6_000_001)), ["times"]);
    assert_eq!(moved(|t| t.records[3].site = SiteId(1)), ["sites"]);
    assert_eq!(moved(|t| t.records[3].fact = Fact::WentDown), ["facts"]);
    assert_eq!(moved(|t| t.records[3].cause = Cause::NONE), ["causes"]);
    let other = Fact::Announced(Status::Done { attempt: 1, version: 4 });
    assert_eq!(moved(|t| t.records[1].fact = other), ["versions"]);
}

#[test]
fn two_records_of_one_instant_in_the_other_order_move_all_but_the_times() {
    assert_eq!(moved(|t| t.records.swap(1, 2)), ["sites", "facts"]);
    assert_eq!(moved(|t| t.records.swap(2, 3)), ["times", "sites", "facts", "causes"]);
}

#[test]
fn an_empty_trace_and_a_missing_record_are_told_apart() {
    assert!(!moved(|t| t.records.truncate(3)).is_empty());
    assert!(!moved(|t| t.records.clear()).is_empty());
}

#[test]
fn sites_are_known_by_their_code_not_by_their_number() {
    let none: Vec<&str> = vec![];
    let renumbered = Names::new(vec!["PR2", "CEN", "PR1"], none.clone(), none.clone(), none);
    let mut other = trace();
    for record in &mut other.records {
        record.site = SiteId((record.site.0 + 1) % 3);
    }
    assert_eq!(Fingerprint::of(&trace(), &names()), Fingerprint::of(&other, &renumbered));
}

#[test]
fn a_fingerprint_prints_eight_digits_for_each_ingredient() {
    let fingerprint = Fingerprint { versions: 0xab, ..Fingerprint::of(&trace(), &names()) };
    let text = fingerprint.to_string();
    assert!(text.contains("versions 000000ab"), "{text}");
    assert_eq!(text.split_whitespace().count(), 12);
}

#[test]
fn the_format_has_not_changed_unnoticed() {
    assert_eq!(Fingerprint::of(&trace(), &names()).to_string(), GOLDEN);
}

/// A change of this line is a change of the format: say so in the changelog.
const GOLDEN: &str = "times 5b60f24c  sites f7ea00bb  facts 1a6c6c83  \
    versions 9d9f2905  causes 0d3fd2d0  all 199d8061";

proptest! {
    #[test]
    fn two_traces_with_different_records_have_different_fingerprints(
        one in any_record(), other in any_record(),
    ) {
        let of = |record| Fingerprint::of(&Trace { records: vec![record] }, &names()).all;
        prop_assert_eq!(one == other, of(one) == of(other));
    }
}
