//! The arguments of `supsim study`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::super::exit::{Exit, Stop};
use super::super::overriding::OverrideArgs;
use super::super::screen::{Screen, When};
use super::super::study::{Action, Plan};
use super::{LookArgs, WhenWord};

#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  \
        supsim study branch-study.yaml list              what would be run, and what it costs\n  \
        supsim study branch-study.yaml                   run all of it, and tell what it says\n  \
        supsim study branch-study.yaml --no-vary         only the designs, each as it is\n  \
        supsim study branch-study.yaml --only branch_retry=30min\n  \
        supsim study branch-study.yaml status            how far is it?\n  \
        supsim study branch-study.yaml resume            go on after Ctrl-C or a power cut\n  \
        supsim study branch-study.yaml report            tell again what it says\n\n\
    The exit code is 0 when all was run, 6 when it was stopped, 70 when a run failed.")]
pub(in crate::cli) struct StudyArgs {
    /// The study, and perhaps what to do: list, run (the default), status, resume, report
    #[arg(required = true, num_args = 1..=2, value_names = ["FILE", "ACTION"])]
    words: Vec<PathBuf>,
    /// Where studies are kept
    #[arg(long, value_name = "DIR", default_value = "results")]
    out: PathBuf,
    /// Which chance; wins over the study's own seed
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    #[command(flatten)]
    overriding: OverrideArgs,
    /// So many replications of each point; wins over the study's own `replications`
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=100_000))]
    reps: Option<u32>,
    /// Only points with this: design=NAME, or a factor and its value; repeat it for several
    #[arg(long, value_name = "KEY=VALUE")]
    only: Vec<String>,
    /// Only the designs, each as it is
    #[arg(long)]
    no_vary: bool,
    /// Threads; the result is the same with any number of them
    #[arg(short = 'j', long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,
    /// Print nothing but complaints
    #[arg(short, long)]
    quiet: bool,
    #[command(flatten)]
    look: LookArgs,
    /// A line on standard error that tells how far it is
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    progress: WhenWord,
}

#[derive(ValueEnum, Clone, Copy, Debug)]
enum ActionWord {
    List,
    Run,
    Status,
    Resume,
    Report,
}

impl From<ActionWord> for Action {
    fn from(word: ActionWord) -> Action {
        match word {
            ActionWord::List => Action::List,
            ActionWord::Run => Action::Run,
            ActionWord::Status => Action::Status,
            ActionWord::Resume => Action::Resume,
            ActionWord::Report => Action::Report,
        }
    }
}

impl StudyArgs {
    /// What was meant, on this screen; `list FILE` is as good as `FILE list`.
    pub fn meant(self, screen: &mut Screen) -> Result<Plan, Stop> {
        let action = |word: &PathBuf| {
            let word = word.to_str()?;
            ActionWord::from_str(word, false).ok().map(Action::from)
        };
        let (file, action) = match self.words.as_slice() {
            [file, word] if action(word).is_some() => (file, action(word)),
            [word, file] if action(word).is_some() => (file, action(word)),
            [_, word] => {
                let word = word.display();
                let text = format!(
                    "supsim: {word}: a study can list, run, status, resume or report\n  \
                     supsim study FILE list"
                );
                return Err(Stop { exit: Exit::NothingRan, text });
            }
            words => (&words[0], None),
        };
        Ok(Plan {
            file: file.clone(),
            action: action.unwrap_or(Action::Run),
            results: self.out,
            overrides: self.overriding.overrides(self.seed),
            replications: self.reps,
            only: self.only,
            no_vary: self.no_vary,
            threads: self.threads.map(usize::from),
            look: self.look.meant(screen),
            quiet: self.quiet,
            progress: if self.quiet { When::Never } else { self.progress.into() },
        })
    }
}
