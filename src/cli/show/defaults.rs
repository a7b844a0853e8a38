//! `supsim show defaults`: the numbers that nobody wrote, and how well each is known.

use super::grid::Grid;
use super::{Shown, counted};
use crate::report::Look;
use crate::scenario::{Known, Profile, Scenario};

pub(super) fn show(
    scenario: Option<&Scenario>,
    profile: Option<Profile>,
    only_assumed: bool,
    only_used: bool,
    look: Look,
) -> Shown {
    let profile = profile.or(scenario.map(|scenario| scenario.profile)).unwrap_or_default();
    let used = |key: &str| {
        scenario.is_some_and(|scenario| scenario.defaults_used.iter().any(|used| used.key == key))
    };
    let mut grid = Grid::new(["default", "value", "known", "used", "from"]);
    for default in profile.defaults() {
        if (only_assumed && default.status != Known::Assumed) || (only_used && !used(default.key)) {
            continue;
        }
        grid.row(vec![
            default.key.to_owned(),
            default.value.to_owned(),
            status(default.status).to_owned(),
            if used(default.key) { "used".to_owned() } else { String::new() },
            default.source.to_owned(),
        ]);
    }
    let of = |wanted: &str| grid.rows.iter().filter(|row| row[2] == wanted).count();
    let mut human = match scenario {
        Some(scenario) => format!("{}   profile {}\n", scenario.name, profile.word()),
        None => format!("profile {}\n", profile.word()),
    };
    human += &grid.human(look);
    human += &format!(
        "{}: {} documented, {} observed, {} assumed",
        counted(grid.rows.len(), "default", "defaults"),
        of("documented"),
        of("observed"),
        of("assumed")
    );
    if scenario.is_some() && !only_used {
        let count = grid.rows.iter().filter(|row| !row[3].is_empty()).count();
        human += &format!("; {count} used here");
    }
    human.push('\n');
    Shown { grid, human }
}

fn status(known: Known) -> &'static str {
    match known {
        Known::Documented => "documented",
        Known::Observed => "observed",
        Known::Assumed => "assumed",
    }
}
