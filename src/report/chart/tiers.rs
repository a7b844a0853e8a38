//! The sites by kind and tier: the groups that have a line of their own.

use std::collections::BTreeMap;

use super::palette;
use super::subject::grouped;
use crate::scenario::{Scenario, SiteKind};
use crate::units::SiteId;

/// So many kinds of site have a line of their own; more would be a tangle.
const MOST: usize = palette::SERIES.len();

/// Some sites of one kind.
pub(super) struct Tier<T> {
    /// `9 primaries`, `190 secondaries on tier 3`.
    pub name: String,
    /// What was said of each of them, in order.
    pub members: Vec<T>,
}

/// The sites by kind, and by tier where a kind stands on several; by kind alone when there would
/// be too many lines.
pub(super) fn tiers<T>(
    scenario: &Scenario,
    sites: impl Iterator<Item = (SiteId, T)>,
) -> Vec<Tier<T>> {
    let mut tiers: BTreeMap<(SiteKind, u32), Vec<T>> = BTreeMap::new();
    for (site, of_site) in sites {
        if let Some(site) = scenario.sites.get(site.index()) {
            tiers.entry((site.kind, site.tier)).or_default().push(of_site);
        }
    }
    if tiers.len() > MOST {
        let mut kinds: BTreeMap<(SiteKind, u32), Vec<T>> = BTreeMap::new();
        for ((kind, _), mut members) in tiers {
            kinds.entry((kind, 0)).or_default().append(&mut members);
        }
        tiers = kinds;
    }
    let kinds: Vec<SiteKind> = tiers.keys().map(|(kind, _)| *kind).collect();
    let several = |kind| kinds.iter().filter(|other| **other == kind).count() > 1;
    let name = |kind, tier, count: usize| {
        let noun = match (kind, count) {
            (SiteKind::Central, _) => return "central site".to_owned(),
            (SiteKind::Primary, 1) => "1 primary".to_owned(),
            (SiteKind::Primary, count) => format!("{} primaries", grouped(count)),
            (SiteKind::Secondary, 1) => "1 secondary".to_owned(),
            (SiteKind::Secondary, count) => format!("{} secondaries", grouped(count)),
        };
        if several(kind) { format!("{noun} on tier {tier}") } else { noun }
    };
    tiers
        .into_iter()
        .map(|((kind, tier), members)| Tier { name: name(kind, tier, members.len()), members })
        .collect()
}
