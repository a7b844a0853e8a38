//! Expectations written out.

use serde_yaml::{Mapping, Value};

use super::expect::HOLDERS;
use super::mapping::{one, put};
use super::{Expectation, Holder, Scenario, Unit};
use crate::units::{Duration, Probability};

impl Scenario {
    pub(super) fn expectation(&self, expectation: &Expectation) -> Mapping {
        let code = |site: &crate::units::SiteId| self.sites[site.index()].code.as_str().into();
        let mut map = Mapping::new();
        put(&mut map, "metric", expectation.metric.name());
        put(&mut map, "stat", expectation.stat.to_string());
        if !expectation.everywhere {
            let codes: Vec<Value> = expectation.sites.iter().map(code).collect();
            put(&mut map, "where", one("code", codes));
        }
        if !expectation.release.is_empty() {
            let names = expectation.release.iter().map(|name| name.as_str().into());
            put(&mut map, "release", names.collect::<Vec<Value>>());
        }
        if expectation.part != Holder::Site {
            let word = HOLDERS.iter().find(|(_, holder)| *holder == expectation.part);
            put(&mut map, "part", word.map_or("", |(word, _)| word));
        }
        if let Some(after) = expectation.after {
            put(&mut map, "after", after.to_string());
        }
        if let Some(fault) = expectation.during {
            put(&mut map, "during", self.faults[fault.index()].name.as_str());
        }
        let wanted = expectation.wanted;
        put(&mut map, wanted.bound.name(), value(expectation.metric.unit(), wanted.value));
        if let Some(hold) = expectation.must_hold {
            let mut must = Mapping::new();
            put(&mut must, "in", hold.share.to_string());
            put(&mut must, "confidence", hold.confidence.to_string());
            put(&mut map, "must_hold", must);
        }
        put(&mut map, "on_fail", if expectation.only_warns { "warn" } else { "fail" });
        if expectation.allow_no_data {
            put(&mut map, "allow_no_data", true);
        }
        map
    }
}

/// A bound as the language writes it.
fn value(unit: Unit, value: u64) -> String {
    match unit {
        Unit::Time => Duration::from_micros(value).to_string(),
        Unit::Share => {
            let parts = u32::try_from(value).ok().and_then(Probability::from_parts_per_billion);
            parts.unwrap_or(Probability::ALWAYS).to_string()
        }
        Unit::Count => {
            let (whole, rest) = (value / super::WHOLE, value % super::WHOLE);
            let rest = format!("{rest:09}");
            let rest = rest.trim_end_matches('0');
            let dot = if rest.is_empty() { "" } else { "." };
            format!("{whole}{dot}{rest}")
        }
    }
}
