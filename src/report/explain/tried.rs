//! What would have helped: each line is a run.

use anstyle::Style;

use super::super::summary::Look;
use super::super::summary::page::{BOLD, Page};
use super::{Run, clock_time, seconds};
use crate::experiment::{Remedy, Trial};
use crate::measure::Blame;
use crate::units::Duration;

/// Columns of what was changed.
const WHAT: usize = 36;

/// The trials of a delay, in their order.
pub fn tried(run: &Run<'_>, blame: &Blame, trials: &[Trial], look: Look) -> String {
    let mut page = Page { text: String::new(), look };
    if trials.is_empty() {
        return page.text;
    }
    page.gap();
    page.styled(
        BOLD,
        format_args!(
            "What would have helped (each line is a run with only that changed, same chance)"
        ),
    );
    let code = run.code(blame.site);
    page.line(format_args!("  {:<WHAT$}{code:>10}{:>11}{:>12}", "", "saves", "blamed for"));
    for trial in trials {
        let what = what(run, trial.remedy);
        let what = if what.chars().count() > WHAT - 1 {
            what.chars().take(WHAT - 2).collect::<String>() + if look.ascii { "." } else { "…" }
        } else {
            what
        };
        let what = page.plain(&what);
        let blamed = clock_time(seconds(trial.blamed));
        let (then, saves) = told(blame, trial.delay);
        let also = also(blame, trial);
        page.ours(Style::new(), &format!("  {what:<WHAT$}{then:>10}{saves:>11}{blamed:>12}{also}"));
    }
    page.text
}

/// The delay then, and what that saves.
fn told(blame: &Blame, delay: Option<Duration>) -> (String, String) {
    let Some(delay) = delay else { return ("never".to_owned(), "-".to_owned()) };
    let (was, is) = (seconds(blame.delay()), seconds(delay));
    let saves = match was.cmp(&is) {
        std::cmp::Ordering::Greater => clock_time(was - is),
        std::cmp::Ordering::Equal => "nothing".to_owned(),
        std::cmp::Ordering::Less => format!("-{}", clock_time(is - was)),
    };
    (clock_time(is), saves)
}

/// Why it saves more than it is blamed for, or less.
fn also(blame: &Blame, trial: &Trial) -> String {
    let saves = trial.delay.map(|delay| blame.delay().saturating_sub(delay));
    let (word, which) = match saves {
        Some(saves) if saves >= trial.blamed => ("also less", trial.also.first()),
        Some(_) => ("but more", trial.instead.first()),
        None => return String::new(),
    };
    which.map_or(String::new(), |category| format!("  {word} {}", category.words()))
}

/// A remedy in words.
fn what(run: &Run<'_>, remedy: Remedy) -> String {
    let scenario = run.scenario;
    let route = |route: crate::units::RouteId| &scenario.routes[route.index()].name;
    match remedy {
        Remedy::WithoutFault(fault) => format!("without {}", run.fault(fault)),
        Remedy::AlwaysOpen(one) => format!("route {} always open", route(one)),
        Remedy::NoLimit(one) => format!("route {} without a rate limit", route(one)),
        Remedy::Threads(one) => format!("route {} with more threads", route(one)),
        Remedy::Earlier(_, due) => format!("schedule at {}", scenario.clock.short(due)),
        Remedy::AtOnce(operation) => {
            format!("{} at once", scenario.operations[operation as usize].name)
        }
        Remedy::RetrySoon => "retry after 5 min".to_owned(),
        Remedy::Unlimited(link) => {
            format!("{} as fast as anyone likes", scenario.links[link.index()].name)
        }
        Remedy::AllAtOnce(site) => format!("no limit on pulls from {}", run.code(site)),
        Remedy::NoTime(site, key) => format!("no time for {key} at {}", run.code(site)),
        Remedy::PointLast => "site_complete: before_internet_point".to_owned(),
        Remedy::ExportOften(site) => format!("exports at {} four times as often", run.code(site)),
    }
}
