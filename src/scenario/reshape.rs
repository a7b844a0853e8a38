//! Operations that change the schedule or the hierarchy, and what must hold after each of them
//! (T1, T5, H1-H3).

use serde_yaml::{Mapping, Value};

use super::known::Known;
use super::mapping::{one, put};
use super::reader::Reader;
use super::selector::named_site;
use super::source::Place;
use super::values::{Run, Zones};
use super::yaml::Node;
use super::{
    Action, ClockOffset, NewSchedule, Operation, Scenario, Site, SiteKind, civil, hierarchy,
    limits, sync,
};
use crate::units::{Instant, SiteId};

/// Operations of this kind in one scenario: each is checked against the whole hierarchy.
const MOST: usize = 1_000;

/// `set_schedule`, `install_sup`, `remove_sup` or `move_site` as written: at which site, and what. `at`: when, if that could be read.
pub(super) fn read(
    reader: &mut Reader,
    known: &Known<'_>,
    run: &Run,
    word: &str,
    node: &Node<'_>,
    at: Option<Instant>,
) -> Option<(SiteId, Action)> {
    let what = format!("`{word}`");
    match word {
        "set_schedule" => {
            let top = hierarchy::top_level(known.sites);
            // One without a start falls due at once: when its own clock shows what it shows now.
            let clock =
                top.map_or_else(ClockOffset::default, |top| known.sites[top.index()].clock_offset);
            let from = clock.shown(run.clock.timestamp(at.unwrap_or_default()));
            let (at, words) = sync::schedule(reader, &mut Zones::new(), run, node, from)?;
            if top.is_none() {
                let note = "give a site a software update point";
                let message = "there is no top-level site that has a schedule";
                reader.error("E0406", node.place, message, note);
            }
            Some((top?, Action::SetSchedule(NewSchedule { at, words })))
        }
        "move_site" => {
            let fields = reader.fields(node, &what, &["site", "under"], &[])?;
            let site = reader.required(&fields, "site", &what, "site: R07");
            let site = site.and_then(|node| named_site(reader, node, known.codes));
            let under = reader.required(&fields, "under", &what, "under: R02");
            let under = under.and_then(|node| named_site(reader, node, known.codes));
            Some((site?, Action::MoveSite { under: under? }))
        }
        _ => {
            let fields = reader.fields(node, &what, &["site"], &[])?;
            let site = reader.required(&fields, "site", &what, "site: R07")?;
            let site = named_site(reader, site, known.codes)?;
            Some((site, if word == "install_sup" { Action::InstallSup } else { Action::RemoveSup }))
        }
    }
}

/// What of the sites operations change.
struct Now<'s> {
    sites: &'s [Site],
    top: Option<SiteId>,
    parents: Vec<Option<SiteId>>,
    points: Vec<bool>,
}

/// H1-H3 must hold after each operation; those of one instant are done in order of their names.
pub(super) fn check(reader: &mut Reader, sites: &[Site], operations: &[(Operation, Place)]) {
    let reshapes = |one: &&(Operation, Place)| {
        matches!(one.0.action, Action::InstallSup | Action::RemoveSup | Action::MoveSite { .. })
    };
    if let Some((_, place)) = operations.iter().filter(reshapes).nth(MOST) {
        let note = format!("at most {MOST} in one scenario");
        reader.error("E0316", *place, "the hierarchy changes too often", note);
        return;
    }
    let mut now = Now {
        sites,
        top: hierarchy::top_level(sites),
        parents: sites.iter().map(|site| site.parent).collect(),
        points: sites.iter().map(|site| site.sup.is_some()).collect(),
    };
    for (operation, place) in operations {
        reader.within(&format!("operations.{}", operation.name), |reader| {
            now.operate(reader, operation, *place);
        });
    }
}

impl Now<'_> {
    fn code(&self, site: SiteId) -> &str {
        &self.sites[site.index()].code
    }

    fn has_point(&self, site: SiteId) -> bool {
        self.points[site.index()]
    }

    /// Those above a site, from its parent on.
    fn above(&self, site: SiteId) -> impl Iterator<Item = SiteId> + '_ {
        // bounded: sites that are no tree are refused elsewhere, but must not hang us here
        let step = |site: &SiteId| self.parents[site.index()];
        std::iter::successors(self.parents[site.index()], step).take(limits::TIERS as usize)
    }

    fn operate(&mut self, reader: &mut Reader, operation: &Operation, place: Place) {
        let site = operation.site;
        let wrong = match &operation.action {
            Action::RunSynchronization if !self.has_point(site) => Some((
                "E0406",
                "this site has no software update point".to_owned(),
                "it has nothing to synchronise".to_owned(),
            )),
            Action::InstallSup => self.install(site),
            Action::RemoveSup => self.remove(site),
            Action::MoveSite { under } if self.parents[site.index()] == Some(*under) => {
                let message =
                    format!("`{}` lies below `{}` already", self.code(site), self.code(*under));
                reader.warning("W0551", place, message, "this operation moves nothing");
                None
            }
            Action::MoveSite { under } => self.move_under(site, *under),
            Action::RunSynchronization
            | Action::SetSchedule(_)
            | Action::SetCriteria(_)
            | Action::PublishLocally(_) => None,
        };
        if let Some((code, message, note)) = wrong {
            reader.error(code, place, message, note);
        }
    }

    fn install(&mut self, site: SiteId) -> Option<(&'static str, String, String)> {
        let code = self.code(site);
        if self.has_point(site) {
            let note = "it has one at that time".to_owned();
            return Some(("E0412", format!("`{code}` has a software update point already"), note));
        }
        let parent = self.parents[site.index()];
        let below_top = self.above(site).any(|above| Some(above) == self.top);
        match parent {
            Some(parent) if below_top && self.has_point(parent) => {
                self.points[site.index()] = true;
                None
            }
            Some(parent) if below_top => {
                let note = format!("its parent `{}` has none at that time (H3)", self.code(parent));
                Some(("E0412", format!("`{code}` cannot have a software update point"), note))
            }
            _ => {
                let note = match self.top {
                    Some(top) => {
                        format!("that is `{}`; install points below it", self.code(top))
                    }
                    None => "let a site have a software update point at the start".to_owned(),
                };
                Some(("E0413", "the top-level site is settled at the start".to_owned(), note))
            }
        }
    }

    fn remove(&mut self, site: SiteId) -> Option<(&'static str, String, String)> {
        let code = self.code(site);
        if !self.has_point(site) {
            let note = "it has none at that time".to_owned();
            return Some((
                "E0412",
                format!("`{code}` has no software update point to remove"),
                note,
            ));
        }
        if self.top == Some(site) {
            let note =
                format!("`{code}` keeps its software update point: it is the top-level site");
            return Some(("E0413", "the top-level site is settled at the start".to_owned(), note));
        }
        if self.sites[site.index()].internet_sup.is_some() {
            let note = "its internet-based point cannot be without it (H2)".to_owned();
            return Some(("E0412", format!("`{code}` needs its software update point"), note));
        }
        let mut children = (0..self.sites.len()).map(hierarchy::id);
        let child = children
            .find(|child| self.parents[child.index()] == Some(site) && self.has_point(*child));
        if let Some(child) = child {
            let note = format!("`{}` below it has one at that time (H3)", self.code(child));
            return Some(("E0412", format!("`{code}` needs its software update point"), note));
        }
        self.points[site.index()] = false;
        None
    }

    fn move_under(
        &mut self,
        site: SiteId,
        under: SiteId,
    ) -> Option<(&'static str, String, String)> {
        let (code, above) = (self.code(site), self.code(under));
        if self.parents[site.index()].is_none() {
            let note = "every other site lies below it (H1)".to_owned();
            return Some(("E0412", format!("`{code}` is the root and cannot move"), note));
        }
        let is_top = |at: SiteId| self.top == Some(at);
        if self.top.is_some_and(|top| is_top(site) || self.above(top).any(|above| above == site)) {
            let note = format!("moving `{code}` would move it; move sites below it");
            return Some(("E0413", "the top-level site is settled at the start".to_owned(), note));
        }
        if under == site || self.above(under).any(|above| above == site) {
            let note = format!("`{above}` lies below `{code}`, or is it, at that time (H1)");
            return Some(("E0412", format!("`{code}` cannot move below itself"), note));
        }
        if self.sites[under.index()].kind == SiteKind::Secondary {
            let note = "secondary sites are leaves (H1)".to_owned();
            return Some(("E0412", format!("nothing can lie below `{above}`"), note));
        }
        if self.has_point(site) && !self.has_point(under) {
            let note = format!("`{code}` has a software update point, `{above}` has none (H3)");
            return Some(("E0412", format!("`{code}` cannot move below `{above}`"), note));
        }
        let old = self.parents[site.index()].replace(under);
        let deepest = (0..self.sites.len()).map(|site| self.above(hierarchy::id(site)).count());
        if deepest.max().unwrap_or(0) >= limits::TIERS as usize {
            self.parents[site.index()] = old;
            let note = format!("at most {} tiers", limits::TIERS);
            return Some(("E0308", "the hierarchy becomes too deep".to_owned(), note));
        }
        None
    }
}

/// T1: what the schedule comes to when it is set anew: each holds from its instant on.
///
/// What is scheduled is what the clock of the top-level site shows; an operation is done when it
/// really is that time.
pub(super) fn scheduled(
    mut schedule: Vec<Instant>,
    operations: &[Operation],
    sites: &[Site],
) -> Vec<Instant> {
    for operation in operations {
        if let Action::SetSchedule(new) = &operation.action {
            let clock = sites[operation.site.index()].clock_offset;
            let has_come = |at: &Instant| clock.really(*at) < Some(operation.at);
            schedule.retain(has_come);
            schedule.extend(new.at.iter().filter(|at| !has_come(at)));
        }
    }
    schedule
}

/// The way it is written.
pub(super) fn written(scenario: &Scenario, operation: &Operation) -> Value {
    let code = |site: SiteId| scenario.sites[site.index()].code.as_str();
    let site = one("site", code(operation.site));
    match &operation.action {
        Action::InstallSup => one("install_sup", site),
        Action::RemoveSup => one("remove_sup", site),
        Action::MoveSite { under } => {
            let mut map = Mapping::new();
            put(&mut map, "site", code(operation.site));
            put(&mut map, "under", code(*under));
            one("move_site", map)
        }
        Action::SetSchedule(new) => {
            let clock = &scenario.clock;
            let time = |at: &Instant| civil::written(clock.timestamp(*at), clock.zone()).into();
            let mut dates = Mapping::new();
            put(&mut dates, "at", new.at.iter().map(time).collect::<Vec<Value>>());
            put(&mut dates, "words", new.words.as_str());
            one("set_schedule", one("dates", dates))
        }
        Action::RunSynchronization | Action::SetCriteria(_) | Action::PublishLocally(_) => {
            unreachable!("it is written in `operation`")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::Overrides;

    fn parse(operations: &str) -> Result<Scenario, Vec<&'static str>> {
        let text = format!(
            "supsim: 1\nkind: scenario\nname: given\nstart: 2026-01-12 00:00\nduration: 28d\n\
             sync: {{ schedule: {{ weekly: {{ on: [Tue], at: \"22:00\" }} }} }}\n\
             sites:\n  CEN: {{}}\n  PR1: {{ parent: CEN }}\n  PR2: {{ parent: CEN }}\n  \
             PR3: {{ parent: PR2, sup: none }}\n  B11: {{ parent: PR1, type: secondary }}\n\
             operations:\n{operations}"
        );
        match Scenario::parse("given.yaml", &text, &Overrides::default()) {
            Ok((scenario, _)) => Ok(scenario),
            Err(report) => Err(report.diagnostics.iter().map(|found| found.code).collect()),
        }
    }

    fn codes(operations: &[&str]) -> Vec<&'static str> {
        let line = |(number, what): (usize, &&str)| {
            format!("  o{number}: {{ at: 2026-01-13 {number:02}:00, do: {{ {what} }} }}\n")
        };
        let text: String = operations.iter().enumerate().map(line).collect();
        parse(&text).err().unwrap_or_default()
    }

    #[test]
    fn h1_to_h3_hold_after_each_operation_in_order_of_time() {
        assert_eq!(codes(&["install_sup: { site: PR3 }", "remove_sup: { site: PR3 }"]), [""; 0]);
        assert_eq!(codes(&["remove_sup: { site: PR2 }", "install_sup: { site: PR3 }"]), ["E0412"]);
        assert_eq!(codes(&["install_sup: { site: PR3 }", "remove_sup: { site: PR2 }"]), ["E0412"]);
        assert_eq!(codes(&["remove_sup: { site: CEN }"]), ["E0413"]);
        assert_eq!(codes(&["remove_sup: { site: PR1 }"]), ["E0412"]);
        assert_eq!(codes(&["remove_sup: { site: B11 }", "remove_sup: { site: PR1 }"]), [""; 0]);
        assert_eq!(
            codes(&["move_site: { site: B11, under: PR2 }", "remove_sup: { site: PR1 }"]),
            [""; 0]
        );
        assert_eq!(codes(&["move_site: { site: B11, under: PR3 }"]), ["E0412"]);
        assert_eq!(
            codes(&["install_sup: { site: PR3 }", "move_site: { site: B11, under: PR3 }"]),
            [""; 0]
        );
        assert_eq!(codes(&["move_site: { site: PR2, under: PR3 }"]), ["E0412"]);
        assert_eq!(
            codes(&[
                "move_site: { site: PR3, under: PR1 }",
                "move_site: { site: PR2, under: PR3 }"
            ]),
            ["E0412"]
        );
        assert_eq!(codes(&["move_site: { site: PR2, under: B11 }"]), ["E0412"]);
        assert_eq!(codes(&["move_site: { site: CEN, under: PR1 }"]), ["E0412"]);
        assert_eq!(codes(&["run_synchronization: { site: PR3 }"]), ["E0406"]);
        assert_eq!(
            codes(&["install_sup: { site: PR3 }", "run_synchronization: { site: PR3 }"]),
            [""; 0]
        );
        assert_eq!(
            codes(&["remove_sup: { site: PR2 }", "run_synchronization: { site: PR2 }"]),
            ["E0406"]
        );
    }

    #[test]
    fn t1_a_schedule_set_anew_holds_from_its_instant_on() {
        let at = |scenario: &Scenario| -> Vec<String> {
            let local = |at: &Instant| scenario.clock.local(*at, scenario.clock.zone());
            scenario.sync.schedule.iter().map(|at| local(at)[5..16].to_owned()).collect()
        };
        let set =
            "  new: { at: 2026-01-20 22:00, do: { set_schedule: { simple: { every: 7d } } } }\n";
        // The old one of that very instant is gone; the new one begins with the operation.
        let expected = ["01-13 22:00", "01-20 22:00", "01-27 22:00", "02-03 22:00"];
        assert_eq!(at(&parse(set).unwrap()), expected);
        let weekly = "  new: { at: 2026-01-20 22:30, do: { set_schedule: { weekly: { on: [Fri], at: \
                      \"06:00\" } } } }\n  z-stop: { at: 2026-02-01 00:00, do: { set_schedule: never } }\n";
        let scenario = parse(weekly).unwrap();
        let expected = ["01-13 22:00", "01-20 22:00", "01-23 06:00", "01-30 06:00"];
        assert_eq!(at(&scenario), expected);
        // Written out and read again it is the same.
        let again = Scenario::parse("again.yaml", &scenario.to_yaml(), &Overrides::default());
        let (again, _) = again.unwrap_or_else(|report| panic!("{report}"));
        assert_eq!(at(&again), expected);
        assert_eq!(again.operations, scenario.operations);
    }
}
