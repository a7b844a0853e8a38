//! A study made ready: what each point's world is called, and where its runs are kept.
//!
//! ```text
//!   results/NAME-XXXXXXXX/           the last part belongs to what determines the results
//!     study.json                     what this is
//!     sources.json                   what it was read from, and what the command line said
//!     scenarios/KEY.yaml             the world of each point; points of one world share it
//!     blocks/KEY/000000-000020.block
//!     shards/00003-of-00016.json     what was run apart from the rest, where it was split
//!     charts/NAME.svg                what it looks like
//!     points.csv  replications.csv  differences.csv  sensitivity.csv  summary.txt
//! ```

use std::collections::BTreeSet;
use std::ops::Range;
use std::path::PathBuf;

use sha2::{Digest, Sha256};

use super::super::cost::{self, CEILING};
use super::super::exit::Stop;
use super::super::interrupt;
use super::super::results::hex;
use super::block::Block;
use super::{Plan, rule};
use crate::experiment::{Runs, Tried, fixed_blocks, needed, next_block};
use crate::scenario::{Expectation, Point, Rule, Scenario, Study, Unit};

/// What is known of a study by what determines its worlds; shared by all threads.
pub(super) struct Ready {
    /// What the study is called.
    pub name: String,
    /// What determines the results of the whole.
    pub id: String,
    /// Where it is kept.
    pub folder: PathBuf,
    /// The seed that the points share, or that theirs are drawn from.
    pub seed: u64,
    pub points: Vec<ReadyPoint>,
    /// The metric that is told while it runs, where nothing is to be known well: its name and
    /// unit.
    pub first: Option<(String, Unit)>,
    /// Of intervals and judgements.
    pub confidence: f64,
    /// How many runs the memory holds at once.
    pub at_once: usize,
}

/// A point, ready to be run.
pub(super) struct ReadyPoint {
    pub point: Point,
    /// Its design.
    pub design: String,
    /// What determines its world, in hexadecimal.
    pub key: String,
    /// What determines what each of its runs says: the world, but for how many there shall be, and
    /// what is measured.
    pub measured: String,
    pub rule: Rule,
    /// Its own expectations, without the sites.
    pub expectations: Vec<Expectation>,
    /// Is nothing random there?
    pub certain: bool,
}

/// The runs of a point that are kept.
pub(super) struct Kept {
    pub tried: Vec<Tried>,
    /// Are there as many as there shall be?
    pub complete: bool,
}

/// A unit of work: what is run as a whole, by whoever runs it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Work {
    /// Which point.
    pub number: usize,
    /// Which replications; `None`: all, however many it takes until enough is known.
    pub block: Option<Range<u32>>,
}

impl Ready {
    /// Reads the world of every point, and refuses what is too large to run.
    pub fn new(study: &Study, plan: &Plan) -> Result<Ready, Stop> {
        let mut hash = Sha256::new();
        hash.update(format!("supsim study 1 {}\n", env!("CARGO_PKG_VERSION")));
        let (mut points, mut at_once, mut seed) = (Vec::new(), usize::MAX, 0);
        for (number, &point) in study.points.iter().enumerate() {
            interrupt::go_on("reading the study")?;
            let scenario = world(study, point)?;
            if number == 0 {
                seed = study.seed.unwrap_or(scenario.seed);
            }
            let rule = rule(study, &scenario);
            cost::check(&scenario, CEILING)?;
            cost::check_all(&scenario, rule.max, CEILING)?;
            at_once = at_once.min(cost::at_once(&scenario, CEILING));
            let key = short(&hex(&Sha256::digest(scenario.to_yaml().as_bytes())), 16);
            let (design, told) = (&study.designs[point.design], study.told(point));
            hash.update(format!("{design}\t{told}\t{key}\t{rule:?}\t{:?}\n", scenario.watched));
            let once = Scenario { replications: 1, ..scenario.clone() };
            let measured = format!("{}\n{:?}", once.to_yaml(), scenario.watched);
            let measured = short(&hex(&Sha256::digest(measured.as_bytes())), 16);
            let certain = !scenario.is_random();
            let mut expectations = scenario.expectations;
            expectations.iter_mut().for_each(|one| one.sites = Vec::new());
            let design = design.clone();
            points.push(ReadyPoint { point, design, key, measured, rule, expectations, certain });
        }
        let id = hex(&hash.finalize());
        let folder = plan.results.join(format!("{}-{}", study.name, short(&id, 8)));
        let first = study.compare.metrics.first();
        Ok(Ready {
            name: study.name.clone(),
            id: short(&id, 16),
            folder,
            seed,
            points,
            first: first.map(|metric| (metric.name.clone(), metric.metric.unit())),
            confidence: study.compare.confidence,
            at_once,
        })
    }

    /// The world of a point with everything in it that is measured.
    pub fn lean(&self, study: &Study, number: usize) -> Result<Scenario, Stop> {
        let mut scenario = world(study, self.points[number].point)?;
        let watched = std::mem::take(&mut scenario.watched);
        scenario.expectations.extend(watched);
        scenario.recording = needed(&scenario);
        Ok(scenario)
    }

    /// The points that stand for all others of the same world.
    pub fn different(&self) -> Vec<usize> {
        let mut seen = BTreeSet::new();
        let numbers = 0..self.points.len();
        numbers.filter(|&number| seen.insert(self.points[number].key.as_str())).collect()
    }

    /// The units of the study, in their order.
    pub fn units(&self) -> Vec<Work> {
        let of_point = |number: usize| {
            let rule = &self.points[number].rule;
            let blocks = match rule.until {
                Some(_) => vec![None],
                None => fixed_blocks(rule).into_iter().map(Some).collect(),
            };
            blocks.into_iter().map(move |block| Work { number, block })
        };
        self.different().into_iter().flat_map(of_point).collect()
    }

    /// These replications of a point.
    pub fn block(&self, number: usize, numbers: Range<u32>) -> Block<'_> {
        Block { study: &self.id, point: &self.points[number].key, numbers }
    }

    /// Where the blocks of a point lie.
    pub fn blocks(&self, number: usize) -> PathBuf {
        self.folder.join("blocks").join(&self.points[number].key)
    }

    /// Where the world of a point is written out.
    pub fn scenario(&self, number: usize) -> PathBuf {
        self.folder.join("scenarios").join(format!("{}.yaml", self.points[number].key))
    }

    /// The block that comes after these runs; `None`: there are enough.
    pub fn next<'a>(&'a self, number: usize, tried: &[Tried]) -> Option<Block<'a>> {
        let point = &self.points[number];
        let runs = self.runs(number, tried);
        let known = runs.watched(point.rule.until.map_or(0, |until| until.watched));
        Some(self.block(number, next_block(&point.rule, &known)?))
    }

    /// These runs of a point, to be measured.
    pub fn runs<'t>(&self, number: usize, tried: &'t [Tried]) -> Runs<'t> {
        let ReadyPoint { point, expectations, certain, .. } = &self.points[number];
        let expectations = expectations.len();
        Runs { point: *point, tried, expectations, certain: *certain }
    }

    /// What is kept of a point.
    pub fn kept(&self, number: usize) -> Kept {
        let folder = self.blocks(number);
        let mut tried = Vec::new();
        while let Some(block) = self.next(number, &tried) {
            match block.load(&folder) {
                Some(more) => tried.extend(more),
                None => return Kept { tried, complete: false },
            }
        }
        Kept { tried, complete: true }
    }
}

/// The world of a point, with the chance that it meets.
pub(super) fn world(study: &Study, point: Point) -> Result<Scenario, Stop> {
    let mut scenario = super::scenario(study, point)?;
    if !study.common_random_numbers {
        let (design, told) = (&study.designs[point.design], study.told(point));
        let named = format!("{}\t{design}\t{told}", scenario.seed);
        let digest = Sha256::digest(named.as_bytes());
        let mut seed = [0; 8];
        seed.copy_from_slice(&digest[..8]);
        scenario.seed = u64::from_le_bytes(seed);
    }
    Ok(scenario)
}

fn short(text: &str, digits: usize) -> String {
    text.chars().take(digits).collect()
}
