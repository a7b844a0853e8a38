//! Reads what clients do: C3, C5, L2. Nobody scans for what is not there yet, nobody counts twice,
//! and in the end everybody has scanned for what was there when the policy came.

use std::collections::BTreeMap;

use supsim::scenario::{Published, Scenario};
use supsim::trace::{ClientKind, Fact, Part, Record};
use supsim::units::{ReleaseId, SiteId};

use super::observer::Observer;
use super::promises::{Verdict, ensure};
use super::{Complaint, Oracle};

/// How many clients there are, and how long a scan takes \[µs\].
#[derive(Clone, Debug, Default)]
pub struct Crowd {
    /// Of each site: intranet, internet and SMS 2003 clients.
    pub sites: Vec<[u32; 3]>,
    pub scan: u64,
}

/// What is known of the clients of a world.
#[derive(Clone, Debug, Default)]
pub struct Clients {
    crowd: Crowd,
    /// The site whose point and policy the intranet clients of each site have (H4).
    points: Vec<SiteId>,
    /// The releases that Microsoft publishes.
    bought: Vec<bool>,
    /// Since when each is in the catalogue of the source, or in a part of a site.
    published: BTreeMap<ReleaseId, u64>,
    arrived: BTreeMap<(SiteId, bool, ReleaseId), u64>,
    /// When the last new policy body was created at each site.
    policy: BTreeMap<SiteId, u64>,
    /// When the fetching of the last catalogue began, and when one that was new was there (L2).
    fetching: u64,
    catalogue: Option<(u64, u64)>,
    scanned: BTreeMap<(SiteId, ClientKind, ReleaseId), u32>,
}

impl Observer {
    /// Asks what is promised of these clients.
    pub fn with_clients(mut self, scenario: &Scenario, crowd: Crowd) -> Self {
        let point = |number: usize| {
            let site = &scenario.sites[number];
            let own = SiteId(number as u32);
            if site.sup.is_some() { own } else { site.parent.unwrap_or(own) }
        };
        let from_source = |one: &supsim::scenario::Release| one.published == Published::Source;
        self.clients = Clients {
            crowd,
            points: (0..scenario.sites.len()).map(point).collect(),
            bought: scenario.catalogue.releases.iter().map(from_source).collect(),
            ..Clients::default()
        };
        self
    }
}

impl Clients {
    fn count(&self, site: SiteId, by: ClientKind) -> u32 {
        self.crowd.sites[site.index()][by as usize]
    }

    /// Reads one more record.
    pub fn read(&mut self, record: &Record) -> Verdict {
        let (at, site) = (record.at.micros(), record.site);
        match record.fact {
            Fact::Released { release } => {
                self.published.entry(release).or_insert(at);
            }
            Fact::Arrived { release, part: part @ (Part::Wsus | Part::Internet) } => {
                self.arrived.entry((site, part == Part::Internet, release)).or_insert(at);
            }
            Fact::PolicyCreated { new_body: true, .. } => {
                self.policy.insert(site, at);
            }
            Fact::CatalogueSyncStarted { .. } => self.fetching = at,
            Fact::CatalogueSyncDone { changed: true, .. } => {
                self.catalogue = Some((self.fetching, at));
            }
            Fact::Scanned { release, by, clients, earlier } => {
                let count = self.count(site, by);
                let all = self.scanned.entry((site, by, release)).or_default();
                *all += clients;
                let all = *all;
                ensure(all <= count, Oracle::C3, || {
                    format!("{all} of {count} {} clients have scanned", by.name())
                })?;
                let since = match by {
                    ClientKind::Intranet => {
                        self.arrived.get(&(self.points[site.index()], false, release))
                    }
                    ClientKind::Internet => self.arrived.get(&(site, true, release)),
                    ClientKind::Sms2003 => self.published.get(&release),
                };
                let ended = at.checked_sub(earlier.micros());
                let began = ended.and_then(|ended| ended.checked_sub(self.crowd.scan));
                let seen = since.zip(began).is_some_and(|(since, began)| *since <= began);
                return ensure(seen, Oracle::C3, || {
                    format!("a scan that began at {began:?} found what came at {since:?}")
                });
            }
            _ => {}
        }
        Ok(())
    }

    /// At the end: of what was there when its last policy came, so long before, everybody has been
    /// told; where nothing is left out.
    pub fn all_have_scanned(
        &self,
        now: u64,
        calm: u64,
        margin: u64,
        wanted: impl Fn(SiteId, ClientKind) -> bool,
    ) -> Result<(), Complaint> {
        for number in 0..self.crowd.sites.len() {
            let site = SiteId(number as u32);
            for by in ClientKind::ALL {
                if self.count(site, by) == 0 || !wanted(site, by) {
                    continue;
                }
                let (point, internet) = match by {
                    ClientKind::Internet => (site, true),
                    _ => (self.points[number], false),
                };
                let (had, told) = match by {
                    ClientKind::Sms2003 => self.catalogue.unzip(),
                    _ => {
                        let policy = self.policy.get(&point).copied();
                        (policy, policy)
                    }
                };
                let (Some(had), Some(told)) = (had, told) else { continue };
                if told.max(calm) + margin > now {
                    continue;
                }
                let there: Vec<ReleaseId> = match by {
                    ClientKind::Sms2003 => self.catalogued(had),
                    _ => self.held(point, internet, had),
                };
                for release in there {
                    let all = self.scanned.get(&(site, by, release)).copied().unwrap_or(0);
                    let count = self.count(site, by);
                    if all != count {
                        let found = format!(
                            "{all} of {count} {} clients have scanned for {release:?}, which was \
                             there when they were told at {told}",
                            by.name()
                        );
                        let at = supsim::units::Instant::from_micros(now);
                        return Err(Complaint { oracle: Oracle::C3, at, site, found });
                    }
                }
            }
        }
        Ok(())
    }

    fn catalogued(&self, upto: u64) -> Vec<ReleaseId> {
        let published = self.published.iter();
        let bought = published.filter(|(release, _)| self.bought[release.index()]);
        bought.filter(|(_, at)| **at < upto).map(|(release, _)| *release).collect()
    }

    fn held(&self, point: SiteId, internet: bool, upto: u64) -> Vec<ReleaseId> {
        let here = self.arrived.iter();
        here.filter(|((site, part, _), at)| (*site, *part) == (point, internet) && **at <= upto)
            .map(|((_, _, release), _)| *release)
            .collect()
    }
}
