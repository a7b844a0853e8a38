//! By what sites and releases can be told apart: the rows and columns of a table of delays.

use std::fmt;

use crate::measure::Arrival;
use crate::report::run::kind_name;
use crate::scenario::{Scenario, Site};
use crate::units::SiteId;

/// Something by which arrivals are told apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Attribute {
    /// How deep the site stands; the top-level site on tier 1.
    Tier,
    /// Central, primary or secondary.
    Kind,
    /// The site below the root through which it is reached, or the site itself.
    Branch,
    /// Its parent.
    Parent,
    /// The link towards its parent.
    Link,
    /// The route of its parent's sender.
    Route,
    /// Its template.
    Template,
    /// Its time zone.
    Zone,
    /// A label of that name.
    Label(String),
    /// The day of the week on which the release was published, in the scenario's zone.
    Weekday,
    /// The hour of the day of that.
    Hour,
}

/// A value of an attribute: where it stands in a natural order, and its words.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Value {
    place: u32,
    /// As it is written.
    pub words: String,
}

impl Attribute {
    /// The words for those that are not labels, in the order of the manual.
    pub const WORDS: [&'static str; 10] = [
        "tier", "type", "branch", "parent", "link", "route", "template", "timezone", "weekday",
        "hour",
    ];

    /// The attribute of that word: one of [`Attribute::WORDS`], or a label that some site has.
    pub fn named(scenario: &Scenario, word: &str) -> Option<Attribute> {
        Some(match word {
            "tier" => Attribute::Tier,
            "type" => Attribute::Kind,
            "branch" => Attribute::Branch,
            "parent" => Attribute::Parent,
            "link" => Attribute::Link,
            "route" => Attribute::Route,
            "template" => Attribute::Template,
            "timezone" => Attribute::Zone,
            "weekday" => Attribute::Weekday,
            "hour" => Attribute::Hour,
            label => {
                let has = |site: &Site| site.labels.contains_key(label);
                return scenario.sites.iter().any(has).then(|| Attribute::Label(label.to_owned()));
            }
        })
    }

    /// Does it tell releases apart, not sites?
    pub(super) const fn is_of_release(&self) -> bool {
        matches!(self, Attribute::Weekday | Attribute::Hour)
    }

    /// Do its values stand in an order of their own, whatever they measure?
    pub(super) const fn is_ordered(&self) -> bool {
        matches!(self, Attribute::Tier | Attribute::Weekday | Attribute::Hour)
    }

    /// Its value of an arrival.
    pub(super) fn value(&self, scenario: &Scenario, arrival: &Arrival) -> Value {
        let site = &scenario.sites[arrival.site.index()];
        let named = |words: &str| Value { place: 0, words: words.to_owned() };
        let or_none = |words: Option<&str>| match words {
            Some(words) => named(words),
            None => Value { place: 1, words: format!("no {self}") },
        };
        let place = |id: SiteId| {
            let site = &scenario.sites[id.index()];
            Value { place: id.0, words: format!("{} {}", site.code, site.name).trim().to_owned() }
        };
        let published = || scenario.clock.civil(arrival.published, scenario.clock.zone());
        match self {
            Attribute::Tier => Value { place: site.tier, words: format!("tier {}", site.tier) },
            Attribute::Kind => named(kind_name(site.kind)),
            Attribute::Branch => place(branch(scenario, arrival.site)),
            Attribute::Parent => site.parent.map_or_else(|| or_none(None), place),
            Attribute::Link => {
                or_none(site.link.map(|link| scenario.links[link.index()].name.as_str()))
            }
            Attribute::Route => {
                or_none(site.route.map(|route| scenario.routes[route.index()].name.as_str()))
            }
            Attribute::Template => or_none(site.template.as_deref()),
            Attribute::Zone => named(site.zone.name()),
            Attribute::Label(label) => or_none(site.labels.get(label).map(String::as_str)),
            Attribute::Weekday => {
                let day = published().weekday().to_monday_zero_offset();
                let words = published().strftime("%A").to_string();
                Value { place: day.unsigned_abs().into(), words }
            }
            Attribute::Hour => {
                let hour = published().hour();
                Value { place: hour.unsigned_abs().into(), words: format!("{hour:02}:00") }
            }
        }
    }
}

/// As it is asked for on the command line.
impl fmt::Display for Attribute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Attribute::Tier => "tier",
            Attribute::Kind => "type",
            Attribute::Branch => "branch",
            Attribute::Parent => "parent",
            Attribute::Link => "link",
            Attribute::Route => "route",
            Attribute::Template => "template",
            Attribute::Zone => "timezone",
            Attribute::Label(label) => label,
            Attribute::Weekday => "weekday",
            Attribute::Hour => "hour",
        })
    }
}

/// The site below the root on the way to this one; the root by itself.
pub(super) fn branch(scenario: &Scenario, site: SiteId) -> SiteId {
    let above = |id: &SiteId| scenario.sites[id.index()].parent;
    let has_parent = |id: &SiteId| above(id).is_some();
    std::iter::successors(Some(site), above).take_while(has_parent).last().unwrap_or(site)
}
