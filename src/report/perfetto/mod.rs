//! A run as a Chrome trace, for Perfetto (ui.perfetto.dev) and chrome://tracing.
//!
//! ```text
//!   process = tier      thread = site      slice = synchronisation, its phases nested inside
//!   process "faults"    thread = fault     slice = one time it held a site
//!   process "hierarchy" counters: sites current, synchronisations running
//!   flow arrow: from the parent's synchronisation to the one it led to
//! ```
//!
//! Specified in `docs/formats.md`. On one thread two slices either lie one in the other or do not
//! touch: what overlaps goes on a further thread of the same site.

mod lane;
mod slice;

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde_json::{Map, Value, json};

use super::Run;
use super::plain::plain;
use super::run::kind_name;
use crate::measure::{sites_current, syncs_running};
use crate::trace::Trigger;
use crate::units::{Instant, SiteId};
use lane::Lanes;
use slice::{Slice, slices};

/// The version of the format.
const VERSION: u32 = 1;
/// The process of the counters; tiers are processes of their own number, and no hierarchy has so
/// many. Not 0: that is the idle process of a machine.
const HIERARCHY: u64 = 1_000_001;
/// The process of the faults.
const FAULTS: u64 = 1_000_000;

/// Writes the run as a Chrome trace.
pub fn write_trace(run: &Run<'_>, mut out: impl Write) -> io::Result<()> {
    let scenario = run.scenario;
    let about = json!({
        "format": "supsim trace",
        "v": VERSION,
        "scenario": plain(&scenario.name),
        "seed": scenario.seed,
        "rep": run.replication,
        "start": scenario.clock.utc(Instant::START),
    });
    write!(out, "{{\"displayTimeUnit\":\"ms\",\"otherData\":{about},\"traceEvents\":[")?;
    let mut events = Events { out, first: true };
    let drawn = Drawn::of(run);
    drawn.sites(run, &mut events)?;
    drawn.arrows(run, &mut events)?;
    faults(run, &mut events)?;
    counters(run, &mut events)?;
    events.out.write_all(b"\n]}\n")?;
    events.out.flush()
}

/// One event a line, commas between.
struct Events<W> {
    out: W,
    first: bool,
}

impl<W: Write> Events<W> {
    fn put(&mut self, event: &Value) -> io::Result<()> {
        self.out.write_all(if self.first { b"\n" } else { b",\n" })?;
        self.first = false;
        serde_json::to_writer(&mut self.out, event)?;
        Ok(())
    }

    /// What a process or a thread is called, and where it stands.
    fn name(
        &mut self,
        process: u64,
        thread: Option<u64>,
        name: &str,
        order: u64,
    ) -> io::Result<()> {
        let what = if thread.is_some() { "thread" } else { "process" };
        for (key, args) in
            [("name", json!({"name": name})), ("sort_index", json!({"sort_index": order}))]
        {
            let mut event = Map::new();
            event.insert("ph".into(), "M".into());
            event.insert("name".into(), format!("{what}_{key}").into());
            event.insert("pid".into(), process.into());
            if let Some(thread) = thread {
                event.insert("tid".into(), thread.into());
            }
            event.insert("args".into(), args);
            self.put(&Value::Object(event))?;
        }
        Ok(())
    }

    fn slice(&mut self, process: u64, thread: u64, slice: &Slice) -> io::Result<()> {
        self.put(&json!({
            "ph": "X", "pid": process, "tid": thread, "cat": slice.category, "name": slice.name,
            "ts": slice.from.micros(), "dur": slice.until.since(slice.from).micros(),
            "args": slice.args,
        }))
    }
}

/// Where the slices of every site lie.
struct Drawn {
    /// By site: its slices with the number of their lane, parents before what lies in them.
    sites: Vec<Vec<(usize, Slice)>>,
    /// The lane of each synchronisation, by site and number.
    attempts: BTreeMap<(SiteId, u32), usize>,
}

impl Drawn {
    fn of(run: &Run<'_>) -> Drawn {
        let mut sites: Vec<Vec<(usize, Slice)>> = vec![Vec::new(); run.scenario.sites.len()];
        let mut lanes: Vec<Lanes> = vec![Lanes::default(); sites.len()];
        let mut attempts = BTreeMap::new();
        for attempt in &run.outcome.attempts {
            let site = attempt.site.index();
            let (whole, phases) = slices(run, attempt);
            let lane = lanes[site].take(whole.from, whole.until);
            attempts.insert((attempt.site, attempt.number), lane);
            let (mut from, until) = (whole.from, whole.until);
            sites[site].push((lane, whole));
            for phase in phases {
                // An internet-based point may go on when its site is complete (P9).
                let fits = from <= phase.from && phase.until <= until;
                let lane = if fits { lane } else { lanes[site].take(phase.from, phase.until) };
                if fits {
                    from = phase.until;
                }
                sites[site].push((lane, phase));
            }
        }
        Drawn { sites, attempts }
    }

    fn sites<W: Write>(&self, run: &Run<'_>, events: &mut Events<W>) -> io::Result<()> {
        let mut tiers: BTreeMap<u32, BTreeMap<&'static str, ()>> = BTreeMap::new();
        for site in &run.scenario.sites {
            tiers.entry(site.tier).or_default().insert(kind_name(site.kind), ());
        }
        for (tier, kinds) in &tiers {
            let kinds: Vec<&str> = kinds.keys().copied().collect();
            let name = format!("tier {tier}: {}", kinds.join(", "));
            events.name(u64::from(*tier), None, &name, u64::from(*tier))?;
        }
        for (number, slices) in self.sites.iter().enumerate() {
            let site = &run.scenario.sites[number];
            let lanes = slices.iter().map(|(lane, _)| lane + 1).max().unwrap_or(1);
            for lane in 0..lanes {
                let more = if lane == 0 { String::new() } else { format!(" ({})", lane + 1) };
                let name = plain(format!("{} {}", site.code, site.name).trim());
                let thread = thread(run, number, lane);
                events.name(u64::from(site.tier), Some(thread), &(name + &more), thread)?;
            }
            for (lane, slice) in slices {
                events.slice(u64::from(site.tier), thread(run, number, *lane), slice)?;
            }
        }
        Ok(())
    }

    /// From the end of a parent's synchronisation to the start of the one that it led to.
    fn arrows<W: Write>(&self, run: &Run<'_>, events: &mut Events<W>) -> io::Result<()> {
        let attempts = &run.outcome.attempts;
        for (id, child) in attempts.iter().enumerate() {
            let Some((site, number)) = child.caused_by.filter(|_| child.trigger == Trigger::Parent)
            else {
                continue;
            };
            let found = attempts.binary_search_by_key(&(site, number), |a| (a.site, a.number));
            let Some(parent) = found.ok().map(|at| &attempts[at]) else { continue };
            let end = parent.end.unwrap_or(child.start);
            // Just before its end: an arrow belongs to the slice in which it begins.
            let left = end.micros().saturating_sub(1).max(parent.start.micros());
            for (what, at, of) in [("s", left, parent), ("f", child.start.micros(), child)] {
                let lane = self.attempts.get(&(of.site, of.number)).copied().unwrap_or(0);
                let mut event = json!({
                    "ph": what, "id": id, "cat": "request", "name": "request", "ts": at,
                    "pid": run.scenario.sites[of.site.index()].tier,
                    "tid": thread(run, of.site.index(), lane),
                });
                if what == "f" {
                    event["bp"] = "e".into();
                }
                events.put(&event)?;
            }
        }
        Ok(())
    }
}

/// The thread of a site's lane: the sites themselves in their order, further lanes behind them.
fn thread(run: &Run<'_>, site: usize, lane: usize) -> u64 {
    (lane * run.scenario.sites.len() + site + 1) as u64
}

/// A track for each fault; what it holds at once is on further ones.
fn faults<W: Write>(run: &Run<'_>, events: &mut Events<W>) -> io::Result<()> {
    if run.outcome.faults.is_empty() {
        return Ok(());
    }
    events.name(FAULTS, None, "faults", FAULTS)?;
    let end = Instant::START + run.scenario.duration;
    let mut thread = 0;
    for held in run.outcome.faults.chunk_by(|one, next| one.fault == next.fault) {
        let name = plain(run.fault(held[0].fault));
        let mut held: Vec<_> = held.iter().collect();
        held.sort_by_key(|one| (one.from, one.site));
        let mut lanes = Lanes::default();
        for one in held {
            let until = one.until.unwrap_or(end);
            let lane = lanes.take(one.from, until) as u64;
            let site = run.code(one.site);
            let args = json!({"site": site, "fault": name, "attempts_hit": one.attempts_hit});
            let what = format!("{name} at {}", plain(site));
            let slice = Slice { category: "fault", name: what, from: one.from, until, args };
            events.slice(FAULTS, thread + lane + 1, &slice)?;
        }
        for lane in 0..lanes.count() as u64 {
            let more = if lane == 0 { String::new() } else { format!(" ({})", lane + 1) };
            let order = thread + lane + 1;
            events.name(FAULTS, Some(order), &format!("{name}{more}"), order)?;
        }
        thread += lanes.count() as u64;
    }
    Ok(())
}

fn counters<W: Write>(run: &Run<'_>, events: &mut Events<W>) -> io::Result<()> {
    events.name(HIERARCHY, None, "hierarchy", 0)?;
    let (scenario, outcome) = (run.scenario, run.outcome);
    for (name, unit, steps) in [
        ("sites current", "sites", sites_current(scenario, outcome)),
        ("synchronisations running", "syncs", syncs_running(scenario, outcome)),
    ] {
        for (at, value) in steps {
            let value = Map::from_iter([(unit.to_owned(), Value::from(value))]);
            events.put(&json!({
                "ph": "C", "pid": HIERARCHY, "name": name, "ts": at.micros(), "args": value,
            }))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
