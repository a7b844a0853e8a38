//! The line of the scenario that is behind a stage, and what it says.

use super::Run;
use crate::measure::{Behind, Category, Stage};
use crate::scenario::{Bandwidth, RouteRate};

/// The path of the line, and what it says there.
pub(super) fn behind(run: &Run<'_>, stage: Stage) -> String {
    let scenario = run.scenario;
    let path = stage.behind.path(scenario, stage.at);
    let says = match stage.behind {
        Behind::Schedule => scenario.sync.schedule_text.clone(),
        Behind::Fault(fault) => match stage.category {
            Category::Retry | Category::FailedTry | Category::SendingRetry => String::new(),
            _ => scenario.faults[fault.index()].effect.word(),
        },
        Behind::Link(link) => match &scenario.links[link.index()].bandwidth {
            Bandwidth::Constant(rate) => rate.to_string(),
            Bandwidth::Unlimited | Bandwidth::Hourly(_) => String::new(),
        },
        Behind::Route(route) => match stage.category {
            Category::SenderClosed => {
                let zone = &scenario.sites[stage.at.index()].zone;
                let opens = scenario.clock.civil(stage.until, zone).strftime("%H:%M");
                let city = zone.name().rsplit('/').next().unwrap_or_default();
                format!("opens {opens} {city}")
            }
            Category::RateLimited => match &scenario.routes[route.index()].rate {
                RouteRate::Hourly(_) => "rate by the hour".to_owned(),
                RouteRate::Pulse { .. } => "pulse".to_owned(),
                RouteRate::Unlimited => String::new(),
            },
            _ => String::new(),
        },
        Behind::Sender => "the sender's threads".to_owned(),
        Behind::OneAtATime => "one sync at a time".to_owned(),
        Behind::Retry => scenario.sites[stage.at.index()].retry.every.to_string(),
        Behind::Operation(_)
        | Behind::Timing(_)
        | Behind::PullsAtOnce
        | Behind::InternetPoint
        | Behind::SiteComplete => String::new(),
    };
    if says.is_empty() { path } else { format!("{path}: {says}") }
}
