//! `supsim show faults`: which sites one replication draws, and when each fault holds them.

use std::fmt::Write;

use super::grid::{Grid, plain};
use super::{Shown, counted};
use crate::report::Look;
use crate::scenario::{Fault, Occurs, Scenario};
use crate::units::SiteId;
use crate::world::{DrawnFault, drawn_faults};

pub(super) fn show(scenario: &Scenario, replication: u32, first: usize, look: Look) -> Shown {
    let mut grid =
        Grid::new(["fault", "effect", "site", "when", "from_utc", "until_utc", "#lasts_s"]);
    let mut human = format!(
        "{}   seed {}   replication {replication}   times are {}\n",
        scenario.name,
        scenario.seed,
        scenario.clock.zone()
    );
    let drawn = drawn_faults(scenario, replication);
    for drawn in &drawn {
        let fault = &scenario.faults[drawn.fault.index()];
        rows(scenario, fault, drawn, &mut grid);
        human += &format!("\n{}\n", plain(&heading(scenario, fault, drawn), look));
        human += &outages(scenario, drawn, first);
    }
    if drawn.is_empty() {
        human += "this scenario has no faults\n";
    }
    Shown { grid, human }
}

fn heading(scenario: &Scenario, fault: &Fault, drawn: &DrawnFault) -> String {
    let hit = drawn.sites.len();
    let picked = match fault.sites.len() {
        all if all == hit => counted(hit, "site", "sites"),
        all => format!("{hit} of {}", counted(all, "site", "sites")),
    };
    let codes = codes(scenario, &drawn.sites);
    let when = match &fault.occurs {
        Occurs::Window { .. } => "once".to_owned(),
        Occurs::Schedule(_) => "by schedule".to_owned(),
        Occurs::Renewal { .. } => {
            let times = counted(drawn.outages.len(), "outage", "outages");
            format!("at random in time: {times}")
        }
        occurs => attempts(occurs),
    };
    format!("{}   {} at {picked} ({codes})   {when}", fault.name, fault.effect.word())
}

/// `in 40% of attempts`, `in attempts 1, 2`.
fn attempts(occurs: &Occurs) -> String {
    match occurs {
        Occurs::PerAttempt(share) => format!("in {share} of attempts"),
        Occurs::Attempts(numbers) => {
            let numbers: Vec<String> = numbers.iter().take(10).map(u32::to_string).collect();
            format!("in attempt {}", numbers.join(", "))
        }
        Occurs::Window { .. } | Occurs::Schedule(_) | Occurs::Renewal { .. } => String::new(),
    }
}

fn codes(scenario: &Scenario, sites: &[SiteId]) -> String {
    const SHOWN: usize = 5;
    let code = |site: &SiteId| scenario.sites[site.index()].code.as_str();
    let shown: Vec<&str> = sites.iter().take(SHOWN).map(code).collect();
    let more = sites.len().saturating_sub(SHOWN);
    if more > 0 { format!("{}, +{more}", shown.join(", ")) } else { shown.join(", ") }
}

/// The first outages, those of one time together.
fn outages(scenario: &Scenario, drawn: &DrawnFault, first: usize) -> String {
    let mut text = String::new();
    let groups: Vec<_> =
        drawn.outages.chunk_by(|a, b| (a.from, a.until) == (b.from, b.until)).collect();
    for group in groups.iter().take(first) {
        let (from, until) = (group[0].from, group[0].until);
        let begin = scenario.clock.short(from);
        let end = match until {
            Some(until) => {
                let lasts = rounded(until.since(from));
                format!("until {:<16}  {lasts:>8}", scenario.clock.short(until))
            }
            None => format!("until {:<16}  {:>8}", "after the end", ""),
        };
        let at = match group.len() {
            1 => scenario.sites[group[0].site.index()].code.clone(),
            count => counted(count, "site", "sites"),
        };
        let _ = writeln!(text, "  {begin:<16}  {end}  {at}");
    }
    if groups.len() > first {
        let more = groups.len() - first;
        let _ = writeln!(text, "  and {more} more: --format csv lists them all, -n shows more");
    }
    text
}

/// To the minute, once it is longer than that.
fn rounded(lasts: crate::units::Duration) -> String {
    use crate::units::Duration;
    let minute = Duration::from_mins(1).micros();
    match lasts.micros() {
        micros if micros < minute => lasts.to_string(),
        micros => Duration::from_micros((micros + minute / 2) / minute * minute).to_string(),
    }
}

fn rows(scenario: &Scenario, fault: &Fault, drawn: &DrawnFault, grid: &mut Grid) {
    let code = |site: SiteId| scenario.sites[site.index()].code.clone();
    if !fault.occurs.holds() {
        for site in &drawn.sites {
            let when = attempts(&fault.occurs);
            let nothing = String::new;
            grid.row(vec![
                fault.name.clone(),
                fault.effect.word(),
                code(*site),
                when,
                nothing(),
                nothing(),
                nothing(),
            ]);
        }
    }
    for outage in &drawn.outages {
        grid.row(vec![
            fault.name.clone(),
            fault.effect.word(),
            code(outage.site),
            "held".to_owned(),
            scenario.clock.utc(outage.from),
            outage.until.map(|until| scenario.clock.utc(until)).unwrap_or_default(),
            outage
                .until
                .map(|until| (until.since(outage.from).micros() / 1_000_000).to_string())
                .unwrap_or_default(),
        ]);
    }
}
