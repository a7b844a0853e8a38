//! From a record back to the one that it waited for, and what the time between was.
//!
//! Causes alone do not always say it. Where they do not, these rules do:
//! - A site cannot have what its upstream does not have yet. The chain of a site is followed back
//!   to when the upstream held the release, and from there it is the upstream's chain.
//! - A try that failed although the release could be had is what the next one waited for, whatever
//!   started that one (T4, T6).
//! - A record of a failure, or of a restart, is caused by a fault; what it cost is told from where
//!   the try that failed began.

use super::super::blame::{Behind, Category, Stage};
use super::Causes;
use crate::scenario::{SlowPhase, Source};
use crate::trace::{Fact, Part, Record, Status, Trigger};
use crate::units::{FaultId, Instant, LinkId, ReleaseId, SiteId};

/// Where a chain stands.
pub(super) struct Chain<'c, 'a> {
    causes: &'c Causes<'a>,
    release: ReleaseId,
    wanted: Instant,
    /// Everything from this record on is explained.
    here: usize,
    /// Whose arrival is being explained.
    holder: (SiteId, Part),
    /// Where its upstream, from which it has the release, began to hold it.
    bound: Option<usize>,
    /// What has been explained, the last first.
    stages: &'c mut Vec<Stage>,
}

impl<'c, 'a> Chain<'c, 'a> {
    /// At the arrival of a release, which is recorded there.
    pub fn new(
        causes: &'c Causes<'a>,
        holder: (SiteId, Part),
        (release, wanted): (ReleaseId, Instant),
        here: usize,
        stages: &'c mut Vec<Stage>,
    ) -> Self {
        let bound = causes.source_of(holder, release, here);
        Self { causes, release, wanted, here, holder, bound, stages }
    }

    /// Follows it to when the release was asked for; `None` when the record does not say how it
    /// came about.
    pub fn follow(mut self) -> Option<()> {
        loop {
            let at = self.at(self.here);
            if at <= self.wanted {
                return Some(());
            }
            match self.bound {
                Some(bound) if at <= self.at(bound) => self.go_up(bound),
                _ => match self.step()? {
                    Some(before) if self.at(before) >= self.limit() => self.here = before,
                    // Explained as far as this site goes.
                    _ => match self.bound.filter(|&bound| self.at(bound) > self.wanted) {
                        Some(bound) => self.go_up(bound),
                        None => return Some(()),
                    },
                },
            }
        }
    }

    /// The upstream's arrival is to be explained next.
    fn go_up(&mut self, bound: usize) {
        let holder = match self.causes.records[bound] {
            Record { site, fact: Fact::Arrived { part, .. }, .. } => (site, part),
            _ => self.holder,
        };
        self.holder = holder;
        self.here = bound;
        self.bound = self.causes.source_of(holder, self.release, bound);
    }

    pub(super) fn record(&self, position: usize) -> &'a Record {
        &self.causes.records[position]
    }

    pub(super) fn at(&self, position: usize) -> Instant {
        self.record(position).at
    }

    pub(super) fn causes(&self) -> &'c Causes<'a> {
        self.causes
    }

    pub(super) fn here(&self) -> usize {
        self.here
    }

    /// The record that led to one.
    pub(super) fn cause(&self, position: usize) -> Option<usize> {
        self.record(position).cause.position()
    }

    /// Up to where this site's chain is followed back.
    pub(super) fn limit(&self) -> Instant {
        self.bound.map_or(self.wanted, |bound| self.at(bound).max(self.wanted))
    }

    /// Explains the time before the record that has been come to; gives the record before it, or
    /// `None` at a root.
    fn step(&mut self) -> Option<Option<usize>> {
        let here = self.here;
        let Record { at, site, fact, .. } = *self.record(here);
        let before = self.cause(here);
        match fact {
            Fact::Announced(Status::Started { attempt, trigger, .. }) => {
                return self.started(attempt, trigger);
            }
            // What it did was done again: from where it began.
            Fact::Announced(Status::Failed { attempt, .. }) => {
                let started = self.causes.tries[site.index()].get(attempt as usize - 1)?.started;
                let fault = self.causes.fault_of_try(site, attempt);
                self.lost((self.at(started), at), site, fault);
                return Some(Some(started));
            }
            Fact::Announced(Status::OutOfStep { .. }) => {
                let began = self.mark(here, |fact| {
                    matches!(fact, Fact::Announced(Status::SynchronizingInternetPoint { .. }))
                })?;
                let fault = self.fault_hit(here);
                self.lost((self.at(began), at), site, fault);
                return Some(Some(began));
            }
            Fact::Announced(Status::SynchronizingInternetPoint { .. }) => {
                return self.internet_point_began();
            }
            Fact::SendingStarted { to, .. } | Fact::SendingWaited { to, .. } => {
                return self.waited_to_be_sent(to);
            }
            Fact::SendingFailed { to, .. } => return self.sending_failed(to),
            Fact::RequestArrived => return self.arrived(Category::RequestTransit),
            Fact::PackageArrived { .. } => return self.arrived(Category::PackageTransit),
            Fact::PackageInserted { version } | Fact::InsertionFailed { version, .. } => {
                return self.inserted(version);
            }
            Fact::ExportStarted { run } => return self.export_started(run),
            Fact::PointRunFailed { run, why } => return self.export_failed(run, why),
            Fact::TriggerDeferred { trigger, .. } => return self.asked(trigger),
            _ => {}
        }
        let Some(before) = before else { return self.root() };
        let since = self.at(before);
        let timing = Behind::Timing;
        let (category, place, behind) = match fact {
            Fact::Announced(Status::SynchronizingWsus { .. }) => {
                (Category::Connecting, site, timing("connect"))
            }
            Fact::PullWaited { .. } => (Category::Connecting, site, timing("connect")),
            Fact::PullAdmitted { .. } => {
                let upstream = self.causes.parent(site, here).unwrap_or(site);
                (Category::PullQueue, upstream, Behind::PullsAtOnce)
            }
            Fact::Transferred { .. } => {
                let link = self.pull_link(site).map_or(timing("pull"), Behind::Link);
                (Category::CatalogueTransfer, site, link)
            }
            Fact::Pulled { .. } => (Category::WsusWork, site, timing("pull")),
            Fact::Settled { .. } => (Category::Settle, site, timing("settle")),
            Fact::Announced(
                Status::SynchronizingDatabase { .. }
                | Status::Done { .. }
                | Status::DoneLicenceTermsPending { .. },
            )
            | Fact::Imported { .. } => (Category::Database, site, timing("import")),
            Fact::InternetPointSynced { .. } => {
                // Whoever does not wait for the point itself waits because it comes first (P9).
                let behind = match self.holder {
                    (holder, Part::Internet) if holder == site => Behind::InternetPoint,
                    _ => Behind::SiteComplete,
                };
                (Category::InternetPoint, site, behind)
            }
            Fact::Exported { .. } | Fact::CarriedOver { .. } | Fact::PointImported { .. } => {
                (Category::ExportImport, site, Behind::InternetPoint)
            }
            // Where packages are not recorded: from when the parent's database held it.
            Fact::Arrived { part: Part::Database, .. } if since < at || self.is_outage(before) => {
                let way = self.way(site);
                self.until_up((self.limit(), at), Category::PackageTransit, site, way);
                return Some(None);
            }
            // What happens at the instant of its cause needs no explanation.
            _ if since == at => (Category::Noticing, site, timing("request")),
            // Nothing else leads to an arrival.
            _ => return None,
        };
        match category {
            Category::CatalogueTransfer => self.carried((since, at), category, place, behind),
            _ => self.worked(before, (since, at), category, place, behind),
        }
        Some(Some(before))
    }

    /// At a record that nothing in the run caused.
    fn root(&mut self) -> Option<Option<usize>> {
        let Record { at, site, fact, .. } = *self.record(self.here);
        match fact {
            Fact::Operated { operation } => {
                let behind = Behind::Operation(operation);
                self.wait(self.limit(), at, Category::Administrator, site, behind);
                Some(None)
            }
            Fact::Released { .. } => Some(None),
            _ => None,
        }
    }

    /// Before a synchronisation started.
    fn started(&mut self, attempt: u32, trigger: Trigger) -> Option<Option<usize>> {
        let site = self.record(self.here).site;
        let at = self.at(self.here);
        if let Some(failed) = self.failure_before(site, attempt) {
            let fault = self.causes.fault_of_try(site, attempt - 1);
            self.retried((self.at(failed), at), site, fault);
            return Some(Some(failed));
        }
        self.asked(trigger)
    }

    /// The failure of the try before this one, if that one could have had the release.
    fn failure_before(&self, site: SiteId, attempt: u32) -> Option<usize> {
        let number = (attempt as usize).checked_sub(2)?;
        let failed = self.causes.tries[site.index()].get(number)?.failed?;
        let try_before = self.causes.attempt(site, attempt - 1)?;
        // For its own WSUS it had to be there when the pull began, for whatever else in time.
        let in_time = if self.holder == (site, Part::Wsus) {
            try_before.pull_start.unwrap_or(self.at(failed))
        } else {
            self.at(failed)
        };
        (self.limit() <= in_time).then_some(failed)
    }

    /// Before a synchronisation that was asked for started, or had to wait.
    fn asked(&mut self, trigger: Trigger) -> Option<Option<usize>> {
        let Record { at, site, .. } = *self.record(self.here);
        let Some(before) = self.cause(self.here) else {
            let due = match trigger {
                Trigger::Schedule => self.causes.schedule_before(at)?,
                // T5: installed when the run began.
                Trigger::Installed => Instant::START,
                _ => return None,
            };
            // Due, but not yet done.
            self.until_up((due, at), Category::Deferred, site, Behind::OneAtATime);
            self.wait(self.limit(), due, Category::Schedule, site, Behind::Schedule);
            return Some(None);
        };
        let since = self.at(before);
        match self.record(before).fact {
            Fact::Announced(Status::Failed { attempt, .. }) if trigger == Trigger::Retry => {
                let fault = self.causes.fault_of_try(site, attempt);
                self.retried((since, at), site, fault);
            }
            Fact::TriggerDeferred { .. } => {
                self.until_up((since, at), Category::Deferred, site, Behind::OneAtATime);
            }
            Fact::RequestArrived | Fact::Operated { .. } => {
                self.until_up((since, at), Category::Noticing, site, Behind::Timing("request"));
            }
            // Where sendings are not recorded: from the parent's success.
            Fact::Announced(Status::Done { .. } | Status::DoneLicenceTermsPending { .. }) => {
                let way = self.way(site);
                self.until_up((since, at), Category::RequestTransit, site, way);
            }
            _ => return None,
        }
        Some(Some(before))
    }

    /// Before the internet-based point began.
    fn internet_point_began(&mut self) -> Option<Option<usize>> {
        let Record { at, site, .. } = *self.record(self.here);
        let mut before = self.cause(self.here)?;
        if self.is_outage(before) {
            // T7: what it was at when the site went down.
            before = self.mark(self.here, |fact| matches!(fact, Fact::Announced(_)))?;
        }
        let since = self.at(before);
        match self.record(before).fact {
            Fact::Announced(Status::OutOfStep { .. }) => {
                let fault = self.fault_hit(before);
                self.retried((since, at), site, fault);
            }
            Fact::Announced(Status::SynchronizingInternetPoint { .. }) => {
                let behind = Behind::InternetPoint;
                self.until_up((since, at), Category::FailedTry, site, behind);
            }
            _ => self.until_up((since, at), Category::Deferred, site, Behind::OneAtATime),
        }
        Some(Some(before))
    }

    /// Before a package was inserted, or its insertion was rolled back.
    fn inserted(&mut self, version: u32) -> Option<Option<usize>> {
        let Record { at, site, fact, .. } = *self.record(self.here);
        let mut before = self.cause(self.here)?;
        let mut since = self.at(before);
        let again = match self.record(before).fact {
            Fact::InsertionFailed { again_at, .. } => Some(again_at.min(at)),
            _ => None,
        };
        let began = again.unwrap_or(since);
        if let Fact::InsertionFailed { .. } = fact {
            let fault = self.causes.database_fault(site, at);
            self.lost((began, at), site, fault);
        } else {
            let behind = Behind::Timing("insert");
            self.handled(SlowPhase::Insert, (began, at), Category::Database, site, behind);
        }
        if again.is_some() {
            let fault = self.causes.database_fault(site, since);
            self.retried((since, began), site, fault);
        }
        if self.is_outage(before) {
            // T7: it was begun anew; what had been begun before the site went down was lost.
            let restart = since;
            before = self.mark(self.here, |fact| match fact {
                Fact::PackageArrived { version: one } => one == version,
                Fact::PackageInserted { version: one } => one + 1 == version,
                Fact::InsertionFailed { version: one, .. } => one == version,
                _ => false,
            })?;
            since = self.at(before);
            self.until_up((since, restart), Category::FailedTry, site, Behind::Timing("insert"));
        }
        Some(Some(before))
    }

    /// The last mark of the site of a record before it that is of a kind.
    pub(super) fn mark(&self, position: usize, kind: impl Fn(Fact) -> bool) -> Option<usize> {
        let marks = &self.causes.marks[self.record(position).site.index()];
        let before = marks.partition_point(|&mark| mark < position);
        marks[..before].iter().rev().copied().find(|&mark| kind(self.record(mark).fact))
    }

    /// Is it the record of a fault that let go, or of the restart after it?
    fn is_outage(&self, position: usize) -> bool {
        matches!(self.record(position).fact, Fact::CameUp | Fact::FaultEnded { .. })
    }

    /// The fault that a failure names.
    fn fault_hit(&self, failure: usize) -> Option<FaultId> {
        match self.record(self.cause(failure)?).fact {
            Fact::FaultHit { fault, .. } => Some(fault),
            _ => None,
        }
    }

    pub(super) fn route(&self, to: SiteId) -> Behind {
        self.causes.scenario.sites[to.index()].route.map_or(Behind::Sender, Behind::Route)
    }

    /// What carries a sending to a site: its circuit, else its address.
    pub(super) fn way(&self, to: SiteId) -> Behind {
        let link = self.causes.scenario.sites[to.index()].link;
        link.map_or_else(|| self.route(to), Behind::Link)
    }

    /// The circuit over which a site pulls: its own, else its parent's.
    fn pull_link(&self, site: SiteId) -> Option<LinkId> {
        let scenario = self.causes.scenario;
        if Some(site) == self.causes.top_level
            && let Source::Wsus(link) = scenario.source
        {
            return link;
        }
        let parent = || scenario.sites[self.causes.parent(site, self.here)?.index()].link;
        scenario.sites[site.index()].link.or_else(parent)
    }

    /// A stage, as far as it lies where this site's chain is followed.
    pub(super) fn wait(
        &mut self,
        from: Instant,
        until: Instant,
        category: Category,
        at: SiteId,
        behind: Behind,
    ) {
        let from = from.max(self.limit());
        if from < until {
            self.stages.push(Stage { from, until, category, at, behind });
        }
    }

    /// The same of what a fault may have held up: the one that made the last try fail, and a site
    /// server that came up only as it ended.
    pub(super) fn held(
        &mut self,
        (from, mut until): (Instant, Instant),
        category: Category,
        site: SiteId,
        fault: Option<FaultId>,
        otherwise: Behind,
    ) {
        let causes = self.causes;
        for hold in causes.holds.down_until(site, from, until) {
            self.wait(hold.from.max(from), until, hold.category, site, Behind::Fault(hold.fault));
            until = hold.from.clamp(from, until);
        }
        let behind = fault.map_or(otherwise, Behind::Fault);
        let places = [Some(site), causes.parent(site, self.here)];
        let holds = fault.map(|fault| causes.holds.of_fault(fault, places, (from, until)));
        for (place, hold) in holds.into_iter().flatten() {
            let end = hold.until.min(until);
            self.wait(end, until, category, site, behind);
            self.wait(hold.from.max(from), end, hold.category, place, behind);
            until = hold.from.clamp(from, end);
        }
        self.wait(from, until, category, site, behind);
    }

    /// The time in a try that failed.
    pub(super) fn lost(&mut self, span: (Instant, Instant), site: SiteId, fault: Option<FaultId>) {
        self.held(span, Category::FailedTry, site, fault, Behind::Retry);
    }

    /// The time from a failure to the next try.
    fn retried(&mut self, span: (Instant, Instant), site: SiteId, fault: Option<FaultId>) {
        self.held(span, Category::Retry, site, fault, Behind::Retry);
    }

    /// A wait that a site server's being down may have made longer.
    fn until_up(
        &mut self,
        span: (Instant, Instant),
        category: Category,
        site: SiteId,
        behind: Behind,
    ) {
        self.held(span, category, site, None, behind);
    }
}
