//! Replications of earlier runs of the same world: whoever wants more of them runs only the rest.
//!
//! ```text
//!   results/.replications/NAME-XXXXXXXX/000000-000050.rows
//!     supsim-replications 1 <key>
//!     one replication in JSON on each line
//!     sha256 <of all before it>
//! ```
//!
//! The digits belong to the world, to what is asked of it and to this version. What is cut short or
//! altered is as good as missing. Nothing here is needed: the folder may be deleted at any time.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::exit::{Exit, Stop};
use super::floats::floats;
use super::results::hex;
use super::whole::put;
use crate::experiment::Replication;
use crate::measure::{Activity, Figure, Milestones};
use crate::scenario::{Recording, Scenario, SiteKind};
use crate::units::{Duration, Instant, ReleaseId};

/// The folder in the folder of results.
const FOLDER: &str = ".replications";

/// Where the replications of a world are kept.
pub(super) struct Earlier {
    folder: PathBuf,
    key: String,
}

impl Earlier {
    /// Of this world, with the milestones of these releases, in this folder of results.
    pub fn of(results: &Path, scenario: &Scenario, told: &[ReleaseId]) -> Earlier {
        // neither how many there shall be nor what is kept of a record is part of what each of them is
        let world = Scenario { replications: 1, recording: Recording::All, ..scenario.clone() };
        let told: Vec<u32> = told.iter().map(|release| release.index() as u32).collect();
        let (version, floats) = (env!("CARGO_PKG_VERSION"), floats());
        let text = format!("{version} {floats} {told:?}\n{}", world.to_yaml());
        let key = hex(&Sha256::digest(text.as_bytes()));
        let name = format!("{}-{}", scenario.name, &key[..8]);
        Earlier { folder: results.join(FOLDER).join(name), key }
    }

    /// What is kept, by number.
    ///
    /// `first` has just been run. Was it another once, then this is another program than the one that
    /// kept it, whatever its version says: nothing of that is worth anything, and it is removed.
    pub fn load(&self, first: &Replication) -> BTreeMap<u32, Replication> {
        let found = self.found();
        if found.get(&first.number).is_none_or(|before| before == first) {
            return found;
        }
        // what cannot be removed is removed by the next one who finds it
        let _ = fs::remove_dir_all(&self.folder);
        BTreeMap::new()
    }

    fn found(&self) -> BTreeMap<u32, Replication> {
        let mut found = BTreeMap::new();
        for entry in fs::read_dir(&self.folder).into_iter().flatten().flatten() {
            let Ok(text) = fs::read_to_string(entry.path()) else { continue };
            for one in self.read(&text).into_iter().flatten() {
                found.insert(one.number, one);
            }
        }
        found
    }

    /// Keeps these, which follow one another.
    pub fn keep(&self, some: &[Replication]) -> Result<(), Stop> {
        let (Some(first), Some(last)) = (some.first(), some.last()) else { return Ok(()) };
        let path = self.folder.join(format!("{:06}-{:06}.rows", first.number, last.number + 1));
        let text = self.write(some);
        let kept = fs::create_dir_all(&self.folder).and_then(|()| put(&path, text.as_bytes()));
        kept.map_err(|error| Stop {
            exit: Exit::FileTrouble,
            text: format!("supsim: {}: {error}", path.display()),
        })
    }

    fn heading(&self) -> String {
        format!("supsim-replications 1 {}\n", self.key)
    }

    fn write(&self, some: &[Replication]) -> String {
        let mut text = self.heading();
        for one in some {
            text += &serde_json::to_string(&Row::of(one)).unwrap_or_default();
            text.push('\n');
        }
        let sum = hex(&Sha256::digest(text.as_bytes()));
        text + &format!("sha256 {sum}\n")
    }

    fn read(&self, text: &str) -> Option<Vec<Replication>> {
        let (rows, sum) = text.split_at(text.rfind("sha256 ")?);
        let sum = sum.strip_prefix("sha256 ")?.strip_suffix('\n')?;
        if hex(&Sha256::digest(rows.as_bytes())) != sum {
            return None;
        }
        let rows = rows.strip_prefix(&self.heading())?;
        rows.lines().map(|row| serde_json::from_str::<Row>(row).ok()?.replication()).collect()
    }
}

/// A replication as it is kept: times in microseconds, all else in the smallest step of its unit.
#[derive(Serialize, Deserialize)]
struct Row {
    number: u32,
    /// `null`: nothing to measure; `[]`: never; else the value.
    values: Vec<Option<Vec<u64>>>,
    /// Attempts, succeeded, failed, unfinished, retries, busiest.
    activity: [usize; 6],
    busiest_at: Option<u64>,
    /// By release, by tier.
    milestones: Vec<Vec<Group>>,
}

/// Tier, kind, sites, never, and when so many were current.
type Group = (u32, u8, usize, usize, [Option<u64>; 4]);

impl Row {
    fn of(one: &Replication) -> Row {
        let value = |value: &Option<Figure>| value.map(|it| it.value().into_iter().collect());
        let Activity { attempts, succeeded, failed, unfinished, retries, busiest, busiest_at } =
            one.activity;
        let group = |it: &Milestones| {
            let kind = match it.kind {
                SiteKind::Central => 0,
                SiteKind::Primary => 1,
                SiteKind::Secondary => 2,
            };
            (it.tier, kind, it.sites, it.never, it.after.map(|after| after.map(Duration::micros)))
        };
        let milestones = one.milestones.iter();
        Row {
            number: one.number,
            values: one.values.iter().map(value).collect(),
            activity: [attempts, succeeded, failed, unfinished, retries, busiest],
            busiest_at: busiest_at.map(Instant::micros),
            milestones: milestones.map(|groups| groups.iter().map(group).collect()).collect(),
        }
    }

    fn replication(self) -> Option<Replication> {
        let value = |value: Option<Vec<u64>>| {
            value.map(|value| value.first().map_or(Figure::Never, |it| Figure::Of(*it)))
        };
        let [attempts, succeeded, failed, unfinished, retries, busiest] = self.activity;
        let busiest_at = self.busiest_at.map(Instant::from_micros);
        let group =
            |(tier, kind, sites, never, after): (u32, u8, usize, usize, [Option<u64>; 4])| {
                let kind = match kind {
                    0 => SiteKind::Central,
                    1 => SiteKind::Primary,
                    2 => SiteKind::Secondary,
                    _ => return None,
                };
                let after = after.map(|after| after.map(Duration::from_micros));
                Some(Milestones { tier, kind, sites, never, after })
            };
        let milestones = self.milestones.into_iter();
        Some(Replication {
            number: self.number,
            values: self.values.into_iter().map(value).collect(),
            activity: Activity {
                attempts,
                succeeded,
                failed,
                unfinished,
                retries,
                busiest,
                busiest_at,
            },
            milestones: milestones
                .map(|groups| groups.into_iter().map(group).collect())
                .collect::<Option<_>>()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::Overrides;

    fn some() -> Vec<Replication> {
        let group = |after| Milestones {
            tier: 2,
            kind: SiteKind::Primary,
            sites: 9,
            never: 1,
            after: [Some(Duration::from_micros(after)), None, None, None],
        };
        let one = |number: u32| Replication {
            number,
            values: vec![Some(Figure::Of(u64::MAX)), Some(Figure::Never), None],
            activity: Activity { attempts: 7, busiest: 2, ..Activity::default() },
            milestones: vec![vec![group(5), group(6)], Vec::new()],
        };
        (3..6).map(one).collect()
    }

    fn scenario(text: &str) -> Scenario {
        let text = format!(
            "supsim: 1\nkind: scenario\nname: given\nstart: 2026-01-12 00:00\nsites: {{ CEN: {{}} }}\n{text}"
        );
        Scenario::parse("given.yaml", &text, &Overrides::default()).unwrap().0
    }

    #[test]
    fn what_was_kept_is_found_by_number_and_what_is_damaged_or_another_programs_is_not() {
        let results = tempfile::tempdir().unwrap();
        let earlier = Earlier::of(results.path(), &scenario(""), &[ReleaseId(0)]);
        let first = &some()[0];
        assert!(earlier.load(first).is_empty());
        earlier.keep(&some()).unwrap();
        earlier.keep(&[]).unwrap();
        let found = earlier.load(first);
        assert_eq!(found.into_values().collect::<Vec<_>>(), some());
        let other = Replication { values: Vec::new(), ..first.clone() };
        assert!(earlier.load(&other).is_empty(), "of another program");
        assert!(earlier.found().is_empty(), "and nobody finds it again");
        let text = earlier.write(&some());
        for end in 0..text.len() {
            assert_eq!(earlier.read(&text[..end]), None, "the first {end} bytes");
        }
        assert_eq!(earlier.read(&text.replace("[5,", "[6,")), None);
    }

    #[test]
    fn how_many_there_shall_be_changes_nothing_and_everything_else_does() {
        let results = tempfile::tempdir().unwrap();
        let key =
            |text: &str, told: &[ReleaseId]| Earlier::of(results.path(), &scenario(text), told).key;
        let usual = key("", &[]);
        assert_eq!(key("replications: 7\n", &[]), usual);
        assert_ne!(key("seed: 7\n", &[]), usual);
        assert_ne!(key("", &[ReleaseId(0)]), usual);
        assert_ne!(key("expect: { calm: { metric: failures, at_most: 3 } }\n", &[]), usual);
    }
}
