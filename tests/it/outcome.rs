//! What the rows say of a run, cell by cell (docs/outputs.md), with the figures of `world_rules`.

use supsim::engine::{Failure, Kind, Phase, Reason, Trigger};
use supsim::measure::{Arrival, Attempt, Ending, FaultOccurrence, Outcome};
use supsim::trace::{Cause, Fact, Record, Status, Trace};
use supsim::units::{Bytes, FaultId, Instant, ReleaseId, SiteId};

use crate::support;
use crate::world_rules::{Run, at, run};

const CEN: SiteId = SiteId(0);
const PR1: SiteId = SiteId(1);
const DB1: SiteId = SiteId(2);

/// CEN's point goes over a slow circuit and it has an internet-based one; PR1's first sync fails
/// in phase 1; DB1 has no point.
fn three() -> Run {
    run("
links: { slow: { bandwidth: 80 Kbit/s } }
sites:
  CEN: { type: central, link: slow, internet_sup: { server: dmz } }
  PR1: { parent: CEN }
  DB1: { parent: CEN, sup: none }
faults:
  bad: { where: { code: PR1 }, do: { fail_sync: { after: 4min } }, when: { attempts: [1] } }
")
}

#[test]
fn a_success_has_an_instant_for_every_step() {
    let run = three();
    let expected = Attempt {
        site: CEN,
        number: 1,
        trigger: Trigger::Schedule,
        cause: Cause::NONE,
        caused_by: None,
        kind: Kind::Full,
        start: at("8:00"),
        pull_start: Some(at("8:01")),
        // 2 MB at 80 Kbit/s take 200 s.
        transferred: Some(at("8:04:20")),
        pulled: Some(at("8:09:20")),
        settled: Some(at("8:11:20")),
        imported: Some(at("8:21:20")),
        internet_start: Some(at("8:21:20")),
        internet_done: Some(at("8:24:20")),
        end: Some(at("8:24:20")),
        ending: Ending::Ok,
        failure: None,
        retry_at: None,
        fault: None,
        updates: 5,
        bytes: Bytes(2_000_000),
        // WSUS, the site database and the internet-based point, five each
        applied: 15,
        version: Some(2),
    };
    assert_eq!(run.outcome.attempts[0], expected);
}

#[test]
fn a_failure_says_where_why_and_when_again_and_its_retry_what_it_goes_back_to() {
    let run = three();
    let [_, failed, retry] = &run.outcome.attempts[..] else { panic!("three attempts") };
    assert_eq!((failed.site, failed.number, failed.trigger), (PR1, 1, Trigger::Parent));
    assert_eq!(failed.caused_by, Some((CEN, 1)));
    assert_eq!((failed.start, failed.end), (at("8:25:20"), Some(at("8:29:20"))));
    assert_eq!((failed.pull_start, failed.transferred), (Some(at("8:26:20")), None));
    assert_eq!((failed.pulled, failed.settled, failed.version), (None, None, None));
    assert_eq!(failed.ending, Ending::Failed);
    let bad = FaultId(0);
    let failure = Failure { phase: Phase::Pull, reason: Reason::Injected(bad) };
    assert_eq!(failed.failure, Some(failure));
    assert_eq!(failed.retry_at, Some(at("9:29:20")));
    assert_eq!(failed.fault, Some(bad));
    assert_eq!((retry.trigger, retry.caused_by), (Trigger::Retry, Some((PR1, 1))));
    assert_eq!((retry.start, retry.end), (at("9:29:20"), Some(at("9:40:40"))));
    assert_eq!((retry.imported, retry.internet_start, retry.fault), (None, None, None));
    let hit = FaultOccurrence {
        fault: bad,
        site: PR1,
        from: at("8:25:20"),
        until: Some(at("8:29:20")),
        attempts_hit: 1,
    };
    assert_eq!(run.outcome.faults, [hit]);
}

#[test]
fn a_site_is_current_when_its_last_part_is() {
    let run = three();
    let row = |site| Arrival {
        site,
        release: ReleaseId(0),
        published: at("6:00"),
        wanted: at("6:00"),
        database: None,
        wsus: None,
        internet: None,
        current: None,
        attempt: None,
    };
    let expected = [
        Arrival {
            database: Some(at("8:21:20")),
            wsus: Some(at("8:09:20")),
            internet: Some(at("8:24:20")),
            current: Some(at("8:21:20")),
            attempt: Some(1),
            ..row(CEN)
        },
        // The package came at 08:25:20; WSUS, with the second sync and over the circuit of its
        // parent, is the later part.
        Arrival {
            database: Some(at("8:25:20")),
            wsus: Some(at("9:38:40")),
            current: Some(at("9:38:40")),
            attempt: Some(2),
            ..row(PR1)
        },
        // H4: without a point the database alone counts.
        Arrival { database: Some(at("8:25:20")), current: Some(at("8:25:20")), ..row(DB1) },
    ];
    assert_eq!(run.outcome.arrivals, expected);
}

#[test]
fn a_site_whose_wsus_lacks_a_release_is_not_current() {
    let run =
        run("sites:\n  CEN: { type: central }\n  PR1: { parent: CEN }\nfaults: { gate: { where: \
         { code: PR1 }, do: wsus_not_configured, when: { window: { from: 2026-01-12 00:00 } } } }");
    let pr1 = &run.outcome.arrivals[1];
    assert_eq!((pr1.database, pr1.wsus, pr1.current), (Some(at("8:22")), None, None));
    let occurrence = run.outcome.faults[0];
    assert_eq!((occurrence.from, occurrence.until), (Instant::START, None));
    // From 08:19 on, every hour until the end of the second day.
    assert_eq!(occurrence.attempts_hit, 40);
}

#[test]
fn what_runs_at_the_end_is_unfinished() {
    let run = crate::world_rules::run_with(
        |head| head.replace("start: 2026-01-12 08:00", "start: 2026-01-13 23:50"),
        "sites: { CEN: { type: central } }",
    );
    let last = run.outcome.attempts.last().unwrap();
    assert_eq!((last.ending, last.end, last.version), (Ending::Unfinished, None, None));
    assert!(last.settled.is_some() && last.imported.is_none());
}

#[test]
fn a_fault_of_several_sites_has_a_row_for_each_and_ends_for_each() {
    let run =
        run("sites:\n  CEN: { type: central }\n  PR1: { parent: CEN }\n  PR2: { parent: CEN }\n\
         faults: { cut: { where: { code: [PR1, PR2] }, do: sup_down, \
         when: { window: { from: 2026-01-12 08:20, until: 2026-01-12 08:30 } } } }");
    let rows: Vec<_> = run
        .outcome
        .faults
        .iter()
        .map(|one| (one.site.0, one.from, one.until, one.attempts_hit))
        .collect();
    let (from, until) = (at("8:20"), Some(at("8:30")));
    assert_eq!(rows, [(1, from, until, 1), (2, from, until, 1)]);
}

#[test]
fn sites_above_the_top_level_site_have_no_rows() {
    let run = run(
        "sites:\n  CEN: { type: central, sup: none }\n  PR1: { parent: CEN }\n  PR2: { parent: PR1 }\n",
    );
    let sites: Vec<u32> = run.outcome.arrivals.iter().map(|arrival| arrival.site.0).collect();
    assert_eq!(sites, [1, 2]);
    // H3: PR1 asks the source, PR2 asks PR1.
    assert_eq!(run.attempts("PR1")[0].0, Trigger::Schedule);
    assert_eq!(run.attempts("PR2")[0].0, Trigger::Parent);
}

#[test]
fn p11_licence_terms_pending_are_an_ending_of_their_own() {
    let scenario = support::scenario(
        "supsim: 1\nkind: scenario\nname: one\nstart: 2026-01-12 00:00\nduration: 1d\n\
         sites: { CEN: { type: central } }\n",
    );
    let started = Status::Started { attempt: 1, kind: Kind::Full, trigger: Trigger::Schedule };
    let done = Status::DoneLicenceTermsPending { attempt: 1, version: 7 };
    let record = |status, time: &str, cause| Record {
        at: at(time),
        site: CEN,
        cause,
        fact: Fact::Announced(status),
    };
    let second = Status::Started { attempt: 2, kind: Kind::Full, trigger: Trigger::Schedule };
    let records = vec![
        record(started, "8:00", Cause::NONE),
        record(done, "8:30", Cause::record(0)),
        record(second, "8:30", Cause::record(1)),
    ];
    let outcome = Outcome::of(&scenario, &Trace { records });
    let one = &outcome.attempts[0];
    assert_eq!((one.ending, one.end), (Ending::LicenceTermsPending, Some(at("8:30"))));
    assert_eq!(one.version, Some(7));
    assert_eq!(outcome.attempts[1].caused_by, Some((CEN, 1)));
}
