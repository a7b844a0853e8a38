//! A run that somebody names: a stored folder, `latest`, or a scenario file that is run now.
//!
//! A stored run is not read from its tables but simulated once more from its `scenario.yaml`:
//! that takes no longer, and gives every record whatever was stored of it. Before anything is
//! shown, the fingerprint must be that of the manifest: what is drawn today is what ran then.

use std::fs::{self, File};
use std::io::Read as _;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::cost::{self, CEILING};
use super::exit::{Exit, Stop};
use super::interrupt;
use super::overriding::quoted;
use super::pipeline;
use super::results::{MANIFEST, hex};
use super::study;
use crate::measure::Outcome;
use crate::report::Run;
use crate::scenario::{Overridden, Overrides, Recording, Scenario};
use crate::trace::{Fingerprint, Trace};

/// A manifest is not larger than this [bytes]; a run of 100,000 sites has one of 30 MB.
const MOST_MANIFEST_BYTES: u64 = 256 << 20;
/// The word for the run that was stored last.
const LATEST: &str = "latest";

/// What a user calls a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Named {
    /// The word: a folder, the name of one in `results`, `latest`, or a scenario file.
    pub word: PathBuf,
    /// Where runs are kept.
    pub results: PathBuf,
}

/// A run, opened.
pub(super) struct Kept {
    /// Its folder; `None`: a scenario that was run now.
    pub folder: Option<PathBuf>,
    /// Its world.
    pub scenario: Scenario,
    /// What happened.
    pub trace: Trace,
    /// The tidy rows of it.
    pub outcome: Outcome,
    /// The number of the replication that was stored in full.
    pub replication: u32,
    /// How many replications there were.
    pub replications: u32,
    /// Was this one asked for by its number, and no other?
    pub alone: bool,
}

impl Kept {
    /// For the reports.
    pub fn run(&self) -> Run<'_> {
        Run {
            scenario: &self.scenario,
            trace: &self.trace,
            outcome: &self.outcome,
            replication: self.replication,
        }
    }

    /// What tells whether two runs are the same.
    pub fn fingerprint(&self) -> Fingerprint {
        Fingerprint::of(&self.trace, &self.run().names())
    }
}

/// What a manifest says that is needed to run it again.
#[derive(Deserialize)]
pub(super) struct Manifest {
    manifest: u32,
    pub version: String,
    scenario: Described,
    #[serde(default)]
    retold_from: Option<String>,
    replications: Vec<u32>,
    events: String,
    #[serde(default)]
    overridden: Vec<Instead>,
    #[serde(default)]
    defaults_used: Vec<Stood>,
    fingerprints: Vec<Printed>,
    this_time: ThisTime,
}

#[derive(Deserialize)]
struct Described {
    expanded_sha256: String,
}

/// What the command line said; the scenario that is stored has it in its values.
#[derive(Deserialize)]
struct Instead {
    by: String,
    path: String,
    before: Option<String>,
    after: Option<String>,
}

/// A default that stood in; the scenario that is stored writes it like any other value.
#[derive(Deserialize)]
struct Stood {
    key: String,
}

#[derive(Deserialize)]
struct ThisTime {
    end: String,
}

/// The fingerprint of a replication as a manifest has it.
#[derive(Deserialize, Clone, Debug, PartialEq, Eq)]
pub(super) struct Printed {
    pub rep: u32,
    times: String,
    sites: String,
    facts: String,
    versions: String,
    causes: String,
    all: String,
}

impl Printed {
    /// The ingredients that are others now, by name.
    pub fn moved(&self, now: &Fingerprint) -> Vec<&'static str> {
        let then = [&self.times, &self.sites, &self.facts, &self.versions, &self.causes, &self.all];
        let pairs = now.ingredients().into_iter().zip(then);
        let moved = pairs.filter(|((_, now), then)| format!("{now:08x}") != **then);
        moved.map(|((name, _), _)| name).collect()
    }
}

/// A stored run, found and read but not yet run again.
pub(super) struct Found {
    pub folder: PathBuf,
    pub manifest: Manifest,
    pub scenario: Scenario,
}

/// Opens a run, with at least so much recorded.
///
/// # Errors
///
/// No such run; a manifest or a scenario that cannot be read or was changed; a run that gives
/// another result now than when it was stored.
pub(super) fn open(named: &Named, recording: Recording) -> Result<Kept, Stop> {
    if is_scenario(&named.word) {
        let mut scenario = pipeline::read(&named.word, &Overrides::default())?.scenario;
        scenario.recording = scenario.recording.max(recording);
        return again(None, scenario, 0);
    }
    let Found { folder, manifest, mut scenario } = find(named)?;
    let stored_at = manifest.recording().max(Recording::Attempts);
    let printed = manifest.printed();
    let (replication, replications) = (manifest.replication(), manifest.replications.len() as u32);
    scenario.replications = scenario.replications.max(replications);
    if recording > stored_at {
        // With more recorded the fingerprint is another one: it is held against the same first.
        scenario.recording = stored_at;
        held(&again(Some(folder.clone()), scenario.clone(), replication)?, printed)?;
    }
    scenario.recording = stored_at.max(recording);
    let mut kept = again(Some(folder), scenario, replication)?;
    kept.alone = kept.scenario.is_random() && replications == 1;
    if recording <= stored_at {
        held(&kept, printed)?;
    }
    Ok(kept)
}

/// The same with what a command line says instead of a scenario file, in a certain replication.
///
/// # Errors
///
/// As [`open`]; and when something is to be changed in a run that is stored.
pub(super) fn open_with(
    named: &Named,
    overrides: &Overrides,
    replication: Option<u32>,
    recording: Recording,
) -> Result<Kept, Stop> {
    if is_scenario(&named.word) {
        let mut scenario = pipeline::read(&named.word, overrides)?.scenario;
        scenario.recording = scenario.recording.max(recording);
        return again(None, scenario, replication.unwrap_or(0));
    }
    if *overrides != Overrides::default() {
        return Err(wrong(
            &named.word,
            "a stored run is what it was",
            "name its scenario file to change something in it",
        ));
    }
    let kept = open(named, recording)?;
    match replication.filter(|asked| *asked != kept.replication) {
        Some(asked) => again(kept.folder, kept.scenario, asked),
        None => Ok(kept),
    }
}

/// Finds a stored run and reads what it was.
pub(super) fn find(named: &Named) -> Result<Found, Stop> {
    let folder = folder(named)?;
    let manifest = read_manifest(&folder)?;
    let path = folder.join("scenario.yaml");
    if manifest.retold_from.is_some() {
        let again = quoted(&path.display().to_string());
        return Err(wrong(
            &folder,
            "this is what logs tell, no run that could be run again; its tables and its timeline are in the folder",
            &format!("its scenario is one: supsim run {again}"),
        ));
    }
    let read = pipeline::read(&path, &Overrides::default())?;
    if hex(&Sha256::digest(&read.bytes)) != manifest.scenario.expanded_sha256 {
        return Err(wrong(
            &path,
            "it was changed after the run was stored, so this is another run",
            "run it as a scenario of its own: supsim run",
        ));
    }
    let mut scenario = read.scenario;
    manifest.remember(&mut scenario);
    Ok(Found { folder, manifest, scenario })
}

impl Manifest {
    /// What the stored scenario, in which every value is written, no longer knows: which of its
    /// values are defaults, and which the command line gave.
    fn remember(&self, scenario: &mut Scenario) {
        let default = |stood: &Stood| scenario.profile.default_of(&stood.key).cloned();
        scenario.defaults_used = self.defaults_used.iter().filter_map(default).collect();
        let instead = |one: &Instead| Overridden {
            by: one.by.clone(),
            path: one.path.clone(),
            before: one.before.clone(),
            after: one.after.clone(),
        };
        scenario.overridden = self.overridden.iter().map(instead).collect();
    }

    /// How much was recorded.
    pub fn recording(&self) -> Recording {
        match self.events.as_str() {
            "all" => Recording::All,
            "none" => Recording::None,
            _ => Recording::Attempts,
        }
    }

    /// The fingerprint of the replication that was stored in full.
    pub fn printed(&self) -> Option<&Printed> {
        self.fingerprints.first()
    }

    /// Which replication was stored in full.
    pub fn replication(&self) -> u32 {
        let first = self.replications.first().copied();
        self.printed().map_or(first.unwrap_or(0), |printed| printed.rep)
    }
}

/// Is it the file of a scenario, not a stored run?
pub(super) fn is_scenario(word: &Path) -> bool {
    let extension = word.extension().and_then(|extension| extension.to_str());
    extension.is_some_and(|it| it.eq_ignore_ascii_case("yaml") || it.eq_ignore_ascii_case("yml"))
        && !word.is_dir()
}

/// Where the run lies.
fn folder(named: &Named) -> Result<PathBuf, Stop> {
    if named.word.join(MANIFEST).is_file() {
        return Ok(named.word.clone());
    }
    let kept = kept(&named.results);
    if named.word == Path::new(LATEST) {
        // By what the manifests say, not by the dates of files, which copying changes.
        let ended = |folder: &PathBuf| read_manifest(folder).ok().map(|it| it.this_time.end);
        let newest = kept.into_iter().filter_map(|folder| Some((ended(&folder)?, folder))).max();
        return newest.map(|(_, folder)| folder).ok_or_else(|| {
            let text = format!("supsim: {}: no run is stored here", named.results.display());
            let advice = "\n  store one with supsim run, or name another folder with --out";
            Stop { exit: Exit::NothingRan, text: text + advice }
        });
    }
    let below = named.results.join(&named.word);
    if below.join(MANIFEST).is_file() {
        return Ok(below);
    }
    if let Some(folder) = [&named.word, &below].into_iter().find(|folder| study::is_kept(folder)) {
        return Err(wrong(folder, "this is a study, and one run is wanted", &of_study(folder)));
    }
    let said = named.word.display().to_string();
    let names = kept.iter().filter_map(|folder| folder.file_name()?.to_str());
    let meant = names
        .map(|name| (strsim::damerau_levenshtein(&said, name), name))
        .filter(|(distance, name)| *distance <= 2 || name.starts_with(&said))
        .min();
    let advice = meant.map_or_else(
        || "name a folder that supsim run has stored, a scenario file, or latest".to_owned(),
        |(_, name)| format!("did you mean {name}?"),
    );
    Err(wrong(&named.word, "this is not a stored run", &advice))
}

/// What there is of a study instead of a run.
pub(super) fn of_study(folder: &Path) -> String {
    let there = folder.display().to_string();
    let (study, point) = (quoted(&there), quoted(&format!("{there}/scenarios/KEY.yaml")));
    format!(
        "its own charts: supsim chart {study}\n  \
         the world of each of its points is a scenario, whose KEY stands in points.csv: {point}"
    )
}

/// The folders of all runs that are stored there, by name.
fn kept(results: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(results).into_iter().flatten().flatten();
    let mut folders: Vec<PathBuf> = entries
        .map(|entry| entry.path())
        // A run that is being written, or that steps aside, begins with a dot.
        .filter(|path| {
            path.file_name().is_some_and(|name| !name.to_string_lossy().starts_with('.'))
        })
        .filter(|path| path.join(MANIFEST).is_file())
        .collect();
    folders.sort();
    folders
}

fn read_manifest(folder: &Path) -> Result<Manifest, Stop> {
    let path = folder.join(MANIFEST);
    let mut text = String::new();
    File::open(&path)
        .and_then(|file| file.take(MOST_MANIFEST_BYTES).read_to_string(&mut text))
        .map_err(|error| Stop {
            exit: Exit::FileTrouble,
            text: format!("supsim: {}: {error}", path.display()),
        })?;
    let manifest: Manifest = serde_json::from_str(&text).map_err(|error| {
        wrong(&path, &format!("this is not the manifest of a run: {error}"), "store the run again")
    })?;
    if manifest.manifest != super::manifest::VERSION {
        let found = format!("it is a manifest of form {}", manifest.manifest);
        return Err(wrong(&path, &found, "this supsim reads form 1"));
    }
    Ok(manifest)
}

/// One replication of it, simulated now.
pub(super) fn again(
    folder: Option<PathBuf>,
    scenario: Scenario,
    replication: u32,
) -> Result<Kept, Stop> {
    cost::check(&scenario, CEILING)?;
    let trace = pipeline::simulate(&scenario, replication, CEILING, &mut |now| {
        interrupt::go_on(&format!("simulating, at {now} of {}", scenario.duration))
    })?;
    let outcome = pipeline::judge(&scenario, &trace);
    let replications = scenario.replications;
    Ok(Kept { folder, scenario, trace, outcome, replication, replications, alone: false })
}

/// Stops when the fingerprint is not the stored one.
fn held(kept: &Kept, printed: Option<&Printed>) -> Result<(), Stop> {
    let moved = printed.map(|then| then.moved(&kept.fingerprint())).unwrap_or_default();
    if moved.is_empty() {
        return Ok(());
    }
    let text = format!(
        "supsim: {}: this supsim gives another result than the one that stored it\n  \
         moved: {}\n  supsim replay says more; supsim run stores it as it is now",
        kept.folder.as_deref().unwrap_or(Path::new("")).display(),
        moved.join(", ")
    );
    Err(Stop { exit: Exit::Differs, text })
}

fn wrong(path: &Path, what: &str, advice: &str) -> Stop {
    let text = format!("supsim: {}: {what}\n  {advice}", path.display());
    Stop { exit: Exit::NothingRan, text }
}
