//! Studies, from the command line; the answers stand in `tests/commands/study-*.txt`.

use crate::commands::{agreed, conversation, folder};

#[test]
fn a_study_is_listed_with_what_it_would_cost_before_anything_runs() {
    let place = folder(&[
        "scenarios/branch-study.yaml",
        "scenarios/contoso-200.yaml",
        "scenarios/contoso-flat.yaml",
        "tests/commands/drawn-study.yaml",
        "tests/commands/drawn.yaml",
        "scenarios/tutorial.yaml",
    ]);
    agreed(
        "study-list",
        &conversation(
            place.path(),
            &[
                "validate branch-study.yaml drawn-study.yaml",
                "study branch-study.yaml list",
                "study list drawn-study.yaml",
                "study drawn-study.yaml list --no-vary --reps 7",
                "study drawn-study.yaml list --only design=half-hour --only duration=21d",
                "study drawn-study.yaml list --only design=nobody",
                "study drawn-study.yaml list --only design",
                "study drawn-study.yaml dance",
                "study tutorial.yaml list",
                "run drawn-study.yaml",
            ],
        ),
    );
}
