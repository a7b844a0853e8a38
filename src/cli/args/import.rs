//! The arguments of `supsim import configmgr`.

use std::path::PathBuf;

use clap::Args;

use crate::cli::configmgr::Plan;

/// The arguments of `supsim import configmgr`.
#[derive(Args, Debug)]
#[command(after_help = "In PowerShell, on a site server:\n  \
        Get-CMSite | Select-Object SiteCode,SiteName,Type,ReportingSiteCode |\n    \
          Export-Csv sites.csv -NoTypeInformation\n  \
        Get-CMFileReplicationRoute | ConvertTo-Json -Depth 6 | Set-Content routes.json\n\n\
    Then:\n  \
        supsim import configmgr --sites sites.csv --routes routes.json -o hierarchy.yaml")]
pub(in crate::cli) struct ImportConfigmgrArgs {
    /// What Get-CMSite | Export-Csv wrote
    #[arg(long, value_name = "FILE")]
    sites: PathBuf,
    /// What Get-CMFileReplicationRoute | ConvertTo-Json -Depth 6 wrote
    #[arg(long, value_name = "FILE")]
    routes: Option<PathBuf>,
    /// Write the scenario here; without, on standard output
    #[arg(short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Print nothing but complaints
    #[arg(short, long)]
    quiet: bool,
}

impl ImportConfigmgrArgs {
    /// What was meant.
    pub fn meant(self) -> Plan {
        Plan { sites: self.sites, routes: self.routes, scenario: self.output, quiet: self.quiet }
    }
}
