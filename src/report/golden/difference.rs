//! What moved between a golden file and now: the kind of thing first, then lines.

use super::{Golden, INGREDIENTS};

/// The most lines that are shown.
const SHOWN: usize = 20;

/// What moved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// What kind of thing: `other causes; same topology, faults, times, metrics`.
    pub moved: String,
    /// `- then` and `+ now`, all of them, in the order of the file.
    rows: Vec<String>,
}

impl Golden {
    /// What is otherwise now; `None` when nothing is.
    pub fn difference(&self, now: &Golden) -> Option<Difference> {
        if self == now {
            return None;
        }
        let mut parts = Vec::new();
        let heads = [
            ("scenario", self.scenario.clone(), now.scenario.clone()),
            ("seed", self.seed.to_string(), now.seed.to_string()),
            ("replications", self.replications.to_string(), now.replications.to_string()),
        ];
        for (what, then, now) in heads.into_iter().filter(|(_, then, now)| then != now) {
            parts.push(format!("{what} was {then} and is {now}"));
        }
        let pairs = || INGREDIENTS.iter().zip(self.fingerprint.iter().zip(&now.fingerprint));
        let named = |alike: bool| -> Vec<&str> {
            let those = pairs().filter(|(_, (then, now))| (then == now) == alike);
            those.map(|(name, _)| *name).collect()
        };
        match (&named(false)[..], &named(true)[..]) {
            ([], _) if self.expected == now.expected && self.arrived == now.arrived => {}
            ([], _) => parts.push("same fingerprint, other rows: edited by hand?".to_owned()),
            (other, []) => parts.push(format!("other {}", other.join(", "))),
            (other, same) => {
                parts.push(format!("other {}; same {}", other.join(", "), same.join(", ")));
            }
        }
        let mut rows = Vec::new();
        differing(&self.expected, &now.expected, 1, &mut rows);
        differing(&self.arrived, &now.arrived, 3, &mut rows);
        if rows.is_empty() && self.fingerprint != now.fingerprint {
            parts.push("no row that is listed".to_owned());
        }
        Some(Difference { moved: parts.join("; "), rows })
    }
}

impl Difference {
    /// The lines that differ, at most twenty, and how many more there are.
    pub fn lines(&self) -> Vec<String> {
        let mut lines: Vec<String> = self.rows.iter().take(SHOWN).cloned().collect();
        let more = self.rows.len() - lines.len();
        if more > 0 {
            lines.push(format!("... and {more} more lines"));
        }
        lines
    }
}

/// The rows of two tables that differ; a row is the same one when its first `key` cells are.
fn differing<const N: usize>(
    then: &[[String; N]],
    now: &[[String; N]],
    key: usize,
    lines: &mut Vec<String>,
) {
    let line = |sign: char, row: &[String; N]| format!("{sign} {}", row.join("  "));
    let same = |one: &[String; N], other: &[String; N]| one[..key] == other[..key];
    for row in then {
        match now.iter().find(|other| same(row, other)) {
            Some(other) if other == row => {}
            Some(other) => lines.extend([line('-', row), line('+', other)]),
            None => lines.push(line('-', row)),
        }
    }
    let new = now.iter().filter(|row| !then.iter().any(|other| same(row, other)));
    lines.extend(new.map(|row| line('+', row)));
}
