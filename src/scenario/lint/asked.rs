//! Expectations that look past the end of the run.

use super::super::reader::Reader;
use super::super::{Bound, Expectation, Metric, Release, Unit};
use super::{Lints, counted};
use crate::units::{Duration, Instant};

/// W0563: the time that a release is given is not over when the run ends.
pub(super) fn lint(reader: &mut Reader, lints: &Lints<'_, '_>) {
    for asked in &lints.scenario.expectations {
        let traits = asked.metric.traits();
        // Which releases a fault holds at is not known before it is run.
        if !traits.of_releases || asked.metric == Metric::Staleness || asked.during.is_some() {
            continue;
        }
        match (asked.after, asked.metric.unit(), asked.wanted.bound) {
            (Some(after), _, _) => after_the_end(reader, lints, asked, after),
            (None, Unit::Time, Bound::AtMost | Bound::Equals) => {
                time_is_not_over(reader, lints, asked)
            }
            _ => {}
        }
    }
}

/// The releases that count whose time is over only after the end; and of how many.
fn late<'l>(
    lints: &'l Lints<'_, '_>,
    asked: &Expectation,
    time: Duration,
) -> (Vec<&'l Release>, usize) {
    let scenario = lints.scenario;
    let (begin, end) = (Instant::START + scenario.warmup, Instant::START + scenario.duration);
    let releases = asked.releases.iter().map(|id| &scenario.catalogue.releases[id.index()]);
    let counting: Vec<&Release> = releases.filter(|release| release.at >= begin).collect();
    let over = |release: &&Release| release.at.checked_add(time).is_some_and(|due| due <= end);
    let all = counting.len();
    (counting.into_iter().filter(|release| !over(release)).collect(), all)
}

/// What is told some time after publication is not told of them.
fn after_the_end(reader: &mut Reader, lints: &Lints<'_, '_>, asked: &Expectation, after: Duration) {
    let (late, all) = late(lints, asked, after);
    let Some(first) = late.first() else { return };
    if late.len() == all {
        // W0560 says that there will be no data.
        return;
    }
    let message = format!(
        "this expectation does not look at {} of {}",
        late.len(),
        counted(all, "release", "releases")
    );
    let note = format!("`{}` is published {}: {}", first.name, lints.time(first.at), ends(lints));
    let place = lints.place(&["expect", &asked.name, "after"]);
    reader.within(&format!("expect.{}", asked.name), |reader| {
        reader
            .warning("W0563", place, message, note)
            .help("let the run last longer, or name with `release` those that are meant");
    });
}

/// A site that lacks one when the run ends never gets it, although its time is not over.
fn time_is_not_over(reader: &mut Reader, lints: &Lints<'_, '_>, asked: &Expectation) {
    let (late, all) = late(lints, asked, Duration::from_micros(asked.wanted.value));
    let Some(first) = late.first() else { return };
    let which = match (late.len(), all) {
        (1, 1) => "its release".to_owned(),
        (late, all) if late == all => format!("all {all} releases"),
        (late, all) => format!("{late} of {all} releases"),
    };
    let message = format!("the run ends before the time is over for {which}");
    let who = if asked.metric == Metric::TimeToScanned { "client" } else { "site" };
    let note = format!(
        "`{}` is published {}: {}, and a {who} that is not done by then counts as never",
        first.name,
        lints.time(first.at),
        ends(lints)
    );
    let place = lints.place(&["expect", &asked.name, asked.wanted.bound.name()]);
    reader.within(&format!("expect.{}", asked.name), |reader| {
        reader
            .warning("W0563", place, message, note)
            .help("let the run last longer, or name with `release` those that are meant");
    });
}

fn ends(lints: &Lints<'_, '_>) -> String {
    format!("the run ends {}", lints.time(Instant::START + lints.scenario.duration))
}
