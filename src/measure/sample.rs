//! A small world made by hand, for the tests of this floor and of those above.

use std::collections::BTreeMap;

use super::{Arrival, Attempt, Ending, FaultOccurrence, Outcome};
use crate::scenario::*;
use crate::trace::{
    Cause, Fact, Failure, Kind, Part, Phase, Reason, Record, Status, Trace, Trigger,
};
use crate::units::{Bytes, Duration, FaultId, Instant, ReleaseId, SiteId};

fn work(seconds: u64) -> Work {
    Work {
        base: Distribution::Constant(Duration::from_secs(seconds)),
        per_update: Duration::ZERO,
        per_known: Duration::ZERO,
    }
}

/// So many hours, minutes and seconds after the start.
pub(crate) fn at(hours: u64, minutes: u64, seconds: u64) -> Instant {
    Instant::START + Duration::from_secs((hours * 60 + minutes) * 60 + seconds)
}

/// A site with a local software update point.
pub(crate) fn site(code: &str, parent: Option<SiteId>, tier: u32, kind: SiteKind) -> Site {
    Site {
        code: code.to_owned(),
        name: format!("Office {code}"),
        kind,
        parent,
        tier,
        template: None,
        labels: BTreeMap::new(),
        zone: Zone::named("America/New_York").unwrap(),
        clients: ClientCounts::default(),
        link: None,
        route: None,
        sup: Some(SoftwareUpdatePoint {
            local: true,
            console: true,
            pulls_at_once: None,
            express: false,
            scans_at_once: None,
        }),
        internet_sup: None,
        timing: 0,
        retry: Retry { every: Duration::from_mins(60), limit: None, jitter: Duration::ZERO },
        clock_offset: crate::scenario::ClockOffset::default(),
    }
}

/// A scenario with these sites, one release at 13:00, one fault and one operation.
pub(crate) fn scenario(sites: Vec<Site>) -> Scenario {
    let zone = Zone::named("America/New_York").unwrap();
    let last = sites.len() - 1;
    Scenario {
        name: "tutorial".to_owned(),
        description: String::new(),
        profile: Profile::default(),
        clock: Clock::new("2026-01-13T05:00:00Z".parse().unwrap(), zone),
        duration: Duration::from_days(2),
        initial: Initial::Current,
        warmup: Duration::ZERO,
        seed: 1,
        replications: 1,
        source: Source::MicrosoftUpdate,
        criteria: Criteria::default(),
        catalogue: Catalogue {
            baseline_updates: 0,
            baseline_metadata: Bytes::ZERO,
            besides: Vec::new(),
            history: History::default(),
            releases: vec![release("patch-tuesday", at(13, 0, 0), 45)],
        },
        links: Vec::new(),
        routes: Vec::new(),
        sites,
        timings: vec![Timing {
            request: work(50),
            connect: work(1),
            pull: work(60),
            settle: work(120),
            import: work(40),
            insert: work(30),
            internet: work(10),
        }],
        sync: Sync {
            schedule: vec![at(22, 0, 0)],
            schedule_text: "weekly on Tue at 22:00".to_owned(),
            retry: Retry { every: Duration::from_mins(60), limit: None, jitter: Duration::ZERO },
            site_complete: SiteComplete::AfterInternetPoint,
            replication: Replication::FileBased,
        },
        clients: Clients::of_profile(Profile::Cm2007),
        sms2003: None,
        operations: vec![Operation {
            name: "by-hand".to_owned(),
            at: at(22, 0, 0),
            site: SiteId(0),
            action: Action::RunSynchronization,
        }],
        faults: vec![Fault {
            name: "lima-first-try".to_owned(),
            effect: FaultEffect::FailSync(FailSync {
                phase: FailPhase::Pull,
                after: Distribution::Constant(Duration::from_mins(12)),
                code: String::new(),
                message: String::new(),
            }),
            sites: vec![SiteId(last as u32)],
            pick: Pick::All,
            occurs: Occurs::Attempts(vec![1]),
        }],
        watched: Vec::new(),
        expectations: Vec::new(),
        recording: Recording::All,
        series_every: None,
        parameters: Vec::new(),
        overridden: Vec::new(),
        defaults_used: vec![Default {
            key: "timing.settle",
            value: "2min",
            status: Known::Documented,
            source: "the product's own description",
        }],
    }
}

/// A question about nothing in particular.
pub(crate) fn asked() -> Expectation {
    Expectation {
        name: "asked".to_owned(),
        metric: Metric::Attempts,
        stat: Stat::Max,
        sites: Vec::new(),
        everywhere: true,
        release: Vec::new(),
        releases: Vec::new(),
        part: Holder::Site,
        after: None,
        during: None,
        wanted: Goal { bound: Bound::AtMost, value: 0 },
        must_hold: None,
        only_warns: false,
        allow_no_data: false,
    }
}

/// A release of 120 updates.
pub(crate) fn release(name: &str, at: Instant, megabytes: u64) -> Release {
    Release {
        name: name.to_owned(),
        at,
        published: Published::Source,
        updates: 120,
        revises: 0,
        supersedes: 0,
        expires: 0,
        removes: 0,
        metadata: Bytes(megabytes * 1_000_000),
        product: "Windows".to_owned(),
        classification: "Security Updates".to_owned(),
    }
}

/// A finished synchronisation without details.
pub(crate) fn attempt(site: SiteId, number: u32, start: Instant, end: Instant) -> Attempt {
    Attempt {
        site,
        number,
        trigger: Trigger::Parent,
        cause: Cause::NONE,
        caused_by: None,
        kind: Kind::Full,
        start,
        pull_start: None,
        transferred: None,
        pulled: None,
        settled: None,
        imported: None,
        internet_start: None,
        internet_done: None,
        end: Some(end),
        ending: Ending::Ok,
        failure: None,
        retry_at: None,
        fault: None,
        updates: 0,
        bytes: Bytes::ZERO,
        applied: 0,
        version: None,
    }
}

/// CEN synchronises at 22:00 by schedule, its children PR1 and PR2 at 22:05; PR2 fails once.
///
/// The numbers are what rules.md's worked instants give; the outcome is what the trace says.
pub(crate) fn tutorial() -> (Scenario, Trace, Outcome) {
    let scenario = scenario(vec![
        site("CEN", None, 1, SiteKind::Central),
        site("PR1", Some(SiteId(0)), 2, SiteKind::Primary),
        site("PR2", Some(SiteId(0)), 2, SiteKind::Primary),
    ]);
    let mut trace = Trace::default();
    let (release, bytes, updates) = (ReleaseId(0), Bytes(45_000_000), 120);
    let mut add = |at, site, cause, fact| {
        trace.records.push(Record { at, site: SiteId(site), cause, fact });
        trace.records.len() - 1
    };
    let say = Fact::Announced;
    let because = Cause::record;

    let (cen, full) = (at(22, 0, 0), Kind::Full);
    let retry_at = at(23, 17, 5);
    let failure = Failure { phase: Phase::Pull, reason: Reason::Injected(FaultId(0)) };
    add(at(13, 0, 0), 0, Cause::NONE, Fact::Released { release });
    let started = |attempt, trigger| say(Status::Started { attempt, kind: full, trigger });
    let first = add(cen, 0, Cause::NONE, started(1, Trigger::Schedule));
    let go = add(at(22, 0, 1), 0, because(first), say(Status::SynchronizingWsus { attempt: 1 }));
    let moved = Fact::Transferred { attempt: 1, bytes };
    let go = add(at(22, 0, 4), 0, because(go), moved);
    let pulled = Fact::Pulled { attempt: 1, updates, bytes };
    let go = add(at(22, 1, 4), 0, because(go), pulled);
    add(at(22, 1, 4), 0, because(go), Fact::Arrived { release, part: Part::Wsus });
    let go = add(at(22, 3, 4), 0, because(go), Fact::Settled { attempt: 1 });
    let phase_2 = Status::SynchronizingDatabase { attempt: 1, kind: full };
    let go = add(at(22, 3, 4), 0, because(go), say(phase_2));
    let go =
        add(at(22, 3, 53), 0, because(go), Fact::Imported { attempt: 1, updates, version: 34 });
    add(at(22, 3, 53), 0, because(go), Fact::Arrived { release, part: Part::Database });
    let cen_done = add(
        Instant::from_micros(at(22, 3, 53).micros() + 999_999),
        0,
        because(go),
        say(Status::Done { attempt: 1, version: 34 }),
    );
    for (site, to) in [(1, SiteId(1)), (2, SiteId(2))] {
        let sent = add(at(22, 3, 54), 0, because(cen_done), Fact::RequestSent { to });
        add(at(22, 4, 15), site, because(sent), Fact::RequestArrived);
    }
    add(at(22, 4, 30), 1, because(go), Fact::Arrived { release, part: Part::Database });
    add(at(22, 4, 30), 2, because(go), Fact::Arrived { release, part: Part::Database });
    let pr1 = add(at(22, 5, 5), 1, because(cen_done), started(1, Trigger::Parent));
    let pr2 = add(at(22, 5, 5), 2, because(cen_done), started(1, Trigger::Parent));
    let go1 = add(at(22, 5, 6), 1, because(pr1), say(Status::SynchronizingWsus { attempt: 1 }));
    let go2 = add(at(22, 5, 6), 2, because(pr2), say(Status::SynchronizingWsus { attempt: 1 }));
    let go1 = add(at(22, 8, 6), 1, because(go1), Fact::Pulled { attempt: 1, updates, bytes });
    add(at(22, 8, 6), 1, because(go1), Fact::Arrived { release, part: Part::Wsus });
    let go1 = add(at(22, 10, 6), 1, because(go1), Fact::Settled { attempt: 1 });
    add(at(22, 10, 6), 1, because(go1), say(Status::Done { attempt: 1, version: 34 }));
    let hit = Fact::FaultHit { fault: FaultId(0), attempt: 1 };
    add(at(22, 17, 5), 2, because(go2), hit);
    let failed = Status::Failed { attempt: 1, failure, retry_at: Some(retry_at) };
    let failed = add(at(22, 17, 5), 2, because(go2), say(failed));
    let go2 = add(retry_at, 2, because(failed), started(2, Trigger::Retry));
    let wsus = Status::SynchronizingWsus { attempt: 2 };
    let go2 = add(at(23, 17, 6), 2, because(go2), say(wsus));
    let go2 = add(at(23, 20, 6), 2, because(go2), Fact::Pulled { attempt: 2, updates, bytes });
    add(at(23, 20, 6), 2, because(go2), Fact::Arrived { release, part: Part::Wsus });
    let go2 = add(at(23, 22, 6), 2, because(go2), Fact::Settled { attempt: 2 });
    add(at(23, 22, 6), 2, because(go2), say(Status::Done { attempt: 2, version: 34 }));

    let ok = |site, number, start, connected, pulled, end| Attempt {
        pull_start: Some(connected),
        pulled: Some(pulled),
        settled: Some(pulled + Duration::from_mins(2)),
        updates,
        bytes,
        applied: updates,
        version: Some(34),
        ..attempt(site, number, start, end)
    };
    let outcome = Outcome {
        attempts: vec![
            Attempt {
                trigger: Trigger::Schedule,
                transferred: Some(at(22, 0, 4)),
                imported: Some(at(22, 3, 53)),
                applied: 2 * updates,
                ..ok(
                    SiteId(0),
                    1,
                    cen,
                    at(22, 0, 1),
                    at(22, 1, 4),
                    Instant::from_micros(at(22, 3, 53).micros() + 999_999),
                )
            },
            Attempt {
                cause: because(cen_done),
                caused_by: Some((SiteId(0), 1)),
                ..ok(SiteId(1), 1, at(22, 5, 5), at(22, 5, 6), at(22, 8, 6), at(22, 10, 6))
            },
            Attempt {
                cause: because(cen_done),
                caused_by: Some((SiteId(0), 1)),
                pull_start: Some(at(22, 5, 6)),
                ending: Ending::Failed,
                failure: Some(failure),
                retry_at: Some(retry_at),
                fault: Some(FaultId(0)),
                ..attempt(SiteId(2), 1, at(22, 5, 5), at(22, 17, 5))
            },
            Attempt {
                trigger: Trigger::Retry,
                cause: because(failed),
                caused_by: Some((SiteId(2), 1)),
                ..ok(SiteId(2), 2, retry_at, at(23, 17, 6), at(23, 20, 6), at(23, 22, 6))
            },
        ],
        arrivals: [
            (0, at(22, 3, 53), at(22, 1, 4), at(22, 3, 53), 1),
            (1, at(22, 4, 30), at(22, 8, 6), at(22, 8, 6), 1),
            (2, at(22, 4, 30), at(23, 20, 6), at(23, 20, 6), 2),
        ]
        .map(|(site, database, wsus, current, attempt)| Arrival {
            site: SiteId(site),
            release,
            published: at(13, 0, 0),
            wanted: at(13, 0, 0),
            database: Some(database),
            wsus: Some(wsus),
            internet: None,
            current: Some(current),
            attempt: Some(attempt),
        })
        .to_vec(),
        faults: vec![FaultOccurrence {
            fault: FaultId(0),
            site: SiteId(2),
            from: at(22, 5, 5),
            until: Some(at(22, 17, 5)),
            attempts_hit: 1,
        }],
    };
    (scenario, trace, outcome)
}
