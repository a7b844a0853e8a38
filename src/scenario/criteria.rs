//! `criteria`: what the top-level site asks its source for (U2), and since when each release is
//! among it.

use std::collections::BTreeSet;

use serde_yaml::{Mapping, Value as Written};

use super::mapping::put;
use super::reader::Reader;
use super::yaml::{Node, Value};
use super::{Action, Catalogue, History, Published, Release, Scenario};
use crate::units::Instant;

/// The product of everything that is published locally (U3).
pub const LOCAL_PUBLISHER: &str = "Local Publisher";

/// What metadata are retrieved (U2); `None` is everything. Lists are in order, each name once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Criteria {
    /// `products`.
    pub products: Option<Vec<String>>,
    /// `classifications`.
    pub classifications: Option<Vec<String>>,
    /// `languages`: they decide what an export holds (P10), not what is retrieved.
    pub languages: Option<Vec<String>>,
}

impl Criteria {
    /// Is what has this product and classification among them?
    pub fn match_names(&self, product: &str, classification: &str) -> bool {
        let among = |names: &Option<Vec<String>>, name: &str| {
            names.as_ref().is_none_or(|names| names.iter().any(|one| one == name))
        };
        among(&self.products, product) && among(&self.classifications, classification)
    }

    /// Is anything of a release among them?
    fn match_release(&self, release: &Release, history: &History) -> bool {
        match &release.published {
            Published::Source | Published::Locally | Published::ByOperation => {
                self.match_names(&release.product, &release.classification)
            }
            Published::History { rows } => history.range(rows).iter().any(|row| {
                let (product, classification) = history.kind(row);
                self.match_names(product, classification)
            }),
        }
    }
}

impl Published {
    /// Is it published locally (U3), and not by the source?
    pub fn is_local(&self) -> bool {
        match self {
            Published::Source | Published::History { .. } => false,
            Published::Locally | Published::ByOperation => true,
        }
    }
}

/// Since when a release counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// The first instant from its publication on at which anything of it matches the criteria.
    pub since: Instant,
    /// Does anything of it match at the end of the run?
    pub in_the_end: bool,
}

impl Scenario {
    /// Since when each release is asked for; `None` when it never is (U2): then no site is to have
    /// it.
    ///
    /// A change of criteria counts from the instant at which an administrator makes it.
    pub fn wanted(&self) -> Vec<Option<Wanted>> {
        let changes = self.operations.iter().filter_map(|operation| match &operation.action {
            Action::SetCriteria(criteria) => Some((operation.at, &**criteria)),
            _ => None,
        });
        let spans: Vec<(Instant, &Criteria)> =
            std::iter::once((Instant::START, &self.criteria)).chain(changes).collect();
        let history = &self.catalogue.history;
        let releases = self.catalogue.releases.iter();
        releases.map(|release| wanted(release, history, &spans)).collect()
    }
}

/// `spans`: from when which criteria are in force, in order.
fn wanted(release: &Release, history: &History, spans: &[(Instant, &Criteria)]) -> Option<Wanted> {
    let mut since = None;
    let mut in_the_end = false;
    for (number, (from, criteria)) in spans.iter().enumerate() {
        let until = spans.get(number + 1).map(|next| next.0);
        if until.is_some_and(|until| until <= release.at || until <= *from) {
            continue;
        }
        in_the_end = criteria.match_release(release, history);
        if in_the_end {
            since = since.or(Some(release.at.max(*from)));
        }
    }
    since.map(|since| Wanted { since, in_the_end })
}

const KEYS: [&str; 3] = ["products", "classifications", "languages"];

impl Reader {
    /// `criteria`, or the value of `set_criteria`.
    pub fn criteria(
        &mut self,
        node: &Node<'_>,
        what: &str,
        catalogue: &Catalogue,
    ) -> Option<Criteria> {
        let fields = self.fields(node, what, &KEYS, &[])?;
        let mut read = |key: &str| match fields.get(key) {
            Some(node) => self.names_of(node, key),
            None => Some(None),
        };
        let (products, classifications) = (read("products"), read("classifications"));
        let languages = read("languages");
        let known =
            [("products", catalogue.products()), ("classifications", catalogue.classifications())];
        for (key, known) in known {
            if let Some(node) = fields.get(key) {
                self.unheard_of(node, key, &known);
            }
        }
        Some(Criteria {
            products: products?,
            classifications: classifications?,
            languages: languages?,
        })
    }

    /// `all`, or a list of names in order, each once.
    pub fn names_of(&mut self, node: &Node<'_>, key: &str) -> Option<Option<Vec<String>>> {
        if !matches!(node.value, Value::List(_)) {
            let name = self.scalar(node, &format!("`{key}`"))?;
            if name == "all" {
                return Some(None);
            }
            let note = format!("write `all` or `{key}: [{name}]`");
            self.error("E0101", node.place, format!("`{key}` must be a list"), note);
            return None;
        }
        let list = self.list(node, &format!("`{key}`"), &format!("{key}: [Windows]"))?;
        let names: Vec<Option<String>> =
            list.iter().map(|node| self.label(node, "a name").map(str::to_owned)).collect();
        let names: BTreeSet<String> = names.into_iter().collect::<Option<_>>()?;
        Some(Some(names.into_iter().collect()))
    }

    /// A name that nothing in the catalogue has is probably misspelt.
    fn unheard_of(&mut self, node: &Node<'_>, key: &str, known: &BTreeSet<&str>) {
        let Value::List(list) = &node.value else { return };
        for node in list {
            let (Value::Plain(text) | Value::Quoted(text)) = &node.value else { continue };
            if known.contains(text.as_ref()) {
                continue;
            }
            let note = match self.meant(text, known.iter().copied()) {
                Some(meant) => format!("did you mean `{meant}`?"),
                None => "it matches nothing".to_owned(),
            };
            self.warning(
                "W0540",
                node.place,
                format!("nothing in the catalogue has `{text}` among its {key}"),
                note,
            )
            .help(format!("known here: {}", super::reader::list(known.iter().copied())));
        }
    }
}

impl Catalogue {
    /// The products that anything has, `Local Publisher` among them.
    fn products(&self) -> BTreeSet<&str> {
        let releases = self.releases.iter().map(|release| release.product.as_str());
        let besides = self.besides.iter().map(|lot| lot.product.as_str());
        let history = self.history.products.iter().map(String::as_str);
        let all = releases.chain(besides).chain(history).chain([LOCAL_PUBLISHER]);
        all.filter(|name| !name.is_empty()).collect()
    }

    fn classifications(&self) -> BTreeSet<&str> {
        let releases = self.releases.iter().map(|release| release.classification.as_str());
        let besides = self.besides.iter().map(|lot| lot.classification.as_str());
        let history = self.history.classifications.iter().map(String::as_str);
        releases.chain(besides).chain(history).filter(|name| !name.is_empty()).collect()
    }
}

/// The way they are written.
pub(super) fn written(criteria: &Criteria) -> Mapping {
    let mut map = Mapping::new();
    let lists = [&criteria.products, &criteria.classifications, &criteria.languages];
    for (key, names) in KEYS.into_iter().zip(lists) {
        put(&mut map, key, list_or_all(names.as_deref()));
    }
    map
}

/// `all`, or the list.
pub(super) fn list_or_all(names: Option<&[String]>) -> Written {
    match names {
        None => "all".into(),
        Some(names) => {
            names.iter().map(|name| name.as_str().into()).collect::<Vec<Written>>().into()
        }
    }
}
