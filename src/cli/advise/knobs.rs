//! The knobs that cost no money, and what each may be turned to: what a scenario declares as a
//! parameter, when the schedule fires, when senders may send, how soon is tried again.
//!
//! What a word would do to a scenario is left to its reader: a guess that does not fit is refused
//! there, and one that changes nothing describes the same world.

use crate::scenario::{
    Overrides, Parameter, ParameterType, RouteRate, Scenario, SiteKind, SitesOverride, Unit,
    quantity_in,
};
use crate::units::Duration;

/// How many routes are tried to be opened one by one.
const ROUTES: usize = 12;

/// Something that can be turned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Knob {
    /// What it is called.
    pub name: String,
    /// What it can be turned to.
    pub tries: Vec<Turn>,
}

/// A knob, turned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Turn {
    params: Option<String>,
    set: Option<String>,
    sites: Option<SitesOverride>,
}

impl Turn {
    fn param(name: &str, value: &str) -> Turn {
        Turn { params: Some(format!("{name}={value}")), set: None, sites: None }
    }

    fn set(path: &str, value: &str) -> Turn {
        Turn { params: None, set: Some(format!("{path}={value}")), sites: None }
    }

    fn sites(selected: &str, path: &str, value: &str) -> Turn {
        let sites = SitesOverride {
            selected: vec![selected.to_owned()],
            set: vec![format!("{path}={value}")],
        };
        Turn { params: None, set: None, sites: Some(sites) }
    }

    /// On top of what the command line says already.
    pub fn over(&self, overrides: &Overrides) -> Overrides {
        let mut all = overrides.clone();
        all.params.extend(self.params.clone());
        all.set.extend(self.set.clone());
        all.sites.extend(self.sites.clone());
        all
    }
}

/// Everything that is tried for this scenario.
pub(super) fn knobs(scenario: &Scenario) -> Vec<Knob> {
    let mut knobs: Vec<Knob> = scenario.parameters.iter().filter_map(parameter).collect();
    let mut add = |name: &str, tries: Vec<Turn>| {
        if !tries.is_empty() {
            knobs.push(Knob { name: name.to_owned(), tries });
        }
    };
    let path = |path: &'static str, values: &[&str]| -> Vec<Turn> {
        values.iter().map(|value| Turn::set(path, value)).collect()
    };
    let hours: Vec<String> = hours().collect();
    let hours: Vec<&str> = hours.iter().map(String::as_str).collect();
    add(
        "the hour of the schedule",
        [path("sync.schedule.weekly.at", &hours), path("sync.schedule.monthly.at", &hours)]
            .concat(),
    );
    add(
        "a daily schedule",
        [
            path("sync.schedule.weekly.on", &["[Mon, Tue, Wed, Thu, Fri, Sat, Sun]"]),
            path("sync.schedule.simple.every", &["1d"]),
        ]
        .concat(),
    );
    add("the retry interval", path("sync.retry.every", &["30min", "15min"]));
    add("the jitter of retries", path("sync.retry.jitter", &["15min", "30min"]));
    for route in scenario.routes.iter().take(ROUTES) {
        let name = &route.name;
        if route.open.constant().is_none() {
            let turn = Turn::set(&format!("routes.{name}.open"), "null");
            add(&format!("the hours of route {name}"), vec![turn]);
        }
        if route.rate != RouteRate::Unlimited {
            let turn = Turn::set(&format!("routes.{name}.rate"), "unlimited");
            add(&format!("the rate limit of route {name}"), vec![turn]);
        }
    }
    if scenario.sites.iter().any(|site| site.kind == SiteKind::Secondary) {
        let turn = |value| Turn::sites("type=primary", "sup.pulls_at_once", value);
        add("pulls at once from a primary", vec![turn("10"), turn("20")]);
    }
    if scenario.sites.iter().any(|site| site.internet_sup.is_some()) {
        let turns = path("sync.site_complete", &["before_internet_point"]);
        add("when a site is complete", turns);
    }
    knobs
}

fn hours() -> impl Iterator<Item = String> {
    (0..24).map(|hour| format!("{hour:02}:00"))
}

/// What a declared parameter may be turned to. Sizes and rates of circuits cost money, and times
/// and texts are what the scenario is about: these are left alone.
fn parameter(parameter: &Parameter) -> Option<Knob> {
    let Parameter { name, kind, value, min, max, choices, .. } = parameter;
    let values: Vec<String> = match kind {
        _ if !choices.is_empty() => choices.clone(),
        ParameterType::TimeOfDay => hours().collect(),
        ParameterType::Truth => vec!["true".to_owned(), "false".to_owned()],
        ParameterType::Duration => {
            let micros = quantity_in(Unit::Time, value)?;
            let of = |bound: &Option<String>, usual| {
                bound.as_ref().and_then(|it| quantity_in(Unit::Time, it)).unwrap_or(usual)
            };
            let (least, most) = (of(min, 0), of(max, u64::MAX));
            let tried = [micros / 4, micros / 2, micros.saturating_mul(2)];
            let fitting = tried.into_iter().map(|it| it.clamp(least, most));
            fitting.map(|it| Duration::from_micros(it).to_string()).collect()
        }
        ParameterType::Count => {
            let count: u64 = value.parse().ok()?;
            let of = |bound: &Option<String>, usual| {
                bound.as_ref().and_then(|it| it.parse().ok()).unwrap_or(usual)
            };
            let (least, most): (u64, u64) = (of(min, 1), of(max, u64::MAX));
            let tried = [count / 2, count.saturating_mul(2)];
            tried.into_iter().map(|it| it.clamp(least, most).to_string()).collect()
        }
        _ => return None,
    };
    let tries: Vec<Turn> =
        values.iter().filter(|it| *it != value).map(|it| Turn::param(name, it)).collect();
    (!tries.is_empty()).then(|| Knob { name: name.clone(), tries })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scenario(text: &str) -> Scenario {
        let text =
            format!("supsim: 1\nkind: scenario\nname: given\nstart: 2026-01-12 00:00\n{text}");
        match Scenario::parse("given.yaml", &text, &Overrides::default()) {
            Ok((scenario, _)) => scenario,
            Err(report) => panic!("{report}"),
        }
    }

    #[test]
    fn what_costs_money_or_is_the_question_itself_is_left_alone() {
        let scenario = scenario(
            "params:\n  wan: { type: rate, default: 2 Mbit/s }\n  size: { type: data, default: 9 MB }\n  \
             from: { type: time, default: 2026-01-13 00:00 }\n  \
             retry: { type: duration, default: 60min, min: 20min, max: 90min }\n  \
             gone: { type: truth, default: true }\n\
             sites: { CEN: {} }\nsync: { retry: { every: \"${retry}\" } }\n",
        );
        let knobs = knobs(&scenario);
        let names: Vec<&str> = knobs.iter().map(|knob| knob.name.as_str()).collect();
        assert_eq!(names[..2], ["retry", "gone"]);
        assert!(!names.iter().any(|name| ["wan", "size", "from"].contains(name)));
        let values: Vec<&str> =
            knobs[0].tries.iter().map(|it| it.params.as_deref().unwrap()).collect();
        assert_eq!(values, ["retry=20min", "retry=30min", "retry=1h30min"], "within its bounds");
    }

    #[test]
    fn only_what_is_closed_or_limited_is_opened() {
        let scenario = scenario(
            "sites: { CEN: {}, PR1: { parent: CEN, route: nights }, PR2: { parent: CEN, route: slow } }\n\
             routes:\n  nights: { open: { \"Mon-Sun\": \"20:00-06:00\" } }\n  \
             slow: { rate: { pulse: { block: 3 KB, delay: 5s } } }\n  usual: {}\n",
        );
        let names: Vec<String> = knobs(&scenario).into_iter().map(|knob| knob.name).collect();
        assert!(names.contains(&"the hours of route nights".to_owned()), "{names:?}");
        assert!(names.contains(&"the rate limit of route slow".to_owned()), "{names:?}");
        assert!(!names.iter().any(|name| name.contains("usual")), "{names:?}");
        assert!(!names.iter().any(|name| name.contains("primary")), "there is no secondary");
    }
}
