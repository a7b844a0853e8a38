//! Makes a failing plan smaller for as long as the same promise is broken.

use super::plan::{HOUR, MINUTE, Plan, When};
use super::planted::Bug;
use super::trial::trial;
use crate::oracle::{Asked, Oracle};

/// So many runs are spent on it at most.
const RUNS: u32 = 400;

struct Search<'a> {
    oracle: Oracle,
    bug: Option<&'a Bug>,
    runs: u32,
}

/// A smallest plan that is left, and how many runs it took.
pub fn minimise(plan: &Plan, oracle: Oracle, bug: Option<&Bug>) -> (Plan, u32) {
    let mut search = Search { oracle, bug, runs: 0 };
    let mut plan = plan.clone();
    // Without addresses that wait for their hour a run is much shorter.
    if !plan.routes.is_empty() {
        search.try_it(&mut plan, |plan| {
            plan.routes.clear();
            plan.places.iter_mut().for_each(|place| place.route = None);
        });
    }
    loop {
        let before = size(&plan);
        search.fewer_flaws(&mut plan);
        search.rounder(&mut plan);
        search.fewer_sites(&mut plan);
        search.shorter(&mut plan);
        if size(&plan) == before || search.runs >= RUNS {
            return (plan, search.runs);
        }
    }
}

fn size(plan: &Plan) -> (usize, usize, usize, usize, u64) {
    let Plan { flaws, places, releases, schedule, calm, .. } = plan;
    (flaws.len(), places.len(), releases.len(), schedule.len(), *calm)
}

impl Search<'_> {
    /// Does it still break the same promise? Another one does not count, and a plan that is no
    /// scenario any more is none.
    fn fails(&mut self, plan: &Plan) -> bool {
        self.runs += 1;
        self.runs <= RUNS
            && trial(plan, Asked::All, self.bug)
                .is_err_and(|failure| failure.complaint.oracle == self.oracle)
    }

    fn try_it(&mut self, plan: &mut Plan, change: impl FnOnce(&mut Plan)) -> bool {
        let mut smaller = plan.clone();
        change(&mut smaller);
        let fails = self.fails(&smaller);
        if fails {
            *plan = smaller;
        }
        fails
    }

    /// Leaves out half of the faults, a quarter, and so on down to single ones (ddmin).
    fn fewer_flaws(&mut self, plan: &mut Plan) {
        if plan.broken.is_some() {
            self.try_it(plan, |plan| plan.broken = None);
        }
        let mut chunk = plan.flaws.len().next_power_of_two();
        while chunk > 0 {
            let mut from = 0;
            while from < plan.flaws.len() {
                let to = (from + chunk).min(plan.flaws.len());
                if !self.try_it(plan, |plan| drop(plan.flaws.drain(from..to))) {
                    from = to;
                }
            }
            chunk /= 2;
        }
    }

    /// Windows from a full hour to a full hour, so that they still meet something when the rest
    /// has moved a little.
    fn rounder(&mut self, plan: &mut Plan) {
        for flaw in 0..plan.flaws.len() {
            if let When::Window { from, until } = plan.flaws[flaw].when
                && (from % HOUR, until % HOUR) != (0, 0)
            {
                let when =
                    When::Window { from: from - from % HOUR, until: until.next_multiple_of(HOUR) };
                self.try_it(plan, |plan| plan.flaws[flaw].when = when);
            }
        }
    }

    /// Takes away sites, from the last; the children of one move up to its parent.
    fn fewer_sites(&mut self, plan: &mut Plan) {
        for site in (1..plan.places.len()).rev() {
            if site != plan.top() {
                self.try_it(plan, |plan| remove_site(plan, site));
            }
        }
    }

    fn shorter(&mut self, plan: &mut Plan) {
        for release in (1..plan.releases.len()).rev() {
            self.try_it(plan, |plan| {
                plan.releases.remove(release);
            });
        }
        if plan.has_clients() {
            self.try_it(plan, |plan| {
                plan.places.iter_mut().for_each(|place| place.clients = [0; 3]);
            });
        }
        for site in 0..plan.places.len() {
            if plan.places[site].route.is_some() {
                self.try_it(plan, |plan| plan.places[site].route = None);
            }
        }
        if plan.places.iter().all(|place| place.route.is_none()) {
            plan.routes.clear();
        }
        if plan.clock_ahead != 0 {
            self.try_it(plan, |plan| plan.clock_ahead = 0);
        }
        while plan.schedule.len() > 1
            && self.try_it(plan, |plan| plan.schedule.truncate(plan.schedule.len() / 2))
        {}
        let last = plan.flaws.iter().map(|flaw| flaw.when.ends());
        let last = last.chain(plan.releases.iter().map(|release| release.at));
        let last = last.chain(plan.schedule.iter().copied()).max().unwrap_or(0);
        let calm = (last + MINUTE).next_multiple_of(MINUTE);
        if calm < plan.calm {
            self.try_it(plan, |plan| plan.calm = calm);
        }
    }
}

/// A site less, and what was written of it; its children move up to its parent.
pub fn remove_site(plan: &mut Plan, site: usize) {
    let gone = plan.places.remove(site);
    for place in &mut plan.places {
        place.parent = match place.parent {
            Some(parent) if parent == site => gone.parent,
            Some(parent) if parent > site => Some(parent - 1),
            other => other,
        };
    }
    let is_gone = |code: &Option<String>| code.as_ref() == Some(&gone.code);
    plan.flaws.retain(|flaw| !is_gone(&flaw.code) && !flaw.names(&gone.code));
    if is_gone(&plan.broken) {
        plan.broken = None;
    }
}
