//! What has happened in any of the worlds: a swarm in which nothing goes wrong proves nothing (N1).

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use supsim::engine::Status;
use supsim::scenario::{FaultEffect, Scenario};
use supsim::trace::{Fact, Mishap, Trace};

use super::plan::{Class, Plan};
use super::trial::Outcome;
use crate::oracle::departure;

/// Figures of a whole swarm.
#[derive(Debug, Default)]
pub struct Seen {
    worlds: u64,
    site_days: f64,
    attempts: u64,
    successes: u64,
    failures: u64,
    /// Rare paths, and how often each was taken.
    marks: BTreeMap<String, u64>,
    /// Of each class, how many were planned and how many had an effect.
    classes: BTreeMap<Class, (u64, u64)>,
    /// Runs that were made twice (D1).
    pub rerun: u64,
    /// The longest time to rest, and the largest share of its bound that any world took.
    longest_rest: u64,
    share_of_bound: f64,
}

/// What must have been seen in a swarm of the usual size.
const MARKS: [&str; 34] = [
    "intranet clients scanned",
    "internet clients scanned",
    "sms2003 clients scanned",
    "a courier came",
    "a courier came in vain",
    "a courier was still under way",
    "a closed address was waited for",
    "a package was not too fast",
    "a limited package took its time exactly",
    "a clock was wrong",
    "started by schedule",
    "started by manual",
    "started by parent",
    "started by retry",
    "started by installed",
    "failed at gate",
    "failed at connect",
    "failed at pull",
    "failed at settle",
    "failed at import",
    "failed at internet",
    "failed at restart",
    "a trigger waited",
    "a trigger was refused",
    "a site gave up",
    "an internet point was left behind",
    "a sending failed",
    "a server went down",
    "a retry to the tick",
    "a retry at the restart",
    "a retry that waited",
    "a retry replaced",
    "a package came early",
    "a subtree was left broken",
];

impl Seen {
    pub fn note(&mut self, plan: &Plan, outcome: &Outcome) {
        let counts = outcome.counts;
        self.worlds += 1;
        let days = outcome.end.micros() as f64 / super::plan::DAY as f64;
        self.site_days += days * plan.places.len() as f64;
        self.attempts += counts.attempts;
        self.successes += counts.successes;
        self.failures += counts.failures;
        if let Some((rest, bound)) = outcome.rest {
            self.longest_rest = self.longest_rest.max(rest);
            self.share_of_bound = self.share_of_bound.max(rest as f64 / bound as f64);
        }
        let mut mark = |what: &str, times: u64| {
            *self.marks.entry(what.to_owned()).or_default() += times;
        };
        mark("a retry to the tick", counts.retries_on_time);
        mark("a retry at the restart", counts.retries_after_restart);
        mark("a retry that waited", counts.retries_that_waited);
        mark("a retry replaced", counts.retries_replaced);
        mark("a closed address was waited for", outcome.sent.openings);
        mark("a request went by its address", outcome.sent.requests);
        mark("a package was not too fast", outcome.sent.timed);
        mark("a limited package took its time exactly", outcome.sent.exactly);
        mark("a clock was wrong", u64::from(plan.clock_ahead != 0));
        mark("a subtree was left broken", u64::from(plan.broken.is_some()));
        let mut databases = vec![u32::from(plan.current); plan.places.len()];
        for record in &outcome.trace.records {
            match record.fact {
                Fact::Announced(Status::Started { trigger, .. }) => {
                    mark(&format!("started by {trigger}"), 1);
                }
                Fact::Announced(Status::Failed { failure, retry_at, .. }) => {
                    mark(&format!("failed at {}", failure.phase), 1);
                    mark("a site gave up", u64::from(retry_at.is_none()));
                }
                Fact::Announced(Status::OutOfStep { .. }) => {
                    mark("an internet point was left behind", 1);
                }
                Fact::TriggerDeferred { .. } => mark("a trigger waited", 1),
                Fact::TriggerRefused { .. } => mark("a trigger was refused", 1),
                Fact::SendingFailed { .. } => mark("a sending failed", 1),
                Fact::Scanned { by, .. } => mark(&format!("{} clients scanned", by.name()), 1),
                Fact::PointImported { .. } => mark("a courier came", 1),
                Fact::PointRunFailed { why: Mishap::StillUnderWay, .. } => {
                    mark("a courier was still under way", 1);
                }
                Fact::PointRunFailed { .. } => mark("a courier came in vain", 1),
                Fact::WentDown => mark("a server went down", 1),
                Fact::PackageArrived { version } => {
                    let early = version > databases[record.site.index()] + 1;
                    mark("a package came early", u64::from(early));
                }
                Fact::PackageInserted { version } => databases[record.site.index()] = version,
                _ => {}
            }
        }
        self.note_faults(plan, outcome);
    }

    fn note_faults(&mut self, plan: &Plan, outcome: &Outcome) {
        let effective = effective(&outcome.scenario, &outcome.trace);
        for flaw in &plan.flaws {
            let (planned, had) = self.classes.entry(flaw.class).or_default();
            *planned += 1;
            *had += u64::from(effective.contains(&flaw.name));
        }
    }

    /// N1: every rare path was taken, and faults of every class were planned and had an effect.
    pub fn assert_not_trivial(&self) {
        let missing: Vec<&str> = MARKS
            .into_iter()
            .filter(|mark| self.marks.get(*mark).is_none_or(|n| *n == 0))
            .collect();
        assert!(missing.is_empty(), "N1: never seen: {missing:?}\n{self}");
        for class in Class::ALL {
            let (planned, effective) = self.classes.get(&class).copied().unwrap_or_default();
            // A slow link shows only in what takes longer.
            let counts = effective > 0 || class == Class::LinkSlow && planned > 0;
            assert!(counts, "N1: {class:?}: {planned} planned, none had an effect");
        }
    }
}

/// The faults that had an effect: an attempt or a sending met one, a server went down with it, or a sending
/// failed while it cut the circuit; and the operations that were carried out.
pub fn effective(scenario: &Scenario, trace: &Trace) -> BTreeSet<String> {
    let mut effective: BTreeSet<String> = BTreeSet::new();
    // The faults that cut each circuit, and until when.
    let mut cut: Vec<BTreeMap<usize, u64>> = vec![BTreeMap::new(); scenario.sites.len()];
    // Points that are down: whoever carries metadata to one comes in vain (P10).
    let mut down: Vec<Vec<usize>> = vec![Vec::new(); scenario.sites.len()];
    let name = |fault: usize| scenario.faults[fault].name.clone();
    for record in &trace.records {
        let site = record.site.index();
        match record.fact {
            Fact::FaultHit { fault, .. } | Fact::SendingStruck { fault, .. } => {
                effective.insert(name(fault.index()));
            }
            Fact::FaultBegan { fault } => match scenario.faults[fault.index()].effect {
                FaultEffect::SiteDown => {
                    effective.insert(name(fault.index()));
                }
                FaultEffect::SupDown | FaultEffect::InternetSupDown => {
                    down[site].push(fault.index());
                }
                FaultEffect::LinkDown => {
                    cut[site].insert(fault.index(), u64::MAX);
                }
                _ => {}
            },
            Fact::FaultEnded { fault } => {
                down[site].retain(|one| *one != fault.index());
                if let Some(until) = cut[site].get_mut(&fault.index()) {
                    *until = record.at.micros();
                }
            }
            Fact::SendingFailed { to, .. } => {
                let left = departure(trace, record.cause).map_or(record.at.micros(), |one| one.1);
                let held = cut[to.index()].iter().filter(|(_, until)| **until > left);
                effective.extend(held.map(|(fault, _)| name(*fault)));
            }
            Fact::PointRunFailed { .. } => {
                effective.extend(down[site].iter().map(|fault| name(*fault)));
            }
            Fact::Operated { operation } => {
                effective.insert(scenario.operations[operation as usize].name.clone());
            }
            _ => {}
        }
    }
    effective
}

impl fmt::Display for Seen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{} kept every promise: {:.1} site-years, {} attempts, {} 6702, {} 6703, {} run twice",
            self.worlds,
            self.site_days / 365.25,
            self.attempts,
            self.successes,
            self.failures,
            self.rerun
        )?;
        writeln!(
            f,
            "longest time to rest {:.1} h, at most {:.0} % of its bound",
            self.longest_rest as f64 / super::plan::HOUR as f64,
            100.0 * self.share_of_bound
        )?;
        for (class, (planned, effective)) in &self.classes {
            writeln!(f, "{class:?}: {planned} planned, {effective} had an effect")?;
        }
        self.marks.iter().try_for_each(|(mark, times)| writeln!(f, "{mark}: {times}"))
    }
}
