//! Runs made by hand for the tests of the pictures, and what every picture must keep.

mod cases;

use std::collections::BTreeMap;

use resvg::usvg::{self, Node};

use super::picture::{Picture, options};
use super::{Chart, Shown};
use crate::measure::{Arrival, Attempt, Ending, FaultOccurrence, Outcome};
use crate::report::{Look, Run};
use crate::scenario::{
    Catalogue, ClientCounts, Clients, Clock, Criteria, Fault, FaultEffect, History, Initial,
    Occurs, Pick, Profile, Published, Recording, Release, Replication, Retry, Scenario, Site,
    SiteComplete, SiteKind, SoftwareUpdatePoint, Source, Sync, Zone,
};
use crate::trace::{Cause, Failure, Kind, Phase, Reason, Trace, Trigger};
use crate::units::{Bytes, Duration, FaultId, Instant, ReleaseId, SiteId};

const HOUR: u64 = 3_600;
/// When the release is published: Tue 13 Jan 2026 13:00 in New York \[s since the start\].
const PUBLISHED: u64 = 37 * HOUR;
/// When the schedule falls due: nine hours later.
const SCHEDULED: u64 = PUBLISHED + 9 * HOUR;

/// A scenario and an outcome in the making.
pub(crate) struct Sample {
    scenario: Scenario,
    attempts: Vec<Attempt>,
    faults: Vec<FaultOccurrence>,
}

/// How long the steps of a synchronisation take \[s\].
#[derive(Clone, Copy)]
struct Steps {
    connect: u64,
    transfer: u64,
    work: u64,
    import: u64,
    internet: u64,
}

const USUAL: Steps = Steps { connect: 8, transfer: 140, work: 220, import: 0, internet: 0 };

fn at(seconds: u64) -> Instant {
    Instant::START + Duration::from_secs(seconds)
}

impl Sample {
    fn new(name: &str) -> Self {
        let zone = Zone::named("America/New_York").unwrap();
        let start = "2026-01-12T00:00:00-05:00".parse().unwrap();
        let retry = Retry { every: Duration::from_hours(1), limit: None, jitter: Duration::ZERO };
        let release = Release {
            name: "patch-tuesday".to_owned(),
            at: at(PUBLISHED),
            published: Published::Source,
            updates: 120,
            revises: 10,
            supersedes: 30,
            expires: 5,
            removes: 0,
            metadata: Bytes(48_000_000),
            product: "Windows".to_owned(),
            classification: "Security Updates".to_owned(),
        };
        let scenario = Scenario {
            name: name.to_owned(),
            description: String::new(),
            profile: Profile::default(),
            clock: Clock::new(start, zone),
            duration: Duration::from_days(14),
            initial: Initial::Current,
            warmup: Duration::ZERO,
            seed: 42,
            replications: 1,
            source: Source::MicrosoftUpdate,
            criteria: Criteria::default(),
            catalogue: Catalogue {
                baseline_updates: 2_000,
                baseline_metadata: Bytes(800_000_000),
                besides: Vec::new(),
                history: History::default(),
                releases: vec![release],
            },
            links: Vec::new(),
            routes: Vec::new(),
            sites: Vec::new(),
            timings: Vec::new(),
            sync: Sync {
                schedule: vec![at(SCHEDULED)],
                schedule_text: "weekly on Tue at 22:00".to_owned(),
                retry,
                site_complete: SiteComplete::AfterInternetPoint,
                replication: Replication::FileBased,
            },
            clients: Clients::of_profile(Profile::Cm2007),
            sms2003: None,
            operations: Vec::new(),
            faults: Vec::new(),
            watched: Vec::new(),
            expectations: Vec::new(),
            recording: Recording::All,
            series_every: None,
            defaults_used: Vec::new(),
            parameters: Vec::new(),
            overridden: Vec::new(),
        };
        Self { scenario, attempts: Vec::new(), faults: Vec::new() }
    }

    fn site(&mut self, code: &str, name: &str, kind: SiteKind, parent: Option<SiteId>) -> SiteId {
        let site = SiteId(self.scenario.sites.len() as u32);
        let tier = parent.map_or(1, |parent| self.scenario.sites[parent.index()].tier + 1);
        self.scenario.sites.push(Site {
            code: code.to_owned(),
            name: name.to_owned(),
            kind,
            parent,
            tier,
            template: None,
            labels: BTreeMap::new(),
            zone: Zone::utc(),
            clients: ClientCounts::default(),
            link: None,
            route: None,
            sup: Some(SoftwareUpdatePoint {
                local: true,
                console: true,
                pulls_at_once: None,
                express: false,
                scans_at_once: None,
            }),
            internet_sup: None,
            timing: 0,
            retry: self.scenario.sync.retry,
            clock_offset: crate::scenario::ClockOffset::default(),
        });
        site
    }

    fn fault(&mut self, name: &str, sites: &[SiteId], from: u64, until: Option<u64>) -> FaultId {
        let fault = FaultId(self.scenario.faults.len() as u32);
        let (from, until) = (at(from), until.map(at));
        self.scenario.faults.push(Fault {
            name: name.to_owned(),
            effect: FaultEffect::LinkDown,
            sites: sites.to_vec(),
            pick: Pick::All,
            occurs: Occurs::Window { from, until },
        });
        let held = sites.iter().map(|site| FaultOccurrence {
            fault,
            site: *site,
            from,
            until,
            attempts_hit: 1,
        });
        self.faults.extend(held);
        fault
    }

    /// A synchronisation that starts at `start`; when it is to fail, in the pull, after 110 s of it.
    /// Gives back its end \[s\].
    fn sync(
        &mut self,
        site: SiteId,
        start: u64,
        by: Option<(SiteId, u32)>,
        steps: Steps,
        fault: Option<FaultId>,
    ) -> u64 {
        let number = 1 + self.attempts.iter().filter(|one| one.site == site).count() as u32;
        let pull = start + steps.connect;
        let transferred = pull + steps.transfer;
        let pulled = transferred + steps.work;
        let settled = pulled + 120;
        let imported = settled + steps.import;
        let end = if fault.is_some() { pull + 110 } else { imported + steps.internet };
        let done = fault.is_none();
        let some = |seconds: u64, is: bool| (is && done).then(|| at(seconds));
        self.attempts.push(Attempt {
            site,
            number,
            trigger: match by {
                None => Trigger::Schedule,
                Some((by, _)) if by == site => Trigger::Retry,
                Some(_) => Trigger::Parent,
            },
            cause: Cause::NONE,
            caused_by: by,
            kind: Kind::Full,
            start: at(start),
            pull_start: Some(at(pull)),
            transferred: some(transferred, true),
            pulled: some(pulled, true),
            settled: some(settled, true),
            imported: some(imported, steps.import > 0),
            internet_start: some(imported, steps.internet > 0),
            internet_done: some(end, steps.internet > 0),
            end: Some(at(end)),
            ending: if done { Ending::Ok } else { Ending::Failed },
            failure: fault
                .map(|_| Failure { phase: Phase::Pull, reason: Reason::UpstreamUnreachable }),
            retry_at: fault.map(|_| at(end + HOUR)),
            fault,
            updates: 120,
            bytes: Bytes(48_000_000),
            applied: 120,
            version: Some(7),
        });
        end
    }

    /// The scenario and the outcome: a site is current when its first good synchronisation ends.
    pub(crate) fn finish(mut self) -> (Scenario, Outcome) {
        self.attempts.sort_by_key(|attempt| (attempt.site, attempt.number));
        let mut current = vec![None; self.scenario.sites.len()];
        for attempt in &self.attempts {
            let current = &mut current[attempt.site.index()];
            if attempt.ending == Ending::Ok && current.is_none() {
                *current = attempt.end;
            }
        }
        let arrivals = current.iter().enumerate().map(|(site, current)| Arrival {
            site: SiteId(site as u32),
            release: ReleaseId(0),
            published: at(PUBLISHED),
            wanted: at(PUBLISHED),
            database: *current,
            wsus: *current,
            internet: None,
            current: *current,
            attempt: current.map(|_| 1),
        });
        let outcome =
            Outcome { arrivals: arrivals.collect(), attempts: self.attempts, faults: self.faults };
        (self.scenario, outcome)
    }
}

/// Every sample with its name.
pub(crate) fn all() -> Vec<(&'static str, Sample)> {
    vec![
        ("empty", Sample::empty()),
        ("one-site", Sample::one_site()),
        ("three-sites", Sample::three_sites()),
        ("three-tiers", Sample::three_tiers()),
        ("wide", Sample::wide(200)),
        ("storm", Sample::storm()),
        ("patience", Sample::patience()),
        ("hostile", Sample::hostile()),
    ]
}

/// Asserts what every picture must keep: a sound document with words for screen readers, no script,
/// no number that is none, every text whole inside the picture and no two texts on each other.
pub(crate) fn assert_legible(name: &str, picture: &Picture) {
    let svg = &picture.svg;
    let document = usvg::roxmltree::Document::parse(svg)
        .unwrap_or_else(|error| panic!("{name} is no document: {error}"));
    let root = document.root_element();
    assert_eq!(root.attribute("role"), Some("img"), "{name}");
    for tag in ["title", "desc"] {
        let text = root.children().find(|node| node.has_tag_name(tag)).and_then(|node| node.text());
        assert!(text.is_some_and(|text| !text.is_empty()), "{name} has no {tag}");
    }
    for node in document.descendants().filter(|node| node.is_element()) {
        let tag = node.tag_name().name();
        let known =
            ["svg", "title", "desc", "rect", "line", "polyline", "polygon", "text"].contains(&tag);
        assert!(known, "{name} holds a <{tag}>");
        let unsafe_attribute = node.attributes().find(|one| one.name().starts_with("on"));
        assert!(unsafe_attribute.is_none(), "{name} holds {unsafe_attribute:?}");
    }
    assert!(!svg.contains("NaN") && !svg.contains("inf"), "{name} holds what is no number");

    let tree = usvg::Tree::from_str(svg, &options()).expect("a sound document");
    let (width, height) = (tree.size().width(), tree.size().height());
    let mut texts: Vec<(String, usvg::Rect)> = Vec::new();
    collect_texts(tree.root(), &mut texts);
    for (text, area) in &texts {
        let inside = area.left() >= 0.0
            && area.right() <= width
            && area.top() >= 0.0
            && area.bottom() <= height;
        assert!(inside, "{name}: {text:?} is clipped: {area:?} in {width} by {height}");
    }
    for (place, (text, area)) in texts.iter().enumerate() {
        for (other, beside) in &texts[..place] {
            let apart = area.left() >= beside.right()
                || area.right() <= beside.left()
                || area.top() >= beside.bottom()
                || area.bottom() <= beside.top();
            assert!(apart, "{name}: {text:?} and {other:?} overlap: {area:?} {beside:?}");
        }
    }
}

/// The words of each text and the space its strokes take.
/// Every text on a legible picture, in the order of drawing; written down as well where pictures
/// are looked at.
pub(super) fn texts(name: &str, picture: &Picture) -> Vec<String> {
    assert_legible(name, picture);
    if let Some(folder) = std::env::var_os("SUPSIM_PICTURES").filter(|name| !name.is_empty()) {
        let png = std::path::PathBuf::from(folder).join(format!("{name}.png"));
        std::fs::write(png, picture.to_png().unwrap()).unwrap();
    }
    let tree = usvg::Tree::from_str(&picture.svg, &options()).unwrap();
    let mut texts = Vec::new();
    collect_texts(tree.root(), &mut texts);
    texts.into_iter().map(|(text, _)| text.trim().to_owned()).collect()
}

fn collect_texts(group: &usvg::Group, texts: &mut Vec<(String, usvg::Rect)>) {
    for node in group.children() {
        match node {
            Node::Group(group) => collect_texts(group, texts),
            Node::Text(text) => {
                let words = text.chunks().iter().map(|chunk| chunk.text()).collect();
                texts.push((words, text.flattened().abs_bounding_box()));
            }
            _ => {}
        }
    }
}

/// The first release of a sample, to be drawn; nothing but its rows is known of the run.
pub(crate) fn shown<'a>(scenario: &'a Scenario, outcome: &'a Outcome) -> Shown<'a> {
    static NOTHING: Trace = Trace { records: Vec::new() };
    let run = Run { scenario, trace: &NOTHING, outcome, replication: 0 };
    Shown { run, release: Some(ReleaseId(0)), repeat: "supsim run sample.yaml" }
}

#[test]
fn the_same_run_gives_the_same_bytes() {
    for ((name, one), (_, other)) in all().into_iter().zip(all()) {
        let (scenario, outcome) = one.finish();
        let (again, outcome_again) = other.finish();
        for chart in Chart::ALL {
            let picture = chart.draw(&shown(&scenario, &outcome));
            let wanted = chart.draw(&shown(&again, &outcome_again));
            assert_eq!(picture, wanted, "{name} {}", chart.name());
        }
    }
}

#[test]
fn every_chart_is_legible_whatever_happened_and_whatever_things_are_called() {
    for (name, sample) in all() {
        let (scenario, outcome) = sample.finish();
        for chart in Chart::ALL {
            let name = format!("{} of {name}", chart.name());
            assert_legible(&name, &chart.draw(&shown(&scenario, &outcome)));
            assert_legible(&name, &chart.draw(&shown(&scenario, &outcome).of(None)));
        }
    }
}

#[test]
fn the_title_of_every_chart_is_its_question_and_the_foot_says_how_to_repeat_it() {
    let (mut scenario, outcome) = Sample::three_tiers().finish();
    scenario.replications = 50;
    for chart in Chart::ALL {
        let svg = chart.draw(&shown(&scenario, &outcome)).svg;
        let title = format!("<title>{}", chart.question());
        assert!(svg.contains(&title), "{} has another title", chart.name());
        let foot = "seed 42  \u{B7}  replication 0 (of 50)  \u{B7}  repeat: supsim run sample.yaml";
        assert!(svg.contains(foot), "{} does not say how to repeat it", chart.name());
    }
}

#[test]
fn a_drawing_in_a_terminal_obeys_no_name_and_keeps_to_its_width() {
    for (name, sample) in all() {
        let (scenario, outcome) = sample.finish();
        for chart in Chart::ALL.into_iter().filter(|chart| chart.is_text()) {
            let shown = shown(&scenario, &outcome);
            for ascii in [true, false] {
                let look = Look { ascii, colour: false };
                let text = chart.text(&shown, look).expect("it can be drawn");
                let odd = |letter: &char| letter.is_control() && *letter != '\n';
                assert!(!text.chars().any(|letter| odd(&letter)), "{name}: {text}");
                assert!(!ascii || text.is_ascii(), "{name}: {text}");
                assert!(text.lines().all(|line| line.chars().count() <= 100), "{name}: {text}");
                assert!(text.starts_with(chart.question()), "{name}: {text}");
            }
        }
    }
}

#[test]
fn a_png_has_twice_the_size_and_opens() {
    let (scenario, outcome) = Sample::three_sites().finish();
    // lines, bars, tiles
    for chart in [Chart::Propagation, Chart::Timeline, Chart::Topology] {
        let picture = chart.draw(&shown(&scenario, &outcome));
        let png = picture.to_png().unwrap();
        let pixels = resvg::tiny_skia::Pixmap::decode_png(&png).unwrap();
        let size = usvg::Tree::from_str(&picture.svg, &options()).unwrap().size();
        let wanted = (2 * size.width() as u32, 2 * size.height() as u32);
        assert_eq!((pixels.width(), pixels.height()), wanted);
        let colours: std::collections::BTreeSet<[u8; 3]> =
            pixels.pixels().iter().map(|one| [one.red(), one.green(), one.blue()]).collect();
        assert!(colours.len() > 50, "only {} colours: was the text drawn?", colours.len());
    }
}

#[test]
fn a_png_is_the_same_when_made_again() {
    let (scenario, outcome) = Sample::one_site().finish();
    let picture = Chart::Timeline.draw(&shown(&scenario, &outcome));
    assert_eq!(picture.to_png().unwrap(), picture.to_png().unwrap());
}

/// Writes every picture into the folder named by `SUPSIM_PICTURES`, to be looked at:
/// `SUPSIM_PICTURES=/somewhere cargo test --lib report::chart::sample::pictures`.
#[test]
fn pictures_can_be_written_down_and_looked_at() {
    let Some(folder) = std::env::var_os("SUPSIM_PICTURES").filter(|name| !name.is_empty()) else {
        return;
    };
    let folder = std::path::PathBuf::from(folder);
    let mut samples = all();
    samples.push(("very-wide", Sample::wide(10_000)));
    for (name, sample) in samples {
        let (scenario, outcome) = sample.finish();
        for chart in Chart::ALL {
            let picture = chart.draw(&shown(&scenario, &outcome));
            let file = format!("{name}-{}", chart.name());
            std::fs::write(folder.join(format!("{file}.svg")), &picture.svg).unwrap();
            let png = picture.to_png().unwrap();
            std::fs::write(folder.join(format!("{file}.png")), png).unwrap();
        }
    }
}
