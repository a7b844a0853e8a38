//! The four rooms that a command walks through, behind one door each: read, simulate, judge, draw.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;
use std::rc::Rc;
use std::{panic, thread};

use super::cost::{Ceiling, exceeded};
use super::exit::{Exit, Stop};
use super::inputs::Inputs;
use super::overriding::quoted;
use super::results::Stored;
use crate::measure::Outcome;
use crate::report::{Chart, Picture, Run, Shown, release_to_draw};
use crate::scenario::{Diagnostic, Disk, Files, Overrides, Report, Scenario, Study};
use crate::trace::Trace;
use crate::units::{Duration, Instant};
use crate::world::{Blueprint, World};

/// The reference of error codes, for `supsim help E0405`.
pub(super) const ERRORS: &str = include_str!("../../docs/errors.md");

/// In how many stretches a run is simulated: as often the progress bar can move.
const STRETCHES: u64 = 200;

/// After so many events the run looks up: has it become too large, does somebody want it to stop?
const LOOK_UP: u64 = 1 << 14;

/// A scenario that was read.
pub(super) struct Read {
    /// What it describes.
    pub scenario: Scenario,
    /// What is odd about it, ready to print; may be empty.
    pub warnings: String,
    /// The bytes of the file.
    pub bytes: Vec<u8>,
    /// The other files that it was read from.
    pub inputs: Vec<Stored>,
}

/// Reads and checks a scenario; what the command line says wins over it.
pub(super) fn read(path: &Path, overrides: &Overrides) -> Result<Read, Stop> {
    let (bytes, inputs, decoded) = decoded(path, overrides)?;
    match decoded {
        Ok((scenario, warnings)) => {
            let warnings: Vec<String> = warnings.iter().map(ToString::to_string).collect();
            Ok(Read { scenario, warnings: warnings.join("\n"), bytes, inputs })
        }
        Err(report) => Err(Stop { exit: Exit::NothingRan, text: report.to_string() }),
    }
}

type Decoded = Result<(Scenario, Vec<Diagnostic>), Report>;

/// The bytes of a file, those that were read beside it, and what they say.
fn decoded(path: &Path, overrides: &Overrides) -> Result<(Vec<u8>, Vec<Stored>, Decoded), Stop> {
    let bytes = bytes(path)?;
    let files = Rc::new(Inputs::beside(path, overrides.allow_outside));
    let decoded = Scenario::decode(&path.display().to_string(), &bytes, overrides, files.clone());
    Ok((bytes, files.opened(), decoded))
}

/// The bytes of a file, once, and no further than a scenario can go: it may be a pipe, or a device
/// without an end.
pub(super) fn bytes(path: &Path) -> Result<Vec<u8>, Stop> {
    let unreadable = |error: std::io::Error| Stop {
        exit: Exit::FileTrouble,
        text: format!("supsim: {}: {error}", path.display()),
    };
    // What a system says of it is unkind: `Is a directory`, or on Windows `Access is denied`.
    if path.is_dir() {
        let folder = path.display();
        let text = format!(
            "supsim: {folder}: this is a folder; name a scenario in it\n  \
             supsim validate {} checks them all",
            quoted(&folder.to_string())
        );
        return Err(Stop { exit: Exit::FileTrouble, text });
    }
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(unreadable)?;
    let most = Scenario::MOST_BYTES as u64 + 1;
    file.take(most).read_to_end(&mut bytes).map_err(unreadable)?;
    Ok(bytes)
}

/// Reads and checks a study with all its points, of the name `told` in messages; and how many
/// warnings there are.
pub(super) fn read_study(
    told: &str,
    bytes: &[u8],
    overrides: &Overrides,
    files: Rc<dyn Files>,
) -> Result<(Study, usize), Stop> {
    match Study::decode(told, bytes, overrides, files) {
        Ok((study, warnings)) => Ok((study, warnings.len())),
        Err(report) => Err(Stop { exit: Exit::NothingRan, text: report.to_string() }),
    }
}

fn study(
    path: &Path,
    bytes: &[u8],
    overrides: &Overrides,
) -> Result<(Study, Vec<Diagnostic>), Report> {
    let files = Rc::new(Disk::beside(path, overrides.allow_outside));
    Study::decode(&path.display().to_string(), bytes, overrides, files)
}

/// Reads and checks a scenario or a study, and gives everything that was found, good or not.
pub(super) fn check(path: &Path, overrides: &Overrides) -> Result<Report, Stop> {
    let bytes = bytes(path)?;
    let warnings = if Study::is_one(&bytes) {
        study(path, &bytes, overrides).map(|(_, warnings)| warnings)
    } else {
        let files = Rc::new(Disk::beside(path, overrides.allow_outside));
        let decoded = Scenario::decode(&path.display().to_string(), &bytes, overrides, files);
        decoded.map(|(_, warnings)| warnings)
    };
    Ok(match warnings {
        Ok(warnings) => Report { diagnostics: warnings, further: 0 },
        Err(report) => report,
    })
}

/// The scenario with everything written out; reading this again describes the same world.
pub(super) fn expanded(scenario: &Scenario) -> String {
    scenario.to_yaml()
}

/// Runs one replication to its end, telling now and then how far it has come; the listener may
/// stop it, and so does the ceiling.
pub(super) fn simulate(
    scenario: &Scenario,
    replication: u32,
    ceiling: Ceiling,
    reached: &mut dyn FnMut(Instant) -> Result<(), Stop>,
) -> Result<Trace, Stop> {
    let blueprint = Blueprint::new(scenario);
    let mut world = World::new(&blueprint, replication);
    let stretch = Duration::from_micros((scenario.duration.micros() / STRETCHES).max(1));
    let end = Instant::START + scenario.duration;
    let mut until = Instant::START;
    while until < end {
        until = (until + stretch).min(end);
        while world.step(until) {
            if !world.events().is_multiple_of(LOOK_UP) {
                continue;
            }
            if world.events() >= ceiling.events {
                return Err(exceeded("events", ceiling.events, world.now()));
            }
            if world.trace().records.len() as u64 >= ceiling.records {
                return Err(exceeded("records", ceiling.records, world.now()));
            }
            reached(world.now())?;
        }
        reached(until)?;
    }
    Ok(world.into_trace())
}

/// What a trace says.
pub(super) fn judge(scenario: &Scenario, trace: &Trace) -> Outcome {
    Outcome::of(scenario, trace)
}

/// A chart.
pub(super) struct Drawing {
    /// The name of its files, without the extension.
    pub name: &'static str,
    /// As SVG.
    pub svg: String,
    /// As PNG, when asked for.
    pub png: Option<Vec<u8>>,
}

/// Draws these charts of a run, in their order; those of `pixelled` as PNG as well.
pub(super) fn draw(
    run: &Run<'_>,
    charts: &[Chart],
    pixelled: &[Chart],
) -> Result<Vec<Drawing>, Stop> {
    // The picture names its neighbour in the folder, not a path of the machine that drew it.
    let repeat = "supsim run scenario.yaml";
    let shown = Shown { run: *run, release: release_to_draw(run.scenario), repeat };
    let drawing = |chart: Chart| {
        let picture = chart.draw(&shown);
        let png = if pixelled.contains(&chart) { Some(pixels(&picture)?) } else { None };
        Ok(Drawing { name: chart.name(), svg: picture.svg, png })
    };
    // Pixels take far longer than lines, and no picture waits for another.
    thread::scope(|scope| {
        let drawing = &drawing;
        let draw = |chart: &Chart| {
            let chart = *chart;
            scope.spawn(move || drawing(chart))
        };
        let drawn: Vec<_> = charts.iter().map(draw).collect();
        let finished = |work: thread::ScopedJoinHandle<'_, _>| match work.join() {
            Ok(drawn) => drawn,
            Err(defect) => panic::resume_unwind(defect),
        };
        drawn.into_iter().map(finished).collect()
    })
}

/// The PNG of a picture.
pub(super) fn pixels(picture: &Picture) -> Result<Vec<u8>, Stop> {
    picture.to_png().map_err(|error| Stop {
        exit: Exit::Defect,
        text: format!("supsim: a chart could not be turned into PNG: {error}"),
    })
}

#[cfg(test)]
pub(super) mod tests {
    /// One central site, two child primaries, one failed synchronisation and its retry.
    pub(in crate::cli) const TUTORIAL: &str = "\
supsim: 1
kind: scenario
name: tutorial
timezone: America/New_York
start: 2026-01-13 00:00
duration: 2d
catalogue:
  releases:
    patch-tuesday: { when: { at: 2026-01-13 13:00 }, updates: 120, metadata: 45 MB }
sites:
  CEN: { type: central }
  PR1: { parent: CEN }
  PR2: { parent: CEN }
sync:
  schedule: { weekly: { on: [Tue], at: \"22:00\" } }
faults:
  lima-first-try:
    where: { code: PR2 }
    do: { fail_sync: { after: 12min } }
    when: { attempts: [1] }
";
}
