//! How often a point is replicated: until its answer is known well enough.
//!
//! The decision hangs on the replications before it alone, taken in the order of their numbers, so
//! that it is the same for every number of threads and for a study that was interrupted.
//!
//! Whoever looks at an interval again and again and stops when it is narrow stops a little too
//! early too often. With blocks of twenty that costs less than a percent of confidence; the test
//! of this file measures it.

use std::ops::Range;

use super::moments::Moments;
use crate::measure::Figure;
use crate::scenario::{Rule, Until};

/// The most replications that are run before one looks again, and that one file keeps.
const BLOCK: u32 = 100;

/// Which replications come next, when these are all that have been run; none: it is enough.
///
/// `known` are the values of what is to be known, one for each replication so far.
pub fn next_block(rule: &Rule, known: &[Option<Figure>]) -> Option<Range<u32>> {
    let done = u32::try_from(known.len()).ok()?;
    let end = if done < rule.pilot {
        rule.pilot
    } else if rule.until.is_some_and(|until| !is_precise(&until, known)) {
        rule.max
    } else {
        return None;
    };
    let size = rule.pilot.clamp(1, BLOCK);
    (done < end).then(|| done..end.min(done.saturating_add(size)))
}

/// The blocks of a rule that asks for a number and for nothing else; of any other its first.
pub fn fixed_blocks(rule: &Rule) -> Vec<Range<u32>> {
    let mut blocks = Vec::new();
    let mut known = Vec::new();
    while let Some(block) = next_block(&Rule { until: None, ..*rule }, &known) {
        known.resize(block.end as usize, None);
        blocks.push(block);
    }
    blocks
}

/// Half the width of the interval around the mean of these; `None`: there is no mean, or of fewer
/// than two values.
pub fn half_width(known: &[Option<Figure>], confidence: f64) -> Option<f64> {
    let figures: Vec<Figure> = known.iter().copied().flatten().collect();
    let (low, high) = Moments::of(&figures)?.interval(confidence)?;
    Some((high - low) / 2.0)
}

fn is_precise(until: &Until, known: &[Option<Figure>]) -> bool {
    half_width(known, until.confidence).is_some_and(|half| half <= until.half_width as f64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::Metric;

    fn rule(pilot: u32, max: u32, half_width: u64) -> Rule {
        let metric = Metric::TimeToCurrent;
        let until = Until { watched: 0, metric, half_width, confidence: 0.95 };
        Rule { pilot, max, until: Some(until) }
    }

    fn some(values: impl IntoIterator<Item = u64>) -> Vec<Option<Figure>> {
        values.into_iter().map(|value| Some(Figure::Of(value))).collect()
    }

    #[test]
    fn a_fixed_number_is_run_in_blocks() {
        let rule = Rule { pilot: 250, max: 250, until: None };
        let none = |count: usize| vec![None; count];
        assert_eq!(next_block(&rule, &none(0)), Some(0..100));
        assert_eq!(next_block(&rule, &none(200)), Some(200..250));
        assert_eq!(next_block(&rule, &none(250)), None);
        assert_eq!(fixed_blocks(&rule), [0..100, 100..200, 200..250]);
    }

    #[test]
    fn it_goes_on_until_the_interval_is_narrow_or_there_are_too_many() {
        let rule = rule(4, 10, 100);
        assert_eq!(next_block(&rule, &[]), Some(0..4));
        // half width of 0 0 1000 1000: t(3) 3.18 × 577 / 2 = 918
        assert_eq!(next_block(&rule, &some([0, 0, 1000, 1000])), Some(4..8));
        assert_eq!(next_block(&rule, &some([7, 7, 8, 8])), None);
        assert_eq!(next_block(&rule, &some([0, 1000, 0, 1000, 0, 1000, 0, 1000])), Some(8..10));
        assert_eq!(next_block(&rule, &some((0..10).map(|n| n % 2 * 1000))), None);
    }

    #[test]
    fn what_has_no_mean_is_never_known_well_enough() {
        let rule = rule(2, 6, 1_000_000);
        assert_eq!(next_block(&rule, &[Some(Figure::Never), Some(Figure::Of(1))]), Some(2..4));
        assert_eq!(next_block(&rule, &[None, None, Some(Figure::Of(1)), None]), Some(4..6));
        assert_eq!(
            next_block(&rule, &[None, Some(Figure::Of(1)), Some(Figure::Of(1)), None]),
            None
        );
    }

    /// A stream of its own: no world is needed to see whether an interval covers the truth.
    struct Dice(u64);

    impl Dice {
        /// SplitMix64, as uniform in \[0, 1).
        fn uniform(&mut self) -> f64 {
            self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
            let mut z = self.0;
            z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
            ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
        }

        /// Nearly normal: the sum of twelve, with standard deviation 1,000 around 100,000.
        fn value(&mut self) -> u64 {
            let sum: f64 = (0..12).map(|_| self.uniform()).sum();
            (100_000.0 + 1_000.0 * (sum - 6.0)).round() as u64
        }
    }

    const TRUTH: f64 = 100_000.0;

    /// In how many of 4,000 toy studies does the interval hold the truth? In percent.
    fn coverage(rule: &Rule) -> f64 {
        let covers = |study: u64| {
            let mut dice = Dice(study.wrapping_mul(0xD134_2543_DE82_EF95));
            let mut known: Vec<Option<Figure>> = Vec::new();
            while let Some(block) = next_block(rule, &known) {
                known.extend(block.map(|_| Some(Figure::Of(dice.value()))));
            }
            let figures: Vec<Figure> = known.iter().copied().flatten().collect();
            let (low, high) = Moments::of(&figures).unwrap().interval(0.95).unwrap();
            (low..=high).contains(&TRUTH)
        };
        (0..4_000).filter(|&study| covers(study)).count() as f64 / 40.0
    }

    #[test]
    fn intervals_of_95_percent_hold_the_truth_in_95_percent_of_4000_toy_studies() {
        let fixed = coverage(&Rule { pilot: 20, max: 20, until: None });
        assert!((fixed - 95.0).abs() <= 1.5, "a fixed number: {fixed} %");
        // about 100 replications each, looked at every twenty
        let until_precise = coverage(&rule(20, 400, 200));
        assert!((until_precise - 95.0).abs() <= 1.5, "until precise: {until_precise} %");
    }

    #[test]
    fn intervals_of_quantiles_hold_the_truth_in_95_percent_at_least_whatever_the_distribution() {
        // skewed: the square of a uniform number, whose quantiles are squares
        for (percent, count) in [(50, 20), (50, 101), (95, 200)] {
            let truth = f64::from(percent) / 100.0;
            let truth = truth * truth * 1e9;
            let covers = |study: &u64| {
                let mut dice = Dice(study.wrapping_mul(0xD134_2543_DE82_EF95));
                let squares = (0..count).map(|_| dice.uniform()).map(|one| one * one * 1e9);
                let figures: Vec<Figure> = squares.map(|one| Figure::Of(one as u64)).collect();
                let moments = Moments::of(&figures).unwrap();
                let (low, high) = moments.interval_of_percent(percent, 0.95);
                low.is_some_and(|low| low as f64 <= truth)
                    && high.is_some_and(|high| high as f64 >= truth)
            };
            let covered = (0..4_000).filter(covers).count() as f64 / 40.0;
            // ranks are whole numbers, so that a little more than 95 % is what can be had
            assert!((94.0..=98.5).contains(&covered), "{percent} % of {count}: {covered} %");
        }
    }
}
