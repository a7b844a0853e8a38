//! The trajectory of every scenario, by its fingerprint: what kind of thing has moved, and where.

use std::fmt::Write as _;
use std::fs;

use supsim::trace::{Fingerprint, Names};

use crate::support;

const HEAD: &str = "scenario,replication,records";

/// A row for each scenario and each of its first three replications.
fn rows() -> String {
    let mut table = String::new();
    for path in support::scenarios() {
        let scenario = support::read(&path);
        let names = Names::new(
            scenario.sites.iter().map(|site| &site.code),
            scenario.catalogue.releases.iter().map(|release| &release.name),
            scenario.faults.iter().map(|fault| &fault.name),
            scenario.operations.iter().map(|operation| &operation.name),
        );
        let stem = path.file_stem().unwrap().to_string_lossy();
        for replication in 0..3 {
            let trace = supsim::world::run(&scenario, replication);
            let fingerprint = Fingerprint::of(&trace, &names);
            if table.is_empty() {
                table += HEAD;
                for (name, _) in fingerprint.ingredients() {
                    write!(table, ",{name}").unwrap();
                }
                table.push('\n');
            }
            write!(table, "{stem},{replication},{}", trace.records.len()).unwrap();
            for (_, value) in fingerprint.ingredients() {
                write!(table, ",{value:08x}").unwrap();
            }
            table.push('\n');
        }
    }
    table
}

#[test]
fn every_scenario_has_the_fingerprint_it_had() {
    let path = support::project("tests/fingerprints.csv");
    let now = rows();
    if std::env::var_os("REWRITE").is_some() {
        fs::write(&path, &now).unwrap();
        return;
    }
    let before = fs::read_to_string(&path).unwrap_or_default();
    if before == now {
        return;
    }
    let ingredients: Vec<&str> = now.lines().next().unwrap().split(',').collect();
    let mut moved = String::new();
    for row in now.lines().skip(1) {
        let key: Vec<&str> = row.split(',').collect();
        let same = |old: &&str| old.starts_with(&format!("{},{},", key[0], key[1]));
        match before.lines().find(same) {
            None => writeln!(moved, "  {} replication {}: is new", key[0], key[1]).unwrap(),
            Some(old) => {
                let old: Vec<&str> = old.split(',').collect();
                let changed: Vec<&str> = (2..key.len())
                    .filter(|column| old.get(*column) != key.get(*column))
                    .map(|column| ingredients[column])
                    .collect();
                if !changed.is_empty() {
                    let changed = changed.join(", ");
                    writeln!(moved, "  {} replication {}: {changed}", key[0], key[1]).unwrap();
                }
            }
        }
    }
    panic!(
        "trajectories have moved:\n{moved}If that is meant, REWRITE=1 cargo test writes \
         tests/fingerprints.csv anew; say in the commit what became of them."
    );
}
