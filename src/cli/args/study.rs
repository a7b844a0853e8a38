//! The arguments of `supsim study`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::super::exit::{Exit, Stop};
use super::super::overriding::OverrideArgs;
use super::super::run::Charts;
use super::super::screen::{Screen, When};
use super::super::study::{Action, Form, Plan, Shard};
use super::time::TimeArgs;
use super::{LookArgs, WhenWord};

#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  \
        supsim study branch-study.yaml list              what would be run, and what it costs\n  \
        supsim study branch-study.yaml                   run all of it, and tell what it says\n  \
        supsim study branch-study.yaml --no-vary         only the designs, each as it is\n  \
        supsim study branch-study.yaml --only branch_retry=30min\n  \
        supsim study branch-study.yaml status            how far is it?\n  \
        supsim study branch-study.yaml resume            go on after Ctrl-C or a power cut\n  \
        supsim study branch-study.yaml report            tell again what it says\n  \
        supsim study branch-study.yaml report --format json    the same for a program\n  \
        supsim study branch-study.yaml run --shard 3/16 --out shared    a share of the runs\n  \
        supsim study merge shared                        put the shares together\n\n\
    The exit code is 0 when all was run, 6 when it was stopped, 70 when a run failed.")]
pub(in crate::cli) struct StudyArgs {
    /// The study, or the folder of one that was run, and perhaps what to do: list, run (the
    /// default), status, resume, report; `merge` and the folders of its shards
    #[arg(required = true, num_args = 1.., value_names = ["FILE", "ACTION"])]
    words: Vec<PathBuf>,
    /// Where studies are kept
    #[arg(long, value_name = "DIR", default_value = "results")]
    out: PathBuf,
    /// Also put what it says here: summary, tables and charts, without the runs
    #[arg(short, value_name = "DIR")]
    output: Option<PathBuf>,
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
    /// Only this share of the runs: K/N, or auto/N where a job array numbers its tasks
    #[arg(long, value_name = "K/N")]
    shard: Option<String>,
    /// With status: only the numbers of the shards that are missing, as job arrays take them
    #[arg(long)]
    missing: bool,
    /// With --missing and merge: into how many shards the study was split
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=100_000))]
    shards: Option<u32>,
    /// Threads; the result is the same with any number of them
    #[arg(short = 'j', long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,
    /// Which forms of the charts to store
    #[arg(long, value_name = "FORMAT", default_value = "svg")]
    charts: ChartsWord,
    /// With run, resume, report and merge: for whom the answer is
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    format: FormWord,
    /// Print nothing but complaints
    #[arg(short, long)]
    quiet: bool,
    #[command(flatten)]
    look: LookArgs,
    #[command(flatten)]
    time: TimeArgs,
    /// A line on standard error that tells how far it is
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    progress: WhenWord,
}

#[derive(ValueEnum, Clone, Copy, Debug)]
enum ChartsWord {
    /// Both forms of each
    Both,
    /// SVG only
    Svg,
    /// PNG only
    Png,
    /// No charts
    None,
}

#[derive(ValueEnum, Clone, Copy, Debug, PartialEq)]
enum FormWord {
    /// A person
    Human,
    /// A program
    Json,
}

#[derive(ValueEnum, Clone, Copy, Debug)]
enum ActionWord {
    List,
    Run,
    Status,
    Resume,
    Report,
    Merge,
}

impl From<ActionWord> for Action {
    fn from(word: ActionWord) -> Action {
        match word {
            ActionWord::List => Action::List,
            ActionWord::Run => Action::Run,
            ActionWord::Status => Action::Status,
            ActionWord::Resume => Action::Resume,
            ActionWord::Report => Action::Report,
            ActionWord::Merge => Action::Merge,
        }
    }
}

impl StudyArgs {
    /// What was meant, on this screen; `list FILE` is as good as `FILE list`.
    pub fn meant(self, screen: &mut Screen) -> Result<Plan, Stop> {
        self.time.begin();
        let action = |word: &PathBuf| {
            let word = word.to_str()?;
            ActionWord::from_str(word, false).ok().map(Action::from)
        };
        let wrong = |text: String| Stop { exit: Exit::NothingRan, text };
        let is_action = |word: &&PathBuf| action(word).is_some();
        let place = self.words.iter().take(2).position(|word| is_action(&word));
        let mut files = self.words.clone();
        let action = place.and_then(|place| action(&files.remove(place))).unwrap_or(Action::Run);
        let many = matches!(action, Action::Merge | Action::Status);
        if files.is_empty() {
            return Err(wrong("supsim: of which study? supsim study FILE list".to_owned()));
        }
        let folders = files.split_off(1);
        if let Some(word) = folders.first().filter(|_| !many) {
            let word = word.display();
            return Err(wrong(format!(
                "supsim: {word}: a study can list, run, status, resume, report or merge\n  \
                 supsim study FILE list"
            )));
        }
        let shard = self.shard.as_deref().map(Shard::read).transpose();
        let shard = shard.map_err(|why| wrong(format!("supsim: --shard: {why}")))?;
        if shard.is_some() && !matches!(action, Action::Run | Action::Resume) {
            return Err(wrong("supsim: --shard is for run and resume".to_owned()));
        }
        if self.missing && action != Action::Status {
            return Err(wrong("supsim: --missing is for status".to_owned()));
        }
        if self.format == FormWord::Json
            && (shard.is_some() || matches!(action, Action::List | Action::Status))
        {
            return Err(wrong(
                "supsim: --format json is for what a whole study says: run, resume, report, merge"
                    .to_owned(),
            ));
        }
        Ok(Plan {
            file: files.remove(0),
            folders,
            action,
            results: self.out,
            overrides: self.overriding.overrides(self.seed),
            replications: self.reps,
            only: self.only,
            no_vary: self.no_vary,
            shard,
            split: self.shards,
            missing: self.missing,
            output: self.output,
            threads: self.threads.map(usize::from),
            charts: Charts {
                svg: matches!(self.charts, ChartsWord::Both | ChartsWord::Svg),
                png: matches!(self.charts, ChartsWord::Both | ChartsWord::Png),
            },
            form: match self.format {
                FormWord::Human => Form::Human,
                FormWord::Json => Form::Json,
            },
            look: self.look.meant(screen),
            quiet: self.quiet,
            progress: if self.quiet { When::Never } else { self.progress.into() },
        })
    }
}
