use std::collections::BTreeSet;

use super::{Catalogue, EVERY, Revision};

/// What the top-level WSUS asks its source for (U2): products and classifications by their
/// positions in the catalogue.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Criteria {
    /// `None`: every one.
    products: Option<BTreeSet<u16>>,
    /// `None`: every one.
    classifications: Option<BTreeSet<u16>>,
}

impl Criteria {
    /// Criteria by names; `None` is everything. A name that the catalogue does not know matches
    /// nothing.
    pub fn of(
        catalogue: &Catalogue,
        products: Option<&[String]>,
        classifications: Option<&[String]>,
    ) -> Self {
        let positions = |known: &[String], names: &[String]| {
            let position = |name: &String| known.iter().position(|one| one == name);
            names.iter().filter_map(position).map(|position| position as u16).collect()
        };
        Self {
            products: products.map(|names| positions(&catalogue.products, names)),
            classifications: classifications
                .map(|names| positions(&catalogue.classifications, names)),
        }
    }

    /// Does everything match?
    pub fn is_everything(&self) -> bool {
        self.products.is_none() && self.classifications.is_none()
    }

    /// Is this metadata that is asked for (U2)?
    pub fn matches(&self, revision: &Revision) -> bool {
        let among = |set: &Option<BTreeSet<u16>>, one: u16| {
            // What is of every kind matches whatever is asked for.
            one == EVERY || set.as_ref().is_none_or(|set| set.contains(&one))
        };
        among(&self.products, revision.product)
            && among(&self.classifications, revision.classification)
    }
}
