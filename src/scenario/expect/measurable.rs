//! At which sites a metric can be measured.

use std::collections::BTreeSet;

use super::super::reader::Reader;
use super::super::selector::Selector;
use super::super::shape::Fields;
use super::super::{Action, Bandwidth, Holder, Metric, Operation, Site, Source, hierarchy, limits};
use super::Grounds;
use crate::units::{LinkId, SiteId};

/// Is each site the top-level site, or below it? Nothing can be measured at the others (H3).
pub(super) fn within_top_level(sites: &[Site]) -> Vec<bool> {
    let top = hierarchy::top_level(sites);
    let inside = |start: usize| {
        let mut at = Some(hierarchy::id(start));
        // bounded: sites that are no tree are refused elsewhere, but must not hang us here
        for _ in 0..=limits::TIERS {
            match at {
                None => return false,
                Some(site) if Some(site) == top => return true,
                Some(site) => at = sites[site.index()].parent,
            }
        }
        false
    };
    (0..sites.len()).map(inside).collect()
}

/// Those of the clients that scan against this part; all of them when it is the site.
fn scanning(site: &Site, part: Holder) -> u32 {
    let clients = site.clients;
    match part {
        Holder::Site => clients.intranet + clients.internet + clients.sms2003,
        Holder::Database => 0,
        Holder::Wsus => clients.intranet,
        Holder::Internet => clients.internet,
    }
}

/// The sites selected that can be measured; are these all that can?
pub(super) fn sites(
    reader: &mut Reader,
    on: &Grounds<'_>,
    reached: &[bool],
    fields: &Fields<'_, '_>,
    metric: Metric,
    part: Holder,
) -> Option<(Vec<SiteId>, bool)> {
    let all = on.known.sites;
    // a site that is given its point in the middle of the run counts as well
    let installed = on.operations.iter().filter(|one| one.action == Action::InstallSup);
    let installed: BTreeSet<SiteId> = installed.map(|one| one.site).collect();
    let has_children = |site: SiteId| all.iter().any(|child| child.parent == Some(site));
    let gets_children = |site: SiteId| {
        let under =
            |one: &Operation| matches!(one.action, Action::MoveSite { under } if under == site);
        on.operations.iter().any(under)
    };
    let top_level = hierarchy::top_level(all);
    let limited = |link: Option<LinkId>| {
        let links = on.known.names.links;
        link.is_some_and(|link| links[link.index()].bandwidth != Bandwidth::Unlimited)
    };
    let has_circuit = |site: SiteId| {
        let of_source = matches!(on.source, Some(Source::Wsus(link)) if limited(*link));
        limited(all[site.index()].link) || of_source && top_level == Some(site)
    };
    let traits = metric.traits();
    let (what, has): (&str, &dyn Fn(SiteId) -> bool) = match (traits.of_releases, part) {
        _ if metric == Metric::SenderQueue => {
            ("has a child to send to", &|site| has_children(site) || gets_children(site))
        }
        _ if metric == Metric::LinkUtilisation => {
            ("is reached over a link with a limited bandwidth", &has_circuit)
        }
        _ if traits.of_clients => {
            ("has clients that scan against it", &|site| scanning(&all[site.index()], part) > 0)
        }
        (true, Holder::Site | Holder::Database) => {
            ("lies at or below the top-level site (H3)", &|_| true)
        }
        (true, Holder::Internet) => {
            ("has an internet-based point", &|site| all[site.index()].internet_sup.is_some())
        }
        (true, Holder::Wsus) | (false, _) => ("has a software update point", &|site| {
            all[site.index()].sup.is_some() || installed.contains(&site)
        }),
    };
    let can = |site: &SiteId| reached[site.index()] && has(*site);
    let measurable = all.iter().enumerate().map(|(number, _)| hierarchy::id(number)).filter(can);
    let measurable: Vec<SiteId> = measurable.collect();
    let Some(node) = fields.get("where") else {
        if measurable.is_empty() && !all.is_empty() {
            let message = format!("there is no site at which `{}` can be measured", metric.name());
            reader.error("E0426", fields.place, message, format!("no site {what}"));
            return None;
        }
        return Some((measurable, true));
    };
    let selector: Selector = on.known.selector(reader, node)?;
    let selected = selector.select_some(reader, all)?;
    let matched = selected.len();
    let sites: Vec<SiteId> = selected.into_iter().filter(can).collect();
    if sites.is_empty() {
        let message = format!("`{}` can be measured at none of these sites", metric.name());
        reader.error("E0426", node.place, message, format!("none of them {what}"));
        return None;
    }
    if sites.len() < matched {
        let note =
            format!("{} of {matched} are left out: none of them {what}", matched - sites.len());
        reader.warning("W0562", node.place, "this expectation leaves out some sites", note);
    }
    let everywhere = sites == measurable;
    Some((sites, everywhere))
}
