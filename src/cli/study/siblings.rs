//! Runs of the same worlds that another study beside this one has: the same study as it was before
//! it asked for more replications, another design, another value.
//!
//! What a run says hangs on its world, its number and what is measured, and on nothing else of the
//! study. So whoever asks for more runs only the rest.

use std::collections::BTreeMap;
use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::super::floats::floats;
use super::block::Block;
use super::ready::Ready;
use crate::experiment::Tried;

/// Where runs of the same name lie.
pub(super) struct Siblings {
    /// By what is measured of which world.
    places: BTreeMap<String, Vec<Place>>,
}

/// A point of another study.
struct Place {
    study: String,
    point: String,
    blocks: PathBuf,
}

/// What is needed of a `study.json`.
#[derive(Deserialize)]
struct Described {
    version: String,
    id: String,
    floats: String,
    points: Vec<DescribedPoint>,
}

#[derive(Deserialize)]
struct DescribedPoint {
    scenario: String,
    measured: String,
}

impl Siblings {
    /// Those beside this study that have its name.
    pub fn of(ready: &Ready) -> Siblings {
        let mut places: BTreeMap<String, Vec<Place>> = BTreeMap::new();
        let beside = ready.folder.parent().and_then(|parent| fs::read_dir(parent).ok());
        let mut folders: Vec<PathBuf> =
            beside.into_iter().flatten().flatten().map(|entry| entry.path()).collect();
        folders.sort();
        let named = |folder: &PathBuf| {
            let name = folder.file_name().unwrap_or_default().to_string_lossy();
            name.rsplit_once('-').is_some_and(|(name, _)| name == ready.name)
        };
        for folder in folders.iter().filter(|it| named(it) && **it != ready.folder) {
            for (measured, place) in points_in(folder).into_iter().flatten() {
                places.entry(measured).or_default().push(place);
            }
        }
        Siblings { places }
    }

    /// What they know of a point, by number. A run that failed is none: it is tried again.
    pub fn known(&self, ready: &Ready, number: usize) -> BTreeMap<u32, Tried> {
        let places = self.places.get(&ready.points[number].measured);
        let tried = places.into_iter().flatten().flat_map(Place::tried);
        tried.filter(|one| one.result.is_ok()).map(|one| (one.number, one)).collect()
    }
}

/// The points of the study in a folder, if its runs may be put together with ours.
fn points_in(folder: &Path) -> Option<Vec<(String, Place)>> {
    let text = fs::read_to_string(folder.join("study.json")).ok()?;
    let study: Described = serde_json::from_str(&text).ok()?;
    if study.version != env!("CARGO_PKG_VERSION") || study.floats != floats() {
        return None;
    }
    let place = |point: DescribedPoint| {
        let blocks = folder.join("blocks").join(&point.scenario);
        (point.measured, Place { study: study.id.clone(), point: point.scenario, blocks })
    };
    Some(study.points.into_iter().map(place).collect())
}

impl Place {
    fn tried(&self) -> Vec<Tried> {
        let entries = fs::read_dir(&self.blocks).into_iter().flatten().flatten();
        let numbers = entries.filter_map(|entry| range(&entry.file_name().to_string_lossy()));
        let block = |numbers| Block { study: &self.study, point: &self.point, numbers };
        numbers.filter_map(|numbers| block(numbers).load(&self.blocks)).flatten().collect()
    }
}

/// Which replications stand in a file of this name.
fn range(name: &str) -> Option<Range<u32>> {
    let (from, to) = name.strip_suffix(".block")?.split_once('-')?;
    Some(from.parse().ok()?..to.parse().ok()?)
}
