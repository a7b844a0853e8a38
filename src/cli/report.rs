//! `supsim report`: I need to show it.

use std::path::{Path, PathBuf};

use super::exit::{Exit, Stop};
use super::format::Format;
use super::kept::{self, Named};
use super::placed;
use super::progress::Progress;
use super::replications::{self, Others};
use super::screen::{Screen, When};
use super::study;
use crate::experiment::Spread;
use crate::report::{Many, Run, Shown, fan_sites, release_to_draw, write_html};
use crate::scenario::Recording;

/// What was meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Plan {
    /// Which run.
    pub named: Named,
    /// Where to write.
    pub output: PathBuf,
    /// On how many threads other replications are run; `None`: as many as the machine has.
    pub threads: Option<usize>,
    /// Say nothing but complaints.
    pub quiet: bool,
    /// The progress bar.
    pub progress: When,
}

/// Writes the report of a run.
pub(super) fn report(plan: &Plan, screen: &mut Screen) -> Result<Exit, Stop> {
    if Format::of(&plan.output) != Some(Format::Html) {
        let output = plan.output.display();
        let text = format!(
            "supsim: {output}: a report is a page of HTML\n  \
             name it so: -o NAME.html; supsim export writes the other formats"
        );
        return Err(Stop { exit: Exit::NothingRan, text });
    }
    let word = &plan.named.word;
    let folders = [word.clone(), plan.named.results.join(word)];
    if let Some(folder) = folders.iter().find(|it| study::is_kept(it)) {
        study::page(folder, &plan.output)?;
        return Ok(wrote(plan, screen));
    }
    let kept = kept::open(&plan.named, Recording::All)?;
    let run = kept.run();
    let mut progress = Progress::new(plan.progress, &kept.scenario.name, screen);
    let others = Others { alone: kept.alone, threads: plan.threads, ..Others::default() };
    let replicated = replications::all(&run, others, &mut progress, screen)?;
    progress.done();
    write(&plan.output, &run, &replicated.many(), screen)?;
    Ok(wrote(plan, screen))
}

fn wrote(plan: &Plan, screen: &mut Screen) -> Exit {
    if !plan.quiet {
        screen.say(&format!("wrote {}, opens in any browser\n", plan.output.display()));
    }
    Exit::Ok
}

/// Writes the report of a run and its replications.
pub(super) fn write(
    path: &Path,
    run: &Run<'_>,
    many: &Many<'_>,
    screen: &mut Screen,
) -> Result<(), Stop> {
    let spreads = spreads(run, many, screen)?;
    let many = Many { spreads: &spreads, ..*many };
    placed::file(path, |out| write_html(run, &many, out))
}

/// How the release that is drawn reached the sites in each of several replications.
fn spreads(run: &Run<'_>, many: &Many<'_>, screen: &mut Screen) -> Result<Vec<Spread>, Stop> {
    let count = u32::try_from(many.replications.len()).unwrap_or(u32::MAX);
    let release = release_to_draw(run.scenario).filter(|_| count > 1);
    let Some(release) = release else { return Ok(Vec::new()) };
    let sites = fan_sites(&Shown { run: *run, release: Some(release), repeat: "" });
    replications::spreads(run.scenario, count, (release, &sites), screen)
}
