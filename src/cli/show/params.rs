//! `supsim show params`: the knobs that a scenario declares, and how to turn them.

use super::grid::Grid;
use super::{Shown, counted};
use crate::report::Look;
use crate::scenario::{Parameter, Scenario};

pub(super) fn show(scenario: &Scenario, look: Look) -> Shown {
    let grid = table(&scenario.parameters);
    let count = counted(scenario.parameters.len(), "parameter", "parameters");
    let human = match scenario.parameters.first() {
        None => "no parameter is declared; `params` in a scenario declares some\n".to_owned(),
        Some(first) => {
            let try_one = format!("turn one: -p {}={}", first.name, first.value);
            format!("{}{count}      {try_one}\n", grid.human(look))
        }
    };
    Shown { grid, human }
}

/// One row for each, in the order written.
fn table(parameters: &[Parameter]) -> Grid {
    let mut grid = Grid::new(["name", "type", "value", "default", "min", "max", "choices", "doc"]);
    for parameter in parameters {
        let Parameter { name, kind, value, default, min, max, choices, doc } = parameter;
        let bound = |bound: &Option<String>| bound.clone().unwrap_or_default();
        grid.row(vec![
            name.clone(),
            kind.word().to_owned(),
            value.clone(),
            bound(default),
            bound(min),
            bound(max),
            choices.join(" "),
            doc.clone(),
        ]);
    }
    grid
}
