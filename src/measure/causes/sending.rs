//! What a sender did with a request or a package (R3-R6).

use super::chain::Chain;
use crate::measure::blame::{Behind, Category};
use crate::scenario::{Bandwidth, FaultEffect};
use crate::trace::{Fact, Limit, Record, Wait};
use crate::units::{FaultId, Instant, SiteId};

impl Chain<'_, '_> {
    /// Before a sending began, or began to wait for something else.
    pub(super) fn waited_to_be_sent(&mut self, to: SiteId) -> Option<Option<usize>> {
        let (from, at) = (self.record(self.here()).site, self.at(self.here()));
        let before = self.cause(self.here())?;
        let since = self.at(before);
        match self.record(before).fact {
            Fact::SendingWaited { what: Wait::Closed { .. }, .. } => {
                let behind = self.route(to);
                self.wait(since, at, Category::SenderClosed, to, behind);
            }
            Fact::SendingWaited { what: Wait::ThreadToIt, .. } => {
                let behind = self.route(to);
                self.wait(since, at, Category::SenderBusy, from, behind);
            }
            Fact::SendingFailed { .. } => {
                let fault = self.fault_of_sending(before);
                self.resent((since, at), to, fault);
            }
            _ => self.wait(since, at, Category::SenderBusy, from, Behind::Sender),
        }
        Some(Some(before))
    }

    /// Before a sending failed.
    pub(super) fn sending_failed(&mut self, to: SiteId) -> Option<Option<usize>> {
        let fault = self.fault_of_sending(self.here());
        let at = self.at(self.here());
        let mut before = self.cause(self.here())?;
        while let Fact::SendingStruck { .. } = self.record(before).fact {
            before = self.cause(before)?;
        }
        let began = self.began(before, at);
        self.resent((began, at), to, fault);
        self.rested(before, began, to);
        Some(Some(before))
    }

    /// Before a request or a package arrived.
    pub(super) fn arrived(&mut self, category: Category) -> Option<Option<usize>> {
        let Record { site: to, at: mut until, .. } = *self.record(self.here());
        let mut before = self.cause(self.here())?;
        let mut behind = self.way(to);
        while let Fact::SendingStruck { fault, .. } = self.record(before).fact {
            // Overtaken by another: from here on it waited for that one.
            let struck = self.at(before);
            self.wait(struck, until, category, to, Behind::Fault(fault));
            until = struck;
            if let FaultEffect::DelayPackage(_) = self.causes().effect(fault) {
                behind = Behind::Fault(fault);
            }
            before = self.cause(before)?;
        }
        let began = self.began(before, until);
        let mut alone = until;
        if let Fact::SendingStarted { limit: Limit::Hourly | Limit::Pulse, .. } =
            self.record(before).fact
            && category == Category::PackageTransit
        {
            alone = self.alone(before, to, began).min(until);
            let route = self.route(to);
            self.wait(alone, until, Category::RateLimited, to, route);
        }
        match category {
            Category::PackageTransit => self.carried((began, alone), category, to, behind),
            _ => self.wait(began, alone, category, to, behind),
        }
        self.rested(before, began, to);
        Some(Some(before))
    }

    /// When a sending began that has a record before it: at once, or, after a failure, when it
    /// was tried again.
    fn began(&self, before: usize, at_the_latest: Instant) -> Instant {
        match self.record(before).fact {
            Fact::SendingFailed { again_at: Some(again), .. } => again.min(at_the_latest),
            _ => self.at(before),
        }
    }

    /// The rest of a sending after a failure, if there was one.
    fn rested(&mut self, before: usize, until: Instant, to: SiteId) {
        if let Fact::SendingFailed { .. } = self.record(before).fact {
            let fault = self.fault_of_sending(before);
            self.resent((self.at(before), until), to, fault);
        }
    }

    /// When a package that began to be sent under a limit would have been through without: by its
    /// circuit alone.
    fn alone(&self, started: usize, to: SiteId, began: Instant) -> Instant {
        let sent = std::iter::successors(self.cause(started), |&one| self.cause(one));
        let bytes = sent.map(|one| self.record(one).fact).find_map(|fact| match fact {
            Fact::PackageSent { bytes, .. } => Some(bytes),
            _ => None,
        });
        let link = self.causes().scenario.sites[to.index()].link;
        let (Some(bytes), Some(link)) = (bytes, link) else { return began };
        let link = &self.causes().scenario.links[link.index()];
        let carrying = match &link.bandwidth {
            Bandwidth::Unlimited => None,
            Bandwidth::Constant(rate) => Some(rate.time_for(bytes)),
            // As fast as it ever is.
            Bandwidth::Hourly(week) => week.values().max().map(|rate| rate.time_for(bytes)),
        };
        let carried = carrying.map_or(Some(began), |carrying| began.checked_add(carrying));
        carried.and_then(|carried| carried.checked_add(link.latency)).unwrap_or(Instant::NEVER)
    }

    /// The fault that a failed sending is owed to.
    fn fault_of_sending(&self, failed: usize) -> Option<FaultId> {
        let Record { at, site: from, fact, .. } = *self.record(failed);
        let Fact::SendingFailed { to, .. } = fact else { return None };
        let before = self.cause(failed)?;
        if let Fact::SendingStruck { fault, .. } = self.record(before).fact {
            return Some(fault);
        }
        let began = self.began(before, at);
        let places: [(SiteId, &[Category]); 2] =
            [(to, &[Category::LinkDown, Category::SiteDown]), (from, &[Category::SiteDown])];
        self.causes().holds.holding(&places, (began, at))
    }

    /// The time in a sending that failed, or until it was tried again.
    fn resent(&mut self, span: (Instant, Instant), to: SiteId, fault: Option<FaultId>) {
        let route = self.route(to);
        self.held(span, Category::SendingRetry, to, fault, route);
    }
}
