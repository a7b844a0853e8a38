//! `supsim run`: what happens?

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Instant as WallInstant;

use jiff::Timestamp;
use sha2::{Digest, Sha256};

use super::cost::{self, CEILING};
use super::exit::{Exit, Stop};
use super::interrupt;
use super::manifest::{Provenance, write_manifest};
use super::overriding::{as_typed, told};
use super::pipeline::{self, Read};
use super::progress::Progress;
use super::replications;
use super::results::{MANIFEST, Writing, hex};
use super::screen::{Screen, When};
use crate::report::{
    Logs, Look, Many, Run, footer, summary, write_arrivals, write_attempts, write_clients,
    write_events, write_expectations, write_faults, write_series, write_sites, write_summary,
};
use crate::scenario::{Overrides, Recording, Scenario};
use crate::trace::Fingerprint;

/// The run that was meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Plan {
    /// The scenario file.
    pub file: PathBuf,
    /// Where to store; `None`: nowhere.
    pub results: Option<PathBuf>,
    /// Wins over what the scenario says.
    pub overrides: Overrides,
    /// How many; wins over the scenario's own.
    pub replications: Option<u32>,
    /// Exactly this one.
    pub replication: Option<u32>,
    /// On how many threads; `None`: as many as the machine has.
    pub threads: Option<usize>,
    /// Wins over the scenario's own.
    pub events: Option<Recording>,
    /// Which charts.
    pub charts: Charts,
    /// A log for each site?
    pub logs: bool,
    /// How the summary looks.
    pub look: Look,
    /// No summary.
    pub quiet: bool,
    /// The progress bar.
    pub progress: When,
}

/// Which forms of the charts are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Charts {
    pub svg: bool,
    pub png: bool,
}

/// Runs, tells, stores.
pub(super) fn run(plan: &Plan, words: Vec<OsString>, screen: &mut Screen) -> Result<Exit, Stop> {
    let (began, clock) = (Timestamp::now(), WallInstant::now());
    let read = pipeline::read(&plan.file, &plan.overrides);
    let Read { mut scenario, warnings, bytes } = read.map_err(|stop| guess(stop, &plan.file))?;
    if !warnings.is_empty() && !plan.quiet {
        screen.complain(&warnings);
    }
    if !plan.quiet {
        screen.say(&told(&scenario.overridden));
    }
    scenario.replications = plan.replications.unwrap_or(scenario.replications);
    let wanted = plan.events.unwrap_or(scenario.recording);
    scenario.recording = wanted;
    let expanded = plan.results.as_ref().map(|_| pipeline::expanded(&scenario));
    // The tables and the summary are made from the record: without one there would be nothing
    // to tell. `none` leaves out events.jsonl alone.
    scenario.recording = wanted.max(Recording::Attempts);
    cost::check(&scenario, CEILING)?;
    if plan.replication.is_none() {
        cost::check_all(&scenario, scenario.replications, CEILING)?;
    }

    let mut progress = Progress::new(plan.progress, &scenario.name, screen);
    let whole = scenario.duration.micros().max(1);
    // The first one is told and stored in full; of the others only what it says to what is asked.
    let replication = plan.replication.unwrap_or(0);
    let trace = pipeline::simulate(&scenario, replication, CEILING, &mut |now| {
        let per_mille = u128::from(now.micros()) * 1000 / u128::from(whole);
        progress.reached(u64::try_from(per_mille).unwrap_or(1000), screen);
        interrupt::go_on(&format!("simulating, at {now} of {}", scenario.duration))
    })?;
    progress.doing("judging");
    let outcome = pipeline::judge(&scenario, &trace);
    interrupt::go_on("judging")?;
    let run = Run { scenario: &scenario, trace: &trace, outcome: &outcome, replication };
    let replicated = replications::all(&run, plan, &mut progress, screen)?;
    let many = replicated.many();
    if !plan.quiet {
        progress.done();
        screen.say(&(summary(&run, &many, plan.look) + "\n"));
    }

    let mut stored = None;
    if let (Some(results), Some(expanded)) = (&plan.results, expanded) {
        progress.doing("storing");
        let mut writing =
            Writing::begin(results, &folder_name(&scenario, &expanded, &chosen(plan)), screen)?;
        write_files(&run, &many, plan, wanted, &expanded, &mut writing)?;
        let files = writing.stored();
        let provenance = Provenance {
            command_line: command_line(&words),
            file: plan.file.to_string_lossy().into_owned(),
            file_sha256: hex(&Sha256::digest(&bytes)),
            expanded_sha256: hex(&Sha256::digest(expanded.as_bytes())),
            replications: many.replications.iter().map(|one| one.number).collect(),
            recorded: replication,
            recording: wanted,
            fingerprint: Fingerprint::of(&trace, &run.names()),
            began,
            ended: Timestamp::now(),
            files: &files,
        };
        writing.file(MANIFEST, |out| write_manifest(&scenario, &provenance, out))?;
        interrupt::go_on("storing")?;
        stored = Some(writing.finish()?);
    }
    progress.done();
    if !plan.quiet {
        let stored = stored.map(|folder| folder.display().to_string());
        screen.say(&footer(plan.look, stored.as_deref(), &repeat(plan)));
        if screen.err_is_terminal() {
            screen.complain(&format!("{:.1} s", clock.elapsed().as_secs_f64()));
        }
    }
    Ok(replicated.exit(&scenario))
}

/// To a file that is not there, adds the one that may have been meant.
fn guess(mut stop: Stop, file: &Path) -> Stop {
    let (folder, Some(name)) = (file.parent(), file.file_name()) else { return stop };
    if file.exists() {
        return stop;
    }
    let folder = folder.filter(|folder| !folder.as_os_str().is_empty());
    let neighbours = std::fs::read_dir(folder.unwrap_or(Path::new(".")));
    let name = name.to_string_lossy();
    let closest = neighbours
        .into_iter()
        .flatten()
        .flatten()
        .map(|neighbour| neighbour.file_name().to_string_lossy().into_owned())
        .filter(|neighbour| neighbour.ends_with(".yaml") || neighbour.ends_with(".yml"))
        .map(|neighbour| (strsim::damerau_levenshtein(&name, &neighbour), neighbour))
        .min();
    if let Some((distance, neighbour)) = closest
        && distance <= 1 + name.len() / 4
    {
        stop.text = format!("{}\n  did you mean {neighbour}?", stop.text.trim_end());
    }
    stop
}

/// `NAME-XXXXXXXX`: the digits belong to all that determines the result; `chosen` are the words
/// that choose one replication.
pub(super) fn folder_name(scenario: &Scenario, expanded: &str, chosen: &str) -> String {
    let mut hash = Sha256::new();
    hash.update(env!("CARGO_PKG_VERSION"));
    hash.update(b"\n");
    hash.update(expanded);
    hash.update(chosen);
    format!("{}-{}", scenario.name, &hex(&hash.finalize())[..8])
}

/// The command that gives the same run again.
fn repeat(plan: &Plan) -> String {
    let file = plan.file.display().to_string();
    let file = if file.contains(' ') { format!("\"{file}\"") } else { file };
    let words = [format!("supsim run {file}")].into_iter().chain(as_typed(&plan.overrides));
    let seed = plan.overrides.seed.map(|seed| format!("--seed {seed}"));
    let replications = plan.replications.map(|count| format!("--reps {count}"));
    words.chain(seed).chain(replications).collect::<Vec<_>>().join(" ") + &chosen(plan)
}

/// The words that choose one replication.
fn chosen(plan: &Plan) -> String {
    plan.replication.map(|number| format!(" --rep {number}")).unwrap_or_default()
}

/// The words as they were given; the program by its name, wherever it lies.
pub(super) fn command_line(words: &[OsString]) -> Vec<String> {
    let given = words.iter().skip(1).map(|word| word.to_string_lossy().into_owned());
    std::iter::once("supsim".to_owned()).chain(given).collect()
}

/// Every file but the manifest.
fn write_files(
    run: &Run<'_>,
    many: &Many<'_>,
    plan: &Plan,
    wanted: Recording,
    expanded: &str,
    writing: &mut Writing,
) -> Result<(), Stop> {
    writing.file("scenario.yaml", |out| out.write_all(expanded.as_bytes()))?;
    writing.file("tables/sites.csv", |out| write_sites(run, out))?;
    writing.file("tables/attempts.csv", |out| write_attempts(run, out))?;
    writing.file("tables/arrivals.csv", |out| write_arrivals(run, out))?;
    writing.file("tables/faults.csv", |out| write_faults(run, out))?;
    if !run.scenario.expectations.is_empty() {
        writing.file("tables/expectations.csv", |out| write_expectations(run, many, out))?;
        writing.file("tables/summary.csv", |out| write_summary(run, many, out))?;
    }
    if run.scenario.series_every.is_some() {
        writing.file("tables/series.csv", |out| write_series(run, out))?;
    }
    if run.scenario.has_clients() {
        writing.file("tables/clients.csv", |out| write_clients(run, out))?;
    }
    if wanted != Recording::None {
        writing.file("events.jsonl", |out| write_events(run, out))?;
    }
    if plan.logs {
        let logs = Logs::new(*run);
        for site in logs.sites() {
            interrupt::go_on("storing")?;
            let folder = safe_folder(&run.scenario.sites[site.index()].code);
            let path = format!("logs/{folder}/wsyncmgr.log");
            writing.file(&path, |out| logs.write(site, out))?;
        }
    }
    if plan.charts.svg || plan.charts.png {
        interrupt::go_on("drawing")?;
        for drawing in pipeline::draw(run.scenario, run.outcome, plan.charts.png)? {
            let name = drawing.name;
            if plan.charts.svg {
                let svg = drawing.svg.as_bytes();
                writing.file(&format!("charts/{name}.svg"), |out| out.write_all(svg))?;
            }
            if let Some(png) = &drawing.png {
                writing.file(&format!("charts/{name}.png"), |out| out.write_all(png))?;
            }
        }
    }
    interrupt::go_on("drawing")?;
    // The stored text is the same wherever it is stored: it names its neighbour, not a path.
    let text = summary(run, many, Look::default())
        + "\n"
        + &footer(Look::default(), None, &format!("supsim run scenario.yaml{}", chosen(plan)));
    writing.file("summary.txt", |out| out.write_all(text.as_bytes()))
}

/// Windows takes a folder called `COM1` or `LPT9` for a device.
fn safe_folder(code: &str) -> String {
    let device = |prefix| {
        code.strip_prefix(prefix)
            .is_some_and(|rest: &str| rest.len() == 1 && rest.as_bytes()[0].is_ascii_digit())
    };
    if device("COM") || device("LPT") { format!("{code}_") } else { code.to_owned() }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::fs;
    use std::path::Path;

    use super::super::{perform, screen::Captured};
    use super::*;

    struct Ran {
        exit: Exit,
        out: String,
        err: String,
    }

    /// Runs with `words` in which `DIR` stands for the folder given.
    fn supsim(dir: &Path, words: &str) -> Ran {
        let (mut screen, out, err): (_, Captured, Captured) = Screen::captured();
        let place = |word: &str| word.replace("DIR", &dir.display().to_string()).into();
        let words = std::iter::once("supsim").chain(words.split(' ')).map(place).collect();
        let exit = perform(words, &mut screen);
        Ran { exit, out: out.text(), err: err.text() }
    }

    /// Every file below a folder, by path; a manifest without its `this_time`.
    fn files(root: &Path) -> BTreeMap<String, Vec<u8>> {
        let mut files = BTreeMap::new();
        let mut folders = vec![root.to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                    continue;
                }
                let mut bytes = fs::read(&path).unwrap();
                if path.ends_with(MANIFEST) {
                    let text = String::from_utf8(bytes).unwrap();
                    bytes = text.split("\"this_time\"").next().unwrap().as_bytes().to_vec();
                }
                let path = path.strip_prefix(root).unwrap().to_string_lossy().replace('\\', "/");
                files.insert(path, bytes);
            }
        }
        files
    }

    fn workplace() -> tempfile::TempDir {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("tutorial.yaml"), crate::cli::pipeline::tests::TUTORIAL).unwrap();
        dir
    }

    fn only_run(results: &Path) -> PathBuf {
        let mut runs: Vec<PathBuf> = fs::read_dir(results)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.is_dir())
            .collect();
        assert_eq!(runs.len(), 1, "{runs:?}");
        runs.remove(0)
    }

    #[test]
    fn a_run_is_told_and_stored() {
        let dir = workplace();
        let ran = supsim(dir.path(), "run DIR/tutorial.yaml --out DIR/results");
        assert_eq!((ran.exit, ran.err.as_str()), (Exit::Ok, ""));
        assert!(ran.out.starts_with("tutorial   seed 1 "), "{}", ran.out);
        let run = only_run(&dir.path().join("results"));
        assert!(ran.out.contains(&format!("stored as {}", run.display())), "{}", ran.out);
        let files = files(&run);
        let names: Vec<&str> = files.keys().map(String::as_str).collect();
        for name in [
            "events.jsonl",
            "logs/CEN/wsyncmgr.log",
            "logs/PR2/wsyncmgr.log",
            "manifest.json",
            "scenario.yaml",
            "summary.txt",
            "tables/arrivals.csv",
            "tables/attempts.csv",
            "tables/faults.csv",
            "tables/sites.csv",
        ] {
            assert!(names.contains(&name), "{name} is missing in {names:?}");
        }
        assert!(names.iter().any(|name| name.starts_with("charts/") && name.ends_with(".svg")));
    }

    #[test]
    fn the_same_run_again_gives_the_same_bytes_in_the_same_folder() {
        let dir = workplace();
        let command = "run DIR/tutorial.yaml --out DIR/results";
        let first = supsim(dir.path(), command);
        let run = only_run(&dir.path().join("results"));
        let before = files(&run);
        let second = supsim(dir.path(), command);
        assert_eq!(first.out, second.out);
        assert_eq!(files(&only_run(&dir.path().join("results"))), before);
    }

    #[test]
    fn the_manifest_knows_every_other_file_by_its_hash() {
        let dir = workplace();
        supsim(dir.path(), "run DIR/tutorial.yaml --out DIR/results");
        let run = only_run(&dir.path().join("results"));
        let manifest = fs::read_to_string(run.join(MANIFEST)).unwrap();
        let manifest: serde_json::Value = serde_json::from_str(&manifest).unwrap();
        let mut listed = Vec::new();
        for file in manifest["files"].as_array().unwrap() {
            let path = file["path"].as_str().unwrap();
            let bytes = fs::read(run.join(path)).unwrap();
            assert_eq!(file["sha256"], hex(&Sha256::digest(&bytes)), "{path}");
            assert_eq!(file["bytes"], bytes.len(), "{path}");
            listed.push(path.to_owned());
        }
        let there: Vec<String> = files(&run).into_keys().filter(|path| path != MANIFEST).collect();
        assert_eq!(listed, there);
        assert_eq!(manifest["scenario"]["name"], "tutorial");
        let file = fs::read(dir.path().join("tutorial.yaml")).unwrap();
        assert_eq!(manifest["scenario"]["sha256"], hex(&Sha256::digest(&file)));
        assert_eq!(manifest["fingerprints"][0]["all"].as_str().unwrap().len(), 8);
        assert!(manifest["this_time"]["start"].as_str().unwrap().ends_with('Z'));
    }

    #[test]
    fn nothing_is_stored_when_nothing_shall_be() {
        let dir = workplace();
        let ran = supsim(dir.path(), "run DIR/tutorial.yaml --no-store");
        assert_eq!(ran.exit, Exit::Ok);
        assert!(!ran.out.contains("stored as"), "{}", ran.out);
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1, "only the scenario");
        let ran = supsim(dir.path(), "run DIR/tutorial.yaml --no-store --out DIR/x");
        assert_eq!(ran.exit, Exit::NothingRan);
    }

    #[test]
    fn quiet_says_nothing_and_stores_all_the_same() {
        let dir = workplace();
        let ran = supsim(dir.path(), "run DIR/tutorial.yaml -q --out DIR/results");
        assert_eq!((ran.exit, ran.out.as_str(), ran.err.as_str()), (Exit::Ok, "", ""));
        assert!(only_run(&dir.path().join("results")).join("summary.txt").exists());
    }

    #[test]
    fn without_events_charts_and_logs_the_tables_stay() {
        let dir = workplace();
        let words = "run DIR/tutorial.yaml --out DIR/r --events none --charts none --logs none";
        supsim(dir.path(), words);
        let run = only_run(&dir.path().join("r"));
        assert!(!run.join("events.jsonl").exists());
        assert!(!run.join("charts").exists());
        assert!(!run.join("logs").exists());
        let attempts = fs::read_to_string(run.join("tables/attempts.csv")).unwrap();
        assert!(attempts.lines().count() > 1, "{attempts}");
    }

    #[test]
    fn what_was_overridden_is_said_first_and_kept_in_the_manifest() {
        let dir = workplace();
        let words = "run DIR/tutorial.yaml --out DIR/r --set faults.lima-first-try=null --where code=PR2 --set name=Lima";
        let ran = supsim(dir.path(), words);
        assert_eq!((ran.exit, ran.err.as_str()), (Exit::Ok, ""));
        let lines: Vec<&str> = ran.out.lines().take(3).collect();
        assert!(
            lines[0].starts_with("overridden: faults.lima-first-try removed (was { where"),
            "{}",
            ran.out
        );
        assert_eq!(lines[1], "overridden: name of 1 site (PR2) = Lima");
        assert!(lines[2].starts_with("tutorial "), "{}", ran.out);
        let manifest = fs::read_to_string(only_run(&dir.path().join("r")).join(MANIFEST)).unwrap();
        let manifest: serde_json::Value = serde_json::from_str(&manifest).unwrap();
        assert_eq!(manifest["overridden"][0]["path"], "faults.lima-first-try");
        assert_eq!(manifest["overridden"][0]["after"], serde_json::Value::Null);
        assert_eq!(manifest["overridden"][1]["by"], "--where { code: PR2 } --set name=Lima");
        let again = "tutorial.yaml --set faults.lima-first-try=null --where code=PR";
        assert!(ran.out.contains(again), "{}", ran.out);
    }

    #[test]
    fn a_file_that_is_not_there_ends_with_74_and_its_name() {
        let dir = workplace();
        let ran = supsim(dir.path(), "run DIR/tutorail.yaml --out DIR/results");
        assert_eq!((ran.exit, ran.out.as_str()), (Exit::FileTrouble, ""));
        assert!(ran.err.contains("tutorail.yaml: "), "{}", ran.err);
        assert!(ran.err.ends_with("did you mean tutorial.yaml?\n"), "{}", ran.err);
        assert!(!dir.path().join("results").exists());
    }

    #[test]
    fn a_place_that_cannot_be_written_ends_with_74_after_the_summary() {
        let dir = workplace();
        fs::write(dir.path().join("results"), "in the way").unwrap();
        let ran = supsim(dir.path(), "run DIR/tutorial.yaml --out DIR/results");
        assert_eq!(ran.exit, Exit::FileTrouble);
        assert!(ran.out.starts_with("tutorial "), "the answer is not lost: {}", ran.out);
        assert!(ran.err.contains("results"), "{}", ran.err);
    }

    #[test]
    fn devices_of_windows_are_no_folders() {
        assert_eq!(safe_folder("COM1"), "COM1_");
        assert_eq!(safe_folder("CO1"), "CO1");
        assert_eq!(safe_folder("COM12"), "COM12");
    }
}
