//! Which files a scenario was read from beside its own, and what they held.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::results::{Stored, hex};
use crate::scenario::{Disk, Files, NamedFile, Refusal};

/// The files below a scenario's folder, as [`Disk`] opens them; keeps in mind those that it opened.
pub(super) struct Inputs {
    disk: Disk,
    /// The folder of the scenario, without links.
    root: PathBuf,
    /// By what tells each from every other.
    opened: RefCell<BTreeMap<String, Stored>>,
}

impl Inputs {
    /// The files that the scenario at `path` may name.
    pub fn beside(path: &Path, allow_outside: bool) -> Inputs {
        let disk = Disk::beside(path, allow_outside);
        let main = PathBuf::from(disk.main());
        let root = main.parent().map_or_else(|| main.clone(), Path::to_owned);
        Inputs { disk, root, opened: RefCell::default() }
    }

    /// The files that were opened so far, in the order of their paths.
    pub fn opened(&self) -> Vec<Stored> {
        let mut opened: Vec<Stored> = self.opened.borrow().values().cloned().collect();
        opened.sort_by(|one, other| (&one.path, &one.sha256).cmp(&(&other.path, &other.sha256)));
        opened
    }

    fn note(&self, opened: Result<NamedFile, Refusal>) -> Result<NamedFile, Refusal> {
        let file = opened?;
        self.opened.borrow_mut().entry(file.id.clone()).or_insert_with(|| Stored {
            path: self.told(Path::new(&file.id)),
            bytes: file.bytes.len() as u64,
            sha256: hex(&Sha256::digest(&file.bytes)),
        });
        Ok(file)
    }

    /// Below the scenario's folder its path from there; elsewhere its name alone: the folders of one
    /// machine mean nothing on another.
    fn told(&self, file: &Path) -> String {
        let inside = file.strip_prefix(&self.root).ok();
        let told = inside.or(file.file_name().map(Path::new)).unwrap_or(file);
        let parts = told.components().map(|part| part.as_os_str().to_string_lossy());
        parts.collect::<Vec<_>>().join("/")
    }
}

impl Files for Inputs {
    fn main(&self) -> String {
        self.disk.main()
    }

    fn open(&self, from: &str, name: &str, most: usize) -> Result<NamedFile, Refusal> {
        self.note(self.disk.open(from, name, most))
    }

    fn given(&self, name: &str, most: usize) -> Result<NamedFile, Refusal> {
        self.note(self.disk.given(name, most))
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn each_file_is_known_once_by_its_path_below_the_scenario() {
        let folder = tempfile::tempdir().unwrap();
        let inside = folder.path().join("inside");
        fs::create_dir_all(inside.join("data")).unwrap();
        fs::write(inside.join("data/pulls.csv"), "abc").unwrap();
        fs::write(inside.join("base.yaml"), "").unwrap();
        fs::write(folder.path().join("emergency.yaml"), "x").unwrap();
        let inputs = Inputs::beside(&inside.join("main.yaml"), false);
        let main = inputs.main();
        inputs.open(&main, "data/pulls.csv", 10).unwrap();
        inputs.open(&main, "data\\..\\data/pulls.csv", 10).unwrap();
        inputs.open(&main, "base.yaml", 10).unwrap();
        inputs.given(&folder.path().join("emergency.yaml").to_string_lossy(), 10).unwrap();
        assert_eq!(inputs.open(&main, "../emergency.yaml", 10), Err(Refusal::Outside));
        let opened = inputs.opened();
        let paths: Vec<&str> = opened.iter().map(|file| file.path.as_str()).collect();
        assert_eq!(paths, ["base.yaml", "data/pulls.csv", "emergency.yaml"]);
        assert_eq!(opened[1].bytes, 3);
        assert!(opened[1].sha256.starts_with("ba7816bf8f01cfea"), "{}", opened[1].sha256);
    }
}
