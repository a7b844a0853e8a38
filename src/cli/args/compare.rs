//! The arguments of `supsim compare`.

use std::path::PathBuf;

use clap::Args;

use super::super::compare::Plan;
use super::super::overriding::OverrideArgs;
use super::super::screen::{Screen, When};
use super::time::TimeArgs;
use super::{LookArgs, WhenWord};

#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  \
        supsim compare today.yaml earlier.yaml flat.yaml    each against the first\n  \
        supsim compare today.yaml flat.yaml --reps 200      how sure?\n  \
        supsim compare today.yaml flat.yaml --until branches-24h=1%    sure enough\n  \
        supsim compare today.yaml earlier.yaml -o curves.svg    a picture of both\n  \
        supsim compare a.yaml b.yaml --matters-from 30min --matters-from 1%\n  \
        supsim compare main.yaml branch.yaml --fail-if-worse -o differences.csv    in CI")]
pub(in crate::cli) struct CompareArgs {
    /// The designs: scenario files, of which the first is what the others are compared with
    #[arg(required = true, num_args = 2..)]
    files: Vec<PathBuf>,
    /// Which chance, for all of them; wins over the first scenario's own seed
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    #[command(flatten)]
    overriding: OverrideArgs,
    /// How many replications of each; wins over the first scenario's own
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=100_000))]
    reps: Option<u32>,
    /// Replicate until the mean of this expectation is known to so much on either side in every
    /// design, with 95 % confidence, at most --reps times (default 1000). May be repeated
    #[arg(long, value_name = "EXPECTATION=SIZE")]
    until: Vec<String>,
    /// Threads; the result is the same with any number of them
    #[arg(short = 'j', long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,
    /// The smallest difference that matters: a time (30min), a share (1%) or a count (5)
    #[arg(long, value_name = "SIZE")]
    matters_from: Vec<String>,
    /// How sure a judgement must be, in percent
    #[arg(long, value_name = "PERCENT", default_value = "95", value_parser = clap::value_parser!(u8).range(50..=99))]
    confidence: u8,
    /// Exit with 1 when a design is worse in anything
    #[arg(long)]
    fail_if_worse: bool,
    /// Write the differences as a table (.csv), or draw how a release reaches each design (.svg, .png).
    /// May be repeated
    #[arg(short, value_name = "NAME.EXT")]
    output: Vec<PathBuf>,
    /// Which release is drawn; without it, that of the charts of a run
    #[arg(long, value_name = "NAME")]
    release: Option<String>,
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

impl CompareArgs {
    /// What was meant, on this screen.
    pub fn meant(self, screen: &mut Screen) -> Plan {
        self.time.begin();
        Plan {
            files: self.files,
            overrides: self.overriding.overrides(self.seed),
            replications: self.reps,
            until: self.until,
            threads: self.threads.map(usize::from),
            matters_from: self.matters_from,
            confidence: f64::from(self.confidence) / 100.0,
            fail_if_worse: self.fail_if_worse,
            outputs: self.output,
            release: self.release,
            look: self.look.meant(screen),
            quiet: self.quiet,
            progress: if self.quiet { When::Never } else { self.progress.into() },
        }
    }
}
