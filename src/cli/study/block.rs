//! One file for each block of replications of a point: there as a whole, or not at all.
//!
//! ```text
//!   supsim-block 2 <study> <point> <from> <to> <canary>
//!   <number> <attempts> <succeeded> <failed> <unfinished> <retries> <busiest> <value> ...
//!   <number> ! limit <why>
//!   sha256 <of all before it>
//! ```
//!
//! Columns are separated by tabs. Nothing in it says when, where or by whom it was written, so
//! that whoever runs the same block again writes the same bytes. The canary is of the functions that
//! chance is made of: runs are put together only where these are the same to the bit. A file that is cut short, altered
//! or of another study is as good as missing.

use std::fs;
use std::io;
use std::ops::Range;
use std::path::Path;

use sha2::{Digest, Sha256};

use super::super::floats::floats;
use super::super::results::hex;
use super::super::whole::put;
use crate::experiment::{Failure, Replication, Tried};
use crate::measure::{Activity, Figure};

/// Which block of which point of which study.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Block<'a> {
    /// What determines the results of the study.
    pub study: &'a str,
    /// What determines the world of the point.
    pub point: &'a str,
    /// Its replications.
    pub numbers: Range<u32>,
}

impl Block<'_> {
    /// The name of its file.
    pub fn file(&self) -> String {
        format!("{:06}-{:06}.block", self.numbers.start, self.numbers.end)
    }

    fn heading(&self) -> String {
        let canary = floats();
        format!("{}\t{canary}\n", self.name())
    }

    fn name(&self) -> String {
        let (study, point, numbers) = (self.study, self.point, &self.numbers);
        format!("supsim-block\t2\t{study}\t{point}\t{}\t{}", numbers.start, numbers.end)
    }

    /// Is this text this block, from a machine whose functions give other bits?
    pub fn is_of_other_floats(&self, text: &str) -> bool {
        let line = text.lines().next().unwrap_or_default();
        line.strip_prefix(&self.name())
            .is_some_and(|rest| rest.strip_prefix('\t').is_some_and(|it| it != floats()))
    }

    /// As text.
    pub fn write(&self, tried: &[Tried]) -> String {
        let mut text = self.heading();
        for one in tried {
            text += &match &one.result {
                Ok(run) => row(run),
                Err(Failure::Limit(why)) => format!("{}\t!\tlimit\t{}\n", one.number, line(why)),
                Err(Failure::Defect(why)) => format!("{}\t!\tdefect\t{}\n", one.number, line(why)),
            };
        }
        let sum = hex(&Sha256::digest(text.as_bytes()));
        text + &format!("sha256\t{sum}\n")
    }

    /// What a text says, if it is this block and whole.
    pub fn read(&self, text: &str) -> Option<Vec<Tried>> {
        let end = text.rfind("sha256\t")?;
        let (rows, sum) = text.split_at(end);
        let sum = sum.strip_prefix("sha256\t")?.strip_suffix('\n')?;
        if hex(&Sha256::digest(rows.as_bytes())) != sum {
            return None;
        }
        let rows = rows.strip_prefix(&self.heading())?;
        let tried: Vec<Tried> = rows.lines().map(tried).collect::<Option<_>>()?;
        let numbers = tried.iter().map(|one| one.number);
        numbers.eq(self.numbers.clone()).then_some(tried)
    }

    /// What stands in this folder; `None`: nothing that is whole.
    pub fn load(&self, folder: &Path) -> Option<Vec<Tried>> {
        self.read(&fs::read_to_string(folder.join(self.file())).ok()?)
    }

    /// Puts it into this folder, which is made when it is missing.
    pub fn store(&self, folder: &Path, tried: &[Tried]) -> io::Result<()> {
        fs::create_dir_all(folder)?;
        put(&folder.join(self.file()), self.write(tried).as_bytes())
    }
}

fn line(words: &str) -> String {
    words.split(|c: char| c.is_control() || c.is_whitespace()).collect::<Vec<_>>().join(" ")
}

fn row(run: &Replication) -> String {
    let Activity { attempts, succeeded, failed, unfinished, retries, busiest, busiest_at: _ } =
        run.activity;
    let counts = [attempts, succeeded, failed, unfinished, retries, busiest];
    let mut cells = vec![run.number.to_string()];
    cells.extend(counts.map(|count| count.to_string()));
    cells.extend(run.values.iter().map(|value| match value {
        Some(Figure::Of(value)) => value.to_string(),
        Some(Figure::Never) => "never".to_owned(),
        None => "-".to_owned(),
    }));
    cells.join("\t") + "\n"
}

fn tried(row: &str) -> Option<Tried> {
    let mut cells = row.split('\t');
    let number: u32 = cells.next()?.parse().ok()?;
    let mut cells = cells.peekable();
    if cells.next_if_eq(&"!").is_some() {
        let (kind, why) = (cells.next()?, cells.next()?.to_owned());
        let failure = match kind {
            "limit" => Failure::Limit(why),
            "defect" => Failure::Defect(why),
            _ => return None,
        };
        return Some(Tried { number, result: Err(failure) });
    }
    let mut count = || -> Option<usize> { cells.next()?.parse().ok() };
    let activity = Activity {
        attempts: count()?,
        succeeded: count()?,
        failed: count()?,
        unfinished: count()?,
        retries: count()?,
        busiest: count()?,
        busiest_at: None,
    };
    let value = |cell: &str| match cell {
        "never" => Some(Some(Figure::Never)),
        "-" => Some(None),
        digits => digits.parse().ok().map(|value| Some(Figure::Of(value))),
    };
    let values = cells.map(value).collect::<Option<_>>()?;
    let run = Replication { number, values, activity, milestones: Vec::new() };
    Some(Tried { number, result: Ok(run) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn some() -> Vec<Tried> {
        let activity = Activity { attempts: 9, failed: 2, busiest: 3, ..Activity::default() };
        let values = vec![Some(Figure::Of(u64::MAX)), Some(Figure::Never), None];
        let run = Replication { number: 20, values, activity, milestones: Vec::new() };
        let failed = |number, failure| Tried { number, result: Err(failure) };
        vec![
            Tried { number: 20, result: Ok(run) },
            failed(21, Failure::Limit("too\tlarge\nby far".to_owned())),
            failed(22, Failure::Defect("sha256\tis a word".to_owned())),
        ]
    }

    const BLOCK: Block<'_> = Block { study: "0123", point: "abcd", numbers: 20..23 };

    #[test]
    fn what_was_written_can_be_read_again() {
        let read = BLOCK.read(&BLOCK.write(&some())).unwrap();
        assert_eq!(read[0], some()[0]);
        assert_eq!(read[1].result, Err(Failure::Limit("too large by far".to_owned())));
        assert_eq!(read[2].result, Err(Failure::Defect("sha256 is a word".to_owned())));
        assert_eq!(BLOCK.write(&read), BLOCK.write(&some()));
    }

    #[test]
    fn what_is_cut_short_or_altered_or_of_another_study_is_as_good_as_missing() {
        let text = BLOCK.write(&some());
        for end in 0..text.len() {
            assert_eq!(BLOCK.read(&text[..end]), None, "the first {end} bytes");
        }
        for at in 0..text.len() {
            let mut bytes = text.clone().into_bytes();
            bytes[at] ^= 1;
            if let Ok(text) = String::from_utf8(bytes) {
                assert_eq!(BLOCK.read(&text), None, "byte {at} altered");
            }
        }
        assert_eq!(Block { study: "0124", ..BLOCK }.read(&text), None);
        assert_eq!(Block { numbers: 20..24, ..BLOCK }.read(&text), None);
    }

    #[test]
    fn a_block_is_stored_as_a_whole_and_the_same_again() {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("abcd");
        assert_eq!(BLOCK.load(&place), None);
        BLOCK.store(&place, &some()).unwrap();
        let bytes = fs::read(place.join("000020-000023.block")).unwrap();
        assert_eq!(BLOCK.load(&place).map(|tried| tried.len()), Some(3));
        BLOCK.store(&place, &some()).unwrap();
        assert_eq!(fs::read(place.join("000020-000023.block")).unwrap(), bytes);
        assert_eq!(fs::read_dir(&place).unwrap().count(), 1, "no part is left");
    }
}
