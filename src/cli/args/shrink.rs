//! The arguments of `supsim shrink`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::super::overriding::OverrideArgs;
use super::super::screen::{Screen, When};
use super::super::shrink::{Form, Offered, Plan};
use super::{LookArgs, WhenWord};

#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  \
        supsim shrink contoso.yaml --break branches-24h\n                                 \
            which of its faults does it take, and how little of them?\n  \
        supsim shrink contoso.yaml --break branches-24h --offer link_down --from Tue-22:00\n                                 \
            how long may each site be cut off?\n  \
        supsim shrink contoso.yaml --break branches-24h --offer link_down --where type=primary \\\n      \
            --from \"2026-01-13 22:00\" --up-to 12h -o surface.svg -o surface.csv\n  \
        supsim shrink contoso.yaml --break no-stale --offer \"{ link_slow: { to: 10% } }\" --from Tue-22:00\n  \
        supsim shrink contoso.yaml --break branches-24h --offer site_down --from +2d --keep-faults\n\n\
    With --offer, --where selects the sites that it is tried at, and every --set is the scenario's.\n\
    Without --keep-faults an offer stands alone: the faults of the scenario do not occur.\n\
    The exit code is 0 when there is an answer, 1 when it breaks without any outage, 2 when no\n\
    expectation has this name, 5 when no site is selected; supsim help exit-codes lists all.")]
pub(in crate::cli) struct ShrinkArgs {
    /// The scenario
    file: PathBuf,
    /// The expectation that shall break
    #[arg(long = "break", value_name = "EXPECTATION")]
    expectation: String,
    /// What to try at each site: link_down, site_down, ..., as after `do:` of a fault
    #[arg(long, value_name = "EFFECT", requires = "from")]
    offer: Option<String>,
    /// With --offer: from when on, as 2026-01-13T22:00, Tue-22:00 or +3d4h
    #[arg(long, value_name = "TIME", requires = "offer")]
    from: Option<String>,
    /// With --offer: the longest that is tried; without it, 12h
    #[arg(long, value_name = "LENGTH", requires = "offer")]
    up_to: Option<String>,
    /// With --offer: the faults of the scenario occur as well
    #[arg(long, requires = "offer")]
    keep_faults: bool,
    /// Which chance; wins over the scenario's own seed
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    #[command(flatten)]
    overriding: OverrideArgs,
    /// Judge by so many replications together, with `must_hold`; 1 judges by the first alone
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    reps: u32,
    /// Threads; the result is the same with any number of them
    #[arg(short = 'j', long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,
    /// Write here: .yaml what was found, as a scenario (without it: NAME.shrunk.yaml beside FILE);
    /// of an offer .csv a table, .svg and .png a chart. May be repeated
    #[arg(short, value_name = "NAME.EXT")]
    output: Vec<PathBuf>,
    /// For whom
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    format: FormWord,
    /// Print nothing but complaints
    #[arg(short, long)]
    quiet: bool,
    #[command(flatten)]
    look: LookArgs,
    /// A progress bar on standard error
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    progress: WhenWord,
}

#[derive(ValueEnum, Clone, Copy, Debug)]
enum FormWord {
    /// A person
    Human,
    /// A program
    Json,
}

impl ShrinkArgs {
    /// What was meant, on this screen.
    pub fn meant(self, screen: &mut Screen) -> Plan {
        let mut overrides = self.overriding.overrides(self.seed);
        let mut selected = Vec::new();
        if self.offer.is_some() {
            // here --where is the offer's, wherever it stands, and --set the scenario's
            for words in std::mem::take(&mut overrides.sites) {
                selected.extend(words.selected);
                overrides.set.extend(words.set);
            }
        }
        let offer = self.offer.zip(self.from).map(|(effect, from)| Offered {
            effect,
            selected,
            from,
            up_to: self.up_to.unwrap_or_else(|| "12h".to_owned()),
            keep_faults: self.keep_faults,
        });
        Plan {
            file: self.file,
            expectation: self.expectation,
            offer,
            overrides,
            replications: self.reps,
            threads: self.threads.map(usize::from),
            outputs: self.output,
            form: match self.format {
                FormWord::Human => Form::Human,
                FormWord::Json => Form::Json,
            },
            look: self.look.meant(screen),
            quiet: self.quiet,
            progress: if self.quiet { When::Never } else { self.progress.into() },
        }
    }
}
