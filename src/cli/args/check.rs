//! The arguments of `supsim check` and `supsim golden`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use super::super::against::Base;
use super::super::check::{Plan as Check, UseGolden};
use super::super::checked::How;
use super::super::golden::{Plan as Golden, What};
use super::super::overriding::OverrideArgs;
use super::super::screen::{Screen, When};
use super::time::TimeArgs;
use super::{LookArgs, WhenWord};

#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  \
        supsim check scenarios                            every scenario of a folder\n  \
        supsim check scenarios\\*.yaml -o junit.xml        for a build server\n  \
        supsim check contoso.yaml -o summary.md           for a pull request\n  \
        supsim check scenarios --golden require           each must have a golden file\n  \
        supsim check scenarios --against ../main -o summary.md   what changed, what it bought\n  \
        supsim golden accept contoso.yaml                 write what it comes to today\n\n\
    The exit code is 0 when all is as wanted, 1 when an expectation failed, 3 when a golden file\n\
    differs, 4 when replications are too few to say, 5 when nothing was selected; of several the\n\
    first in: 2, 74, 70, 6, 5, 1, 3, 4.")]
pub(in crate::cli) struct CheckArgs {
    /// Scenarios, folders of them, names with * and ?
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// Also write the result here: .xml is JUnit, .md a summary in Markdown. May be repeated
    #[arg(short, value_name = "NAME.EXT")]
    output: Vec<PathBuf>,
    /// What golden files are for: compared with where there is one, required, or ignored
    #[arg(long, value_name = "USE", default_value = "auto")]
    golden: GoldenWord,
    /// Also tell what is otherwise than in the same scenarios below this folder, and what that
    /// bought: a checkout of the branch that the change is for
    #[arg(long, value_name = "DIR")]
    against: Option<PathBuf>,
    /// With --against: exit with 1 when a measure is surely worse than it was
    #[arg(long, requires = "against")]
    fail_if_worse: bool,
    /// With --against: what matters, as 30min, 1% or 5; smaller differences are neither better
    /// nor worse. May be repeated
    #[arg(long, value_name = "SIZE", requires = "against")]
    matters_from: Vec<String>,
    /// Leave the Markdown empty where nothing has changed and nothing is wrong
    #[arg(long)]
    only_if_changed: bool,
    /// Which chance; wins over each scenario's own seed
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    #[command(flatten)]
    overriding: OverrideArgs,
    /// How many replications; wins over each scenario's own
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=100_000))]
    reps: Option<u32>,
    /// Threads; the result is the same with any number of them
    #[arg(short = 'j', long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,
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

/// What golden files are for.
#[derive(ValueEnum, Clone, Copy, Debug)]
enum GoldenWord {
    Auto,
    Require,
    Ignore,
}

impl CheckArgs {
    /// What was meant, on this screen.
    pub fn meant(self, screen: &mut Screen) -> Check {
        self.time.begin();
        Check {
            files: self.files,
            overrides: self.overriding.overrides(self.seed),
            how: How {
                replications: self.reps,
                threads: self.threads.map(usize::from),
                progress: if self.quiet { When::Never } else { self.progress.into() },
            },
            golden: match self.golden {
                GoldenWord::Auto => UseGolden::Auto,
                GoldenWord::Require => UseGolden::Require,
                GoldenWord::Ignore => UseGolden::Ignore,
            },
            against: self.against.map(|place| Base {
                place,
                matters_from: self.matters_from,
                fails: self.fail_if_worse,
            }),
            only_if_changed: self.only_if_changed,
            outputs: self.output,
            look: self.look.meant(screen),
            quiet: self.quiet,
        }
    }
}

#[derive(Args, Debug)]
#[command(
    arg_required_else_help = true,
    args_conflicts_with_subcommands = true,
    after_help = "Examples:\n  \
        supsim golden accept scenarios/contoso.yaml     write golden/contoso.golden beside it\n  \
        supsim golden review scenarios                  what has changed, and is it meant?\n  \
        supsim golden --check-unused scenarios          is a scenario gone whose file is left?"
)]
pub(in crate::cli) struct GoldenArgs {
    #[command(subcommand)]
    what: Option<GoldenWhat>,
    /// Find golden files below these folders whose scenario is gone; exit with 3 when there are any
    #[arg(long, value_name = "DIR", num_args = 0.., default_missing_value = ".")]
    check_unused: Vec<PathBuf>,
}

#[derive(Subcommand, Debug)]
enum GoldenWhat {
    /// Shows what differs; on a terminal, asks whether it is meant
    Review(GoldenFiles),
    /// Writes golden files anew, as the scenarios are today
    Accept(GoldenFiles),
    /// Tells which golden files there are; runs nothing
    List(GoldenFiles),
}

#[derive(Args, Debug)]
struct GoldenFiles {
    /// Scenarios, folders of them, names with * and ?
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// Lets the scenarios read files outside their own folders
    #[arg(long)]
    allow_outside: bool,
    /// Threads; the result is the same with any number of them
    #[arg(short = 'j', long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,
}

impl GoldenArgs {
    /// What was meant.
    pub fn meant(self) -> Golden {
        let how = How { replications: None, threads: None, progress: When::Auto };
        let (what, files) = match self.what {
            None => {
                let (what, files) = (What::CheckUnused, self.check_unused);
                return Golden { what, files, allow_outside: false, how };
            }
            Some(GoldenWhat::Review(files)) => (What::Review, files),
            Some(GoldenWhat::Accept(files)) => (What::Accept, files),
            Some(GoldenWhat::List(files)) => (What::List, files),
        };
        let how = How { threads: files.threads.map(usize::from), ..how };
        Golden { what, files: files.files, allow_outside: files.allow_outside, how }
    }
}
