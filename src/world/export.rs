//! Internet-based points that do not synchronise with an upstream: export, carrying and import
//! (P10).
//!
//! ```text
//!   due ──► ExportStarted ── export ──► Exported ── carry ──► CarriedOver ── import ──► PointImported
//!   every so often, by itself                                                 └──► PointRunFailed
//! ```
//!
//! Synchronisations know nothing of it: such a point takes no part in P6 and P9, and no status
//! message tells of it, since an administrator does it with a tool of WSUS.

use std::collections::BTreeMap;

use super::chance::Purpose;
use super::event::{Event, PointStep};
use super::{Fact, SiteId, World};
use crate::scenario::{Criteria, ExportImport, Work};
use crate::store::{Pull, UpdateServices};
use crate::trace::{Cause, Mishap, Part};
use crate::units::Instant;

/// The points to which metadata are carried, and the criteria as far as they concern them.
#[derive(Clone, Debug)]
pub(super) struct Exports<'s> {
    points: BTreeMap<SiteId, Point<'s>>,
    /// The criteria in force, whose languages every server of the hierarchy is set to [choice].
    criteria: &'s Criteria,
    /// Those that will be from the next synchronisation of the top-level site on (U2).
    next_criteria: Option<&'s Criteria>,
}

#[derive(Clone, Debug)]
struct Point<'s> {
    mode: &'s ExportImport,
    /// How many runs there have been, those that were left out among them.
    runs: u32,
    /// The run under way; there is one at a time [choice].
    under_way: Option<UnderWay<'s>>,
}

/// What is being exported, carried or imported.
#[derive(Clone, Copy, Debug)]
struct UnderWay<'s> {
    run: u32,
    /// What the active point held when the export started.
    holds: Pull,
    /// The options under which it was exported.
    languages: Option<&'s [String]>,
    express: bool,
}

impl<'s> Exports<'s> {
    pub fn new(criteria: &'s Criteria) -> Self {
        Self { points: BTreeMap::new(), criteria, next_criteria: None }
    }

    pub fn set_criteria(&mut self, criteria: &'s Criteria) {
        self.next_criteria = Some(criteria);
    }

    pub fn adopt_criteria(&mut self) {
        if let Some(next) = self.next_criteria.take() {
            self.criteria = next;
        }
    }
}

impl<'s> World<'s> {
    /// Puts in the first run of every point that is carried to.
    pub(super) fn put_in_exports(&mut self) {
        let scenario = self.scenario();
        for (position, site) in scenario.sites.iter().enumerate() {
            let id = SiteId(position as u32);
            let point = site.internet_sup.as_ref().filter(|_| self.blueprint.is_reached(id));
            if let Some(mode) = point.and_then(|point| point.mode.export_import()) {
                self.exports.points.insert(id, Point { mode, runs: 0, under_way: None });
                let step = PointStep::Due;
                self.schedule(
                    Instant::START + mode.first,
                    Event::PointRun { site: id, run: 0, step },
                );
            }
        }
    }

    /// A step of a run falls due or is over.
    pub(super) fn point_run(&mut self, site: SiteId, run: u32, step: PointStep) {
        match step {
            PointStep::Due => self.export_due(site),
            PointStep::Exported => self.exported(site, run),
            PointStep::Carried => self.carried(site, run),
            PointStep::Imported => self.imported_at_point(site, run),
        }
    }

    /// P10: a run starts on its own recurrence.
    fn export_due(&mut self, site: SiteId) {
        let Some(point) = self.exports.points.get_mut(&site) else { return };
        point.runs += 1;
        let (run, mode, busy) = (point.runs, point.mode, point.under_way.is_some());
        self.cause = Cause::NONE;
        let next = Event::PointRun { site, run: 0, step: PointStep::Due };
        self.schedule(self.now() + mode.every, next);
        if busy {
            return self.point_run_failed(site, run, Mishap::StillUnderWay);
        }
        self.record(site, Fact::ExportStarted { run });
        if self.cannot_export(site) {
            return self.point_run_failed(site, run, Mishap::NoUpdateServer);
        }
        // P10: it exports what the active point holds at that moment.
        let holds = self.wsus(site).since(self.internet_wsus(site).anchor());
        let languages = self.exports.criteria.languages.as_deref();
        let express = self.scenario().sites[site.index()].sup.is_some_and(|point| point.express);
        let under_way = UnderWay { run, holds, languages, express };
        if let Some(point) = self.exports.points.get_mut(&site) {
            point.under_way = Some(under_way);
        }
        self.work_at_point(site, under_way, &mode.export, Purpose::Export, PointStep::Exported);
    }

    fn exported(&mut self, site: SiteId, run: u32) {
        let Some((mode, under_way)) = self.under_way(site, run) else { return };
        if self.cannot_export(site) {
            return self.point_run_failed(site, run, Mishap::NoUpdateServer);
        }
        let Pull { updates, bytes, .. } = under_way.holds;
        self.record(site, Fact::Exported { run, updates, bytes });
        self.work_at_point(site, under_way, &mode.carry, Purpose::Carry, PointStep::Carried);
    }

    fn carried(&mut self, site: SiteId, run: u32) {
        let Some((mode, under_way)) = self.under_way(site, run) else { return };
        self.record(site, Fact::CarriedOver { run });
        if self.sites[site.index()].out_of_order.internet_point > 0 {
            return self.point_run_failed(site, run, Mishap::NoInternetPoint);
        }
        // P10: the options of both servers must match, else the import fails.
        if mode.languages.as_ref().is_some_and(|mine| !mine.are(under_way.languages)) {
            return self.point_run_failed(site, run, Mishap::LanguagesDiffer);
        }
        if mode.express.is_some_and(|mine| mine != under_way.express) {
            return self.point_run_failed(site, run, Mishap::ExpressDiffers);
        }
        self.work_at_point(
            site,
            under_way,
            &mode.import,
            Purpose::PointImport,
            PointStep::Imported,
        );
    }

    fn imported_at_point(&mut self, site: SiteId, run: u32) {
        let Some((_, under_way)) = self.under_way(site, run) else { return };
        if self.sites[site.index()].out_of_order.internet_point > 0 {
            return self.point_run_failed(site, run, Mishap::NoInternetPoint);
        }
        let Pull { updates, bytes, upto } = under_way.holds;
        let before = self.internet_wsus(site).anchor();
        // P10, H6: into this point, which is nobody's replica, and into no other server.
        self.clients_catch_up(site);
        self.sites[site.index()].holdings.commit_internet(under_way.holds);
        self.end_of_run(site);
        self.record(site, Fact::PointImported { run, updates, bytes });
        for index in 0..self.stores.arrived_in_wsus(before, upto).len() {
            let (_, release) = self.stores.arrived_in_wsus(before, upto)[index];
            self.record_aside(site, Fact::Arrived { release, part: Part::Internet });
        }
    }

    /// The run under way at a point, if it is that one.
    fn under_way(&self, site: SiteId, run: u32) -> Option<(&'s ExportImport, UnderWay<'s>)> {
        let point = self.exports.points.get(&site)?;
        let under_way = point.under_way.filter(|one| one.run == run)?;
        Some((point.mode, under_way))
    }

    /// What follows takes its time.
    fn work_at_point(
        &mut self,
        site: SiteId,
        UnderWay { run, holds, .. }: UnderWay<'s>,
        work: &Work,
        purpose: Purpose,
        step: PointStep,
    ) {
        let draw = (self.sites[site.index()].entity, purpose, u64::from(run));
        let time = self.chance.cost(work, draw, holds.updates, self.stores.known_updates());
        self.schedule(self.now() + time, Event::PointRun { site, run, step });
    }

    /// Is there nothing to export from?
    fn cannot_export(&self, site: SiteId) -> bool {
        !self.sites[site.index()].place.has_point || self.point_is_down(site)
    }

    /// A run comes to nothing; the next one carries what this one did not [choice].
    fn point_run_failed(&mut self, site: SiteId, run: u32, why: Mishap) {
        if self.under_way(site, run).is_some() {
            self.end_of_run(site);
        }
        self.record(site, Fact::PointRunFailed { run, why });
    }

    fn end_of_run(&mut self, site: SiteId) {
        if let Some(point) = self.exports.points.get_mut(&site) {
            point.under_way = None;
        }
    }
}
