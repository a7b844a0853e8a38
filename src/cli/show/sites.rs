//! `supsim show sites`: one row for each site, as it is meant.

use super::grid::Grid;
use super::{Shown, counted};
use crate::report::Look;
use crate::scenario::{Scenario, Site, SiteKind};

pub(super) fn show(scenario: &Scenario, look: Look) -> Shown {
    let grid = table(scenario);
    let human = format!("{}{}\n", grid.human(look), counted(scenario.sites.len(), "site", "sites"));
    Shown { grid, human }
}

/// Every site in the order of the scenario.
pub(super) fn table(scenario: &Scenario) -> Grid {
    let mut grid = Grid::new([
        "site",
        "name",
        "type",
        "#tier",
        "parent",
        "template",
        "link",
        "timezone",
        "#clients",
        "sup",
        "internet_sup",
        "retry",
        "labels",
    ]);
    for site in &scenario.sites {
        let code = |id: crate::units::SiteId| scenario.sites[id.index()].code.clone();
        let link = |id: crate::units::LinkId| scenario.links[id.index()].name.clone();
        let labels = site.labels.iter().map(|(key, value)| format!("{key}={value}"));
        grid.row(vec![
            site.code.clone(),
            site.name.clone(),
            kind(site.kind).to_owned(),
            site.tier.to_string(),
            site.parent.map(code).unwrap_or_default(),
            site.template.clone().unwrap_or_default(),
            site.link.map(link).unwrap_or_default(),
            site.zone.name().to_owned(),
            site.clients.total().to_string(),
            point(site).to_owned(),
            internet_point(site),
            retry(site),
            labels.collect::<Vec<_>>().join(" "),
        ]);
    }
    grid
}

pub(super) fn kind(kind: SiteKind) -> &'static str {
    match kind {
        SiteKind::Central => "central",
        SiteKind::Primary => "primary",
        SiteKind::Secondary => "secondary",
    }
}

fn point(site: &Site) -> &'static str {
    match &site.sup {
        None => "none",
        Some(point) if !point.console => "console missing",
        Some(point) if point.local => "local",
        Some(_) => "remote",
    }
}

pub(super) fn internet_point(site: &Site) -> String {
    match &site.internet_sup {
        None => String::new(),
        Some(point) if point.server.is_empty() => "yes".to_owned(),
        Some(point) => point.server.clone(),
    }
}

fn retry(site: &Site) -> String {
    let retry = &site.retry;
    let mut words = retry.every.to_string();
    if let Some(limit) = retry.limit {
        words += &format!(", {limit} at most");
    }
    if !retry.jitter.is_zero() {
        words += &format!(", up to {} later", retry.jitter);
    }
    words
}
