//! Requests that always wait for a sender to open (R3, R4): arithmetic on the schedule, the usual
//! length of a synchronisation and the hours of the routes, each in its own time zone.

use std::collections::BTreeMap;

use super::super::reader::Reader;
use super::super::{
    Bandwidth, Openness, Route, Site, SiteComplete, Timing, Track, WallClock, Work,
};
use super::{Lints, counted};
use crate::units::{Bytes, Duration, Instant, SiteId};

/// So many scheduled synchronisations are looked at: what always waits waits in each of them.
const LOOKED_AT: usize = 60;
/// So many parents are told of one by one.
const TOLD: usize = 4;

/// W0510: the scheduled request always meets a closed sender.
pub(super) fn lint(reader: &mut Reader, lints: &Lints<'_, '_>) {
    let scenario = lints.scenario;
    let opens_and_closes = |route: &Route| {
        let hours = route.open.constant().is_none();
        hours && route.open.values().any(Openness::admits_requests)
    };
    if !scenario.routes.iter().any(opens_and_closes) {
        return;
    }
    let waiting = Usual::new(lints).always_waiting();
    for (number, route) in scenario.routes.iter().enumerate() {
        let of_route = |site: &SiteId| {
            scenario.sites[site.index()].route.is_some_and(|route| route.index() == number)
        };
        let mut by_parent: BTreeMap<SiteId, Vec<Wait>> = BTreeMap::new();
        for wait in waiting.iter().filter(|wait| of_route(&wait.site)) {
            by_parent.entry(wait.parent).or_default().push(*wait);
        }
        tell(reader, lints, route, by_parent);
    }
}

fn tell(
    reader: &mut Reader,
    lints: &Lints<'_, '_>,
    route: &Route,
    by_parent: BTreeMap<SiteId, Vec<Wait>>,
) {
    let count: usize = by_parent.values().map(Vec::len).sum();
    let mut parents: Vec<(Wait, usize)> = by_parent
        .into_values()
        .filter_map(|waits| Some((*waits.iter().max_by_key(|wait| wait.length())?, waits.len())))
        .collect();
    parents.sort_by_key(|(wait, _)| (std::cmp::Reverse(wait.length()), wait.parent));
    let Some((worst, _)) = parents.first().copied() else { return };
    let message = format!(
        "the scheduled request to {} always waits for its sender to open",
        counted(count, "site", "sites")
    );
    let (scenario, place) = (lints.scenario, lints.place(&["routes", &route.name, "open"]));
    let (own, there) = (scenario.clock.zone(), &scenario.sites[worst.site.index()].zone);
    let shown =
        |at: Instant, zone| scenario.clock.civil(at, zone).strftime("%a %-d %b %H:%M").to_string();
    let mut when = format!("{} in {own}", shown(worst.sent, own));
    if there != own {
        when += &format!(", {} in {there}", shown(worst.sent, there));
    }
    let opens = scenario.clock.civil(worst.opens, there).strftime("%H:%M").to_string();
    reader.within(&format!("routes.{}", route.name), |reader| {
        let note = "closed whenever the sites above are done";
        let finding = reader.warning("W0510", place, message, note);
        finding.help(format!(
            "{} is done about {when}; its senders open at {opens}: {}",
            lints.code(worst.parent),
            minutes(worst.length())
        ));
        let mut others: Vec<String> = parents
            .iter()
            .skip(1)
            .take(TOLD)
            .map(|(wait, sites)| {
                let sites = counted(*sites, "site", "sites");
                format!("below {} {} ({sites})", lints.code(wait.parent), minutes(wait.length()))
            })
            .collect();
        if parents.len() > 1 + TOLD {
            others.push(format!("and {} more parents", parents.len() - 1 - TOLD));
        }
        if !others.is_empty() {
            finding.help(others.join(", "));
        }
        finding.help(
            "move `sync.schedule`, open the route at that hour, or let `high` priority pass: requests are",
        );
    });
}

/// To the minute.
fn minutes(length: Duration) -> String {
    let minute = Duration::from_mins(1).micros();
    Duration::from_micros((length.micros() + minute / 2) / minute * minute).to_string()
}

/// A request that waits, in the first synchronisation looked at.
#[derive(Clone, Copy, Debug)]
struct Wait {
    site: SiteId,
    parent: SiteId,
    sent: Instant,
    opens: Instant,
}

impl Wait {
    fn length(&self) -> Duration {
        self.opens.since(self.sent)
    }
}

/// What a synchronisation usually comes to: every distribution its mean, nothing failing, nobody
/// sharing.
struct Usual<'l, 'a> {
    lints: &'l Lints<'l, 'a>,
    walls: BTreeMap<&'l str, WallClock>,
}

impl<'l, 'a> Usual<'l, 'a> {
    fn new(lints: &'l Lints<'l, 'a>) -> Self {
        let scenario = lints.scenario;
        let mut walls = BTreeMap::new();
        for site in &scenario.sites {
            walls
                .entry(site.zone.name())
                .or_insert_with(|| WallClock::new(&scenario.clock, &site.zone, scenario.duration));
        }
        Self { lints, walls }
    }

    /// The requests that wait in every scheduled synchronisation which reaches them in the run.
    fn always_waiting(&self) -> Vec<Wait> {
        let scenario = self.lints.scenario;
        let mut first: BTreeMap<SiteId, Option<Wait>> = BTreeMap::new();
        let mut before = Instant::START;
        for &due in scenario.sync.schedule.iter().take(LOOKED_AT) {
            for (site, wait) in self.requests(before, due) {
                let kept = first.entry(site).or_insert(wait);
                if wait.is_none() {
                    *kept = None;
                }
            }
            before = due;
        }
        first.into_values().flatten().collect()
    }

    /// Every request that follows a synchronisation due at that instant; `None` when it is sent
    /// at once.
    fn requests(&self, before: Instant, due: Instant) -> Vec<(SiteId, Option<Wait>)> {
        let scenario = self.lints.scenario;
        let Some(top) = self.lints.top_level else { return Vec::new() };
        let (updates, bytes) = self.published(before, due);
        let end = Instant::START + scenario.duration;
        let mut found = Vec::new();
        let mut done: BTreeMap<SiteId, Instant> = BTreeMap::new();
        done.extend(self.done(top, due, updates, bytes, true).map(|at| (top, at)));
        for &parent in self.lints.hierarchy.top_down() {
            let Some(sent) = done.get(&parent).copied().filter(|at| *at < end) else { continue };
            for &site in self.lints.hierarchy.children(parent) {
                let described = &scenario.sites[site.index()];
                if described.sup.is_none() {
                    continue;
                }
                let Some(opens) = self.opens(described, sent) else { continue };
                let waits = opens > sent;
                found.push((site, waits.then_some(Wait { site, parent, sent, opens })));
                let latency = described.link.map(|link| scenario.links[link.index()].latency);
                let reading = mean(&scenario.timings[described.timing].request, 0, 0);
                let starts = latency
                    .map_or(Some(opens), |latency| opens.checked_add(latency))
                    .and_then(|at| at.checked_add(reading?));
                let done_at =
                    starts.and_then(|starts| self.done(site, starts, updates, bytes, false));
                done.extend(done_at.map(|at| (site, at)));
            }
        }
        found
    }

    /// When the sender lets a request pass.
    fn opens(&self, site: &Site, from: Instant) -> Option<Instant> {
        let Some(route) = site.route else { return Some(from) };
        let hours = &self.lints.scenario.routes[route.index()].open;
        let wall = self.walls.get(site.zone.name())?;
        Track::new(hours, wall).first(from, Openness::admits_requests)
    }

    /// How much has been published since the synchronisation before.
    fn published(&self, before: Instant, due: Instant) -> (u32, Bytes) {
        let releases = &self.lints.scenario.catalogue.releases;
        let new = releases.iter().filter(|release| before < release.at && release.at <= due);
        new.fold((0, Bytes::ZERO), |(updates, bytes), release| {
            let changes = [
                release.updates,
                release.revises,
                release.supersedes,
                release.expires,
                release.removes,
            ];
            let changes = changes.into_iter().fold(updates, u32::saturating_add);
            (changes, Bytes(bytes.0.saturating_add(release.metadata.0)))
        })
    }

    /// When a synchronisation that starts then is done; `None` when that is beyond all time.
    fn done(
        &self,
        site: SiteId,
        starts: Instant,
        updates: u32,
        bytes: Bytes,
        is_top: bool,
    ) -> Option<Instant> {
        let scenario = self.lints.scenario;
        let described = &scenario.sites[site.index()];
        let timing: &Timing = &scenario.timings[described.timing];
        let connected = starts.checked_add(mean(&timing.connect, 0, 0)?)?;
        let mut at = connected.checked_add(self.transfer(described, connected, bytes))?;
        at = at.checked_add(mean(&timing.pull, updates, 0)?)?;
        at = at.checked_add(mean(&timing.settle, 0, 0)?)?;
        if is_top {
            let known = scenario.catalogue.baseline_updates;
            at = at.checked_add(mean(&timing.import, updates, known)?)?;
        }
        match (&described.internet_sup, scenario.sync.site_complete) {
            (Some(point), SiteComplete::AfterInternetPoint) => {
                at.checked_add(mean(&point.work, updates, 0)?)
            }
            _ => Some(at),
        }
    }

    fn transfer(&self, site: &Site, at: Instant, bytes: Bytes) -> Duration {
        let Some(link) = site.link.map(|link| &self.lints.scenario.links[link.index()]) else {
            return Duration::ZERO;
        };
        let rate = match (&link.bandwidth, self.walls.get(site.zone.name())) {
            (Bandwidth::Constant(rate), _) => Some(*rate),
            (Bandwidth::Hourly(week), Some(wall)) => Some(Track::new(week, wall).at(at)),
            (Bandwidth::Unlimited | Bandwidth::Hourly(_), _) => None,
        };
        rate.map_or(Duration::ZERO, |rate| rate.time_for(bytes))
    }
}

/// What a piece of work takes on average.
fn mean(work: &Work, updates: u32, known: u32) -> Option<Duration> {
    let part = |each: Duration, count: u32| each.micros().checked_mul(u64::from(count));
    let micros = work.base.mean().micros();
    let micros = micros.checked_add(part(work.per_update, updates)?)?;
    micros.checked_add(part(work.per_known, known)?).map(Duration::from_micros)
}
