//! `supsim report`: I need to show it.

use std::fs::{self, File};
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};

use super::exit::{Exit, Stop};
use super::kept::{self, Named};
use super::progress::Progress;
use super::replications::{self, Others};
use super::screen::{Screen, When};
use crate::report::{Many, Shown, fan_sites, release_to_draw, write_html};
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
    let extension = plan.output.extension().unwrap_or_default().to_ascii_lowercase();
    if extension != "html" && extension != "htm" {
        let output = plan.output.display();
        let text =
            format!("supsim: {output}: a report is a page of HTML\n  name it so: -o NAME.html");
        return Err(Stop { exit: Exit::NothingRan, text });
    }
    let kept = kept::open(&plan.named, Recording::All)?;
    let run = kept.run();
    let mut progress = Progress::new(plan.progress, &kept.scenario.name, screen);
    let others = Others { alone: kept.alone, threads: plan.threads };
    let replicated = replications::all(&run, others, &mut progress, screen)?;
    progress.done();
    let count = replicated.many().replications.len();
    let release = release_to_draw(&kept.scenario).filter(|_| count > 1);
    let spreads = match release {
        Some(release) => {
            let sites = fan_sites(&Shown { run, release: Some(release), repeat: "" });
            let count = u32::try_from(count).unwrap_or(u32::MAX);
            replications::spreads(&kept.scenario, count, (release, &sites), screen)?
        }
        None => Vec::new(),
    };
    let many = Many { spreads: &spreads, ..replicated.many() };
    let bytes = written(&plan.output, |out| write_html(&run, &many, out))?;
    if !plan.quiet {
        let size = bytes.div_ceil(1000);
        screen.say(&format!("{}  {size} KB, opens in any browser\n", plan.output.display()));
    }
    Ok(Exit::Ok)
}

/// Writes a file beside its place and puts it there when it is whole; gives its size \[bytes\].
fn written(
    path: &Path,
    write: impl FnOnce(&mut BufWriter<File>) -> std::io::Result<()>,
) -> Result<u64, Stop> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".part");
    let part = path.with_file_name(name);
    let done = || {
        let mut out = BufWriter::new(File::create(&part)?);
        write(&mut out)?;
        out.flush()?;
        let size = out.get_ref().metadata()?.len();
        fs::rename(&part, path)?;
        Ok(size)
    };
    done().map_err(|error: std::io::Error| {
        // What was not finished is not kept; if it cannot be removed, there is nothing to add.
        let _ = fs::remove_file(&part);
        let text = format!("supsim: {}: {error}", path.display());
        Stop { exit: Exit::FileTrouble, text }
    })
}
