//! What the sites hold, before and after each step: I2, I4, I7, I8, T5.

use supsim::engine::Kind;
use supsim::store::{Anchor, SiteDatabase, UpdateId, UpdateServices};
use supsim::units::SiteId;
use supsim::world::World;

use super::observer::Ledger;
use super::promises::{Verdict, ensure};
use super::{Complaint, Oracle};

/// The revision of each update, if one is held.
pub type Held = Vec<Option<u32>>;

/// What a site holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Disk {
    pub wsus: Held,
    pub database: Held,
    pub internet: Held,
    /// The most that its WSUS has ever held of each update, whichever point it stood at.
    ever: Held,
    /// How many points had been installed, exports begun and imports done (P10).
    events: (u32, u32, u32),
    /// What the last export took from its WSUS.
    taken: Held,
    /// How far each has come, and the content version: what tells cheaply that nothing changed.
    mark: (Anchor, Anchor, u32),
}

/// What every site held when it was last looked at.
#[derive(Clone, Debug)]
pub struct Disks {
    pub sites: Vec<Disk>,
}

fn mark(world: &World<'_>, site: SiteId) -> (Anchor, Anchor, u32) {
    let (wsus, internet) = (world.wsus(site), world.internet_wsus(site));
    (wsus.anchor(), internet.anchor(), world.database(site).content_version())
}

fn look(world: &World<'_>, site: SiteId) -> Disk {
    let updates = || (0..world.stores().catalogue().updates()).map(UpdateId);
    let (wsus, internet, database) =
        (world.wsus(site), world.internet_wsus(site), world.database(site));
    Disk {
        wsus: updates().map(|one| wsus.held(one).map(|held| held.0)).collect(),
        database: updates().map(|one| database.held(one).map(|held| held.0)).collect(),
        internet: updates().map(|one| internet.held(one).map(|held| held.0)).collect(),
        ever: Vec::new(),
        events: (0, 0, 0),
        taken: Vec::new(),
        mark: mark(world, site),
    }
}

impl Disks {
    pub fn new(world: &World<'_>) -> Self {
        let sites = (0..world.scenario().sites.len() as u32).map(SiteId);
        let begin = |disk: Disk| Disk { ever: disk.wsus.clone(), ..disk };
        Self { sites: sites.map(|site| begin(look(world, site))).collect() }
    }

    /// Looks at every site whose marks have moved since, and at all when `closely`.
    pub fn check(
        &mut self,
        world: &World<'_>,
        ledgers: &[Ledger],
        closely: bool,
    ) -> Result<(), Complaint> {
        for (number, ledger) in ledgers.iter().enumerate() {
            let site = SiteId(number as u32);
            let before = &mut self.sites[number];
            let events = (ledger.installed, ledger.exported, ledger.carried);
            let is_new = before.events.0 != ledger.installed;
            let (exported, carried) = (before.events.1 != events.1, before.events.2 != events.2);
            if !closely && before.events == events && before.mark == mark(world, site) {
                continue;
            }
            let mut now = look(world, site);
            let mut verdict = Ok(());
            if is_new {
                verdict = t5_what_is_installed_holds_nothing(&now);
                before.wsus.fill(None);
                before.internet.fill(None);
            }
            now.events = events;
            now.taken = if exported { now.wsus.clone() } else { std::mem::take(&mut before.taken) };
            if carried {
                verdict = verdict.and(p10_what_was_exported_is_there(&now));
            }
            now.ever =
                before.ever.iter().zip(&now.wsus).map(|(one, other)| *one.max(other)).collect();
            let before = std::mem::replace(before, now);
            let now = &self.sites[number];
            let upstream = ledger.pulls_from.map(|parent| &self.sites[parent]);
            let verdict = verdict
                .and_then(|()| i2_nothing_goes_back(&before, now))
                .and_then(|()| i4_a_delta_only_adds(ledger, &before, now))
                .and_then(|()| i8_the_top_database_follows_its_wsus(ledger, now))
                .and_then(|()| i7_no_pull_brings_more(&before, now, upstream));
            if let Err((oracle, found)) = verdict {
                return Err(Complaint { oracle, at: world.now(), site, found });
            }
        }
        Ok(())
    }
}

/// The first update for which two holdings stand in a wrong order.
fn ahead(one: &Held, other: &Held) -> Option<usize> {
    one.iter().zip(other).position(|(one, other)| one > other)
}

fn i2_nothing_goes_back(before: &Disk, now: &Disk) -> Verdict {
    for (what, before, now) in [
        ("WSUS", &before.wsus, &now.wsus),
        ("the database", &before.database, &now.database),
        ("the internet-based WSUS", &before.internet, &now.internet),
    ] {
        if let Some(update) = ahead(before, now) {
            let (old, new) = (before[update], now[update]);
            let found = format!("{what} held {old:?} of update {update} and holds {new:?}");
            return Err((Oracle::I2, found));
        }
    }
    Ok(())
}

fn i4_a_delta_only_adds(ledger: &Ledger, before: &Disk, now: &Disk) -> Verdict {
    if !ledger.top || ledger.imported_by != Some(Kind::Delta) {
        return Ok(());
    }
    let changed = before.database.iter().zip(&now.database);
    match { changed }.position(|(before, now)| before.is_some() && before != now) {
        Some(update) => Err((Oracle::I4, format!("a delta has changed update {update}"))),
        None => Ok(()),
    }
}

/// A site that has moved may hold more than its new parent; but what it gains, the WSUS that it
/// pulled from has held.
fn i7_no_pull_brings_more(before: &Disk, now: &Disk, upstream: Option<&Disk>) -> Verdict {
    if let Some(upstream) = upstream {
        let gained = before.wsus.iter().zip(&now.wsus).zip(&upstream.ever);
        if let Some(update) = { gained }.position(|((old, new), above)| new > old && new > above) {
            let found = format!("its WSUS has more than its upstream: update {update}");
            return Err((Oracle::I7, found));
        }
    }
    match ahead(&now.internet, &now.wsus) {
        Some(update) => {
            Err((Oracle::I7, format!("its internet point is ahead of its WSUS: update {update}")))
        }
        None => Ok(()),
    }
}

fn p10_what_was_exported_is_there(now: &Disk) -> Verdict {
    let differs = now.internet.iter().zip(&now.taken).position(|(here, taken)| here != taken);
    ensure(differs.is_none(), Oracle::P10, || {
        format!("what was imported is not what was exported: update {differs:?}")
    })
}

fn t5_what_is_installed_holds_nothing(now: &Disk) -> Verdict {
    let held = now.wsus.iter().position(Option::is_some);
    ensure(held.is_none(), Oracle::T5, || format!("it holds update {held:?}"))
}

fn i8_the_top_database_follows_its_wsus(ledger: &Ledger, now: &Disk) -> Verdict {
    if !ledger.top {
        return Ok(());
    }
    match ahead(&now.database, &now.wsus) {
        Some(update) => Err((Oracle::I8, format!("update {update} is not in its WSUS"))),
        None => Ok(()),
    }
}
