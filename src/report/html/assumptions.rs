//! The defaults that stood in for what nobody wrote, and how well each is known.

use super::Told;
use super::sheet::{Sheet, text};
use crate::scenario::Known;

/// A table of the defaults used: first those that nobody knows.
pub(super) fn assumptions(told: &Told<'_>, sheet: &mut Sheet) {
    let scenario = told.run.scenario;
    let used = &scenario.defaults_used;
    let count = |status| used.iter().filter(|one| one.status == status).count();
    if used.is_empty() {
        sheet.para("The scenario writes every value itself; no default was used.");
    } else {
        sheet.para(&format!(
            "{} values come from the profile {}: {} documented by the product, {} observed in the \
             field, {} assumed. Whoever relies on this report should ask of each assumed one \
             whether it could change the answer.",
            used.len(),
            scenario.profile.word(),
            count(Known::Documented),
            count(Known::Observed),
            count(Known::Assumed),
        ));
        let mut rows = Vec::new();
        for status in [Known::Assumed, Known::Observed, Known::Documented] {
            let of = used.iter().filter(|one| one.status == status);
            rows.extend(of.map(|one| {
                vec![text(one.key), text(word(status)), text(one.value), text(one.source)]
            }));
        }
        sheet.table("", &["default", "known", "value", "where from"], &rows);
    }
    let overridden = &scenario.overridden;
    if !overridden.is_empty() {
        sheet.raw("<h3>Changed on the command line</h3>\n");
        let said = |value: &Option<String>| value.clone().unwrap_or_else(|| "nothing".to_owned());
        let rows: Vec<_> = overridden
            .iter()
            .map(|one| {
                vec![
                    text(&one.path),
                    text(said(&one.before)),
                    text(said(&one.after)),
                    text(&one.by),
                ]
            })
            .collect();
        sheet.table("", &["what", "the scenario says", "this run has", "by"], &rows);
    }
}

/// How well it is known, in a word.
pub(super) const fn word(status: Known) -> &'static str {
    match status {
        Known::Documented => "documented",
        Known::Observed => "observed",
        Known::Assumed => "assumed",
    }
}
