//! Which sites have a row of the timeline, and in which order.
//!
//! The latest sites are drawn, with the sites above them, so that a chain of causes is whole. Rows
//! stand in the order of the tree, and beside each other the branch that was done last comes first.

use std::collections::{BTreeMap, BTreeSet};

use crate::measure::Outcome;
use crate::scenario::Scenario;
use crate::units::{Instant, SiteId};

use super::subject::Subject;

/// More rows would not be read.
pub(super) const MOST_ROWS: usize = 40;

/// A row of the timeline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Row {
    /// Whose row.
    pub site: SiteId,
    /// How far it is indented: how many of the rows drawn stand above it in the tree.
    pub depth: u32,
    /// When it was current; `None` when it never was, or when no release is drawn.
    pub current: Option<Instant>,
}

/// The rows drawn, in order, and the sites that have none.
pub(super) struct Rows {
    /// From top to bottom.
    pub drawn: Vec<Row>,
    /// The others.
    pub left_out: Vec<SiteId>,
}

/// Chooses among the sites that something can reach or that synchronised.
pub(super) fn rows(scenario: &Scenario, outcome: &Outcome, subject: &Subject<'_>) -> Rows {
    // never counts as later than any time
    let mut done: BTreeMap<SiteId, Instant> = BTreeMap::new();
    let mut current: BTreeMap<SiteId, Instant> = BTreeMap::new();
    for arrival in &subject.arrivals {
        done.insert(arrival.site, arrival.current.unwrap_or(Instant::NEVER));
        current.extend(arrival.current.map(|at| (arrival.site, at)));
    }
    if subject.arrivals.is_empty() {
        for attempt in &outcome.attempts {
            let last = done.entry(attempt.site).or_default();
            *last = (*last).max(attempt.end.unwrap_or(Instant::NEVER));
        }
    }
    done.retain(|site, _| site.index() < scenario.sites.len());

    let chosen = chosen(scenario, &done);
    let left_out = done.keys().filter(|site| !chosen.contains(site)).copied().collect();
    let row = |(site, depth)| Row { site, depth, current: current.get(&site).copied() };
    let drawn = in_order(scenario, &done, &chosen).into_iter().map(row).collect();
    Rows { drawn, left_out }
}

/// The parent of a site, when it can have a row.
fn parent(scenario: &Scenario, known: &BTreeMap<SiteId, Instant>, site: SiteId) -> Option<SiteId> {
    scenario.sites[site.index()].parent.filter(|parent| known.contains_key(parent))
}

fn chosen(scenario: &Scenario, done: &BTreeMap<SiteId, Instant>) -> BTreeSet<SiteId> {
    let mut latest: Vec<_> = done.iter().map(|(site, at)| (*site, *at)).collect();
    latest.sort_by_key(|(site, at)| (std::cmp::Reverse(*at), *site));
    let mut chosen = BTreeSet::new();
    for (site, _) in latest {
        let above = std::iter::successors(Some(site), |site| parent(scenario, done, *site));
        let new: Vec<SiteId> = above.take_while(|site| !chosen.contains(site)).collect();
        // A row without the sites above it would hang in the air, at the left edge like a root.
        if !chosen.is_empty() && chosen.len() + new.len() > MOST_ROWS {
            break;
        }
        chosen.extend(new.into_iter().take(MOST_ROWS));
    }
    chosen
}

/// The chosen sites in the order of the tree, each with how deep it stands among them.
fn in_order(
    scenario: &Scenario,
    done: &BTreeMap<SiteId, Instant>,
    chosen: &BTreeSet<SiteId>,
) -> Vec<(SiteId, u32)> {
    let above = |site| parent(scenario, done, site).filter(|parent| chosen.contains(parent));
    let mut branch_done: BTreeMap<SiteId, Instant> = BTreeMap::new();
    let mut below: BTreeMap<Option<SiteId>, Vec<SiteId>> = BTreeMap::new();
    for site in chosen {
        below.entry(above(*site)).or_default().push(*site);
        let mut next = Some(*site);
        while let Some(holder) = next {
            let last = branch_done.entry(holder).or_default();
            *last = (*last).max(done[site]);
            next = above(holder);
        }
    }
    for siblings in below.values_mut() {
        siblings.sort_by_key(|site| (std::cmp::Reverse(branch_done[site]), *site));
    }
    let mut order = Vec::new();
    let mut open: Vec<(SiteId, u32)> = Vec::new();
    let roots = below.get(&None).into_iter().flatten().rev();
    open.extend(roots.map(|site| (*site, 0)));
    while let Some((site, depth)) = open.pop() {
        order.push((site, depth));
        let children = below.get(&Some(site)).into_iter().flatten().rev();
        open.extend(children.map(|child| (*child, depth + 1)));
    }
    order
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::chart::sample::{Sample, shown};

    fn codes(sample: Sample) -> (Vec<String>, usize) {
        let (scenario, outcome) = sample.finish();
        let subject = Subject::new(&shown(&scenario, &outcome));
        let rows = rows(&scenario, &outcome, &subject);
        let code = |row: &Row| scenario.sites[row.site.index()].code.clone();
        (rows.drawn.iter().map(code).collect(), rows.left_out.len())
    }

    #[test]
    fn parents_stand_above_their_children_and_the_later_branch_comes_first() {
        let (codes, left_out) = codes(Sample::three_sites());
        assert_eq!(codes, ["CEN", "P02", "P01"]);
        assert_eq!(left_out, 0);
    }

    #[test]
    fn no_row_but_the_root_stands_without_its_parent() {
        for sample in [Sample::wide(10_000), Sample::three_tiers(), Sample::wide(60)] {
            let (scenario, outcome) = sample.finish();
            let subject = Subject::new(&shown(&scenario, &outcome));
            let rows = rows(&scenario, &outcome, &subject);
            let drawn: BTreeSet<SiteId> = rows.drawn.iter().map(|row| row.site).collect();
            for row in &rows.drawn {
                let site = &scenario.sites[row.site.index()];
                assert!(site.parent.is_none_or(|parent| drawn.contains(&parent)), "{}", site.code);
                assert_eq!(row.depth + 1, site.tier, "{}", site.code);
            }
        }
    }

    #[test]
    fn the_latest_forty_are_drawn_and_the_rest_is_counted() {
        let (scenario, outcome) = Sample::wide(10_000).finish();
        let subject = Subject::new(&shown(&scenario, &outcome));
        let rows = rows(&scenario, &outcome, &subject);
        // A last site that would need more rows above it than are left is not drawn.
        assert!((MOST_ROWS - 3..=MOST_ROWS).contains(&rows.drawn.len()), "{}", rows.drawn.len());
        assert_eq!(rows.left_out.len(), 10_000 - rows.drawn.len());
        let when = |site: &SiteId| {
            let of_site = |arrival: &&&crate::measure::Arrival| arrival.site == *site;
            subject.arrivals.iter().find(of_site).unwrap().current
        };
        let latest_left_out = rows.left_out.iter().filter_map(when).max();
        let drawn_later = rows.drawn.iter().filter(|row| row.current >= latest_left_out).count();
        assert!(drawn_later >= MOST_ROWS - 6, "only parents may be earlier than what is left out");
    }
}
