//! The arguments of `supsim export`.

use std::path::PathBuf;

use clap::Args;

use super::NamedArgs;
use crate::cli::export::Plan;
use crate::cli::format::Format;

/// The arguments of `supsim export`.
#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  \
        supsim export latest -o tables.csv        a folder of tables, for Excel, pandas and R\n  \
        supsim export latest -o contoso.xlsx      one workbook, for whoever opens Excel\n  \
        supsim export latest -o summary.md        a page for a pull request\n  \
        supsim export latest -o a.dot -o a.trace.json   a drawing, and a trace for Perfetto\n  \
        supsim export latest -o logs.log          a folder of wsyncmgr.log, for CMTrace\n  \
        supsim export contoso.yaml --to jsonl     every record, on standard output\n\n\
    supsim help formats specifies each of them.")]
pub(in crate::cli) struct ExportArgs {
    #[command(flatten)]
    named: NamedArgs,
    /// Where to; the ending says as what. May be repeated; - is standard output
    #[arg(short, value_name = "NAME.EXT")]
    output: Vec<PathBuf>,
    /// As what, whatever the ending says
    #[arg(long, value_name = "FORMAT", value_parser = format)]
    to: Option<Format>,
    /// Threads for replications; the result is the same with any number of them
    #[arg(short = 'j', long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,
    /// Print nothing but complaints
    #[arg(short, long)]
    quiet: bool,
}

pub(super) fn format(word: &str) -> Result<Format, String> {
    Format::ALL.into_iter().find(|format| format.word() == word).ok_or_else(|| {
        let known = Format::ALL.map(Format::word);
        format!("there are {}", known.join(", "))
    })
}

impl ExportArgs {
    /// What was meant.
    pub fn meant(self) -> Plan {
        Plan {
            named: self.named.meant(),
            outputs: self.output,
            to: self.to,
            threads: self.threads.map(usize::from),
            quiet: self.quiet,
        }
    }
}
