use super::*;
use crate::measure::{Outcome, sample};
use crate::scenario::Scenario;
use crate::trace::Trace;

fn page(scenario: &Scenario, trace: &Trace, outcome: &Outcome) -> String {
    let run = Run { scenario, trace, outcome, replication: 0 };
    let mut bytes = Vec::new();
    write_html(&run, &Many::default(), &mut bytes).unwrap();
    String::from_utf8(bytes).unwrap()
}

fn tutorial() -> String {
    let (scenario, trace, outcome) = sample::tutorial();
    page(&scenario, &trace, &outcome)
}

/// Every tag of a page with what is inside its brackets, without style, scripts and pictures.
fn tags(page: &str) -> Vec<&str> {
    page.split('<').skip(1).filter_map(|piece| piece.split_once('>')).map(|(tag, _)| tag).collect()
}

#[test]
fn headings_go_down_one_step_at_a_time_and_there_is_one_of_the_first() {
    let page = tutorial();
    let level = |tag: &&str| {
        let level = tag.strip_prefix('h')?.chars().next()?.to_digit(10)?;
        tag[2..].chars().next().is_none_or(|next| next == ' ').then_some(level)
    };
    let levels: Vec<u32> = tags(&page).iter().filter_map(level).collect();
    assert_eq!(levels.iter().filter(|level| **level == 1).count(), 1);
    assert_eq!(levels[0], 1);
    assert!(levels.windows(2).all(|pair| pair[1] <= pair[0] + 1), "{levels:?}");
    for landmark in ["header", "nav aria-label=\"Contents\"", "main id=\"content\"", "footer"] {
        assert!(page.contains(&format!("<{landmark}>")), "{landmark}");
    }
}

#[test]
fn every_part_is_in_the_contents_and_every_link_leads_somewhere() {
    let page = tutorial();
    for (id, ..) in PARTS {
        assert!(page.contains(&format!("<a href=\"#{id}\">")), "{id}");
    }
    for link in page.split("href=\"").skip(1).filter_map(|rest| rest.split_once('"')) {
        let id = link.0.strip_prefix('#').expect("a link inside the page");
        assert!(page.contains(&format!("id=\"{id}\"")), "#{id}");
    }
}

#[test]
fn the_same_run_gives_the_same_bytes() {
    assert!(tutorial() == tutorial());
}

#[test]
fn a_place_inside_a_text_stays_a_text() {
    let (mut scenario, trace, outcome) = sample::tutorial();
    scenario.description = "{{SCRIPT}} {{ }} }} {{".to_owned();
    let page = page(&scenario, &trace, &outcome);
    assert!(page.contains("{{SCRIPT}} {{ }} }} {{"), "the description is not what was written");
}

#[test]
fn a_hostile_name_is_text_wherever_it_stands() {
    let (mut scenario, trace, outcome) = sample::tutorial();
    let name = "</script><script>alert(1)</script>\"onload=\"alert(2)' & <!--";
    scenario.description = name.to_owned();
    for site in &mut scenario.sites {
        site.name = name.to_owned();
    }
    for release in &mut scenario.catalogue.releases {
        release.name = name.to_owned();
    }
    for fault in &mut scenario.faults {
        fault.name = name.to_owned();
    }
    let (quiet, trace_, outcome_) = sample::tutorial();
    let (hostile, plain) = (page(&scenario, &trace, &outcome), page(&quiet, &trace_, &outcome_));
    assert!(hostile.contains("&lt;script&gt;alert(1)"), "the name is shown");
    let scripts = |page: &str| tags(page).iter().filter(|tag| tag.starts_with("script")).count();
    assert_eq!(scripts(&hostile), scripts(&plain));
    assert_eq!(scripts(&hostile), 2);
    for tag in tags(&hostile) {
        assert!(!tag.contains("alert") && !tag.contains("onload"), "<{tag}>");
    }
}

#[test]
fn what_was_left_unsaid_is_marked_as_a_gap() {
    let page = tutorial();
    assert!(page.contains("The scenario does not say what it is for"));
    let (mut scenario, trace, outcome) = sample::tutorial();
    scenario.description = "To choose the hour.".to_owned();
    let page = self::page(&scenario, &trace, &outcome);
    assert!(!page.contains("The scenario does not say what it is for"));
    let at = |heading: &str| page.find(heading).unwrap_or_else(|| panic!("{heading} is missing"));
    let order = [
        "1. Purpose",
        "2. Outputs",
        "3. Scenario",
        "4. Logic",
        "5. Parameters",
        "6. Initialisation",
        "7. Run length",
        "8. Replications",
        "9. Random numbers",
        "10. Software",
        "11. Code",
    ];
    assert!(order.windows(2).all(|pair| at(pair[0]) < at(pair[1])));
}
