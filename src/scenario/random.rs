//! Does chance have a say in this world at all?

use super::{Distribution, Fault, FaultEffect, Occurs, Pick, Retry, Scenario, Site, Timing, Work};

impl Scenario {
    /// Can two replications differ? When not, one of them says all.
    pub fn is_random(&self) -> bool {
        self.timings.iter().any(timing)
            || self.sites.iter().any(site)
            || self.faults.iter().any(fault)
    }
}

fn timing(timing: &Timing) -> bool {
    let Timing { request, connect, pull, settle, import, insert, internet } = timing;
    [request, connect, pull, settle, import, insert, internet].into_iter().any(work)
}

fn work(work: &Work) -> bool {
    let Work { base, per_update: _, per_known: _ } = work;
    varies(base)
}

fn varies(distribution: &Distribution) -> bool {
    !matches!(distribution, Distribution::Constant(_))
}

fn site(site: &Site) -> bool {
    let Retry { every: _, limit: _, jitter } = site.retry;
    !jitter.is_zero() || site.internet_sup.as_ref().is_some_and(|point| work(&point.work))
}

fn fault(fault: &Fault) -> bool {
    let Fault { name: _, effect, sites, pick, occurs } = fault;
    let picked = match pick {
        Pick::All => false,
        Pick::Count(count) => (*count as usize) < sites.len(),
        Pick::Share(_) => true,
    };
    let hits = match occurs {
        Occurs::PerAttempt(_) => true,
        Occurs::Renewal { mtbf, mttr } => varies(mtbf) || varies(mttr),
        Occurs::Window { .. } | Occurs::Schedule(_) | Occurs::Attempts(_) => false,
    };
    let does = match effect {
        FaultEffect::FailSync(fail) => varies(&fail.after),
        FaultEffect::DelayPackage(delay) => varies(delay),
        // which overtakes which is drawn
        FaultEffect::ReorderPackages => true,
        FaultEffect::LinkDown
        | FaultEffect::SiteDown
        | FaultEffect::SupDown
        | FaultEffect::InternetSupDown
        | FaultEffect::SourceDown
        | FaultEffect::WsusNotConfigured
        | FaultEffect::LinkSlow(_)
        | FaultEffect::Slow(_)
        | FaultEffect::DatabaseFails
        | FaultEffect::LicenceTermsMissing
        | FaultEffect::LoseRequest
        | FaultEffect::LosePackage
        | FaultEffect::DuplicatePackage => false,
    };
    picked || hits || does
}
