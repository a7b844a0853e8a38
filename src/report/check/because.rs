//! Why an expectation was not met: the largest cause, from the record of one replication.

use std::collections::BTreeSet;

use super::super::Run;
use super::super::many;
use super::super::summary::{counted, time};
use super::busy;
use crate::measure::{Activity, Arrival, Blame, Causes, Ending, Stage};
use crate::scenario::{Bound, Expectation, Holder, Metric};
use crate::trace::Part;
use crate::units::{Duration, FaultId, Instant, ReleaseId, SiteId};

/// The largest cause, and whom to ask for more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Because {
    /// In words.
    pub text: String,
    /// The site that it is told of; `None`: of none in particular.
    pub site: Option<SiteId>,
    /// The release that it had so late.
    pub release: Option<ReleaseId>,
    /// The part of the site that is asked for; `None`: the site as a whole.
    pub part: Option<Part>,
}

/// Why this replication does not meet an expectation; `None` where the record tells no cause.
pub fn because(run: &Run<'_>, asked: &Expectation) -> Option<Because> {
    match asked.metric {
        Metric::TimeToCurrent
        | Metric::ShareCurrent
        | Metric::SitesNotCurrent
        | Metric::Staleness
        | Metric::ClientsScanned
        | Metric::TimeToScanned => late(run, asked),
        Metric::Failures | Metric::Retries | Metric::Attempts => failing(run, asked),
        Metric::ConcurrentSyncs => {
            let activity = Activity::of(run.outcome);
            let at = run.scenario.clock.short(activity.busiest_at?);
            let text = format!("{} ran at once, {at}, in {}", activity.busiest, which(run));
            Some(Because { text, site: None, release: None, part: None })
        }
        Metric::SyncTime => busy::long(run, asked, &which(run)).map(of_site),
        Metric::LinkUtilisation => busy::full(run, asked, &which(run)).map(of_site),
        Metric::RedundantSyncs | Metric::SenderQueue => None,
    }
}

fn of_site((text, site): (String, SiteId)) -> Because {
    Because { text, site: Some(site), release: None, part: None }
}

/// The sites that had it too late, and what the latest of them waited for.
fn late(run: &Run<'_>, asked: &Expectation) -> Option<Because> {
    // Too many that are current are not too late.
    let sought = match asked.metric {
        Metric::ShareCurrent | Metric::ClientsScanned => Bound::AtLeast,
        _ => Bound::AtMost,
    };
    if asked.wanted.bound != sought && asked.wanted.bound != Bound::Equals {
        return None;
    }
    let bound = Duration::from_micros(asked.wanted.value);
    let limit = match asked.metric {
        Metric::TimeToCurrent | Metric::TimeToScanned | Metric::Staleness => Some(bound),
        _ => asked.after,
    };
    let delay = |one: &Arrival| held(one, asked.part).map(|at| at.since(one.wanted));
    let end = Instant::START + run.scenario.duration;
    let is_late = |one: &&Arrival| match (delay(one), limit) {
        // what has been missing for a short time is not stale yet
        (None, Some(limit)) if asked.metric == Metric::Staleness => end.since(one.wanted) > limit,
        (None, _) => true,
        (Some(delay), Some(limit)) => delay > limit,
        (Some(_), None) => false,
    };
    let releases: BTreeSet<ReleaseId> = asked.releases.iter().copied().collect();
    let asked_for = |one: &&Arrival| {
        asked.sites.binary_search(&one.site).is_ok()
            && (releases.is_empty() || releases.contains(&one.release))
    };
    let mut late: Vec<&Arrival> =
        run.outcome.arrivals.iter().filter(asked_for).filter(is_late).collect();
    // A release that reached nobody says less than one that some have; it is told where it is all.
    let somewhere: BTreeSet<ReleaseId> = run
        .outcome
        .arrivals
        .iter()
        .filter(|one| held(one, asked.part).is_some())
        .map(|one| one.release)
        .collect();
    if late.iter().any(|one| somewhere.contains(&one.release)) {
        late.retain(|one| somewhere.contains(&one.release));
    }
    // Never is later than late; of equal ones the first.
    let key = |one: &Arrival| delay(one).map_or((1, Duration::ZERO), |delay| (0, delay));
    let latest = late.iter().copied().rev().max_by_key(|one| key(one))?;
    let mut sites: Vec<SiteId> = late.iter().map(|one| one.site).collect();
    sites.sort_unstable();
    sites.dedup();
    let never = delay(latest).is_none();
    let what = if never { "without it at the end" } else { "late" };
    let whose = many::sites(run, &sites);
    let head = format!("{whose} {what} in {}{}", which(run), below(run, &sites));
    let causes = Causes::of(run.scenario, run.trace, run.outcome);
    let part = part_of(asked.part);
    let blame = match part {
        None => causes.blame(latest),
        Some(part) => causes.blame_of(latest, part),
    };
    let (tail, site) = match blame {
        Some(blame) => (largest(run, &blame), latest.site),
        None => stuck(run, latest),
    };
    let of = if sites.len() > 1 && !never {
        format!("; {}: ", run.code(latest.site))
    } else {
        ": ".to_owned()
    };
    Some(Because {
        text: format!("{head}{of}{tail}"),
        site: Some(site),
        release: Some(latest.release),
        part,
    })
}

/// The two largest parts of a delay: `link down (faults.cut) 8.8 h, then sender closed 6.9 h`.
fn largest(run: &Run<'_>, blame: &Blame) -> String {
    let mut parts: Vec<(Stage, Duration)> = blame.parts();
    parts.sort_by_key(|part| std::cmp::Reverse(part.1));
    let told = parts.iter().take(2).map(|(stage, length)| {
        let path = stage.behind.path(run.scenario, stage.at);
        format!("{} ({path}) {}", stage.category.words(), time(*length))
    });
    told.collect::<Vec<_>>().join(", then ")
}

/// The first site on the way from the top that lacks it, and what its last synchronisation did.
pub(in crate::report) fn stuck(run: &Run<'_>, arrival: &Arrival) -> (String, SiteId) {
    let lacks = |site: SiteId| {
        let of = |one: &&Arrival| (one.site, one.release) == (site, arrival.release);
        run.outcome.arrivals.iter().find(of).is_some_and(|one| one.current.is_none())
    };
    let above = |site: &SiteId| run.scenario.sites[site.index()].parent;
    let mut site = arrival.site;
    while let Some(parent) = above(&site).filter(|parent| lacks(*parent)) {
        site = parent;
    }
    let last = run.outcome.attempts.iter().rev().find(|attempt| attempt.site == site);
    let text = match last {
        None => format!("{} has not synchronised", run.code(site)),
        Some(last) => {
            let name = run.attempt(last.site, last.number);
            match (last.ending, last.failure) {
                (Ending::Failed, Some(failure)) => {
                    format!("{name}, its last, failed at {}{}", failure.phase, by(run, last.fault))
                }
                (ending, _) => {
                    let at = run.scenario.clock.short(last.start);
                    format!("the last of {}, {name}, began {at}: {}", run.code(site), ending.name())
                }
            }
        }
    };
    (text, site)
}

/// The site whose synchronisations failed most.
fn failing(run: &Run<'_>, asked: &Expectation) -> Option<Because> {
    let count = |site: SiteId, failed: bool| {
        let of = |one: &&crate::measure::Attempt| {
            one.site == site && (!failed || one.ending == Ending::Failed)
        };
        run.outcome.attempts.iter().filter(of).count()
    };
    let sites = asked.sites.iter().map(|&site| (count(site, true), std::cmp::Reverse(site)));
    let (failed, std::cmp::Reverse(site)) = sites.max().filter(|(failed, _)| *failed > 0)?;
    let all = counted(count(site, false), "synchronisation", "synchronisations");
    let of = |one: &&crate::measure::Attempt| one.site == site && one.ending == Ending::Failed;
    let last = run.outcome.attempts.iter().rfind(of)?;
    let phase = last.failure.map(|failure| format!(" at {}", failure.phase)).unwrap_or_default();
    let text = format!(
        "{}: {failed} of {all} failed in {}, the last{phase}{}",
        run.code(site),
        which(run),
        by(run, last.fault)
    );
    Some(Because { text, site: Some(site), release: None, part: None })
}

fn by(run: &Run<'_>, fault: Option<FaultId>) -> String {
    fault.map(|fault| format!(" by faults.{}", run.fault(fault))).unwrap_or_default()
}

/// `replication 0`; where nothing is random there is but one.
pub(in crate::report) fn which(run: &Run<'_>) -> String {
    if run.scenario.is_random() {
        format!("replication {}", run.replication)
    } else {
        "the run".to_owned()
    }
}

/// `, all below R05`, where there are several with such a site above them, and it is not the root.
pub(in crate::report) fn below(run: &Run<'_>, sites: &[SiteId]) -> String {
    if sites.len() < 2 {
        return String::new();
    }
    let hierarchy = run.scenario.hierarchy();
    let way = |site: SiteId| -> Vec<SiteId> {
        let mut way: Vec<SiteId> =
            std::iter::successors(hierarchy.parent(site), |one| hierarchy.parent(*one)).collect();
        way.reverse();
        way
    };
    let mut common = way(sites[0]);
    for &site in &sites[1..] {
        let way = way(site);
        let alike = common.iter().zip(&way).take_while(|(one, other)| one == other).count();
        common.truncate(alike);
    }
    match common.last() {
        Some(site) if common.len() > 1 => format!(", all below {}", run.code(*site)),
        _ => String::new(),
    }
}

/// When a part of a site held a release.
pub(in crate::report) fn held(arrival: &Arrival, part: Holder) -> Option<Instant> {
    match part {
        Holder::Site => arrival.current,
        Holder::Database => arrival.database,
        Holder::Wsus => arrival.wsus,
        Holder::Internet => arrival.internet,
    }
}

/// The part that is asked for; `None`: the site as a whole.
pub(in crate::report) fn part_of(holder: Holder) -> Option<Part> {
    match holder {
        Holder::Site => None,
        Holder::Database => Some(Part::Database),
        Holder::Wsus => Some(Part::Wsus),
        Holder::Internet => Some(Part::Internet),
    }
}
