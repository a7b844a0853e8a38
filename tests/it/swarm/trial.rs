//! Carries out a plan and holds it against every promise.

use std::fmt;
use std::sync::{Arc, Mutex};

use supsim::scenario::{Overrides, Scenario};
use supsim::trace::{ClientKind, Names, Trace, text};
use supsim::units::{Duration, Instant, SiteId};
use supsim::world::{Blueprint, World};

use super::plan::{POLL, Plan, SCAN, What};
use super::planted::Bug;
use crate::audit::audit;
use crate::oracle::{
    Asked, Complaint, Crowd, Disks, Observer, Oracle, Sent, Wanted, converged, last_word, quiet,
    settled,
};

/// What became of a plan.
pub struct Outcome {
    pub trace: Trace,
    pub scenario: Scenario,
    pub counts: crate::oracle::Counts,
    pub sent: Sent,
    /// When it had come to rest after everything was mended, and when it had to, in microseconds
    /// after that.
    pub rest: Option<(u64, u64)>,
    pub end: Instant,
}

/// A plan under which a promise was not kept.
pub struct Failure {
    pub complaint: Complaint,
    /// The code of its site.
    pub code: String,
    /// The last that was recorded of that site and its parent.
    pub last: Vec<String>,
}

/// So many records of the sites involved are shown.
const SHOWN: usize = 20;

impl Failure {
    fn new(scenario: &Scenario, trace: &Trace, complaint: Complaint) -> Self {
        let names = Names::new(
            scenario.sites.iter().map(|site| &site.code),
            scenario.catalogue.releases.iter().map(|release| &release.name),
            scenario.faults.iter().map(|fault| &fault.name),
            scenario.operations.iter().map(|operation| &operation.name),
        );
        let site = complaint.site;
        let parent = scenario.sites[site.index()].parent;
        let involved = trace.records.iter().filter(|record| {
            record.at <= complaint.at && (record.site == site || Some(record.site) == parent)
        });
        let lines = involved.map(|record| text::Line { record, names: &names }.to_string());
        let lines: Vec<String> = lines.collect();
        let last = lines[lines.len().saturating_sub(SHOWN)..].to_vec();
        Self { code: scenario.sites[site.index()].code.clone(), complaint, last }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}\nat {} {}", self.complaint, self.complaint.at, self.code)?;
        self.last.iter().try_for_each(|line| writeln!(f, "  {line}"))
    }
}

fn instant(micros: u64) -> Instant {
    Instant::START + Duration::from_micros(micros)
}

/// Runs a plan to its end, with a bug planted or without.
pub fn trial(plan: &Plan, asked: Asked, bug: Option<&Bug>) -> Result<Outcome, Box<Failure>> {
    let scenario = match Scenario::parse("plan.yaml", &plan.yaml(), &Overrides::default()) {
        Ok((scenario, _warnings)) => scenario,
        Err(report) => {
            let (oracle, found) = (Oracle::Read, report.to_string());
            let complaint = Complaint { oracle, at: Instant::START, site: SiteId(0), found };
            return Err(Box::new(Failure { complaint, code: String::new(), last: Vec::new() }));
        }
    };
    let observer = Observer::new(&scenario, plan.current, asked, bug.and_then(Bug::tamper))
        .with_schedule(plan.due().into_iter().map(instant))
        .with_addresses(plan.addresses(), plan.leaves_senders_alone())
        .with_clients(&scenario, crowd(plan))
        .with_couriers(
            plan.places
                .iter()
                .enumerate()
                .filter_map(|(number, place)| Some((SiteId(number as u32), place.courier?))),
        );
    let observer = Arc::new(Mutex::new(observer));
    let scenario = match bug {
        Some(bug) => bug.misread(scenario),
        None => scenario,
    };
    let blueprint = Blueprint::new(&scenario);
    let mut world = World::new(&blueprint, 0).with_probe(observer.clone());
    match watch(plan, asked, &mut world, &observer) {
        Ok(rest) => {
            let (counts, sent) = {
                let observer = observer.lock().unwrap();
                (observer.counts, observer.senders.counts)
            };
            let (end, trace) = (world.now(), world.into_trace());
            Ok(Outcome { trace, scenario, counts, sent, rest, end })
        }
        Err(complaint) => Err(Box::new(Failure::new(&scenario, world.trace(), complaint))),
    }
}

fn watch(
    plan: &Plan,
    asked: Asked,
    world: &mut World<'_>,
    observer: &Mutex<Observer>,
) -> Result<Option<(u64, u64)>, Complaint> {
    let scenario = world.scenario();
    let mut disks = Disks::new(world);
    let in_order = |world: &World<'_>| {
        audit(scenario, world.trace(), u32::from(plan.current)).map_err(|found| {
            let (at, site) = (world.now(), SiteId(0));
            Complaint { oracle: Oracle::Audit, at, site, found }
        })
    };
    // Safety: while things go wrong, and after.
    let before_last = instant(plan.last_cycle() - 1);
    go(world, before_last, observer, &mut disks)?;
    let all = asked == Asked::All;
    if all {
        in_order(world)?;
    }
    // Liveness: at rest by itself, then after one more cycle.
    let left_out = LeftOut::of(plan);
    let mut rest = None;
    if plan.heals() && all {
        let (calm, bound) = (plan.calm, plan.bound());
        quiet(world.trace(), instant(calm + bound), &left_out.at_all)?;
        settled(&observer.lock().unwrap(), before_last, &left_out.at_all)?;
        let last = last_word(world.trace(), &left_out.at_all);
        rest = last.map(|one| (one.at.micros().saturating_sub(calm), bound));
    }
    go(world, instant(plan.end()), observer, &mut disks)?;
    if all {
        in_order(world)?;
    }
    if plan.heals() {
        converged(&disks, plan.top(), &left_out.wanted, world.now())?;
        // Where sites move and points come and go, others tell them (L1, H4).
        let settled = !plan.flaws.iter().any(|flaw| matches!(flaw.what, What::Reshapes(_)));
        if settled && all {
            let wanted = |site: SiteId, by| {
                let reached = left_out.wanted[site.index()].database;
                let with_point = by != ClientKind::Intranet || plan.places[site.index()].point;
                reached && with_point && !left_out.at_all[site.index()]
            };
            let clients = &observer.lock().unwrap().clients;
            clients.all_have_scanned(plan.end(), plan.calm, plan.bound() + 3 * POLL, wanted)?;
        }
    }
    Ok(rest)
}

/// Lets everything happen up to an instant, under the eyes of the oracles.
fn go(
    world: &mut World<'_>,
    until: Instant,
    observer: &Mutex<Observer>,
    disks: &mut Disks,
) -> Result<(), Complaint> {
    while world.step(until) {
        let mut observer = observer.lock().unwrap();
        observer.read(world.trace(), world.now());
        if let Some(complaint) = &observer.complaint {
            return Err(complaint.clone());
        }
        disks.check(world, &observer.ledgers, false)?;
    }
    disks.check(world, &observer.lock().unwrap().ledgers, true)
}

fn crowd(plan: &Plan) -> Crowd {
    Crowd { sites: plan.places.iter().map(|place| place.clients).collect(), scan: SCAN }
}

/// Who is not promised to come to rest, and what is to arrive where.
struct LeftOut {
    at_all: Vec<bool>,
    wanted: Vec<Wanted>,
}

impl LeftOut {
    fn of(plan: &Plan) -> Self {
        let none = vec![false; plan.places.len()];
        let shape = plan.last_shape();
        let broken = plan.broken.as_ref().map_or(none.clone(), |code| shape.below(code));
        let mut hopeless = none;
        for (number, place) in plan.places.iter().enumerate() {
            // What is installed later has its console.
            if place.hopeless && shape.points[number] && !shape.installed[number] {
                let below = shape.below(&place.code);
                hopeless.iter_mut().zip(below).for_each(|(one, below)| *one |= below);
            }
        }
        // Above the top-level site nothing is known, and nothing comes from it (H3).
        let reached = shape.below(&plan.places[plan.top()].code);
        let wanted = plan.places.iter().enumerate().map(|(number, place)| {
            let reached = reached[number] && !broken[number];
            let syncs = reached && !hopeless[number] && shape.points[number];
            // P10: what is carried is whatever the point holds.
            let carried = place.courier.is_none_or(|courier| courier.matches);
            let internet = syncs && place.internet && carried;
            Wanted { wsus: syncs, internet, database: reached }
        });
        let wanted = wanted.collect();
        let at_all = broken.iter().zip(&hopeless).map(|(one, other)| *one || *other).collect();
        Self { at_all, wanted }
    }
}
