//! The heat map of samples.

use super::*;
use crate::measure::Outcome;
use crate::report::chart::sample::{Sample, shown};
use crate::scenario::Scenario;
use crate::units::SiteId;

fn grid(scenario: &Scenario, outcome: &Outcome) -> Grid {
    Grid::of(&shown(scenario, outcome), None, None)
}

/// Sixty sites in five branches: how late each branch is, in minutes, the slowest first.
#[test]
fn rows_are_the_branches_of_the_tree_and_the_slowest_comes_first() {
    let (scenario, outcome) = Sample::three_tiers().finish();
    let grid = grid(&scenario, &outcome);
    assert_eq!(grid.by[0], Attribute::Branch);
    assert_eq!(grid.rows[0].words, "R04 Berlin", "its link was down over night");
    let means: Vec<_> = grid.rows.iter().map(|row| row.all.mean()).collect();
    assert!(means.is_sorted_by(|one, next| one >= next), "{means:?}");
    assert_eq!(grid.all.count(), 60);
    assert!(grid.rows.iter().any(|row| row.words == "CEN Headquarters"));
}

#[test]
fn a_cell_is_the_mean_of_its_sites_and_the_columns_add_up_to_the_rows() {
    let (scenario, outcome) = Sample::three_tiers().finish();
    let shown = shown(&scenario, &outcome);
    let grid = Grid::of(&shown, Some(Attribute::Branch), Some(Attribute::Tier));
    let berlin = &grid.cells[0];
    assert_eq!(berlin[0], None, "no site of tier 1 lies below Berlin");
    let primary = outcome.arrivals.iter().find(|one| one.site == SiteId(4)).unwrap();
    assert_eq!(berlin[1].unwrap().mean(), primary.time_to_current());
    for (row, cells) in grid.rows.iter().zip(&grid.cells) {
        let counts = cells.iter().flatten().map(Cell::count).sum::<u64>();
        assert_eq!(counts, row.all.count(), "{}", row.words);
    }
}

#[test]
fn sites_that_never_got_it_are_slower_than_any_and_are_said_first() {
    let (scenario, mut outcome) = Sample::three_tiers().finish();
    // of Tokyo's branches, which are quick otherwise
    let branch = scenario.sites.iter().position(|site| site.name == "Tokyo 1").unwrap();
    outcome.arrivals[branch].current = None;
    let grid = grid(&scenario, &outcome);
    assert_eq!((grid.rows[0].words.as_str(), grid.rows[0].all.never), ("R05 Tokyo", 1));
    let svg = heatmap(&shown(&scenario, &outcome), None, None).svg;
    assert!(svg.contains("1 of 60 sites never became current before the run ended."), "{svg}");
    assert!(svg.contains("1 never"));
}

#[test]
fn without_anything_between_sites_there_is_one_cell() {
    let (scenario, outcome) = Sample::one_site().finish();
    let grid = grid(&scenario, &outcome);
    assert_eq!((grid.rows.len(), grid.columns.len()), (1, 1));
    assert!(grid.sentences()[0].text().starts_with("There is one combination only"));
}

#[test]
fn by_the_hour_of_publication_all_releases_count() {
    let (mut scenario, mut outcome) = Sample::three_sites().finish();
    let mut second = scenario.catalogue.releases[0].clone();
    second.name = "second".to_owned();
    scenario.catalogue.releases.push(second);
    for arrival in outcome.arrivals.clone() {
        let published = arrival.published + Duration::from_hours(30);
        let release = crate::units::ReleaseId(1);
        outcome.arrivals.push(crate::measure::Arrival { release, published, ..arrival });
    }
    let grid = Grid::of(&shown(&scenario, &outcome), Some(Attribute::Weekday), None);
    let words = |lines: &[Line]| lines.iter().map(|line| line.words.clone()).collect::<Vec<_>>();
    assert_eq!(words(&grid.rows), ["Tuesday", "Wednesday"]);
    assert_eq!(words(&grid.columns), ["13:00", "19:00"]);
    assert_eq!(grid.all.count(), 6);
}

#[test]
fn more_rows_and_columns_than_can_be_read_are_summed_up() {
    let (mut scenario, outcome) = Sample::wide(200).finish();
    for (number, site) in scenario.sites.iter_mut().enumerate() {
        site.labels.insert("city".to_owned(), format!("city {}", number % 50));
    }
    let city = Attribute::named(&scenario, "city").unwrap();
    let shown = shown(&scenario, &outcome);
    let grid = Grid::of(&shown, Some(Attribute::Parent), Some(city));
    assert_eq!(grid.columns.last().unwrap().words, "42 others");
    assert_eq!(grid.cells[0].len(), grid.columns.len());
    let grid = Grid::of(&shown, Attribute::named(&scenario, "city"), None);
    assert_eq!((grid.rows.len(), grid.further.0), (30, 20));
    let drawn: u64 = grid.rows.iter().map(|row| row.all.count()).sum();
    assert_eq!(drawn + grid.further.1.count(), 200);
}

#[test]
fn what_is_nearly_the_same_looks_nearly_the_same_and_pale() {
    let hours = Duration::from_hours;
    let range = scale(hours(9), hours(10));
    assert_eq!(range, (hours(9), hours(12)));
    assert!(step(hours(9), range) == 0 && step(hours(10), range) <= 2);
    let range = scale(hours(9), hours(30));
    assert_eq!((step(hours(9), range), step(hours(30), range)), (0, 6));
}
