//! A shard: a share of a study's units, run by whoever runs it; and the manifest that it leaves.
//!
//! A unit is what is run as a whole: a block of replications of a point, or the whole point where
//! its number of replications hangs on what they say. Units follow from the study and from nothing
//! else, and shard `k` of `n` has those from `U(k-1)/n` to `Uk/n`: every `n` gives the same runs.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::PathBuf;
use std::{env, fs};

use serde_json::json;
use sha2::{Digest, Sha256};

use super::super::exit::{Exit, Stop};
use super::super::floats::floats;
use super::super::results::hex;
use super::super::whole::put;
use super::ready::{Ready, Work};
use super::run::trouble;
use crate::experiment::Tried;

/// The folder of the manifests.
const FOLDER: &str = "shards";
/// The most shards that a study is split into.
const MOST: u32 = 100_000;

/// Shard `number` of `of`, from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::cli) struct Shard {
    pub number: u32,
    pub of: u32,
}

/// What engines call the number of a task of an array, and its first number.
const ARRAYS: [(&str, u32); 12] = [
    ("SLURM_ARRAY_TASK_ID", 1),
    ("HQ_TASK_ID", 1),
    ("PBS_ARRAY_INDEX", 1),
    ("PBS_ARRAYID", 1),
    ("SGE_TASK_ID", 1),
    ("LSB_JOBINDEX", 1),
    ("PARALLEL_SEQ", 1),
    ("JOB_COMPLETION_INDEX", 0),
    ("AWS_BATCH_JOB_ARRAY_INDEX", 0),
    ("CLOUD_RUN_TASK_INDEX", 0),
    ("OMPI_COMM_WORLD_RANK", 0),
    ("PMI_RANK", 0),
];

impl Shard {
    /// `3/16`, or `auto/16`, which asks the engine for the number.
    ///
    /// # Errors
    /// In words: it is neither, or the engine does not say.
    pub fn read(text: &str) -> Result<Shard, String> {
        Shard::read_where(text, |name| env::var(name).ok())
    }

    fn read_where(text: &str, variable: impl Fn(&str) -> Option<String>) -> Result<Shard, String> {
        let form = || "write K/N, as 3/16, or auto/16 in a job array".to_owned();
        let (number, of) = text.split_once('/').ok_or_else(form)?;
        let of: u32 = of.parse().map_err(|_| form())?;
        let number = match number {
            "auto" => numbered(variable)?,
            digits => digits.parse().map_err(|_| form())?,
        };
        if of == 0 || of > MOST || number == 0 || number > of {
            return Err(format!("{number} of {of}: shards are counted from 1, to at most {MOST}"));
        }
        Ok(Shard { number, of })
    }

    /// Which of so many units it has.
    pub fn of_units(self, units: usize) -> Range<usize> {
        let up_to =
            |number: u32| (units as u128 * u128::from(number) / u128::from(self.of)) as usize;
        up_to(self.number - 1)..up_to(self.number)
    }

    /// The name of its manifest.
    fn file(self) -> String {
        format!("{:05}-of-{:05}.json", self.number, self.of)
    }
}

/// The number that an engine gives this task; more than one may, if they agree.
fn numbered(variable: impl Fn(&str) -> Option<String>) -> Result<u32, String> {
    let mut found: BTreeMap<u32, &str> = BTreeMap::new();
    for (name, first) in ARRAYS {
        // engines set it to `undefined` outside an array
        let number = variable(name).and_then(|value| value.parse::<u32>().ok());
        if let Some(from_zero) = number.and_then(|number| number.checked_sub(first)) {
            found.entry(from_zero.saturating_add(1)).or_insert(name);
        }
    }
    let names: Vec<String> =
        found.iter().map(|(number, name)| format!("{name} says {number}")).collect();
    match (found.len(), found.keys().next()) {
        (1, Some(number)) => Ok(*number),
        (0, _) => Err("no engine gives this task a number; write it: --shard 3/16".to_owned()),
        _ => Err(format!("which one? {}; write it: --shard 3/16", names.join(", "))),
    }
}

/// What a shard has, as of now.
pub(super) struct Done {
    /// How many units.
    pub units: usize,
    /// How many runs.
    pub runs: usize,
    /// The manifest.
    pub manifest: PathBuf,
}

/// Writes the manifest of a shard of which everything has been run. Nothing in it says when, where or
/// by whom: who runs the same shard writes the same bytes.
pub(super) fn seal(ready: &Ready, shard: Shard) -> Result<Done, Stop> {
    let units = ready.units();
    let mine = shard.of_units(units.len());
    let (mut blocks, mut runs) = (Vec::new(), 0);
    for unit in &units[mine.clone()] {
        let folder = ready.blocks(unit.number);
        for (name, tried) in complete(ready, unit).ok_or_else(|| lost(ready, shard))? {
            let path = folder.join(&name);
            let bytes = fs::read(&path).map_err(|error| trouble(&path, &error))?;
            let point = &ready.points[unit.number].key;
            blocks.push(json!({
                "file": format!("blocks/{point}/{name}"),
                "runs": tried,
                "sha256": hex(&Sha256::digest(&bytes)),
            }));
            runs += tried;
        }
    }
    let document = json!({
        "shard": shard.number,
        "of": shard.of,
        "version": env!("CARGO_PKG_VERSION"),
        "study": ready.id,
        "floats": floats(),
        "units": { "from": mine.start, "to": mine.end, "of": units.len() },
        "blocks": blocks,
    });
    let folder = ready.folder.join(FOLDER);
    let manifest = folder.join(shard.file());
    let text = serde_json::to_string_pretty(&document).unwrap_or_default() + "\n";
    let kept = fs::create_dir_all(&folder).and_then(|()| put(&manifest, text.as_bytes()));
    kept.map_err(|error| trouble(&manifest, &error))?;
    Ok(Done { units: mine.len(), runs, manifest })
}

/// Somebody took away what was just run.
fn lost(ready: &Ready, shard: Shard) -> Stop {
    let (folder, Shard { number, of }) = (ready.folder.display(), shard);
    let text =
        format!("supsim: {folder}: blocks of shard {number}/{of} are gone again; run it again");
    Stop { exit: Exit::FileTrouble, text }
}

/// The blocks of a unit with their numbers of runs, where all of them are there.
fn complete(ready: &Ready, unit: &Work) -> Option<Vec<(String, usize)>> {
    let folder = ready.blocks(unit.number);
    if let Some(numbers) = &unit.block {
        let block = ready.block(unit.number, numbers.clone());
        return Some(vec![(block.file(), block.load(&folder)?.len())]);
    }
    let (mut found, mut tried) = (Vec::new(), Vec::<Tried>::new());
    while let Some(block) = ready.next(unit.number, &tried) {
        let more = block.load(&folder)?;
        found.push((block.file(), more.len()));
        tried.extend(more);
    }
    Some(found)
}

/// Into how many shards this study was split, by the manifests in these folders; `None`: nobody
/// can tell, or not everybody says the same.
pub(super) fn split_into<'f>(folders: impl Iterator<Item = &'f PathBuf>) -> Option<u32> {
    let mut found: Option<u32> = None;
    for folder in folders {
        for entry in fs::read_dir(folder.join(FOLDER)).into_iter().flatten().flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            let of = name.strip_suffix(".json").and_then(|it| it.split_once("-of-"));
            let Some(of) = of.and_then(|(_, of)| of.parse().ok()) else { continue };
            if found.is_some_and(|found| found != of) {
                return None;
            }
            found = Some(of);
        }
    }
    found
}

/// The shards that have any of these units.
pub(super) fn shards_of(missing: &[usize], units: usize, of: u32) -> Vec<u32> {
    let has = |number: &u32| {
        let mine = Shard { number: *number, of }.of_units(units);
        missing.iter().any(|unit| mine.contains(unit))
    };
    (1..=of).filter(has).collect()
}

/// `3,7,12-14`: as job arrays take it.
pub(super) fn as_array(numbers: &[u32]) -> String {
    let mut parts: Vec<String> = Vec::new();
    let mut at = 0;
    while at < numbers.len() {
        let first = numbers[at];
        let mut last = first;
        while numbers.get(at + 1) == Some(&(last + 1)) {
            last += 1;
            at += 1;
        }
        at += 1;
        parts.push(if first == last { first.to_string() } else { format!("{first}-{last}") });
    }
    parts.join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, variables: &[(&str, &str)]) -> Result<Shard, String> {
        Shard::read_where(text, |name| {
            variables.iter().find(|it| it.0 == name).map(|it| it.1.to_owned())
        })
    }

    #[test]
    fn every_unit_is_in_exactly_one_shard_however_many_there_are() {
        for units in [0, 1, 5, 16, 1_000] {
            for of in [1, 3, 16, 2_000] {
                let shards = (1..=of).map(|number| Shard { number, of }.of_units(units));
                assert!(shards.flatten().eq(0..units), "{units} units in {of} shards");
            }
        }
    }

    #[test]
    fn a_shard_is_a_number_of_a_number() {
        assert_eq!(read("3/16", &[]), Ok(Shard { number: 3, of: 16 }));
        for wrong in ["", "3", "0/3", "4/3", "1/0", "a/3", "3/b", "1/100001", "-1/3"] {
            assert!(read(wrong, &[]).is_err(), "{wrong}");
        }
    }

    #[test]
    fn an_engine_gives_the_number_if_it_is_one() {
        let auto = |variables: &[(&str, &str)]| read("auto/16", variables);
        assert_eq!(auto(&[("SLURM_ARRAY_TASK_ID", "3")]), Ok(Shard { number: 3, of: 16 }));
        assert_eq!(auto(&[("JOB_COMPLETION_INDEX", "0")]), Ok(Shard { number: 1, of: 16 }));
        let both = [("SLURM_ARRAY_TASK_ID", "3"), ("OMPI_COMM_WORLD_RANK", "2")];
        assert_eq!(auto(&both), Ok(Shard { number: 3, of: 16 }), "they agree");
        let apart = [("SLURM_ARRAY_TASK_ID", "3"), ("PARALLEL_SEQ", "7")];
        assert!(auto(&apart).unwrap_err().contains("PARALLEL_SEQ says 7"));
        assert!(auto(&[("SGE_TASK_ID", "undefined")]).unwrap_err().contains("--shard 3/16"));
        assert!(auto(&[("SLURM_ARRAY_TASK_ID", "17")]).is_err());
    }

    #[test]
    fn missing_shards_are_told_as_job_arrays_take_them() {
        assert_eq!(as_array(&[3, 7, 12, 13, 14]), "3,7,12-14");
        assert_eq!(as_array(&[]), "");
        assert_eq!(shards_of(&[0, 99], 100, 16), [1, 16]);
        assert_eq!(shards_of(&[1], 3, 16), [11], "most of these shards are empty");
    }
}
