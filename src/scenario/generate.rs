//! `generate`: many sites from one template, by counting, never by chance.

use std::collections::{BTreeMap, BTreeSet};

use super::reader::{Reader, checked_label};
use super::selector::Selector;
use super::site::{Common, Names, SiteWritten, checked_code, checked_name};
use super::sites::{Sites, too_many};
use super::source::Place;
use super::yaml::Node;
use super::{Zone, limits};
use crate::units::{LinkId, SiteId};

const KEYS: [&str; 8] = ["template", "under", "total", "each", "code", "name", "inherit", "assign"];

/// A text with places for numbers: `B{n36:02}`.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Pattern(Vec<Piece>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    Text(String),
    /// The number of the site among those generated, or among those below its parent.
    Number {
        of_parent: bool,
        radix: usize,
        width: usize,
    },
    Parent,
}

/// A property of the sites, shared out by quotas.
struct Quotas<T> {
    values: Vec<T>,
    /// For each site generated the position of its value.
    order: Vec<usize>,
}

impl Pattern {
    fn parse(text: &str) -> Result<Pattern, String> {
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some(open) = rest.find('{') {
            let close = rest[open..].find('}').ok_or("a `{` is not closed")? + open;
            if open > 0 {
                pieces.push(Piece::Text(rest[..open].to_owned()));
            }
            pieces.push(Piece::parse(&rest[open + 1..close])?);
            rest = &rest[close + 1..];
        }
        if !rest.is_empty() {
            pieces.push(Piece::Text(rest.to_owned()));
        }
        Ok(Pattern(pieces))
    }

    fn fill(&self, parent: &str, number: usize, of_parent_number: usize) -> String {
        let mut text = String::new();
        for piece in &self.0 {
            match piece {
                Piece::Text(part) => text += part,
                Piece::Parent => text += parent,
                Piece::Number { of_parent, radix, width } => {
                    let number = if *of_parent { of_parent_number } else { number };
                    text += &in_radix(number, *radix, *width);
                }
            }
        }
        text
    }
}

impl Piece {
    fn parse(inside: &str) -> Result<Piece, String> {
        let unknown = || {
            format!(
                "`{{{inside}}}` is not known: write {{n}}, {{n:03}}, {{n36:02}}, {{i}} or {{parent}}"
            )
        };
        if inside == "parent" {
            return Ok(Piece::Parent);
        }
        let (word, width) = inside.split_once(':').unwrap_or((inside, "0"));
        let (of_parent, radix) = match word {
            "n" => (false, 10),
            "n36" => (false, 36),
            "i" => (true, 10),
            "i36" => (true, 36),
            _ => return Err(unknown()),
        };
        let width: usize = width.parse().ok().filter(|width| *width <= 8).ok_or_else(unknown)?;
        Ok(Piece::Number { of_parent, radix, width })
    }
}

fn in_radix(mut number: usize, radix: usize, width: usize) -> String {
    const DIGITS: &[u8; 36] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    let mut digits = Vec::new();
    while number > 0 || digits.is_empty() {
        digits.push(char::from(DIGITS[number % radix]));
        number /= radix;
    }
    while digits.len() < width {
        digits.push('0');
    }
    digits.iter().rev().collect()
}

/// Shares by largest remainder, in the order written where remainders are equal, then mixed so
/// that every stretch of sites holds about its share of each. `shares` add up to `whole`.
fn apportion(shares: &[u32], whole: u64, count: usize) -> Vec<usize> {
    let count64 = count as u64;
    let exact: Vec<u64> = shares.iter().map(|share| u64::from(*share) * count64).collect();
    let mut seats: Vec<u64> = exact.iter().map(|product| product / whole).collect();
    let missing = count64 - seats.iter().sum::<u64>();
    let mut by_remainder: Vec<usize> = (0..shares.len()).collect();
    by_remainder.sort_by_key(|position| (std::cmp::Reverse(exact[*position] % whole), *position));
    for position in by_remainder.into_iter().take(usize::try_from(missing).unwrap_or(0)) {
        seats[position] += 1;
    }
    let mut given = vec![0_u64; shares.len()];
    let mut order = Vec::with_capacity(count);
    for place in 1..=count64 {
        // who lags furthest behind its share; the first of equals
        let lag = |position: usize| {
            i128::from(seats[position] * place) - i128::from(given[position] * count64)
        };
        let next = (0..shares.len())
            .max_by_key(|position| (lag(*position), std::cmp::Reverse(*position)))
            .unwrap_or(0);
        given[next] += 1;
        order.push(next);
    }
    order
}

/// All of `generate`, in the order written.
pub(super) fn read(
    reader: &mut Reader,
    names: &mut Names<'_>,
    common: &Common,
    sites: &mut Sites,
    templates: &BTreeSet<String>,
    node: &Node<'_>,
) {
    for entry in reader.map(node, "`generate`").unwrap_or_default() {
        let Some(name) = reader.identifier(entry, "a generator", &[]) else { continue };
        reader.within(&format!("generate.{name}"), |reader| {
            let generator = Generator { names, common, sites, templates, place: entry.place };
            generator.read(reader, &entry.value);
        });
    }
}

struct Generator<'g, 's> {
    names: &'g mut Names<'s>,
    common: &'g Common,
    sites: &'g mut Sites,
    templates: &'g BTreeSet<String>,
    place: Place,
}

impl Generator<'_, '_> {
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
                        let note = "quotas can be given of `link`, `timezone` and `labels.NAME`";
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
    zone: Option<Quotas<Zone>>,
    labels: BTreeMap<String, Quotas<String>>,
}

impl Assigned {
    fn give(&self, number: usize, site: &mut SiteWritten) {
        if let Some(quotas) = &self.link {
            site.link = Some(*quotas.of(number));
        }
        if let Some(quotas) = &self.zone {
            site.zone = Some(quotas.of(number).clone());
        }
        for (label, quotas) in &self.labels {
            site.labels.insert(label.clone(), quotas.of(number).clone());
        }
    }
}

impl<T> Quotas<T> {
    fn of(&self, number: usize) -> &T {
        &self.values[self.order[number]]
    }
}

fn quotas<T>(
    reader: &mut Reader,
    node: &Node<'_>,
    count: usize,
    mut value_of: impl FnMut(&mut Reader, &str, Place) -> Option<T>,
) -> Option<Quotas<T>> {
    let entries = reader.map(node, "a set of quotas")?;
    let mut values = Vec::new();
    let mut shares = Vec::new();
    let mut complete = true;
    for entry in entries {
        let value = value_of(reader, &entry.key, entry.place);
        let share = reader.probability(&entry.value, "a quota");
        match (value, share) {
            (Some(value), Some(share)) => {
                values.push(value);
                shares.push(share.parts_per_billion());
            }
            _ => complete = false,
        }
    }
    const WHOLE: u64 = 1_000_000_000;
    let sum: u64 = shares.iter().map(|share| u64::from(*share)).sum();
    if complete && sum != WHOLE {
        let percent = format!("{}.{:02}", sum / 10_000_000, sum % 10_000_000 / 100_000);
        let note = format!("they add up to {percent}%");
        reader.error("E0411", node.place, "quotas must add up to 100%", note);
        return None;
    }
    complete.then(|| Quotas { order: apportion(&shares, WHOLE, count), values })
}

fn pattern(reader: &mut Reader, node: &Node<'_>, what: &str) -> Option<Pattern> {
    let text = reader.text(node, what)?;
    match Pattern::parse(text) {
        Ok(pattern) => Some(pattern),
        Err(note) => {
            reader.error("E0410", node.place, format!("{what} is not a pattern"), note);
            None
        }
    }
}

fn inherited(reader: &mut Reader, node: &Node<'_>) -> BTreeSet<String> {
    const WORDS: [(&str, &str); 3] =
        [("timezone", "timezone"), ("labels", "labels"), ("link", "link")];
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
    fn codes_count_in_base_thirty_six() {
        let pattern = Pattern::parse("B{n36:02}").unwrap();
        assert_eq!(pattern.fill("CEN", 1, 1), "B01");
        assert_eq!(pattern.fill("CEN", 190, 1), "B5A");
        assert_eq!(pattern.fill("CEN", 1295, 1), "BZZ");
        let name = Pattern::parse("branch-{parent}-{i:02}").unwrap();
        assert_eq!(name.fill("R05", 77, 3), "branch-R05-03");
    }

    #[test]
    fn a_pattern_that_means_nothing_is_refused() {
        for text in ["B{n", "B{x}", "B{n:x}", "B{n:99}", "{}"] {
            assert!(Pattern::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn shares_are_as_near_as_whole_sites_allow() {
        const WHOLE: u64 = 1_000_000_000;
        let order = apportion(&[600_000_000, 300_000_000, 100_000_000], WHOLE, 190);
        let count = |position: usize| order.iter().filter(|given| **given == position).count();
        assert_eq!([count(0), count(1), count(2)], [114, 57, 19]);
        // interleaved: every ten in a row hold 6, 3 and 1, give or take one
        for window in order.windows(10) {
            let first = window.iter().filter(|given| **given == 0).count();
            assert!((5..=7).contains(&first), "{window:?}");
        }
    }

    #[test]
    fn equal_remainders_go_to_the_first() {
        let order = apportion(&[333_333_333, 333_333_333, 333_333_334], 1_000_000_000, 4);
        assert_eq!(order.len(), 4);
        assert_eq!(order.iter().filter(|given| **given == 2).count(), 2);
        assert_eq!(apportion(&[500_000_000, 500_000_000], 1_000_000_000, 1), [0]);
        assert_eq!(apportion(&[1_000_000_000], 1_000_000_000, 0), [0; 0]);
    }

    #[test]
    fn a_total_is_shared_out_evenly() {
        assert_eq!(shared_evenly(190, 9), [22, 21, 21, 21, 21, 21, 21, 21, 21]);
    }
}
