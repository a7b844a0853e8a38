//! What a study was read from, kept with its runs: whoever has the folder can tell again what it
//! says, on another machine and years later.
//!
//! Files are numbered in the order in which they were opened, the study's own is 0: no path of any
//! machine is kept, and the same study gives the same bytes wherever it lies.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::scenario::{Disk, Files, NamedFile, Overrides, Refusal, SitesOverride};

/// The name of the file that keeps them.
pub(super) const FILE: &str = "sources.json";

/// Everything that a study was read from.
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq, Eq)]
pub(super) struct Sources {
    /// The form of this file.
    sources: u32,
    /// The name of the study's own file, without its folder.
    pub file: String,
    /// What the files held.
    texts: Vec<String>,
    /// Which file a name in another file meant.
    opened: Vec<Opened>,
    /// What the command line changed.
    command: Command,
}

/// A name, and the file that it meant.
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq, Eq, PartialOrd, Ord)]
struct Opened {
    /// The file in which it stands; `None`: the command line.
    from: Option<usize>,
    name: String,
    file: usize,
}

/// What the command line says beside the file.
#[derive(Clone, Debug, Default, Serialize, Deserialize, PartialEq, Eq)]
pub(super) struct Command {
    pub seed: Option<u64>,
    pub with: Vec<String>,
    pub set: Vec<String>,
    pub params: Vec<String>,
    pub sites: Vec<(Vec<String>, Vec<String>)>,
    pub replications: Option<u32>,
    pub only: Vec<String>,
    pub no_vary: bool,
}

impl Command {
    /// What wins over the base.
    pub fn overrides(&self) -> Overrides {
        let site = |(selected, set): &(Vec<String>, Vec<String>)| SitesOverride {
            selected: selected.clone(),
            set: set.clone(),
        };
        Overrides {
            seed: self.seed,
            with: self.with.clone(),
            set: self.set.clone(),
            params: self.params.clone(),
            sites: self.sites.iter().map(site).collect(),
            allow_outside: false,
        }
    }
}

impl Sources {
    /// What this text keeps.
    pub fn read(text: &str) -> Option<Sources> {
        let sources: Sources = serde_json::from_str(text).ok()?;
        let files = 0..sources.texts.len();
        let known = |one: &Opened| {
            files.contains(&one.file) && one.from.is_none_or(|from| files.contains(&from))
        };
        let sound = sources.sources == 1 && !files.is_empty() && sources.opened.iter().all(known);
        sound.then_some(sources)
    }

    /// As text.
    pub fn write(&self) -> String {
        serde_json::to_string_pretty(self).unwrap_or_default() + "\n"
    }

    /// The study's own text.
    pub fn text(&self) -> &str {
        &self.texts[0]
    }

    /// What the command line said.
    pub const fn command(&self) -> &Command {
        &self.command
    }

    fn take(&self, from: Option<usize>, name: &str, most: usize) -> Result<NamedFile, Refusal> {
        let is_it = |one: &&Opened| one.from == from && one.name == name;
        let file = self.opened.iter().find(is_it).map(|one| one.file);
        let file = file.ok_or_else(|| Refusal::Unreadable("it was not kept".to_owned()))?;
        let text = &self.texts[file];
        if text.len() > most {
            return Err(Refusal::TooLarge);
        }
        Ok(NamedFile { id: file.to_string(), bytes: text.clone().into_bytes() })
    }
}

impl Files for Sources {
    fn main(&self) -> String {
        "0".to_owned()
    }

    fn open(&self, from: &str, name: &str, most: usize) -> Result<NamedFile, Refusal> {
        self.take(from.parse().ok(), name, most)
    }

    fn given(&self, name: &str, most: usize) -> Result<NamedFile, Refusal> {
        self.take(None, name, most)
    }
}

/// The files below a study's folder, as [`Disk`] opens them; keeps in mind what it opened.
pub(super) struct Recorder {
    disk: Disk,
    file: String,
    seen: RefCell<Seen>,
}

struct Seen {
    /// The number of each file, by what tells it from every other on this machine.
    numbers: BTreeMap<String, usize>,
    /// The same, by its number.
    ids: Vec<String>,
    texts: Vec<String>,
    opened: BTreeMap<(Option<usize>, String), usize>,
}

impl Recorder {
    /// The files that the study at `path`, which holds `text`, may name.
    pub fn beside(path: &Path, text: &[u8], allow_outside: bool) -> Recorder {
        let disk = Disk::beside(path, allow_outside);
        let main = disk.main();
        let seen = Seen {
            numbers: BTreeMap::from([(main.clone(), 0)]),
            ids: vec![main],
            texts: vec![String::from_utf8_lossy(text).into_owned()],
            opened: BTreeMap::new(),
        };
        let file = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        Recorder { disk, file, seen: RefCell::new(seen) }
    }

    /// What was opened so far, and what else the command line said.
    pub fn sources(&self, command: Command) -> Sources {
        let seen = self.seen.borrow();
        let opened = seen.opened.iter();
        Sources {
            sources: 1,
            file: self.file.clone(),
            texts: seen.texts.clone(),
            opened: opened
                .map(|((from, name), file)| Opened { from: *from, name: name.clone(), file: *file })
                .collect(),
            command,
        }
    }

    fn note(&self, from: Option<usize>, name: &str, file: NamedFile) -> NamedFile {
        let mut seen = self.seen.borrow_mut();
        let number = match seen.numbers.get(&file.id) {
            Some(number) => *number,
            None => {
                let number = seen.ids.len();
                seen.numbers.insert(file.id.clone(), number);
                seen.ids.push(file.id);
                seen.texts.push(String::from_utf8_lossy(&file.bytes).into_owned());
                number
            }
        };
        seen.opened.insert((from, name.to_owned()), number);
        NamedFile { id: number.to_string(), bytes: file.bytes }
    }
}

impl Files for Recorder {
    fn main(&self) -> String {
        "0".to_owned()
    }

    fn open(&self, from: &str, name: &str, most: usize) -> Result<NamedFile, Refusal> {
        let number: usize = from.parse().unwrap_or(0);
        let real = self.seen.borrow().ids.get(number).cloned().unwrap_or_default();
        let file = self.disk.open(&real, name, most)?;
        Ok(self.note(Some(number), name, file))
    }

    fn given(&self, name: &str, most: usize) -> Result<NamedFile, Refusal> {
        let file = self.disk.given(name, most)?;
        Ok(self.note(None, name, file))
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn what_was_read_can_be_read_again_without_the_files() {
        let place = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| fs::write(place.path().join(name), text).unwrap();
        fs::create_dir(place.path().join("deep")).unwrap();
        write("study.yaml", "base: deep/a.yaml");
        write("deep/a.yaml", "extends: ../b.yaml");
        write("b.yaml", "the base");
        write("more.yaml", "laid over it");
        let recorder =
            Recorder::beside(&place.path().join("study.yaml"), b"base: deep/a.yaml", false);
        let main = recorder.main();
        let a = recorder.open(&main, "deep/a.yaml", 99).unwrap();
        let b = recorder.open(&a.id, "../b.yaml", 99).unwrap();
        assert_eq!(recorder.open(&main, "b.yaml", 99).unwrap(), b, "one file, however it is named");
        let more = place.path().join("more.yaml").display().to_string();
        let given = recorder.given(&more, 99).unwrap();
        assert_eq!(recorder.open(&main, "../x.yaml", 99), Err(Refusal::Outside));
        let command = Command { with: vec![more.clone()], seed: Some(3), ..Command::default() };
        let kept = recorder.sources(command).write();
        drop(place);
        let sources = Sources::read(&kept).unwrap();
        assert_eq!(sources.write(), kept);
        assert_eq!(sources.open(&main, "deep/a.yaml", 99).unwrap(), a);
        assert_eq!(sources.open(&a.id, "../b.yaml", 99).unwrap(), b);
        assert_eq!(sources.given(&more, 99).unwrap(), given);
        assert_eq!(sources.open(&main, "b.yaml", 3), Err(Refusal::TooLarge));
        assert!(matches!(sources.open(&main, "c.yaml", 99), Err(Refusal::Unreadable(_))));
        assert_eq!(sources.command().overrides().seed, Some(3));
    }

    #[test]
    fn what_is_no_such_file_is_none() {
        for text in ["", "{}", "{\"sources\":2}", "[1]"] {
            assert_eq!(Sources::read(text), None, "{text}");
        }
        let lost = "{\"sources\":1,\"file\":\"a\",\"texts\":[\"\"],\"opened\":[{\"from\":0,\"name\":\"b\",\
                    \"file\":1}],\"command\":{\"seed\":null,\"with\":[],\"set\":[],\"params\":[],\"sites\":[],\
                    \"replications\":null,\"only\":[],\"no_vary\":false}}";
        assert_eq!(Sources::read(lost), None, "a file that is not there");
        assert!(Sources::read(&lost.replace("\"file\":1}", "\"file\":0}")).is_some());
    }
}
