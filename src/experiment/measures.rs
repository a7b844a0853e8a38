//! What several designs can be compared in: a name, and a figure of each replication of each.

use super::{Better, Replication};
use crate::measure::Figure;
use crate::scenario::{Bound, Scenario, SiteKind, Unit, WHOLE};
use crate::units::ReleaseId;

/// A design that was replicated.
#[derive(Clone, Copy, Debug)]
pub struct Compared<'a> {
    /// Its world.
    pub scenario: &'a Scenario,
    /// Its replications, by number; their milestones are those of `told`.
    pub replications: &'a [Replication],
    /// Releases, in the same order in every design; `None`: it has none of that name.
    pub told: &'a [Option<ReleaseId>],
}

/// Something that designs are compared in.
#[derive(Clone, Debug, PartialEq)]
pub struct Measure {
    /// What it is called.
    pub name: String,
    /// In what it is counted.
    pub unit: Unit,
    /// Which way is better.
    pub better: Better,
    /// For each design the figures by replication; empty where it does not have the measure.
    pub figures: Vec<Vec<Option<Figure>>>,
}

/// The measures that the first design has and at least one other: its expectations, until when
/// 95 % of each kind of sites had its releases, and how much synchronising it is.
pub fn measures(designs: &[Compared<'_>]) -> Vec<Measure> {
    let Some(first) = designs.first() else { return Vec::new() };
    let mut measures = Vec::new();
    for asked in &first.scenario.expectations {
        let figures = |design: &Compared<'_>| {
            let same = |(_, other): &(usize, &crate::scenario::Expectation)| {
                (&other.name, other.metric.unit()) == (&asked.name, asked.metric.unit())
            };
            let place = design.scenario.expectations.iter().enumerate().find(same)?.0;
            Some(design.replications.iter().map(|one| one.values[place]).collect())
        };
        let better = match asked.wanted.bound {
            Bound::AtMost => Better::Lower,
            Bound::AtLeast => Better::Higher,
            Bound::Equals => Better::Neither,
        };
        measures.push(Measure {
            name: asked.name.clone(),
            unit: asked.metric.unit(),
            better,
            figures: designs.iter().map(|design| figures(design).unwrap_or_default()).collect(),
        });
    }
    for (release, id) in first.told.iter().enumerate() {
        let Some(id) = id else { continue };
        let name = &first.scenario.catalogue.releases[id.index()].name;
        for (kind, word) in KINDS {
            let figures: Vec<Vec<Option<Figure>>> =
                designs.iter().map(|design| until_most(design, release, kind)).collect();
            if figures[0].iter().any(Option::is_some) {
                let name = format!("{word}: 95 % have {name}");
                measures.push(Measure { name, unit: Unit::Time, better: Better::Lower, figures });
            }
        }
    }
    let counts: [(&str, Count); 3] = [
        ("synchronisations", |one| one.activity.attempts),
        ("of them failed", |one| one.activity.failed),
        ("at once at most", |one| one.activity.busiest),
    ];
    for (name, count) in counts {
        let whole = |one| Some(Figure::Of(count(one) as u64 * WHOLE));
        let figures = designs.iter().map(|design| design.replications.iter().map(whole).collect());
        let (name, unit, better) = (name.to_owned(), Unit::Count, Better::Neither);
        measures.push(Measure { name, unit, better, figures: figures.collect() });
    }
    measures.retain(|measure| measure.figures[1..].iter().any(|figures| !figures.is_empty()));
    measures
}

/// Something that is counted in a replication.
type Count = fn(&Replication) -> usize;

const KINDS: [(SiteKind, &str); 3] = [
    (SiteKind::Central, "central sites"),
    (SiteKind::Primary, "primaries"),
    (SiteKind::Secondary, "secondaries"),
];

/// How long until 95 % of all sites of a kind were current, where they stand on one tier; of
/// several, until the last of these tiers was.
fn until_most(design: &Compared<'_>, release: usize, kind: SiteKind) -> Vec<Option<Figure>> {
    let Some(Some(_)) = design.told.get(release) else { return Vec::new() };
    let place = design.told[..release].iter().flatten().count();
    let of_one = |one: &Replication| {
        let groups = one.milestones.get(place)?.iter().filter(|group| group.kind == kind);
        groups.map(|group| group.after[2].map_or(Figure::Never, |it| Figure::Of(it.micros()))).max()
    };
    design.replications.iter().map(of_one).collect()
}
