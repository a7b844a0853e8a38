//! The foot of the timeline: what is not drawn, or not quite as it was.

use std::collections::BTreeSet;

use super::super::axis::words;
use super::super::canvas::{Canvas, PX, Pen, Side};
use super::super::sheet::MARGIN;
use super::super::subject::{counted, full, grouped};
use super::{Plan, WIDTH};
use crate::measure::{Attempt, Ending};
use crate::units::SiteId;

impl Plan<'_> {
    /// How many synchronisations failed at the sites for which `counts` holds.
    pub(super) fn failed_among(&self, counts: impl Fn(SiteId) -> bool) -> usize {
        let failed = |one: &&Attempt| one.ending == Ending::Failed && counts(one.site);
        self.outcome.attempts.iter().filter(failed).count()
    }

    /// How many synchronisations failed after the time that is drawn.
    pub(super) fn failed_later(&self) -> usize {
        let late = |one: &&Attempt| {
            one.ending == Ending::Failed && one.end.is_some_and(|end| end > self.window.1)
        };
        self.outcome.attempts.iter().filter(late).count()
    }

    /// What is not drawn, or not quite as it was.
    pub(super) fn remarks(&self) -> Vec<String> {
        let mut remarks = Vec::new();
        if !self.rows.left_out.is_empty() {
            remarks.push(self.left_out());
        }
        if self.cut {
            let until = full(&self.scenario.clock, self.window.1);
            remarks.push(format!("Drawn until {until}; the run went on."));
        }
        let mut small = vec!["A phase is drawn at least two pixels wide."];
        if !self.axis.breaks().is_empty() {
            small.push("At // hours are squeezed in which nothing began or ended at these sites.");
        }
        remarks.push(small.join(" "));
        remarks
    }

    fn left_out(&self) -> String {
        let left_out: BTreeSet<SiteId> = self.rows.left_out.iter().copied().collect();
        let more = counted(left_out.len(), "more site");
        let arrivals = || self.subject.arrivals.iter().filter(|one| left_out.contains(&one.site));
        let delays = || arrivals().filter_map(|arrival| arrival.time_to_current());
        let range = match (delays().min(), delays().max()) {
            (Some(first), Some(last)) if words(first) == words(last) => {
                format!(", current after {}", words(first))
            }
            (Some(first), Some(last)) => {
                format!(", current after {} to {}", words(first), words(last))
            }
            _ => String::new(),
        };
        let never = arrivals().filter(|arrival| arrival.current.is_none()).count();
        let never =
            if never > 0 { format!(", {} never current", grouped(never)) } else { String::new() };
        let failed = self.failed_among(|site| left_out.contains(&site));
        let (whose, of) =
            if left_out.len() == 1 { ("its", "its own") } else { ("their", "theirs") };
        let failed = match failed {
            0 => format!("none of {whose} synchronisations failed"),
            failed => format!("{} among {of}", counted(failed, "failed synchronisation")),
        };
        format!("{more} not drawn{range}{never}; {failed}.")
    }

    pub(super) fn foot(&self, canvas: &mut Canvas<'_>) {
        let mut y = self.bottom() + 76 * PX;
        for remark in self.remarks() {
            let remark = Pen::SCALE.fitted(&remark, WIDTH * PX - 2 * MARGIN);
            canvas.text(&remark, (MARGIN, y), Side::Right, Pen::SCALE);
            y += 18 * PX;
        }
    }
}
