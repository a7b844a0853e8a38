use std::collections::BTreeMap;
use std::sync::Arc;

use crate::engine::{InternetTurn, Policy, Role};
use crate::kernel::Entity;
use crate::scenario::{
    self, Action, Bandwidth, FaultEffect, Hierarchy, History, HistoryRow, Initial, PointMode,
    Published, Scenario, Site, SiteComplete, Source, WallClock,
};
use crate::store::{
    Catalogue, Change, Contents, Criteria, Holdings, Listed, Lot, Stores, UpdateId,
};
use crate::units::{FaultId, LinkId, SiteId};

/// What every event asks of its site: of the scenario's many words on a site, the few that are
/// read millions of times, close together.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    /// Positions, or `u32::MAX` for none: half the size of an `Option`.
    upstream: u32,
    circuit: u32,
    /// Position in the scenario's timings.
    pub timing: u32,
    /// Has it an active software update point?
    pub has_point: bool,
    /// Does that stand on the site server itself? (H5)
    pub point_is_local: bool,
    /// Does it name a route? (R4)
    pub routed: bool,
    /// May its circuit become faster or slower during the run?
    pub circuit_varies: bool,
}

impl Place {
    /// It has come under another parent.
    pub fn set_upstream(&mut self, parent: SiteId) {
        self.upstream = parent.0;
    }

    /// The site whose WSUS this one's pulls from, and whose senders feed it; `None` at the root
    /// and at the top-level site.
    pub fn upstream(&self) -> Option<SiteId> {
        (self.upstream != u32::MAX).then_some(SiteId(self.upstream))
    }

    /// The circuit over which it is reached.
    pub fn circuit(&self) -> Option<LinkId> {
        (self.circuit != u32::MAX).then_some(LinkId(self.circuit))
    }
}

/// What all replications of a scenario share: everything about its world that is no chance.
#[derive(Clone, Debug)]
pub struct Blueprint<'s> {
    pub(super) scenario: &'s Scenario,
    /// What is in the databases at the start.
    pub(super) stores: Stores,
    /// How much of it each site holds.
    pub(super) holdings: Holdings,
    /// What is retrieved after each operation that changes it, by the operation's position.
    pub(super) new_criteria: BTreeMap<u32, Criteria>,
    hierarchy: Hierarchy,
    /// The highest site with an active software update point (H3).
    pub(super) top_level: Option<SiteId>,
    /// How each engine is set up; that of a site which no metadata can reach is never spoken to
    /// (H3).
    pub(super) policies: Vec<Policy>,
    /// By what each site's draws are named.
    pub(super) entities: Vec<Entity>,
    /// What every event asks of its site.
    places: Vec<Place>,
    /// The clocks of the zones in which something hangs on the hour.
    pub(super) walls: Vec<WallClock>,
    /// Which of them each site goes by; [`u32::MAX`] where nothing does.
    wall_of: Vec<u32>,
    /// Does any software update point limit the pulls at once?
    pub(super) limits_pulls: bool,
    /// The faults of single attempts.
    pub(super) faults_of_attempts: Vec<FaultId>,
    /// By what each fault's draws are named, together with a site.
    pub(super) fault_entities: Vec<Entity>,
}

impl<'s> Blueprint<'s> {
    /// Works out what does not change between replications.
    pub fn new(scenario: &'s Scenario) -> Self {
        let hierarchy = scenario.hierarchy();
        let top_level = hierarchy.top_level();
        let policy = |site| policy(scenario, site, top_level == Some(site));
        let policies = (0..scenario.sites.len() as u32).map(|site| policy(SiteId(site))).collect();
        let (catalogue, baseline) = catalogue(scenario);
        let catalogue = Arc::new(catalogue);
        let criteria = |criteria: &scenario::Criteria| {
            let scenario::Criteria { products, classifications, .. } = criteria;
            Criteria::of(&catalogue, products.as_deref(), classifications.as_deref())
        };
        let changes = scenario.operations.iter().enumerate();
        let new_criteria = changes.filter_map(|(position, operation)| match &operation.action {
            Action::SetCriteria(new) => Some((position as u32, criteria(new))),
            Action::RunSynchronization
            | Action::PublishLocally(_)
            | Action::SetSchedule(_)
            | Action::InstallSup
            | Action::RemoveSup
            | Action::MoveSite { .. } => None,
        });
        let retrieved = criteria(&scenario.criteria);
        let (stores, holdings) = match scenario.initial {
            Initial::Current => Stores::current(catalogue.clone(), baseline, retrieved),
            Initial::Empty => {
                (Stores::empty(catalogue.clone(), baseline, retrieved), Holdings::default())
            }
        };
        let (walls, wall_of) = walls(scenario);
        let mut blueprint = Self {
            walls,
            wall_of,
            limits_pulls: scenario
                .sites
                .iter()
                .any(|site| site.sup.is_some_and(|point| point.pulls_at_once.is_some())),
            scenario,
            new_criteria: new_criteria.collect(),
            stores,
            holdings,
            places: places(scenario, top_level),
            hierarchy,
            top_level,
            policies,
            entities: scenario.sites.iter().map(|site| Entity::named(&site.code)).collect(),
            faults_of_attempts: Vec::new(),
            fault_entities: scenario
                .faults
                .iter()
                .map(|fault| Entity::named(&fault.name))
                .collect(),
        };
        for (position, fault) in scenario.faults.iter().enumerate() {
            if !fault.occurs.holds() {
                assert!(
                    fault.effect != FaultEffect::SiteDown,
                    "the scenario refuses site_down in single attempts"
                );
                blueprint.faults_of_attempts.push(FaultId(position as u32));
            }
        }
        blueprint
    }

    /// What every event asks of each site.
    pub(super) fn places(&self) -> &[Place] {
        &self.places
    }

    /// Can metadata reach this site (H3)?
    pub(super) fn is_reached(&self, site: SiteId) -> bool {
        self.hierarchy.within_top_level(site)
    }

    /// The clocks of a site whose circuit or address hangs on the hour.
    pub(super) fn wall(&self, site: SiteId) -> &WallClock {
        &self.walls[self.wall_of[site.index()] as usize]
    }

    /// Which clocks a site goes by.
    pub(super) fn wall_number(&self, site: SiteId) -> u32 {
        self.wall_of[site.index()]
    }

    /// The children of a site, in the order of the scenario.
    pub(super) fn children(&self, site: SiteId) -> &[SiteId] {
        self.hierarchy.children(site)
    }
}

/// The clocks of every zone in which something hangs on the hour, and which of them each site
/// goes by.
fn walls(scenario: &Scenario) -> (Vec<WallClock>, Vec<u32>) {
    let hourly_link =
        |link: LinkId| matches!(scenario.links[link.index()].bandwidth, Bandwidth::Hourly(_));
    let source = match scenario.source {
        Source::Wsus(link) => link,
        _ => None,
    };
    let mut numbers: BTreeMap<&str, u32> = BTreeMap::new();
    let mut walls = Vec::new();
    let wall_of = scenario.sites.iter().map(|site| {
        let internet = site.internet_sup.as_ref().and_then(|point| point.link);
        let links = [site.link, internet, source];
        if site.route.is_none() && !links.into_iter().flatten().any(hourly_link) {
            return u32::MAX;
        }
        *numbers.entry(site.zone.name()).or_insert_with(|| {
            walls.push(WallClock::new(&scenario.clock, &site.zone, scenario.duration));
            walls.len() as u32 - 1
        })
    });
    let wall_of = wall_of.collect();
    (walls, wall_of)
}

fn places(scenario: &Scenario, top_level: Option<SiteId>) -> Vec<Place> {
    // A circuit that a fault may slow down varies; so does one whose bandwidth hangs on the hour.
    let mut varies = vec![false; scenario.sites.len()];
    for fault in &scenario.faults {
        if let FaultEffect::LinkSlow(_) = fault.effect {
            for site in &fault.sites {
                varies[site.index()] = true;
            }
        }
    }
    let hourly =
        |link: LinkId| matches!(scenario.links[link.index()].bandwidth, Bandwidth::Hourly(_));
    let place = |(position, site): (usize, &Site)| {
        let is_top_level = top_level == Some(SiteId(position as u32));
        let upstream = site.parent.filter(|_| !is_top_level);
        // U1: a source of its own has a circuit of its own.
        let circuit = match scenario.source {
            Source::Wsus(Some(link)) if is_top_level => Some(link),
            _ => site.link,
        };
        Place {
            upstream: upstream.map_or(u32::MAX, |site| site.0),
            circuit: circuit.map_or(u32::MAX, |link| link.0),
            timing: site.timing as u32,
            has_point: site.sup.is_some(),
            point_is_local: site.sup.is_some_and(|point| point.local),
            routed: site.route.is_some(),
            circuit_varies: varies[position] || circuit.is_some_and(hourly),
        }
    };
    scenario.sites.iter().enumerate().map(place).collect()
}

/// How the engine of a site is set up.
fn policy(scenario: &Scenario, id: SiteId, is_top_level: bool) -> Policy {
    let site = &scenario.sites[id.index()];
    let synchronised = site.internet_sup.as_ref().filter(|point| point.mode == PointMode::Upstream);
    Policy {
        role: match (&site.sup, is_top_level) {
            (Some(_), true) => Role::TopLevel,
            (Some(_), false) => Role::Child,
            // H4: no sync of its own; its database is filled by replication.
            (None, _) => Role::DatabaseOnly,
        },
        // P10: a point that is carried to takes no part in P6 and P9.
        internet_point: match (synchronised, scenario.sync.site_complete) {
            (None, _) => InternetTurn::None,
            (Some(_), SiteComplete::AfterInternetPoint) => InternetTurn::BeforeDone,
            (Some(_), SiteComplete::BeforeInternetPoint) => InternetTurn::AfterDone,
        },
        retry_every: site.retry.every,
        retry_limit: site.retry.limit,
    }
}

/// The catalogue of a run, and how many of its revisions had been published before the start.
fn catalogue(scenario: &Scenario) -> (Catalogue, u32) {
    let described = &scenario.catalogue;
    let mut catalogue =
        Catalogue::with_baseline(described.baseline_updates, described.baseline_metadata);
    for lot in &described.besides {
        catalogue.add_lot(&Lot {
            updates: lot.updates,
            metadata: lot.metadata,
            product: &lot.product,
            classification: &lot.classification,
        });
    }
    let mut listing = Listing::of(&described.history);
    let state = described.history.state_at_start();
    catalogue.add_listed_before(&listing.listed(&catalogue, &state));
    let baseline = catalogue.len();
    for release in &described.releases {
        if let Published::History { rows } = &release.published {
            let rows = described.history.range(rows);
            catalogue.add_listed(release.at, &listing.listed(&catalogue, rows));
            continue;
        }
        catalogue.add_release(&Contents {
            at: release.at,
            updates: release.updates,
            changes: [
                (Change::Revised, release.revises),
                (Change::Superseded, release.supersedes),
                (Change::Expired, release.expires),
                (Change::Removed, release.removes),
            ],
            metadata: release.metadata,
            product: &release.product,
            classification: &release.classification,
            local: release.published.is_local(),
        });
    }
    (catalogue, baseline)
}

/// Which update of the catalogue each update of a history is.
struct Listing<'s> {
    history: &'s History,
    known: Vec<Option<UpdateId>>,
}

impl<'s> Listing<'s> {
    fn of(history: &'s History) -> Self {
        Self { history, known: vec![None; history.updates.len()] }
    }

    /// Rows as the catalogue takes them; updates heard of for the first time get the next numbers.
    fn listed(&mut self, catalogue: &Catalogue, rows: &[HistoryRow]) -> Vec<Listed<'s>> {
        let mut next = catalogue.updates();
        let listed = |row: &HistoryRow| {
            let update = *self.known[row.update].get_or_insert_with(|| {
                next += 1;
                UpdateId(next - 1)
            });
            let (product, classification) = self.history.kind(row);
            let HistoryRow { change, number, metadata: size, .. } = *row;
            Listed { update, number, change, product, classification, size }
        };
        rows.iter().map(listed).collect()
    }
}
