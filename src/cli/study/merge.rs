//! Puts the shards of a study together, wherever they were run: to the same bytes as a run on one
//! machine.
//!
//! Blocks are taken over one by one. Each says itself whether it is whole and of this study, so
//! that order, duplicates and what a killed worker left behind do not matter. What follows from
//! them is computed once, from the blocks and in the order of the replications: sums of shards
//! added up would be other sums.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::super::exit::{Exit, Stop};
use super::super::interrupt;
use super::super::screen::Screen;
use super::super::whole::put_again;
use super::block::Block;
use super::ready::{Ready, Work};
use super::run::{keep_world, trouble};
use super::shard::{as_array, shards_of, split_into};
use super::{Asked, Plan, read_kept, told};
use crate::experiment::Tried;

/// How many missing shards are told one by one.
const TOLD: usize = 8;

/// Puts together what lies below these folders.
pub(super) fn merge(plan: &Plan, screen: &mut Screen) -> Result<Exit, Stop> {
    let folders = studies_in(plan)?;
    let asked = read_kept(&Plan { file: folders[0].clone(), ..plan.clone() })?;
    let Asked { study, sources, plan: kept, .. } = &asked;
    let ready = Ready::new(study, &Plan { results: plan.results.clone(), ..kept.clone() })?;
    asked.is_as_kept(&ready)?;
    told::describe(study, &ready, sources)?;
    let shelves = Shelves { folders: &folders, ready: &ready, damaged: 0 };
    let (missing, damaged) = shelves.take_over()?;
    if damaged > 0 {
        let files = if damaged == 1 { "file is" } else { "files are" };
        screen.complain(&format!("{damaged} damaged {files} as good as missing"));
    }
    if !missing.is_empty() {
        return Err(incomplete(&ready, &folders, &missing, plan.split));
    }
    for number in ready.different() {
        keep_world(study, &ready, number)?;
    }
    let plan = Plan { file: ready.folder.clone(), results: plan.results.clone(), ..kept.clone() };
    super::tell(study, &ready, &plan, screen)
}

/// The folders of the study, which must be one: those that were named, or those in them.
pub(super) fn studies_in(plan: &Plan) -> Result<Vec<PathBuf>, Stop> {
    let named: Vec<&PathBuf> = std::iter::once(&plan.file).chain(&plan.folders).collect();
    let mut found: Vec<(PathBuf, String)> = Vec::new();
    for place in &named {
        let mut here = vec![(*place).clone()];
        if !place.join("study.json").is_file() {
            let entries = fs::read_dir(place).map_err(|error| trouble(place, &error))?;
            here = entries.flatten().map(|entry| entry.path()).collect();
            here.sort();
            here.retain(|folder| folder.join("study.json").is_file());
        }
        for folder in here {
            let id = id_of(&folder)?;
            found.push((folder, id));
        }
    }
    let Some((first, id)) = found.first() else {
        let places: Vec<String> = named.iter().map(|place| place.display().to_string()).collect();
        let text = format!("supsim: nothing of a study lies in {}", places.join(", "));
        return Err(Stop { exit: Exit::NothingSelected, text });
    };
    if let Some((other, _)) = found.iter().find(|(_, other)| other != id) {
        let text = format!(
            "supsim: {} and {} are of two studies\n  \
             the study, its base, the command line or the version of supsim differ; name the folders\n  \
             of one of them",
            first.display(),
            other.display()
        );
        return Err(Stop { exit: Exit::NothingRan, text });
    }
    Ok(found.into_iter().map(|(folder, _)| folder).collect())
}

fn id_of(folder: &Path) -> Result<String, Stop> {
    let path = folder.join("study.json");
    let text = fs::read_to_string(&path).map_err(|error| trouble(&path, &error))?;
    let document: Option<Value> = serde_json::from_str(&text).ok();
    let id = document.and_then(|it| it["id"].as_str().map(str::to_owned));
    id.ok_or_else(|| Stop {
        exit: Exit::FileTrouble,
        text: format!("supsim: {}: damaged: it names no study", path.display()),
    })
}

/// Where blocks may lie, and where they shall.
pub(super) struct Shelves<'r> {
    pub folders: &'r [PathBuf],
    pub ready: &'r Ready,
    /// Files that are there and are no block.
    pub damaged: usize,
}

impl Shelves<'_> {
    /// Takes over every block; the places of the units of which something is missing, and how many
    /// files were damaged.
    fn take_over(mut self) -> Result<(Vec<usize>, usize), Stop> {
        let mut missing = Vec::new();
        for (place, unit) in self.ready.units().iter().enumerate() {
            interrupt::go_on("putting shards together")?;
            if !self.unit(unit, true)? {
                missing.push(place);
            }
        }
        Ok((missing, self.damaged))
    }

    /// The places of the units of which something is missing; nothing is taken over.
    pub fn missing(mut self) -> Result<Vec<usize>, Stop> {
        let mut missing = Vec::new();
        for (place, unit) in self.ready.units().iter().enumerate() {
            if !self.unit(unit, false)? {
                missing.push(place);
            }
        }
        Ok(missing)
    }

    /// Looks for all blocks of a unit; is it complete?
    fn unit(&mut self, unit: &Work, take: bool) -> Result<bool, Stop> {
        let ready = self.ready;
        if let Some(numbers) = &unit.block {
            let block = ready.block(unit.number, numbers.clone());
            return Ok(self.block(unit.number, &block, take)?.is_some());
        }
        let mut tried: Vec<Tried> = Vec::new();
        while let Some(block) = ready.next(unit.number, &tried) {
            match self.block(unit.number, &block, take)? {
                Some(more) => tried.extend(more),
                None => return Ok(false),
            }
        }
        Ok(true)
    }

    /// Looks for a block everywhere; what is whole must be the same.
    fn block(
        &mut self,
        number: usize,
        block: &Block<'_>,
        take: bool,
    ) -> Result<Option<Vec<Tried>>, Stop> {
        let key = &self.ready.points[number].key;
        let mut found: Option<(PathBuf, String, Vec<Tried>)> = None;
        for folder in self.folders {
            let path = folder.join("blocks").join(key).join(block.file());
            // what cannot be read as text is damaged too
            let Ok(bytes) = fs::read(&path) else { continue };
            let text = String::from_utf8_lossy(&bytes).into_owned();
            let Some(tried) = block.read(&text) else {
                if block.is_of_other_floats(&text) {
                    return Err(other_floats(&path));
                }
                self.damaged += 1;
                continue;
            };
            match &found {
                Some((first, known, _)) if *known != text => return Err(differ(first, &path)),
                Some(_) => {}
                None => found = Some((path, text, tried)),
            }
        }
        let Some((_, text, tried)) = found else { return Ok(None) };
        let path = self.ready.blocks(number).join(block.file());
        if take && fs::read(&path).ok().as_deref() != Some(text.as_bytes()) {
            let folder = self.ready.blocks(number);
            let placed =
                fs::create_dir_all(folder).and_then(|()| put_again(&path, text.as_bytes()));
            placed.map_err(|error| trouble(&path, &error))?;
        }
        Ok(Some(tried))
    }
}

fn other_floats(path: &Path) -> Stop {
    let text = format!(
        "supsim: {}: made where exp, log and others give other bits than here\n  \
         build supsim from the same Cargo.lock on all machines",
        path.display()
    );
    Stop { exit: Exit::NothingRan, text }
}

fn differ(one: &Path, other: &Path) -> Stop {
    let text = format!(
        "supsim: not deterministic: {} and {}\n  \
         are the same runs of the same study, both whole, and not the same; please report it",
        one.display(),
        other.display()
    );
    Stop { exit: Exit::Defect, text }
}

/// What is missing, and how it is made: a folder of the study knows all that it takes.
fn incomplete(ready: &Ready, folders: &[PathBuf], missing: &[usize], split: Option<u32>) -> Stop {
    let units = ready.units().len();
    let mut text = format!("supsim: {} of {units} units are missing\n", missing.len());
    let folder = folders[0].display();
    match split.or_else(|| split_into(folders.iter())) {
        Some(of) => {
            let numbers = shards_of(missing, units, of);
            text += &format!("  shards {} of {of}; make them with:", as_array(&numbers));
            for number in numbers.iter().take(TOLD) {
                text += &format!("\n  supsim study {folder} run --shard {number}/{of}");
            }
            if numbers.len() > TOLD {
                text += &format!("\n  and {} more", numbers.len() - TOLD);
            }
        }
        None => text += &format!("  make them with: supsim study {folder} run"),
    }
    Stop { exit: Exit::StoppedEarly, text }
}

/// The numbers of the shards of which something is missing, as job arrays take them.
pub(super) fn missing(ready: &Ready, plan: &Plan, screen: &mut Screen) -> Result<Exit, Stop> {
    let mut folders = vec![ready.folder.clone()];
    folders.extend(plan.folders.iter().cloned());
    let of = plan.split.or_else(|| split_into(folders.iter())).ok_or_else(|| Stop {
        exit: Exit::NothingRan,
        text: "supsim: --missing: into how many shards? --shards 16".to_owned(),
    })?;
    let units = ready.units().len();
    let missing = Shelves { folders: &folders, ready, damaged: 0 }.missing()?;
    let numbers = shards_of(&missing, units, of);
    screen.say(&format!("{}\n", as_array(&numbers)));
    Ok(if numbers.is_empty() { Exit::Ok } else { Exit::StoppedEarly })
}
