//! What one run says to what is asked of it.

use std::cell::OnceCell;

use super::circuit::{self, Circuits};
use super::holding::{self, Holdings};
use super::queue::{self, Queues};
use super::{Figure, Outcome, Scanning, scanned, span, syncs};
use crate::scenario::{Expectation, Metric, Scenario, WHOLE};
use crate::trace::Trace;

/// The value of each expectation, in their order; `None` where there was nothing to measure.
///
/// What a metric needs ([`Metric::needs`]) must have been recorded in the trace.
pub fn values(scenario: &Scenario, trace: &Trace, outcome: &Outcome) -> Vec<Option<Figure>> {
    let run = Judged {
        scenario,
        trace,
        outcome,
        holdings: Holdings::of(scenario, outcome),
        scannings: OnceCell::new(),
        circuits: OnceCell::new(),
        queues: OnceCell::new(),
    };
    scenario.expectations.iter().map(|asked| run.value(asked)).collect()
}

/// A run, and what is read of it once when something asks for it.
struct Judged<'r> {
    scenario: &'r Scenario,
    trace: &'r Trace,
    outcome: &'r Outcome,
    holdings: Holdings<'r>,
    scannings: OnceCell<Vec<Scanning>>,
    circuits: OnceCell<Circuits>,
    queues: OnceCell<Queues>,
}

impl Judged<'_> {
    fn scannings(&self) -> &[Scanning] {
        self.scannings.get_or_init(|| Scanning::of(self.scenario, self.trace))
    }

    fn circuits(&self) -> &Circuits {
        self.circuits.get_or_init(|| Circuits::of(self.scenario, self.trace))
    }

    fn queues(&self) -> &Queues {
        self.queues.get_or_init(|| Queues::of(self.scenario, self.trace))
    }

    /// The value that is held against the bound of an expectation.
    fn value(&self, asked: &Expectation) -> Option<Figure> {
        let Judged { scenario, outcome, holdings, .. } = self;
        let spans = span::counted(scenario, outcome, asked);
        match asked.metric {
            Metric::TimeToCurrent => holding::time_to_current(holdings, asked, &spans),
            Metric::ShareCurrent => {
                holding::of_each_release(scenario, holdings, asked, &spans, holding::share)
            }
            Metric::SitesNotCurrent => {
                let lacking = |have, all| (all - have) * WHOLE;
                holding::of_each_release(scenario, holdings, asked, &spans, lacking)
            }
            Metric::Staleness => holding::staleness(scenario, holdings, asked, &spans),
            Metric::SyncTime => syncs::sync_time(outcome, asked, &spans),
            Metric::Attempts | Metric::Failures | Metric::Retries | Metric::RedundantSyncs => {
                syncs::of_each_site(outcome, asked, &spans)
            }
            Metric::ConcurrentSyncs => syncs::concurrent(scenario, outcome, asked, &spans),
            Metric::LinkUtilisation => circuit::link_utilisation(self.circuits(), asked, &spans),
            Metric::SenderQueue => queue::sender_queue(scenario, self.queues(), asked, &spans),
            Metric::ClientsScanned => {
                scanned::clients_scanned(scenario, self.scannings(), holdings, asked, &spans)
            }
            Metric::TimeToScanned => {
                scanned::time_to_scanned(self.scannings(), holdings, asked, &spans)
            }
        }
    }
}

#[cfg(test)]
mod tests;
