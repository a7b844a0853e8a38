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
