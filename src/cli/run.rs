//! `supsim run`: what happens?

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Instant as WallInstant;

use jiff::Timestamp;
use sha2::{Digest, Sha256};

use super::cost::{self, CEILING, CEILING_OF_CAUSES};
use super::exit::{Exit, Stop};
use super::export;
use super::format;
use super::interrupt;
use super::manifest::{Provenance, write_manifest};
use super::overriding::{as_typed, quoted, told};
use super::pipeline::{self, Read};
use super::progress::Progress;
use super::replications::{self, Others};
use super::results::{MANIFEST, Writing, hex};
use super::screen::{Screen, When};
use super::until;
use crate::report::{
    Chart, Logs, Look, Many, Run, TableName, footer, latest_site, summary, write_csv, write_events,
};
use crate::scenario::{Overrides, Recording, Scenario};
use crate::trace::Fingerprint;
use crate::world;

/// The run that was meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Plan {
    /// The scenario file.
    pub file: PathBuf,
    /// Where to store; `None`: nowhere.
    pub results: Option<PathBuf>,
    /// What else to write, and where.
    pub outputs: Vec<PathBuf>,
    /// Wins over what the scenario says.
    pub overrides: Overrides,
    /// How many; wins over the scenario's own.
    pub replications: Option<u32>,
    /// Exactly this one.
    pub replication: Option<u32>,
    /// How well which expectation is to be known, as written.
    pub until: Vec<String>,
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

/// The charts that are stored with every run; that of the links where packages were recorded.
const DRAWN: [Chart; 8] = [
    Chart::Propagation,
    Chart::Timeline,
    Chart::Blame,
    Chart::Heatmap,
    Chart::Load,
    Chart::Staleness,
    Chart::Topology,
    Chart::Links,
];

/// Those that are stored as PNG too: pixels take a tenth of a second each.
const PIXELLED: [Chart; 3] = [Chart::Propagation, Chart::Timeline, Chart::Blame];

/// Runs, tells, stores.
pub(super) fn run(plan: &Plan, words: Vec<OsString>, screen: &mut Screen) -> Result<Exit, Stop> {
    let (began, clock) = (Timestamp::now(), WallInstant::now());
    let outputs = match &plan.outputs[..] {
        [] => Vec::new(),
        // What cannot be written is said before anything runs.
        paths => format::outputs(paths, None)?,
    };
    let read = pipeline::read(&plan.file, &plan.overrides);
    let Read { mut scenario, warnings, bytes, inputs } =
        read.map_err(|stop| guess(stop, &plan.file))?;
    if !warnings.is_empty() && !plan.quiet {
        screen.complain(&warnings);
    }
    if !plan.quiet {
        screen.say(&told(&scenario.overridden));
    }
    export::refuse(&outputs, &scenario)?;
    let untils = until::read(&plan.until, &scenario)?;
    let usual = if untils.is_empty() { scenario.replications } else { until::MOST };
    scenario.replications = plan.replications.unwrap_or(usual);
    let wanted = plan.events.unwrap_or(scenario.recording);
    scenario.recording = wanted;
    let mut expanded = plan.results.as_ref().map(|_| pipeline::expanded(&scenario));
    // The tables and the summary are made from the record: without one there would be nothing
    // to tell. `none` leaves out events.jsonl alone.
    let kept = wanted.max(Recording::Attempts);
    scenario.recording = kept;
    cost::check(&scenario, CEILING)?;
    // To say why it was late, everything is recorded, whatever is kept of it, where that is not
    // too much.
    scenario.recording = Recording::All;
    if kept < Recording::All && cost::check(&scenario, CEILING_OF_CAUSES).is_err() {
        scenario.recording = kept;
    }
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
    let less = (kept < scenario.recording).then(|| world::less(&trace, kept));
    let kept = Run { trace: less.as_ref().unwrap_or(&trace), ..run };
    let others = Others {
        alone: plan.replication.is_some(),
        threads: plan.threads,
        until: &untils,
        results: plan.results.as_deref(),
    };
    let replicated = replications::all(&run, others, &mut progress, screen)?;
    let many = replicated.many();
    // what is stored is what so many replications give, whyever they were so many
    let world = (!untils.is_empty())
        .then(|| Scenario { replications: replicated.count() as u32, ..scenario.clone() });
    let run = Run { scenario: world.as_ref().unwrap_or(&scenario), ..run };
    let kept = Run { scenario: run.scenario, ..kept };
    if let Some(world) = &world {
        let world = || Scenario { recording: wanted, ..world.clone() };
        expanded = expanded.map(|_| pipeline::expanded(&world()));
    }
    let (precise, known) = until::told(&untils, &run, &many, plan.look);
    if !plan.quiet {
        progress.done();
        screen.say(&(summary(&run, &many, plan.look) + "\n" + &known));
    }

    let mut stored = None;
    if let (Some(results), Some(expanded)) = (&plan.results, expanded) {
        progress.doing("storing");
        let mut writing =
            Writing::begin(results, &folder_name(&scenario, &expanded, &chosen(plan)), screen)?;
        write_files((&run, &kept), &many, plan, wanted, &expanded, &mut writing)?;
        let files = writing.stored();
        let provenance = Provenance {
            retold_from: None,
            command_line: command_line(&words),
            file: plan.file.to_string_lossy().into_owned(),
            file_sha256: hex(&Sha256::digest(&bytes)),
            inputs: &inputs,
            expanded_sha256: hex(&Sha256::digest(expanded.as_bytes())),
            replications: many.replications.iter().map(|one| one.number).collect(),
            recorded: replication,
            recording: wanted,
            fingerprint: Fingerprint::of(kept.trace, &run.names()),
            began,
            ended: Timestamp::now(),
            files: &files,
        };
        writing.file(MANIFEST, |out| write_manifest(&scenario, &provenance, out))?;
        interrupt::go_on("storing")?;
        stored = Some(writing.finish()?);
    }
    progress.done();
    export::write(&outputs, &run, &many, plan.quiet, screen)?;
    if !plan.quiet {
        let stored = stored.map(|folder| folder.display().to_string());
        screen.say(&footer(
            plan.look,
            stored.as_deref(),
            why(&run, plan).as_deref(),
            &repeat(plan),
        ));
        if screen.err_is_terminal() {
            if replicated.kept > 0 {
                let (kept, all) = (replicated.kept, replicated.count());
                screen.complain(&format!("{kept} of {all} replications were kept of earlier runs"));
            }
            screen.complain(&format!("{:.1} s", clock.elapsed().as_secs_f64()));
        }
    }
    let exit = replicated.exit(&scenario);
    Ok(if precise { exit } else { exit.or_worse(Exit::Inconclusive) })
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
    let file = quoted(&plan.file.display().to_string());
    let words = [format!("supsim run {file}")].into_iter().chain(as_typed(&plan.overrides));
    let seed = plan.overrides.seed.map(|seed| format!("--seed {seed}"));
    let replications = plan.replications.map(|count| format!("--reps {count}"));
    let until = plan.until.iter().map(|word| format!("--until {}", quoted(word)));
    words.chain(seed).chain(replications).chain(until).collect::<Vec<_>>().join(" ") + &chosen(plan)
}

/// The command that says why the latest site was so late.
fn why(run: &Run<'_>, plan: &Plan) -> Option<String> {
    let site = latest_site(run)?;
    let file = quoted(&plan.file.display().to_string());
    let words = std::iter::once(ask(&file, site)).chain(as_typed(&plan.overrides));
    let seed = plan.overrides.seed.map(|seed| format!("--seed {seed}"));
    Some(words.chain(seed).collect::<Vec<_>>().join(" ") + &chosen(plan))
}

fn ask(file: &str, site: &str) -> String {
    format!("supsim explain {file} {site}")
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

/// Every file but the manifest; `kept` is the run with what is kept of its record.
fn write_files(
    (run, kept): (&Run<'_>, &Run<'_>),
    many: &Many<'_>,
    plan: &Plan,
    wanted: Recording,
    expanded: &str,
    writing: &mut Writing,
) -> Result<(), Stop> {
    writing.file("scenario.yaml", |out| out.write_all(expanded.as_bytes()))?;
    for table in TableName::of(run) {
        let path = format!("tables/{}.csv", table.word());
        writing.file(&path, |out| write_csv(table, run, many, out))?;
    }
    if wanted != Recording::None {
        writing.file("events.jsonl", |out| write_events(kept, out))?;
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
        let links = !run.scenario.links.is_empty() && run.scenario.recording == Recording::All;
        let drawn = if links { &DRAWN[..] } else { &DRAWN[..DRAWN.len() - 1] };
        let (drawn, pixelled) = match (plan.charts.svg, plan.charts.png) {
            (true, true) => (drawn, &PIXELLED[..]),
            (true, false) => (drawn, &[][..]),
            (false, _) => (&PIXELLED[..], &PIXELLED[..]),
        };
        for drawing in pipeline::draw(run, drawn, pixelled)? {
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
        + &footer(
            Look::default(),
            None,
            latest_site(run).map(|site| ask("scenario.yaml", site) + &chosen(plan)).as_deref(),
            &format!("supsim run scenario.yaml{}", chosen(plan)),
        );
    writing.file("summary.txt", |out| out.write_all(text.as_bytes()))
}

/// Windows takes a folder called `COM1` or `LPT9` for a device.
pub(super) fn safe_folder(code: &str) -> String {
    let device = |prefix| {
        code.strip_prefix(prefix)
            .is_some_and(|rest: &str| rest.len() == 1 && rest.as_bytes()[0].is_ascii_digit())
    };
    if device("COM") || device("LPT") { format!("{code}_") } else { code.to_owned() }
}

#[cfg(test)]
mod tests;
