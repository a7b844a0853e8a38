//! What CMTrace would show.

use super::log::sync_time;
use super::*;
use crate::measure::sample;
use crate::scenario::{InternetPoint, Scenario};
use crate::units::Duration;

fn logs_of(scenario: &Scenario, site: u32) -> Vec<String> {
    let (_, trace, outcome) = sample::tutorial();
    let logs = Logs::new(Run { scenario, trace: &trace, outcome: &outcome, replication: 0 });
    let mut out = Vec::new();
    logs.write(SiteId(site), &mut out).unwrap();
    let text = String::from_utf8(out).unwrap();
    assert!(text.is_empty() || text.ends_with("\r\n"));
    text.lines().map(str::to_owned).collect()
}

fn texts(lines: &[String]) -> Vec<&str> {
    lines
        .iter()
        .map(|line| line.split("]LOG]!>").next().unwrap().strip_prefix("<![LOG[").unwrap())
        .collect()
}

#[test]
fn the_top_level_site_says_what_the_product_says_in_its_order() {
    let lines = logs_of(&sample::tutorial().0, 0);
    let short: Vec<String> = texts(&lines)
        .iter()
        .map(|text| text.split(" SEV=").next().unwrap().replace("CEN.supsim.example", "HOST"))
        .map(|text| match text.split_once('{') {
            Some((before, rest)) => format!("{before}GUID{}", rest.split_once('}').unwrap().1),
            None => text,
        })
        .collect();
    assert_eq!(
        short,
        [
            "Wakeup for scheduled regular sync",
            "Starting Sync",
            "Performing sync on regular schedule",
            "Read SUPs from SCF for HOST",
            "Found 1 SUPs",
            "Found active SUP HOST from SCF File.",
            "STATMSG: ID=6701",
            "STATMSG: ID=6704",
            "Synchronizing WSUS server HOST ...",
            "sync: Starting WSUS synchronization",
            "sync: WSUS synchronizing categories",
            "sync: WSUS synchronizing updates",
            "sync: WSUS synchronizing updates, processed 120 out of 120 items (100%)",
            "Done synchronizing WSUS Server HOST",
            "Sleeping 2 more minutes for WSUS server sync results to become available",
            "Set content version of update source GUID for site CEN to 33",
            "STATMSG: ID=6705",
            "Synchronizing SMS database with WSUS server HOST ...",
            "sync: SMS synchronizing categories",
            "sync: SMS synchronizing updates",
            "Syncing all updates",
            "sync: SMS synchronizing updates, processed 120 out of 120 items (100%)",
            "Done synchronizing SMS with WSUS Server HOST",
            "Set content version of update source GUID for site CEN to 34",
            "STATMSG: ID=6702",
            "Sync succeeded. Setting sync alert to canceled state on site CEN",
            "Updated 120 items in SMS database, new update source content version is 34",
            "Sync time: 0d00h03m53s",
            "Sending sync notification to child site(s): PR1, PR2",
        ]
    );
    let last = lines.last().unwrap();
    assert!(last.contains("time=\"22:03:53.999+300\" date=\"01-13-2026\""), "{last}");
    assert!(last.ends_with("type=\"1\" thread=\"4242\" file=\"CEN\">"), "{last}");
}

#[test]
fn a_failure_is_red_names_its_fault_and_its_retry() {
    let lines = logs_of(&sample::tutorial().0, 2);
    let failed = texts(&lines).iter().position(|text| text.starts_with("Sync failed")).unwrap();
    assert_eq!(
        texts(&lines)[failed],
        "Sync failed: UssCommunicationError: WebException. Source: \
         Microsoft.UpdateServices.Internal.ApiRemoting.WSyncAction.SyncWSUS"
    );
    assert!(
        texts(&lines)[failed + 1].contains(
            "ID=6703 SEV=E LEV=M SOURCE=\"SMS Server\" COMP=\"SMS_WSUS_SYNC_MANAGER\" \
             SYS=PR2.supsim.example SITE=PR2 PID=2836 TID=4242 \
             GMTDATE=Wed Jan 14 03:17:05.000 2026 \
             ISTR0=\"Microsoft.UpdateServices.Internal.ApiRemoting.WSyncAction.SyncWSUS\" \
             ISTR1=\"UssCommunicationError: WebException\" ISTR2="
        ),
        "{}",
        texts(&lines)[failed + 1]
    );
    let retry = "Sync failed (injected: lima-first-try). Will retry in 60 minutes";
    assert_eq!(texts(&lines)[failed + 2], retry);
    assert!(lines[failed..failed + 3].iter().all(|line| line.contains("type=\"3\"")));
    assert!(texts(&lines).contains(&"Found parent sync notification file CEN.SYN."));
    assert!(texts(&lines).contains(&"Performing sync on retry schedule"));
    assert!(texts(&lines).contains(&"Successfully synced site with parent CEN, version 34"));
    assert!(texts(&lines).contains(&"Sync time: 0d00h05m01s"));
}

#[test]
fn only_children_with_a_point_are_notified_and_only_sites_that_synchronised_have_a_log() {
    let mut scenario = sample::tutorial().0;
    scenario.sites[1].sup = None;
    let lines = logs_of(&scenario, 0);
    let last = *texts(&lines).last().unwrap();
    assert_eq!(last, "Sending sync notification to child site(s): PR2");

    let (_, mut trace, outcome) = sample::tutorial();
    trace.records.retain(|record| record.site != SiteId(1));
    let run = Run { scenario: &scenario, trace: &trace, outcome: &outcome, replication: 0 };
    assert_eq!(Logs::new(run).sites().collect::<Vec<_>>(), [SiteId(0), SiteId(2)]);
}

#[test]
fn times_are_those_of_the_site() {
    let mut scenario = sample::tutorial().0;
    scenario.sites[1].zone = crate::scenario::Zone::named("Europe/Berlin").unwrap();
    scenario.sites[1].internet_sup = Some(InternetPoint {
        server: "dmz1".to_owned(),
        link: None,
        work: scenario.timings[0].internet.clone(),
        mode: crate::scenario::PointMode::Upstream,
    });
    let lines = logs_of(&scenario, 1);
    assert!(lines[0].contains("time=\"04:05:05.000-60\" date=\"01-14-2026\""), "{}", lines[0]);
    assert!(texts(&lines).contains(&"Found 2 SUPs"));
    assert!(texts(&lines).contains(&"Found active SUP dmz1 from SCF File."));
}

#[test]
fn a_sync_time_is_cut_not_rounded() {
    assert_eq!(sync_time(Duration::from_millis(233_999)), "0d00h03m53s");
    assert_eq!(sync_time(Duration::from_secs(90_061)), "1d01h01m01s");
}

/// L2, M: the numbers are the product's; see docs/outputs.md for the words.
#[test]
fn l2_the_catalogue_of_sms_2003_clients_has_its_messages_at_its_site() {
    let (scenario, mut trace, outcome) = sample::tutorial();
    let record = |fact| crate::trace::Record { fact, ..trace.records[0] };
    trace.records = vec![
        record(Fact::CatalogueSyncStarted { attempt: 1 }),
        record(Fact::CatalogueSyncFailed { attempt: 1, again_at: None }),
        record(Fact::CatalogueSyncStarted { attempt: 2 }),
        record(Fact::CatalogueSyncDone { attempt: 2, version: 2, changed: true }),
    ];
    let logs =
        Logs::new(Run { scenario: &scenario, trace: &trace, outcome: &outcome, replication: 0 });
    let mut out = Vec::new();
    logs.write(trace.records[0].site, &mut out).unwrap();
    let text = String::from_utf8(out).unwrap();
    let lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let ids: Vec<&str> = texts(&lines)
        .iter()
        .filter_map(|text| text.strip_prefix("STATMSG: ID="))
        .map(|text| &text[..10])
        .collect();
    assert_eq!(ids, ["6709 SEV=I", "6711 SEV=E", "6709 SEV=I", "6710 SEV=I"]);
    assert!(lines[2].contains("type=\"3\""), "a failure is red: {}", lines[2]);
}
