//! From what the logs tell to a trace, so that tables and charts of a real night are made like
//! those of a simulated one.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::described::{Described, harmless};
use super::story::{Account, Ended, LoggedSync, Story};
use crate::scenario::Scenario;
use crate::trace::{Cause, Fact, Failure, Kind, Phase, Reason, Record, Status, Trace, Trigger};
use crate::units::{Bytes, Duration, FaultId, Instant, SiteId};

/// What happened at one instant of one synchronisation.
struct Told {
    at: Instant,
    site: SiteId,
    /// Position among the site's synchronisations, from 1.
    attempt: u32,
    fact: Fact,
}

/// The trace of what an account tells, in the world that [`super::describe`] made of it.
///
/// A step whose time the log does not show has no record. What started a synchronisation is the
/// parent's last success, or the site's own last failure, where these logs have them.
pub fn retell(account: &Account, described: &Described, scenario: &Scenario) -> Trace {
    let site = |code: &str| {
        let position = scenario.sites.iter().position(|site| site.code == code);
        SiteId(position.expect("every story has its site in the scenario") as u32)
    };
    let mut told: Vec<Told> = Vec::new();
    for story in &account.stories {
        let teller = Teller { described, scenario, story, site: site(&story.site) };
        for (position, sync) in story.syncs.iter().enumerate() {
            teller.tell(position as u32 + 1, sync, &mut told);
        }
    }
    // Entries of one site keep their order; between sites the instant decides, then the site.
    told.sort_by_key(|one| one.at);
    link(told, scenario)
}

struct Teller<'a> {
    described: &'a Described,
    scenario: &'a Scenario,
    story: &'a Story,
    site: SiteId,
}

impl Teller<'_> {
    fn instant(&self, at: Timestamp) -> Instant {
        let micros = at.as_microsecond() - self.described.start.as_microsecond();
        Instant::from_micros(u64::try_from(micros).unwrap_or(0))
    }

    fn tell(&self, attempt: u32, sync: &LoggedSync, told: &mut Vec<Told>) {
        let below = self.story.parent.is_some();
        let trigger =
            sync.trigger.unwrap_or(if below { Trigger::Parent } else { Trigger::Schedule });
        let kind = sync.kind.unwrap_or(Kind::Full);
        let (updates, version) = (sync.items.unwrap_or(0), sync.version.unwrap_or(0));
        let steps = [
            (sync.connected, Fact::Announced(Status::SynchronizingWsus { attempt })),
            (sync.pulled, Fact::Pulled { attempt, updates, bytes: Bytes::ZERO }),
            (sync.settled, Fact::Settled { attempt }),
            (sync.import_began, Fact::Announced(Status::SynchronizingDatabase { attempt, kind })),
            (sync.imported, Fact::Imported { attempt, updates, version }),
            (sync.internet_began, Fact::Announced(Status::SynchronizingInternetPoint { attempt })),
            (
                sync.internet_done,
                Fact::InternetPointSynced { attempt, updates: 0, bytes: Bytes::ZERO },
            ),
            (sync.end(), self.ending(attempt, sync, version)),
        ];
        let mut last = self.instant(sync.started);
        let started = Fact::Announced(Status::Started { attempt, kind, trigger });
        told.push(Told { at: last, site: self.site, attempt, fact: started });
        for (at, fact) in steps {
            let Some(at) = at else { continue };
            // The two clocks of a log may disagree by a moment: no step goes back in time.
            last = last.max(self.instant(at));
            if let Fact::Announced(Status::Failed { failure, .. }) = fact
                && let Reason::Injected(fault) = failure.reason
            {
                let hit = Fact::FaultHit { fault, attempt };
                told.push(Told { at: last, site: self.site, attempt, fact: hit });
            }
            told.push(Told { at: last, site: self.site, attempt, fact });
        }
    }

    fn ending(&self, attempt: u32, sync: &LoggedSync, version: u32) -> Fact {
        Fact::Announced(match &sync.ended {
            Ended::Done(_) | Ended::CutOff => Status::Done { attempt, version },
            Ended::DoneLicenceTermsPending(_) => {
                Status::DoneLicenceTermsPending { attempt, version }
            }
            Ended::Failed { at, phase, message, retry_minutes, .. } => {
                let wait = |minutes: &u32| Duration::from_mins(u64::from(*minutes));
                let retry_at =
                    retry_minutes.as_ref().map(|minutes| self.instant(*at) + wait(minutes));
                let failure = Failure { phase: *phase, reason: self.reason(*phase, message) };
                Status::Failed { attempt, failure, retry_at }
            }
        })
    }

    fn reason(&self, phase: Phase, message: &str) -> Reason {
        let key = (self.story.site.clone(), phase, harmless(message));
        match self.described.faults.get(&key) {
            _ if phase == Phase::Gate => Reason::NotConfigured,
            Some(name) => {
                let position = self.scenario.faults.iter().position(|fault| fault.name == *name);
                position
                    .map_or(Reason::UpstreamUnreachable, |at| Reason::Injected(FaultId(at as u32)))
            }
            None => Reason::Restarted,
        }
    }
}

/// Gives every record its cause.
fn link(told: Vec<Told>, scenario: &Scenario) -> Trace {
    let mut trace = Trace::default();
    let mut last: BTreeMap<(SiteId, u32), Cause> = BTreeMap::new();
    let mut success: BTreeMap<SiteId, Cause> = BTreeMap::new();
    let mut failure: BTreeMap<SiteId, Cause> = BTreeMap::new();
    for Told { at, site, attempt, fact } in told {
        let cause = match fact {
            Fact::Announced(Status::Started { trigger: Trigger::Parent, .. }) => {
                let parent = scenario.sites[site.index()].parent;
                parent.and_then(|parent| success.get(&parent).copied())
            }
            Fact::Announced(Status::Started { trigger: Trigger::Retry, .. }) => {
                failure.get(&site).copied()
            }
            _ => last.get(&(site, attempt)).copied(),
        };
        let record = Cause::record(trace.records.len());
        match fact {
            Fact::Announced(Status::Done { .. } | Status::DoneLicenceTermsPending { .. }) => {
                success.insert(site, record);
            }
            Fact::Announced(Status::Failed { .. }) => {
                failure.insert(site, record);
            }
            _ => {}
        }
        last.insert((site, attempt), record);
        trace.records.push(Record { at, site, cause: cause.unwrap_or(Cause::NONE), fact });
    }
    trace
}
