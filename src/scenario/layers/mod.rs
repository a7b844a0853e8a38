//! From several files and the command line to one tree.
//!
//! ```text
//!   base.yaml ◄─ extends ─ main.yaml ◄─ --with ◄─ --set ◄─ ${name}, -p ──► one tree, read as one file
//!       each with what it imports            └─ overrides and --where come after `generate`
//! ```
//!
//! Every value keeps the place at which it was written, so that a message about a tree made of
//! five files names the file, the line and the column of the one value that is wrong.

mod changes;
mod csv;
mod declaration;
mod import;
mod kind;
mod laid;
mod merge;
mod params;
mod path;
mod routes;

use std::cell::{Cell, OnceCell};
use std::rc::Rc;

use merge::{merge, root, take};

use super::reader::Reader;
use super::source::Place;
use super::yaml::{self, Entry, Node, Value};
use super::{Overrides, limits};

pub(super) use changes::{Changes, shown};
pub(super) use laid::{Knob, Laid};
pub(super) use merge::{removes, site};
pub(super) use path::{Assignment, Path, path_of, set};
pub use routes::{FieldRoute, field_routes};

/// Something that the command line says instead of the scenario.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Overridden {
    /// The words that said it, e.g. `--set faults.cut=null`.
    pub by: String,
    /// What was changed, e.g. `faults.cut`; of sites with their codes behind it.
    pub path: String,
    /// What the scenario says; `None`: nothing.
    pub before: Option<String>,
    /// What holds instead; `None`: it was removed.
    pub after: Option<String>,
}

/// A declared parameter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parameter {
    /// Its name.
    pub name: String,
    /// What it is.
    pub kind: ParameterType,
    /// What it stands for in this reading.
    pub value: String,
    /// What it stands for unless `-p` says otherwise.
    pub default: Option<String>,
    /// The least it may be.
    pub min: Option<String>,
    /// The most.
    pub max: Option<String>,
    /// All it may be; empty: anything of its type.
    pub choices: Vec<String>,
    /// What it is for.
    pub doc: String,
}

/// What a parameter may stand for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParameterType {
    /// `60min`.
    Duration,
    /// `"22:00"`.
    TimeOfDay,
    /// `2026-01-13 22:00`.
    Time,
    /// `25%`.
    Share,
    /// `48 MB`.
    Data,
    /// `2 Mbit/s`.
    Rate,
    /// A whole number.
    Count,
    /// A decimal number.
    Number,
    /// A text, a name, a word of the language.
    Text,
    /// One of some words.
    Choice,
    /// `true` or `false`.
    Truth,
}

/// Keeps texts for as long as the tree that borrows from them.
pub(super) struct Arena {
    kept: Vec<OnceCell<Rc<str>>>,
    next: Cell<usize>,
}

impl Arena {
    /// Room for the files, the parameters and what the command line says.
    pub fn new(overrides: &Overrides) -> Arena {
        let Overrides { seed: _, with, set, params, sites, allow_outside: _ } = overrides;
        let in_sites: usize =
            sites.iter().map(|sites| sites.selected.len() + sites.set.len()).sum();
        let words = with.len() + set.len() + params.len() + in_sites;
        let room = limits::FILES + limits::PARAMS + 4 * words;
        Arena { kept: vec![OnceCell::new(); room], next: Cell::new(0) }
    }

    /// `None` when there is no room, which cannot be: every text that comes in is counted before.
    pub fn keep(&self, text: &str) -> Option<&str> {
        self.keep_shared(text.into())
    }

    fn keep_shared(&self, text: Rc<str>) -> Option<&str> {
        let slot = self.kept.get(self.next.get())?;
        self.next.set(self.next.get() + 1);
        Some(slot.get_or_init(|| text))
    }
}

/// One tree, and what became of it on the way.
pub(super) struct Composed<'a> {
    pub tree: Node<'a>,
    pub parameters: Vec<Parameter>,
    pub overridden: Vec<Overridden>,
    /// What holds for some sites once there are sites.
    pub sites: Vec<ForSites<'a>>,
    /// What a study measures beside the expectations, and where it stands.
    pub watched: Vec<(String, Entry<'a>)>,
}

/// `--where SEL --set PATH=VALUE`, read but not applied.
pub(super) struct ForSites<'a> {
    /// A selector as it could stand in a file.
    pub selector: Node<'a>,
    pub set: Vec<Assignment<'a>>,
}

/// Lays every layer on the tree of the scenario's own text; `keys` are the words that stand at its
/// top. `None`: it cannot be read further, and why has been reported.
pub(super) fn compose<'a>(
    reader: &mut Reader,
    arena: &'a Arena,
    own: Node<'a>,
    overrides: &Overrides,
    mut laid: Laid<'a>,
    keys: &[&str],
) -> Option<Composed<'a>> {
    let mut tree = extended(reader, arena, own)?;
    let mut changes = Vec::new();
    for name in &overrides.with {
        let words = format!("--with {name}");
        let file = reader.texts.add("--with", "", name).file;
        let place = Place { file, start: 0, end: name.len() as u32 };
        let named = reader.given_file(place, name)?;
        let text = arena.keep_shared(named.text.clone())?;
        let node = yaml::parse_file(reader, named.file, text)?;
        let mut node = extended(reader, arena, node)?;
        beneath(reader, &mut node, false)?;
        let mut change = Changes::by(words);
        merge(reader, &mut tree, node, root(), &mut change);
        changes.push(change);
    }
    for words in &overrides.set {
        let Some(assignment) = path::assignment(reader, arena, "--set", words) else { continue };
        let mut change = Changes::by(format!("--set {words}"));
        set(reader, &mut tree, Some(root()), &assignment.path, assignment.value, &mut change);
        changes.push(change);
    }
    let mut watched = std::mem::take(&mut laid.watched);
    let mut given = params::given(reader, &overrides.params);
    given.extend(laid::lay(reader, &mut tree, laid, keys));
    let mut params = params::declared(reader, arena, &mut tree, given, &mut changes);
    params.substitute(reader, &mut tree);
    for (_, entry) in &mut watched {
        params.substitute(reader, &mut entry.value);
    }
    let mut sites = Vec::new();
    for words in &overrides.sites {
        let for_sites = for_sites(reader, arena, words);
        sites.extend(for_sites.map(|mut for_sites| {
            for assignment in &mut for_sites.set {
                params.substitute(reader, &mut assignment.value);
            }
            for_sites
        }));
    }
    params.unused(reader);
    let overridden = changes.into_iter().flat_map(Changes::into_found).collect();
    Some(Composed { tree, parameters: params.declared, overridden, sites, watched })
}

/// A file on top of those that it extends, each with what it imports.
fn extended<'a>(reader: &mut Reader, arena: &'a Arena, own: Node<'a>) -> Option<Node<'a>> {
    let mut chain = vec![own];
    let mut seen = vec![reader.texts.id(chain[0].place.file)];
    loop {
        let last = chain.last_mut()?;
        import::expand(reader, arena, last);
        let Some(entry) = take(last, "extends") else { break };
        let name = reader.text(&entry.value, "`extends`")?;
        let place = entry.value.place;
        let named = reader.named_file(place, name)?;
        if seen.contains(&named.id) {
            let note = "each file would lie below itself";
            reader.error("E0122", place, format!("`{name}` extends itself in the end"), note);
            return None;
        }
        if chain.len() > limits::EXTENDS {
            let note = format!("at most {} files below one another", limits::EXTENDS);
            reader.error("E0122", place, "this chain of `extends` is too long", note);
            return None;
        }
        let text = arena.keep_shared(named.text.clone())?;
        let mut node = yaml::parse_file(reader, named.file, text)?;
        beneath(reader, &mut node, true)?;
        seen.push(named.id);
        chain.push(node);
    }
    let mut tree = chain.pop()?;
    while let Some(over) = chain.pop() {
        merge(reader, &mut tree, over, root(), &mut Changes::unseen());
    }
    Some(tree)
}

/// What the heading of a file is that lies below or above another: the same as the scenario's own,
/// which is the one that counts in the end.
fn beneath(reader: &mut Reader, node: &mut Node<'_>, must: bool) -> Option<()> {
    reader.map(node, "a scenario")?;
    let (version, kind) = (take(node, "supsim"), take(node, "kind"));
    if must && (version.is_none() || kind.is_none()) {
        let note = "write `supsim: 1` and `kind: scenario` on top";
        reader.error("E0104", Place::whole(node.place.file), "this is not a scenario", note);
        return None;
    }
    if let Some(version) = version {
        reader.version(&version.value)?;
    }
    match kind {
        Some(kind) => reader.kind(&kind.value),
        None => Some(()),
    }
}

fn for_sites<'a>(
    reader: &mut Reader,
    arena: &'a Arena,
    words: &super::SitesOverride,
) -> Option<ForSites<'a>> {
    let mut selector = Node { place: Place::default(), value: Value::Map(Vec::new()) };
    for condition in &words.selected {
        let Assignment { path, value, .. } = path::assignment(reader, arena, "--where", condition)?;
        let file = value.place.file;
        selector.place = Place { file, start: 0, end: condition.len() as u32 };
        set(reader, &mut selector, None, &path, value, &mut Changes::unseen())?;
    }
    if words.set.is_empty() {
        let note = "write --set PATH=VALUE behind it";
        reader.error(
            "E0124",
            selector.place,
            "--where selects sites and says nothing of them",
            note,
        );
        return None;
    }
    let set = words.set.iter().map(|words| path::assignment(reader, arena, "--set", words));
    Some(ForSites { selector, set: set.collect::<Option<_>>()? })
}
