//! Files that are there as a whole or not at all.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::Path;
use std::process;

use super::results::sync_folder;

/// Writes a file that is there as a whole or not at all, even when the power fails.
pub(super) fn put(path: &Path, bytes: &[u8]) -> io::Result<()> {
    placed(path, bytes, File::sync_all)?;
    path.parent().map_or(Ok(()), sync_folder)
}

/// The same of what can be had again: when the power fails it may be there damaged.
pub(super) fn put_again(path: &Path, bytes: &[u8]) -> io::Result<()> {
    placed(path, bytes, |_| Ok(()))
}

fn placed(path: &Path, bytes: &[u8], keep: fn(&File) -> io::Result<()>) -> io::Result<()> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    // two at once write the same bytes, and must not write them into one another
    let part = path.with_file_name(format!(".{name}.{}.part", process::id()));
    let written = File::create(&part).and_then(|mut file| {
        file.write_all(bytes)?;
        keep(&file)
    });
    let done = written.and_then(|()| fs::rename(&part, path));
    if done.is_err() {
        let _ = fs::remove_file(&part);
    }
    done
}
