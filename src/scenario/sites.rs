//! `sites` and `generate`: from what is written to one tree of sites.

use std::collections::{BTreeMap, BTreeSet};

use super::hierarchy::{Tree, id, top_level};
use super::names::Names;
use super::reader::Reader;
use super::selector::{Codes, kind_word};
use super::site::{Common, SiteWritten, checked_code};
use super::source::Place;
use super::timing::Timings;
use super::yaml::Node;
use super::{Site, SiteKind, limits};
use crate::units::SiteId;

/// The sites found so far, and where each stands in the text.
pub(super) struct Sites<'a> {
    pub list: Vec<Site>,
    pub codes: Codes,
    pub places: Vec<Place>,
    parentage: Vec<Parentage>,
    pub timings: Timings,
    /// Every site that a generator made, as it could be written; only when overrides need it.
    pub made: Vec<Node<'a>>,
    pub keeps_made: bool,
}

/// Does a site name a parent?
#[derive(Clone, Copy, PartialEq, Eq)]
enum Parentage {
    /// No: it is a root.
    Root,
    /// Yes, a known one or not.
    Child,
    /// It could not be read in full: nothing is said about it here.
    Unsure,
}

impl<'a> Sites<'a> {
    pub fn new(timings: Timings) -> Self {
        Self {
            list: Vec::new(),
            codes: BTreeMap::new(),
            places: Vec::new(),
            parentage: Vec::new(),
            timings,
            made: Vec::new(),
            keeps_made: false,
        }
    }

    /// Adds a site; its code is free and good.
    pub fn add(
        &mut self,
        reader: &mut Reader,
        common: &Common,
        code: &str,
        place: Place,
        written: SiteWritten,
        parent: Option<SiteId>,
    ) {
        let has_parent = parent.is_some() || written.parent.is_some();
        let mut site = self.resolved(reader, common, code, written, has_parent);
        site.parent = parent;
        site.tier = parent.map_or(0, |parent| self.list[parent.index()].tier + 1);
        self.codes.insert(code.to_owned(), id(self.list.len()));
        self.list.push(site);
        self.places.push(place);
        self.parentage.push(if has_parent { Parentage::Child } else { Parentage::Root });
    }

    fn resolved(
        &mut self,
        reader: &mut Reader,
        common: &Common,
        code: &str,
        written: SiteWritten,
        has_parent: bool,
    ) -> Site {
        let template = written.template.as_ref().and_then(|(name, _)| common.templates.get(name));
        let kind =
            written.kind.or(template.and_then(|template| template.kind)).map(|(kind, _)| kind);
        let mut site = common.resolve(reader, &mut self.timings, code, written);
        site.kind = kind.unwrap_or_else(|| {
            reader.used_default("sites.type");
            if has_parent { SiteKind::Primary } else { SiteKind::Central }
        });
        site
    }

    /// Reads a site again from what is written of it now.
    pub fn again(
        &self,
        reader: &mut Reader,
        names: &mut Names<'_>,
        common: &Common,
        number: usize,
        node: &Node<'_>,
    ) -> Option<SiteWritten> {
        let mut written = reader.site(names, node, false)?;
        known_template(reader, common, &mut written);
        if let Some((code, place)) = &written.parent
            && !self.codes.contains_key(code)
        {
            let known = || self.codes.keys().map(String::as_str);
            let own = format!("sites.{}", self.list[number].code);
            reader.within(&own, |reader| {
                reader.unknown_name("E0301", *place, "parent site", code, known)
            });
        }
        Some(written)
    }

    /// Puts what was read again in the place of a site.
    pub fn replace(
        &mut self,
        reader: &mut Reader,
        common: &Common,
        number: usize,
        written: SiteWritten,
    ) {
        let parent = written.parent.as_ref().and_then(|(code, _)| self.codes.get(code).copied());
        let has_parent = written.parent.is_some();
        let code = self.list[number].code.clone();
        let mut site = self.resolved(reader, common, &code, written, has_parent);
        site.parent = parent;
        site.tier = self.list[number].tier;
        self.list[number] = site;
        self.parentage[number] = if has_parent { Parentage::Child } else { Parentage::Root };
    }

    /// How deep each lies, anew.
    pub fn number_tiers(&mut self) {
        Tree::of(&self.list).number_tiers(&mut self.list);
    }

    /// `sites` as written.
    pub fn read(
        &mut self,
        reader: &mut Reader,
        names: &mut Names<'_>,
        common: &Common,
        node: &Node<'_>,
    ) {
        let entries = reader.map(node, "`sites`").unwrap_or_default();
        let mut parents = Vec::with_capacity(entries.len());
        for entry in entries {
            if self.list.len() >= limits::SITES {
                too_many(reader, entry.place);
                break;
            }
            let good = reader.within("sites", |reader| {
                reader
                    .identifier(entry, "a site")
                    .filter(|code| checked_code(reader, entry.place, code).is_some())
            });
            // a key written twice has been reported; the first stands
            let Some(code) = good.filter(|code| !self.codes.contains_key(*code)) else { continue };
            let errors = reader.errors();
            let written = reader.within(&format!("sites.{code}"), |reader| {
                let mut written = reader.site(names, &entry.value, false)?;
                known_template(reader, common, &mut written);
                Some(written)
            });
            let written = written.unwrap_or_default();
            parents.push(written.parent.clone());
            let unsure = reader.errors() > errors && written.parent.is_none();
            self.add(reader, common, code, entry.place, written, None);
            if let Some(last) = self.parentage.last_mut().filter(|_| unsure) {
                *last = Parentage::Unsure;
            }
        }
        for (number, parent) in parents.into_iter().enumerate() {
            let Some((code, place)) = parent else { continue };
            self.list[number].parent = self.codes.get(&code).copied();
            if self.list[number].parent.is_none() {
                let path = format!("sites.{}", self.list[number].code);
                let known = || self.codes.keys().map(String::as_str);
                reader.within(&path, |reader| {
                    reader.unknown_name("E0301", place, "parent site", &code, known)
                });
            }
        }
        Tree::of(&self.list).number_tiers(&mut self.list);
    }

    /// H1, H3: one tree, the central site at its root, secondary sites as leaves, and one
    /// connected part of it with software update points.
    pub fn check(&mut self, reader: &mut Reader, place: Place) {
        if self.list.is_empty() {
            if reader.errors() == 0 {
                let note = "write for example `sites: { CEN: {} }`";
                reader.error("E0304", place, "a scenario needs at least one site", note);
            }
            return;
        }
        let tree = Tree::of(&self.list);
        tree.number_tiers(&mut self.list);
        let sound = self.check_root(reader, place) & self.check_cycles(reader, &tree);
        self.check_kinds(reader, &tree);
        if let Some(deep) = self.list.iter().position(|site| site.tier > limits::TIERS) {
            let note = format!("at most {} tiers", limits::TIERS);
            reader.error("E0308", self.places[deep], "the hierarchy is too deep", note);
        }
        if sound {
            self.check_update_points(reader, &tree);
        }
    }

    fn check_root(&self, reader: &mut Reader, place: Place) -> bool {
        let mut roots =
            (0..self.list.len()).filter(|number| self.parentage[*number] == Parentage::Root);
        let Some(first) = roots.next() else {
            if self.parentage.contains(&Parentage::Unsure) {
                return false;
            }
            let note = "the central site has none";
            reader.error("E0304", place, "every site has a parent, so the tree has no root", note);
            return false;
        };
        let mut sound = true;
        for other in roots {
            let message =
                format!("a second root: `{}` has no parent either", self.list[other].code);
            let note = format!("the root is `{}`; write `parent: {0}`", self.list[first].code);
            reader.error("E0303", self.places[other], message, note);
            sound = false;
        }
        sound
    }

    fn check_cycles(&self, reader: &mut Reader, tree: &Tree) -> bool {
        let cycles = tree.cycles();
        for cycle in &cycles {
            let first = cycle[0];
            let shown = 12;
            let mut codes: Vec<&str> = cycle
                .iter()
                .take(shown)
                .map(|site| self.list[site.index()].code.as_str())
                .collect();
            if cycle.len() > shown {
                codes.push("...");
            }
            codes.push(&self.list[first.index()].code);
            let note = format!("each the parent of the next: {}", codes.join(" > "));
            reader.error("E0302", self.places[first.index()], "these sites form a cycle", note);
        }
        cycles.is_empty()
    }

    fn check_kinds(&self, reader: &mut Reader, tree: &Tree) {
        for (number, site) in self.list.iter().enumerate() {
            let code = &site.code;
            match site.kind {
                SiteKind::Central if self.parentage[number] == Parentage::Child => {
                    let note = "the central site is the root (H1); write `type: primary`";
                    reader.error(
                        "E0305",
                        self.places[number],
                        format!("`{code}` is central, but has a parent"),
                        note,
                    );
                }
                SiteKind::Primary | SiteKind::Secondary
                    if self.parentage[number] == Parentage::Root =>
                {
                    let message = format!("the root `{code}` is {}", kind_word(site.kind));
                    let note =
                        "the root is the central site (H1): `type: central`, or leave the type out";
                    reader.error("E0306", self.places[number], message, note);
                }
                SiteKind::Secondary => {
                    if let Some(child) = tree.children[number].first() {
                        let message = format!("the secondary site `{code}` has a child");
                        let note = format!(
                            "secondary sites are leaves (H1), but `{}` lies below it",
                            self.list[child.index()].code
                        );
                        reader.error("E0307", self.places[number], message, note);
                    }
                }
                _ => {}
            }
        }
    }

    fn check_update_points(&self, reader: &mut Reader, tree: &Tree) {
        let Some(top) = top_level(&self.list) else {
            let note = "nothing will ever be synchronised";
            reader.warning("W0506", self.places[0], "no site has a software update point", note);
            return;
        };
        let below: BTreeSet<SiteId> = {
            let mut inside = BTreeSet::from([top]);
            for site in &tree.top_down {
                if self.list[site.index()].parent.is_some_and(|parent| inside.contains(&parent)) {
                    inside.insert(*site);
                }
            }
            inside
        };
        for (number, site) in self.list.iter().enumerate().filter(|(number, _)| id(*number) != top)
        {
            let Some(parent) = site.parent.map(|parent| &self.list[parent.index()]) else {
                continue;
            };
            if site.sup.is_none() || parent.sup.is_some() {
                continue;
            }
            let (code, above) = (&site.code, &parent.code);
            if below.contains(&id(number)) {
                let message = format!(
                    "`{code}` has a software update point, but its parent `{above}` has none"
                );
                let note = format!("give `{above}` one, or write `sup: none` here (H3)");
                reader.error("E0312", self.places[number], message, note);
            } else {
                let top = &self.list[top.index()].code;
                let message = format!("two top-level sites: `{top}` and `{code}`");
                let note =
                    "only one site may have a software update point above which there is none (H3)";
                reader
                    .error("E0313", self.places[number], message, note)
                    .help("give a site above both one, or write `sup: none` in one of them");
            }
        }
    }
}

fn known_template(reader: &mut Reader, common: &Common, written: &mut SiteWritten) {
    if let Some((name, place)) = &written.template
        && !common.templates.contains_key(name)
    {
        let known = || common.templates.keys().map(String::as_str);
        reader.unknown_name("E0401", *place, "template", name, known);
        written.template = None;
    }
}

pub(super) fn too_many(reader: &mut Reader, place: Place) {
    reader.error("E0315", place, "too many sites", format!("at most {}", limits::SITES));
}

#[cfg(test)]
mod tests {
    use crate::scenario::{Overrides, Report, Scenario};

    fn parse(rest: &str) -> Result<Scenario, Report> {
        let text =
            format!("supsim: 1\nkind: scenario\nname: given\nstart: 2026-01-13 00:00\n{rest}");
        Scenario::parse("given.yaml", &text, &Overrides::default()).map(|(scenario, _)| scenario)
    }

    fn codes(rest: &str) -> Vec<&'static str> {
        parse(rest).unwrap_err().diagnostics.iter().map(|found| found.code).collect()
    }

    #[test]
    fn a_site_that_could_not_be_read_brings_no_further_complaints() {
        assert_eq!(
            codes(
                "sites:\n  CEN: { link: nowhere }\n  PR1: { parnet: CEN }\n  PR2: { parent: PR1 }\n"
            ),
            ["E0402", "E0102"]
        );
        assert_eq!(codes("sites:\n  CEN: broken\n  PR1: { parent: CEN }\n"), ["E0101"]);
    }

    #[test]
    fn a_branch_of_the_tree_may_do_without_update_points() {
        let sites = "sites:\n  CEN: {}\n  PR1: { parent: CEN, sup: none }\n  LOW: { parent: PR1, sup: none }\n";
        assert!(parse(sites).is_ok());
    }

    #[test]
    fn the_same_text_makes_the_same_sites() {
        let text = "links: { a: {}, b: {}, c: {} }
templates: { branch: { type: secondary } }
sites: { CEN: {}, R01: { parent: CEN }, R02: { parent: CEN, labels: { region: EMEA }, timezone: Europe/Paris } }
generate:
  g:
    template: branch
    under: { type: primary }
    total: 21
    code: \"B{n36:02}\"
    name: \"{parent}-{i:02}\"
    inherit: [labels, timezone]
    assign: { link: { a: 60%, b: 30%, c: 10% } }
";
        let scenario = parse(text).unwrap();
        assert_eq!(scenario.to_yaml(), parse(text).unwrap().to_yaml());
        let below = |code: &str| {
            let parent = scenario.sites.iter().position(|site| site.code == code).unwrap();
            scenario
                .sites
                .iter()
                .filter(|site| site.parent.is_some_and(|at| at.index() == parent))
                .count()
        };
        assert_eq!((below("R01"), below("R02")), (11, 10));
        let last = scenario.sites.last().unwrap();
        assert_eq!((last.code.as_str(), last.name.as_str(), last.tier), ("B0L", "R02-10", 3));
        assert_eq!((last.labels["region"].as_str(), last.zone.name()), ("EMEA", "Europe/Paris"));
        let on = |link: u32| {
            scenario
                .sites
                .iter()
                .filter(|site| site.link == Some(crate::units::LinkId(link)))
                .count()
        };
        assert_eq!([on(0), on(1), on(2)], [13, 6, 2]);
    }
}
