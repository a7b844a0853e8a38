//! The arguments of `supsim advise`.

use std::path::PathBuf;

use clap::Args;

use super::super::advise::Plan;
use super::super::overriding::OverrideArgs;
use super::super::screen::{Screen, When};
use super::time::TimeArgs;
use super::{LookArgs, WhenWord};

#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  \
        supsim advise contoso.yaml --goal branches-24h\n  \
        supsim advise contoso.yaml --goal branches-24h --reps 100      surer\n  \
        supsim advise contoso.yaml --goal branches-24h --format json   for a program\n\n\
    Tried are what costs no money: the parameters that the scenario declares (but sizes and rates), the\n\
    hour of the schedule, daily instead of weekly, the retry interval and its jitter, the hours and\n\
    limits of routes, how many pulls a primary serves at once.")]
pub(in crate::cli) struct AdviseArgs {
    /// The scenario
    file: PathBuf,
    /// The expectation that shall be met
    #[arg(long, value_name = "EXPECTATION")]
    goal: String,
    /// Which chance; wins over the scenario's own seed
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    #[command(flatten)]
    overriding: OverrideArgs,
    /// How many replications of each; default: the scenario's own, at least 20 and at most 80
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=100_000))]
    reps: Option<u32>,
    /// Threads; the result is the same with any number of them
    #[arg(short = 'j', long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,
    /// What is printed
    #[arg(long, value_name = "FORM", default_value = "human")]
    format: FormatWord,
    #[command(flatten)]
    look: LookArgs,
    #[command(flatten)]
    time: TimeArgs,
    /// A progress bar on standard error
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    progress: WhenWord,
}

/// What is printed.
#[derive(clap::ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
enum FormatWord {
    /// For a person
    Human,
    /// For a program
    Json,
}

impl AdviseArgs {
    /// What was meant, on this screen.
    pub fn meant(self, screen: &mut Screen) -> Plan {
        self.time.begin();
        let progress: When = self.progress.into();
        Plan {
            file: self.file,
            goal: self.goal,
            overrides: self.overriding.overrides(self.seed),
            replications: self.reps,
            threads: self.threads.map(usize::from),
            json: self.format == FormatWord::Json,
            look: self.look.meant(screen),
            progress,
        }
    }
}
