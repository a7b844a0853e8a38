//! `faults`: each fault in turn, and which sites it can hit.

use std::collections::BTreeSet;

use super::effect::effect;
use super::when::occurs;
use super::{FailPhase, FailSync, Fault, FaultEffect, Occurs, Pick, Slow, SlowPhase};
use crate::scenario::known::Known;
use crate::scenario::reader::Reader;
use crate::scenario::selector::Selector;
use crate::scenario::shape::Choice;
use crate::scenario::source::Place;
use crate::scenario::values::{Run, Zones};
use crate::scenario::yaml::{Entry, Node};
use crate::scenario::{Action, InternetPoint, Operation, PointMode, Site, hierarchy, limits};
use crate::units::SiteId;

/// All of `faults`, in the order of their names, without those that are not enabled.
pub(in crate::scenario) fn read(
    reader: &mut Reader,
    known: &Known<'_>,
    run: &Run,
    operations: &[Operation],
    node: &Node<'_>,
) -> Vec<Fault> {
    let entries = reader.map(node, "`faults`").unwrap_or_default();
    if entries.len() > limits::WRITTEN {
        reader.error(
            "E0316",
            node.place,
            "too many faults",
            format!("at most {}", limits::WRITTEN),
        );
    }
    let mut faults = Vec::new();
    let (mut zones, mut most) = (Zones::new(), limits::OCCURRENCES);
    for entry in entries.iter().take(limits::WRITTEN) {
        let Some(name) = reader.identifier(entry, "a fault") else { continue };
        let fault = reader.within(&format!("faults.{name}"), |reader| {
            let when = When { zones: &mut zones, run, most };
            fault(reader, known, operations, when, entry, name)
        });
        if let Some(Occurs::Schedule(spans)) = fault.as_ref().map(|fault| &fault.occurs) {
            most = most.saturating_sub(spans.len());
        }
        faults.extend(fault);
    }
    faults.sort_by(|a, b| a.name.cmp(&b.name));
    faults
}

/// What is needed to read when a fault occurs.
struct When<'w> {
    zones: &'w mut Zones,
    run: &'w Run,
    /// How many windows it may have.
    most: usize,
}

fn fault(
    reader: &mut Reader,
    known: &Known<'_>,
    operations: &[Operation],
    when: When<'_>,
    entry: &Entry<'_>,
    name: &str,
) -> Option<Fault> {
    let fields =
        reader.fields(&entry.value, "a fault", &["where", "pick", "do", "when", "enabled"], &[])?;
    let what = reader.required(&fields, "do", "a fault", "do: link_down");
    let effect = what.and_then(|node| effect(reader, node));
    let pick = match fields.get("pick") {
        Some(node) => self::pick(reader, node),
        None => {
            reader.used_default("faults.pick");
            Some(Pick::All)
        }
    };
    let node = reader.required(&fields, "when", "a fault", "when: { attempts: [1] }");
    let When { zones, run, most } = when;
    let occurs = node.and_then(|node| occurs(reader, zones, run, node, most));
    let selected = match fields.get("where") {
        Some(node) => {
            let selector = known.selector(reader, node);
            selector.and_then(|selector| {
                Some((selector.select_some(reader, known.sites)?, node.place, true))
            })
        }
        None => Some((Selector::default().select(known.sites), entry.place, false)),
    };
    let enabled = fields.get("enabled").map(|node| reader.truth(node, "`enabled`"));
    let effect = effect?;
    if let (Some(occurs), Some(node)) = (&occurs, node)
        && let Some(why) = needs_to_hold(&effect).filter(|_| !occurs.holds())
    {
        let (what, note) = why;
        reader.error("E0407", node.place, format!("{what} cannot strike single attempts"), note);
        return None;
    }
    let (selected, place, by_hand) = selected?;
    let has = what_breaks(known.sites, operations, &effect);
    let sites = match has {
        Some(has) => can_be_hit(reader, has, selected, place, by_hand)?,
        None => selected,
    };
    let (pick, occurs) = (pick?, occurs?);
    if let (Pick::Count(count), Some(node)) = (pick, fields.get("pick"))
        && count as usize > sites.len()
    {
        let note = format!("there are {}", sites.len());
        reader.error(
            "E0208",
            node.place,
            format!("there are not {count} sites to pick from"),
            note,
        );
        return None;
    }
    enabled.unwrap_or(Some(true))?.then(|| Fault {
        name: name.to_owned(),
        effect,
        sites,
        pick,
        occurs,
    })
}

/// Why it must hold for a while, if it must: what it is, and what to write instead.
fn needs_to_hold(effect: &FaultEffect) -> Option<(&'static str, &'static str)> {
    match effect {
        FaultEffect::SiteDown => Some((
            "`site_down`",
            "a site that is down attempts nothing; write `when: { window: { from, for } }`",
        )),
        FaultEffect::LinkSlow(_) => Some((
            "`link_slow`",
            "a circuit is slow for a while; write `when: { window: { from, for } }`",
        )),
        FaultEffect::Slow(Slow { phase: SlowPhase::Request, .. }) => Some((
            "reading a request slowly",
            "it comes before the attempt; write `when: { window: { from, for } }`",
        )),
        _ => None,
    }
}

/// The selected sites that have what breaks.
fn can_be_hit(
    reader: &mut Reader,
    (part, has): (&str, Has<'_>),
    selected: Vec<SiteId>,
    place: Place,
    by_hand: bool,
) -> Option<Vec<SiteId>> {
    let matched = selected.len();
    let hit: Vec<SiteId> = selected.into_iter().filter(|site| has(*site)).collect();
    if hit.is_empty() && matched > 0 {
        let note = format!("none of them has {part}");
        reader.error("E0406", place, "this fault can hit none of the sites selected", note);
        return None;
    }
    if by_hand && hit.len() < matched {
        let note = format!("{} of {matched} do not have {part}", matched - hit.len());
        reader.warning("W0501", place, "this fault leaves out some of the sites selected", note);
    }
    Some(hit)
}

/// A test of whether a site has something.
type Has<'s> = Box<dyn Fn(SiteId) -> bool + 's>;

/// What a site must have to be hit, in words and as a test; `None` when every site can be.
fn what_breaks<'s>(
    sites: &'s [Site],
    operations: &[Operation],
    effect: &FaultEffect,
) -> Option<(&'static str, Has<'s>)> {
    use {FailPhase as F, FaultEffect as E, SlowPhase as S};
    let top = hierarchy::top_level(sites);
    let site = |id: SiteId| &sites[id.index()];
    let installed = |one: &&Operation| one.action == Action::InstallSup;
    let later: BTreeSet<SiteId> = operations.iter().filter(installed).map(|one| one.site).collect();
    let moves = operations.iter().any(|one| matches!(one.action, Action::MoveSite { .. }));
    // A point that is installed later can break too.
    let has_point = move |id: SiteId| site(id).sup.is_some() || later.contains(&id);
    let is_below = move |id: SiteId| {
        is_below(sites, id, top) || (moves && Some(id) != top && site(id).parent.is_some())
    };
    let asks = has_point.clone();
    let point: (_, Has<'s>) = ("a software update point", Box::new(has_point));
    let internet: (_, Has<'s>) =
        ("an internet-based point", Box::new(move |id| site(id).internet_sup.is_some()));
    // P10: a point that metadata are carried to takes no part in a synchronisation.
    let follows = |point: &InternetPoint| point.mode == PointMode::Upstream;
    let follower: (_, Has<'s>) = (
        "an internet-based point that synchronises with an upstream",
        Box::new(move |id| site(id).internet_sup.as_ref().is_some_and(follows)),
    );
    let import: (_, Has<'s>) = (
        "the phase `import`: it is the top-level site's (P4)",
        Box::new(move |id| Some(id) == top),
    );
    // R1: metadata come to every database below the top-level site.
    let below: (_, Has<'s>) = ("a parent that sends metadata to it", Box::new(is_below));
    // T3: requests come to those that have a point.
    let asked: (_, Has<'s>) =
        ("a parent that sends requests to it", Box::new(move |id| asks(id) && Some(id) != top));
    Some(match effect {
        E::LinkDown | E::SiteDown => return None,
        E::SourceDown => {
            ("the source: it is the top-level site's", Box::new(move |id| Some(id) == top))
        }
        E::LinkSlow(_) => ("a link", Box::new(move |id| site(id).link.is_some())),
        E::InternetSupDown => internet,
        E::FailSync(FailSync { phase: F::Internet, .. })
        | E::Slow(Slow { phase: S::Internet, .. }) => follower,
        E::FailSync(FailSync { phase: F::Import, .. }) | E::Slow(Slow { phase: S::Import, .. }) => {
            import
        }
        E::SupDown
        | E::WsusNotConfigured
        | E::LicenceTermsMissing
        | E::FailSync(FailSync { phase: F::Connect | F::Pull | F::Settle, .. })
        | E::Slow(Slow { phase: S::Connect | S::Pull | S::Settle, .. }) => point,
        E::LoseRequest | E::Slow(Slow { phase: S::Request, .. }) => asked,
        E::LosePackage
        | E::DuplicatePackage
        | E::ReorderPackages
        | E::DelayPackage(_)
        | E::Slow(Slow { phase: S::Insert, .. }) => below,
        E::DatabaseFails => (
            "a site database that metadata come into",
            Box::new(move |id| Some(id) == top || is_below(id)),
        ),
    })
}

/// Does a site lie below the top-level site?
fn is_below(sites: &[Site], id: SiteId, top: Option<SiteId>) -> bool {
    let parents = std::iter::successors(sites[id.index()].parent, |id| sites[id.index()].parent);
    // bounded: sites that are no tree are refused elsewhere, but must not hang us here
    parents.take(limits::TIERS as usize).any(|parent| Some(parent) == top)
}

fn pick(reader: &mut Reader, node: &Node<'_>) -> Option<Pick> {
    let choice = reader.choice(node, "a pick", &["all", "one"], &["count", "percent"], &[], &[])?;
    match choice {
        Choice { word: "all", .. } => Some(Pick::All),
        Choice { word: "count", value: Some(node), .. } => {
            reader.count32(node, "`count`", 1, limits::SITES as u32).map(Pick::Count)
        }
        Choice { word: "percent", value: Some(node), .. } => {
            reader.probability(node, "`percent`").map(Pick::Share)
        }
        _ => Some(Pick::Count(1)),
    }
}

#[cfg(test)]
mod tests {
    use crate::scenario::{Occurs, Overrides, Pick, Scenario};
    use crate::units::{Duration, Instant, Probability, SiteId};

    fn read(fault: &str) -> Scenario {
        let text = format!(
            "supsim: 1\nkind: scenario\nname: given\nstart: 2026-01-13 00:00\n\
             sites: {{ CEN: {{}}, ONE: {{ parent: CEN }}, TWO: {{ parent: CEN, sup: none }} }}\nfaults: {{ f: {{ {fault} }} }}\n"
        );
        Scenario::parse("given.yaml", &text, &Overrides::default())
            .unwrap_or_else(|report| panic!("{report}"))
            .0
    }

    #[test]
    fn a_fault_hits_only_sites_that_have_what_breaks() {
        let hit = |effect: &str| {
            read(&format!("do: {effect}, when: {{ attempts: [1] }}")).faults[0].sites.clone()
        };
        assert_eq!(hit("link_down"), [SiteId(0), SiteId(1), SiteId(2)]);
        assert_eq!(hit("sup_down"), [SiteId(0), SiteId(1)]);
        assert_eq!(hit("source_down"), [SiteId(0)]);
        assert_eq!(hit("{ fail_sync: { after: 1min, phase: import } }"), [SiteId(0)]);
    }

    #[test]
    fn a_window_without_an_end_is_for_good_and_without_a_beginning_from_the_start() {
        let occurs = |when: &str| {
            read(&format!("do: site_down, when: {{ window: {{ {when} }} }}")).faults[0]
                .occurs
                .clone()
        };
        let hour = |hour| Instant::START + Duration::from_hours(hour);
        assert_eq!(occurs(""), Occurs::Window { from: hour(0), until: None });
        assert_eq!(occurs("from: 2026-01-13 05:00"), Occurs::Window { from: hour(5), until: None });
        assert_eq!(occurs("for: 2h"), Occurs::Window { from: hour(0), until: Some(hour(2)) });
        assert_eq!(
            occurs("from: 2026-01-13 05:00, until: 2026-01-13 06:00"),
            Occurs::Window { from: hour(5), until: Some(hour(6)) }
        );
    }

    #[test]
    fn picks_and_chances_are_read() {
        let pick = |pick: &str| {
            read(&format!("do: link_down, when: {{ per_attempt: 0% }}, pick: {pick}")).faults[0]
                .pick
        };
        assert_eq!(pick("all"), Pick::All);
        assert_eq!(pick("one"), Pick::Count(1));
        assert_eq!(pick("{ count: 3 }"), Pick::Count(3));
        assert_eq!(
            pick("{ percent: 10% }"),
            Pick::Share(Probability::from_parts_per_billion(100_000_000).unwrap())
        );
        assert_eq!(
            read("do: link_down, when: { attempts: [3, 1, 3] }").faults[0].occurs,
            Occurs::Attempts(vec![1, 3])
        );
    }

    #[test]
    fn a_fault_that_is_not_enabled_is_left_out() {
        assert!(read("do: link_down, when: { attempts: [1] }, enabled: false").faults.is_empty());
    }
}
