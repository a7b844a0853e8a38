//! What does a wrong file answer? Each `tests/bad/*.yaml` is wrong in one way (or, where its name
//! says so, in several); the `.txt` beside it holds the whole answer.
//!
//! `REWRITE=1 cargo test --test it bad_scenarios` writes the answers anew; read them afterwards.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::time::{Duration, Instant};

use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use supsim::scenario::{Held, Overrides, Report, Scenario, Severity, Study};

use crate::support;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

fn parse(name: &str, text: &str) -> Result<Scenario, Report> {
    Scenario::parse(name, text, &Overrides::default()).map(|(scenario, _)| scenario)
}

/// Every wrong file, and every folder of files that are wrong together: `main.yaml` is read, with
/// the words of `args.txt` on the command line, one flag in each line.
fn wrong_files() -> Vec<PathBuf> {
    let mut files = below(&root().join("tests/bad"), 1);
    files.retain(|path| {
        let folder = path.parent().and_then(Path::file_name).expect("a folder");
        let named = |name: &str| path.file_name().is_some_and(|file| file == name);
        let alone = path.extension().is_some_and(|extension| extension == "yaml");
        if folder == "bad" { alone } else { named("main.yaml") }
    });
    files
}

/// The files in a folder, and in its folders so many levels down.
fn below(folder: &Path, levels: usize) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a folder");
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
    paths.sort();
    let inside = |path: PathBuf| match path.is_dir() {
        true if levels > 0 => below(&path, levels - 1),
        true => Vec::new(),
        false => vec![path],
    };
    paths.into_iter().flat_map(inside).collect()
}

/// The answer agreed to a file, or to a folder.
fn agreed(path: &Path) -> PathBuf {
    let in_folder = path.file_name().is_some_and(|name| name == "main.yaml");
    if in_folder { path.with_file_name("answer.txt") } else { path.with_extension("txt") }
}

/// What is answered to a file: the errors, or the warnings when there are none.
fn answer(path: &Path) -> String {
    let name = path.file_name().expect("a name").to_string_lossy();
    let text = fs::read(path).expect("a file");
    let mut overrides = Overrides::default();
    let mut held = Held { main: name.to_string(), ..Held::default() };
    if name == "main.yaml" {
        let folder = path.parent().expect("a folder");
        for file in below(folder, 2) {
            let name = file.strip_prefix(folder).expect("below").to_string_lossy();
            held.files.insert(name.replace('\\', "/"), fs::read(&file).expect("a file"));
        }
        let words = fs::read_to_string(folder.join("args.txt")).unwrap_or_default();
        overrides = support::overrides(&words);
    }
    let files = Rc::new(held);
    let warnings = if Study::is_one(&text) {
        Study::decode(&name, &text, &overrides, files).map(|(_, warnings)| warnings)
    } else {
        Scenario::decode(&name, &text, &overrides, files).map(|(_, warnings)| warnings)
    };
    match warnings {
        Err(report) => report.to_string(),
        Ok(warnings) => Report { diagnostics: warnings, further: 0 }.to_string(),
    }
}

#[test]
fn every_wrong_file_is_answered_as_agreed() {
    let files = wrong_files();
    assert!(files.len() >= 40, "only {} wrong files", files.len());
    let rewrite = std::env::var_os("REWRITE").is_some();
    let mut different = Vec::new();
    for path in files {
        let answer = answer(&path);
        assert!(!answer.is_empty(), "{} is not wrong", path.display());
        let agreed = agreed(&path);
        if rewrite {
            fs::write(&agreed, &answer).expect("writing the answer");
        } else if fs::read_to_string(&agreed).unwrap_or_default().replace("\r\n", "\n") != answer {
            different.push(format!("{} is answered\n{answer}", path.display()));
        }
    }
    assert!(different.is_empty(), "{}\nREWRITE=1 accepts these answers", different.join("\n"));
}

#[test]
fn every_code_in_the_sources_is_explained_and_no_other() {
    let mut used = BTreeSet::new();
    for path in below(&root().join("src/scenario"), 3) {
        if path.extension().is_some_and(|extension| extension == "rs") {
            used.extend(codes(&fs::read_to_string(path).expect("a source"), '"'));
        }
    }
    let explained =
        codes(&fs::read_to_string(root().join("docs/errors.md")).expect("docs/errors.md"), '#');
    assert_eq!(used, explained);
}

/// `E0102` where `mark` (and perhaps a space) stands in front.
fn codes(text: &str, mark: char) -> BTreeSet<String> {
    let is_code = |part: &str| {
        part.len() == 5
            && part.starts_with(['E', 'W'])
            && part[1..].bytes().all(|b| b.is_ascii_digit())
    };
    text.split(mark)
        .skip(1)
        .filter_map(|part| part.trim_start().get(..5))
        .filter(|part| is_code(part))
        .map(str::to_owned)
        .collect()
}

#[test]
fn every_code_is_met_by_a_wrong_file_or_a_file_that_cannot_be_written_by_hand() {
    // these need a file that is missing, too large, or not text; a word that is not read yet, of
    // which there is none; a scenario given to `supsim study` (tests/commands/study-list.txt)
    let elsewhere = ["E0001", "E0003", "E0190", "E0315", "E0316", "E0609"];
    let mut met: BTreeSet<String> = elsewhere.into_iter().map(str::to_owned).collect();
    for path in wrong_files() {
        met.extend(codes(&answer(&path), '['));
    }
    let explained =
        codes(&fs::read_to_string(root().join("docs/errors.md")).expect("docs/errors.md"), '#');
    let never: Vec<&String> = explained.difference(&met).collect();
    assert!(never.is_empty(), "no wrong file meets {never:?}");
}

#[test]
fn a_file_that_is_missing_or_no_text_is_told_apart_from_a_wrong_one() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("given.yaml");
    let first_code = |path: &Path| {
        let report = Scenario::read(path, &Overrides::default()).expect_err("it is wrong");
        report.diagnostics[0].code
    };
    assert_eq!(first_code(&path), "E0001");
    fs::write(&path, b"supsim: 1\nname: \xff\xfe\n").expect("writing");
    assert_eq!(first_code(&path), "E0003");
    fs::write(&path, b"\xff\xfes\0u\0").expect("writing");
    let report = Scenario::read(&path, &Overrides::default()).expect_err("it is wrong");
    assert!(report.to_string().contains("it is UTF-16"), "what PowerShell writes: {report}");
    fs::File::create(&path).and_then(|file| file.set_len(17 * 1024 * 1024)).expect("writing");
    assert_eq!(first_code(&path), "E0002");
}

/// What a hostile text may cost: about a second, however large it is; five on a busy machine, more
/// in a debug build.
fn answered_at_once(what: &str, text: &str) -> Report {
    let begun = Instant::now();
    let report = parse("hostile.yaml", text).expect_err(what);
    let took = begun.elapsed();
    let allowed = Duration::from_secs(if cfg!(debug_assertions) { 120 } else { 5 });
    assert!(took < allowed, "{what} took {took:?}");
    report
}

#[test]
fn deep_nesting_is_refused_where_it_begins() {
    for text in
        ["[".repeat(100_000), "{a: ".repeat(100_000), "- ".repeat(100_000), "? ".repeat(50_000)]
    {
        let report = answered_at_once("deep nesting", &text);
        assert_eq!(report.diagnostics[0].code, "E0002", "{report}");
    }
    let stairs: String = (0..2_000).map(|depth| format!("{}a:\n", " ".repeat(depth))).collect();
    assert_eq!(answered_at_once("stairs", &stairs).diagnostics[0].code, "E0002");
}

#[test]
fn aliases_are_never_followed() {
    let mut text = String::from("a0: &a0 [lol]\n");
    for level in 1..30 {
        let list = vec![format!("*a{}", level - 1); 10].join(", ");
        text += &format!("a{level}: &a{level} [{list}]\n");
    }
    let report = answered_at_once("a billion laughs", &text);
    assert!(report.diagnostics.iter().any(|found| found.code == "E0007"));
}

#[test]
fn a_million_keys_are_refused() {
    let keys: String = (0..1_000_000).map(|number| format!("k{number}: 1\n")).collect();
    let report = answered_at_once("a million keys", &keys);
    assert!(report.diagnostics.iter().any(|found| found.code == "E0002"), "{report}");
    assert!(report.diagnostics.len() <= 1_000);
}

#[test]
fn too_many_values_sites_and_times_are_refused() {
    let list = format!("supsim: [{}]\n", "1,".repeat(3_500_000));
    answered_at_once("millions of values", &list);
    let head =
        "supsim: 1\nkind: scenario\nname: many\nstart: 2026-01-01 00:00\nsites: { CEN: {} }\n";
    let has =
        |report: &Report, code: &str| report.diagnostics.iter().any(|found| found.code == code);
    let sites = format!(
        "{head}generate: {{ g: {{ under: {{}}, total: 100000, code: \"S{{n36:04}}\" }} }}\n"
    );
    assert!(has(&answered_at_once("too many sites", &sites), "E0315"));
    let times =
        format!("{head}duration: 3000d\nsync: {{ schedule: {{ simple: {{ every: 1s }} }} }}\n");
    assert!(has(&answered_at_once("too many times", &times), "E0316"));
    let releases =
        "catalogue: { releases: { r: { when: { every: 1us }, updates: 1, metadata: 1 B } } }\n";
    assert!(has(&answered_at_once("too many releases", &format!("{head}{releases}")), "E0316"));
}

#[test]
fn a_hundred_thousand_mistakes_are_counted_and_a_thousand_shown() {
    let sites: String = (0..100_000)
        .map(|number| format!("  S{number:05}: {{ parent: NO{number}, link: x, timezone: Nowhere{number}, colour: red, type: big }}\n"))
        .collect();
    let text =
        format!("supsim: 1\nkind: scenario\nname: many\nstart: 2026-01-01 00:00\nsites:\n{sites}");
    let report = answered_at_once("many mistakes", &text);
    assert_eq!(report.diagnostics.len(), 1_000);
    assert!(report.further >= 499_000, "{}", report.further);
    assert!(report.to_string().ends_with("more\n"));
}

#[test]
fn as_many_sites_as_may_be_are_read() {
    let count = if cfg!(debug_assertions) { 20_000 } else { 100_000 };
    let sites: String = (0..count)
        .map(|n| match n {
            0 => "  S00000: { type: central, link: wan }\n".to_owned(),
            n if n <= 300 => format!("  S{n:05}: {{ template: regional, parent: S00000, labels: {{ region: AMER }} }}\n"),
            n => format!("  S{n:05}: {{ template: branch, parent: S{:05}, name: branch {n}, timezone: Europe/Berlin }}\n", n % 300 + 1),
        })
        .collect();
    let text = format!(
        "supsim: 1\nkind: scenario\nname: large\nstart: 2026-01-01 00:00\nlinks: {{ wan: {{ bandwidth: 2 Mbit/s }} }}\n\
         templates: {{ regional: {{ link: wan }}, branch: {{ type: secondary, link: wan }} }}\nsites:\n{sites}"
    );
    let begun = Instant::now();
    let scenario = parse("large.yaml", &text).unwrap_or_else(|report| panic!("{report}"));
    let took = begun.elapsed();
    println!("{count} sites, {} bytes, read in {took:?}", text.len());
    assert_eq!(scenario.sites.len(), count);
    assert!(took < Duration::from_secs(if cfg!(debug_assertions) { 120 } else { 5 }), "{took:?}");
    let written = scenario.to_yaml();
    println!("written out in {} bytes", written.len());
    assert_eq!(
        parse("written.yaml", &written).expect("it can be read again").sites,
        scenario.sites
    );
}

#[test]
fn a_long_chain_and_a_long_ring_of_sites_are_refused_without_recursion() {
    let chain = |last: &str| -> String {
        let links =
            (1..50_000).map(|number| format!("  S{number:05}: {{ parent: S{:05} }}\n", number - 1));
        format!(
            "supsim: 1\nkind: scenario\nname: chain\nstart: 2026-01-01 00:00\nsites:\n  S00000: {last}\n{}",
            links.collect::<String>()
        )
    };
    let report = answered_at_once("a chain", &chain("{}"));
    assert_eq!(report.diagnostics[0].code, "E0308", "{report}");
    let report = answered_at_once("a ring", &chain("{ parent: S49999 }"));
    assert!(report.diagnostics.iter().any(|found| found.code == "E0302"), "{report}");
}

#[test]
fn all_mistakes_of_a_file_are_told_in_order_of_place() {
    let path = root().join("tests/bad/many-mistakes.yaml");
    let text = fs::read_to_string(path).expect("the file");
    let report = parse("many-mistakes.yaml", &text).expect_err("it is wrong");
    assert!(report.errors() >= 10, "{report}");
    let places: Vec<(usize, usize)> =
        report.diagnostics.iter().map(|found| (found.line, found.column)).collect();
    assert!(places.is_sorted(), "{places:?}");
    assert!(report.diagnostics.iter().all(|found| found.line > 0 && found.column > 0));
}

const VALID: &str = include_str!("../../src/scenario/everything.yaml");

#[test]
fn the_scenario_of_everything_is_good() {
    let (scenario, warnings) =
        Scenario::parse("everything.yaml", VALID, &Overrides::default()).expect("it is good");
    assert!(warnings.iter().all(|found| found.severity == Severity::Warning));
    assert_eq!(scenario.sites.len(), 27);
    let seed = Overrides { seed: Some(7), ..Overrides::default() };
    assert_eq!(Scenario::parse("everything.yaml", VALID, &seed).expect("it is good").0.seed, 7);
}

/// Words that mean something in the language, and some that mean something to YAML.
const WORDS: [&str; 60] = [
    "supsim",
    "kind",
    "scenario",
    "name",
    "start",
    "2026-01-01 00:00",
    "sites",
    "CEN",
    "parent",
    "template",
    ":",
    ": ",
    "\n",
    "\n  ",
    "\n    ",
    "{",
    "}",
    "[",
    "]",
    ",",
    "- ",
    "\"",
    "'",
    "#",
    "&a",
    "*a",
    "!t",
    "|",
    ">",
    "%",
    "?",
    "<<",
    "---",
    "...",
    "\t",
    "1",
    "0",
    "-1",
    "1e9",
    ".nan",
    "~",
    "null",
    "true",
    "yes",
    "60min",
    "1h",
    "2 Mbit/s",
    "25%",
    "48 MB",
    "generate",
    "under",
    "total",
    "code",
    "B{n}",
    "{",
    "faults",
    "when",
    "window",
    "\u{0}",
    "\u{feff}",
];

fn never_panics_and_always_answers(text: &str) -> Result<(), TestCaseError> {
    let begun = Instant::now();
    match parse("given.yaml", text) {
        Ok(scenario) => {
            let written = scenario.to_yaml();
            match parse("written.yaml", &written) {
                Ok(again) => prop_assert_eq!(again.to_yaml(), written),
                Err(report) => prop_assert!(
                    false, "{}
{}", report, written
                ),
            }
        }
        Err(report) => {
            prop_assert!(report.errors() > 0);
            let shown = report.to_string();
            prop_assert!(!shown.chars().any(|c| c.is_control() && c != '\n'));
            for found in &report.diagnostics {
                prop_assert!(found.code.len() == 5 && found.line > 0, "{}", found);
            }
        }
    }
    let took = begun.elapsed();
    prop_assert!(
        took < Duration::from_secs(if cfg!(debug_assertions) { 60 } else { 1 }),
        "took {took:?}"
    );
    Ok(())
}

/// The same texts on every machine and every day; `PROPTEST_RNG_SEED` and `PROPTEST_CASES` try others.
fn fuzzing() -> ProptestConfig {
    let mut config = ProptestConfig { failure_persistence: None, ..ProptestConfig::default() };
    if config.rng_seed == RngSeed::Random {
        config.rng_seed = RngSeed::Fixed(6701);
    }
    config
}

proptest! {
    #![proptest_config(fuzzing())]

    #[test]
    fn a_soup_of_words_is_always_answered(words in prop::collection::vec(0..WORDS.len(), 0..60)) {
        let text: String = words.into_iter().map(|word| WORDS[word]).collect();
        never_panics_and_always_answers(&text)?;
    }

    #[test]
    fn a_good_file_that_was_damaged_is_always_answered(
        cuts in prop::collection::vec((any::<prop::sample::Index>(), 0..24usize, 0..WORDS.len()), 1..4),
    ) {
        let mut text: Vec<char> = VALID.chars().collect();
        for (at, length, word) in cuts {
            let begin = at.index(text.len());
            let end = (begin + length).min(text.len());
            text.splice(begin..end, WORDS[word].chars());
        }
        never_panics_and_always_answers(&text.into_iter().collect::<String>())?;
    }

    #[test]
    fn a_good_file_with_a_line_lost_or_doubled_is_always_answered(at in any::<prop::sample::Index>(), doubled: bool) {
        let mut lines: Vec<&str> = VALID.lines().collect();
        let line = at.index(lines.len());
        if doubled {
            lines.insert(line, lines[line]);
        } else {
            lines.remove(line);
        }
        never_panics_and_always_answers(&lines.join("\n"))?;
    }

    #[test]
    fn any_bytes_are_always_answered(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        never_panics_and_always_answers(&String::from_utf8_lossy(&bytes))?;
    }
}
