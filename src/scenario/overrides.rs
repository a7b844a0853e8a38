//! `overrides`, and `--where SEL --set PATH=VALUE`: other values of some sites, without a second
//! template.
//!
//! They come after `generate`, in the order written, and each selects among the sites as the ones
//! before it left them. A site is read again from what is written of it with the new values in
//! place, so that an override can say whatever a site can, and is checked the same way.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use super::layers::{Changes, ForSites, Overridden, Path, path_of, set, shown, site};
use super::limits;
use super::names::Names;
use super::reader::Reader;
use super::selector::Selector;
use super::site::Common;
use super::sites::Sites;
use super::source::Place;
use super::yaml::{Node, Value};
use crate::units::SiteId;

/// What an override needs to know of the scenario.
pub(super) struct Overriding<'o, 's, 'n, 'a> {
    pub names: &'o mut Names<'s>,
    pub common: &'o Common,
    pub sites: &'o mut Sites<'a>,
    pub templates: &'o BTreeSet<String>,
    /// `sites` as written.
    pub written: Option<&'n Node<'a>>,
    /// The defaults that stood in before any site was read.
    pub defaults: BTreeSet<&'static str>,
}

/// One override.
struct Override<'n, 'a> {
    selector: &'n Node<'a>,
    set: Vec<(Path<'a>, &'n Node<'a>)>,
}

impl<'n, 'a> Overriding<'_, '_, 'n, 'a> {
    /// Applies all of `overrides`, then those of the command line; gives back what these changed.
    pub fn apply(
        mut self,
        reader: &mut Reader,
        overrides: Option<&'n Node<'a>>,
        given: &'n [ForSites<'a>],
    ) -> Vec<Overridden> {
        let entries =
            overrides.map_or(&[][..], |node| reader.map(node, "`overrides`").unwrap_or_default());
        let sound = reader.errors() == 0;
        let mut now = self.as_written();
        let mut touched = 0;
        for entry in entries.iter().take(limits::WRITTEN) {
            let Some(name) = reader.identifier(entry, "an override") else { continue };
            reader.within(&format!("overrides.{name}"), |reader| {
                let one = read(reader, &entry.value)?;
                // a site that could not be read would only complain again
                let selected = self.select(reader, one.selector, &mut touched)?;
                if sound { self.give(reader, &one, &selected, &mut now) } else { None }
            });
        }
        if entries.len() > limits::WRITTEN {
            let note = format!("at most {}", limits::WRITTEN);
            reader.error("E0316", entries[0].place, "too many overrides", note);
        }
        let mut changed = Vec::new();
        for words in given {
            let one = Override {
                selector: &words.selector,
                set: words.set.iter().map(|set| (set.path.clone(), &set.value)).collect(),
            };
            let Some(selected) = self.select(reader, one.selector, &mut touched) else { continue };
            if !sound || self.give(reader, &one, &selected, &mut now).is_none() {
                continue;
            }
            changed.extend(
                words.set.iter().map(|set| self.told(words, &set.words, &set.value, &selected)),
            );
        }
        if sound && reader.errors() == 0 {
            self.settle(reader, now);
        }
        changed
    }

    /// Every site as it is written; a generated one as it could be.
    fn as_written(&mut self) -> Vec<Now<'n, 'a>> {
        let mut by_code: BTreeMap<&str, &'n Node<'a>> = BTreeMap::new();
        if let Some(Node { value: Value::Map(entries), .. }) = self.written {
            // of a code written twice the first stands
            for entry in entries.iter().rev() {
                by_code.insert(entry.key.as_ref(), &entry.value);
            }
        }
        let mut made = std::mem::take(&mut self.sites.made).into_iter();
        let of = |site: &super::Site| match by_code.get(site.code.as_str()) {
            Some(node) => Now::Written(node),
            None => made.next().map_or(Now::Nothing, Now::Own),
        };
        self.sites.list.iter().map(of).collect()
    }

    fn select(
        &mut self,
        reader: &mut Reader,
        node: &Node<'_>,
        touched: &mut usize,
    ) -> Option<Vec<SiteId>> {
        let selector = Selector::read(reader, node, self.names, &self.sites.codes, self.templates)?;
        let selected = selector.select_some(reader, &self.sites.list)?;
        *touched += selected.len();
        if *touched > limits::OVERRIDDEN {
            let note = format!("at most {} sites of all overrides together", limits::OVERRIDDEN);
            reader.error("E0316", node.place, "the overrides touch too many sites", note);
            return None;
        }
        Some(selected)
    }

    /// Gives the sites selected their new values. `None`: they cannot have them; it is told once.
    fn give(
        &mut self,
        reader: &mut Reader,
        one: &Override<'n, 'a>,
        selected: &[SiteId],
        now: &mut [Now<'n, 'a>],
    ) -> Option<()> {
        let moves = one.set.iter().any(|(path, _)| path[0].0 == "parent");
        for (count, id) in selected.iter().enumerate() {
            let number = id.index();
            let before = reader.mark();
            let mut node = std::mem::replace(&mut now[number], Now::Nothing).into_node();
            for (path, value) in &one.set {
                set(
                    reader,
                    &mut node,
                    Some(site()),
                    path,
                    (*value).clone(),
                    &mut Changes::unseen(),
                )?;
            }
            let written = self.sites.again(reader, self.names, self.common, number, &node);
            now[number] = Now::Own(node);
            if reader.has_errors_since(before) {
                return None;
            }
            self.sites.replace(reader, self.common, number, written?);
            if count > 0 {
                // what is odd about the value is told once
                reader.rewind(before);
            }
        }
        if moves {
            self.sites.number_tiers();
        }
        Some(())
    }

    /// Reads every site once more, so that only what holds in the end counts.
    fn settle(&mut self, reader: &mut Reader, now: Vec<Now<'n, 'a>>) {
        reader.back_to_defaults(std::mem::take(&mut self.defaults));
        self.sites.timings = self.sites.timings.fresh();
        for (number, now) in now.into_iter().enumerate() {
            let before = reader.mark();
            let node = now.into_node();
            let written = self.sites.again(reader, self.names, self.common, number, &node);
            if !reader.has_errors_since(before) {
                reader.rewind(before);
            }
            if let Some(written) = written {
                self.sites.replace(reader, self.common, number, written);
            }
        }
    }

    /// In words.
    fn told(
        &self,
        words: &ForSites<'_>,
        set: &str,
        value: &Node<'_>,
        selected: &[SiteId],
    ) -> Overridden {
        let codes = selected.iter().take(5).map(|id| self.sites.list[id.index()].code.as_str());
        let codes = codes.collect::<Vec<_>>().join(" ");
        let more = if selected.len() > 5 { " ..." } else { "" };
        let plural = if selected.len() == 1 { "" } else { "s" };
        let path = set.split('=').next().unwrap_or_default();
        let removed = super::layers::removes(value);
        Overridden {
            by: format!("--where {} --set {set}", shown(&words.selector)),
            path: format!("{path} of {} site{plural} ({codes}{more})", selected.len()),
            before: None,
            after: (!removed).then(|| shown(value)),
        }
    }
}

/// What is written of a site.
enum Now<'n, 'a> {
    /// In the file, untouched.
    Written(&'n Node<'a>),
    /// By a generator, or touched.
    Own(Node<'a>),
    Nothing,
}

impl<'a> Now<'_, 'a> {
    fn into_node(self) -> Node<'a> {
        match self {
            Now::Written(node) => node.clone(),
            Now::Own(node) => node,
            Now::Nothing => Node { place: Place::default(), value: Value::Map(Vec::new()) },
        }
    }
}

fn read<'n, 'a>(reader: &mut Reader, node: &'n Node<'a>) -> Option<Override<'n, 'a>> {
    let fields = reader.fields(node, "an override", &["where", "set"], &[])?;
    let selector = reader.required(&fields, "where", "an override", "where: { link: vsat }");
    let values = reader.required(&fields, "set", "an override", "set: { link: wan }");
    let mut paths = Vec::new();
    for entry in reader.map(values?, "`set`")? {
        let key = entry.key.as_ref();
        if key.split('.').any(str::is_empty) {
            let note = "names with a dot between them, e.g. retry.every";
            reader.error("E0124", entry.place, format!("`{key}` is not a path"), note);
            return None;
        }
        let path = path_of(key, entry.place).into_iter();
        let owned = path.map(|(part, place)| (Cow::Owned(part.into_owned()), place)).collect();
        paths.push((owned, &entry.value));
    }
    Some(Override { selector: selector?, set: paths })
}
