//! `supsim chart`: the same run, drawn again, whatever was stored of it.

use std::fs;
use std::path::Path;

use crate::commands::{agreed, conversation, folder, supsim};

fn bytes(place: &Path, file: &str) -> Vec<u8> {
    fs::read(place.join(file)).unwrap_or_else(|error| panic!("{file}: {error}"))
}

#[test]
fn a_chart_is_asked_for_by_name_and_a_mistake_says_what_there_is() {
    let place = folder(&["scenarios/three-tier.yaml"]);
    agreed(
        "chart",
        &conversation(
            place.path(),
            &[
                "chart three-tier.yaml",
                "chart three-tier.yaml propagation --ascii",
                "chart three-tier.yaml heatmap",
                "chart three-tier.yaml heatmap --rows link --columns type --ascii",
                "chart three-tier.yaml blame --ascii",
                "chart three-tier.yaml timeline -o night.SVG",
                "chart three-tier.yaml heatmap --release patch-tuesday -o slow.png",
                "chart three-tier.yaml timeline",
                "chart three-tier.yaml heatmap -o slow.pdf",
                "chart three-tier.yaml heatmap -o pages/one/slow.svg",
                "chart three-tier.yaml heatmap --release patch",
                "chart three-tier.yaml heatmap --rows regio -o slow.svg",
                "chart three-tier.yaml timeline --rows link -o night.svg",
                "chart three-tier.yaml heat",
                "chart latest heatmap",
            ],
        ),
    );
    assert!(bytes(place.path(), "night.SVG").starts_with(b"<svg "));
    assert!(bytes(place.path(), "slow.png").starts_with(b"\x89PNG\r\n"));
}

#[test]
fn a_stored_run_gives_the_same_bytes_however_little_was_stored_of_it() {
    let place = folder(&["scenarios/three-tier.yaml"]);
    let place = place.path();
    for (words, file) in [
        (vec!["--charts", "svg"], "all.svg"),
        (vec!["--charts", "none", "--events", "none", "--logs", "none"], "little.svg"),
    ] {
        let ran = supsim(place, &[&["run", "three-tier.yaml", "-q"], &words[..]].concat());
        assert!(ran.status.code().is_some_and(|code| code < 2), "{ran:?}");
        let drawn = supsim(place, &["chart", "latest", "heatmap", "-o", file]);
        assert_eq!(drawn.status.code(), Some(0), "{drawn:?}");
    }
    // The two runs have folders of their own, which the last line names.
    let drawing = |file| {
        let svg = String::from_utf8(bytes(place, file)).unwrap();
        svg.split("repeat: supsim chart").next().unwrap().to_owned()
    };
    assert_eq!(drawing("all.svg"), drawing("little.svg"));
    fs::remove_file(place.join("all.svg")).unwrap();
    let drawn = supsim(place, &["chart", "latest", "heatmap", "-o", "all.svg"]);
    assert_eq!(drawn.status.code(), Some(0));
    let drawn = supsim(place, &["chart", "latest", "heatmap", "-o", "again.svg"]);
    assert_eq!(drawn.status.code(), Some(0));
    assert_eq!(bytes(place, "again.svg"), bytes(place, "all.svg"));
    let unwritable = supsim(place, &["chart", "latest", "heatmap", "-o", "all.svg/x.svg"]);
    assert_eq!(unwritable.status.code(), Some(74), "{unwritable:?}");
}

/// Names with everything that a document or a table could trip over.
const HOSTILE: &str = r#"
supsim: 1
kind: scenario
name: hostile
timezone: Europe/Berlin
start: 2026-01-12 00:00
duration: 3d
catalogue:
  releases:
    patch-tuesday: { when: { at: 2026-01-13 13:00 }, updates: 120, metadata: 45 MB }
links:
  wan-2m: { bandwidth: 2 Mbit/s, latency: 40ms }
sites:
  CEN: { type: central, name: "<script>alert(1)</script>" }
  PR1: { parent: CEN, link: wan-2m, name: "\"onload='x\" & ]]>", labels: { region: "<i>&amp;" } }
  PR2: { parent: CEN, link: wan-2m, name: "a{}%s", labels: { region: APAC } }
sync:
  schedule: { weekly: { on: [Tue], at: "22:00" } }
faults:
  never-up:
    where: { code: PR2 }
    do: link_down
    when: { window: { from: 2026-01-13 20:00, until: 2026-01-15 00:00 } }
"#;

#[test]
fn no_name_breaks_a_chart_and_all_charts_of_a_run_are_stored() {
    let place = tempfile::tempdir().unwrap();
    fs::write(place.path().join("hostile.yaml"), HOSTILE).unwrap();
    let ran = supsim(place.path(), &["run", "hostile.yaml", "-q", "--charts", "svg"]);
    assert_eq!(ran.status.code(), Some(0), "{ran:?}");
    let stored = fs::read_dir(place.path().join("results")).unwrap();
    let stored =
        stored.map(|entry| entry.unwrap().path()).find(|path| path.join("charts").is_dir());
    let charts = stored.expect("a stored run").join("charts");
    for name in
        ["propagation", "timeline", "heatmap", "blame", "load", "staleness", "links", "topology"]
    {
        let svg = fs::read_to_string(charts.join(format!("{name}.svg"))).expect(name);
        for broken in ["<script", "<i>", "&amp;amp;amp;", "\"onload", "&<"] {
            assert!(!svg.contains(broken), "{broken} in {name}");
        }
    }
    let topology = fs::read_to_string(charts.join("topology.svg")).unwrap();
    assert!(topology.contains("&lt;script&gt;alert(1)&lt;/script&gt;"), "{topology}");
    let words = ["chart", "hostile.yaml", "heatmap", "--rows", "region", "-o", "region.svg"];
    assert_eq!(supsim(place.path(), &words).status.code(), Some(0));
    let svg = String::from_utf8(bytes(place.path(), "region.svg")).unwrap();
    assert!(svg.contains("&lt;i&gt;&amp;amp;") && svg.contains("no region"), "{svg}");
}

#[test]
fn a_fan_is_of_as_many_replications_as_are_asked_for() {
    let place = folder(&["scenarios/21-outages-at-random.yaml"]);
    let draw = |file: &str, count: &str| {
        let words = ["chart", "21-outages-at-random.yaml", "fan", "--reps", count, "-o", file];
        let drawn = supsim(place.path(), &words);
        assert_eq!(drawn.status.code(), Some(0), "{drawn:?}");
        String::from_utf8(bytes(place.path(), file)).unwrap()
    };
    let ten = draw("ten.svg", "10");
    assert!(ten.contains("replications 0 to 9") && ten.contains("nine tenths of 10 replications"));
    assert_eq!(ten, draw("again.svg", "10"), "on however many threads");
    assert_ne!(ten, draw("three.svg", "3"));
}
