//! Which hour is best, and how sure is that?

use super::{AskedThere, PointTold, StudyTold};
use crate::experiment::{Difference, Verdict, difference};
use crate::scenario::{BestHour, Better, StudyMetric};

/// A design at each hour of the day.
pub(super) struct Hours<'t> {
    /// What was asked.
    pub asked: &'t BestHour,
    /// In what.
    pub metric: &'t StudyMetric,
    /// The name of the design, and its mean as it is; `None`: a time that never comes.
    pub design: (&'t str, Option<f64>),
    /// Every hour, in order.
    pub each: Vec<Hour<'t>>,
    /// The best of those that keep the limit, or of all where none does; `None`: it never comes.
    pub best: Option<usize>,
    /// Those that keep the limit and are not surely worse than the best, without it.
    pub as_good: Vec<usize>,
}

/// A design at one hour.
pub(super) struct Hour<'t> {
    /// The hour: `14:00`.
    pub clock: &'t str,
    /// Its mean; `None`: a time that never comes, or nothing to measure.
    pub mean: Option<f64>,
    /// By how much it differs from the design as it is.
    pub difference: Option<Difference>,
    /// Does it keep the limit? Without one it does.
    pub kept: Keeps,
    /// In how many replications it kept the limit, of how many.
    pub held: Option<(u32, u32)>,
    /// Is it the hour that the design has as it is?
    pub is_today: bool,
}

/// How an hour keeps the limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Keeps {
    /// In every replication, or as the expectation demands.
    Always,
    /// Not in every replication, and nothing is shown.
    Mostly,
    /// No.
    Broken,
}

impl Keeps {
    fn of(asked: &AskedThere) -> Keeps {
        match asked.answer.verdict {
            Verdict::Fail | Verdict::NoData => Keeps::Broken,
            _ if asked.is_met() => Keeps::Always,
            _ => Keeps::Mostly,
        }
    }
}

impl<'t> Hours<'t> {
    /// What a study says of the hours of the day; `None`: it does not ask.
    pub(super) fn of(told: &'t StudyTold<'_>) -> Option<Hours<'t>> {
        let asked = told.study.best_hour.as_ref()?;
        let metric = &told.study.compare.metrics[asked.of];
        let alone = told.points.iter().find(|one| one.point.is_alone(asked.at))?;
        let points = told.points.iter().filter_map(|one| Some((one.point.hour?, one)));
        let points: Vec<(usize, &PointTold<'_>)> = points.collect();
        let between = |base: &PointTold<'_>, other: &PointTold<'_>| {
            difference(told.study, &base.runs(), &other.runs(), asked.of)
        };
        let hour = |&(hour, one): &(usize, &'t PointTold<'_>)| {
            let limit = one.expectations.iter().find(|it| Some(&it.name) == asked.limit.as_ref());
            Hour {
                clock: &asked.hours[hour],
                mean: one.mean(asked.of),
                difference: between(alone, one),
                kept: limit.map_or(Keeps::Always, Keeps::of),
                held: limit.map(|it| (it.answer.held.held, it.answer.held.of)),
                is_today: one.key == alone.key,
            }
        };
        let each: Vec<Hour<'_>> = points.iter().map(hour).collect();
        let best = best(&each, metric.better);
        let mut as_good = Vec::new();
        for (place, one) in each.iter().enumerate() {
            let Some(best) = best.filter(|best| *best != place && one.kept == each[*best].kept)
            else {
                continue;
            };
            let apart = between(points[best].1, points[place].1);
            let unsure = apart.is_some_and(|it| {
                let half = it.half_width.unwrap_or(if it.p < 1.0 { 0.0 } else { f64::INFINITY });
                it.mean.is_some_and(|mean| mean.abs() <= half)
            });
            if unsure {
                as_good.push(place);
            }
        }
        let design = (told.study.designs[asked.at].as_str(), alone.mean(asked.of));
        Some(Hours { asked, metric, design, each, best, as_good })
    }

    /// The hours of which this holds, in words.
    pub(super) fn named(&self, is_it: impl Fn(usize, &Hour<'_>) -> bool) -> Vec<&'t str> {
        let found = self.each.iter().enumerate().filter(|(place, hour)| is_it(*place, hour));
        found.map(|(_, hour)| hour.clock).collect()
    }
}

/// The best hour, the first of equal ones; one that keeps the limit before one that does not.
fn best(each: &[Hour<'_>], better: Better) -> Option<usize> {
    let rank = |place: &usize| {
        let hour = &each[*place];
        let mean = hour.mean.unwrap_or(0.0);
        (hour.kept as u8, if better == Better::Higher { -mean } else { mean })
    };
    let measured = (0..each.len()).filter(|place| each[*place].mean.is_some());
    measured.min_by(|one, other| {
        let ((kept, mean), (other_kept, other_mean)) = (rank(one), rank(other));
        kept.cmp(&other_kept).then(mean.total_cmp(&other_mean))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hour(mean: Option<f64>, kept: Keeps) -> Hour<'static> {
        Hour { clock: "00:00", mean, difference: None, kept, held: None, is_today: false }
    }

    #[test]
    fn the_best_hour_keeps_the_limit_where_any_does() {
        let mut each = vec![
            hour(Some(1.0), Keeps::Broken),
            hour(None, Keeps::Always),
            hour(Some(2.0), Keeps::Mostly),
            hour(Some(5.0), Keeps::Always),
            hour(Some(4.0), Keeps::Always),
            hour(Some(4.0), Keeps::Always),
        ];
        assert_eq!(best(&each, Better::Lower), Some(4), "the first of equal ones");
        assert_eq!(best(&each, Better::Higher), Some(3));
        each.truncate(3);
        assert_eq!(best(&each, Better::Lower), Some(2), "one that keeps it mostly");
        each.truncate(1);
        assert_eq!(best(&each, Better::Lower), Some(0), "all break it");
        assert_eq!(best(&[hour(None, Keeps::Always)], Better::Lower), None, "it never comes");
    }
}
