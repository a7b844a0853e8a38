//! What the clients of a scenario will cost (C1-C5, L1).

use crate::scenario::{Recording, ScanOn, Scenario, Site};

/// Slices of a poll and of the scan schedule in which a counted group is told.
const SLICES_OF_POLL: u64 = 62;
const SLICES_OF_SCHEDULE: u64 = 169;
/// Scans of a counted group that cost as much as an event.
const SCANS_AN_EVENT: u64 = 4;

/// How much of what the clients are expected to be, at most.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct ClientCost {
    /// Clients that act.
    pub clients: u64,
    /// Events, and what costs as much.
    pub events: u64,
    /// Polls that are recorded when everything is.
    fetches: u64,
    /// Scans, or slices of them, that are recorded with each release.
    scans: u64,
}

impl ClientCost {
    /// The clients of a scenario whose top-level site synchronises so often.
    pub fn of(scenario: &Scenario, cycles: u64) -> ClientCost {
        let mut cost = ClientCost::default();
        let releases = scenario.catalogue.releases.len() as u64;
        // Nothing is new more often than something is released, but for the first time.
        let bodies = cycles.min(releases + 1);
        let advertised = scenario.sms2003.as_ref().map_or(0, |tool| {
            (scenario.duration.micros() / tool.every.micros() + 1).min(releases + 1)
        });
        for site in &scenario.sites {
            // Sharing a point only adds to the wait there; a secondary site's clients are taken
            // to have it for themselves.
            let places = places(scenario, site);
            for (clients, turns) in [
                (site.clients.intranet, bodies),
                (site.clients.internet, bodies),
                (site.clients.sms2003, advertised),
            ] {
                cost.add(scenario, u64::from(clients), turns, places, releases);
            }
        }
        cost
    }

    fn add(&mut self, scenario: &Scenario, clients: u64, bodies: u64, places: u64, releases: u64) {
        if clients == 0 || bodies == 0 {
            return;
        }
        let how = &scenario.clients;
        let scheduled = how.scan_on == ScanOn::Schedule;
        let (turns, slices, period) = if scheduled {
            let turns = scenario.duration.micros() / how.scan_every.micros() + 1;
            (turns, SLICES_OF_SCHEDULE, how.scan_every.micros())
        } else {
            (bodies, SLICES_OF_POLL, how.poll_every.micros())
        };
        self.clients = self.clients.saturating_add(clients);
        // How long the point is busy beyond the period in which they all come, and as long again
        // as a scan may take.
        let scan = u128::from(how.scan.mean().micros());
        let busy = u128::from(clients) * scan / u128::from(places) + 4 * scan;
        let busy = u64::try_from(busy).unwrap_or(u64::MAX).min(scenario.duration.micros());
        let (told, events) = if how.individually {
            (clients, clients.saturating_mul(2))
        } else {
            let told = slices.saturating_add(busy / (period / slices).max(1));
            (told, told.saturating_add(clients / SCANS_AN_EVENT))
        };
        self.events = self.events.saturating_add(turns.saturating_mul(events));
        if !scheduled {
            let fetches = if how.individually { clients } else { slices };
            self.fetches = self.fetches.saturating_add(turns.saturating_mul(fetches));
        }
        self.scans = self.scans.saturating_add(releases.saturating_mul(told.min(clients)));
    }

    /// What they are recorded by.
    pub fn records(&self, recording: Recording) -> u64 {
        match recording {
            Recording::All => self.fetches.saturating_add(self.scans),
            Recording::Attempts => self.scans,
            Recording::None => 0,
        }
    }
}

/// Scans at once for the clients of a site.
fn places(scenario: &Scenario, site: &Site) -> u64 {
    let above = || scenario.sites[site.parent?.index()].sup;
    let point = site.sup.or_else(above);
    u64::from(point.and_then(|point| point.scans_at_once).unwrap_or(u32::MAX))
}
