//! Does chance have a say in this world at all?

use super::{
    Distribution, ExportImport, Fault, FaultEffect, InternetPoint, Occurs, Pick, PointMode, Retry,
    Scenario, Site, Timing, Work,
};

impl Scenario {
    /// Can two replications differ? When not, one of them says all.
    pub fn is_random(&self) -> bool {
        self.timings.iter().any(timing)
            || self.sites.iter().any(site)
            || self.faults.iter().any(fault)
            // each client polls at a phase of its own
            || self.has_clients()
            // each client polls at a phase of its own
            || self.has_clients()
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
    !jitter.is_zero() || site.internet_sup.as_ref().is_some_and(internet_point)
}

fn internet_point(point: &InternetPoint) -> bool {
    let InternetPoint { server: _, link: _, work: own, mode } = point;
    let by_hand = match mode {
        PointMode::Upstream => false,
        PointMode::ExportImport(run) => {
            let ExportImport { first: _, every: _, export, carry, import, .. } = &**run;
            [export, carry, import].into_iter().any(work)
        }
    };
    by_hand || work(own)
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

#[cfg(test)]
mod tests {
    use crate::scenario::{Overrides, Scenario};

    fn is_random(rest: &str) -> bool {
        let text = format!(
            "supsim: 1\nkind: scenario\nname: given\nstart: 2026-01-13 00:00\n\
             sites: {{ CEN: {{}}, ONE: {{ parent: CEN }}, TWO: {{ parent: CEN }} }}\n{rest}\n"
        );
        let read = Scenario::parse("given.yaml", &text, &Overrides::default());
        read.unwrap_or_else(|report| panic!("{report}")).0.is_random()
    }

    #[test]
    fn whatever_draws_is_random_and_nothing_else() {
        let fault = |words: &str| format!("faults: {{ f: {{ {words} }} }}");
        let always = "when: { window: {} }";
        for (rest, random) in [
            (String::new(), false),
            ("timing: { pull: 5min }".to_owned(), false),
            ("timing: { insert: { exponential: { mean: 5min } } }".to_owned(), true),
            ("sync: { retry: { jitter: 5min } }".to_owned(), true),
            (fault(&format!("do: link_down, {always}")), false),
            (fault(&format!("do: link_down, pick: one, {always}")), true),
            (fault(&format!("do: link_down, pick: {{ count: 3 }}, {always}")), false),
            (fault("do: link_down, when: { per_attempt: 5% }"), true),
            (fault("do: { fail_sync: { after: 5min } }, when: { attempts: [1] }"), false),
            (
                fault(
                    "do: { fail_sync: { after: { uniform: { min: 1min, max: 2min } } } }, when: { attempts: [1] }",
                ),
                true,
            ),
            (fault("do: site_down, when: { renewal: { mtbf: 3d, mttr: 2h } }"), false),
            (
                fault(
                    "do: site_down, when: { renewal: { mtbf: { exponential: { mean: 3d } }, mttr: 2h } }",
                ),
                true,
            ),
        ] {
            assert_eq!(is_random(&rest), random, "{rest}");
        }
    }
}
