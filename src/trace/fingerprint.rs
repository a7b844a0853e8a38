//! What kind of thing moved between two traces.
//!
//! A fingerprint has ingredients, so that a changed golden file says "same times, other causes"
//! instead of "different". What goes into each is written down in `docs/outputs.md` and is part
//! of the format: words go in by number or by name as listed here, never as `Debug` text; sites,
//! releases, faults and operations by their names, so that renumbering them moves nothing.
//!
//! | ingredient | of each record |
//! |---|---|
//! | times | its instant; the instant of a retry that it announces |
//! | sites | its site; the site it sends to |
//! | facts | what happened, with every word and amount but those listed elsewhere |
//! | versions | the content version it carries |
//! | causes | the position of the record that led to it |
//! | all | everything above, in order |

use std::fmt;

use sha2::{Digest, Sha256};

use super::{Fact, Failure, Names, Reason, Record, Status, Trace};
use crate::units::{Bytes, Instant};

/// The ingredients of a trace, each the first 32 bits of a SHA-256.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fingerprint {
    /// When.
    pub times: u32,
    /// Where.
    pub sites: u32,
    /// What.
    pub facts: u32,
    /// The content versions.
    pub versions: u32,
    /// Because of what.
    pub causes: u32,
    /// All of these together.
    pub all: u32,
}

impl Fingerprint {
    /// The fingerprint of a trace; `names` say what its numbers stand for.
    pub fn of(trace: &Trace, names: &Names) -> Fingerprint {
        let mut mixture = Mixture::default();
        for record in &trace.records {
            mixture.add(record, names);
        }
        mixture.finish()
    }

    /// Names and values, in the order in which they are printed.
    pub fn ingredients(&self) -> [(&'static str, u32); 6] {
        [
            ("times", self.times),
            ("sites", self.sites),
            ("facts", self.facts),
            ("versions", self.versions),
            ("causes", self.causes),
            ("all", self.all),
        ]
    }
}

/// `times 51d0e7b4  sites 9f31c2aa  facts ...`.
impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, (name, value)) in self.ingredients().into_iter().enumerate() {
            let gap = if position == 0 { "" } else { "  " };
            write!(f, "{gap}{name} {value:08x}")?;
        }
        Ok(())
    }
}

/// One ingredient's bytes, and the same bytes into the whole.
#[derive(Clone, Copy)]
enum Into {
    Times,
    Sites,
    Facts,
    Versions,
    Causes,
}

#[derive(Default)]
struct Mixture {
    parts: [Sha256; 5],
    all: Sha256,
}

impl Mixture {
    fn add(&mut self, record: &Record, names: &Names) {
        self.instant(record.at);
        self.name(Into::Sites, names.site(record.site));
        self.fact(&record.fact, names);
        let cause = record.cause.position().map_or(u64::MAX, |position| position as u64);
        self.bytes(Into::Causes, &cause.to_le_bytes());
    }

    fn finish(self) -> Fingerprint {
        let [times, sites, facts, versions, causes] = self.parts.map(first_bits);
        Fingerprint { times, sites, facts, versions, causes, all: first_bits(self.all) }
    }

    fn bytes(&mut self, into: Into, bytes: &[u8]) {
        self.parts[into as usize].update(bytes);
        self.all.update(bytes);
    }

    fn instant(&mut self, at: Instant) {
        self.bytes(Into::Times, &at.micros().to_le_bytes());
    }

    fn number(&mut self, number: u32) {
        self.bytes(Into::Facts, &number.to_le_bytes());
    }

    fn amount(&mut self, bytes: Bytes) {
        self.bytes(Into::Facts, &bytes.0.to_le_bytes());
    }

    fn version(&mut self, version: u32) {
        self.bytes(Into::Versions, &version.to_le_bytes());
    }

    /// A word, ended by a zero so that two words are never one.
    fn word(&mut self, word: &str) {
        self.bytes(Into::Facts, word.as_bytes());
        self.bytes(Into::Facts, &[0]);
    }

    fn name(&mut self, into: Into, name: super::Name<'_>) {
        match name {
            super::Name::Own(name) => self.bytes(into, name.as_bytes()),
            numbered => self.bytes(into, numbered.to_string().as_bytes()),
        }
        self.bytes(into, &[0]);
    }

    fn again(&mut self, at: Option<Instant>) {
        self.number(u32::from(at.is_some()));
        if let Some(at) = at {
            self.instant(at);
        }
    }

    fn failure(&mut self, failure: Failure, names: &Names) {
        self.word(failure.phase.name());
        match failure.reason {
            Reason::Injected(fault) => {
                self.word("injected");
                self.name(Into::Facts, names.fault(fault));
            }
            reason => self.word(&reason.to_string()),
        }
    }

    fn fact(&mut self, fact: &Fact, names: &Names) {
        match *fact {
            Fact::Announced(status) => self.status(status, names),
            Fact::Released { release } => {
                self.word("released");
                self.name(Into::Facts, names.release(release));
            }
            Fact::Arrived { release, part } => {
                self.word("arrived");
                self.name(Into::Facts, names.release(release));
                self.word(part.name());
            }
            Fact::Transferred { attempt, bytes } => {
                self.word("transferred");
                self.number(attempt);
                self.amount(bytes);
            }
            Fact::Pulled { attempt, updates, bytes } => {
                self.word("pulled");
                self.number(attempt);
                self.number(updates);
                self.amount(bytes);
            }
            Fact::Settled { attempt } => {
                self.word("settled");
                self.number(attempt);
            }
            Fact::Imported { attempt, updates, version } => {
                self.word("imported");
                self.number(attempt);
                self.number(updates);
                self.version(version);
            }
            Fact::InternetPointSynced { attempt, updates, bytes } => {
                self.word("internet-point-synced");
                self.number(attempt);
                self.number(updates);
                self.amount(bytes);
            }
            Fact::FaultBegan { fault } => {
                self.word("fault-began");
                self.name(Into::Facts, names.fault(fault));
            }
            Fact::FaultEnded { fault } => {
                self.word("fault-ended");
                self.name(Into::Facts, names.fault(fault));
            }
            Fact::FaultHit { fault, attempt } => {
                self.word("fault-hit");
                self.name(Into::Facts, names.fault(fault));
                self.number(attempt);
            }
            Fact::ExportStarted { run } => {
                self.word("export-started");
                self.number(run);
            }
            Fact::Exported { run, updates, bytes } => {
                self.word("exported");
                self.number(run);
                self.number(updates);
                self.amount(bytes);
            }
            Fact::CarriedOver { run } => {
                self.word("carried-over");
                self.number(run);
            }
            Fact::PointImported { run, updates, bytes } => {
                self.word("point-imported");
                self.number(run);
                self.number(updates);
                self.amount(bytes);
            }
            Fact::PointRunFailed { run, why } => {
                self.word("point-run-failed");
                self.number(run);
                self.word(why.name());
            }
            Fact::Operated { operation } => {
                self.word("operated");
                self.name(Into::Facts, names.operation(operation));
            }
            Fact::TriggerDeferred { trigger, kind } => {
                self.word("deferred");
                self.word(trigger.name());
                self.word(kind.name());
            }
            Fact::TriggerRefused { trigger } => {
                self.word("refused");
                self.word(trigger.name());
            }
            Fact::PolicyCreated { version, new_body } => {
                self.word("policy-created");
                self.number(u32::from(new_body));
                self.version(version);
            }
            Fact::RequestSent { to } => {
                self.word("request-sent");
                self.name(Into::Sites, names.site(to));
            }
            Fact::RequestArrived => self.word("request-arrived"),
            Fact::PackageSent { to, version, bytes } => {
                self.word("package-sent");
                self.name(Into::Sites, names.site(to));
                self.version(version);
                self.amount(bytes);
            }
            Fact::PackageArrived { version } => {
                self.word("package-arrived");
                self.version(version);
            }
            Fact::PackageInserted { version } => {
                self.word("package-inserted");
                self.version(version);
            }
            Fact::InsertionFailed { version, again_at } => {
                self.word("insertion-failed");
                self.version(version);
                self.again(Some(again_at));
            }
            Fact::SendingFailed { to, again_at } => {
                self.word("sending-failed");
                self.name(Into::Sites, names.site(to));
                self.again(again_at);
            }
            Fact::SendingWaited { to, priority, what } => {
                self.word("sending-waited");
                self.name(Into::Sites, names.site(to));
                self.word(priority.name());
                self.word(what.name());
                self.again(what.until());
            }
            Fact::SendingStarted { to, priority, limit } => {
                self.word("sending-started");
                self.name(Into::Sites, names.site(to));
                self.word(priority.name());
                self.word(limit.name());
            }
            Fact::SendingStruck { to, fault } => {
                self.word("sending-struck");
                self.name(Into::Sites, names.site(to));
                self.name(Into::Facts, names.fault(fault));
            }
            Fact::PullWaited { attempt } => {
                self.word("pull-waited");
                self.number(attempt);
            }
            Fact::PullAdmitted { attempt } => {
                self.word("pull-admitted");
                self.number(attempt);
            }
            Fact::Scanned { release, by, clients, earlier } => {
                self.word("scanned");
                self.name(Into::Facts, names.release(release));
                self.word(by.name());
                self.number(clients);
                self.bytes(Into::Times, &earlier.micros().to_le_bytes());
            }
            Fact::Crossed { since, until, bytes, over } => {
                self.word("crossed");
                self.instant(since);
                self.instant(until);
                self.amount(bytes);
                self.number(u32::from(over.is_some()));
                if let Some(site) = over {
                    self.name(Into::Sites, names.site(site));
                }
            }
            Fact::PolicyFetched { by, clients } => {
                self.word("policy-fetched");
                self.word(by.name());
                self.number(clients);
            }
            Fact::ScansFailed { by, clients } => {
                self.word("scans-failed");
                self.word(by.name());
                self.number(clients);
            }
            Fact::CatalogueSyncStarted { attempt } => {
                self.word("catalogue-started");
                self.number(attempt);
            }
            Fact::CatalogueSyncDone { attempt, version, changed } => {
                self.word("catalogue-done");
                self.number(attempt);
                self.number(u32::from(changed));
                self.version(version);
            }
            Fact::CatalogueSyncFailed { attempt, again_at } => {
                self.word("catalogue-failed");
                self.number(attempt);
                self.again(again_at);
            }
            Fact::CatalogueSent { to, version, bytes } => {
                self.word("catalogue-sent");
                self.name(Into::Sites, names.site(to));
                self.version(version);
                self.amount(bytes);
            }
            Fact::CatalogueArrived { version } => {
                self.word("catalogue-arrived");
                self.version(version);
            }
            Fact::WentDown => self.word("went-down"),
            Fact::CameUp => self.word("came-up"),
        }
    }

    fn status(&mut self, status: Status, names: &Names) {
        self.number(u32::from(status.id()));
        match status {
            Status::Started { attempt, kind, trigger } => {
                self.number(attempt);
                self.word(kind.name());
                self.word(trigger.name());
            }
            Status::Done { attempt, version }
            | Status::DoneLicenceTermsPending { attempt, version } => {
                self.number(attempt);
                self.version(version);
            }
            Status::Failed { attempt, failure, retry_at }
            | Status::OutOfStep { attempt, failure, retry_at } => {
                self.number(attempt);
                self.failure(failure, names);
                self.again(retry_at);
            }
            Status::SynchronizingWsus { attempt }
            | Status::SynchronizingInternetPoint { attempt } => self.number(attempt),
            Status::SynchronizingDatabase { attempt, kind } => {
                self.number(attempt);
                self.word(kind.name());
            }
        }
    }
}

fn first_bits(hash: Sha256) -> u32 {
    let hash = hash.finalize();
    u32::from_be_bytes([hash[0], hash[1], hash[2], hash[3]])
}

#[cfg(test)]
mod tests;
