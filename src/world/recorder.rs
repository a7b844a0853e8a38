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
