//! Records of every kind, for the tests of this room.

use proptest::prelude::*;

use super::{
    Cause, ClientKind, Fact, Failure, Kind, Limit, Mishap, Names, Part, Phase, Priority, Reason,
    Record, Status, Trigger, Wait,
};
use crate::units::{Bytes, Duration, FaultId, Instant, ReleaseId, SiteId};

/// Names for some of the numbers that [`any_record`] uses; the others have none.
pub(super) fn names() -> Names {
    Names::new(
        vec!["CEN", "PR1", "PR2"],
        vec!["patch-tuesday#1", "patch-tuesday#2"],
        vec!["lima-first-try"],
        vec!["by-hand"],
    )
}

/// Any record at all, of every variant.
pub(super) fn any_record() -> impl Strategy<Value = Record> {
    let cause = prop_oneof![Just(Cause::NONE), (0..1_000_000usize).prop_map(Cause::record)];
    (any::<u64>(), 0..5u32, cause, any_fact()).prop_map(|(at, site, cause, fact)| Record {
        at: Instant::from_micros(at),
        site: SiteId(site),
        cause,
        fact,
    })
}

fn any_fact() -> impl Strategy<Value = Fact> {
    let numbers = (0..41u32, any::<u32>(), any::<u32>(), any::<u64>(), 0..4u32);
    let words = (any_kind(), any_trigger(), any_failure(), any_again(), any_part(), any::<bool>());
    (numbers, words).prop_map(|((which, attempt, count, bytes, id), words)| {
        let (kind, trigger, failure, retry_at, part, flag) = words;
        let (bytes, to, version, updates) = (Bytes(bytes), SiteId(id), count, count);
        let (release, fault) = (ReleaseId(id), FaultId(id));
        match which {
            0 => Fact::Released { release },
            27 => Fact::ExportStarted { run: attempt },
            28 => Fact::Exported { run: attempt, updates, bytes },
            29 => Fact::CarriedOver { run: attempt },
            30 => Fact::PointImported { run: attempt, updates, bytes },
            31 => Fact::PointRunFailed { run: attempt, why: Mishap::ALL[count as usize % 5] },
            1 => Fact::Arrived { release, part },
            2 => Fact::Announced(Status::Started { attempt, kind, trigger }),
            3 => Fact::Announced(Status::Done { attempt, version }),
            4 => Fact::Announced(Status::Failed { attempt, failure, retry_at }),
            5 => Fact::Announced(Status::SynchronizingWsus { attempt }),
            6 => Fact::Announced(Status::SynchronizingDatabase { attempt, kind }),
            7 => Fact::Announced(Status::SynchronizingInternetPoint { attempt }),
            8 => Fact::Announced(Status::OutOfStep { attempt, failure, retry_at }),
            9 => Fact::Announced(Status::DoneLicenceTermsPending { attempt, version }),
            10 => Fact::Transferred { attempt, bytes },
            11 => Fact::Pulled { attempt, updates, bytes },
            12 => Fact::Settled { attempt },
            13 => Fact::Imported { attempt, updates, version },
            14 => Fact::InternetPointSynced { attempt, updates, bytes },
            15 => Fact::FaultBegan { fault },
            16 => Fact::FaultEnded { fault },
            17 => Fact::FaultHit { fault, attempt },
            18 => Fact::Operated { operation: id },
            19 => Fact::TriggerDeferred { trigger, kind },
            20 => Fact::TriggerRefused { trigger },
            21 => Fact::PolicyCreated { version, new_body: flag },
            22 if flag => Fact::RequestSent { to },
            22 => Fact::RequestArrived,
            23 if flag => Fact::PackageSent { to, version, bytes },
            23 => Fact::PackageArrived { version },
            24 if flag => Fact::PackageInserted { version },
            24 => Fact::SendingFailed { to, again_at: retry_at },
            25 => Fact::InsertionFailed { version, again_at: Instant::from_micros(bytes.0) },
            26 if flag => Fact::SendingStruck { to, fault },
            26 if count % 2 == 0 => Fact::PullWaited { attempt },
            26 => Fact::PullAdmitted { attempt },
            32 => {
                Fact::SendingWaited { to, priority: any_of(flag), what: any_wait(count, retry_at) }
            }
            33 => {
                let limit = [Limit::None, Limit::Hourly, Limit::Pulse][count as usize % 3];
                Fact::SendingStarted { to, priority: any_of(flag), limit }
            }
            34 => Fact::Scanned {
                release,
                by: ClientKind::ALL[id as usize % 3],
                clients: count,
                earlier: Duration::from_micros(bytes.0),
            },
            40 => Fact::Crossed {
                since: Instant::from_micros(u64::from(count)),
                until: Instant::from_micros(bytes.0),
                bytes,
                over: flag.then_some(to),
            },
            35 if flag => {
                Fact::PolicyFetched { by: ClientKind::ALL[id as usize % 3], clients: count }
            }
            35 => Fact::ScansFailed { by: ClientKind::ALL[id as usize % 3], clients: count },
            36 if flag => Fact::CatalogueSyncStarted { attempt },
            36 => Fact::CatalogueSyncFailed { attempt, again_at: retry_at },
            37 => Fact::CatalogueSyncDone { attempt, version, changed: flag },
            38 if flag => Fact::CatalogueSent { to, version, bytes },
            38 => Fact::CatalogueArrived { version },
            _ if flag => Fact::WentDown,
            _ => Fact::CameUp,
        }
    })
}

fn any_of(flag: bool) -> Priority {
    if flag { Priority::High } else { Priority::Normal }
}

fn any_wait(count: u32, until: Option<Instant>) -> Wait {
    match (count % 4, until) {
        (0, until) => Wait::Closed { until },
        (1, Some(until)) => Wait::Together { until },
        (2, _) => Wait::Thread,
        _ => Wait::ThreadToIt,
    }
}

fn any_kind() -> impl Strategy<Value = Kind> {
    prop_oneof![Just(Kind::Delta), Just(Kind::Full)]
}

fn any_trigger() -> impl Strategy<Value = Trigger> {
    prop_oneof![
        Just(Trigger::Schedule),
        Just(Trigger::Manual),
        Just(Trigger::Parent),
        Just(Trigger::Retry),
        Just(Trigger::Installed),
    ]
}

fn any_failure() -> impl Strategy<Value = Failure> {
    let phase = prop_oneof![
        Just(Phase::Gate),
        Just(Phase::Connect),
        Just(Phase::Pull),
        Just(Phase::Settle),
        Just(Phase::Import),
        Just(Phase::Internet),
        Just(Phase::Restart),
    ];
    let reason = prop_oneof![
        Just(Reason::NotConfigured),
        Just(Reason::NoUpdateServer),
        Just(Reason::UpstreamUnreachable),
        Just(Reason::NoInternetPoint),
        Just(Reason::DatabaseFailed),
        Just(Reason::Restarted),
        (0..3u32).prop_map(|fault| Reason::Injected(FaultId(fault))),
    ];
    (phase, reason).prop_map(|(phase, reason)| Failure { phase, reason })
}

fn any_again() -> impl Strategy<Value = Option<Instant>> {
    proptest::option::of(any::<u64>().prop_map(Instant::from_micros))
}

fn any_part() -> impl Strategy<Value = Part> {
    prop_oneof![Just(Part::Database), Just(Part::Wsus), Just(Part::Internet)]
}
