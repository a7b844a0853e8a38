//! `supsim import`: start from what the field has.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::Read as _;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use sha2::{Digest, Sha256};

use super::exit::{Exit, Stop};
use super::interrupt;
use super::manifest::{Provenance, write_manifest};
use super::overriding::quoted;
use super::pipeline;
use super::results::{MANIFEST, Stored, Writing, hex};
use super::run::{command_line, folder_name};
use super::screen::Screen;
use crate::field::{self, NotDescribed};
use crate::measure::Outcome;
use crate::report::{Chart, Many, Run, TableName, account, write_csv, write_events};
use crate::scenario::{Overrides, Recording, Scenario, Zone};
use crate::trace::Fingerprint;

/// All logs together \[bytes\]; more do not fit into a small machine's memory.
const MOST_BYTES: u64 = 1 << 30;

/// The import that was meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Plan {
    /// Logs, and folders to look for logs in.
    pub logs: Vec<PathBuf>,
    /// Where the scenario goes.
    pub scenario: Option<PathBuf>,
    /// Where the tables and charts go; `None`: nowhere.
    pub results: Option<PathBuf>,
    /// The zone of local times that say none.
    pub zone: Option<String>,
    /// Print nothing but complaints.
    pub quiet: bool,
}

/// Reads real logs; tells what they say, and stores it as a run and as a scenario.
pub(super) fn import(plan: &Plan, words: Vec<OsString>, screen: &mut Screen) -> Result<Exit, Stop> {
    let began = Timestamp::now();
    let zone = plan.zone.as_deref().map(zone).transpose()?;
    let files = read(&plan.logs)?;
    interrupt::go_on("reading")?;
    let account_of = field::read(&files, zone.as_ref());
    interrupt::go_on("reading")?;
    let described = field::describe(&account_of).map_err(|why| not_described(&why))?;
    if !plan.quiet {
        screen.say(&account(&account_of, &described));
    }
    let (scenario, _warnings) =
        Scenario::parse("imported.yaml", &described.yaml, &Overrides::default()).map_err(
            |report| {
                let text = format!("supsim: these logs make no valid scenario:\n{report}");
                Stop { exit: Exit::NothingRan, text }
            },
        )?;
    if let Some(path) = &plan.scenario {
        write_new(path, &described.yaml)?;
        if !plan.quiet {
            let path = quoted(&path.display().to_string());
            screen.say(&format!("scenario written: {path}      try: supsim run {path}\n"));
        }
    }
    let Some(results) = &plan.results else { return Ok(Exit::Ok) };
    let trace = field::retell(&account_of, &described, &scenario);
    let outcome = Outcome::of(&scenario, &trace);
    let run = Run { scenario: &scenario, trace: &trace, outcome: &outcome, replication: 0 };
    let mut writing =
        Writing::begin(results, &folder_name(&scenario, &described.yaml, ""), screen)?;
    writing.file("scenario.yaml", |out| out.write_all(described.yaml.as_bytes()))?;
    for table in TableName::of(&run) {
        let path = format!("tables/{}.csv", table.word());
        writing.file(&path, |out| write_csv(table, &run, &Many::default(), out))?;
    }
    writing.file("events.jsonl", |out| write_events(&run, out))?;
    // No release is known, so nothing propagates.
    for drawing in pipeline::draw(&run, &[Chart::Timeline], &[Chart::Timeline])? {
        writing.file("charts/timeline.svg", |out| out.write_all(drawing.svg.as_bytes()))?;
        if let Some(png) = &drawing.png {
            writing.file("charts/timeline.png", |out| out.write_all(png))?;
        }
    }
    let told = account(&account_of, &described);
    writing.file("summary.txt", |out| out.write_all(told.as_bytes()))?;
    let mut hash = Sha256::new();
    files.iter().for_each(|(_, bytes)| hash.update(bytes));
    let stored = writing.stored();
    let inputs: Vec<Stored> = files.iter().map(|(name, bytes)| input(name, bytes)).collect();
    let provenance = Provenance {
        retold_from: Some("wsyncmgr"),
        command_line: command_line(&words),
        file: plan.logs.iter().map(|log| log.to_string_lossy()).collect::<Vec<_>>().join(" "),
        file_sha256: hex(&hash.finalize()),
        inputs: &inputs,
        expanded_sha256: hex(&Sha256::digest(described.yaml.as_bytes())),
        replications: vec![0],
        recording: Recording::Attempts,
        recorded: 0,
        fingerprint: Fingerprint::of(&trace, &run.names()),
        began,
        ended: Timestamp::now(),
        files: &stored,
    };
    writing.file(MANIFEST, |out| write_manifest(&scenario, &provenance, out))?;
    let folder = writing.finish()?;
    if !plan.quiet {
        screen.say(&format!("stored as {}\n", folder.display()));
    }
    Ok(Exit::Ok)
}

/// A log as the manifest names it: by its folder and itself, as on every machine.
fn input(name: &str, bytes: &[u8]) -> Stored {
    let parts: Vec<&str> = name.split(['/', '\\']).collect();
    Stored {
        path: parts[parts.len().saturating_sub(2)..].join("/"),
        bytes: bytes.len() as u64,
        sha256: hex(&Sha256::digest(bytes)),
    }
}

fn zone(name: &str) -> Result<Zone, Stop> {
    Zone::windows(name).or_else(|| Zone::named(name)).ok_or_else(|| {
        let text = format!(
            "supsim: unknown time zone `{name}`; write an IANA name (Europe/Berlin) or a Windows \
             name (W. Europe Standard Time)"
        );
        Stop { exit: Exit::NothingRan, text }
    })
}

fn not_described(why: &NotDescribed) -> Stop {
    let text = match why {
        NotDescribed::NothingHappened => {
            "supsim: no synchronisation in these logs: none has status message 6701 of \
             SMS_WSUS_SYNC_MANAGER (wsyncmgr.log of a site server has)"
                .to_owned()
        }
        NotDescribed::SeveralTops(codes) => {
            let codes = codes.join(", ");
            format!(
                "supsim: these logs are of several hierarchies: {codes} have no parent in them; \
                 import them one by one, or add the log of the site above them"
            )
        }
        NotDescribed::Circle(code) => {
            format!("supsim: by these logs, {code} lies below itself; is a log older than a move?")
        }
    };
    Stop { exit: Exit::NothingRan, text }
}

/// The files named, and the logs below the folders named.
fn read(logs: &[PathBuf]) -> Result<Vec<(String, Vec<u8>)>, Stop> {
    let mut paths = Vec::new();
    for path in logs {
        if path.is_dir() {
            let before = paths.len();
            below(path, &mut paths).map_err(|error| trouble(path, &error))?;
            if paths.len() == before {
                let text = format!("supsim: {}: no wsyncmgr.log below it", path.display());
                return Err(Stop { exit: Exit::NothingSelected, text });
            }
        } else {
            paths.push(path.clone());
        }
    }
    let mut left = MOST_BYTES;
    let mut files = Vec::new();
    for path in paths {
        interrupt::go_on("reading")?;
        let mut bytes = Vec::new();
        let file = File::open(&path).map_err(|error| trouble(&path, &error))?;
        let read = file.take(left + 1).read_to_end(&mut bytes);
        let read = read.map_err(|error| trouble(&path, &error))? as u64;
        if read > left {
            let text =
                format!("supsim: more than {MOST_BYTES} bytes of logs; import fewer at once");
            return Err(Stop { exit: Exit::NothingRan, text });
        }
        left -= read;
        files.push((path.to_string_lossy().into_owned(), bytes));
    }
    Ok(files)
}

/// Every `wsyncmgr*.log` and its rotated `.lo_`, in the order of their paths.
fn below(folder: &Path, found: &mut Vec<PathBuf>) -> std::io::Result<()> {
    let mut folders = vec![folder.to_owned()];
    let first = found.len();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            // Links are not followed: a folder may lie below itself.
            if entry.file_type()?.is_dir() {
                folders.push(entry.path());
                continue;
            }
            let name = entry.file_name().to_string_lossy().to_ascii_lowercase();
            let is_log = name.ends_with(".log") || name.ends_with(".lo_");
            if name.starts_with("wsyncmgr") && is_log {
                found.push(entry.path());
            }
        }
    }
    found[first..].sort();
    Ok(())
}

fn write_new(path: &Path, text: &str) -> Result<(), Stop> {
    fs::write(path, text).map_err(|error| trouble(path, &error))
}

fn trouble(path: &Path, error: &std::io::Error) -> Stop {
    Stop { exit: Exit::FileTrouble, text: format!("supsim: {}: {error}", path.display()) }
}
