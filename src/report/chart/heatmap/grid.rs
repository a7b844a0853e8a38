//! The table behind the heat map: what is slow, by two attributes.

use std::collections::{BTreeMap, BTreeSet};

use super::super::attribute::{Attribute, Value};
use super::super::shown::Shown;
use crate::measure::Arrival;
use crate::scenario::Scenario;
use crate::units::Duration;

/// More rows and columns would not be read.
pub(in super::super) const MOST_ROWS: usize = 30;
const MOST_COLUMNS: usize = 9;

/// What the arrivals of one combination say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in super::super) struct Cell {
    /// How many became current.
    pub reached: u64,
    /// How many never did.
    pub never: u64,
    /// How long the former took together \[µs\].
    total: u128,
}

impl Cell {
    fn add(&mut self, other: Cell) {
        self.reached += other.reached;
        self.never += other.never;
        self.total += other.total;
    }

    /// How many there are.
    pub fn count(&self) -> u64 {
        self.reached + self.never
    }

    /// The mean of those that became current; `None` when none did.
    pub fn mean(&self) -> Option<Duration> {
        let count = u128::from(self.reached);
        let mean = (self.total + count / 2).checked_div(count)?;
        Some(Duration::from_micros(u64::try_from(mean).unwrap_or(u64::MAX)))
    }

    /// What comes first when the slowest does: any that never came, then the mean.
    fn slowness(&self) -> (u64, Duration) {
        // in ten-thousandths, so that one of many weighs less than one of few
        (self.never * 10_000 / self.count().max(1), self.mean().unwrap_or(Duration::MAX))
    }
}

/// A row or a column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) struct Line {
    /// Its value of the attribute.
    pub words: String,
    /// All of it.
    pub all: Cell,
}

/// The whole table.
pub(in super::super) struct Grid {
    /// What the rows are told apart by.
    pub by: [Attribute; 2],
    /// The rows, the slowest first; of what has an order of its own, in that.
    pub rows: Vec<Line>,
    /// The columns, likewise.
    pub columns: Vec<Line>,
    /// By row, then by column; empty: there is no such combination.
    pub cells: Vec<Vec<Option<Cell>>>,
    /// The rows that have no room, together.
    pub further: (usize, Cell),
    /// Everything.
    pub all: Cell,
    /// Are all releases in it, not one?
    pub all_releases: bool,
}

impl Grid {
    /// The table of a run by these attributes; where none is named, by those that say most.
    pub fn of(shown: &Shown<'_>, rows: Option<Attribute>, columns: Option<Attribute>) -> Grid {
        let scenario = shown.run.scenario;
        let by = chosen(shown, rows, columns);
        let all_releases = by.iter().any(Attribute::is_of_release);
        let mut sums: BTreeMap<(Value, Value), Cell> = BTreeMap::new();
        for arrival in arrivals(shown, all_releases) {
            let key = (by[0].value(scenario, arrival), by[1].value(scenario, arrival));
            let mut one = Cell::default();
            match arrival.time_to_current() {
                Some(delay) => (one.reached, one.total) = (1, u128::from(delay.micros())),
                None => one.never = 1,
            }
            sums.entry(key).or_default().add(one);
        }
        let rows = lines(&by[0], sums.iter().map(|((row, _), cell)| (row, *cell)));
        let mut columns = lines(&by[1], sums.iter().map(|((_, column), cell)| (column, *cell)));
        let place: BTreeMap<Value, usize> =
            columns.iter().enumerate().map(|(place, (value, _))| (value.clone(), place)).collect();
        // Those without room are one column, the last.
        let crowded = columns.len() > MOST_COLUMNS;
        let own = if crowded { MOST_COLUMNS - 1 } else { columns.len() };
        let mut all = Cell::default();
        let mut further = (0, Cell::default());
        let mut cells = Vec::new();
        let mut kept = Vec::new();
        for (value, line) in rows {
            all.add(line);
            if kept.len() == MOST_ROWS {
                further.0 += 1;
                further.1.add(line);
                continue;
            }
            let mut row: Vec<Option<Cell>> = vec![None; own + usize::from(crowded)];
            for ((of_row, of_column), cell) in &sums {
                if *of_row == value {
                    row[place[of_column].min(own)].get_or_insert_default().add(*cell);
                }
            }
            cells.push(row);
            kept.push(Line { words: value.words, all: line });
        }
        let rest = columns.split_off(own);
        let mut columns: Vec<Line> =
            columns.into_iter().map(|(value, all)| Line { words: value.words, all }).collect();
        if crowded {
            let mut others = Cell::default();
            rest.iter().for_each(|(_, cell)| others.add(*cell));
            columns.push(Line { words: format!("{} others", rest.len()), all: others });
        }
        Grid { by, rows: kept, columns, cells, further, all, all_releases }
    }

    /// Every combination that there is: row, column and what it says.
    pub fn combinations(&self) -> impl Iterator<Item = (usize, usize, &Cell)> {
        self.cells.iter().enumerate().flat_map(|(row, cells)| {
            let known = cells.iter().enumerate();
            known.filter_map(move |(column, cell)| cell.as_ref().map(|cell| (row, column, cell)))
        })
    }

    /// The slowest combination; of equals the first.
    pub fn slowest(&self) -> Option<(usize, usize, &Cell)> {
        let key = |&(row, column, cell): &(usize, usize, &Cell)| {
            (cell.slowness(), std::cmp::Reverse((row, column)))
        };
        self.combinations().max_by_key(key)
    }

    /// The fastest of those of which all are current; of equals the first.
    pub fn fastest(&self) -> Option<(usize, usize, &Cell)> {
        let key = |&(row, column, cell): &(usize, usize, &Cell)| (cell.slowness(), (row, column));
        self.combinations().filter(|(_, _, cell)| cell.never == 0).min_by_key(key)
    }
}

fn arrivals<'a>(shown: &Shown<'a>, all: bool) -> impl Iterator<Item = &'a Arrival> {
    let release = shown.release;
    let arrivals = shown.run.outcome.arrivals.iter();
    arrivals.filter(move |one| all || Some(one.release) == release)
}

/// Each value with all its combinations: the slowest first, or in the order of the attribute.
fn lines<'v>(
    by: &Attribute,
    combinations: impl Iterator<Item = (&'v Value, Cell)>,
) -> Vec<(Value, Cell)> {
    let mut sums: BTreeMap<&Value, Cell> = BTreeMap::new();
    for (value, cell) in combinations {
        sums.entry(value).or_default().add(cell);
    }
    let mut lines: Vec<(Value, Cell)> =
        sums.into_iter().map(|(value, cell)| (value.clone(), cell)).collect();
    if !by.is_ordered() {
        lines.sort_by_key(|(_, cell)| std::cmp::Reverse(cell.slowness()));
    }
    lines
}

/// The attributes asked for; for one that is not, the first that tells sites apart without taking
/// each for itself.
fn chosen(
    shown: &Shown<'_>,
    rows: Option<Attribute>,
    columns: Option<Attribute>,
) -> [Attribute; 2] {
    let scenario = shown.run.scenario;
    let values = |by: &Attribute| {
        let all = arrivals(shown, by.is_of_release());
        all.map(|arrival| by.value(scenario, arrival)).collect::<BTreeSet<_>>().len()
    };
    let sites = arrivals(shown, false).count();
    let groups = |by: &Attribute| {
        let values = values(by);
        values > 1 && (values < sites || by.is_of_release())
    };
    let labels: BTreeSet<&String> =
        scenario.sites.iter().flat_map(|site| site.labels.keys()).collect();
    let labels = || labels.iter().map(|label| Attribute::Label((*label).clone()));
    let region = Attribute::named(scenario, "region");
    // Where nothing tells the sites apart, the releases may do.
    let last = [Attribute::Weekday, Attribute::Hour];
    let find = |wanted: Vec<Attribute>, not: Option<&Attribute>| {
        let others = |by: &Attribute| Some(by) != not;
        wanted.into_iter().filter(others).find(|by| groups(by))
    };
    let row = rows.unwrap_or_else(|| {
        let first = [Attribute::Branch].into_iter().chain(region.clone());
        let then = [Attribute::Zone, Attribute::Template, Attribute::Tier];
        let wanted = first.chain(labels()).chain(then).chain(last.clone());
        find(wanted.collect(), columns.as_ref()).unwrap_or(Attribute::Tier)
    });
    let column = columns.unwrap_or_else(|| {
        if row == Attribute::Weekday {
            return Attribute::Hour;
        }
        // one column for each site is no harm when there are few
        if !row.is_of_release() && (2..=MOST_COLUMNS).contains(&values(&Attribute::Link)) {
            return Attribute::Link;
        }
        let wanted = [Attribute::Link, Attribute::Route, Attribute::Template, Attribute::Tier];
        let wanted = wanted.into_iter().chain(region).chain(labels());
        find(wanted.collect(), Some(&row)).unwrap_or(Attribute::Kind)
    });
    [row, column]
}

/// The words by which attributes can be asked for: also the labels that sites have.
pub fn words(scenario: &Scenario) -> Vec<String> {
    let labels: BTreeSet<&String> =
        scenario.sites.iter().flat_map(|site| site.labels.keys()).collect();
    let words = Attribute::WORDS.iter().map(|word| (*word).to_owned());
    words.chain(labels.into_iter().cloned()).collect()
}
