//! `supsim compare`: which is better, and by how much?

use std::fs::File;
use std::io::BufWriter;
use std::path::{Path, PathBuf};

use super::cost::{self, CEILING};
use super::exit::{Exit, Stop};
use super::kept::again;
use super::overriding::quoted;
use super::paired::{Design, as_in, matters, rows};
use super::pipeline;
use super::placed;
use super::progress::Progress;
use super::replications::{spreads, threads, watched};
use super::screen::{Screen, When};
use super::until::{self, Until};
use crate::experiment::{Compared, Judgement, measures, needed};
use crate::report::{
    Comparison, Curve, Curves, Look, Picture, comparison, curve_sites, curves, release_named,
    release_to_draw, told, write_differences,
};
use crate::scenario::{Overrides, Scenario, changes};
use crate::units::ReleaseId;

/// So many replications are drawn at most: a median does not change for more.
const DRAWN: u32 = 50;

/// What was meant.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Plan {
    /// The designs; the first is what the others are compared with.
    pub files: Vec<PathBuf>,
    /// Wins over what each of them says.
    pub overrides: Overrides,
    /// How many of each; wins over the first one's own.
    pub replications: Option<u32>,
    /// How well which expectation is to be known, as written.
    pub until: Vec<String>,
    /// On how many threads; `None`: as many as the machine has.
    pub threads: Option<usize>,
    /// What matters, as written.
    pub matters_from: Vec<String>,
    /// Between 0 and 1.
    pub confidence: f64,
    /// Does a design that is worse end the program with 1?
    pub fail_if_worse: bool,
    /// Where the differences go (`.csv`), and the curves of a release (`.svg`, `.png`).
    pub outputs: Vec<PathBuf>,
    /// Of which release.
    pub release: Option<String>,
    /// How the text looks.
    pub look: Look,
    /// No text.
    pub quiet: bool,
    /// The progress bar.
    pub progress: When,
}

/// Replicates every design, and tells what differs.
pub(super) fn compare(plan: &Plan, screen: &mut Screen) -> Result<Exit, Stop> {
    let matters = matters(&plan.matters_from)?;
    let outputs: Vec<(&Path, Form)> =
        plan.outputs.iter().map(|it| form(it)).collect::<Result<_, _>>()?;
    let scenarios = read(plan, screen)?;
    let draws = outputs.iter().any(|(_, form)| *form != Form::Table);
    let release = draws.then(|| release(plan, &scenarios[0])).transpose()?;
    let replications = match scenarios.iter().any(Scenario::is_random) {
        true => scenarios[0].replications,
        false => 1,
    };
    for scenario in &scenarios {
        cost::check_all(scenario, replications, CEILING)?;
    }
    let names = names(&scenarios, &plan.files);
    // an expectation may be one of some designs only, but not of none
    let untils: Vec<Vec<Until>> = scenarios
        .iter()
        .map(|scenario| until::read_known(&plan.until, scenario))
        .collect::<Result<_, _>>()?;
    until::known_to_any(&plan.until, &scenarios)?;
    let mut designs: Vec<Design> = Vec::new();
    for scenario in scenarios {
        let told = match designs.first() {
            Some(first) => as_in(&first.scenario, &first.told, &scenario),
            _ => told(&again(None, scenario.clone(), 0)?.run()).into_iter().map(Some).collect(),
        };
        designs.push(Design { scenario, told, replications: Vec::new() });
    }
    let block = if plan.until.is_empty() { replications } else { until::PILOT };
    while designs[0].replications.len() < replications as usize {
        let from = designs[0].replications.len() as u32;
        let known = |(design, untils): (&Design, &Vec<Until>)| {
            untils.iter().all(|until| until.is_met(&design.replications))
        };
        if from > 0 && designs.iter().zip(&untils).all(known) {
            break;
        }
        let numbers: Vec<u32> = (from..replications.min(from + block)).collect();
        for (design, name) in designs.iter_mut().zip(&names) {
            let mut progress = Progress::new(plan.progress, name, screen);
            let here: Vec<ReleaseId> = design.told.iter().flatten().copied().collect();
            let threads = threads(&design.scenario, plan.threads);
            let done = watched(&design.scenario, &numbers, &here, threads, &mut progress, screen)?;
            progress.done();
            design.replications.extend(done);
        }
    }
    let replications = designs[0].replications.len() as u32;
    let compared: Vec<Compared<'_>> = designs.iter().map(Design::compared).collect();
    let certain = !designs.iter().any(|design| design.scenario.is_random());
    let (rows, comparisons) = rows(measures(&compared), plan.confidence, certain, &matters);
    let first = &designs[0].scenario;
    let comparison_ = Comparison {
        changes: designs[1..].iter().map(|design| changes(first, &design.scenario)).collect(),
        names,
        files: plan.files.iter().map(|file| file.display().to_string()).collect(),
        rows: &rows,
        replications: replications as usize,
        seed: first.seed,
        confidence: plan.confidence,
        comparisons,
    };
    if !plan.quiet {
        screen.say(&comparison(&comparison_, plan.look));
    }
    for (path, form) in outputs {
        match form {
            Form::Table => store(&comparison_, path)?,
            Form::Svg | Form::Png => {
                let Some(release) = release else { continue };
                let designs = (&designs[..], &comparison_.names[..]);
                let picture = drawn(plan, release, designs, screen)?;
                picture_to(path, form, &picture)?;
            }
        }
    }
    let mut exit = Exit::Ok;
    for ((design, untils), name) in designs.iter().zip(&untils).zip(&comparison_.names) {
        let replications = &design.replications;
        for until in untils.iter().filter(|until| !until.is_met(replications) && !certain) {
            let words = until.words(&design.scenario, replications, plan.look.ascii);
            screen.complain(&format!("{name}: known is {words}; more with --reps"));
            exit = Exit::Inconclusive;
        }
    }
    let judged = rows.iter().flat_map(|row| row.designs.iter().flatten());
    let worse = judged.clone().any(|judged| judged.judgement == Judgement::Worse);
    Ok(if plan.fail_if_worse && worse { exit.or_worse(Exit::ExpectationFailed) } else { exit })
}

/// What is written where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Table,
    Svg,
    Png,
}

fn form(path: &Path) -> Result<(&Path, Form), Stop> {
    let ending = path.extension().map(|it| it.to_string_lossy().to_ascii_lowercase());
    let form = match ending.as_deref() {
        Some("csv") => Form::Table,
        Some("svg") => Form::Svg,
        Some("png") => Form::Png,
        _ => {
            let text = format!(
                "supsim: -o {}: compare writes .csv (the differences), and .svg or .png (how a release reaches each)",
                path.display()
            );
            return Err(Stop { exit: Exit::NothingRan, text });
        }
    };
    Ok((path, form))
}

/// The release that is drawn; what cannot be drawn is said before anything runs.
fn release(plan: &Plan, first: &Scenario) -> Result<ReleaseId, Stop> {
    let wrong = |text: String| Stop { exit: Exit::NothingRan, text };
    match &plan.release {
        Some(word) => release_named(first, word)
            .ok_or_else(|| wrong(format!("supsim: --release {word}: there is no such release"))),
        None => release_to_draw(first).ok_or_else(|| {
            wrong("supsim: no release is published: there is nothing to draw".to_owned())
        }),
    }
}

/// How a release reaches each design, from the first replications.
fn drawn(
    plan: &Plan,
    release: ReleaseId,
    (designs, names): (&[Design], &[String]),
    screen: &mut Screen,
) -> Result<Picture, Stop> {
    let first = &designs[0].scenario;
    let mut all = Vec::new();
    for design in designs {
        let there = as_in(first, &[Some(release)], &design.scenario);
        let there = there.first().copied().flatten();
        let count = (design.replications.len() as u32).min(DRAWN);
        all.push(match there {
            Some(there) => {
                let sites = curve_sites(&design.scenario, there);
                spreads(&design.scenario, count, (there, &sites), screen)?
            }
            None => Vec::new(),
        });
    }
    let files: Vec<String> =
        plan.files.iter().map(|file| quoted(&file.display().to_string())).collect();
    let lines = names.iter().zip(&all).filter(|(_, spreads)| !spreads.is_empty());
    let designs = lines.map(|(name, spreads)| Curve { name, spreads }).collect();
    let chosen = plan.release.as_ref().map(|word| format!(" --release {}", quoted(word)));
    let chosen = chosen.unwrap_or_default();
    let repeat = format!("supsim compare {}{chosen} -o curves.svg", files.join(" "));
    Ok(curves(&Curves { scenario: first, release, designs, repeat }))
}

fn picture_to(path: &Path, form: Form, picture: &Picture) -> Result<(), Stop> {
    let bytes = match form {
        Form::Png => pipeline::pixels(picture)?,
        Form::Svg | Form::Table => picture.svg.clone().into_bytes(),
    };
    placed::file(path, |out| out.write_all(&bytes))
}

/// Reads the designs; chance and what is recorded are the same for all.
fn read(plan: &Plan, screen: &mut Screen) -> Result<Vec<Scenario>, Stop> {
    let mut scenarios: Vec<Scenario> = Vec::new();
    for file in &plan.files {
        let read = pipeline::read(file, &plan.overrides)?;
        if !read.warnings.is_empty() && !plan.quiet {
            screen.complain(&read.warnings);
        }
        let mut scenario = read.scenario;
        let first = scenarios.first();
        scenario.seed = first.map_or(scenario.seed, |first| first.seed);
        let usual = if plan.until.is_empty() { scenario.replications } else { until::MOST };
        scenario.replications =
            first.map_or(plan.replications.unwrap_or(usual), |first| first.replications);
        scenario.recording = needed(&scenario);
        scenarios.push(scenario);
    }
    Ok(scenarios)
}

/// What each design is called: its own name, or that of its file where two are called alike.
fn names(scenarios: &[Scenario], files: &[PathBuf]) -> Vec<String> {
    let alike = |name: &str| scenarios.iter().filter(|other| other.name == name).count() > 1;
    let stem = |file: &Path| file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let name = |(scenario, file): (&Scenario, &PathBuf)| {
        if alike(&scenario.name) { stem(file) } else { scenario.name.clone() }
    };
    scenarios.iter().zip(files).map(name).collect()
}

/// Writes the table; a file that cannot be written whole is an error.
fn store(compared: &Comparison<'_>, path: &Path) -> Result<(), Stop> {
    let trouble = |error: std::io::Error| Stop {
        exit: Exit::FileTrouble,
        text: format!("supsim: {}: {error}", path.display()),
    };
    let mut out = BufWriter::new(File::create(path).map_err(trouble)?);
    write_differences(compared, &mut out).map_err(trouble)
}
