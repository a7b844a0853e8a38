//! The `wsyncmgr.log` of a site, as its synchronisation manager would have written it.
//!
//! Wording and order are the product's own; times are the site's local time. What the product
//! does not say but the run knows is marked: `(injected: FAULT)`. Host names, process and thread
//! numbers and the GUID of the update source are made up, the same ones every time.

mod log;
#[cfg(test)]
mod tests;

use std::io::{self, Write};

use sha2::{Digest, Sha256};

use super::Run;
use crate::measure::Attempt;
use crate::trace::Fact;
use crate::units::SiteId;
use log::Log;

/// The logs of a run, one for each site that synchronised.
#[derive(Debug)]
pub struct Logs<'a> {
    run: Run<'a>,
    /// The positions of the records that a log tells, by site and then in order.
    told: Vec<u32>,
    /// Where each site's part of `told` begins; one more than there are sites.
    begins: Vec<usize>,
    /// The children that have a software update point, by site.
    children: Vec<Vec<SiteId>>,
    /// The identity of the top-level site's update source.
    source: String,
}

impl<'a> Logs<'a> {
    /// Sorts the records by site; time and memory grow with the trace alone.
    pub fn new(run: Run<'a>) -> Logs<'a> {
        let sites = &run.scenario.sites;
        let mut counts = vec![0usize; sites.len() + 1];
        for record in run.trace.records.iter().filter(|record| is_told(&record.fact)) {
            counts[record.site.index() + 1] += 1;
        }
        let mut begins = counts;
        for site in 0..sites.len() {
            begins[site + 1] += begins[site];
        }
        let mut next = begins.clone();
        let mut told = vec![0; begins[sites.len()]];
        for (position, record) in (0u32..).zip(&run.trace.records) {
            if is_told(&record.fact) {
                told[next[record.site.index()]] = position;
                next[record.site.index()] += 1;
            }
        }
        let mut children = vec![Vec::new(); sites.len()];
        for (number, site) in (0u32..).zip(sites) {
            if let (Some(parent), Some(_)) = (site.parent, &site.sup) {
                children[parent.index()].push(SiteId(number));
            }
        }
        let source = update_source(&run);
        Logs { run, told, begins, children, source }
    }

    /// The sites that have something to tell, in the order of the scenario.
    pub fn sites(&self) -> impl Iterator<Item = SiteId> + '_ {
        (0u32..)
            .zip(self.begins.windows(2))
            .filter(|(_, bounds)| bounds[0] < bounds[1])
            .map(|(number, _)| SiteId(number))
    }

    /// Writes the log of one site: one entry a line, CR LF.
    pub fn write(&self, site: SiteId, out: impl Write) -> io::Result<()> {
        let positions = &self.told[self.begins[site.index()]..self.begins[site.index() + 1]];
        let mut log = Log::new(self, site, out);
        for &position in positions {
            log.tell(&self.run.trace.records[position as usize])?;
        }
        log.end()
    }

    fn find(&self, site: SiteId, number: u32) -> Option<&'a Attempt> {
        let attempts = &self.run.outcome.attempts;
        let found = attempts.binary_search_by_key(&(site, number), |a| (a.site, a.number));
        found.ok().map(|position| &attempts[position])
    }
}

fn is_told(fact: &Fact) -> bool {
    matches!(
        fact,
        Fact::Announced(_)
            | Fact::Pulled { .. }
            | Fact::Settled { .. }
            | Fact::Imported { .. }
            | Fact::InternetPointSynced { .. }
            | Fact::CatalogueSyncStarted { .. }
            | Fact::CatalogueSyncDone { .. }
            | Fact::CatalogueSyncFailed { .. }
    )
}

/// A GUID that belongs to the scenario's name: the same in every run of it.
fn update_source(run: &Run<'_>) -> String {
    let hash = Sha256::digest(run.scenario.name.as_bytes());
    let hex: String = hash.iter().take(16).map(|byte| format!("{byte:02X}")).collect();
    format!("{{{}-{}-{}-{}-{}}}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
}
