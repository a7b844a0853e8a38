//! Which hour is best, for a person at a terminal and for a picture.

use anstyle::Style;

use super::StudyTold;
use super::hours::{Hour, Hours, Keeps};
use super::words::{apart, level};
use crate::report::Look;
use crate::report::many::value;
use crate::report::summary::page::{BAD, BOLD, GOOD, Page};

/// The longest bar \[columns\].
const BAR: usize = 20;
/// So many hours are named one by one.
const NAMED: usize = 8;

/// The block of `best_hour`; nothing without it.
pub(super) fn best_hour(page: &mut Page, told: &StudyTold<'_>) {
    let Some(hours) = Hours::of(told) else { return };
    let (design, _) = hours.design;
    page.gap();
    page.styled(
        BOLD,
        format_args!(
            "BEST HOUR of {} at {design} ({}), {} at each hour",
            hours.metric.name,
            hours.as_it_is(),
            hours.asked.knob,
        ),
    );
    let largest = hours.each.iter().filter_map(|hour| hour.mean).fold(0.0, f64::max);
    let full = if page.look.ascii { "#" } else { "█" };
    for (place, hour) in hours.each.iter().enumerate() {
        let mark = match hour.kept {
            Keeps::Always => " ",
            Keeps::Mostly => "?",
            Keeps::Broken => "!",
        };
        let share = hour.mean.map_or(0.0, |mean| if largest > 0.0 { mean / largest } else { 0.0 });
        let bar = full.repeat((share * BAR as f64).round() as usize);
        let differs = hour.differs(page.look, &hours);
        let line = page.plain(&format!(
            "  {} {mark}  {:>8}  {differs:<17}",
            hour.clock,
            hour.value(&hours)
        ));
        let style = if hours.best == Some(place) { GOOD } else { Style::new() };
        let here = if hour.is_today { "  as it is" } else { "" };
        page.ours(style, format!("{line}  {bar}{here}").trim_end());
    }
    page.line(format_args!("  {}", hours.answer(page.look)));
    let as_good = hours.named(|place, _| hours.as_good.contains(&place));
    if !as_good.is_empty() {
        page.line(format_args!("  not surely worse: {}", listed(&as_good)));
    }
    if let Some(limit) = &hours.asked.limit {
        let with = |kept| listed(&hours.named(|_, hour| hour.kept == kept));
        let (broken, mostly) = (with(Keeps::Broken), with(Keeps::Mostly));
        match broken.is_empty() {
            true => page.line(format_args!("  no hour surely breaks {limit}")),
            false => page.styled(BAD, format_args!("  ! breaks {limit}: {broken}")),
        }
        if !mostly.is_empty() {
            page.line(format_args!("  ? does not keep {limit} in every replication: {mostly}"));
        }
    }
    page.line(format_args!("  the best of many hours looks a little better than it is"));
}

/// The first of many hours.
fn listed(hours: &[&str]) -> String {
    let more = hours.len().saturating_sub(NAMED);
    let named = hours[..hours.len() - more].join(", ");
    if more > 0 { format!("{named} and {more} more") } else { named }
}

impl Hours<'_> {
    /// The metric of the design as it is.
    pub(super) fn as_it_is(&self) -> String {
        let unit = self.metric.metric.unit();
        self.design.1.map_or("never".to_owned(), |mean| value(unit, mean.round() as u64, 1))
    }

    /// Which hour is best, and by how much against the design as it is; with its stop.
    pub(super) fn answer(&self, look: Look) -> String {
        let design = self.design.0;
        let Some(best) = self.best.map(|best| &self.each[best]) else {
            return "At no hour does it come in every replication.".to_owned();
        };
        if best.is_today {
            return format!("{} is best, as {design} has it.", best.clock);
        }
        let differs = best.differs(look, self);
        let against = match differs.as_str() {
            "" => format!("the same as {design}"),
            differs if self.design.1.is_none() => format!("{differs}, where {design} is never"),
            differs => format!("{differs} against {design}"),
        };
        let limit = match &self.asked.limit {
            Some(limit) if best.kept != Keeps::Always => format!("; no hour keeps {limit}"),
            _ => String::new(),
        };
        format!("{} is best: {against}{limit}.", best.clock)
    }
}

impl Hour<'_> {
    /// Its mean, in words.
    pub(super) fn value(&self, hours: &Hours<'_>) -> String {
        let unit = hours.metric.metric.unit();
        match (self.mean, &self.difference) {
            (Some(mean), _) => value(unit, mean.round() as u64, 1),
            (None, Some(difference)) => level(unit, difference.design, difference.pairs),
            (None, None) => "-".to_owned(),
        }
    }

    /// By how much it differs from the design as it is, in words; empty: by nothing.
    fn differs(&self, look: Look, hours: &Hours<'_>) -> String {
        let Some(difference) = &self.difference else { return String::new() };
        match (difference.mean, self.mean) {
            (None, Some(_)) => self.value(hours),
            _ => apart(look, hours.metric.metric.unit(), difference),
        }
    }
}
