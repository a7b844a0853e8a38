//! A share, known from so many that were tried.

use super::beta;
use crate::scenario::MustHold;

/// In so many of so many replications it held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Proportion {
    /// In how many it held.
    pub held: u32,
    /// Of how many.
    pub of: u32,
}

/// What is equal but for the rounding of floats counts as equal, so that a tie is shown.
const TIE: f64 = 1e-12;
const BILLION: f64 = 1_000_000_000.0;

impl Proportion {
    /// The least share of all replications that is not refuted with this confidence: the lower
    /// bound of C. J. Clopper and E. S. Pearson (Biometrika 26, 1934). One-sided: it lies above the
    /// true share in at most `1 - confidence` of all studies.
    pub fn at_least(&self, confidence: f64) -> f64 {
        let Proportion { held, of } = *self;
        if held == 0 {
            return 0.0;
        }
        beta::quantile(f64::from(held), f64::from(of - held) + 1.0, 1.0 - confidence)
    }

    /// The greatest share that is not refuted with this confidence; one-sided as well.
    pub fn at_most(&self, confidence: f64) -> f64 {
        let Proportion { held, of } = *self;
        if held == of {
            return 1.0;
        }
        beta::quantile(f64::from(held) + 1.0, f64::from(of - held), confidence)
    }

    /// Both bounds, so that the true share lies outside of them in at most `1 - confidence` of all
    /// studies.
    pub fn between(&self, confidence: f64) -> (f64, f64) {
        let each = (1.0 + confidence) / 2.0;
        (self.at_least(each), self.at_most(each))
    }

    /// Is a share shown? Yes, no, or not with so few.
    ///
    /// Yes when the share wanted were refuted as the greatest one: with it, so many or more hold
    /// with a probability of at most what is left to doubt. No likewise.
    pub fn shows(&self, wanted: MustHold) -> Option<bool> {
        let share = f64::from(wanted.share.parts_per_billion()) / BILLION;
        let doubt = 1.0 - f64::from(wanted.confidence.parts_per_billion()) / BILLION + TIE;
        let Proportion { held, of } = *self;
        if held > 0 {
            let so_many = beta::probability(f64::from(held), f64::from(of - held) + 1.0, share);
            if so_many <= doubt {
                return Some(true);
            }
        } else if wanted.share.parts_per_billion() == 0 {
            return Some(true);
        }
        if held < of {
            let above = beta::probability(f64::from(held) + 1.0, f64::from(of - held), share);
            if 1.0 - above <= doubt {
                return Some(false);
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::Probability;

    fn wanted(share: u32, confidence: u32) -> MustHold {
        let parts =
            |percent: u32| Probability::from_parts_per_billion(percent * 10_000_000).unwrap();
        MustHold { share: parts(share), confidence: parts(confidence) }
    }

    #[test]
    fn the_bounds_are_those_of_the_tables() {
        // Clopper and Pearson's own kind of table: 95 %, two-sided
        for (held, of, low, high) in [
            (0, 10, 0.0, 0.308_497_1),
            (3, 10, 0.066_739_5, 0.652_452_9),
            (10, 10, 0.691_502_9, 1.0),
            (0, 50, 0.0, 0.071_121_7),
            (45, 50, 0.781_864_6, 0.966_724_9),
        ] {
            let bounds = Proportion { held, of }.between(0.95);
            assert!((bounds.0 - low).abs() < 1e-6, "{held} of {of}: {bounds:?}");
            assert!((bounds.1 - high).abs() < 1e-6, "{held} of {of}: {bounds:?}");
        }
    }

    #[test]
    fn the_verdict_agrees_with_the_bounds() {
        for of in [1, 5, 20, 59, 200] {
            for held in 0..=of {
                let proportion = Proportion { held, of };
                for (share, confidence) in [(95, 95), (50, 80), (5, 99), (0, 95)] {
                    let (at, sure) = (f64::from(share) / 100.0, f64::from(confidence) / 100.0);
                    let expected = if proportion.at_least(sure) >= at - 1e-9 {
                        Some(true)
                    } else if proportion.at_most(sure) <= at + 1e-9 {
                        Some(false)
                    } else {
                        None
                    };
                    let shown = proportion.shows(wanted(share, confidence));
                    assert_eq!(shown, expected, "{held} of {of}, {share} % at {confidence} %");
                }
            }
        }
    }

    #[test]
    fn as_many_replications_are_needed_as_the_scenario_warns_of() {
        for (share, confidence) in [(95, 95), (90, 99), (50, 50), (99, 95)] {
            let wanted = wanted(share, confidence);
            let least = wanted.least_replications(1_000_000);
            let all = |of| Proportion { held: of, of }.shows(wanted);
            assert_eq!(all(least), Some(true), "{least}");
            assert_ne!(all(least - 1), Some(true), "{least} less one");
        }
    }

    /// What a verdict promises, computed exactly: of all studies of `of` replications, how many say
    /// the wrong thing, when the true share is `truth`?
    #[test]
    fn a_wrong_verdict_is_as_rare_as_the_confidence_says() {
        let share = 0.9;
        for of in [10_u32, 50, 120] {
            let mut probability = vec![0.0; of as usize + 1];
            for truth in [0.5, 0.85, 0.899_999, 0.9, 0.900_001, 0.95, 0.999] {
                binomial(of, truth, &mut probability);
                let mut wrong = 0.0;
                for (held, chance) in (0..).zip(&probability) {
                    match (Proportion { held, of }).shows(wanted(90, 95)) {
                        Some(true) if truth < share => wrong += chance,
                        Some(false) if truth >= share => wrong += chance,
                        _ => {}
                    }
                }
                assert!(wrong <= 0.05 + 1e-9, "{of} replications at {truth}: wrong in {wrong}");
            }
        }
    }

    fn binomial(of: u32, p: f64, into: &mut [f64]) {
        into.fill(0.0);
        into[0] = 1.0;
        for tried in 1..=of as usize {
            for held in (0..=tried).rev() {
                let before = if held > 0 { into[held - 1] * p } else { 0.0 };
                into[held] = into[held] * (1.0 - p) + before;
            }
        }
    }

    #[test]
    fn the_bounds_cover_the_truth_as_often_as_they_promise() {
        for (of, truth) in [(10, 0.3), (50, 0.95), (50, 0.02), (200, 0.5)] {
            let mut probability = vec![0.0; of as usize + 1];
            binomial(of, truth, &mut probability);
            let covered: f64 = (0..)
                .zip(&probability)
                .filter(|&(held, _)| {
                    let (low, high) = Proportion { held, of }.between(0.95);
                    low <= truth && truth <= high
                })
                .map(|(_, chance)| chance)
                .sum();
            assert!((0.95..=1.0 + 1e-9).contains(&covered), "{of} at {truth}: {covered}");
        }
    }
}
