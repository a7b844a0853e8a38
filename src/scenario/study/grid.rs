//! Designs × settings, less what is excluded, and the knobs and hours behind them.

use super::super::limits;
use super::super::reader::Reader;
use super::super::source::Place;
use super::{BestHour, Factor, Point, Sensitivity};

/// What is left out: every point with all of this.
pub(super) struct Exclusion {
    pub place: Place,
    pub design: Option<usize>,
    /// Which factor on which level.
    pub levels: Vec<(usize, usize)>,
}

impl Exclusion {
    fn meets(&self, design: usize, setting: &[usize]) -> bool {
        self.design.is_none_or(|meant| meant == design)
            && self.levels.iter().all(|(factor, level)| setting[*factor] == *level)
    }
}

/// The settings that are left, and all points in order. `None`: none is left, or too many are.
pub(super) fn points(
    reader: &mut Reader,
    place: Place,
    designs: &[String],
    factors: &[Factor],
    exclusions: &[Exclusion],
    (sensitivity, best_hour): (&Option<Sensitivity>, &Option<BestHour>),
) -> Option<(Vec<Vec<usize>>, Vec<Point>)> {
    let crossed = factors.iter().filter(|factor| !factor.zipped).map(|factor| factor.levels.len());
    let zipped = factors.iter().find(|factor| factor.zipped).map(|factor| factor.levels.len());
    let knobs = sensitivity
        .as_ref()
        .map_or(0, |it| 1 + it.knobs.iter().map(|knob| knob.levels.len()).sum::<usize>());
    let in_all = crossed.chain(zipped).try_fold(designs.len(), usize::checked_mul);
    let hours = best_hour.as_ref().map_or(0, |it| 1 + it.hours.len());
    let in_all = in_all.and_then(|count| count.checked_add(knobs + hours));
    if in_all.is_none_or(|count| count > limits::POINTS) {
        let note = format!("at most {}", limits::POINTS);
        reader.error("E0605", place, "this study has too many points", note);
        return None;
    }
    let (mut settings, mut points) = (Vec::new(), Vec::new());
    let mut used = vec![false; exclusions.len()];
    for setting in combinations(factors) {
        let mut left: Vec<usize> = Vec::new();
        for design in 0..designs.len() {
            let mut excluded = false;
            for (exclusion, used) in exclusions.iter().zip(&mut used) {
                let meets = exclusion.meets(design, &setting);
                *used |= meets;
                excluded |= meets;
            }
            if !excluded {
                left.push(design);
            }
        }
        if left.is_empty() {
            continue;
        }
        let number = Some(settings.len());
        let crossed = |design| Point { design, setting: number, knob: None, hour: None };
        points.extend(left.into_iter().map(crossed));
        settings.push(setting);
    }
    for exclusion in exclusions.iter().zip(used).filter(|(_, used)| !used).map(|(it, _)| it) {
        let note = "these values never meet";
        reader.warning("W0610", exclusion.place, "this excludes nothing", note);
    }
    if points.is_empty() {
        reader.error("E0605", place, "this study has no point", "everything is excluded");
        return None;
    }
    let turned = |design, knob, hour| Point { design, setting: None, knob, hour };
    if let Some(Sensitivity { at, knobs, .. }) = sensitivity {
        let at = |knob| turned(*at, knob, None);
        points.push(at(None));
        for (number, knob) in knobs.iter().enumerate() {
            points.extend((0..knob.levels.len()).map(|value| at(Some((number, value)))));
        }
    }
    if let Some(BestHour { at, hours, .. }) = best_hour {
        // the design as it is may stand beside the knobs already
        if !points.iter().any(|point| point.is_alone(*at)) {
            points.push(turned(*at, None, None));
        }
        points.extend((0..hours.len()).map(|hour| turned(*at, None, Some(hour))));
    }
    Some((settings, points))
}

/// Every combination of levels: the last factor turns fastest, and those of `zip` turn as one.
fn combinations(factors: &[Factor]) -> Vec<Vec<usize>> {
    let mut all: Vec<Vec<usize>> = vec![Vec::new()];
    for (number, factor) in factors.iter().enumerate() {
        let leader = factors.iter().position(|other| other.zipped);
        if factor.zipped && leader != Some(number) {
            // stands where the first of them does
            for setting in &mut all {
                let level = leader.map_or(0, |leader| setting[leader]);
                setting.push(level);
            }
            continue;
        }
        let extended = all.into_iter().flat_map(|setting| {
            (0..factor.levels.len()).map(move |level| {
                let mut setting = setting.clone();
                setting.push(level);
                setting
            })
        });
        all = extended.collect();
    }
    all
}
