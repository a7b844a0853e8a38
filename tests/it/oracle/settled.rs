//! What must hold once everything is mended: first without a new cycle, then after one.

use supsim::trace::{Fact, Part, Priority, Record, Trace};
use supsim::units::{Instant, SiteId};

use super::{Complaint, Disks, Observer, Oracle};

/// The last that happened, but at sites that are left out and on the way to them.
pub fn last_word<'t>(trace: &'t Trace, left_out: &[bool]) -> Option<&'t Record> {
    trace.records.iter().rev().find(|record| {
        let in_vain = match record.fact {
            Fact::SendingWaited { priority: Priority::Low, .. }
            | Fact::SendingStarted { priority: Priority::Low, .. } => true,
            Fact::SendingFailed { to, .. }
            | Fact::SendingWaited { to, .. }
            | Fact::SendingStarted { to, .. }
            | Fact::SendingStruck { to, .. } => left_out[to.index()],
            // P10: these go on for good.
            Fact::ExportStarted { .. }
            | Fact::Exported { .. }
            | Fact::CarriedOver { .. }
            | Fact::PointImported { .. }
            | Fact::PointRunFailed { .. }
            | Fact::Arrived { part: Part::Internet, .. } => true,
            // So do clients, and the catalogue of those of SMS 2003 (L1).
            Fact::PolicyFetched { .. }
            | Fact::Scanned { .. }
            | Fact::ScansFailed { .. }
            | Fact::CatalogueSyncStarted { .. }
            | Fact::CatalogueSyncDone { .. }
            | Fact::CatalogueSyncFailed { .. }
            | Fact::CatalogueSent { .. }
            | Fact::CatalogueArrived { .. } => true,
            // Such a catalogue is all that crosses a circuit without a package or a pull, which are
            // no rest.
            Fact::Crossed { .. } => true,
            _ => false,
        };
        !left_out[record.site.index()] && !in_vain
    })
}

/// L0: nothing happens any more after that instant.
pub fn quiet(trace: &Trace, since: Instant, left_out: &[bool]) -> Result<(), Complaint> {
    match last_word(trace, left_out).filter(|record| record.at >= since) {
        Some(Record { at, site, fact, .. }) => {
            let found = format!("it should have come to rest, but {fact:?}");
            Err(Complaint { oracle: Oracle::L0, at: *at, site: *site, found })
        }
        None => Ok(()),
    }
}

/// L3-L6: at rest, before the next cycle.
pub fn settled(observer: &Observer, now: Instant, left_out: &[bool]) -> Result<(), Complaint> {
    for (number, ledger) in observer.ledgers.iter().enumerate() {
        let complain = |oracle, found: &str| {
            Err(Complaint { oracle, at: now, site: SiteId(number as u32), found: found.to_owned() })
        };
        if left_out[number] || ledger.given_up && ledger.has_limit() {
            continue;
        }
        if ledger.child && !observer.last_request_was_delivered(number) {
            return complain(Oracle::L3, "its parent's last request never came");
        }
        if ledger.uncovered {
            return complain(Oracle::L4, "it was asked, and has not succeeded since");
        }
        if let Some(open) = ledger.open {
            return complain(Oracle::L5, &format!("{open:?}"));
        }
        if ledger.failed && ledger.point && !ledger.will_retry(now) {
            return complain(Oracle::L6, "its last word is 6703, and no retry is to come");
        }
        if ledger.point_due.is_some_and(|due| due < now) {
            return complain(Oracle::L6, "its internet-based point was left behind for good");
        }
    }
    Ok(())
}

/// Which parts of a site are to hold everything in the end.
#[derive(Clone, Copy, Debug)]
pub struct Wanted {
    pub wsus: bool,
    pub database: bool,
    pub internet: bool,
}

/// L1, L2: one cycle later every site holds what the top-level site's WSUS holds.
pub fn converged(
    disks: &Disks,
    top: usize,
    wanted: &[Wanted],
    now: Instant,
) -> Result<(), Complaint> {
    let everything = &disks.sites[top].wsus;
    for (number, (disk, wanted)) in disks.sites.iter().zip(wanted).enumerate() {
        for (oracle, is_wanted, part, held) in [
            (Oracle::L1, wanted.wsus, "WSUS", &disk.wsus),
            (Oracle::L1, wanted.internet, "internet-based WSUS", &disk.internet),
            (Oracle::L2, wanted.database, "database", &disk.database),
        ] {
            let differs = held.iter().zip(everything).position(|(mine, all)| mine != all);
            if let (true, Some(update)) = (is_wanted, differs) {
                let (mine, all) = (held[update], everything[update]);
                let found = format!("its {part} has {mine:?} of update {update}, not {all:?}");
                return Err(Complaint { oracle, at: now, site: SiteId(number as u32), found });
            }
        }
    }
    Ok(())
}
