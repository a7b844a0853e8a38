//! From a line of text to its record.

use std::fmt;

use super::{DAY, SECOND};
use crate::trace::{
    Cause, ClientKind, Fact, Failure, Kind, Limit, Mishap, Names, Part, Phase, Priority, Reason,
    Record, Status, Trigger, Wait,
};
use crate::units::{Bytes, Duration, Instant};

/// A line that is not a record, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreadable {
    /// The number of the word at which reading stopped, from 1.
    pub word: usize,
    /// What should have stood there.
    pub expected: &'static str,
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "word {}: expected {}", self.word, self.expected)
    }
}

impl std::error::Error for Unreadable {}

/// Reads a line back; blanks may be any number.
pub fn read(line: &str, names: &Names) -> Result<Record, Unreadable> {
    let mut words = Words { words: line.split_whitespace(), read: 0, names };
    let at = words.instant()?;
    let site = words.next("a site", |word, names| names.site_called(word))?;
    let fact = words.fact()?;
    let cause = match words.words.next() {
        None => Cause::NONE,
        Some("<-") => {
            words.read += 1;
            // The largest number stands for "none" inside, and is never printed.
            let position = words.next("a position", |word, _| number::<u32>(word))?;
            if position == u32::MAX {
                return Err(Unreadable { word: words.read, expected: "a position" });
            }
            Cause::record(position as usize)
        }
        Some(_) => return Err(Unreadable { word: words.read + 1, expected: "<- or the end" }),
    };
    match words.words.next() {
        None => Ok(Record { at, site, cause, fact }),
        Some(_) => Err(Unreadable { word: words.read + 1, expected: "the end of the line" }),
    }
}

struct Words<'a> {
    words: std::str::SplitWhitespace<'a>,
    read: usize,
    names: &'a Names,
}

type Answer<T> = Result<T, Unreadable>;

impl<'a> Words<'a> {
    fn next<T>(
        &mut self,
        expected: &'static str,
        meaning: impl FnOnce(&'a str, &'a Names) -> Option<T>,
    ) -> Answer<T> {
        self.read += 1;
        let word = self.words.next();
        word.and_then(|word| meaning(word, self.names))
            .ok_or(Unreadable { word: self.read, expected })
    }

    fn literal(&mut self, expected: &'static str) -> Answer<()> {
        self.next(expected, |word, _| (word == expected).then_some(()))
    }

    fn fact(&mut self) -> Answer<Fact> {
        let verb = self.next("a fact", |word, _| Some(word))?;
        Ok(match verb {
            "6701" | "6702" | "6703" | "6704" | "6705" | "6706" | "6707" | "6708" => {
                Fact::Announced(self.status(verb)?)
            }
            "released" => Fact::Released { release: self.release()? },
            "arrived" => {
                let release = self.release()?;
                self.literal("in")?;
                Fact::Arrived { release, part: self.next("a part", |word, _| Part::named(word))? }
            }
            "transferred" => Fact::Transferred { attempt: self.attempt()?, bytes: self.bytes()? },
            "pulled" => {
                let (attempt, updates) = (self.attempt()?, self.updates()?);
                Fact::Pulled { attempt, updates, bytes: self.bytes()? }
            }
            "settled" => Fact::Settled { attempt: self.attempt()? },
            "imported" => {
                let (attempt, updates) = (self.attempt()?, self.updates()?);
                Fact::Imported { attempt, updates, version: self.version()? }
            }
            "internet-point-synced" => {
                let (attempt, updates) = (self.attempt()?, self.updates()?);
                Fact::InternetPointSynced { attempt, updates, bytes: self.bytes()? }
            }
            "fault-began" => Fact::FaultBegan { fault: self.fault()? },
            "fault-ended" => Fact::FaultEnded { fault: self.fault()? },
            "fault-hit" => Fact::FaultHit { attempt: self.attempt()?, fault: self.fault()? },
            "export-started" => Fact::ExportStarted { run: self.attempt()? },
            "exported" => {
                let (run, updates) = (self.attempt()?, self.updates()?);
                Fact::Exported { run, updates, bytes: self.bytes()? }
            }
            "carried-over" => Fact::CarriedOver { run: self.attempt()? },
            "point-imported" => {
                let (run, updates) = (self.attempt()?, self.updates()?);
                Fact::PointImported { run, updates, bytes: self.bytes()? }
            }
            "point-run-failed" => Fact::PointRunFailed {
                run: self.attempt()?,
                why: self.next("a mishap", |word, _| {
                    Mishap::ALL.into_iter().find(|why| why.name() == word)
                })?,
            },
            "operated" => Fact::Operated {
                operation: self.next("an operation", |word, names| names.operation_called(word))?,
            },
            "deferred" => Fact::TriggerDeferred { kind: self.kind()?, trigger: self.trigger()? },
            "refused" => Fact::TriggerRefused { trigger: self.trigger()? },
            "policy-created" => {
                let version = self.version()?;
                let new_body = self.next("new or same", |word, _| match word {
                    "new" => Some(true),
                    "same" => Some(false),
                    _ => None,
                })?;
                self.literal("body")?;
                Fact::PolicyCreated { version, new_body }
            }
            "request-sent" => Fact::RequestSent { to: self.destination()? },
            "request-arrived" => Fact::RequestArrived,
            "package-sent" => {
                let (to, version) = (self.destination()?, self.version()?);
                Fact::PackageSent { to, version, bytes: self.bytes()? }
            }
            "package-arrived" => Fact::PackageArrived { version: self.version()? },
            "package-inserted" => Fact::PackageInserted { version: self.version()? },
            "insertion-failed" => {
                let version = self.version()?;
                self.literal("again")?;
                Fact::InsertionFailed { version, again_at: self.instant()? }
            }
            "sending-failed" => {
                Fact::SendingFailed { to: self.destination()?, again_at: self.again()? }
            }
            "sending-waited" => {
                let (to, priority) = (self.destination()?, self.priority()?);
                Fact::SendingWaited { to, priority, what: self.wait()? }
            }
            "sending-started" => {
                let (to, priority) = (self.destination()?, self.priority()?);
                let limit = self.next("a limit", |word, _| Limit::named(word))?;
                Fact::SendingStarted { to, priority, limit }
            }
            "sending-struck" => {
                Fact::SendingStruck { to: self.destination()?, fault: self.fault()? }
            }
            "pull-waited" => Fact::PullWaited { attempt: self.attempt()? },
            "pull-admitted" => Fact::PullAdmitted { attempt: self.attempt()? },
            "scanned" => {
                let release = self.release()?;
                let (clients, by) = self.clients()?;
                Fact::Scanned { release, by, clients, earlier: self.earlier()? }
            }
            "crossed" => {
                let bytes = self.bytes()?;
                self.literal("since")?;
                let since = self.instant()?;
                self.literal("until")?;
                let until = self.instant()?;
                let over = self.next("over or alone", |word, _| match word {
                    "over" => Some(true),
                    "alone" => Some(false),
                    _ => None,
                })?;
                let over = if over { Some(self.site()?) } else { None };
                Fact::Crossed { since, until, bytes, over }
            }
            "policy-fetched" => {
                let (clients, by) = self.clients()?;
                Fact::PolicyFetched { by, clients }
            }
            "scans-failed" => {
                let (clients, by) = self.clients()?;
                Fact::ScansFailed { by, clients }
            }
            "6709" => {
                self.literal("catalogue-started")?;
                Fact::CatalogueSyncStarted { attempt: self.attempt()? }
            }
            "6710" => {
                self.literal("catalogue-done")?;
                let (attempt, version) = (self.attempt()?, self.version()?);
                let changed = self.next("changed or same", |word, _| match word {
                    "changed" => Some(true),
                    "same" => Some(false),
                    _ => None,
                })?;
                Fact::CatalogueSyncDone { attempt, version, changed }
            }
            "6711" => {
                self.literal("catalogue-failed")?;
                Fact::CatalogueSyncFailed { attempt: self.attempt()?, again_at: self.again()? }
            }
            "catalogue-sent" => {
                let (to, version) = (self.destination()?, self.version()?);
                Fact::CatalogueSent { to, version, bytes: self.bytes()? }
            }
            "catalogue-arrived" => Fact::CatalogueArrived { version: self.version()? },
            "went-down" => Fact::WentDown,
            "came-up" => Fact::CameUp,
            _ => return Err(Unreadable { word: self.read, expected: "a fact" }),
        })
    }

    fn status(&mut self, id: &str) -> Answer<Status> {
        Ok(match id {
            "6701" => {
                self.literal("started")?;
                let (attempt, kind) = (self.attempt()?, self.kind()?);
                Status::Started { attempt, kind, trigger: self.trigger()? }
            }
            "6702" => {
                self.literal("done")?;
                Status::Done { attempt: self.attempt()?, version: self.version()? }
            }
            "6703" => {
                self.literal("failed")?;
                let (attempt, failure) = (self.attempt()?, self.failure()?);
                Status::Failed { attempt, failure, retry_at: self.again()? }
            }
            "6704" => {
                self.literal("synchronizing-wsus")?;
                Status::SynchronizingWsus { attempt: self.attempt()? }
            }
            "6705" => {
                self.literal("synchronizing-database")?;
                Status::SynchronizingDatabase { attempt: self.attempt()?, kind: self.kind()? }
            }
            "6706" => {
                self.literal("synchronizing-internet-point")?;
                Status::SynchronizingInternetPoint { attempt: self.attempt()? }
            }
            "6707" => {
                self.literal("out-of-step")?;
                let (attempt, failure) = (self.attempt()?, self.failure()?);
                Status::OutOfStep { attempt, failure, retry_at: self.again()? }
            }
            _ => {
                self.literal("done")?;
                let (attempt, version) = (self.attempt()?, self.version()?);
                self.literal("licence-terms-pending")?;
                Status::DoneLicenceTermsPending { attempt, version }
            }
        })
    }

    fn instant(&mut self) -> Answer<Instant> {
        let days = self.next("days, as in 1d", |word, _| number::<u64>(word.strip_suffix('d')?))?;
        self.next("a time of day, as in 03:08:05.000000", |word, _| {
            let (hours, rest) = word.split_once(':')?;
            let (minutes, rest) = rest.split_once(':')?;
            let (seconds, fraction) = rest.split_once('.')?;
            if [hours, minutes, seconds].iter().any(|part| part.len() != 2) || fraction.len() != 6 {
                return None;
            }
            let (hours, minutes) = (digits(hours, 24)?, digits(minutes, 60)?);
            let (seconds, fraction) = (digits(seconds, 60)?, digits(fraction, SECOND)?);
            let of_day = ((hours * 60 + minutes) * 60 + seconds) * SECOND + fraction;
            days.checked_mul(DAY)?.checked_add(of_day).map(Instant::from_micros)
        })
    }

    fn again(&mut self) -> Answer<Option<Instant>> {
        let again = self.next("again or given-up", |word, _| match word {
            "again" => Some(true),
            "given-up" => Some(false),
            _ => None,
        })?;
        if again { self.instant().map(Some) } else { Ok(None) }
    }

    fn priority(&mut self) -> Answer<Priority> {
        self.next("high or normal", |word, _| {
            [Priority::High, Priority::Normal, Priority::Low]
                .into_iter()
                .find(|one| one.name() == word)
        })
    }

    fn wait(&mut self) -> Answer<Wait> {
        let what = self.next("what it waits for", |word, _| Some(word))?;
        Ok(match what {
            "closed-until" => Wait::Closed { until: Some(self.instant()?) },
            "closed-for-good" => Wait::Closed { until: None },
            "for-a-thread" => Wait::Thread,
            "for-a-thread-to-it" => Wait::ThreadToIt,
            "together-until" => Wait::Together { until: self.instant()? },
            _ => return Err(Unreadable { word: self.read, expected: "what it waits for" }),
        })
    }

    fn failure(&mut self) -> Answer<Failure> {
        let phase =
            self.next("a phase", |word, _| PHASES.into_iter().find(|phase| phase.name() == word))?;
        let reason = self.next("a reason", |word, _| match word {
            "injected" => Some(None),
            "not-configured" => Some(Some(Reason::NotConfigured)),
            "no-update-server" => Some(Some(Reason::NoUpdateServer)),
            "upstream-unreachable" => Some(Some(Reason::UpstreamUnreachable)),
            "no-internet-point" => Some(Some(Reason::NoInternetPoint)),
            "database-failed" => Some(Some(Reason::DatabaseFailed)),
            "restarted" => Some(Some(Reason::Restarted)),
            _ => None,
        })?;
        let reason = match reason {
            Some(reason) => reason,
            None => Reason::Injected(self.fault()?),
        };
        Ok(Failure { phase, reason })
    }

    fn attempt(&mut self) -> Answer<u32> {
        self.next("an attempt, as in #1", |word, _| number(word.strip_prefix('#')?))
    }

    fn clients(&mut self) -> Answer<(u32, ClientKind)> {
        self.literal("by")?;
        let clients = self.next("a number of clients", |word, _| number(word))?;
        let kind = self.next("intranet, internet or sms2003", |word, _| {
            ClientKind::ALL.into_iter().find(|kind| kind.name() == word)
        })?;
        Ok((clients, kind))
    }

    fn earlier(&mut self) -> Answer<Duration> {
        self.literal("earlier")?;
        self.next("seconds, as in 0.500000s", |word, _| {
            let (seconds, fraction) = word.strip_suffix('s')?.split_once('.')?;
            let fraction = digits(fraction, SECOND).filter(|_| fraction.len() == 6)?;
            let seconds = number::<u64>(seconds)?.checked_mul(SECOND)?;
            seconds.checked_add(fraction).map(Duration::from_micros)
        })
    }

    fn updates(&mut self) -> Answer<u32> {
        let updates = self.next("a number of updates", |word, _| number(word))?;
        self.literal("updates")?;
        Ok(updates)
    }

    fn version(&mut self) -> Answer<u32> {
        self.literal("version")?;
        self.next("a version", |word, _| number(word))
    }

    fn bytes(&mut self) -> Answer<Bytes> {
        let amount: u64 = self.next("an amount of data", |word, _| number(word))?;
        self.next("B, KB, MB or GB", |word, _| {
            let unit = match word {
                "B" => 1,
                "KB" => 1_000,
                "MB" => 1_000_000,
                "GB" => 1_000_000_000,
                _ => return None,
            };
            amount.checked_mul(unit).map(Bytes)
        })
    }

    fn destination(&mut self) -> Answer<crate::units::SiteId> {
        self.literal("to")?;
        self.site()
    }

    fn site(&mut self) -> Answer<crate::units::SiteId> {
        self.next("a site", |word, names| names.site_called(word))
    }

    fn release(&mut self) -> Answer<crate::units::ReleaseId> {
        self.next("a release", |word, names| names.release_called(word))
    }

    fn fault(&mut self) -> Answer<crate::units::FaultId> {
        self.next("a fault", |word, names| names.fault_called(word))
    }

    fn kind(&mut self) -> Answer<Kind> {
        self.next("delta or full", |word, _| {
            [Kind::Delta, Kind::Full].into_iter().find(|kind| kind.name() == word)
        })
    }

    fn trigger(&mut self) -> Answer<Trigger> {
        self.next("a trigger, as in (parent)", |word, _| {
            let word = word.strip_prefix('(')?.strip_suffix(')')?;
            TRIGGERS.into_iter().find(|trigger| trigger.name() == word)
        })
    }
}

const PHASES: [Phase; 7] = [
    Phase::Gate,
    Phase::Connect,
    Phase::Pull,
    Phase::Settle,
    Phase::Import,
    Phase::Internet,
    Phase::Restart,
];

const TRIGGERS: [Trigger; 5] =
    [Trigger::Schedule, Trigger::Manual, Trigger::Parent, Trigger::Retry, Trigger::Installed];

/// Digits only: no sign, no blanks.
fn number<T: std::str::FromStr>(word: &str) -> Option<T> {
    if word.bytes().all(|b| b.is_ascii_digit()) { word.parse().ok() } else { None }
}

fn digits(word: &str, below: u64) -> Option<u64> {
    number(word).filter(|&value| value < below)
}
