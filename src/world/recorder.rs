use crate::scenario::Recording;
use crate::trace::{Cause, Fact, Record, Trace};
use crate::units::{Instant, SiteId};

/// Keeps what happens, as far as it is asked for.
#[derive(Clone, Debug)]
pub(super) struct Recorder {
    recording: Recording,
    trace: Trace,
}

impl Recorder {
    pub fn new(recording: Recording) -> Self {
        Self { recording, trace: Trace::default() }
    }

    /// Keeps a fact; gives what its consequences name as their cause.
    pub fn record(&mut self, at: Instant, site: SiteId, cause: Cause, fact: Fact) -> Cause {
        if self.recording < least(&fact) {
            return cause;
        }
        self.trace.records.push(Record { at, site, cause, fact });
        Cause::record(self.trace.records.len() - 1)
    }

    /// Is as much kept as that?
    pub fn keeps(&self, recording: Recording) -> bool {
        self.recording >= recording
    }

    pub fn into_trace(self) -> Trace {
        self.trace
    }

    pub fn trace(&self) -> &Trace {
        &self.trace
    }
}

/// The record of the same run with less recorded: what leads on from a record that is left out goes
/// back to what led to that one.
pub fn less(trace: &Trace, recording: Recording) -> Trace {
    let mut kept = Recorder::new(recording);
    // What a consequence of each record names as its cause now.
    let mut places: Vec<Cause> = Vec::with_capacity(trace.records.len());
    for record in &trace.records {
        let cause = record.cause.position().map_or(Cause::NONE, |position| places[position]);
        places.push(kept.record(record.at, record.site, cause, record.fact));
    }
    kept.into_trace()
}

/// How much must be recorded for a fact to be kept.
fn least(fact: &Fact) -> Recording {
    match fact {
        Fact::Released { .. }
        | Fact::Arrived { .. }
        | Fact::Announced(_)
        | Fact::Transferred { .. }
        | Fact::Pulled { .. }
        | Fact::Settled { .. }
        | Fact::Imported { .. }
        | Fact::InternetPointSynced { .. }
        | Fact::FaultBegan { .. }
        | Fact::FaultEnded { .. }
        | Fact::FaultHit { .. }
        | Fact::ExportStarted { .. }
        | Fact::Exported { .. }
        | Fact::CarriedOver { .. }
        | Fact::PointImported { .. }
        | Fact::PointRunFailed { .. }
        | Fact::Operated { .. }
        | Fact::Scanned { .. }
        | Fact::CatalogueSyncStarted { .. }
        | Fact::CatalogueSyncDone { .. }
        | Fact::CatalogueSyncFailed { .. } => Recording::Attempts,
        Fact::TriggerDeferred { .. }
        | Fact::TriggerRefused { .. }
        | Fact::PolicyCreated { .. }
        | Fact::RequestSent { .. }
        | Fact::RequestArrived
        | Fact::PackageSent { .. }
        | Fact::PackageArrived { .. }
        | Fact::PackageInserted { .. }
        | Fact::InsertionFailed { .. }
        | Fact::SendingFailed { .. }
        | Fact::SendingWaited { .. }
        | Fact::SendingStarted { .. }
        | Fact::SendingStruck { .. }
        | Fact::PullWaited { .. }
        | Fact::PullAdmitted { .. }
        | Fact::Crossed { .. }
        | Fact::PolicyFetched { .. }
        | Fact::ScansFailed { .. }
        | Fact::CatalogueSent { .. }
        | Fact::CatalogueArrived { .. }
        | Fact::WentDown
        | Fact::CameUp => Recording::All,
    }
}
