use super::super::{Gilding, Look};
use super::*;
use crate::measure::sample;

/// Names that mean something to a terminal, XML, Markdown and GitHub.
const HOSTILE: &str = "a<b>&\"'\u{1b}[31m\n::error::x|`@all%0A,\u{0}";

fn case(name: &str, finding: Finding) -> Case {
    Case {
        name: name.to_owned(),
        finding,
        wanted: format!("at most {HOSTILE}"),
        got: format!("3 {HOSTILE}"),
        because: Some(format!("PR2 late: {HOSTILE}")),
        repeat: "supsim explain a.yaml PR2".to_owned(),
        line: Some(7),
        lines: vec![format!("- 0 {HOSTILE}"), "+ ``` </details>".to_owned()],
    }
}

fn suite(name: &str, cases: Vec<Case>) -> Suite {
    let (scenario, trace, outcome) = sample::tutorial();
    let mut gilding = Gilding::begin(&scenario);
    gilding.add(&Run { scenario: &scenario, trace: &trace, outcome: &outcome, replication: 0 });
    let now = gilding.finish(&scenario, &Many::default());
    let ran = Ran { seed: 1, replications: 1, now, then: None, golden_file: "g".to_owned() };
    let state = State::Ran(Box::new(ran));
    Suite { name: name.to_owned(), file: format!("dir/{name}.yaml"), state, cases, before: None }
}

fn hostile() -> Vec<Suite> {
    let findings =
        [Finding::Failed, Finding::NoData, Finding::Inconclusive, Finding::Warned, Finding::Passed];
    let mut cases: Vec<Case> = findings.into_iter().map(|one| case(HOSTILE, one)).collect();
    cases.push(case(GOLDEN, Finding::Differs));
    let broken = State::Broken(format!("error: {HOSTILE}"));
    let broken = Suite { state: broken, cases: Vec::new(), ..suite(HOSTILE, Vec::new()) };
    vec![suite(HOSTILE, cases), broken]
}

#[test]
fn hostile_names_reach_no_terminal() {
    let text = check_text(&hostile(), 1, Look::default());
    assert!(!text.contains('\u{1b}') && !text.contains('\u{0}'), "{text}");
    assert!(!text.lines().any(|line| line.starts_with("::")), "{text}");
    let ascii = check_text(&hostile(), 1, Look { ascii: true, colour: false });
    assert!(ascii.is_ascii());
}

#[test]
fn hostile_names_begin_no_command_of_their_own() {
    let text = annotations(&hostile());
    let lines: Vec<&str> = text.lines().collect();
    // five findings that are not as wanted, and the scenario that could not be run
    assert_eq!(lines.len(), 6, "{text}");
    for line in lines {
        let rest = line.strip_prefix("::error ").or(line.strip_prefix("::warning ")).expect(line);
        let (properties, message) = rest.split_once("::").unwrap();
        assert_eq!(properties.split(',').count(), 3, "{line}");
        assert!(properties.starts_with("file=dir/"), "{line}");
        assert!(message.contains("%2525") || message.contains("%250A"), "a % is escaped: {line}");
    }
    assert!(text.contains(",line=7,"), "{text}");
}

#[test]
fn a_summary_stays_below_what_a_comment_takes() {
    let many: Vec<Suite> =
        (0..400).map(|number| suite(&format!("s{number}"), hostile()[0].cases.clone())).collect();
    let text = check_markdown(&many);
    assert!(text.starts_with("<!-- supsim:check -->\n"), "{}", &text[..80]);
    assert!(text.chars().count() < 60_000, "{}", text.chars().count());
    assert!(text.contains("with something to tell"), "it says that it is not all");
    assert_eq!(text.matches("<details>").count(), text.matches("\n</details>\n").count());
    assert_eq!(text.matches("\n```").count() % 2, 0, "every fence is closed");
    // what is in a fence is shown as it is, and means nothing
    let outside = text.split("\n```").step_by(2).collect::<String>();
    assert!(outside.contains("&#64;all") && !outside.contains("@all"), "nobody is mentioned");
}

#[test]
fn only_what_is_not_as_wanted_is_told_in_full() {
    let good = suite("good", vec![case("one", Finding::Passed)]);
    let open = suite("open", vec![case("two", Finding::Inconclusive)]);
    let text = check_text(&[good, open], 4, Look::default());
    assert!(text.starts_with("PASS  good   1/1"), "{text}");
    assert!(text.contains("\nOPEN  open   0/1"), "{text}");
    assert!(!text.contains("good: one") && text.contains("open: two cannot be told yet"), "{text}");
    assert!(text.contains("1 of 2 scenarios cannot be told yet"), "{text}");
}
