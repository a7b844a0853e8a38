//! What several questions share: a scenario from text, a run of it, and where things lie.

use std::path::{Path, PathBuf};

use supsim::scenario::{Overrides, Scenario};
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
        .collect();
    files.sort();
    assert!(!files.is_empty(), "scenarios/ holds no scenario");
    files
}

/// Reads a scenario file of the project.
pub fn read(path: &Path) -> Scenario {
    match Scenario::read(path, &Overrides::default()) {
        Ok((scenario, _warnings)) => scenario,
        Err(report) => panic!("{}:\n{report}", path.display()),
    }
}
