//! What every report is made from.

use crate::measure::{Attempt, Outcome};
use crate::scenario::{FaultEffect, Scenario, SiteKind};
use crate::trace::{Fact, Failure, Names, Phase, Reason, Trace, Trigger};
use crate::units::{FaultId, ReleaseId, SiteId};

/// One run: the world that was described, what happened in it, and what that says.
#[derive(Clone, Copy, Debug)]
pub struct Run<'a> {
    /// The world.
    pub scenario: &'a Scenario,
    /// What happened.
    pub trace: &'a Trace,
    /// The tidy rows of it.
    pub outcome: &'a Outcome,
    /// The number of the replication.
    pub replication: u32,
}

/// What a failure says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Complaint {
    /// The source of the 6703; empty when the product names none.
    pub source: String,
    /// The message of the 6703.
    pub message: String,
}

impl<'a> Run<'a> {
    /// What the numbers in the trace are called.
    pub fn names(&self) -> Names {
        let scenario = self.scenario;
        Names::new(
            scenario.sites.iter().map(|site| &site.code),
            scenario.catalogue.releases.iter().map(|release| &release.name),
            scenario.faults.iter().map(|fault| &fault.name),
            scenario.operations.iter().map(|operation| &operation.name),
        )
    }

    pub(super) fn code(&self, site: SiteId) -> &'a str {
        &self.scenario.sites[site.index()].code
    }

    pub(super) fn release(&self, release: ReleaseId) -> &'a str {
        &self.scenario.catalogue.releases[release.index()].name
    }

    pub(super) fn fault(&self, fault: FaultId) -> &'a str {
        &self.scenario.faults[fault.index()].name
    }

    /// The name of a synchronisation that is unique in a run: `PR2#2`.
    pub(super) fn attempt(&self, site: SiteId, number: u32) -> String {
        format!("{}#{number}", self.code(site))
    }

    /// The source and the message of a failure: those of the fault that was injected, where it
    /// brings its own, else the product's words for that step.
    pub(super) fn complaint(&self, failure: Failure) -> Complaint {
        let (mut source, mut message) = failure.reason.text();
        let mut code = "";
        if let Reason::Injected(fault) = failure.reason {
            (source, message) = match failure.phase {
                Phase::Gate => Reason::NotConfigured.text(),
                Phase::Connect => Reason::NoUpdateServer.text(),
                Phase::Import => ("", "violation of a unique key (SQL 2627)"),
                Phase::Pull | Phase::Settle | Phase::Internet | Phase::Restart => (source, message),
            };
            if let FaultEffect::FailSync(fail) = &self.scenario.faults[fault.index()].effect {
                code = &fail.code;
                if !fail.message.is_empty() {
                    message = &fail.message;
                }
            }
        }
        let message = if code.is_empty() || message.contains(code) {
            message.to_owned()
        } else {
            format!("{message} ({code})")
        };
        Complaint { source: source.to_owned(), message }
    }

    /// What led to a synchronisation, in one word: another one (`CEN#1`), the name of what an
    /// administrator did, or else what started it (`schedule`).
    pub(super) fn caused_by(&self, attempt: &Attempt) -> String {
        if let Some((site, number)) = attempt.caused_by {
            return self.attempt(site, number);
        }
        let mut cause = attempt.cause;
        // A trigger that had to wait (T6) stands between the administrator and the start. Causes
        // stand before what they cause, so that this ends.
        while let Some(record) = cause.position().and_then(|at| self.trace.records.get(at)) {
            if let Fact::Operated { operation } = record.fact {
                return self.scenario.operations[operation as usize].name.clone();
            }
            cause = record.cause;
        }
        match attempt.trigger {
            Trigger::Parent => String::new(),
            other => other.name().to_owned(),
        }
    }
}

/// The one word for a kind of site, as the scenario language has it.
pub(super) const fn kind_name(kind: SiteKind) -> &'static str {
    match kind {
        SiteKind::Central => "central",
        SiteKind::Primary => "primary",
        SiteKind::Secondary => "secondary",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::sample;
    use crate::trace::{Cause, Kind, Record};

    #[test]
    fn an_injected_failure_says_its_own_words_or_the_usual_ones_of_its_step() {
        let (mut scenario, trace, outcome) = sample::tutorial();
        let failure = |phase| Failure { phase, reason: Reason::Injected(FaultId(0)) };
        let message = |scenario: &Scenario, phase| {
            let run = Run { scenario, trace: &trace, outcome: &outcome, replication: 0 };
            run.complaint(failure(phase)).message
        };
        assert_eq!(message(&scenario, Phase::Pull), "UssCommunicationError: WebException");
        assert_eq!(message(&scenario, Phase::Import), "violation of a unique key (SQL 2627)");
        let FaultEffect::FailSync(fail) = &mut scenario.faults[0].effect else { unreachable!() };
        fail.code = "0x80072EE2".to_owned();
        assert_eq!(
            message(&scenario, Phase::Pull),
            "UssCommunicationError: WebException (0x80072EE2)"
        );
        let FaultEffect::FailSync(fail) = &mut scenario.faults[0].effect else { unreachable!() };
        fail.message = "timed out: 0x80072EE2".to_owned();
        assert_eq!(message(&scenario, Phase::Pull), "timed out: 0x80072EE2");
    }

    #[test]
    fn a_run_by_hand_is_caused_by_the_operation_even_when_it_had_to_wait() {
        let (scenario, mut trace, outcome) = sample::tutorial();
        let (at, site) = (sample::at(22, 0, 0), SiteId(0));
        let operated = Fact::Operated { operation: 0 };
        trace.records.push(Record { at, site, cause: Cause::NONE, fact: operated });
        let cause = Cause::record(trace.records.len() - 1);
        let deferred = Fact::TriggerDeferred { trigger: Trigger::Manual, kind: Kind::Delta };
        trace.records.push(Record { at, site, cause, fact: deferred });
        let cause = Cause::record(trace.records.len() - 1);
        let mut attempt = outcome.attempts[0].clone();
        let run = Run { scenario: &scenario, trace: &trace, outcome: &outcome, replication: 0 };
        assert_eq!(run.caused_by(&attempt), "schedule");
        attempt.cause = cause;
        attempt.trigger = Trigger::Manual;
        assert_eq!(run.caused_by(&attempt), "by-hand");
        assert_eq!(run.caused_by(&outcome.attempts[1]), "CEN#1");
    }
}
