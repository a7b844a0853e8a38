//! Designs beside one another: the same releases, the same chance, and how they differ.

use super::exit::{Exit, Stop};
use crate::experiment::{Compared, Difference, Measure, Replication, holm};
use crate::report::{Judged, Row};
use crate::scenario::{Scenario, Unit, quantity_in};
use crate::units::ReleaseId;

/// A design that was replicated.
pub(super) struct Design {
    pub scenario: Scenario,
    pub told: Vec<Option<ReleaseId>>,
    pub replications: Vec<Replication>,
}

impl Design {
    pub fn compared(&self) -> Compared<'_> {
        let Design { scenario, told, replications } = self;
        Compared { scenario, replications, told }
    }
}

/// The releases of the first design, as another has them: by name, and by which of that name.
pub(super) fn as_in(
    first: &Scenario,
    told: &[Option<ReleaseId>],
    other: &Scenario,
) -> Vec<Option<ReleaseId>> {
    let named = |scenario: &Scenario, name: &str| -> Vec<ReleaseId> {
        let releases = scenario.catalogue.releases.iter().enumerate();
        let of_name = releases.filter(|(_, release)| release.name == name);
        of_name.map(|(position, _)| ReleaseId(position as u32)).collect()
    };
    let same = |id: &Option<ReleaseId>| {
        let id = (*id)?;
        let name = &first.catalogue.releases[id.index()].name;
        let which = named(first, name).iter().position(|one| *one == id)?;
        named(other, name).get(which).copied()
    };
    told.iter().map(same).collect()
}

/// From which size on a difference matters, in the smallest step of each unit.
pub(super) fn matters(written: &[String]) -> Result<[(Unit, u64); 3], Stop> {
    let mut matters = [(Unit::Time, 0), (Unit::Share, 0), (Unit::Count, 0)];
    for word in written {
        let read = matters.iter().find_map(|(unit, _)| Some((*unit, quantity_in(*unit, word)?)));
        let Some((unit, size)) = read else {
            let text = format!(
                "supsim: --matters-from {word}: write a time (30min), a share (1%) or a count (5)"
            );
            return Err(Stop { exit: Exit::NothingRan, text });
        };
        for place in &mut matters {
            if place.0 == unit {
                place.1 = size;
            }
        }
    }
    Ok(matters)
}

/// Judges every measure of every design, all judgements together; and how many there are.
pub(super) fn rows(
    measures: Vec<Measure>,
    confidence: f64,
    certain: bool,
    matters: &[(Unit, u64); 3],
) -> (Vec<Row>, usize) {
    let differences = |measure: &Measure| -> Vec<Option<Difference>> {
        let base = &measure.figures[0];
        let of = |figures: &Vec<_>| Difference::of(base, figures, confidence, certain);
        measure.figures[1..].iter().map(of).collect()
    };
    let found: Vec<(Measure, Vec<Option<Difference>>)> = measures
        .into_iter()
        .map(|measure| (differences(&measure), measure))
        .map(|(d, m)| (m, d))
        .collect();
    let all: Vec<f64> =
        found.iter().flat_map(|(_, it)| it.iter().flatten()).map(|it| it.p).collect();
    let mut adjusted = holm(&all).into_iter();
    let rows = found.into_iter().map(|(measure, differences)| {
        let matters_from =
            matters.iter().find(|(unit, _)| *unit == measure.unit).map_or(0, |it| it.1);
        let designs = differences.into_iter().map(|difference| {
            let difference = difference?;
            let adjusted = adjusted.next().unwrap_or(1.0);
            let judgement =
                difference.judged(measure.better, adjusted, confidence, matters_from as f64);
            Some(Judged { difference, adjusted, judgement })
        });
        let designs = designs.collect();
        Row { name: measure.name, unit: measure.unit, better: measure.better, designs }
    });
    (rows.collect(), all.len())
}
