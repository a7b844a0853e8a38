//! What an administrator does: running a synchronisation, installing and removing a software
//! update point, moving a site (T2, T5).

use super::site::{Root, SiteState};
use super::{Fact, Input, SiteId, State, World};
use crate::engine::Reason;
use crate::scenario::Action;
use crate::store::SiteDatabase;

impl World<'_> {
    /// An administrator does something.
    pub(super) fn operate(&mut self, position: u32) {
        let operation = &self.scenario().operations[position as usize];
        let site = operation.site;
        self.record(site, Fact::Operated { operation: position });
        match &operation.action {
            Action::RunSynchronization => {
                self.sites[site.index()].next_trigger = Root::operation(position);
                self.feed(site, Input::RunSynchronizationChosen);
            }
            // T1: the scenario's schedule has the new instants already.
            Action::SetSchedule(_) => {}
            Action::SetCriteria(criteria) => {
                self.exports.set_criteria(criteria);
                self.stores.set_criteria(self.blueprint.new_criteria[&position].clone());
            }
            Action::PublishLocally(release) => self.release(*release),
            Action::InstallSup => self.install_point(site, Root::operation(position)),
            Action::RemoveSup => self.remove_point(site),
            Action::MoveSite { under } => self.move_site(site, *under),
        }
    }

    /// T5: a site gets a software update point, on the site server, which holds nothing yet.
    fn install_point(&mut self, site: SiteId, root: Root) {
        let state = &mut self.sites[site.index()];
        state.place.has_point = true;
        state.place.point_is_local = true;
        state.holdings.install_wsus();
        state.next_trigger = root;
        self.clients_notice(site);
        self.feed(site, Input::PointInstalled);
    }

    /// A site loses its software update point: a synchronisation under way fails with it.
    fn remove_point(&mut self, site: SiteId) {
        let cause = self.cause;
        let lacks_console = self.scenario().sites[site.index()].sup.is_some_and(|sup| !sup.console);
        let SiteState { place, out_of_order, .. } = &mut self.sites[site.index()];
        // H5: the gate that a missing console has closed goes with its point.
        if lacks_console && place.has_point && !place.point_is_local {
            out_of_order.gate -= 1;
        }
        (place.has_point, place.point_is_local) = (false, false);
        self.clients_notice(site);
        self.break_off_transfer(site);
        self.feed(site, Input::PointRemoved);
        self.cause = cause;
        let engine = &self.sites[site.index()].engine;
        if engine.state() != State::Idle {
            let attempt = engine.attempts();
            self.step_failed(site, attempt, Reason::NoUpdateServer);
        }
    }

    /// A site comes under another parent, with everything below it.
    ///
    /// Its WSUS loses the upstream it was pulling from. What the old parent has on the wire still
    /// arrives; what it would try again it forgets. The new parent sends what the site's database
    /// lacks, and a request, so that it has lost nothing and knows what it has missed [choice].
    fn move_site(&mut self, site: SiteId, under: SiteId) {
        let cause = self.cause;
        let old = self.upstream(site);
        self.break_off_pull(site);
        self.cause = cause;
        if old == Some(under) {
            return;
        }
        let count = self.sites.len() as u32;
        let blueprint = self.blueprint;
        let of = |site| blueprint.children(SiteId(site)).to_vec();
        let children = self.moved.get_or_insert_with(|| (0..count).map(of).collect());
        if let Some(old) = old {
            children[old.index()].retain(|child| *child != site);
        }
        // In the order of the scenario, as ever.
        let place = children[under.index()].partition_point(|child| *child < site);
        children[under.index()].insert(place, site);
        self.forget_sendings(site);
        self.forget_replication(site);
        self.leave_pulls(site);
        self.sites[site.index()].place.set_upstream(under);
        self.resend_what_is_missing(under, site);
    }

    /// A new parent sends what its own database holds and the child's lacks (R2), and asks it to
    /// synchronise, if it has something to synchronise with (P7).
    fn resend_what_is_missing(&mut self, parent: SiteId, child: SiteId) {
        let lacks = self.database(child).content_version() + 1;
        let holds = self.database(parent).content_version();
        for version in lacks..=holds {
            self.send_package(parent, child, version);
        }
        let asks = self.sites[child.index()].place.has_point
            && self.sites[parent.index()].engine.version() > 0;
        if asks {
            self.request(parent, child);
        }
    }

    /// The `index`-th child of a site now, in the order of the scenario.
    pub(super) fn child(&self, site: SiteId, index: usize) -> Option<SiteId> {
        let children = match &self.moved {
            Some(moved) => &moved[site.index()],
            None => self.blueprint.children(site),
        };
        children.get(index).copied()
    }
}
