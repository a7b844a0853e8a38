//! The timeline of samples.

use super::*;
use crate::measure::Ending;
use crate::report::chart::sample::{self, Sample, shown};
use crate::units::Duration;

fn drawn(sample: Sample) -> Picture {
    let (scenario, outcome) = sample.finish();
    timeline(&shown(&scenario, &outcome))
}

#[test]
fn the_rest_of_many_sites_is_counted_with_its_range() {
    let svg = drawn(Sample::three_tiers()).svg;
    assert!(svg.contains("20 more sites not drawn, current after"), "{svg}");
}

#[test]
fn a_failure_is_in_the_key_and_in_the_words() {
    let svg = drawn(Sample::three_sites()).svg;
    for wanted in ["failed", "1 synchronisation failed.", "waiting for the retry"] {
        assert!(svg.contains(wanted), "{wanted} is missing");
    }
    assert!(!drawn(Sample::one_site()).svg.contains("failed"));
}

#[test]
fn a_site_that_is_never_current_does_not_stretch_the_picture_to_the_end_of_the_run() {
    let svg = drawn(Sample::storm()).svg;
    assert!(svg.contains("never became current before the run ended."));
    assert!(svg.contains("the run went on."));
}

#[test]
fn a_run_without_synchronisations_is_a_picture_that_says_so() {
    let picture = drawn(Sample::empty());
    assert!(picture.svg.contains("No site synchronised in this run"));
    sample::assert_legible("nothing", &picture);
}

#[test]
fn ten_thousand_sites_make_a_small_picture() {
    for sample in [Sample::wide(10_000), Sample::storm()] {
        let size = drawn(sample).svg.len();
        assert!(size < 300_000, "{size} bytes");
    }
}

#[test]
fn failures_after_the_picture_are_told_apart() {
    let (scenario, mut outcome) = Sample::three_sites().finish();
    let mut late =
        outcome.attempts.iter().find(|one| one.ending == Ending::Failed).unwrap().clone();
    late.number = 9;
    (late.start, late.end) = (late.start + Duration::from_days(2), None);
    late.end = Some(late.start + Duration::from_mins(3));
    late.caused_by = None;
    outcome.attempts.push(late);
    outcome.attempts.sort_by_key(|attempt| (attempt.site, attempt.number));
    let svg = timeline(&shown(&scenario, &outcome)).svg;
    assert!(svg.contains("2 synchronisations failed, 1 of them later than is drawn."), "{svg}");
}
