//! Lints: what a scenario may say, and probably does not mean.
//!
//! ```text
//!   Scenario (checked) ──► arithmetic on schedules, time zones and counts ──► warnings
//! ```
//!
//! Invariants:
//! - Nothing is simulated and nothing is drawn: a lint knows only what is written.
//! - Only a scenario without errors is looked at, and it is not changed.
//! - What holds for many sites is said once, with how many and the first of them.

mod arrival;
mod asked;
mod limits;
mod replication;
mod schedule;
mod sender;

use super::reader::Reader;
use super::source::Place;
use super::yaml::{Entry, Node, Value};
use super::{Hierarchy, Scenario};
use crate::units::{Instant, SiteId};

/// What lints look at.
struct Lints<'l, 'a> {
    scenario: &'l Scenario,
    hierarchy: Hierarchy,
    top_level: Option<SiteId>,
    root: &'l Node<'a>,
}

/// Notes everything that looks wrong.
pub(super) fn lint(reader: &mut Reader, root: &Node<'_>, scenario: &Scenario) {
    let hierarchy = scenario.hierarchy();
    let top_level = hierarchy.top_level();
    let lints = Lints { scenario, hierarchy, top_level, root };
    schedule::lint(reader, &lints);
    sender::lint(reader, &lints);
    replication::lint(reader, &lints);
    arrival::lint(reader, &lints);
    asked::lint(reader, &lints);
    limits::lint(reader, &lints);
}

impl Lints<'_, '_> {
    /// Where something stands: the entry at this path, or the nearest above it that is written.
    fn place(&self, path: &[&str]) -> Place {
        let mut node = self.root;
        let mut place = node.place;
        for key in path {
            let Some(entry) = entry(node, key) else { break };
            place = entry.place;
            node = &entry.value;
        }
        place
    }

    /// Is something written at this path?
    fn is_written(&self, path: &[&str]) -> bool {
        let mut node = self.root;
        path.iter().all(|key| match entry(node, key) {
            Some(entry) => {
                node = &entry.value;
                true
            }
            None => false,
        })
    }

    /// Where a site stands: its own entry, or that of the generators.
    fn place_of(&self, site: SiteId) -> Place {
        let own = ["sites", self.code(site)];
        if self.is_written(&own) { self.place(&own) } else { self.place(&["generate"]) }
    }

    fn code(&self, site: SiteId) -> &str {
        &self.scenario.sites[site.index()].code
    }

    /// `B01, B02, B03 and 54 more`.
    fn codes(&self, sites: &[SiteId]) -> String {
        const SHOWN: usize = 3;
        let shown: Vec<&str> = sites.iter().take(SHOWN).map(|site| self.code(*site)).collect();
        match sites.len().saturating_sub(SHOWN) {
            0 => shown.join(", "),
            more => format!("{} and {more} more", shown.join(", ")),
        }
    }

    /// `Tue 13 Jan 22:00` at the top-level site, or in the scenario's zone when that is its own.
    fn time(&self, at: Instant) -> String {
        self.scenario.clock.short(at)
    }
}

fn entry<'n, 'a>(node: &'n Node<'a>, key: &str) -> Option<&'n Entry<'a>> {
    match &node.value {
        Value::Map(entries) => entries.iter().find(|entry| entry.key == key),
        _ => None,
    }
}

/// `1 site`, `3 sites`.
fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

/// `25,000`.
fn in_threes(count: u64) -> String {
    let digits = count.to_string();
    let mut text = String::new();
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
