//! What several questions share: a scenario from text, a run of it, and where things lie.

use std::path::{Path, PathBuf};
use std::rc::Rc;

use supsim::scenario::{Held, Overrides, Report, Scenario, SitesOverride, Study};
use supsim::trace::{Fact, Record, Trace};
use supsim::units::{Instant, SiteId};

/// A scenario from its text; a mistake in it is a mistake in the test.
pub fn scenario(text: &str) -> Scenario {
    match Scenario::parse("test.yaml", text, &Overrides::default()) {
        Ok((scenario, _warnings)) => scenario,
        Err(report) => panic!("the scenario of this test is wrong:\n{report}"),
    }
}

/// Its run, in replication 0.
pub fn run(scenario: &Scenario) -> Trace {
    supsim::world::run(scenario, 0)
}

/// The site with that code.
pub fn site(scenario: &Scenario, code: &str) -> SiteId {
    let place = scenario.sites.iter().position(|site| site.code == code);
    SiteId(place.unwrap_or_else(|| panic!("no site {code}")) as u32)
}

/// What happened at a site, in order.
pub fn at(trace: &Trace, site: SiteId) -> impl Iterator<Item = &Record> {
    trace.records.iter().filter(move |record| record.site == site)
}

/// When something happened at a site, each time.
pub fn times(trace: &Trace, site: SiteId, what: impl Fn(&Fact) -> bool) -> Vec<Instant> {
    at(trace, site).filter(|record| what(&record.fact)).map(|record| record.at).collect()
}

/// A path below the project's folder.
pub fn project(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// Every scenario in `scenarios/`, in the order of their names.
pub fn scenarios() -> Vec<PathBuf> {
    let entries = std::fs::read_dir(project("scenarios")).expect("scenarios/ is there");
    let mut files: Vec<PathBuf> = entries
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "yaml"))
        .filter(|path| !Study::is_one(&std::fs::read(path).expect("a file")))
        .collect();
    files.sort();
    assert!(!files.is_empty(), "scenarios/ holds no scenario");
    files
}

/// The runs that are stored in a folder of results, in the order of their names; what is hidden
/// there is none.
pub fn stored_runs(results: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(results).unwrap().map(|entry| entry.unwrap().path());
    let mut runs: Vec<PathBuf> =
        entries.filter(|path| path.join("manifest.json").is_file()).collect();
    runs.sort();
    runs
}

/// Reads a scenario file of the project.
pub fn read(path: &Path) -> Scenario {
    match Scenario::read(path, &Overrides::default()) {
        Ok((scenario, _warnings)) => scenario,
        Err(report) => panic!("{}:\n{report}", path.display()),
    }
}

/// What a command line would say: one flag in each line, as `--set PATH=VALUE`.
pub fn overrides(lines: &str) -> Overrides {
    let mut overrides = Overrides::default();
    for line in lines.lines().filter(|line| !line.trim().is_empty()) {
        let (flag, value) = line.split_once(' ').unwrap_or((line, ""));
        let value = value.to_owned();
        match (flag, overrides.sites.last_mut()) {
            ("-p", _) => overrides.params.push(value),
            ("--with", _) => overrides.with.push(value),
            ("--where", _) => overrides
                .sites
                .push(SitesOverride { selected: vec![value], ..SitesOverride::default() }),
            ("--set", None) => overrides.set.push(value),
            ("--set", Some(last)) => last.set.push(value),
            _ => panic!("no such flag: {line}"),
        }
    }
    overrides
}

/// Files in memory; the first is the scenario itself.
pub fn held(files: &[(&str, &str)]) -> Held {
    let file = |(name, text): &(&str, &str)| ((*name).to_owned(), text.as_bytes().to_vec());
    Held { main: files[0].0.to_owned(), files: files.iter().map(file).collect() }
}

/// Reads the first of these files, with what a command line says.
pub fn read_held(files: &[(&str, &str)], lines: &str) -> Result<Scenario, Report> {
    let door = Rc::new(held(files));
    let read = Scenario::decode(files[0].0, files[0].1.as_bytes(), &overrides(lines), door);
    read.map(|(scenario, _)| scenario)
}
