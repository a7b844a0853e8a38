//! What selectors can refer to once the sites are known.

use std::collections::BTreeSet;

use super::Site;
use super::names::Names;
use super::reader::Reader;
use super::selector::{Codes, Selector};
use super::yaml::Node;

/// The names and sites of a scenario.
pub(super) struct Known<'k> {
    pub names: &'k Names<'k>,
    pub templates: &'k BTreeSet<String>,
    pub sites: &'k [Site],
    pub codes: &'k Codes,
}

impl Known<'_> {
    /// A selector over these sites.
    pub fn selector(&self, reader: &mut Reader, node: &Node<'_>) -> Option<Selector> {
        Selector::read(reader, node, self.names, self.codes, self.templates)
    }
}
