//! What ran, so that it can be run again and compared: `manifest.json`.

use std::io::{self, Write};

use jiff::Timestamp;
use serde::Serialize;

use super::results::Stored;
use super::screen::target;
use crate::scenario::{Known, Recording, Scenario};
use crate::trace::Fingerprint;

/// The version of the format.
pub(super) const VERSION: u32 = 1;

/// What the manifest says that the scenario does not.
pub(super) struct Provenance<'a> {
    /// Of whose logs it is retold, when it is no run of its scenario.
    pub retold_from: Option<&'static str>,
    /// The words on the command line.
    pub command_line: Vec<String>,
    /// The scenario file as it was named.
    pub file: String,
    /// The SHA-256 of its bytes.
    pub file_sha256: String,
    /// The other files that were read.
    pub inputs: &'a [Stored],
    /// The SHA-256 of the expanded scenario.
    pub expanded_sha256: String,
    /// Which replications ran.
    pub replications: Vec<u32>,
    /// How much was recorded.
    pub recording: Recording,
    /// Which of them is stored in full.
    pub recorded: u32,
    /// Its fingerprint.
    pub fingerprint: Fingerprint,
    /// When the program began, by the clock on the wall.
    pub began: Timestamp,
    /// When it wrote this.
    pub ended: Timestamp,
    /// The other files.
    pub files: &'a [Stored],
}

#[derive(Serialize)]
struct Manifest<'a> {
    manifest: u32,
    version: &'static str,
    scenario: Described<'a>,
    inputs: Vec<Written<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    retold_from: Option<&'static str>,
    seed: u64,
    replications: &'a [u32],
    events: &'static str,
    overridden: Vec<Instead<'a>>,
    defaults_used: Vec<Stood<'a>>,
    fingerprints: Vec<Fingerprints>,
    files: Vec<Written<'a>>,
    this_time: ThisTime<'a>,
}

#[derive(Serialize)]
struct Described<'a> {
    name: &'a str,
    sha256: &'a str,
    expanded_sha256: &'a str,
}

#[derive(Serialize)]
struct Instead<'a> {
    by: &'a str,
    path: &'a str,
    before: Option<&'a str>,
    after: Option<&'a str>,
}

#[derive(Serialize)]
struct Stood<'a> {
    key: &'a str,
    value: &'a str,
    status: &'static str,
    source: &'a str,
}

#[derive(Serialize)]
struct Fingerprints {
    rep: u32,
    times: String,
    sites: String,
    facts: String,
    versions: String,
    causes: String,
    all: String,
}

#[derive(Serialize)]
struct Written<'a> {
    path: &'a str,
    bytes: u64,
    sha256: &'a str,
}

/// The one place for what differs when the same is run again, or elsewhere.
#[derive(Serialize)]
struct ThisTime<'a> {
    start: String,
    end: String,
    command_line: &'a [String],
    file: &'a str,
    target: String,
}

/// Writes the manifest of a run.
pub(super) fn write_manifest(
    scenario: &Scenario,
    provenance: &Provenance<'_>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let printed = |value: u32| format!("{value:08x}");
    let print = provenance.fingerprint;
    let manifest = Manifest {
        manifest: VERSION,
        version: env!("CARGO_PKG_VERSION"),
        scenario: Described {
            name: &scenario.name,
            sha256: &provenance.file_sha256,
            expanded_sha256: &provenance.expanded_sha256,
        },
        inputs: written(provenance.inputs),
        retold_from: provenance.retold_from,
        seed: scenario.seed,
        replications: &provenance.replications,
        events: recording_name(provenance.recording),
        overridden: scenario
            .overridden
            .iter()
            .map(|instead| Instead {
                by: &instead.by,
                path: &instead.path,
                before: instead.before.as_deref(),
                after: instead.after.as_deref(),
            })
            .collect(),
        defaults_used: scenario
            .defaults_used
            .iter()
            .map(|default| Stood {
                key: default.key,
                value: default.value,
                status: known_name(default.status),
                source: default.source,
            })
            .collect(),
        fingerprints: vec![Fingerprints {
            rep: provenance.recorded,
            times: printed(print.times),
            sites: printed(print.sites),
            facts: printed(print.facts),
            versions: printed(print.versions),
            causes: printed(print.causes),
            all: printed(print.all),
        }],
        files: written(provenance.files),
        this_time: ThisTime {
            start: format!("{:.3}", provenance.began),
            end: format!("{:.3}", provenance.ended),
            command_line: &provenance.command_line,
            file: &provenance.file,
            target: target(),
        },
    };
    serde_json::to_writer_pretty(&mut *out, &manifest)?;
    out.write_all(b"\n")
}

fn written<'f>(files: &'f [Stored]) -> Vec<Written<'f>> {
    let written =
        |file: &'f Stored| Written { path: &file.path, bytes: file.bytes, sha256: &file.sha256 };
    files.iter().map(written).collect()
}

const fn recording_name(recording: Recording) -> &'static str {
    match recording {
        Recording::None => "none",
        Recording::Attempts => "attempts",
        Recording::All => "all",
    }
}

const fn known_name(status: Known) -> &'static str {
    match status {
        Known::Documented => "documented",
        Known::Observed => "observed",
        Known::Assumed => "assumed",
    }
}
