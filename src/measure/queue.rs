//! What waits at the senders: `sender_queue` (R4-R6), from the record alone.
//!
//! A record of waiting names what came before it as its cause. So what waits is known by its
//! latest record, and has left the queue when the record of its start names that one.

use std::collections::BTreeMap;

use super::Figure;
use super::figure::{Stretch, over_time};
use super::span::{Span, parts, steps};
use crate::scenario::{Action, Expectation, Scenario, WHOLE};
use crate::trace::{Fact, Priority, Record, Trace, Wait};
use crate::units::{Instant, SiteId};

/// Something handed to a sender that is not being sent.
#[derive(Clone, Copy, Debug)]
struct Waiting {
    from: SiteId,
    to: SiteId,
    since: Instant,
    /// When it is tried again, if it has failed.
    again_at: Option<Instant>,
}

/// From when until when something waited, by the site that was to send it.
#[derive(Debug, Default)]
pub(super) struct Queues {
    spans: BTreeMap<SiteId, Vec<(Instant, Instant)>>,
    /// By the position of their latest record.
    waiting: BTreeMap<usize, Waiting>,
    /// What is held back for the job before it (R6): by which position it is known. What comes
    /// later goes with it.
    held: BTreeMap<(SiteId, SiteId, Priority), usize>,
    /// The positions of records of the same thing, held back at the same instant.
    same: BTreeMap<usize, usize>,
}

impl Queues {
    pub fn of(scenario: &Scenario, trace: &Trace) -> Queues {
        let mut queues = Queues::default();
        for (position, record) in trace.records.iter().enumerate() {
            queues.read(scenario, position, record);
        }
        let end = Instant::START + scenario.duration;
        queues.forget(end, |_| true);
        queues
    }

    fn read(&mut self, scenario: &Scenario, position: usize, record: &Record) {
        let Record { at, site: from, fact, .. } = *record;
        match fact {
            Fact::SendingWaited { to, priority, what: Wait::Together { .. } } => {
                let first = self.held.get(&(from, to, priority));
                match first.filter(|first| self.waiting.contains_key(first)) {
                    Some(&first) => {
                        self.same.insert(position, first);
                    }
                    None => {
                        self.held.insert((from, to, priority), position);
                        self.waiting
                            .insert(position, Waiting { from, to, since: at, again_at: None });
                    }
                }
            }
            Fact::SendingWaited { to, .. } => {
                let since = self.take(record).map_or(at, |waited| waited.since);
                self.waiting.insert(position, Waiting { from, to, since, again_at: None });
            }
            Fact::SendingStarted { .. } => {
                if let Some(waited) = self.take(record) {
                    self.close(waited, at);
                }
            }
            Fact::SendingFailed { to, again_at: Some(again_at) } => {
                let again_at = Some(again_at);
                self.waiting.insert(position, Waiting { from, to, since: at, again_at });
            }
            // A site that gets another parent: what the old one was to send it is forgotten.
            Fact::Operated { operation } => {
                let operation = &scenario.operations[operation as usize];
                if let Action::MoveSite { .. } = operation.action {
                    self.forget(at, |waiting| waiting.to == operation.site);
                }
            }
            _ => {}
        }
    }

    /// What the record goes on with.
    fn take(&mut self, record: &Record) -> Option<Waiting> {
        let cause = record.cause.position()?;
        self.waiting.remove(self.same.get(&cause).unwrap_or(&cause))
    }

    fn forget(&mut self, now: Instant, which: impl Fn(&Waiting) -> bool) {
        let forgotten: Vec<usize> = self
            .waiting
            .iter()
            .filter(|(_, waiting)| which(waiting))
            .map(|(position, _)| *position)
            .collect();
        for waiting in forgotten {
            if let Some(waiting) = self.waiting.remove(&waiting) {
                self.close(waiting, now);
            }
        }
    }

    fn close(&mut self, waiting: Waiting, now: Instant) {
        // What is tried again without waiting for anything else says so no more.
        let until = waiting.again_at.map_or(now, |again_at| again_at.min(now));
        if waiting.since < until {
            self.spans.entry(waiting.from).or_default().push((waiting.since, until));
        }
    }
}

/// At every instant of the spans, of each site: how much waits to be sent.
pub(super) fn sender_queue(
    scenario: &Scenario,
    queues: &Queues,
    asked: &Expectation,
    spans: &[Span],
) -> Option<Figure> {
    let mut stretches = Vec::new();
    for site in &asked.sites {
        let waiting = queues.spans.get(site).map(Vec::as_slice).unwrap_or_default();
        let steps = steps(waiting.iter().copied());
        for (part, count) in parts(scenario, &steps, spans) {
            stretches.push(Stretch { from: count * WHOLE, grows: false, length: part.length() });
        }
    }
    over_time(asked.stat, &stretches)
}

#[cfg(test)]
mod tests;
