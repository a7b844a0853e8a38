//! What the sites hold, before and after each step: I2, I4, I7, I8.

use supsim::engine::Kind;
use supsim::store::{Anchor, SiteDatabase, UpdateId, UpdateServices};
use supsim::units::SiteId;
use supsim::world::World;

use super::observer::Ledger;
use super::promises::Verdict;
use super::{Complaint, Oracle};

/// The revision of each update, if one is held.
pub type Held = Vec<Option<u32>>;

/// What a site holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Disk {
    pub wsus: Held,
    pub database: Held,
    pub internet: Held,
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
        mark: mark(world, site),
    }
}

impl Disks {
    pub fn new(world: &World<'_>) -> Self {
        let sites = (0..world.scenario().sites.len() as u32).map(SiteId);
        Self { sites: sites.map(|site| look(world, site)).collect() }
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
            if !closely && self.sites[number].mark == mark(world, site) {
                continue;
            }
            let now = look(world, site);
            let verdict = i2_nothing_goes_back(&self.sites[number], &now)
                .and_then(|()| i4_a_delta_only_adds(ledger, &self.sites[number], &now))
                .and_then(|()| i8_the_top_database_follows_its_wsus(ledger, &now));
            self.sites[number] = now;
            let verdict = verdict.and_then(|()| match ledger.parent {
                Some(parent) => i7_no_wsus_is_ahead(&self.sites[number], &self.sites[parent]),
                None => Ok(()),
            });
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
    if ledger.child || ledger.imported_by != Some(Kind::Delta) {
        return Ok(());
    }
    let changed = before.database.iter().zip(&now.database);
    match { changed }.position(|(before, now)| before.is_some() && before != now) {
        Some(update) => Err((Oracle::I4, format!("a delta has changed update {update}"))),
        None => Ok(()),
    }
}

fn i7_no_wsus_is_ahead(site: &Disk, parent: &Disk) -> Verdict {
    if let Some(update) = ahead(&site.wsus, &parent.wsus) {
        return Err((Oracle::I7, format!("its WSUS is ahead of its parent's: update {update}")));
    }
    match ahead(&site.internet, &site.wsus) {
        Some(update) => {
            Err((Oracle::I7, format!("its internet point is ahead of its WSUS: update {update}")))
        }
        None => Ok(()),
    }
}

fn i8_the_top_database_follows_its_wsus(ledger: &Ledger, now: &Disk) -> Verdict {
    if ledger.child {
        return Ok(());
    }
    match ahead(&now.database, &now.wsus) {
        Some(update) => Err((Oracle::I8, format!("update {update} is not in its WSUS"))),
        None => Ok(()),
    }
}
