//! The arguments of `supsim explain` and `supsim at`.

use clap::{Args, ValueEnum};

use super::{LookArgs, NamedArgs, OverrideArgs};
use crate::cli::at::Plan as At;
use crate::cli::explain::Plan as Explain;
use crate::cli::screen::Screen;
use crate::trace::Part;

#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  \
        supsim explain contoso.yaml B2X                       why did B2X have the largest release so late?\n  \
        supsim explain latest B2X --release out-of-band       in the run that was stored last\n  \
        supsim explain contoso.yaml CEN --part internet       its internet-based point\n  \
        supsim explain contoso.yaml B2X --rep 37              in another replication\n  \
        supsim explain contoso.yaml B2X --set faults.cut=null and without that fault?\n  \
        supsim explain contoso.yaml B2X --tries 0             no further runs")]
pub(in crate::cli) struct ExplainArgs {
    #[command(flatten)]
    named: NamedArgs,
    /// Whose delay: a site code
    #[arg(value_name = "SITE")]
    site: String,
    /// With which release; without it, the largest
    #[arg(long, value_name = "NAME")]
    release: Option<String>,
    /// Of which part of the site; without it, of the one that came last
    #[arg(long, value_name = "PART")]
    part: Option<PartWord>,
    /// In which replication, counted from 0
    #[arg(long, value_name = "K")]
    rep: Option<u32>,
    /// Which chance; wins over the scenario's own seed
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    #[command(flatten)]
    overriding: OverrideArgs,
    /// How many causes to take away, each in a run of its own
    #[arg(long, value_name = "N", default_value_t = 6)]
    tries: u8,
    #[command(flatten)]
    look: LookArgs,
}

#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  \
        supsim at latest \"2026-01-14 14:00\"      every site, in the run that was stored last\n  \
        supsim at latest Wed-14:00 R05           one site; the first Wednesday of the run\n  \
        supsim at contoso.yaml +3d4h             so long after the start")]
pub(in crate::cli) struct AtArgs {
    #[command(flatten)]
    named: NamedArgs,
    /// When, on the scenario's clock: "2026-01-14 14:00", Wed-14:00, +3d4h
    #[arg(value_name = "TIME")]
    time: String,
    /// One site; without it, all
    #[arg(value_name = "SITE")]
    site: Option<String>,
    /// In which replication, counted from 0
    #[arg(long, value_name = "K")]
    rep: Option<u32>,
    /// Which chance; wins over the scenario's own seed
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    #[command(flatten)]
    overriding: OverrideArgs,
    #[command(flatten)]
    look: LookArgs,
}

/// The parts of a site.
#[derive(ValueEnum, Clone, Copy, Debug)]
enum PartWord {
    /// The site database
    Database,
    /// WSUS of the active software update point
    Wsus,
    /// The internet-based software update point
    Internet,
}

impl From<PartWord> for Part {
    fn from(word: PartWord) -> Part {
        match word {
            PartWord::Database => Part::Database,
            PartWord::Wsus => Part::Wsus,
            PartWord::Internet => Part::Internet,
        }
    }
}

impl ExplainArgs {
    /// What was meant, on this screen.
    pub fn meant(self, screen: &mut Screen) -> Explain {
        Explain {
            named: self.named.meant(),
            overrides: self.overriding.overrides(self.seed),
            site: self.site,
            release: self.release,
            part: self.part.map(Part::from),
            replication: self.rep,
            tries: usize::from(self.tries),
            look: self.look.meant(screen),
        }
    }
}

impl AtArgs {
    /// What was meant, on this screen.
    pub fn meant(self, screen: &mut Screen) -> At {
        At {
            named: self.named.meant(),
            overrides: self.overriding.overrides(self.seed),
            time: self.time,
            site: self.site,
            replication: self.rep,
            look: self.look.meant(screen),
        }
    }
}
