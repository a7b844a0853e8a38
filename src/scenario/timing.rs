//! `timing`: seven costs, each inherited by itself.

use std::collections::BTreeMap;

use serde_yaml::Mapping;

use super::cost;
use super::mapping::named;
use super::reader::Reader;
use super::yaml::{self, Node};
use super::{Timing, Work};
use crate::kernel::Distribution;
use crate::units::Duration;

/// The steps, in the order of [`Timing`].
const STEPS: [&str; 7] = ["request", "connect", "pull", "settle", "import", "insert", "internet"];

const KEYS: [&str; 7] = [
    "timing.request",
    "timing.connect",
    "timing.pull",
    "timing.settle",
    "timing.import",
    "timing.insert",
    "timing.internet",
];

/// `timing` as written: `None` where it says nothing.
#[derive(Clone, Default)]
pub(super) struct TimingWritten {
    steps: [Option<Work>; 7],
}

/// All different timings of a scenario.
pub(super) struct Timings {
    scenario: TimingWritten,
    found: Vec<Timing>,
    /// By their text, so that a hundred thousand timings are still found quickly.
    by_text: BTreeMap<String, usize>,
    /// Of sites that add nothing to their template; the empty name is no template.
    by_template: BTreeMap<String, usize>,
}

impl Reader {
    /// `timing` as it stands.
    pub fn timing(&mut self, node: &Node<'_>) -> Option<TimingWritten> {
        let fields = self.fields(node, "`timing`", &STEPS, &[])?;
        let mut written = TimingWritten::default();
        for (slot, step) in written.steps.iter_mut().zip(STEPS) {
            *slot = fields.get(step).and_then(|node| self.work(node, &format!("`{step}`")));
        }
        Some(written)
    }
}

impl Timings {
    pub fn new(scenario: TimingWritten) -> Self {
        Self { scenario, found: Vec::new(), by_text: BTreeMap::new(), by_template: BTreeMap::new() }
    }

    /// None found yet, below the same scenario.
    pub fn fresh(&self) -> Timings {
        Timings::new(self.scenario.clone())
    }

    pub fn into_found(self) -> Vec<Timing> {
        self.found
    }

    /// What `internet` costs in a timing found.
    pub fn internet_of(&self, timing: usize) -> Work {
        self.found[timing].internet.clone()
    }

    /// The position of the timing of a site: each step as the site says, else its template, else
    /// the scenario, else the profile.
    pub fn resolve(
        &mut self,
        reader: &mut Reader,
        template_name: Option<&str>,
        template: Option<&TimingWritten>,
        site: Option<&TimingWritten>,
    ) -> usize {
        let by_template = template_name.unwrap_or("");
        if site.is_none()
            && let Some(known) = self.by_template.get(by_template)
        {
            return *known;
        }
        let nothing = TimingWritten::default();
        let (site_steps, template) = (site.unwrap_or(&nothing), template.unwrap_or(&nothing));
        let layers = [site_steps, template, &self.scenario];
        let mut work = STEPS.iter().enumerate().map(|(step, _)| {
            let written = layers.iter().find_map(|layer| layer.steps[step].clone());
            written.unwrap_or_else(|| default_work(KEYS[step], reader.default(KEYS[step])))
        });
        let mut next = || work.next().unwrap_or_else(nothing_at_all);
        let timing = Timing {
            request: next(),
            connect: next(),
            pull: next(),
            settle: next(),
            import: next(),
            insert: next(),
            internet: next(),
        };
        drop(work);
        let fresh = self.found.len();
        let position = *self.by_text.entry(format!("{timing:?}")).or_insert(fresh);
        if position == fresh {
            self.found.push(timing);
        }
        if site.is_none() {
            self.by_template.insert(by_template.to_owned(), position);
        }
        position
    }
}

/// A default is read the way a scenario is.
fn default_work(key: &str, text: &str) -> Work {
    let mut reader = Reader::new();
    let node = yaml::parse(&mut reader, text);
    node.and_then(|node| reader.work(&node, key)).unwrap_or_else(nothing_at_all)
}

fn nothing_at_all() -> Work {
    Work {
        base: Distribution::Constant(Duration::ZERO),
        per_update: Duration::ZERO,
        per_known: Duration::ZERO,
    }
}

/// The way it is written.
pub(super) fn written(timing: &Timing) -> Mapping {
    let steps = [
        ("request", &timing.request),
        ("connect", &timing.connect),
        ("pull", &timing.pull),
        ("settle", &timing.settle),
        ("import", &timing.import),
        ("insert", &timing.insert),
        ("internet", &timing.internet),
    ];
    named(steps.into_iter().map(|(step, cost)| (step, cost::written(cost))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::Profile;

    fn default_work(key: &str) -> Work {
        super::default_work(key, Profile::Cm2007.default_of(key).unwrap().value)
    }

    #[test]
    fn every_default_of_timing_costs_something() {
        for key in KEYS {
            assert_ne!(default_work(key), nothing_at_all(), "{key}");
        }
    }

    #[test]
    fn a_full_comparison_of_a_usual_catalogue_takes_what_the_field_reports() {
        let import = default_work("timing.import");
        let minutes = (import.per_known * 14_000).as_secs_f64() / 60.0;
        assert!((35.0..50.0).contains(&minutes), "{minutes}");
    }
}
