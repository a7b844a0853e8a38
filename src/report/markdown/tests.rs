use super::*;
use crate::experiment::{Replication, answers};
use crate::measure::sample;
use crate::scenario::{Expectation, Overrides, Scenario};

fn page_of(scenario: &Scenario) -> String {
    let (_, trace, outcome) = sample::tutorial();
    let run = Run { scenario, trace: &trace, outcome: &outcome, replication: 0 };
    let replications = [Replication::of(scenario, 0, &trace, &outcome, &crate::report::told(&run))];
    let answers = answers(scenario, &replications);
    let many = Many { replications: &replications, answers: &answers, ..Many::default() };
    markdown(&run, &many)
}

#[test]
fn the_verdict_stands_first_below_a_hidden_mark() {
    let (scenario, _, _) = sample::tutorial();
    let page = page_of(&scenario);
    let mut lines = page.lines();
    assert_eq!(lines.next(), Some("<!-- supsim:tutorial -->"));
    assert_eq!(
        lines.next(),
        Some("### supsim: every site became current, after 10.3 h at the latest")
    );
    assert!(page.contains("| primaries | 2 | 9.1 | 9.1 | 10.3 | 10.3 |  |"), "{page}");
    assert!(
        page.contains("4 synchronisations, 1 failed, 1 was a retry; at most 2 at once."),
        "{page}"
    );
    assert!(page.contains("| pull | lima-first-try | UssCommunicationError&#58; WebException | 1 | 1 | Tue 13 Jan 22:17 |"), "{page}");
    assert!(page.contains("| PR2 | Office PR2 | CEN | 10.3 h |"), "{page}");
}

#[test]
fn a_thousand_expectations_and_names_of_a_hundred_characters_stay_below_the_bound() {
    let (mut scenario, _, _) = sample::tutorial();
    for site in &mut scenario.sites {
        site.name = "|".repeat(100);
    }
    let yaml = "supsim: 1\nkind: scenario\nname: tutorial\nstart: 2026-01-13 00:00\nduration: 2d\n\
                sites: { CEN: {}, PR1: { parent: CEN }, PR2: { parent: CEN } }\n\
                catalogue: { releases: { a: { when: { at: 2026-01-13 13:00 }, updates: 9, metadata: 1 MB } } }\n\
                expect: { soon: { metric: time_to_current, at_most: 24h } }\n";
    let read = Scenario::parse("given.yaml", yaml, &Overrides::default());
    let asked = read.unwrap_or_else(|report| panic!("{report}")).0.expectations.remove(0);
    let mut outcomes = Vec::new();
    for count in [1, 2_000] {
        let named = |number| format!("{number}-{}", "x".repeat(90));
        scenario.expectations =
            (0..count).map(|number| Expectation { name: named(number), ..asked.clone() }).collect();
        outcomes.push(page_of(&scenario));
    }
    for page in &outcomes {
        assert!(page.chars().count() < 60_000, "{}", page.chars().count());
        assert!(page.ends_with("</sub>\n") && page.contains("</details>"));
    }
    assert!(outcomes[0].contains("### supsim: the expectation holds\n"), "{}", outcomes[0]);
    assert!(outcomes[1].contains("### supsim: all 2000 expectations hold\n"));
}
