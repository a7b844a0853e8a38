//! One JSON object for each record, one record for each line.
//!
//! ```json
//! {"v":1,"id":4,"type":"sync_started","t":"2026-01-14T03:08:05Z","t_s":97685,"rep":0,"site":"PR2","attempt":2,"kind":"full","trigger":"parent","cause":3}
//! ```
//!
//! The keys always stand in this order: the common ones, those of the type, `cause`. Types and
//! keys are specified in `docs/outputs.md`.

use std::io::{self, Write};

use serde::ser::{Serialize, SerializeMap, Serializer};

use super::Run;
use crate::trace::{Fact, Failure, Names, Reason, Record, Status};
use crate::units::Instant;

/// The version of the format, in every line as `v`.
const VERSION: u32 = 1;

/// Writes every record of the run, in order.
pub fn write_events(run: &Run<'_>, mut out: impl Write) -> io::Result<()> {
    let names = run.names();
    // The start of the synchronisation that runs at each site, for `seconds` at its end.
    let mut running: Vec<Option<Instant>> = vec![None; run.scenario.sites.len()];
    for (id, record) in run.trace.records.iter().enumerate() {
        if let Fact::Announced(Status::Started { .. }) = record.fact {
            running[record.site.index()] = Some(record.at);
        }
        let started = running[record.site.index()];
        serde_json::to_writer(&mut out, &Event { run, names: &names, id, record, started })?;
        out.write_all(b"\n")?;
    }
    out.flush()
}

struct Event<'a> {
    run: &'a Run<'a>,
    names: &'a Names,
    id: usize,
    record: &'a Record,
    started: Option<Instant>,
}

impl Serialize for Event<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Event { run, names, id, record, .. } = *self;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("v", &VERSION)?;
        map.serialize_entry("id", &id)?;
        map.serialize_entry("type", kind(&record.fact))?;
        map.serialize_entry("t", &run.scenario.clock.utc(record.at))?;
        map.serialize_entry("t_s", &Seconds(record.at.micros()))?;
        map.serialize_entry("rep", &run.replication)?;
        map.serialize_entry("site", &names.site(record.site).to_string())?;
        self.details(&mut map)?;
        map.serialize_entry("cause", &record.cause.position())?;
        map.end()
    }
}

/// The type of an event: one word for each fact.
fn kind(fact: &Fact) -> &'static str {
    match fact {
        Fact::Announced(Status::Started { .. }) => "sync_started",
        Fact::Announced(Status::Done { .. }) => "sync_done",
        Fact::Announced(Status::Failed { .. }) => "sync_failed",
        Fact::Announced(Status::SynchronizingWsus { .. }) => "wsus_sync_started",
        Fact::Announced(Status::SynchronizingDatabase { .. }) => "database_sync_started",
        Fact::Announced(Status::SynchronizingInternetPoint { .. }) => "internet_point_sync_started",
        Fact::Announced(Status::OutOfStep { .. }) => "internet_point_out_of_step",
        Fact::Announced(Status::DoneLicenceTermsPending { .. }) => {
            "sync_done_licence_terms_pending"
        }
        Fact::Released { .. } => "released",
        Fact::Arrived { .. } => "arrived",
        Fact::Transferred { .. } => "transferred",
        Fact::Pulled { .. } => "pulled",
        Fact::Settled { .. } => "settled",
        Fact::Imported { .. } => "imported",
        Fact::InternetPointSynced { .. } => "internet_point_synced",
        Fact::FaultBegan { .. } => "fault_began",
        Fact::FaultEnded { .. } => "fault_ended",
        Fact::FaultHit { .. } => "fault_hit",
        Fact::ExportStarted { .. } => "export_started",
        Fact::Exported { .. } => "exported",
        Fact::CarriedOver { .. } => "carried_over",
        Fact::PointImported { .. } => "point_imported",
        Fact::PointRunFailed { .. } => "point_run_failed",
        Fact::Operated { .. } => "operated",
        Fact::TriggerDeferred { .. } => "trigger_deferred",
        Fact::TriggerRefused { .. } => "trigger_refused",
        Fact::PolicyCreated { .. } => "policy_created",
        Fact::RequestSent { .. } => "request_sent",
        Fact::RequestArrived => "request_arrived",
        Fact::PackageSent { .. } => "package_sent",
        Fact::PackageArrived { .. } => "package_arrived",
        Fact::PackageInserted { .. } => "package_inserted",
        Fact::InsertionFailed { .. } => "insertion_failed",
        Fact::SendingFailed { .. } => "sending_failed",
        Fact::SendingWaited { .. } => "sending_waited",
        Fact::SendingStarted { .. } => "sending_started",
        Fact::SendingStruck { .. } => "sending_struck",
        Fact::PullWaited { .. } => "pull_waited",
        Fact::PullAdmitted { .. } => "pull_admitted",
        Fact::Scanned { .. } => "scanned",
        Fact::Crossed { .. } => "link_crossed",
        Fact::PolicyFetched { .. } => "policy_fetched",
        Fact::ScansFailed { .. } => "scans_failed",
        Fact::CatalogueSyncStarted { .. } => "catalogue_sync_started",
        Fact::CatalogueSyncDone { .. } => "catalogue_sync_done",
        Fact::CatalogueSyncFailed { .. } => "catalogue_sync_failed",
        Fact::CatalogueSent { .. } => "catalogue_sent",
        Fact::CatalogueArrived { .. } => "catalogue_arrived",
        Fact::WentDown => "site_went_down",
        Fact::CameUp => "site_came_up",
    }
}

impl Event<'_> {
    fn details<M: SerializeMap>(&self, map: &mut M) -> Result<(), M::Error> {
        let names = self.names;
        match self.record.fact {
            Fact::Announced(status) => self.status(map, status),
            Fact::Released { release } => {
                map.serialize_entry("release", &names.release(release).to_string())
            }
            Fact::Arrived { release, part } => {
                map.serialize_entry("release", &names.release(release).to_string())?;
                map.serialize_entry("part", part.name())
            }
            Fact::Transferred { attempt, bytes } => {
                map.serialize_entry("attempt", &attempt)?;
                map.serialize_entry("bytes", &bytes.0)
            }
            Fact::Pulled { attempt, updates, bytes }
            | Fact::InternetPointSynced { attempt, updates, bytes } => {
                map.serialize_entry("attempt", &attempt)?;
                map.serialize_entry("updates", &updates)?;
                map.serialize_entry("bytes", &bytes.0)
            }
            Fact::Settled { attempt }
            | Fact::PullWaited { attempt }
            | Fact::PullAdmitted { attempt } => map.serialize_entry("attempt", &attempt),
            Fact::Imported { attempt, updates, version } => {
                map.serialize_entry("attempt", &attempt)?;
                map.serialize_entry("updates", &updates)?;
                map.serialize_entry("version", &version)
            }
            Fact::FaultBegan { fault } | Fact::FaultEnded { fault } => {
                map.serialize_entry("fault", &names.fault(fault).to_string())
            }
            Fact::FaultHit { fault, attempt } => {
                map.serialize_entry("fault", &names.fault(fault).to_string())?;
                map.serialize_entry("attempt", &attempt)
            }
            Fact::ExportStarted { run } | Fact::CarriedOver { run } => {
                map.serialize_entry("run", &run)
            }
            Fact::Exported { run, updates, bytes }
            | Fact::PointImported { run, updates, bytes } => {
                map.serialize_entry("run", &run)?;
                map.serialize_entry("updates", &updates)?;
                map.serialize_entry("bytes", &bytes.0)
            }
            Fact::PointRunFailed { run, why } => {
                map.serialize_entry("run", &run)?;
                map.serialize_entry("reason", why.name())
            }
            Fact::Operated { operation } => {
                map.serialize_entry("operation", &names.operation(operation).to_string())
            }
            Fact::TriggerDeferred { trigger, kind } => {
                map.serialize_entry("trigger", trigger.name())?;
                map.serialize_entry("kind", kind.name())
            }
            Fact::TriggerRefused { trigger } => map.serialize_entry("trigger", trigger.name()),
            Fact::PolicyCreated { version, new_body } => {
                map.serialize_entry("version", &version)?;
                map.serialize_entry("new_body", &new_body)
            }
            Fact::RequestSent { to } => map.serialize_entry("to", &names.site(to).to_string()),
            Fact::PackageSent { to, version, bytes } => {
                map.serialize_entry("to", &names.site(to).to_string())?;
                map.serialize_entry("version", &version)?;
                map.serialize_entry("bytes", &bytes.0)
            }
            Fact::PackageArrived { version } | Fact::PackageInserted { version } => {
                map.serialize_entry("version", &version)
            }
            Fact::InsertionFailed { version, again_at } => {
                map.serialize_entry("version", &version)?;
                map.serialize_entry("again_at", &self.utc(Some(again_at)))
            }
            Fact::SendingFailed { to, again_at } => {
                map.serialize_entry("to", &names.site(to).to_string())?;
                map.serialize_entry("again_at", &self.utc(again_at))
            }
            Fact::SendingWaited { to, priority, what } => {
                map.serialize_entry("to", &names.site(to).to_string())?;
                map.serialize_entry("priority", priority.name())?;
                map.serialize_entry("for", what.name())?;
                map.serialize_entry("until", &self.utc(what.until()))
            }
            Fact::SendingStarted { to, priority, limit } => {
                map.serialize_entry("to", &names.site(to).to_string())?;
                map.serialize_entry("priority", priority.name())?;
                map.serialize_entry("limit", limit.name())
            }
            Fact::SendingStruck { to, fault } => {
                map.serialize_entry("to", &names.site(to).to_string())?;
                map.serialize_entry("fault", &names.fault(fault).to_string())
            }
            Fact::Scanned { release, by, clients, earlier } => {
                map.serialize_entry("release", &names.release(release).to_string())?;
                map.serialize_entry("by", by.name())?;
                map.serialize_entry("clients", &clients)?;
                map.serialize_entry("earlier_s", &Seconds(earlier.micros()))
            }
            Fact::Crossed { since, until, bytes, over } => {
                map.serialize_entry("since", &self.utc(Some(since)))?;
                map.serialize_entry("until", &self.utc(Some(until)))?;
                map.serialize_entry("bytes", &bytes.0)?;
                map.serialize_entry("over", &over.map(|site| names.site(site).to_string()))
            }
            Fact::PolicyFetched { by, clients } | Fact::ScansFailed { by, clients } => {
                map.serialize_entry("by", by.name())?;
                map.serialize_entry("clients", &clients)
            }
            Fact::CatalogueSyncStarted { attempt } => map.serialize_entry("attempt", &attempt),
            Fact::CatalogueSyncDone { attempt, version, changed } => {
                map.serialize_entry("attempt", &attempt)?;
                map.serialize_entry("version", &version)?;
                map.serialize_entry("changed", &changed)
            }
            Fact::CatalogueSyncFailed { attempt, again_at } => {
                map.serialize_entry("attempt", &attempt)?;
                map.serialize_entry("again_at", &self.utc(again_at))
            }
            Fact::CatalogueSent { to, version, bytes } => {
                map.serialize_entry("to", &names.site(to).to_string())?;
                map.serialize_entry("version", &version)?;
                map.serialize_entry("bytes", &bytes.0)
            }
            Fact::CatalogueArrived { version } => map.serialize_entry("version", &version),
            Fact::RequestArrived | Fact::WentDown | Fact::CameUp => Ok(()),
        }
    }

    fn status<M: SerializeMap>(&self, map: &mut M, status: Status) -> Result<(), M::Error> {
        match status {
            Status::Started { attempt, kind, trigger } => {
                map.serialize_entry("attempt", &attempt)?;
                map.serialize_entry("kind", kind.name())?;
                map.serialize_entry("trigger", trigger.name())
            }
            Status::Done { attempt, version }
            | Status::DoneLicenceTermsPending { attempt, version } => {
                map.serialize_entry("attempt", &attempt)?;
                map.serialize_entry("seconds", &self.seconds())?;
                map.serialize_entry("version", &version)
            }
            Status::Failed { attempt, failure, retry_at } => {
                map.serialize_entry("attempt", &attempt)?;
                map.serialize_entry("seconds", &self.seconds())?;
                self.failure(map, failure)?;
                map.serialize_entry("retry_at", &self.utc(retry_at))
            }
            Status::OutOfStep { attempt, failure, retry_at } => {
                map.serialize_entry("attempt", &attempt)?;
                self.failure(map, failure)?;
                map.serialize_entry("retry_at", &self.utc(retry_at))
            }
            Status::SynchronizingWsus { attempt }
            | Status::SynchronizingInternetPoint { attempt } => {
                map.serialize_entry("attempt", &attempt)
            }
            Status::SynchronizingDatabase { attempt, kind } => {
                map.serialize_entry("attempt", &attempt)?;
                map.serialize_entry("kind", kind.name())
            }
        }
    }

    fn failure<M: SerializeMap>(&self, map: &mut M, failure: Failure) -> Result<(), M::Error> {
        let complaint = self.run.complaint(failure);
        let (reason, fault) = match failure.reason {
            Reason::Injected(fault) => {
                ("injected".to_owned(), Some(self.names.fault(fault).to_string()))
            }
            reason => (reason.to_string(), None),
        };
        map.serialize_entry("phase", failure.phase.name())?;
        map.serialize_entry("reason", &reason)?;
        map.serialize_entry("fault", &fault)?;
        map.serialize_entry("source", &complaint.source)?;
        map.serialize_entry("message", &complaint.message)
    }

    fn seconds(&self) -> Option<Seconds> {
        self.started.map(|started| Seconds(self.record.at.since(started).micros()))
    }

    fn utc(&self, at: Option<Instant>) -> Option<String> {
        at.map(|at| self.run.scenario.clock.utc(at))
    }
}

/// Seconds as a JSON number, exact to the microsecond.
///
/// A run of ten years has 3.2e14 µs: fifteen digits, which a double prints back unchanged.
struct Seconds(u64);

impl Serialize for Seconds {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.0.is_multiple_of(1_000_000) {
            serializer.serialize_u64(self.0 / 1_000_000)
        } else {
            serializer.serialize_f64(self.0 as f64 / 1e6)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::sample;
    use crate::trace::Trace;

    fn lines(trace: &Trace) -> Vec<String> {
        let (scenario, _, outcome) = sample::tutorial();
        let mut out = Vec::new();
        write_events(
            &Run { scenario: &scenario, trace, outcome: &outcome, replication: 0 },
            &mut out,
        )
        .unwrap();
        String::from_utf8(out).unwrap().lines().map(str::to_owned).collect()
    }

    #[test]
    fn an_event_is_one_line_with_its_keys_in_order() {
        let lines = lines(&sample::tutorial().1);
        assert_eq!(
            lines[1],
            r#"{"v":1,"id":1,"type":"sync_started","t":"2026-01-14T03:00:00Z","t_s":79200,"rep":0,"site":"CEN","attempt":1,"kind":"full","trigger":"schedule","cause":null}"#
        );
        let failed = lines.iter().find(|line| line.contains("sync_failed")).unwrap();
        assert!(
            failed.contains(r#""site":"PR2","attempt":1,"seconds":720,"phase":"pull","reason":"injected","fault":"lima-first-try","#),
            "{failed}"
        );
        assert!(failed.contains(r#""retry_at":"2026-01-14T04:17:05Z","cause":"#), "{failed}");
        let done = lines.iter().find(|line| line.contains("sync_done")).unwrap();
        assert!(done.contains(r#""t_s":79433.999999,"#), "{done}");
        assert!(done.contains(r#""seconds":233.999999,"version":34,"#), "{done}");
    }

    #[test]
    fn every_line_is_json_whose_id_is_its_position_and_whose_cause_is_earlier() {
        for (position, line) in lines(&sample::tutorial().1).iter().enumerate() {
            let value: serde_json::Value = serde_json::from_str(line).unwrap();
            assert_eq!(value["id"], position);
            assert!(value["cause"].as_u64().is_none_or(|cause| cause < position as u64), "{line}");
        }
    }

    #[test]
    fn seconds_keep_every_microsecond_of_ten_years() {
        let json = |micros| serde_json::to_string(&Seconds(micros)).unwrap();
        let ten_years = 315_576_000_000_000;
        assert_eq!(json(ten_years - 1), "315575999.999999");
        assert_eq!(json(1), "1e-6", "JSON's own way to write a millionth");
        assert_eq!(json(100), "0.0001");
        assert_eq!(json(5_000_000), "5");
    }
}
