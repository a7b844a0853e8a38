//! `supsim at`: what was going on then?

use super::exit::{Exit, Stop};
use super::explain::site_named;
use super::kept::{self, Named};
use super::screen::Screen;
use crate::measure::Standing;
use crate::report::{Look, standing};
use crate::scenario::{Overrides, Recording};

/// What was meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Plan {
    /// Which run: a scenario file, or one that is stored.
    pub named: Named,
    /// Wins over what the scenario says.
    pub overrides: Overrides,
    /// When.
    pub time: String,
    /// Where; `None`: everywhere.
    pub site: Option<String>,
    /// In which replication; `None`: the first, or the one that is stored.
    pub replication: Option<u32>,
    pub look: Look,
}

/// Tells what every site held, did and waited for at an instant.
pub(super) fn at(plan: &Plan, screen: &mut Screen) -> Result<Exit, Stop> {
    let kept = kept::open_with(&plan.named, &plan.overrides, plan.replication, Recording::All)?;
    let refuse = |text: String| Stop { exit: Exit::NothingRan, text: format!("supsim: {text}") };
    let when = kept.scenario.moment(&plan.time).map_err(refuse)?;
    let site = plan.site.as_ref().map(|code| site_named(&kept.scenario, code)).transpose()?;
    let all = Standing::at(&kept.scenario, &kept.trace, &kept.outcome, when);
    let asked = all.iter().filter(|one| site.is_none_or(|site| one.site == site));
    let asked: Vec<&Standing> = asked.collect();
    screen.say(&standing(&kept.run(), when, &asked, plan.look));
    Ok(Exit::Ok)
}
