//! `where`: which sites are meant. All conditions must hold.

use std::collections::{BTreeMap, BTreeSet};

use super::names::Names;
use super::reader::{Reader, list};
use super::site::KINDS;
use super::source::Place;
use super::yaml::Node;
use super::{Site, SiteKind, limits};
use crate::units::{LinkId, RouteId, SiteId};

/// A selector; an empty condition holds for every site.
#[derive(Clone, Debug, Default)]
pub(super) struct Selector {
    pub place: Place,
    codes: Option<BTreeSet<SiteId>>,
    kinds: Option<Vec<SiteKind>>,
    tiers: Option<Vec<u32>>,
    templates: Option<Vec<String>>,
    links: Option<Vec<LinkId>>,
    routes: Option<Vec<RouteId>>,
    labels: Vec<(String, Vec<String>)>,
    below: Option<BTreeSet<SiteId>>,
    not: Option<Box<Selector>>,
}

/// The sites by their codes.
pub(super) type Codes = BTreeMap<String, SiteId>;

const KEYS: [&str; 10] =
    ["code", "type", "tier", "template", "link", "route", "region", "labels", "below", "not"];

impl Selector {
    /// A selector as written.
    pub fn read(
        reader: &mut Reader,
        node: &Node<'_>,
        names: &Names<'_>,
        codes: &Codes,
        templates: &BTreeSet<String>,
    ) -> Option<Selector> {
        let fields = reader.fields(node, "a selector", &KEYS, &[])?;
        let mut selector = Selector { place: node.place, ..Selector::default() };
        let mut complete = true;
        let mut keep = |good: bool| complete &= good;
        if let Some(node) = fields.get("code") {
            selector.codes =
                each(reader, node, |reader, node| named_site(reader, node, codes)).map(from_list);
            keep(selector.codes.is_some());
        }
        if let Some(node) = fields.get("type") {
            selector.kinds =
                each(reader, node, |reader, node| reader.word_of(node, "a type of site", &KINDS));
            keep(selector.kinds.is_some());
        }
        if let Some(node) = fields.get("tier") {
            selector.tiers =
                each(reader, node, |reader, node| reader.count32(node, "`tier`", 1, limits::TIERS));
            keep(selector.tiers.is_some());
        }
        if let Some(node) = fields.get("template") {
            selector.templates = each(reader, node, |reader, node| {
                let name = reader.text(node, "`template`")?;
                if !templates.contains(name) {
                    reader.unknown_name("E0401", node.place, "template", name, || {
                        templates.iter().map(String::as_str)
                    });
                    return None;
                }
                Some(name.to_owned())
            });
            keep(selector.templates.is_some());
        }
        if let Some(node) = fields.get("link") {
            selector.links = each(reader, node, |reader, node| names.link(reader, node));
            keep(selector.links.is_some());
        }
        if let Some(node) = fields.get("route") {
            selector.routes = each(reader, node, |reader, node| names.route(reader, node));
            keep(selector.routes.is_some());
        }
        // the label that nearly every hierarchy has
        if let Some(node) = fields.get("region") {
            let values = each(reader, node, |reader, node| {
                reader.label(node, "a region").map(str::to_owned)
            });
            keep(values.is_some());
            selector.labels.extend(values.map(|values| ("region".to_owned(), values)));
        }
        if let Some(node) = fields.get("labels") {
            for entry in reader.map(node, "`labels`").unwrap_or_default() {
                let key = reader.identifier(entry, "a label");
                let values = each(reader, &entry.value, |reader, node| {
                    reader.label(node, "a label").map(str::to_owned)
                });
                keep(key.is_some() && values.is_some());
                selector.labels.extend(key.map(str::to_owned).zip(values));
            }
        }
        if let Some(node) = fields.get("below") {
            selector.below =
                each(reader, node, |reader, node| named_site(reader, node, codes)).map(from_list);
            keep(selector.below.is_some());
        }
        if let Some(node) = fields.get("not") {
            let not = Selector::read(reader, node, names, codes, templates);
            keep(not.is_some());
            selector.not = not.map(Box::new);
        }
        complete.then_some(selector)
    }

    /// Does it select this site?
    pub fn matches(&self, sites: &[Site], id: SiteId) -> bool {
        let site = &sites[id.index()];
        self.codes.as_ref().is_none_or(|codes| codes.contains(&id))
            && self.kinds.as_ref().is_none_or(|kinds| kinds.contains(&site.kind))
            && self.tiers.as_ref().is_none_or(|tiers| tiers.contains(&site.tier))
            && self
                .templates
                .as_ref()
                .is_none_or(|names| site.template.as_ref().is_some_and(|t| names.contains(t)))
            && self
                .links
                .as_ref()
                .is_none_or(|links| site.link.is_some_and(|link| links.contains(&link)))
            && self
                .routes
                .as_ref()
                .is_none_or(|routes| site.route.is_some_and(|route| routes.contains(&route)))
            && self.labels.iter().all(|(key, values)| {
                site.labels.get(key).is_some_and(|value| values.contains(value))
            })
            && self.below.as_ref().is_none_or(|above| is_below(sites, id, above))
            && self.not.as_ref().is_none_or(|not| !not.matches(sites, id))
    }

    /// Every site selected, in order.
    pub fn select(&self, sites: &[Site]) -> Vec<SiteId> {
        (0..sites.len()).map(super::hierarchy::id).filter(|id| self.matches(sites, *id)).collect()
    }

    /// As [`Selector::select`]; that there is none is an error, with what there is instead.
    pub fn select_some(&self, reader: &mut Reader, sites: &[Site]) -> Option<Vec<SiteId>> {
        let selected = self.select(sites);
        if selected.is_empty() && !sites.is_empty() {
            let note = self.why_none(sites);
            let finding = reader.error("E0405", self.place, "this selector matches no site", note);
            if self.tiers.is_some() {
                let kinds = counted(sites, |site| Some(kind_word(site.kind)));
                finding.help(format!("select by what a site is; types in this hierarchy: {kinds}"));
            }
        }
        (!selected.is_empty()).then_some(selected)
    }

    /// Which condition fails for every site, and what there is.
    fn why_none(&self, sites: &[Site]) -> String {
        let nobody = |condition: &dyn Fn(&Site) -> bool| !sites.iter().any(condition);
        if let Some(tiers) = &self.tiers
            && nobody(&|site| tiers.contains(&site.tier))
        {
            return format!(
                "tiers in this hierarchy: {}",
                counted(sites, |site| Some(site.tier.to_string()))
            );
        }
        if let Some(kinds) = &self.kinds
            && nobody(&|site| kinds.contains(&site.kind))
        {
            let there = counted(sites, |site| Some(kind_word(site.kind)));
            return format!("types in this hierarchy: {there}");
        }
        if self.templates.as_ref().is_some_and(|names| {
            nobody(&|site| site.template.as_ref().is_some_and(|t| names.contains(t)))
        }) {
            return "no site uses this template".to_owned();
        }
        if self.links.as_ref().is_some_and(|links| {
            nobody(&|site| site.link.is_some_and(|link| links.contains(&link)))
        }) {
            return "no site uses this link".to_owned();
        }
        if self.routes.as_ref().is_some_and(|routes| {
            nobody(&|site| site.route.is_some_and(|route| routes.contains(&route)))
        }) {
            return "no site uses this route".to_owned();
        }
        for (key, values) in &self.labels {
            if nobody(&|site| site.labels.get(key).is_some_and(|value| values.contains(value))) {
                let there = counted(sites, |site| site.labels.get(key).cloned());
                return match there.as_str() {
                    "" => format!("no site has a label `{key}`"),
                    there => format!("values of `{key}`: {there}"),
                };
            }
        }
        "no site fulfils all its conditions".to_owned()
    }
}

/// The value, or all values of the list.
fn each<'n, 'a, T>(
    reader: &mut Reader,
    node: &'n Node<'a>,
    mut read: impl FnMut(&mut Reader, &'n Node<'a>) -> Option<T>,
) -> Option<Vec<T>> {
    let nodes = reader.one_or_more(node);
    let values: Vec<Option<T>> = nodes.into_iter().map(|node| read(reader, node)).collect();
    values.into_iter().collect()
}

fn from_list(sites: Vec<SiteId>) -> BTreeSet<SiteId> {
    sites.into_iter().collect()
}

/// A site by its code.
pub(super) fn named_site(reader: &mut Reader, node: &Node<'_>, codes: &Codes) -> Option<SiteId> {
    let code = reader.text(node, "a site code")?;
    let found = codes.get(code).copied();
    if found.is_none() {
        reader.unknown_name("E0403", node.place, "site", code, || codes.keys().map(String::as_str));
    }
    found
}

fn is_below(sites: &[Site], id: SiteId, above: &BTreeSet<SiteId>) -> bool {
    let mut at = sites[id.index()].parent;
    // bounded: sites that are no tree are refused elsewhere, but must not hang us here
    for _ in 0..=limits::TIERS {
        match at {
            None => return false,
            Some(parent) if above.contains(&parent) => return true,
            Some(parent) => at = sites[parent.index()].parent,
        }
    }
    false
}

pub(super) fn kind_word(kind: SiteKind) -> String {
    KINDS.iter().find(|(_, known)| *known == kind).map_or("", |(word, _)| word).to_owned()
}

/// `AMER (3 sites), EMEA (1 site)`.
fn counted(sites: &[Site], value: impl Fn(&Site) -> Option<String>) -> String {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for value in sites.iter().filter_map(value) {
        *counts.entry(value).or_default() += 1;
    }
    let words: Vec<String> = counts
        .iter()
        .map(|(value, count)| {
            format!("{value} ({count} site{})", if *count == 1 { "" } else { "s" })
        })
        .collect();
    list(words.iter().map(String::as_str))
}

#[cfg(test)]
mod tests {
    use crate::scenario::{Overrides, Scenario};

    /// The codes of the sites that a selector selects, seen through a fault.
    fn selected(selector: &str) -> String {
        let text = format!(
            "supsim: 1
kind: scenario
name: given
start: 2026-01-13 00:00
links: {{ wan: {{}}, lan: {{}} }}
routes: {{ nights: {{}}, days: {{}} }}
templates: {{ branch: {{ type: secondary, link: wan }} }}
sites:
  CEN: {{ link: lan }}
  R01: {{ parent: CEN, route: nights, labels: {{ region: AMER }} }}
  R02: {{ parent: CEN, labels: {{ region: EMEA }} }}
  B01: {{ parent: R01, template: branch, labels: {{ region: AMER }} }}
  B02: {{ parent: R02, template: branch }}
faults: {{ f: {{ where: {selector}, do: link_down, when: {{ attempts: [1] }} }} }}
"
        );
        let (scenario, _) = Scenario::parse("given.yaml", &text, &Overrides::default()).unwrap();
        let codes: Vec<&str> = scenario.faults[0]
            .sites
            .iter()
            .map(|site| scenario.sites[site.index()].code.as_str())
            .collect();
        codes.join(" ")
    }

    #[test]
    fn each_condition_selects_what_it_says() {
        assert_eq!(selected("{}"), "CEN R01 R02 B01 B02");
        assert_eq!(selected("{ code: [R01, B02] }"), "R01 B02");
        assert_eq!(selected("{ type: primary }"), "R01 R02");
        assert_eq!(selected("{ tier: [1, 3] }"), "CEN B01 B02");
        assert_eq!(selected("{ template: branch }"), "B01 B02");
        assert_eq!(selected("{ link: lan }"), "CEN");
        assert_eq!(selected("{ labels: { region: [AMER, EMEA] } }"), "R01 R02 B01");
        assert_eq!(selected("{ route: [nights, days] }"), "R01");
        assert_eq!(selected("{ region: [AMER, EMEA] }"), "R01 R02 B01");
        assert_eq!(selected("{ below: R01 }"), "B01");
        assert_eq!(selected("{ below: CEN }"), "R01 R02 B01 B02");
        assert_eq!(selected("{ not: { type: secondary } }"), "CEN R01 R02");
    }

    #[test]
    fn all_conditions_must_hold() {
        assert_eq!(selected("{ type: secondary, labels: { region: AMER } }"), "B01");
        assert_eq!(selected("{ below: CEN, not: { below: [R01, R02] } }"), "R01 R02");
    }
}
