//! Where runs are kept: a folder for each, there as a whole or not at all.
//!
//! ```text
//!   .NAME.part   everything is written and flushed here, then
//!   NAME ──► .NAME.old   an older run of that name steps aside,
//!   .NAME.part ──► NAME  the new one takes its place, and the old one is deleted
//! ```
//!
//! Whoever writes holds the lock of the results folder, so that whatever is called `.part` when
//! the lock has been taken was left by a run that was cut short. It is removed; a run that had
//! stepped aside and was not replaced comes back.

use std::fs::{self, File, TryLockError};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::exit::{Exit, Stop};
use super::interrupt;
use super::screen::Screen;

const LOCK: &str = ".supsim.lock";
/// What a folder of ours always has; nothing else is ever replaced.
pub(super) const MANIFEST: &str = "manifest.json";

/// A file that was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Stored {
    /// Below the run's folder, with `/` on every system.
    pub path: String,
    /// Its size [bytes].
    pub bytes: u64,
    /// The SHA-256 of its content, in hexadecimal.
    pub sha256: String,
}

/// A run that is being written.
pub(super) struct Writing {
    target: PathBuf,
    part: PathBuf,
    old: PathBuf,
    stored: Vec<Stored>,
    made: Option<PathBuf>,
    _lock: Option<File>,
}

impl Writing {
    /// Begins to write the run `name` in the folder `root`, which is made when it is missing.
    pub fn begin(root: &Path, name: &str, screen: &mut Screen) -> Result<Writing, Stop> {
        fs::create_dir_all(root).map_err(|error| trouble(root, &error))?;
        let lock = lock(root, screen)?;
        clean(root).map_err(|error| trouble(root, &error))?;
        let target = root.join(name);
        if target.exists() && !target.join(MANIFEST).exists() {
            let text = format!(
                "supsim: {}: this is not a stored run (it has no {MANIFEST}); \
                 move it away, or choose another folder with --out",
                target.display()
            );
            return Err(Stop { exit: Exit::FileTrouble, text });
        }
        let part = root.join(format!(".{name}.part"));
        fs::create_dir(&part).map_err(|error| trouble(&part, &error))?;
        let old = root.join(format!(".{name}.old"));
        Ok(Writing { target, part, old, stored: Vec::new(), made: None, _lock: lock })
    }

    /// Writes one file; `path` is below the run's folder, with `/`.
    pub fn file(
        &mut self,
        path: &str,
        write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> Result<(), Stop> {
        let place = self.part.join(path);
        let stored = match self.write(&place, write) {
            Ok(stored) => stored,
            Err(error) => {
                interrupt::go_on("storing")?;
                // Say where it would have been, not the hidden folder.
                return Err(trouble(&self.target.join(path), &error));
            }
        };
        self.stored.push(Stored { path: path.to_owned(), ..stored });
        Ok(())
    }

    fn write(
        &mut self,
        place: &Path,
        write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> io::Result<Stored> {
        let folder = place.parent().unwrap_or(&self.part);
        if self.made.as_deref() != Some(folder) {
            fs::create_dir_all(folder)?;
            self.made = Some(folder.to_owned());
        }
        let file = BufWriter::new(File::create_new(place)?);
        let mut hashing = Hashing { file, hash: Sha256::new(), bytes: 0 };
        write(&mut hashing)?;
        let file = hashing.file.into_inner().map_err(io::IntoInnerError::into_error)?;
        file.sync_all()?;
        Ok(Stored {
            path: String::new(),
            bytes: hashing.bytes,
            sha256: hex(&hashing.hash.finalize()),
        })
    }

    /// The files so far, in the order of their paths.
    pub fn stored(&self) -> Vec<Stored> {
        let mut stored = self.stored.clone();
        stored.sort_by(|one, other| one.path.cmp(&other.path));
        stored
    }

    /// Puts the run in its place. Until this has succeeded, an older run of that name stands.
    pub fn finish(self) -> Result<PathBuf, Stop> {
        let moved = || -> io::Result<()> {
            sync_folder(&self.part)?;
            let replaces = self.target.exists();
            if replaces {
                fs::rename(&self.target, &self.old)?;
            }
            if let Err(error) = fs::rename(&self.part, &self.target) {
                if replaces {
                    fs::rename(&self.old, &self.target)?;
                }
                return Err(error);
            }
            self.target.parent().map_or(Ok(()), sync_folder)?;
            if replaces { fs::remove_dir_all(&self.old) } else { Ok(()) }
        };
        moved().map_err(|error| trouble(&self.target, &error))?;
        Ok(self.target.clone())
    }
}

/// What was not finished is not kept.
impl Drop for Writing {
    fn drop(&mut self) {
        // After a finished run there is nothing of that name; and if it cannot be removed now, the
        // next run does it.
        let _ = fs::remove_dir_all(&self.part);
    }
}

/// Waits until no other supsim writes into this folder.
///
/// `None` where the file system knows no locks: then two at once must not write the same run.
fn lock(root: &Path, screen: &mut Screen) -> Result<Option<File>, Stop> {
    let path = root.join(LOCK);
    let file = File::create(&path).map_err(|error| trouble(&path, &error))?;
    let locked = match file.try_lock() {
        Err(TryLockError::WouldBlock) => {
            let root = root.display();
            screen.complain(&format!("supsim: waiting for another supsim to store in {root}"));
            file.lock()
        }
        Err(TryLockError::Error(error)) => Err(error),
        Ok(()) => Ok(()),
    };
    match locked {
        Ok(()) => Ok(Some(file)),
        Err(error) if error.kind() == io::ErrorKind::Unsupported => Ok(None),
        Err(error) => Err(trouble(&path, &error)),
    }
}

/// Removes what runs that were cut short have left behind.
fn clean(root: &Path) -> io::Result<()> {
    for entry in fs::read_dir(root)? {
        let entry = entry?;
        let name = entry.file_name();
        let Some(name) = name.to_str().and_then(|name| name.strip_prefix('.')) else { continue };
        if !entry.file_type()?.is_dir() {
            continue;
        }
        if name.strip_suffix(".part").is_some_and(is_ours) {
            fs::remove_dir_all(entry.path())?;
        } else if let Some(name) = name.strip_suffix(".old").filter(|name| is_ours(name)) {
            let target = root.join(name);
            if target.exists() {
                fs::remove_dir_all(entry.path())?;
            } else {
                fs::rename(entry.path(), target)?;
            }
        }
    }
    Ok(())
}

/// Is it the name of a stored run: a name, a hyphen, eight hexadecimal digits?
fn is_ours(name: &str) -> bool {
    let digits = |text: &str| text.len() == 8 && text.bytes().all(|b| b.is_ascii_hexdigit());
    name.rsplit_once('-').is_some_and(|(name, hash)| !name.is_empty() && digits(hash))
}

/// Makes the names in a folder last; Windows does so by itself, and cannot open folders.
pub(super) fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(unix) {
        let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}

/// What went wrong with a file or folder, and what to do where that is known.
fn trouble(path: &Path, error: &io::Error) -> Stop {
    use io::ErrorKind as Kind;
    let advice = match error.kind() {
        Kind::AlreadyExists | Kind::NotADirectory => {
            "\n  a file stands where a folder is needed; choose another folder with --out"
        }
        Kind::StorageFull => "\n  make room, or store less: --events none, --logs none",
        Kind::PermissionDenied | Kind::ReadOnlyFilesystem => {
            "\n  choose a folder that you may write to with --out"
        }
        _ => "",
    };
    let text = format!("supsim: {}: {error}{advice}", path.display());
    Stop { exit: Exit::FileTrouble, text }
}

/// A file that counts and hashes what passes.
struct Hashing {
    file: BufWriter<File>,
    hash: Sha256,
    bytes: u64,
}

impl Write for Hashing {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if interrupt::asked() {
            // Not `ErrorKind::Interrupted`: that asks to try again.
            return Err(io::Error::other("stopped"));
        }
        let written = self.file.write(bytes)?;
        self.hash.update(&bytes[..written]);
        self.bytes += written as u64;
        Ok(written)
    }

    /// Nobody reads the file before it is whole: flushing early would only cost time.
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Bytes in lower-case hexadecimal.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAME: &str = "tutorial-0123abcd";

    fn begin(root: &Path) -> Writing {
        Writing::begin(root, NAME, &mut Screen::captured().0).unwrap()
    }

    fn store(root: &Path, text: &str) -> PathBuf {
        let mut writing = begin(root);
        writing.file("logs/CEN/wsyncmgr.log", |out| out.write_all(text.as_bytes())).unwrap();
        writing.file(MANIFEST, |out| out.write_all(b"{}")).unwrap();
        writing.finish().unwrap()
    }

    fn names(root: &Path) -> Vec<String> {
        let name =
            |entry: io::Result<fs::DirEntry>| entry.unwrap().file_name().into_string().unwrap();
        let mut names: Vec<String> = fs::read_dir(root).unwrap().map(name).collect();
        names.sort();
        names
    }

    #[test]
    fn a_run_is_there_as_a_whole_and_nothing_else_is_left() {
        let root = tempfile::tempdir().unwrap();
        let folder = store(root.path(), "one");
        assert_eq!(folder, root.path().join(NAME));
        assert_eq!(fs::read_to_string(folder.join("logs/CEN/wsyncmgr.log")).unwrap(), "one");
        assert_eq!(names(root.path()), [LOCK, NAME]);
    }

    #[test]
    fn the_same_run_again_replaces_the_older_one() {
        let root = tempfile::tempdir().unwrap();
        store(root.path(), "one");
        let folder = store(root.path(), "two");
        assert_eq!(fs::read_to_string(folder.join("logs/CEN/wsyncmgr.log")).unwrap(), "two");
        assert_eq!(names(root.path()), [LOCK, NAME]);
    }

    #[test]
    fn a_run_that_is_not_finished_leaves_nothing_and_the_older_one_stands() {
        let root = tempfile::tempdir().unwrap();
        store(root.path(), "one");
        let mut writing = begin(root.path());
        writing.file("a.txt", |out| out.write_all(b"x")).unwrap();
        let stop = writing.file("b.txt", |_| Err(io::ErrorKind::StorageFull.into())).unwrap_err();
        assert_eq!(stop.exit, Exit::FileTrouble);
        assert!(stop.text.contains("b.txt") && !stop.text.contains(".part"), "{}", stop.text);
        drop(writing);
        assert_eq!(names(root.path()), [LOCK, NAME]);
        let log = root.path().join(NAME).join("logs/CEN/wsyncmgr.log");
        assert_eq!(fs::read_to_string(log).unwrap(), "one");
    }

    #[test]
    fn what_a_crash_left_is_cleaned_and_what_it_had_moved_aside_comes_back() {
        let root = tempfile::tempdir().unwrap();
        let root = root.path();
        fs::create_dir_all(root.join(".other-00000000.part/logs")).unwrap();
        fs::create_dir(root.join(".lost-11111111.old")).unwrap();
        fs::create_dir(root.join(".mine.part")).unwrap();
        store(root, "one");
        fs::create_dir(root.join(format!(".{NAME}.old"))).unwrap();
        store(root, "two");
        assert_eq!(names(root), [".mine.part", LOCK, "lost-11111111", NAME]);
    }

    #[test]
    fn a_folder_that_is_not_a_run_is_never_replaced() {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir(root.path().join(NAME)).unwrap();
        fs::write(root.path().join(NAME).join("thesis.txt"), "years").unwrap();
        let began = Writing::begin(root.path(), NAME, &mut Screen::captured().0);
        let stop = began.err().unwrap();
        assert_eq!(stop.exit, Exit::FileTrouble);
        assert!(stop.text.contains("not a stored run"), "{}", stop.text);
        assert!(root.path().join(NAME).join("thesis.txt").exists());
    }

    #[test]
    fn a_results_folder_that_cannot_be_made_is_named() {
        let root = tempfile::tempdir().unwrap();
        let file = root.path().join("results");
        fs::write(&file, "a file").unwrap();
        let began = Writing::begin(&file, NAME, &mut Screen::captured().0);
        let stop = began.err().unwrap();
        assert_eq!(stop.exit, Exit::FileTrouble);
        assert!(stop.text.contains("results"), "{}", stop.text);
        assert!(stop.text.contains("with --out"), "{}", stop.text);
    }

    #[test]
    fn files_are_known_by_their_size_and_hash_in_order_of_their_paths() {
        let root = tempfile::tempdir().unwrap();
        let mut writing = begin(root.path());
        writing.file("b", |out| out.write_all(b"abc")).unwrap();
        writing.file("a", |_| Ok(())).unwrap();
        let stored = writing.stored();
        assert_eq!((stored[0].path.as_str(), stored[0].bytes), ("a", 0));
        assert_eq!((stored[1].path.as_str(), stored[1].bytes), ("b", 3));
        assert!(stored[1].sha256.starts_with("ba7816bf8f01cfea"), "{}", stored[1].sha256);
    }
}
