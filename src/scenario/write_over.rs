//! A scenario written as a file that extends another: what is otherwise, and nothing else.

use serde_yaml::{Mapping, Value};

use super::mapping::{named, put, put_some};
use super::{Expectation, Fault, Scenario, fault};

impl Scenario {
    /// A file that extends the one called `base`, which describes `below`, and describes this
    /// world: its name, its seed, how often it is run, its faults and its expectations.
    ///
    /// Nothing else may differ, and of `must_hold` only that it is left out. Faults and expectations
    /// are called by their names.
    pub fn to_yaml_over(&self, below: &Scenario, base: &str) -> String {
        let mut map = Mapping::new();
        put(&mut map, "supsim", 1);
        put(&mut map, "kind", "scenario");
        put(&mut map, "name", self.name.as_str());
        put(&mut map, "extends", base);
        if self.seed != below.seed {
            put(&mut map, "seed", self.seed);
        }
        if self.replications != below.replications {
            put(&mut map, "replications", self.replications);
        }
        put_some(&mut map, "faults", self.faults_over(below));
        put_some(&mut map, "expect", self.expectations_over(below));
        // a tree of texts and numbers can always be written
        serde_yaml::to_string(&Value::Mapping(map)).unwrap_or_default()
    }

    fn faults_over(&self, below: &Scenario) -> Mapping {
        let here = |name: &str| self.faults.iter().find(|fault| fault.name == name);
        let gone = below.faults.iter().filter(|fault| here(&fault.name).is_none());
        let mut map = named(gone.map(|fault| (fault.name.as_str(), Value::Null)));
        for own in &self.faults {
            let whole = fault::written(self, own);
            let other = below.faults.iter().find(|fault| fault.name == own.name);
            let differs = other.map_or(whole.clone(), |other| differing(self, whole, other));
            put_some(&mut map, &own.name, differs);
        }
        map
    }

    fn expectations_over(&self, below: &Scenario) -> Mapping {
        let here = |name: &str| self.expectations.iter().find(|own| own.name == name);
        let mut map = Mapping::new();
        for other in &below.expectations {
            match here(&other.name) {
                None => put(&mut map, &other.name, Value::Null),
                Some(own) => put_some(&mut map, &other.name, asked_over(own, other)),
            }
        }
        map
    }
}

/// Of a fault as written, what is otherwise.
fn differing(scenario: &Scenario, whole: Mapping, other: &Fault) -> Mapping {
    let there = fault::written(scenario, other);
    whole.into_iter().filter(|(key, value)| there.get(key) != Some(value)).collect()
}

/// Of how an expectation is asked, what is otherwise.
fn asked_over(own: &Expectation, other: &Expectation) -> Mapping {
    let mut map = Mapping::new();
    if own.must_hold != other.must_hold {
        put(&mut map, "must_hold", Value::Null);
    }
    if own.only_warns != other.only_warns {
        put(&mut map, "on_fail", if own.only_warns { "warn" } else { "fail" });
    }
    map
}
