//! The arguments of `supsim chart`.

use std::path::PathBuf;

use clap::Args;

use super::{NamedArgs, WhenWord};
use crate::cli::chart::Plan;
use crate::cli::screen::Screen;
use crate::report::Look;

/// The arguments of `supsim chart`.
#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  \
        supsim chart latest                                which charts are there?\n  \
        supsim chart latest propagation -o rollout.svg     for a document\n  \
        supsim chart latest timeline -o night.png          for a slide\n  \
        supsim chart latest heatmap                        at once, in the terminal\n  \
        supsim chart contoso.yaml heatmap --rows region --columns link -o where.svg\n\n\
    A run is drawn from its own scenario, so that it need not have stored its charts.")]
pub(in crate::cli) struct ChartArgs {
    #[command(flatten)]
    named: NamedArgs,
    /// Which chart; without a name they are listed
    name: Option<String>,
    /// Write the picture here: .svg or .png
    #[arg(short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Of which release; without: the one with the most metadata
    #[arg(long, value_name = "NAME")]
    release: Option<String>,
    /// heatmap, blame: what the rows are told apart by (branch, tier, link, timezone, weekday, a label...)
    #[arg(long, value_name = "WHAT")]
    rows: Option<String>,
    /// heatmap: what the columns are told apart by
    #[arg(long, value_name = "WHAT")]
    columns: Option<String>,
    /// fan: from how many replications; without: as many as the run has
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=100_000))]
    reps: Option<u32>,
    /// In the terminal, with only characters that every console has
    #[arg(long, conflicts_with = "output")]
    ascii: bool,
    /// Colours in the terminal
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    color: WhenWord,
}

impl ChartArgs {
    /// What was meant, on this screen.
    pub fn meant(self, screen: &mut Screen) -> Plan {
        let colour = screen.colour(self.color.into());
        Plan {
            named: self.named.meant(),
            chart: self.name,
            output: self.output,
            release: self.release,
            rows: self.rows,
            columns: self.columns,
            replications: self.reps,
            look: Look { ascii: self.ascii, colour },
        }
    }
}
