//! `supsim export`: I need the data. Any format of a run that was stored, or is run now.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::exit::{Exit, Stop};
use super::format::{Format, Output, outputs};
use super::kept::{self, Named};
use super::placed::{self, Folder, MARK};
use super::progress::Progress;
use super::replications::{self, Others};
use super::report;
use super::run::safe_folder;
use super::screen::{Screen, When};
use crate::report::{
    Logs, Many, Run, TableName, Topology, markdown, mermaid, workbook, write_csv, write_dot,
    write_events, write_org_chart, write_trace,
};
use crate::scenario::{Recording, Scenario};
use crate::trace::Fingerprint;

/// What was meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Plan {
    /// Which run.
    pub named: Named,
    /// Where to; the endings say as what.
    pub outputs: Vec<PathBuf>,
    /// As what, whatever the endings say.
    pub to: Option<Format>,
    /// On how many threads further replications run.
    pub threads: Option<usize>,
    /// Say nothing but complaints.
    pub quiet: bool,
}

/// Opens a run, and writes it as asked.
pub(super) fn export(plan: &Plan, screen: &mut Screen) -> Result<Exit, Stop> {
    let outputs = outputs(&plan.outputs, plan.to)?;
    // Some tables need every record, and an export is complete whatever was stored.
    let needs = |output: &Output| {
        matches!(
            output.format,
            Format::JsonLines | Format::Csv | Format::Parquet | Format::Workbook | Format::Html
        )
    };
    let every_record = outputs.iter().any(needs);
    let recording = if every_record { Recording::All } else { Recording::Attempts };
    let kept = kept::open(&plan.named, recording)?;
    refuse(&outputs, &kept.scenario)?;
    let run = kept.run();
    let wants_all = outputs.iter().any(|output| tells_all(output.format));
    let mut progress = Progress::new(When::Auto, &kept.scenario.name, screen);
    let replicated = if wants_all {
        let others =
            Others { alone: kept.replications <= 1, threads: plan.threads, ..Others::default() };
        Some(replications::all(&run, others, &mut progress, screen)?)
    } else {
        None
    };
    progress.done();
    let many = replicated.as_ref().map(|all| all.many()).unwrap_or_default();
    write(&outputs, &run, &many, plan.quiet, screen)?;
    Ok(Exit::Ok)
}

/// Does it tell what all replications say together?
fn tells_all(format: Format) -> bool {
    matches!(
        format,
        Format::Csv | Format::Parquet | Format::Workbook | Format::Markdown | Format::Html
    )
}

/// Is there anything asked for that this scenario cannot be?
pub(super) fn refuse(outputs: &[Output], scenario: &Scenario) -> Result<(), Stop> {
    let topology = Topology::described(scenario);
    match outputs.iter().any(|output| output.format == Format::Mermaid) {
        true => mermaid(&topology)
            .map(drop)
            .map_err(|why| Stop { exit: Exit::NothingRan, text: format!("supsim: {why}") }),
        false => Ok(()),
    }
}

/// Writes a run in every form asked for.
pub(super) fn write(
    outputs: &[Output],
    run: &Run<'_>,
    many: &Many<'_>,
    quiet: bool,
    screen: &mut Screen,
) -> Result<(), Stop> {
    for Output { path, format } in outputs {
        match (format, path) {
            (_, None) => screen.say(&on_screen(|out| one(*format, run, many, out))),
            (Format::Csv | Format::Parquet, Some(path)) => tables(*format, path, run, many)?,
            (Format::Logs, Some(path)) => logs(path, run)?,
            (Format::Html, Some(path)) => report::write(path, run, many, screen)?,
            (_, Some(path)) => placed::file(path, |out| one(*format, run, many, out))?,
        }
        if let Some(path) = path.as_ref().filter(|_| !quiet) {
            screen.say(&format!("wrote {}\n", path.display()));
        }
    }
    Ok(())
}

/// Writes the topology of a scenario, without results, in every form asked for.
pub(super) fn write_topology(
    outputs: &[Output],
    scenario: &Scenario,
    screen: &mut Screen,
) -> Result<(), Stop> {
    refuse(outputs, scenario)?;
    let topology = Topology::described(scenario);
    for Output { path, format } in outputs {
        match path {
            None => screen.say(&on_screen(|out| drawing(*format, &topology, out))),
            Some(path) => {
                placed::file(path, |out| drawing(*format, &topology, out))?;
                screen.say(&format!("wrote {}\n", path.display()));
            }
        }
    }
    Ok(())
}

fn on_screen(write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> String {
    let mut bytes = Vec::new();
    write(&mut bytes).expect("a Vec takes everything");
    String::from_utf8_lossy(&bytes).into_owned()
}

/// A format that is one file.
fn one(format: Format, run: &Run<'_>, many: &Many<'_>, out: &mut dyn Write) -> io::Result<()> {
    match format {
        Format::JsonLines => write_events(run, out),
        Format::Trace => write_trace(run, out),
        Format::Workbook => out.write_all(&workbook(run, many)?),
        Format::Markdown => out.write_all(markdown(run, many).as_bytes()),
        _ => drawing(format, &Topology::painted(run.scenario, run.outcome), out),
    }
}

/// A drawing of the hierarchy.
fn drawing(format: Format, topology: &Topology<'_>, out: &mut dyn Write) -> io::Result<()> {
    match format {
        Format::Dot => write_dot(topology, out),
        Format::OrgChart => write_org_chart(topology, out),
        // Too many sites were refused before.
        Format::Mermaid => out.write_all(mermaid(topology).map_err(io::Error::other)?.as_bytes()),
        _ => Err(io::Error::other("this format is no drawing of the hierarchy")),
    }
}

/// A folder of tables; of Parquet, only where that is built in, which was seen to before.
fn tables(format: Format, path: &Path, run: &Run<'_>, many: &Many<'_>) -> Result<(), Stop> {
    let folder = Folder::begin(path)?;
    for table in TableName::of(run) {
        let name = table.word();
        match format {
            #[cfg(feature = "parquet")]
            Format::Parquet => folder.file(&format!("{name}.parquet"), |out| {
                crate::report::write_parquet(table, run, many, out)
            })?,
            _ => folder.file(&format!("{name}.csv"), |out| write_csv(table, run, many, out))?,
        }
    }
    folder.file(MARK, |out| mark(format, run, many, out))?;
    folder.finish()
}

fn logs(path: &Path, run: &Run<'_>) -> Result<(), Stop> {
    let folder = Folder::begin(path)?;
    let logs = Logs::new(*run);
    for site in logs.sites() {
        let name = safe_folder(&run.scenario.sites[site.index()].code);
        folder.file(&format!("{name}/wsyncmgr.log"), |out| logs.write(site, out))?;
    }
    folder.file(MARK, |out| mark(Format::Logs, run, &Many::default(), out))?;
    folder.finish()
}

/// Where the files of a folder come from.
#[derive(Serialize)]
struct Origin<'a> {
    export: u32,
    format: &'static str,
    supsim: &'static str,
    scenario: &'a str,
    seed: u64,
    replication: u32,
    replications: Option<usize>,
    fingerprint: String,
}

fn mark(format: Format, run: &Run<'_>, many: &Many<'_>, out: &mut dyn Write) -> io::Result<()> {
    let origin = Origin {
        export: 1,
        format: format.word(),
        supsim: env!("CARGO_PKG_VERSION"),
        scenario: &run.scenario.name,
        seed: run.scenario.seed,
        replication: run.replication,
        replications: tells_all(format).then_some(many.replications.len()),
        fingerprint: format!("{:08x}", Fingerprint::of(run.trace, &run.names()).all),
    };
    serde_json::to_writer_pretty(&mut *out, &origin)?;
    out.write_all(b"\n")
}
