//! Two designs over the same chances: by how much they differ, how surely, and does it matter.
//!
//! Replication `n` of every design has the same chance, since draws are named by meaning and not
//! by order. So the designs are paired, and what chance does to both falls out of the difference.

use super::beta;
use super::moments::Moments;
use crate::measure::Figure;
pub use crate::scenario::Better;

/// The figures of one design.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Level {
    /// Their mean, in the smallest step of the unit; `None` where one is a time that never comes.
    pub mean: Option<f64>,
    /// In how many pairs it never comes.
    pub never: usize,
}

/// A design beside the one that it is compared with.
#[derive(Clone, Debug, PartialEq)]
pub struct Difference {
    /// In how many replications there was something to measure in both.
    pub pairs: usize,
    /// The one that others are compared with.
    pub base: Level,
    /// The other.
    pub design: Level,
    /// The mean of design less base; `None` where either never comes.
    pub mean: Option<f64>,
    /// Half the width of Student's interval around it; `None` of one pair.
    pub half_width: Option<f64>,
    /// How probable as large a difference is by chance alone: of Student's paired t, or, where a
    /// time never comes, of the sign test. 0 where nothing is random.
    pub p: f64,
    /// More than it is lower, or the other way round.
    rises: std::cmp::Ordering,
}

/// What a difference comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Judgement {
    /// Surely better, and by as much as matters.
    Better,
    /// Surely worse, and by as much as matters.
    Worse,
    /// Surely another, of something that is not judged.
    Other,
    /// Surely another, but by less than matters.
    TooSmall,
    /// No difference, or surely none that matters.
    Same,
    /// Too few replications to say.
    Unsure,
}

impl Judgement {
    /// Its name in tables.
    pub const fn name(self) -> &'static str {
        match self {
            Judgement::Better => "better",
            Judgement::Worse => "worse",
            Judgement::Other => "other",
            Judgement::TooSmall => "too_small",
            Judgement::Same => "same",
            Judgement::Unsure => "unsure",
        }
    }
}

impl Difference {
    /// Of figures by replication, base and design; `None` when no replication has both.
    ///
    /// `certain`: nothing is random, so that one pair speaks for all.
    pub fn of(
        base: &[Option<Figure>],
        design: &[Option<Figure>],
        confidence: f64,
        certain: bool,
    ) -> Option<Difference> {
        let both = base.iter().zip(design).filter_map(|(one, other)| Some(((*one)?, (*other)?)));
        let pairs: Vec<(Figure, Figure)> = both.collect();
        if pairs.is_empty() {
            return None;
        }
        let (bases, designs): (Vec<Figure>, Vec<Figure>) = pairs.iter().copied().unzip();
        let above = pairs.iter().filter(|(base, design)| design > base).count();
        let below = pairs.iter().filter(|(base, design)| design < base).count();
        let differences: Option<Vec<f64>> = pairs
            .iter()
            .map(|(base, design)| Some(apart(base.value()?, design.value()?)))
            .collect();
        let student = differences.as_deref().map(|values| student(values, confidence));
        let p = match &student {
            _ if certain => f64::from(u8::from(above + below == 0)),
            Some(student) => student.p,
            None => signs(above, below),
        };
        let mean = student.as_ref().map(|student| student.mean);
        let rises = match mean {
            Some(mean) => mean.total_cmp(&0.0),
            None => above.cmp(&below),
        };
        let half_width = student.and_then(|student| student.half_width);
        let pairs = pairs.len();
        Some(Difference {
            pairs,
            base: level(&bases),
            design: level(&designs),
            mean,
            half_width,
            p,
            rises,
        })
    }

    /// Of figures that have nothing to do with one another: means side by side, Welch's t.
    ///
    /// Where a time never comes there is no mean, and nothing is sure.
    pub fn unpaired(
        base: &[Option<Figure>],
        design: &[Option<Figure>],
        confidence: f64,
        certain: bool,
    ) -> Option<Difference> {
        let bases: Vec<Figure> = base.iter().copied().flatten().collect();
        let designs: Vec<Figure> = design.iter().copied().flatten().collect();
        if bases.is_empty() || designs.is_empty() {
            return None;
        }
        let (base, design) = (level(&bases), level(&designs));
        let mean = base.mean.zip(design.mean).map(|(base, design)| design - base);
        let both = Moments::of(&bases).zip(Moments::of(&designs));
        let welch = both.and_then(|(base, design)| welch(&base, &design, confidence));
        let neither = base.never == bases.len() && design.never == designs.len();
        let same = mean == Some(0.0) || neither;
        let (half_width, p) = match (certain, welch) {
            (true, _) => (None, f64::from(u8::from(same))),
            (false, Some((half, p))) => (Some(half), p),
            (false, None) => (None, 1.0),
        };
        let rises = match mean {
            Some(mean) => mean.total_cmp(&0.0),
            None => design.never.cmp(&base.never),
        };
        let pairs = bases.len().min(designs.len());
        Some(Difference { pairs, base, design, mean, half_width, p, rises })
    }

    /// What it comes to, with `p` adjusted for how many comparisons there are.
    ///
    /// `matters_from` is in the smallest step of the unit.
    pub fn judged(&self, better: Better, p: f64, confidence: f64, matters_from: f64) -> Judgement {
        use std::cmp::Ordering;
        if p > 1.0 - confidence {
            let far = |half: f64| self.mean.map_or(f64::INFINITY, f64::abs) + half;
            let none = self.rises == Ordering::Equal && self.half_width.is_none_or(|it| it == 0.0);
            let small = self.half_width.is_some_and(|half| far(half) < matters_from);
            return if none || small { Judgement::Same } else { Judgement::Unsure };
        }
        if self.mean.is_some_and(|mean| mean.abs() < matters_from) {
            return Judgement::TooSmall;
        }
        match (better, self.rises) {
            (_, Ordering::Equal) => Judgement::Same,
            (Better::Neither, _) => Judgement::Other,
            (Better::Lower, Ordering::Less) | (Better::Higher, Ordering::Greater) => {
                Judgement::Better
            }
            (Better::Lower, Ordering::Greater) | (Better::Higher, Ordering::Less) => {
                Judgement::Worse
            }
        }
    }
}

/// Holm's adjustment: with all of these below `1 - confidence` as often as chance allows, the
/// probability that any one of them is so by chance alone is no larger than that.
pub fn holm(values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|&one, &other| values[one].total_cmp(&values[other]));
    let mut adjusted = vec![0.0; values.len()];
    let mut least: f64 = 0.0;
    for (rank, &place) in order.iter().enumerate() {
        let times = (values.len() - rank) as f64;
        least = least.max((values[place] * times).min(1.0));
        adjusted[place] = least;
    }
    adjusted
}

/// `design - base`, exact before it is rounded once.
fn apart(base: u64, design: u64) -> f64 {
    let size = base.abs_diff(design) as f64;
    if design < base { -size } else { size }
}

fn level(figures: &[Figure]) -> Level {
    let never = figures.iter().filter(|figure| **figure == Figure::Never).count();
    let values: Option<Vec<u64>> = figures.iter().map(|figure| figure.value()).collect();
    let mean = values.map(|values| {
        let sum: u128 = values.iter().copied().map(u128::from).sum();
        sum as f64 / values.len() as f64
    });
    Level { mean, never }
}

struct Student {
    mean: f64,
    half_width: Option<f64>,
    p: f64,
}

/// Sums in the order of the replications.
fn student(values: &[f64], confidence: f64) -> Student {
    let count = values.len() as f64;
    let mean = values.iter().sum::<f64>() / count;
    if values.len() < 2 {
        return Student { mean, half_width: None, p: 1.0 };
    }
    let squares: f64 = values.iter().map(|value| (value - mean) * (value - mean)).sum();
    let error = (squares / (count - 1.0)).sqrt() / count.sqrt();
    let p = match (error == 0.0, mean == 0.0) {
        (true, true) => 1.0,
        (true, false) => 0.0,
        (false, _) => beta::beyond(count - 1.0, mean / error),
    };
    Student { mean, half_width: Some(beta::student(count - 1.0, confidence) * error), p }
}

/// Half the width of Welch's interval around the difference of two means, and its `p`; `None` of a
/// single value.
fn welch(base: &Moments, design: &Moments, confidence: f64) -> Option<(f64, f64)> {
    let share = |of: &Moments| Some(of.sd? * of.sd? / of.count as f64);
    let (one, other) = (share(base)?, share(design)?);
    let (apart, error) = (design.mean - base.mean, (one + other).sqrt());
    if error == 0.0 {
        return Some((0.0, f64::from(u8::from(apart == 0.0))));
    }
    let freedom = |of: &Moments| (of.count - 1) as f64;
    let freedom = (one + other) * (one + other)
        / (one * one / freedom(base) + other * other / freedom(design));
    let half = beta::student(freedom, confidence) * error;
    Some((half, beta::beyond(freedom, apart / error)))
}

/// The two-sided sign test: how probable it is that a fair coin falls so unevenly.
fn signs(above: usize, below: usize) -> f64 {
    let (few, all) = (above.min(below), above + below);
    if all == 0 {
        return 1.0;
    }
    // that at most `few` of `all` throws are heads
    let tail = beta::probability((all - few) as f64, few as f64 + 1.0, 0.5);
    (2.0 * tail).min(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figures(values: &[u64]) -> Vec<Option<Figure>> {
        values.iter().map(|&value| Some(Figure::Of(value))).collect()
    }

    fn difference(base: &[u64], design: &[u64]) -> Difference {
        Difference::of(&figures(base), &figures(design), 0.95, false).unwrap()
    }

    #[test]
    fn a_paired_t_by_hand() {
        // differences 1 2 3 4 5: mean 3, sd 1.581139, error 0.707107, t 4.242641, 4 degrees
        let found = difference(&[10, 20, 30, 40, 50], &[11, 22, 33, 44, 55]);
        assert_eq!((found.pairs, found.mean), (5, Some(3.0)));
        // 2.776445 × 0.707107
        assert!((found.half_width.unwrap() - 1.963_243).abs() < 1e-5);
        // R: t.test(c(1,2,3,4,5)) gives p = 0.01324
        assert!((found.p - 0.013_236).abs() < 1e-5, "{}", found.p);
    }

    #[test]
    fn what_chance_does_to_both_falls_out() {
        let found = difference(&[100, 900, 500, 300], &[90, 890, 490, 290]);
        assert_eq!((found.mean, found.half_width, found.p), (Some(-10.0), Some(0.0), 0.0));
        let judged = |matters| found.judged(Better::Lower, found.p, 0.95, matters);
        assert_eq!(judged(0.0), Judgement::Better);
        assert_eq!(judged(11.0), Judgement::TooSmall);
        assert_eq!(found.judged(Better::Higher, found.p, 0.95, 0.0), Judgement::Worse);
        assert_eq!(found.judged(Better::Neither, found.p, 0.95, 0.0), Judgement::Other);
    }

    #[test]
    fn too_few_to_say_is_not_the_same_as_no_difference() {
        let noisy = difference(&[10, 20, 30], &[40, 10, 35]);
        assert_eq!(noisy.judged(Better::Lower, noisy.p, 0.95, 0.0), Judgement::Unsure);
        assert_eq!(noisy.judged(Better::Lower, noisy.p, 0.95, 1000.0), Judgement::Same);
        let alike = difference(&[10, 20], &[10, 20]);
        assert_eq!(alike.judged(Better::Lower, alike.p, 0.95, 0.0), Judgement::Same);
        let single = difference(&[10], &[20]);
        assert_eq!(single.judged(Better::Lower, single.p, 0.95, 0.0), Judgement::Unsure);
    }

    #[test]
    fn where_nothing_is_random_one_pair_says_all() {
        let certain = |base, design| {
            let found = Difference::of(&figures(&[base]), &figures(&[design]), 0.95, true).unwrap();
            found.judged(Better::Lower, found.p, 0.95, 0.0)
        };
        assert_eq!(certain(10, 9), Judgement::Better);
        assert_eq!(certain(10, 11), Judgement::Worse);
        assert_eq!(certain(10, 10), Judgement::Same);
    }

    #[test]
    fn a_time_that_never_comes_is_later_than_any_and_signs_decide() {
        let base = figures(&[5; 8]);
        let design = vec![Some(Figure::Never); 8];
        let found = Difference::of(&base, &design, 0.95, false).unwrap();
        assert_eq!((found.mean, found.design.never, found.base.mean), (None, 8, Some(5.0)));
        // 2 × (1/2)^8
        assert!((found.p - 1.0 / 128.0).abs() < 1e-12, "{}", found.p);
        assert_eq!(found.judged(Better::Lower, found.p, 0.95, 1e9), Judgement::Worse);
        let both = Difference::of(&design, &design, 0.95, false).unwrap();
        assert_eq!(both.judged(Better::Lower, both.p, 0.95, 0.0), Judgement::Same);
    }

    #[test]
    fn replications_without_anything_to_measure_are_left_out_on_both_sides() {
        let base = [Some(Figure::Of(1)), None, Some(Figure::Of(3))];
        let design = [None, Some(Figure::Of(7)), Some(Figure::Of(4))];
        assert_eq!(Difference::of(&base, &design, 0.95, false).unwrap().pairs, 1);
        assert_eq!(Difference::of(&base[..2], &design[..2], 0.95, false), None);
    }

    #[test]
    fn means_side_by_side_by_hand() {
        // R: t.test(c(10, 12, 14, 20, 24), c(30, 31, 33)): t = -5.7735, df = 5.0092, p = 0.0022
        let found = Difference::unpaired(
            &figures(&[10, 12, 14, 20, 24]),
            &figures(&[30, 31, 33]),
            0.95,
            false,
        )
        .unwrap();
        // means 16 and 31 1/3; variances 34 and 7/3: error² = 6.8 + 0.7778
        let square = 34.0_f64 / 5.0 + 7.0 / 9.0;
        let error = square.sqrt();
        assert!((found.mean.unwrap() - 46.0 / 3.0).abs() < 1e-9);
        let freedom = square * square / (6.8 * 6.8 / 4.0 + (7.0_f64 / 9.0) * (7.0 / 9.0) / 2.0);
        let half = beta::student(freedom, 0.95) * error;
        assert!((found.half_width.unwrap() - half).abs() < 1e-9, "{found:?}");
        assert!(found.p > 0.001 && found.p < 0.005, "{}", found.p);
        assert_eq!(found.judged(Better::Lower, found.p, 0.95, 0.0), Judgement::Worse);
        let alone = Difference::unpaired(&figures(&[1]), &figures(&[2]), 0.95, false).unwrap();
        assert_eq!(alone.judged(Better::Lower, alone.p, 0.95, 0.0), Judgement::Unsure);
    }

    #[test]
    fn holm_by_hand() {
        // sorted 0.01 0.02 0.03 0.04 → ×4 ×3 ×2 ×1, and never less than the one before
        assert_eq!(holm(&[0.04, 0.01, 0.03, 0.02]), [0.06, 0.04, 0.06, 0.06]);
        assert_eq!(holm(&[0.5, 0.9]), [1.0, 1.0]);
        assert!(holm(&[]).is_empty());
    }
}
