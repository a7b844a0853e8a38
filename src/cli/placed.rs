//! Files and folders that somebody named: there as a whole or not at all.
//!
//! A file is written beside its place, flushed, and renamed over what is there. A folder replaces
//! another only when that was written by supsim as well: it has a [`MARK`].

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use super::exit::{Exit, Stop};
use super::interrupt;

/// What a folder of ours always has: where its files come from.
pub(super) const MARK: &str = "export.json";

/// Writes one file; folders on the way to it are made.
pub(super) fn file(
    path: &Path,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> Result<(), Stop> {
    let part = beside(path, "part");
    let written = made(path.parent()).and_then(|()| {
        // What an export that was cut short has left is nothing to keep.
        put(&part, write)?;
        fs::rename(&part, path)
    });
    if written.is_err() {
        // Then there is nothing of that name, or it stays for the next one to write over.
        let _ = fs::remove_file(&part);
    }
    interrupt::go_on("writing")?;
    written.map_err(|error| trouble(path, &error))
}

/// A folder that is being written.
pub(super) struct Folder {
    target: PathBuf,
    part: PathBuf,
}

impl Folder {
    /// Begins a folder in the place named.
    pub fn begin(target: &Path) -> Result<Folder, Stop> {
        let is_empty = || fs::read_dir(target).is_ok_and(|mut entries| entries.next().is_none());
        if target.exists() && !target.join(MARK).is_file() && !is_empty() {
            let text = format!(
                "supsim: {}: this is there already, and no export of supsim (it has no {MARK}); \
                 name another folder",
                target.display()
            );
            return Err(Stop { exit: Exit::FileTrouble, text });
        }
        let part = beside(target, "part");
        let begun = made(target.parent()).and_then(|()| {
            if part.exists() {
                fs::remove_dir_all(&part)?;
            }
            fs::create_dir(&part)
        });
        begun.map_err(|error| trouble(target, &error))?;
        Ok(Folder { target: target.to_owned(), part })
    }

    /// Writes one file of it; `path` is below it, with `/`.
    pub fn file(
        &self,
        path: &str,
        write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> Result<(), Stop> {
        let place = self.part.join(path);
        let written = made(place.parent()).and_then(|()| put(&place, write));
        interrupt::go_on("writing")?;
        written.map_err(|error| trouble(&self.target.join(path), &error))
    }

    /// Puts it in its place.
    pub fn finish(self) -> Result<(), Stop> {
        let old = beside(&self.target, "old");
        let moved = || -> io::Result<()> {
            if !self.target.exists() {
                return fs::rename(&self.part, &self.target);
            }
            if old.exists() {
                fs::remove_dir_all(&old)?;
            }
            fs::rename(&self.target, &old)?;
            if let Err(error) = fs::rename(&self.part, &self.target) {
                fs::rename(&old, &self.target)?;
                return Err(error);
            }
            fs::remove_dir_all(&old)
        };
        moved().map_err(|error| trouble(&self.target, &error))
    }
}

/// What was not finished is not kept.
impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.part);
    }
}

fn put(path: &Path, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    let mut file = BufWriter::new(File::create(path)?);
    write(&mut file)?;
    file.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()
}

fn made(folder: Option<&Path>) -> io::Result<()> {
    folder.filter(|folder| !folder.as_os_str().is_empty()).map_or(Ok(()), fs::create_dir_all)
}

/// `.NAME.part` for `NAME`.
fn beside(path: &Path, what: &str) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!(".{name}.{what}"))
}

fn trouble(path: &Path, error: &io::Error) -> Stop {
    Stop { exit: Exit::FileTrouble, text: format!("supsim: {}: {error}", path.display()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        let mut names: Vec<String> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn a_file_that_could_not_be_written_leaves_the_older_one() {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("deep/er/a.md");
        file(&path, |out| out.write_all(b"one")).unwrap();
        file(&path, |out| out.write_all(b"two")).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "two");
        let full = |out: &mut dyn Write| {
            out.write_all(b"three")?;
            Err(io::ErrorKind::StorageFull.into())
        };
        let stop = file(&path, full).unwrap_err();
        assert_eq!(stop.exit, Exit::FileTrouble);
        assert!(stop.text.contains("a.md") && !stop.text.contains(".part"), "{}", stop.text);
        assert_eq!(fs::read_to_string(&path).unwrap(), "two");
        assert_eq!(names(path.parent().unwrap()), ["a.md"]);
    }

    #[test]
    fn a_folder_replaces_one_of_ours_and_nothing_else() {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("a.csv");
        let write = |words: &[&str]| {
            let folder = Folder::begin(&path)?;
            folder.file(MARK, |out| out.write_all(b"{}"))?;
            words.iter().try_for_each(|word| folder.file(word, |_| Ok(())))?;
            folder.finish()
        };
        write(&["x/one", "two"]).unwrap();
        write(&["three"]).unwrap();
        assert_eq!(names(&path), [MARK, "three"], "nothing of the older export is left");
        fs::remove_file(path.join(MARK)).unwrap();
        let stop = write(&["four"]).unwrap_err();
        assert_eq!(stop.exit, Exit::FileTrouble);
        assert!(stop.text.contains("no export of supsim"), "{}", stop.text);
        assert_eq!(names(&path), ["three"]);
        assert_eq!(names(place.path()), ["a.csv"]);
    }

    #[test]
    fn a_folder_that_is_not_finished_leaves_nothing() {
        let place = tempfile::tempdir().unwrap();
        let folder = Folder::begin(&place.path().join("a.csv")).unwrap();
        folder.file("one", |_| Ok(())).unwrap();
        drop(folder);
        assert_eq!(names(place.path()), Vec::<String>::new());
    }
}
