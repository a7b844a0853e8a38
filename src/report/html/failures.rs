//! What failed, why, and what came of it.

use std::cmp::Reverse;

use super::Told;
use super::sheet::{Sheet, number, text};
use crate::report::summary::{counted, streaks};

/// So many streaks have a row.
const TOLD: usize = 40;

/// A row for each row of failures of one site for one cause, the longest first.
pub(super) fn failures(told: &Told<'_>, sheet: &mut Sheet) {
    let mut streaks = streaks(&told.run);
    if streaks.is_empty() {
        sheet.para("No synchronisation failed.");
        return;
    }
    streaks.sort_by_key(|streak| (Reverse(streak.failed.len()), streak.failed[0].end));
    let total: usize = streaks.iter().map(|streak| streak.failed.len()).sum();
    sheet.para(&format!(
        "{} failed. A row is one site that failed for one cause, once or again and again.",
        counted(total, "synchronisation", "synchronisations")
    ));
    let row = |streak: &crate::report::summary::Streak<'_>| {
        vec![
            text(streak.name(&told.run)),
            number(streak.failed.len()),
            text(&streak.cause.what),
            text(&streak.cause.message),
            text(streak.when(&told.run)),
            text(streak.sequel(&told.run)),
        ]
    };
    let rows: Vec<_> = streaks.iter().take(TOLD).map(row).collect();
    let heads =
        ["synchronisation", "times", "step and cause", "message", "when", "what came of it"];
    sheet.table("", &heads, &rows);
    if streaks.len() > TOLD {
        let more = counted(streaks.len() - TOLD, "row is", "rows are");
        sheet.para(&format!("{more} left out here; tables/attempts.csv has all."));
    }
}
