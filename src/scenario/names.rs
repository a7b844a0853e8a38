//! The names that sites refer to, and what is said of one that nothing has.

use super::reader::Reader;
use super::source::Place;
use super::values::Zones;
use super::yaml::Node;
use super::{Link, Route};
use crate::units::{LinkId, RouteId};

/// The names that sites refer to.
pub(super) struct Names<'s> {
    pub links: &'s [Link],
    pub routes: &'s [Route],
    pub zones: Zones,
}

impl Names<'_> {
    pub fn link(&self, reader: &mut Reader, node: &Node<'_>) -> Option<LinkId> {
        let name = reader.text(node, "`link`")?;
        match self.links.binary_search_by(|link| link.name.as_str().cmp(name)) {
            Ok(number) => u32::try_from(number).ok().map(LinkId),
            Err(_) => {
                let known = || self.links.iter().map(|link| link.name.as_str());
                reader.unknown_name("E0402", node.place, "link", name, known);
                None
            }
        }
    }

    pub fn route(&self, reader: &mut Reader, node: &Node<'_>) -> Option<RouteId> {
        let name = reader.text(node, "`route`")?;
        match self.routes.binary_search_by(|route| route.name.as_str().cmp(name)) {
            Ok(number) => u32::try_from(number).ok().map(RouteId),
            Err(_) => {
                let known = || self.routes.iter().map(|route| route.name.as_str());
                reader.unknown_name("E0324", node.place, "route", name, known);
                None
            }
        }
    }
}

impl Reader {
    /// A name that refers to nothing.
    pub fn unknown_name<'w, I: Iterator<Item = &'w str>>(
        &mut self,
        code: &'static str,
        place: Place,
        what: &str,
        name: &str,
        known: impl Fn() -> I,
    ) {
        if self.is_full() {
            self.error(code, place, "", "");
            return;
        }
        // in a scenario of a hundred thousand sites nobody reads a list of them
        const COMPARED: usize = 500;
        let note = match super::reader::nearest(name, known().take(COMPARED)) {
            Some(meant) => format!("did you mean `{meant}`?"),
            None => format!("no {what} has this name"),
        };
        let all = super::reader::list(known());
        let finding = self.error(code, place, format!("unknown {what} `{name}`"), note);
        if all.is_empty() {
            finding.help(format!("there is no {what} in this scenario"));
        } else {
            finding.help(format!("known here: {all}"));
        }
    }
}
