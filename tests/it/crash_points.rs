//! I10: a server that goes down before or after any step ends where one that never went down ends.
//!
//! A run without faults is taken apart into its instants; for each instant and each site there is
//! a run in which that site's server goes down then. Every one of them is a scenario of its own.

use std::collections::BTreeSet;

use supsim::engine::State;
use supsim::store::SiteDatabase;
use supsim::units::{Duration, Instant, SiteId};
use supsim::world::{Blueprint, World};

use crate::audit::audit;
use crate::oracle::{Disks, Held, Oracle};
use crate::support;

/// Four tiers, an internet-based point, a site without a point, circuits with latency, a delta and
/// a full one; then time enough for every retry, and no cycle that could hide what was lost.
const BASE: &str = "
supsim: 1
kind: scenario
name: crash-points
start: 2026-01-12 00:00
duration: 4d
catalogue:
  baseline: { updates: 20, metadata: 2 MB }
  releases:
    first: { when: { at: 2026-01-12 00:30 }, updates: 5, revises: 3, expires: 1, metadata: 900 KB }
    second: { when: { at: 2026-01-12 01:00 }, updates: 2, revises: 1, metadata: 300 KB }
timing: { request: 50s, connect: 2s, pull: 70s, settle: 2min, import: 37s, insert: 90s, internet: 45s }
links: { wan: { bandwidth: 512 Kbit/s, latency: 2s } }
sync: { schedule: { dates: { at: [2026-01-12 02:00], words: once } } }
operations: { by-hand: { at: 2026-01-12 00:45, do: run_synchronization } }
sites:
  CEN: { type: central }
  PR1: { parent: CEN, link: wan, internet_sup: { server: dmz } }
  DBO: { parent: CEN, sup: none, link: wan }
  PR2: { parent: PR1, link: wan }
  SE3: { parent: PR2, type: secondary }
";

/// What a run leaves behind: what every site holds, once all of them know the same version.
///
/// The number of that version is not part of it: a delta that a crash has made late may find that a
/// full one has done its work, and one version does for two.
fn end(text: &str) -> Result<(Vec<[Held; 3]>, BTreeSet<Instant>), String> {
    let scenario = support::scenario(text);
    let blueprint = Blueprint::new(&scenario);
    let mut world = World::new(&blueprint, 0);
    world.run_until(Instant::START + scenario.duration);
    audit(&scenario, world.trace(), 1)?;
    let top = world.database(SiteId(0)).content_version();
    for (number, site) in scenario.sites.iter().enumerate() {
        let id = SiteId(number as u32);
        let engine = world.engine(id);
        if engine.retry_at().is_some() || engine.state() != State::Idle {
            return Err(format!("{} is not at rest", site.code));
        }
        let known = site.sup.map_or(top, |_| engine.version());
        if (known, world.database(id).content_version()) != (top, top) {
            return Err(format!("{} knows another version", site.code));
        }
    }
    let instants = world.trace().records.iter().map(|record| record.at).collect();
    let disks = Disks::new(&world).sites.into_iter();
    Ok((disks.map(|disk| [disk.wsus, disk.database, disk.internet]).collect(), instants))
}

fn written(at: Instant) -> String {
    let micros = at.micros();
    let (hour, minute) = (micros / 3_600_000_000, micros / 60_000_000 % 60);
    let (second, fraction) = (micros / 1_000_000 % 60, micros % 1_000_000);
    format!("2026-01-{:02} {:02}:{minute:02}:{second:02}.{fraction:06}", 12 + hour / 24, hour % 24)
}

#[test]
fn i10_a_crash_at_any_step_ends_where_no_crash_ends() {
    let (disks, instants) = end(BASE).expect("without faults all goes well");
    assert!(instants.len() > 40, "{} instants", instants.len());
    let codes = ["CEN", "PR1", "DBO", "PR2", "SE3"];
    let (mut runs, mut wrong) = (0, Vec::new());
    for at in &instants {
        for code in codes {
            // Faults come before what else happens at their instant; a tick later comes after it.
            for (from, length) in
                [(*at, "1us"), (*at + Duration::from_micros(1), "1us"), (*at, "20min")]
            {
                let from = written(from);
                let text = format!(
                    "{BASE}faults: {{ crash: {{ where: {{ code: {code} }}, do: site_down, when: {{ \
                     window: {{ from: {from}, for: {length} }} }} }} }}\n"
                );
                runs += 1;
                match end(&text) {
                    Ok((after, _)) if after == disks => {}
                    Ok(_) => wrong.push(format!("{code} down from {from} for {length}: other")),
                    Err(found) => wrong.push(format!("{code} down from {from}: {found}")),
                }
            }
        }
    }
    println!("{runs} crashes at {} instants", instants.len());
    let (id, says) = (Oracle::I10.id(), Oracle::I10.says());
    assert!(wrong.is_empty(), "{id}: {says}: {} of {runs} do not: {wrong:#?}", wrong.len());
}
