//! Stories: text files told before they are computed. Comments and commands are written by hand,
//! answers by `REWRITE=1 cargo test`, and then read.
//!
//! ```text
//! # what it is about
//! scenario
//! <YAML>
//! ----
//! 3 sites, 1 release, ends 1d 00:00:00
//!
//! until 0d 08:30 at CEN
//! ----
//! 0d 08:00:00.000000  CEN  6701 started #1 full (schedule)
//! ```
//!
//! `until TIME [at CODE ...]` lets the world go on and prints what was recorded meanwhile, at the
//! sites named; `holding [CODE ...]` prints what sites hold. An answer ends with an empty line.

use std::fmt::Write as _;
use std::fs;

use supsim::scenario::Scenario;
use supsim::store::{SiteDatabase, UpdateServices};
use supsim::trace::{Names, text};
use supsim::units::{Duration, Instant, SiteId};
use supsim::world::{Blueprint, World};

use crate::support;

/// One command, its lines and the answer in the file.
struct Step {
    command: String,
    body: String,
    answer: String,
}

/// A story: what stands before the first command, then its steps.
struct Story {
    head: String,
    steps: Vec<Step>,
}

fn parse(text: &str) -> Story {
    let mut lines = text.lines().peekable();
    let mut head = String::new();
    while let Some(line) = lines.next_if(|line| line.starts_with('#') || line.is_empty()) {
        head += line;
        head.push('\n');
    }
    let mut steps = Vec::new();
    while let Some(command) = lines.next() {
        let mut body = String::new();
        for line in lines.by_ref().take_while(|line| *line != "----") {
            body += line;
            body.push('\n');
        }
        let mut answer = String::new();
        for line in lines.by_ref().take_while(|line| !line.is_empty()) {
            answer += line;
            answer.push('\n');
        }
        while lines.next_if(|line| line.is_empty()).is_some() {}
        steps.push(Step { command: command.to_owned(), body, answer });
    }
    Story { head, steps }
}

/// `0d 08:30` or `1d 08:30:15`.
fn time(text: &str) -> Instant {
    let (days, clock) = text.split_once("d ").unwrap_or_else(|| panic!("no time: {text}"));
    let number = |text: &str| text.parse::<u64>().unwrap_or_else(|_| panic!("no time: {text}"));
    let mut parts = clock.split(':').map(number);
    let mut next = || parts.next().unwrap_or(0);
    let seconds = ((number(days) * 24 + next()) * 60 + next()) * 60 + next();
    Instant::START + Duration::from_secs(seconds)
}

fn names(scenario: &Scenario) -> Names {
    Names::new(
        scenario.sites.iter().map(|site| &site.code),
        scenario.catalogue.releases.iter().map(|release| &release.name),
        scenario.faults.iter().map(|fault| &fault.name),
        scenario.operations.iter().map(|operation| &operation.name),
    )
}

/// Tells a story again; gives it with the answers of today.
fn tell(story: &Story) -> String {
    let mut told = story.head.clone();
    let first = story.steps.first().expect("a story has a step");
    assert_eq!(first.command, "scenario", "a story begins with its scenario");
    let scenario = support::scenario(&first.body);
    let names = names(&scenario);
    let blueprint = Blueprint::new(&scenario);
    let mut world = World::new(&blueprint, 0);
    let mut told_records = 0;
    for step in &story.steps {
        let Step { command, body, .. } = step;
        let mut words = command.split(" at ");
        let mut sites = Vec::new();
        let mut answer = String::new();
        match words.next().unwrap_or_default() {
            "scenario" => {
                let (sites, releases) = (scenario.sites.len(), scenario.catalogue.releases.len());
                let end = Instant::START + scenario.duration;
                writeln!(answer, "{sites} sites, {releases} releases, ends {end}").unwrap();
            }
            holding if holding.starts_with("holding") => {
                for code in holding.split(' ').skip(1) {
                    let site = support::site(&scenario, code);
                    answer += &held(&world, site, code);
                }
            }
            until => {
                let until = until.strip_prefix("until ").unwrap_or_else(|| panic!("{command}?"));
                if let Some(codes) = words.next() {
                    sites = codes.split(' ').map(|code| support::site(&scenario, code)).collect();
                }
                world.run_until(time(until));
                for record in &world.trace().records[told_records..] {
                    if sites.is_empty() || sites.contains(&record.site) {
                        writeln!(answer, "{}", text::Line { record, names: &names }).unwrap();
                    }
                }
                told_records = world.trace().records.len();
                if answer.is_empty() {
                    answer += "nothing\n";
                }
            }
        }
        write!(told, "{command}\n{body}----\n{answer}\n").unwrap();
    }
    told.trim_end().to_owned() + "\n"
}

/// What a site holds: revisions in WSUS, content version, revisions in the database.
fn held(world: &World<'_>, site: SiteId, code: &str) -> String {
    let stores = world.stores();
    let updates = stores.catalogue().updates();
    let all = (0..updates).map(supsim::store::UpdateId);
    let (wsus, database) = (world.wsus(site), world.database(site));
    let in_wsus = all.clone().filter(|update| wsus.held(*update).is_some()).count();
    let in_database = all.clone().filter(|update| database.held(*update).is_some()).count();
    let behind = all.filter(|update| database.held(*update) != wsus.held(*update)).count();
    format!(
        "{code}  WSUS {in_wsus} updates, database {in_database} (version {}), {behind} differ\n",
        database.content_version()
    )
}

#[test]
fn every_story_is_still_true() {
    let folder = support::project("tests/stories");
    let mut files: Vec<_> =
        fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "story"));
    files.sort();
    assert!(files.len() >= 5, "only {} stories", files.len());
    let rewrite = std::env::var_os("REWRITE").is_some();
    for path in files {
        let text = fs::read_to_string(&path).unwrap();
        let story = parse(&text);
        let told = tell(&story);
        if rewrite {
            fs::write(&path, &told).unwrap();
            continue;
        }
        let known: Vec<&str> = story.steps.iter().map(|step| step.answer.as_str()).collect();
        assert!(known.iter().all(|answer| !answer.is_empty()), "{}: untold", path.display());
        for (number, (old, new)) in text.lines().zip(told.lines()).enumerate() {
            assert_eq!(
                old,
                new,
                "{}:{} has changed; REWRITE=1 cargo test writes it anew, read it then",
                path.display(),
                number + 1
            );
        }
        assert_eq!(text.lines().count(), told.lines().count(), "{}", path.display());
    }
}
