//! A synchronisation and its phases, as slices.

use serde_json::{Value, json};

use super::super::Run;
use super::super::plain::plain;
use crate::measure::{Attempt, Ending};
use crate::trace::Phase;
use crate::units::Instant;

/// Something with a beginning and an end.
#[derive(Clone, Debug)]
pub(super) struct Slice {
    pub category: &'static str,
    pub name: String,
    pub from: Instant,
    pub until: Instant,
    pub args: Value,
}

/// The slice of a synchronisation, and those of its phases in order; of a phase that was not
/// completed, up to where the synchronisation ended.
pub(super) fn slices(run: &Run<'_>, attempt: &Attempt) -> (Slice, Vec<Slice>) {
    let end = attempt.end.unwrap_or(Instant::START + run.scenario.duration);
    let id = run.attempt(attempt.site, attempt.number);
    let complaint = attempt.failure.map(|failure| {
        let complaint = run.complaint(failure);
        json!({"phase": failure.phase.name(), "message": plain(&complaint.message)})
    });
    let args = json!({
        "attempt": id, "site": run.code(attempt.site), "trigger": attempt.trigger.name(),
        "kind": attempt.kind.name(), "caused_by": plain(&run.caused_by(attempt)),
        "outcome": attempt.ending.name(), "updates": attempt.updates, "bytes": attempt.bytes.0,
        "version": attempt.version, "failure": complaint,
        "fault": attempt.fault.map(|fault| plain(run.fault(fault))),
    });
    let name = format!("sync {}", attempt.ending.name());
    let whole = Slice { category: "sync", name, from: attempt.start, until: end, args };
    let mut phases = Vec::new();
    let mut reached = attempt.start;
    for (name, from, until) in completed(attempt) {
        phases.push(phase(&id, name, from, until));
        // What goes on after the site is complete is no part of the way to its end.
        reached = reached.max(until.min(end));
    }
    if attempt.ending != Ending::Ok
        && attempt.ending != Ending::LicenceTermsPending
        && reached < end
    {
        phases.push(phase(&id, under_way(attempt), reached, end));
    }
    (whole, phases)
}

fn phase(id: &str, name: &str, from: Instant, until: Instant) -> Slice {
    let args = json!({"attempt": id});
    Slice { category: "phase", name: name.to_owned(), from, until, args }
}

/// The phases that were completed, in order of their beginnings.
fn completed(attempt: &Attempt) -> Vec<(&'static str, Instant, Instant)> {
    let steps = [
        ("connect", Some(attempt.start), attempt.pull_start),
        ("transfer", attempt.pull_start, attempt.transferred),
        ("wsus", attempt.transferred.or(attempt.pull_start), attempt.pulled),
        ("settle", attempt.pulled, attempt.settled),
        ("import", attempt.settled, attempt.imported),
        ("internet point", attempt.internet_start, attempt.internet_done),
    ];
    let done = |(name, from, until): (&'static str, Option<Instant>, Option<Instant>)| {
        Some((name, from?, until?))
    };
    let mut phases: Vec<_> = steps.into_iter().filter_map(done).collect();
    phases.sort_by_key(|(_, from, _)| *from);
    phases
}

/// The phase in which a synchronisation ended, or was when the run ended.
fn under_way(attempt: &Attempt) -> &'static str {
    if let Some(failure) = attempt.failure {
        return match failure.phase {
            Phase::Gate => "gate",
            Phase::Connect => "connect",
            Phase::Pull if attempt.transferred.is_some() => "wsus",
            Phase::Pull => "transfer",
            Phase::Settle => "settle",
            Phase::Import => "import",
            Phase::Internet => "internet point",
            Phase::Restart => "cut short",
        };
    }
    match attempt {
        Attempt { pull_start: None, .. } => "connect",
        Attempt { pulled: None, transferred: None, .. } => "transfer",
        Attempt { pulled: None, .. } => "wsus",
        Attempt { settled: None, .. } => "settle",
        Attempt { internet_start: Some(_), internet_done: None, .. } => "internet point",
        _ => "import",
    }
}
