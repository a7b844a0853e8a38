//! How clients come to have scanned for a release (C1-C5, L2), from the record alone.

use std::collections::BTreeMap;

use crate::scenario::{ClientCounts, Scenario};
use crate::trace::{ClientKind, Fact, Trace};
use crate::units::{Duration, Instant, ReleaseId, SiteId};

/// How the clients of one kind at one site came to have scanned for one release.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scanning {
    /// Where.
    pub site: SiteId,
    /// Which clients.
    pub by: ClientKind,
    /// Which release.
    pub release: ReleaseId,
    /// When the source published it.
    pub published: Instant,
    /// How many such clients the site has.
    pub clients: u32,
    /// Whose first scan that covers the release ended when, in order of time.
    pub batches: Vec<Batch>,
}

/// Clients whose scans are told together: one by itself, or those of a slice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Batch {
    /// By when they had all ended.
    pub at: Instant,
    /// By how much, on average, they had ended before.
    pub earlier: Duration,
    /// How many.
    pub clients: u32,
}

impl Scanning {
    /// Every site that has clients, every kind of them and every release, in this order, whether
    /// they scanned or not.
    ///
    /// A trace in which nothing is recorded has nothing to tell: all are told as never scanned.
    pub fn of(scenario: &Scenario, trace: &Trace) -> Vec<Scanning> {
        let mut rows = Vec::new();
        let mut places = BTreeMap::new();
        for (position, site) in scenario.sites.iter().enumerate() {
            let id = SiteId(position as u32);
            for by in ClientKind::ALL {
                let clients = count(site.clients, by);
                if clients == 0 {
                    continue;
                }
                places.insert((id, by), rows.len());
                rows.extend(scenario.catalogue.releases.iter().enumerate().map(
                    |(position, release)| Scanning {
                        site: id,
                        by,
                        release: ReleaseId(position as u32),
                        published: release.at,
                        clients,
                        batches: Vec::new(),
                    },
                ));
            }
        }
        for record in &trace.records {
            let Fact::Scanned { release, by, clients, earlier } = record.fact else { continue };
            if let Some(place) = places.get(&(record.site, by)) {
                let batch = Batch { at: record.at, earlier, clients };
                rows[place + release.index()].batches.push(batch);
            }
        }
        rows
    }

    /// How many have scanned for it.
    pub fn scanned(&self) -> u32 {
        self.batches.iter().map(|batch| batch.clients).sum()
    }

    /// How many had scanned for it by an instant; of a group, as it was told by then.
    pub fn scanned_by(&self, at: Instant) -> u32 {
        let told = self.batches.iter().take_while(|batch| batch.at <= at);
        told.map(|batch| batch.clients).sum()
    }

    /// From its publication until so many clients in a thousand had scanned for it; `None` when
    /// they never did. Of a group, the end of the slice in which they had.
    pub fn time_until(&self, permille: u32) -> Option<Duration> {
        let parts = u64::from(self.clients) * u64::from(permille);
        // At least one client: nobody is no share of them.
        let wanted = parts.div_ceil(1_000).max(1);
        let mut scanned = 0;
        let reached = self.batches.iter().find(|batch| {
            scanned += u64::from(batch.clients);
            scanned >= wanted
        });
        reached.map(|batch| batch.at.since(self.published))
    }

    /// From its publication until a client that did had scanned for it, on average; exact for
    /// groups too.
    pub fn mean(&self) -> Option<Duration> {
        let scanned = u128::from(self.scanned());
        let time = |batch: &Batch| {
            let at = batch.at.since(self.published).micros();
            u128::from(at - batch.earlier.micros()) * u128::from(batch.clients)
        };
        let sum: u128 = self.batches.iter().map(time).sum();
        (scanned > 0).then(|| Duration::from_micros(((sum + scanned / 2) / scanned) as u64))
    }
}

fn count(clients: ClientCounts, by: ClientKind) -> u32 {
    match by {
        ClientKind::Intranet => clients.intranet,
        ClientKind::Internet => clients.internet,
        ClientKind::Sms2003 => clients.sms2003,
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;
    use crate::trace::{Cause, Record};

    fn minutes(minutes: u64) -> Duration {
        Duration::from_mins(minutes)
    }

    /// The tutorial's first site with ten clients, of which nine scan in three batches.
    fn scanning() -> Vec<Scanning> {
        let (mut scenario, _, _) = sample::tutorial();
        scenario.sites[0].clients = ClientCounts { intranet: 10, internet: 2, sms2003: 0 };
        let (release, by) = (ReleaseId(0), ClientKind::Intranet);
        let batch = |at: u64, clients, earlier| Record {
            at: Instant::START + minutes(13 * 60 + at),
            site: SiteId(0),
            cause: Cause::NONE,
            fact: Fact::Scanned { release, by, clients, earlier: minutes(earlier) },
        };
        let records = vec![batch(10, 4, 1), batch(20, 4, 2), batch(60, 1, 0)];
        Scanning::of(&scenario, &Trace { records })
    }

    #[test]
    fn every_kind_of_client_of_a_site_has_a_row_for_each_release() {
        let rows = scanning();
        let told: Vec<_> = rows.iter().map(|row| (row.by, row.clients, row.scanned())).collect();
        assert_eq!(told, [(ClientKind::Intranet, 10, 9), (ClientKind::Internet, 2, 0)]);
    }

    #[test]
    fn shares_are_of_all_clients_and_means_of_those_that_scanned() {
        let row = &scanning()[0];
        assert_eq!(row.time_until(0), Some(minutes(10)));
        assert_eq!(row.time_until(400), Some(minutes(10)));
        assert_eq!(row.time_until(401), Some(minutes(20)));
        assert_eq!(row.time_until(900), Some(minutes(60)));
        assert_eq!(row.time_until(901), None);
        assert_eq!(row.mean(), Some(minutes(4 * 9 + 4 * 18 + 60).div(9)));
        let at = |minute: u64| row.scanned_by(Instant::START + minutes(13 * 60 + minute));
        assert_eq!([at(9), at(10), at(59), at(60)], [0, 4, 8, 9]);
    }

    #[test]
    fn whoever_never_scanned_has_no_time() {
        let row = &scanning()[1];
        assert_eq!((row.mean(), row.time_until(1)), (None, None));
    }

    trait Div {
        fn div(self, by: u64) -> Duration;
    }

    impl Div for Duration {
        fn div(self, by: u64) -> Duration {
            Duration::from_micros((self.micros() + by / 2) / by)
        }
    }
}
