use super::*;
use crate::measure::sample;

fn drawn(topology: &Topology<'_>) -> (String, String, String) {
    let (mut dot, mut csv) = (Vec::new(), Vec::new());
    write_dot(topology, &mut dot).unwrap();
    write_org_chart(topology, &mut csv).unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (text(dot), mermaid(topology).unwrap(), text(csv))
}

#[test]
fn every_drawing_says_who_is_below_whom() {
    let (scenario, _, _) = sample::tutorial();
    let (dot, mermaid, csv) = drawn(&Topology::described(&scenario));
    for line in ["\"CEN\" -> \"PR1\";", "\"CEN\" -> \"PR2\";"] {
        assert!(dot.contains(line), "{dot}");
    }
    assert!(mermaid.contains("  s0 --> s1\n  s0 --> s2\n"), "{mermaid}");
    assert_eq!(
        csv,
        "Name,Reports_To,Title\r\nCEN,,\"Office CEN, central\"\r\n\
         PR1,CEN,\"Office PR1, primary\"\r\nPR2,CEN,\"Office PR2, primary\"\r\n"
    );
}

#[test]
fn only_results_are_coloured_and_slow_is_darker() {
    let (scenario, _, mut outcome) = sample::tutorial();
    let (dot, mermaid, csv) = drawn(&Topology::described(&scenario));
    assert!(!dot.contains("cluster_key") && !mermaid.contains("classDef"), "{dot}{mermaid}");
    assert!(!dot.contains("#08519C") && !csv.contains("current"), "{dot}");

    outcome.arrivals[0].current = None;
    let (dot, mermaid, csv) = drawn(&Topology::painted(&scenario, &outcome));
    let line = |id: &str| {
        let begin = format!("{id} [");
        dot.lines().find(|line| line.trim_start().starts_with(&begin)).unwrap().to_owned()
    };
    assert!(line("\"CEN\"").contains("never") && line("\"CEN\"").contains("#B24E00"), "{dot}");
    assert!(line("\"PR2\"").contains("10.3 h") && line("\"PR2\"").contains("#08519C"), "{dot}");
    assert!(line("\"key step5\"").contains("up to 10.3 h"), "{dot}");
    assert!(mermaid.contains("10.3 h\"]:::step5"), "{mermaid}");
    assert!(mermaid.contains("classDef never fill:#B24E00"), "{mermaid}");
    assert!(csv.contains("primary, current after 10.3 h\""), "{csv}");
    assert!(csv.contains("central, never current\""), "{csv}");
}

#[test]
fn a_delay_falls_into_the_step_that_its_bound_ends() {
    let hours = Duration::from_hours;
    let between = |fastest, slowest| Results {
        release: None,
        sites: Vec::new(),
        fastest: hours(fastest),
        slowest: hours(slowest),
    };
    let steps = [10, 11, 12, 13, 19, 20].map(|hour| between(10, 20).step(hours(hour)));
    assert_eq!(steps, [0, 0, 0, 1, 4, 4]);
    assert_eq!(between(9, 9).step(hours(9)), 0);
}

#[test]
fn a_flow_chart_of_too_many_sites_is_refused_with_what_to_do() {
    let (mut scenario, _, _) = sample::tutorial();
    let site = scenario.sites[2].clone();
    while scenario.sites.len() < 61 {
        scenario.sites.push(site.clone());
    }
    let refused = mermaid(&Topology::described(&scenario)).unwrap_err();
    assert_eq!(refused, TooManySites(61));
    assert!(refused.to_string().contains(".dot"), "{refused}");
    scenario.sites.pop();
    assert!(mermaid(&Topology::described(&scenario)).is_ok());
}

#[test]
fn no_name_breaks_out_of_its_label() {
    let (mut scenario, _, outcome) = sample::tutorial();
    scenario.sites[0].name =
        "\"]; x -> y \\N <script>`|`</script> &quot;\u{1b}[31m\n%%{init}".to_owned();
    scenario.sites[1].name = "=cmd()".to_owned();
    let (dot, mermaid, csv) = drawn(&Topology::painted(&scenario, &outcome));
    assert!(
        dot.contains(
            r#"label="CEN\n\"]; x -> y \\N <script>`|`</script> &amp;quot; [31m %%{init}\n"#
        ),
        "{dot}"
    );
    let label = mermaid.lines().find(|line| line.starts_with("  s0[")).unwrap();
    let inside = label.strip_prefix("  s0[\"").unwrap().split("\"]:::").next().unwrap();
    let free = inside.replace("<br/>", "");
    assert!(!free.contains(['"', '<', '>', ']', '`', '|', '{', '\\', '&']), "{label}");
    assert!(csv.contains("\"'=cmd(), primary, current after"), "{csv}");
    assert!(csv.contains("\"\"\"]; x -> y"), "{csv}");
    for text in [dot, mermaid, csv] {
        assert!(!text.contains('\u{1b}'), "{text}");
    }
}
