//! The arguments: as written, and as meant.

mod advise;
mod chart;
mod check;
mod compare;
mod explain;
mod export;
mod import;
mod new;
mod report;
mod show;
mod shrink;
mod study;
mod time;
mod validate;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use super::import::Plan as Import;
use super::kept::Named;
use super::overriding::OverrideArgs;
use super::replay::Plan as Replay;
use super::run::{Charts, Plan};
use super::screen::{Screen, When};
use crate::report::Look;
use crate::scenario::Recording;
use time::TimeArgs;

/// What somebody new types, in this order.
pub(super) const FIRST_STEPS: &str = "Examples:\n  \
    supsim new -o contoso.yaml           write a first scenario\n  \
    supsim run contoso.yaml              what happens?\n  \
    supsim run contoso.yaml --seed 7     and with other chance?\n  \
    supsim explain contoso.yaml PR1      why was it late?\n  \
    supsim help                          what there is help on";

/// Simulates software-update synchronisation through a Configuration Manager 2007 hierarchy.
///
/// Describe the sites, their links, the schedule and what goes wrong in a scenario file; supsim
/// runs it and says when each site has the updates, and why some have them late.
#[derive(Parser, Debug)]
#[command(
    name = "supsim",
    version,
    disable_help_subcommand = true,
    arg_required_else_help = true,
    after_help = FIRST_STEPS
)]
pub(super) struct Cli {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Subcommand, Debug)]
pub(super) enum Command {
    /// What happens? Runs a scenario, prints a summary, stores the run
    ///
    /// The run is stored in a folder results/NAME-XXXXXXXX whose last part belongs to what
    /// determines the result: the same scenario, seed and version give the same folder with the
    /// same bytes.
    Run(RunArgs),
    /// Why was it late? What one delay is made of, and what would have helped
    ///
    /// Every instant between the publication of a release and its arrival at a site belongs to one
    /// cause at one site, with the line of the scenario that is behind it; the parts add up to the
    /// second. Then the largest causes are taken away, one at a time, and the scenario is run again
    /// with the same chance: what that saves stands beside what it is blamed for.
    Explain(explain::ExplainArgs),
    /// What was going on then? Each site at an instant: what it holds, does, waits for, until when
    At(explain::AtArgs),
    /// Starts from what the field has: reads real logs
    Import(ImportArgs),
    /// Give me something that works: writes a scenario to start from
    #[command(visible_alias = "init")]
    New(new::NewArgs),
    /// Is it right? Reads and checks scenarios, runs nothing
    ///
    /// Finds everything that a run would refuse, and what it would not: schedules and time zones
    /// that work against each other, documented limits of the product, releases that never arrive.
    #[command(visible_alias = "lint")]
    Validate(validate::ValidateArgs),
    /// What did I actually describe? The tree, the schedule, the faults, the defaults
    Show(show::ShowArgs),
    /// Draw that one: a chart of a run, as a picture or in the terminal
    ///
    /// Without a name the charts are listed, each with the question that it answers.
    Chart(chart::ChartArgs),
    /// Did anything break? Holds scenarios against their expectations and golden files, for CI
    ///
    /// Every scenario is run, all its replications. What is not as wanted is told with what was
    /// wanted, what came, the largest cause and the command that tells more. A golden file is
    /// golden/NAME.golden beside the scenario NAME.yaml; supsim golden accept writes it.
    Check(check::CheckArgs),
    /// Yes, that change is meant: shows and renews golden files
    Golden(check::GoldenArgs),
    /// Which is better, and by how much? Designs over the same chances
    ///
    /// Replication 0 of every design meets the same chance, and so does every other, so that small
    /// differences show after few replications. The first design is the one that the others are
    /// compared with, in its expectations, in when 95 % of each kind of sites have each release,
    /// and in how much synchronising it takes.
    Compare(compare::CompareArgs),
    /// What should I change? Turns the knobs that cost no money, and ranks them by what they buy
    ///
    /// Each change is run alone, with the same chance as today, and judged by what the goal comes
    /// to. Where no change alone meets the goal, the best of several knobs are tried together.
    Advise(advise::AdviseArgs),
    /// Explore: designs, what is varied, how sure the answer is
    ///
    /// A study names a scenario, alternatives to it, and what is varied for each. Every point is
    /// replicated until the answer is as precise as wanted, over the same chances, and the designs
    /// are compared. What has been run is kept: the same study again runs only what is missing.
    #[command(visible_aliases = ["sweep", "experiment"])]
    Study(study::StudyArgs),
    /// What is the smallest thing that breaks it? Of the faults there are, or of one that is offered
    ///
    /// Without --offer the faults of the scenario are reduced: to those that it takes, each at as few
    /// sites and for as short a time as still breaks the expectation. With --offer an outage is tried
    /// at each site, longer and longer: how much of it can each site stand? What is found is written
    /// as a scenario that fails.
    Shrink(shrink::ShrinkArgs),
    /// Does it still give the same? Repeats a stored run and compares fingerprints
    ///
    /// The scenario is taken from the run's own folder. What moved is named: other times, other
    /// causes, other versions. The exit code is 0 when it is the same run and 3 when it is not.
    Replay(ReplayArgs),
    /// I need to show it: one file with everything about a run, for any browser
    ///
    /// What was asked and the answer, when the releases arrived, the latest sites and why, the
    /// charts, a timeline to look into, what failed, the assumptions, the model, how to repeat it.
    /// The file needs no network; it can be sent, printed, and read without scripts.
    Report(report::ReportArgs),
    /// I need the data: writes a run as tables, a workbook, logs, a drawing, ...
    ///
    /// The run is simulated once more from what was stored of it, so that every format is complete
    /// whatever was stored. The endings after -o decide.
    Export(export::ExportArgs),
    /// Prints the JSON Schema of the language, for editors
    Schema,
    /// Explains a topic (example, scenario, outputs, ...) or an error code (E0405)
    Help {
        /// What about
        topic: Option<String>,
    },
}

/// The arguments of `supsim run`.
#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  \
        supsim run contoso.yaml                          run it and store everything\n  \
        supsim run contoso.yaml --seed 7                 other chance, same world\n  \
        supsim run contoso.yaml -p retry=30min           another value of a parameter\n  \
        supsim run contoso.yaml --set faults.cut=null    without that fault\n  \
        supsim run contoso.yaml --where link=vsat --set link=wan   other values of some sites\n  \
        supsim run contoso.yaml --reps 100               how sure is the answer?\n  \
        supsim run contoso.yaml --rep 37                 one of them, with everything it recorded\n  \
        supsim run contoso.yaml --no-store               only the summary\n  \
        supsim run contoso.yaml -o contoso.csv           and a folder of tables beside\n  \
        supsim run contoso.yaml --out D:\\runs -q         for a script: no words, only files\n  \
        supsim run big.yaml --events none --logs none    a large hierarchy, small files\n\n\
    The exit code is 0 when it ran and everything asked holds, 1 when an expectation failed, 2 when\n\
    the scenario is invalid; supsim help exit-codes lists all.")]
pub(super) struct RunArgs {
    /// The scenario
    file: PathBuf,
    /// Where runs are kept
    #[arg(long, value_name = "DIR", default_value = "results")]
    out: PathBuf,
    /// Store nothing
    #[arg(long, conflicts_with = "out")]
    no_store: bool,
    /// Also write the run here; the ending says as what, as with export. May be repeated
    #[arg(short, value_name = "NAME.EXT")]
    output: Vec<PathBuf>,
    /// Which chance; wins over the scenario's own seed
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    #[command(flatten)]
    overriding: OverrideArgs,
    /// How many replications; wins over the scenario's own
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=100_000))]
    reps: Option<u32>,
    /// Exactly this replication, counted from 0, and no other
    #[arg(long, value_name = "K", conflicts_with = "reps")]
    rep: Option<u32>,
    /// Replicate until the mean of this expectation is known to so much on either side with 95 %
    /// confidence, at most --reps times (default 1000). May be repeated
    #[arg(long, value_name = "EXPECTATION=SIZE", conflicts_with = "rep")]
    until: Vec<String>,
    /// Threads for replications; the result is the same with any number of them
    #[arg(short = 'j', long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,
    /// How much of events.jsonl to write; wins over the scenario's own `record`
    #[arg(long, value_name = "HOW-MUCH")]
    events: Option<Events>,
    /// Which charts to draw
    #[arg(long, value_name = "FORMAT", default_value = "both")]
    charts: ChartsWord,
    /// Which logs to write; those of a large hierarchy take gigabytes
    #[arg(long, value_name = "WHICH", default_value = "all")]
    logs: LogsWord,
    /// Print nothing but complaints
    #[arg(short, long)]
    quiet: bool,
    #[command(flatten)]
    look: LookArgs,
    #[command(flatten)]
    time: TimeArgs,
    /// A progress bar on standard error
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    progress: WhenWord,
}

/// How a text looks.
#[derive(Args, Debug)]
struct LookArgs {
    /// Print only characters that every console has
    #[arg(long)]
    ascii: bool,
    /// Colours
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    color: WhenWord,
}

impl LookArgs {
    /// What was meant, on this screen.
    fn meant(&self, screen: &mut Screen) -> Look {
        Look { ascii: self.ascii, colour: screen.colour(self.color.into()) }
    }
}

/// Which run.
#[derive(Args, Debug)]
pub(super) struct NamedArgs {
    /// A stored run: its folder, its name, or latest; or a scenario file, which is run first
    #[arg(value_name = "RUN")]
    run: PathBuf,
    /// Where runs are kept
    #[arg(long, value_name = "DIR", default_value = "results")]
    out: PathBuf,
}

impl NamedArgs {
    /// What was meant.
    pub fn meant(self) -> Named {
        Named { word: self.run, results: self.out }
    }
}

/// The arguments of `supsim replay`.
#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  \
        supsim replay latest                       the run that was stored last\n  \
        supsim replay results/contoso-7f3a91c2     a certain one")]
pub(super) struct ReplayArgs {
    #[command(flatten)]
    named: NamedArgs,
    /// Print nothing but complaints
    #[arg(short, long)]
    quiet: bool,
}

impl ReplayArgs {
    /// What was meant.
    pub fn meant(self) -> Replay {
        Replay { named: self.named.meant(), quiet: self.quiet }
    }
}

/// The arguments of `supsim import`.
#[derive(Args, Debug)]
pub(super) struct ImportArgs {
    #[command(subcommand)]
    pub what: ImportWhat,
}

#[derive(Subcommand, Debug)]
pub(super) enum ImportWhat {
    /// What did these sites do, and how long does each step take there?
    ///
    /// Reads wsyncmgr.log and its rotated wsyncmgr.lo_ in every form of the field, of any number
    /// of sites. Tells what happened, stores tables and the timeline as of a run, and writes a
    /// scenario whose `timing` is fitted from these synchronisations.
    Wsyncmgr(ImportWsyncmgrArgs),
    /// Which sites are there, and when may their senders send?
    ///
    /// Reads what the read-only cmdlets Get-CMSite and Get-CMFileReplicationRoute export, and
    /// writes a scenario of that hierarchy. What they do not say is an example, and marked.
    Configmgr(import::ImportConfigmgrArgs),
}

/// The arguments of `supsim import wsyncmgr`.
#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  \
        supsim import wsyncmgr D:\\logs -o contoso.yaml      every wsyncmgr log below a folder\n  \
        supsim import wsyncmgr CEN.log PR1.log --no-store  only what they say\n  \
        supsim import wsyncmgr old.log --zone \"W. Europe Standard Time\"")]
pub(super) struct ImportWsyncmgrArgs {
    /// Logs, or folders with logs anywhere below
    #[arg(required = true)]
    logs: Vec<PathBuf>,
    /// Write the scenario here
    #[arg(short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Where tables and charts are kept
    #[arg(long, value_name = "DIR", default_value = "results")]
    out: PathBuf,
    /// Store no tables and charts
    #[arg(long, conflicts_with = "out")]
    no_store: bool,
    /// The time zone of local times that name none
    #[arg(long, value_name = "ZONE")]
    zone: Option<String>,
    /// Print nothing but complaints
    #[arg(short, long)]
    quiet: bool,
}

impl ImportWsyncmgrArgs {
    /// What was meant.
    pub fn meant(self) -> Import {
        Import {
            logs: self.logs,
            scenario: self.output,
            results: (!self.no_store).then_some(self.out),
            zone: self.zone,
            quiet: self.quiet,
        }
    }
}

#[derive(ValueEnum, Clone, Copy, Debug)]
enum Events {
    /// Every record
    All,
    /// What the tables need
    Attempts,
    /// No events.jsonl; the tables stay complete
    None,
}

#[derive(ValueEnum, Clone, Copy, Debug)]
enum LogsWord {
    /// A wsyncmgr.log for each site that synchronised
    All,
    /// No logs
    None,
}

#[derive(ValueEnum, Clone, Copy, Debug)]
enum ChartsWord {
    /// SVG of all, PNG of propagation, timeline and blame
    Both,
    /// SVG only
    Svg,
    /// PNG of propagation, timeline and blame only
    Png,
    /// No charts
    None,
}

#[derive(ValueEnum, Clone, Copy, Debug)]
enum WhenWord {
    /// On a terminal only
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

impl From<WhenWord> for When {
    fn from(word: WhenWord) -> When {
        match word {
            WhenWord::Auto => When::Auto,
            WhenWord::Always => When::Always,
            WhenWord::Never => When::Never,
        }
    }
}

impl RunArgs {
    /// What was meant, on this screen.
    pub fn meant(self, screen: &mut Screen) -> Plan {
        self.time.begin();
        Plan {
            file: self.file,
            results: (!self.no_store).then_some(self.out),
            overrides: self.overriding.overrides(self.seed),
            outputs: self.output,
            replications: self.reps,
            replication: self.rep,
            until: self.until,
            threads: self.threads.map(usize::from),
            events: self.events.map(|events| match events {
                Events::All => Recording::All,
                Events::Attempts => Recording::Attempts,
                Events::None => Recording::None,
            }),
            charts: match self.charts {
                ChartsWord::Both => Charts { svg: true, png: true },
                ChartsWord::Svg => Charts { svg: true, png: false },
                ChartsWord::Png => Charts { svg: false, png: true },
                ChartsWord::None => Charts { svg: false, png: false },
            },
            logs: matches!(self.logs, LogsWord::All),
            look: self.look.meant(screen),
            quiet: self.quiet,
            progress: if self.quiet { When::Never } else { self.progress.into() },
        }
    }
}
