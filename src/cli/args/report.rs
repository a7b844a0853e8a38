//! The arguments of `supsim report`.

use std::path::PathBuf;

use clap::Args;

use super::{NamedArgs, WhenWord};
use crate::cli::report::Plan;
use crate::cli::screen::When;

#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  \
        supsim report latest                                 the run that was stored last\n  \
        supsim report results/contoso-7f3a91c2 -o week3.html a certain one\n  \
        supsim report contoso.yaml                           a scenario, which is run first")]
pub(in crate::cli) struct ReportArgs {
    #[command(flatten)]
    named: NamedArgs,
    /// Write the report here
    #[arg(short, value_name = "FILE", default_value = "report.html")]
    output: PathBuf,
    /// Threads for replications; the result is the same with any number of them
    #[arg(short = 'j', long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,
    /// Print nothing but complaints
    #[arg(short, long)]
    quiet: bool,
    /// A progress bar on standard error
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    progress: WhenWord,
}

impl ReportArgs {
    /// What was meant.
    pub fn meant(self) -> Plan {
        Plan {
            named: self.named.meant(),
            output: self.output,
            threads: self.threads.map(usize::from),
            quiet: self.quiet,
            progress: if self.quiet { When::Never } else { self.progress.into() },
        }
    }
}
