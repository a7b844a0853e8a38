//! One line for a record, and back.
//!
//! ```text
//! 1d 03:08:05.000000  PR2  6701 started #2 full (parent)  <- 41
//! when                where  what                         because of the record at position 41
//! ```
//!
//! Stories, golden files and `supsim`'s own lists are this text. It loses nothing: reading a line
//! gives the same record. A record that nothing in the run caused has no arrow.

mod read;

use std::fmt;

use super::{Fact, Failure, Names, Reason, Record, Status, Wait};
use crate::units::Instant;

pub use read::{Unreadable, read};

const SECOND: u64 = 1_000_000;
const DAY: u64 = 86_400 * SECOND;

/// A record as one line of text, without a line end.
#[derive(Clone, Copy, Debug)]
pub struct Line<'a> {
    /// What is printed.
    pub record: &'a Record,
    /// What things are called.
    pub names: &'a Names,
}

impl fmt::Display for Line<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Line { record, names } = self;
        let width = names.site_width();
        write!(f, "{}  {:width$}  ", Clock(record.at), names.site(record.site))?;
        write_fact(f, &record.fact, names)?;
        match record.cause.position() {
            Some(position) => write!(f, "  <- {position}"),
            None => Ok(()),
        }
    }
}

/// An instant with all six decimals, so that columns stand.
struct Clock(Instant);

impl fmt::Display for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let micros = self.0.micros();
        let (days, rest) = (micros / DAY, micros % DAY);
        let (seconds, fraction) = (rest / SECOND, rest % SECOND);
        let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
        write!(f, "{days}d {hours:02}:{minutes:02}:{seconds:02}.{fraction:06}")
    }
}

fn write_fact(f: &mut fmt::Formatter<'_>, fact: &Fact, names: &Names) -> fmt::Result {
    match *fact {
        Fact::Announced(status) => write_status(f, status, names),
        Fact::Released { release } => write!(f, "released {}", names.release(release)),
        Fact::Arrived { release, part } => {
            write!(f, "arrived {} in {}", names.release(release), part.name())
        }
        Fact::Transferred { attempt, bytes } => write!(f, "transferred #{attempt} {bytes}"),
        Fact::Pulled { attempt, updates, bytes } => {
            write!(f, "pulled #{attempt} {updates} updates {bytes}")
        }
        Fact::Settled { attempt } => write!(f, "settled #{attempt}"),
        Fact::Imported { attempt, updates, version } => {
            write!(f, "imported #{attempt} {updates} updates version {version}")
        }
        Fact::InternetPointSynced { attempt, updates, bytes } => {
            write!(f, "internet-point-synced #{attempt} {updates} updates {bytes}")
        }
        Fact::FaultBegan { fault } => write!(f, "fault-began {}", names.fault(fault)),
        Fact::FaultEnded { fault } => write!(f, "fault-ended {}", names.fault(fault)),
        Fact::FaultHit { fault, attempt } => {
            write!(f, "fault-hit #{attempt} {}", names.fault(fault))
        }
        Fact::ExportStarted { run } => write!(f, "export-started #{run}"),
        Fact::Exported { run, updates, bytes } => {
            write!(f, "exported #{run} {updates} updates {bytes}")
        }
        Fact::CarriedOver { run } => write!(f, "carried-over #{run}"),
        Fact::PointImported { run, updates, bytes } => {
            write!(f, "point-imported #{run} {updates} updates {bytes}")
        }
        Fact::PointRunFailed { run, why } => write!(f, "point-run-failed #{run} {why}"),
        Fact::Operated { operation } => write!(f, "operated {}", names.operation(operation)),
        Fact::TriggerDeferred { trigger, kind } => write!(f, "deferred {kind} ({trigger})"),
        Fact::TriggerRefused { trigger } => write!(f, "refused ({trigger})"),
        Fact::PolicyCreated { version, new_body } => {
            let body = if new_body { "new" } else { "same" };
            write!(f, "policy-created version {version} {body} body")
        }
        Fact::RequestSent { to } => write!(f, "request-sent to {}", names.site(to)),
        Fact::RequestArrived => write!(f, "request-arrived"),
        Fact::PackageSent { to, version, bytes } => {
            write!(f, "package-sent to {} version {version} {bytes}", names.site(to))
        }
        Fact::PackageArrived { version } => write!(f, "package-arrived version {version}"),
        Fact::PackageInserted { version } => write!(f, "package-inserted version {version}"),
        Fact::InsertionFailed { version, again_at } => {
            write!(f, "insertion-failed version {version}")?;
            write_again(f, Some(again_at))
        }
        Fact::SendingFailed { to, again_at } => {
            write!(f, "sending-failed to {}", names.site(to))?;
            write_again(f, again_at)
        }
        Fact::SendingWaited { to, priority, what } => {
            write!(f, "sending-waited to {} {} ", names.site(to), priority.name())?;
            write_wait(f, what)
        }
        Fact::SendingStarted { to, priority, limit } => {
            let (to, priority) = (names.site(to), priority.name());
            write!(f, "sending-started to {to} {priority} {}", limit.name())
        }
        Fact::SendingStruck { to, fault } => {
            write!(f, "sending-struck to {} {}", names.site(to), names.fault(fault))
        }
        Fact::PullWaited { attempt } => write!(f, "pull-waited #{attempt}"),
        Fact::PullAdmitted { attempt } => write!(f, "pull-admitted #{attempt}"),
        Fact::Scanned { release, by, clients, earlier } => {
            let (by, micros) = (by.name(), earlier.micros());
            let (seconds, fraction) = (micros / SECOND, micros % SECOND);
            let release = names.release(release);
            write!(f, "scanned {release} by {clients} {by} earlier {seconds}.{fraction:06}s")
        }
        Fact::Crossed { since, until, bytes, over } => {
            write!(f, "crossed {bytes} since {} until {}", Clock(since), Clock(until))?;
            match over {
                Some(site) => write!(f, " over {}", names.site(site)),
                None => write!(f, " alone"),
            }
        }
        Fact::PolicyFetched { by, clients } => {
            write!(f, "policy-fetched by {clients} {}", by.name())
        }
        Fact::ScansFailed { by, clients } => write!(f, "scans-failed by {clients} {}", by.name()),
        Fact::CatalogueSyncStarted { attempt } => write!(f, "6709 catalogue-started #{attempt}"),
        Fact::CatalogueSyncDone { attempt, version, changed } => {
            let changed = if changed { "changed" } else { "same" };
            write!(f, "6710 catalogue-done #{attempt} version {version} {changed}")
        }
        Fact::CatalogueSyncFailed { attempt, again_at } => {
            write!(f, "6711 catalogue-failed #{attempt}")?;
            write_again(f, again_at)
        }
        Fact::CatalogueSent { to, version, bytes } => {
            write!(f, "catalogue-sent to {} version {version} {bytes}", names.site(to))
        }
        Fact::CatalogueArrived { version } => write!(f, "catalogue-arrived version {version}"),
        Fact::WentDown => write!(f, "went-down"),
        Fact::CameUp => write!(f, "came-up"),
    }
}

fn write_status(f: &mut fmt::Formatter<'_>, status: Status, names: &Names) -> fmt::Result {
    write!(f, "{} ", status.id())?;
    match status {
        Status::Started { attempt, kind, trigger } => {
            write!(f, "started #{attempt} {kind} ({trigger})")
        }
        Status::Done { attempt, version } => write!(f, "done #{attempt} version {version}"),
        Status::DoneLicenceTermsPending { attempt, version } => {
            write!(f, "done #{attempt} version {version} licence-terms-pending")
        }
        Status::SynchronizingWsus { attempt } => write!(f, "synchronizing-wsus #{attempt}"),
        Status::SynchronizingDatabase { attempt, kind } => {
            write!(f, "synchronizing-database #{attempt} {kind}")
        }
        Status::SynchronizingInternetPoint { attempt } => {
            write!(f, "synchronizing-internet-point #{attempt}")
        }
        Status::Failed { attempt, failure, retry_at } => {
            write!(f, "failed #{attempt}")?;
            write_failure(f, failure, names)?;
            write_again(f, retry_at)
        }
        Status::OutOfStep { attempt, failure, retry_at } => {
            write!(f, "out-of-step #{attempt}")?;
            write_failure(f, failure, names)?;
            write_again(f, retry_at)
        }
    }
}

fn write_failure(f: &mut fmt::Formatter<'_>, failure: Failure, names: &Names) -> fmt::Result {
    match failure.reason {
        Reason::Injected(fault) => write!(f, " {} injected {}", failure.phase, names.fault(fault)),
        reason => write!(f, " {} {reason}", failure.phase),
    }
}

fn write_wait(f: &mut fmt::Formatter<'_>, what: Wait) -> fmt::Result {
    match what {
        Wait::Closed { until: Some(until) } => write!(f, "closed-until {}", Clock(until)),
        Wait::Closed { until: None } => write!(f, "closed-for-good"),
        Wait::Thread => write!(f, "for-a-thread"),
        Wait::ThreadToIt => write!(f, "for-a-thread-to-it"),
        Wait::Together { until } => write!(f, "together-until {}", Clock(until)),
    }
}

fn write_again(f: &mut fmt::Formatter<'_>, again: Option<Instant>) -> fmt::Result {
    match again {
        Some(at) => write!(f, " again {}", Clock(at)),
        None => write!(f, " given-up"),
    }
}

#[cfg(test)]
mod tests;
