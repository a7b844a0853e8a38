//! `supsim explain`: why was it late?

use super::exit::{Exit, Stop};
use super::interrupt;
use super::kept::{self, Kept, Named};
use super::screen::Screen;
use crate::experiment::Remedy;
use crate::measure::{Arrival, Blame, Causes, Standing};
use crate::report::{Look, explain as told, never, told as told_releases, tried};
use crate::scenario::{Overrides, Recording, Scenario};
use crate::trace::Part;
use crate::units::{Instant, ReleaseId, SiteId};

/// What was meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Plan {
    /// Which run: a scenario file, or one that is stored.
    pub named: Named,
    /// Wins over what the scenario says.
    pub overrides: Overrides,
    /// Whose delay.
    pub site: String,
    /// With which release; `None`: the largest.
    pub release: Option<String>,
    /// Of which part; `None`: the site as a whole.
    pub part: Option<Part>,
    /// In which replication; `None`: the first, or the one that is stored.
    pub replication: Option<u32>,
    /// How many causes are tried.
    pub tries: usize,
    pub look: Look,
}

/// Explains one delay.
pub(super) fn explain(plan: &Plan, screen: &mut Screen) -> Result<Exit, Stop> {
    let kept = kept::open_with(&plan.named, &plan.overrides, plan.replication, Recording::All)?;
    let Kept { scenario, trace, outcome, .. } = &kept;
    let run = kept.run();
    let site = site_named(scenario, &plan.site)?;
    let release = match &plan.release {
        Some(name) => release_named(scenario, name)?,
        None => *told_releases(&run)
            .first()
            .ok_or_else(|| nothing("no release of this run could reach a site"))?,
    };
    let arrival = outcome.arrivals.iter().find(|one| (one.site, one.release) == (site, release));
    let arrival = arrival.ok_or_else(|| {
        let (code, name) = (
            &scenario.sites[site.index()].code,
            &scenario.catalogue.releases[release.index()].name,
        );
        if scenario.hierarchy().within_top_level(site) {
            nothing(&format!("{name} matches no criteria of this run (U2): no site is to have it"))
        } else {
            nothing(&format!("{code} lies above the top-level site: no metadata reach it (H3)"))
        }
    })?;
    let causes = Causes::of(scenario, trace, outcome);
    let explained = |causes: &Causes<'_>, arrival: &Arrival| match plan.part {
        None => causes.blame(arrival),
        Some(part) => causes.blame_of(arrival, part),
    };
    if plan.part == Some(Part::Internet) && scenario.sites[site.index()].internet_sup.is_none() {
        let code = &scenario.sites[site.index()].code;
        return Err(nothing(&format!("{code} has no internet-based point")));
    }
    let Some(blame) = explained(&causes, arrival) else {
        let end = Instant::START + scenario.duration;
        let standings = Standing::at(scenario, trace, outcome, end);
        screen.say(&never(&run, arrival, plan.part, &standings, plan.look));
        return Ok(Exit::Ok);
    };
    screen.say(&told(&run, &blame, plan.part, plan.look));
    let trials = trials(plan, &kept, &blame, explained)?;
    screen.say(&tried(&run, &blame, &trials, plan.look));
    Ok(Exit::Ok)
}

/// The largest causes, each taken away in a run of its own.
fn trials(
    plan: &Plan,
    kept: &Kept,
    blame: &Blame,
    explained: impl Fn(&Causes<'_>, &Arrival) -> Option<Blame> + Copy,
) -> Result<Vec<crate::experiment::Trial>, Stop> {
    let remedies = Remedy::all(&kept.scenario, blame);
    let mut trials = Vec::new();
    for (remedy, blamed) in remedies.into_iter().take(plan.tries) {
        interrupt::go_on("trying what would have helped")?;
        trials.push(remedy.tried(&kept.scenario, kept.replication, (blame, blamed), explained));
    }
    Ok(trials)
}

/// The site with that code.
pub(super) fn site_named(scenario: &Scenario, code: &str) -> Result<SiteId, Stop> {
    let codes = || scenario.sites.iter().map(|site| site.code.as_str());
    let exact = codes().position(|one| one == code);
    let place = exact.or_else(|| codes().position(|one| one.eq_ignore_ascii_case(code)));
    place.map(|place| SiteId(place as u32)).ok_or_else(|| unknown("site", code, codes()))
}

/// The release of that name; of a recurring one the first, unless its number is given.
fn release_named(scenario: &Scenario, name: &str) -> Result<ReleaseId, Stop> {
    let names = || scenario.catalogue.releases.iter().map(|release| release.name.as_str());
    let base = |one: &str| one.rsplit_once('#').is_some_and(|(base, _)| base == name);
    let exact = names().position(|one| one == name).or_else(|| names().position(base));
    exact.map(|place| ReleaseId(place as u32)).ok_or_else(|| unknown("release", name, names()))
}

/// Names that are listed where one is not known.
const LISTED: usize = 12;

/// A name that the scenario does not have, and the one that may have been meant.
pub(super) fn unknown<'n>(
    what: &str,
    said: &str,
    names: impl Iterator<Item = &'n str> + Clone,
) -> Stop {
    let lower = said.to_lowercase();
    let distance = |name: &str| strsim::damerau_levenshtein(&lower, &name.to_lowercase());
    let begins = |name: &&str| said.len() >= 3 && name.to_lowercase().starts_with(&lower);
    let closest = names.clone().map(|name| (distance(name), name)).min();
    let closest = names.clone().find(begins).map(|name| (0, name)).or(closest);
    let advice = match closest {
        Some((distance, name)) if distance <= 1 + said.chars().count() / 3 => {
            format!("did you mean {name}?")
        }
        _ => {
            let known: Vec<&str> = names.clone().take(LISTED).collect();
            let more = match names.count().saturating_sub(LISTED) {
                0 => String::new(),
                more => format!(" and {more} more"),
            };
            format!("known here: {}{more}", known.join(", "))
        }
    };
    let said: String = said.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let text = format!("supsim: the scenario has no {what} {said}\n  {advice}");
    Stop { exit: Exit::NothingRan, text }
}

fn nothing(why: &str) -> Stop {
    Stop { exit: Exit::NothingSelected, text: format!("supsim: {why}") }
}
