//! `generate`: many sites from one template, by counting, never by chance.

use std::collections::{BTreeMap, BTreeSet};

use super::names::Names;
use super::pattern::{Pattern, pattern};
use super::quota::{Quotas, quotas};
use super::reader::Reader;
use super::selector::Selector;
use super::site::{Common, SiteWritten, checked_code, checked_name};
use super::sites::{Sites, too_many};
use super::source::Place;
use super::text::checked_label;
use super::yaml::Node;
use super::{Zone, limits};
use crate::units::{LinkId, RouteId, SiteId};

const KEYS: [&str; 8] = ["template", "under", "total", "each", "code", "name", "inherit", "assign"];

/// All of `generate`, in the order written.
pub(super) fn read(
    reader: &mut Reader,
    names: &mut Names<'_>,
    common: &Common,
    sites: &mut Sites<'_>,
    templates: &BTreeSet<String>,
    node: &Node<'_>,
) {
    for entry in reader.map(node, "`generate`").unwrap_or_default() {
        let Some(name) = reader.identifier(entry, "a generator") else { continue };
        reader.within(&format!("generate.{name}"), |reader| {
            let generator = Generator { names, common, sites, templates, place: entry.place };
            generator.read(reader, &entry.value);
        });
    }
}

struct Generator<'g, 's, 'a> {
    names: &'g mut Names<'s>,
    common: &'g Common,
    sites: &'g mut Sites<'a>,
    templates: &'g BTreeSet<String>,
    place: Place,
}

impl Generator<'_, '_, '_> {
    fn read(mut self, reader: &mut Reader, node: &Node<'_>) -> Option<()> {
        let fields = reader.fields(node, "a generator", &KEYS, &[])?;
        let template = fields.get("template").and_then(|node| {
            let name = reader.text(node, "`template`")?;
            if !self.common.templates.contains_key(name) {
                reader.unknown_name("E0401", node.place, "template", name, || {
                    self.templates.iter().map(String::as_str)
                });
                return None;
            }
            Some((name.to_owned(), node.place))
        });
        let code_node = reader.required(&fields, "code", "a generator", "code: \"B{n36:02}\"");
        let code = code_node.and_then(|node| pattern(reader, node, "`code`"));
        let name_node = fields.get("name");
        let name = name_node.and_then(|node| pattern(reader, node, "`name`"));
        let inherit = fields.get("inherit").map(|node| inherited(reader, node)).unwrap_or_default();
        let under = reader.required(&fields, "under", "a generator", "under: { type: primary }");
        let under = under.and_then(|node| {
            Selector::read(reader, node, self.names, &self.sites.codes, self.templates)
        });
        let parents = under.and_then(|under| under.select_some(reader, &self.sites.list));
        let most = limits::SITES as u64;
        let counts = match (fields.entry("total"), fields.entry("each")) {
            (Some(total), None) => {
                let total = reader.count(&total.value, "`total`", 0, most);
                parents
                    .as_ref()
                    .zip(total)
                    .map(|(parents, total)| shared_evenly(total as usize, parents.len()))
            }
            (None, Some(each)) => {
                let each = reader.count(&each.value, "`each`", 0, most);
                parents.as_ref().zip(each).map(|(parents, each)| vec![each as usize; parents.len()])
            }
            (Some(_), Some(each)) => {
                let note = "`total` for all parents together, or `each` for every one of them";
                reader.error("E0107", each.place, "a generator counts in one way", note);
                None
            }
            (None, None) => {
                let note = "write `total: 190` (shared out evenly) or `each: 20`";
                reader.error("E0104", fields.place, "a generator must say how many", note);
                None
            }
        };
        let total: usize = counts
            .as_ref()
            .map_or(0, |counts| counts.iter().fold(0, |sum: usize, n| sum.saturating_add(*n)));
        if self.sites.list.len().saturating_add(total) > limits::SITES {
            too_many(reader, self.place);
            return None;
        }
        let assigned = match fields.get("assign") {
            Some(node) => self.assigned(reader, node, total),
            None => Some(Assigned::default()),
        };
        self.make(
            reader,
            Plan {
                template,
                code: (code?, code_node?.place),
                name: name.zip(name_node.map(|node| node.place)),
                inherit,
                parents: parents?,
                counts: counts?,
                assigned: assigned?,
            },
        )
    }

    fn make(&mut self, reader: &mut Reader, plan: Plan) -> Option<()> {
        let mut number = 0;
        for (parent, count) in plan.parents.iter().zip(&plan.counts) {
            let above = &self.sites.list[parent.index()];
            let parent_code = above.code.clone();
            let mut inherited =
                SiteWritten { template: plan.template.clone(), ..SiteWritten::default() };
            if plan.inherit.contains("timezone") {
                inherited.zone = Some(above.zone.clone());
            }
            if plan.inherit.contains("link") {
                inherited.link = above.link;
            }
            if plan.inherit.contains("route") {
                inherited.route = above.route;
            }
            if plan.inherit.contains("labels") {
                inherited.labels = above.labels.clone();
            }
            for of_parent in 1..=*count {
                number += 1;
                let mut written = inherited.clone();
                plan.assigned.give(number - 1, &mut written);
                let code = plan.code.0.fill(&parent_code, number, of_parent);
                let place = plan.code.1;
                checked_code(reader, place, &code)?;
                if let Some(other) = self.sites.codes.get(&code) {
                    let other = self.sites.places[other.index()];
                    let message = format!("site code `{code}` is made a second time");
                    let made_here = other == place;
                    let note = if made_here {
                        "the pattern needs {n}, or {parent} with {i}"
                    } else {
                        "a site of this code is there already"
                    };
                    reader.error("E0309", place, message, note);
                    return None;
                }
                if let Some((pattern, place)) = &plan.name {
                    let name = pattern.fill(&parent_code, number, of_parent);
                    checked_name(reader, *place, &name)?;
                    written.name = Some(name);
                }
                if self.sites.keeps_made {
                    self.sites.made.push(written.as_node(self.names, &parent_code, place));
                }
                self.sites.add(reader, self.common, &code, place, written, Some(*parent));
            }
        }
        Some(())
    }

    fn assigned(&mut self, reader: &mut Reader, node: &Node<'_>, count: usize) -> Option<Assigned> {
        let mut assigned = Assigned::default();
        let mut complete = true;
        for entry in reader.map(node, "`assign`")? {
            let value = &entry.value;
            let good = match entry.key.as_ref() {
                "link" => {
                    let names = &*self.names;
                    quotas(reader, value, count, |reader, key, place| {
                        let node = Node { place, value: super::yaml::Value::Quoted(key.into()) };
                        names.link(reader, &node)
                    })
                    .map(|quotas| assigned.link = Some(quotas))
                }
                "route" => {
                    let names = &*self.names;
                    quotas(reader, value, count, |reader, key, place| {
                        let node = Node { place, value: super::yaml::Value::Quoted(key.into()) };
                        names.route(reader, &node)
                    })
                    .map(|quotas| assigned.route = Some(quotas))
                }
                "timezone" => {
                    let zones = &mut self.names.zones;
                    quotas(reader, value, count, |reader, key, place| {
                        reader.zone_named(zones, place, key)
                    })
                    .map(|quotas| assigned.zone = Some(quotas))
                }
                key => match key.strip_prefix("labels.") {
                    Some(label) if !label.is_empty() => {
                        quotas(reader, value, count, |reader, key, place| {
                            reader.check(place, checked_label(key, "a label"))?;
                            Some(key.to_owned())
                        })
                        .map(|quotas| {
                            assigned.labels.insert(label.to_owned(), quotas);
                        })
                    }
                    _ => {
                        let note =
                            "quotas can be given of `link`, `route`, `timezone` and `labels.NAME`";
                        reader.error(
                            "E0102",
                            entry.place,
                            format!("`{key}` cannot be assigned"),
                            note,
                        );
                        None
                    }
                },
            };
            complete &= good.is_some();
        }
        complete.then_some(assigned)
    }
}

struct Plan {
    template: Option<(String, Place)>,
    code: (Pattern, Place),
    name: Option<(Pattern, Place)>,
    inherit: BTreeSet<String>,
    parents: Vec<SiteId>,
    counts: Vec<usize>,
    assigned: Assigned,
}

/// What each site gets by quotas.
#[derive(Default)]
struct Assigned {
    link: Option<Quotas<LinkId>>,
    route: Option<Quotas<RouteId>>,
    zone: Option<Quotas<Zone>>,
    labels: BTreeMap<String, Quotas<String>>,
}

impl Assigned {
    fn give(&self, number: usize, site: &mut SiteWritten) {
        if let Some(quotas) = &self.link {
            site.link = Some(*quotas.of(number));
        }
        if let Some(quotas) = &self.route {
            site.route = Some(*quotas.of(number));
        }
        if let Some(quotas) = &self.zone {
            site.zone = Some(quotas.of(number).clone());
        }
        for (label, quotas) in &self.labels {
            site.labels.insert(label.clone(), quotas.of(number).clone());
        }
    }
}

fn inherited(reader: &mut Reader, node: &Node<'_>) -> BTreeSet<String> {
    const WORDS: [(&str, &str); 4] =
        [("timezone", "timezone"), ("labels", "labels"), ("link", "link"), ("route", "route")];
    let nodes = reader.one_or_more(node);
    nodes
        .into_iter()
        .filter_map(|node| reader.word_of(node, "something that can be inherited", &WORDS))
        .map(str::to_owned)
        .collect()
}

/// The first get one more where it does not divide.
fn shared_evenly(total: usize, parents: usize) -> Vec<usize> {
    (0..parents).map(|number| total / parents + usize::from(number < total % parents)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_total_is_shared_out_evenly() {
        assert_eq!(shared_evenly(190, 9), [22, 21, 21, 21, 21, 21, 21, 21, 21]);
    }
}
