//! A hierarchy as the read-only cmdlets export it becomes a scenario that is good and runs.

use std::fs;

use crate::commands::supsim;

const SITES: &str = include_str!("configmgr/sites.csv");
const ROUTES: &str = include_str!("configmgr/routes.json");

fn said(place: &std::path::Path, words: &[&str]) -> (i32, String) {
    let output = supsim(place, words);
    let all = [output.stdout, output.stderr].concat();
    (output.status.code().expect("not killed"), String::from_utf8(all).expect("UTF-8"))
}

/// As Windows PowerShell 5.1 writes it with -Encoding Unicode.
fn utf16(text: &str) -> Vec<u8> {
    format!("\u{feff}{text}").encode_utf16().flat_map(u16::to_le_bytes).collect()
}

#[test]
fn exports_in_any_encoding_give_the_same_scenario_and_it_runs() {
    let place = tempfile::tempdir().unwrap();
    let place = place.path();
    fs::write(place.join("sites.csv"), SITES).unwrap();
    fs::write(place.join("routes.json"), ROUTES).unwrap();
    fs::write(place.join("wide.csv"), utf16(SITES)).unwrap();
    fs::write(place.join("wide.json"), utf16(ROUTES)).unwrap();
    let words = ["import", "configmgr", "--sites", "sites.csv", "--routes", "routes.json"];
    let (code, told) = said(place, &[&words[..], &["-o", "a.yaml"]].concat());
    assert_eq!(code, 0, "{told}");
    assert_eq!(
        told,
        "5 sites: 1 central, 2 primaries, 2 secondaries\n\
         3 routes lead from a parent to its child, 2 elsewhere (left out)\n\
         3 columns are not used: BuildNumber, ServerName, Version\n\
         examples stand for what these exports do not say: time zones, links, the schedule, releases\n\
         scenario written: a.yaml      try: supsim show topology a.yaml\n"
    );
    let (code, wide) =
        said(place, &["import", "configmgr", "--sites", "wide.csv", "--routes", "wide.json", "-q"]);
    assert_eq!((code, &wide), (0, &fs::read_to_string(place.join("a.yaml")).unwrap()));
    let (code, told) = said(place, &["validate", "a.yaml"]);
    assert_eq!(code, 0, "{told}");
    let (code, told) = said(place, &["run", "a.yaml", "--no-store"]);
    assert_eq!(code, 0, "{told}");
    assert!(told.contains("All 5 sites became current with patch-tuesday"), "{told}");
    let (_, told) = said(place, &["show", "sites", "a.yaml", "--format", "csv"]);
    assert!(told.contains("PR2,\"Köln \"\"Nord\"\"\",primary,2,CEN"), "{told}");
}

#[test]
fn what_is_no_export_is_answered() {
    let place = tempfile::tempdir().unwrap();
    let place = place.path();
    fs::write(place.join("sites.csv"), SITES).unwrap();
    fs::write(place.join("broken.json"), &ROUTES[..ROUTES.len() / 2]).unwrap();
    fs::write(place.join("noise.csv"), (0..=255).cycle().take(9_000).collect::<Vec<u8>>()).unwrap();
    for (words, code, what) in [
        (&["--sites", "missing.csv"][..], 74, "missing.csv"),
        (&["--sites", "noise.csv"], 2, "noise.csv: "),
        (&["--sites", "broken.json"], 2, "no column SiteCode"),
        (&["--sites", "sites.csv", "--routes", "broken.json"], 2, "broken.json"),
        (&["--sites", "sites.csv", "--routes", "sites.csv"], 2, "error[E"),
    ] {
        let (ended, told) = said(place, &[&["import", "configmgr"][..], words].concat());
        assert_eq!(ended, code, "{told}");
        assert!(told.contains(what) && !told.contains("panicked"), "{told}");
    }
}
