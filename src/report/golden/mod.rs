//! A golden file: what a scenario comes to, short enough that a person reviews it.
//!
//! ```text
//!   supsim-golden 1
//!   scenario tutorial  seed 1  replications 1
//!   fingerprint  topology 9f31c2aa  faults 4be0116d  times 51d0e7b4  causes ...  metrics ...
//!
//!   expectation          verdict  got
//!   everyone-by-morning  pass     100 %
//!
//!   rep  site  release        current after  by sync  largest cause
//!   0    *     *              3 of 3         4 in all  schedule
//!   0    CEN   patch-tuesday  9h07m27s       1        schedule at CEN (sync.schedule)
//! ```
//!
//! Invariants:
//! - What is hashed and what is listed hang on names, not on numbers: to move a site within its
//!   file moves nothing.
//! - However large the hierarchy, the file stays short: the latest are listed, all are hashed.

mod difference;
mod gild;
mod read;
#[cfg(test)]
mod tests;

use std::fmt;

use super::summary::counted;
pub use difference::Difference;
pub use gild::Gilding;

/// The version of the form.
const GOLDEN_VERSION: u32 = 1;
/// The ingredients of the fingerprint, in their order.
const INGREDIENTS: [&str; 5] = ["topology", "faults", "times", "causes", "metrics"];
/// The columns of what was expected.
const EXPECTED: [&str; 3] = ["expectation", "verdict", "got"];
/// The columns of what arrived.
const ARRIVED: [&str; 6] = ["rep", "site", "release", "current after", "by sync", "largest cause"];

/// What a golden file has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Golden {
    /// The scenario's name.
    pub scenario: String,
    /// Its chance.
    pub seed: u64,
    /// How many replications were run; the first few of them are listed.
    pub replications: u32,
    /// The fingerprint: one value for each ingredient.
    fingerprint: [u32; 5],
    /// Name, verdict and value of every expectation.
    expected: Vec<[String; 3]>,
    /// The latest arrivals of the first replications.
    arrived: Vec<[String; 6]>,
}

impl Golden {
    /// The file's text.
    pub fn text(&self) -> String {
        let mut text = format!(
            "supsim-golden {GOLDEN_VERSION}\nscenario {}  seed {}  replications {}\n{}\n",
            self.scenario,
            self.seed,
            self.replications,
            self.fingerprint()
        );
        if !self.expected.is_empty() {
            table(&mut text, EXPECTED, &self.expected);
        }
        table(&mut text, ARRIVED, &self.arrived);
        text
    }

    /// `fingerprint  topology 9f31c2aa  faults ...`.
    pub fn fingerprint(&self) -> String {
        let ingredients = INGREDIENTS.iter().zip(self.fingerprint);
        let words: Vec<String> =
            ingredients.map(|(name, value)| format!("  {name} {value:08x}")).collect();
        format!("fingerprint{}", words.concat())
    }

    /// What was found of an expectation then: its verdict and its value.
    pub fn of_expectation(&self, name: &str) -> Option<(&str, &str)> {
        let row = self.expected.iter().find(|row| row[0] == name)?;
        Some((&row[1], &row[2]))
    }
}

/// In one line: whose it is, and how much is in it.
impl fmt::Display for Golden {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Golden { scenario, seed, replications, .. } = self;
        let expected = counted(self.expected.len(), "expectation", "expectations");
        let replications = counted(*replications as usize, "replication", "replications");
        write!(f, "{scenario}   seed {seed}   {replications}   {expected}")
    }
}

/// Columns with two blanks or more between them; no cell holds two in a row.
fn table<const N: usize>(text: &mut String, head: [&str; N], rows: &[[String; N]]) {
    let widths: [usize; N] = std::array::from_fn(|column| {
        let cells = rows.iter().map(|row| row[column].chars().count());
        cells.chain([head[column].chars().count()]).max().unwrap_or(0)
    });
    text.push('\n');
    let mut line = |cells: [&str; N]| {
        let mut line = String::new();
        for (cell, width) in cells.into_iter().zip(widths) {
            line += &format!("{cell:<width$}  ");
        }
        *text += line.trim_end();
        text.push('\n');
    };
    line(head);
    rows.iter().for_each(|row| line(std::array::from_fn(|column| row[column].as_str())));
}
