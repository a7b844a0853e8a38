//! How metadata are carried to an internet-based point (P10).

use super::chain::Chain;
use crate::measure::blame::{Behind, Category};
use crate::trace::{Fact, Mishap, Record};
use crate::units::FaultId;

impl Chain<'_, '_> {
    /// Before a run of export, carrying and import started.
    pub(super) fn export_started(&mut self, run: u32) -> Option<Option<usize>> {
        let Record { at, site, .. } = *self.record(self.here());
        // A run that came to nothing, though there was something to carry.
        let failed = run.checked_sub(1).and_then(|before| {
            self.mark(self.here(), |fact| {
                matches!(fact, Fact::PointRunFailed { run, why }
                    if run == before && why != Mishap::StillUnderWay)
            })
        });
        let behind = Behind::InternetPoint;
        let Some(failed) = failed.filter(|&failed| self.at(failed) >= self.limit()) else {
            self.wait(self.limit(), at, Category::ExportWait, site, behind);
            return Some(None);
        };
        let since = self.at(failed);
        let behind = self.fault_of_run(failed).map_or(behind, Behind::Fault);
        self.wait(since, at, Category::ExportWait, site, behind);
        Some(Some(failed))
    }

    /// Before a run of export, carrying and import came to nothing.
    pub(super) fn export_failed(&mut self, run: u32, why: Mishap) -> Option<Option<usize>> {
        let Record { at, site, .. } = *self.record(self.here());
        if why == Mishap::StillUnderWay {
            return None;
        }
        let started = self.mark(
            self.here(),
            |fact| matches!(fact, Fact::ExportStarted { run: one } if one == run),
        )?;
        let fault = self.fault_of_run(self.here());
        self.lost((self.at(started), at), site, fault);
        Some(Some(started))
    }

    fn fault_of_run(&self, failed: usize) -> Option<FaultId> {
        let Record { at, site, .. } = *self.record(failed);
        let kinds: &[Category] = &[Category::PointDown, Category::SiteDown];
        self.causes().holds.holding(&[(site, kinds)], (at, at))
    }
}
