//! What the interactive timeline is drawn from: every synchronisation of the sites that it shows,
//! as arrays of numbers, so that a hundred thousand of them stay a few megabytes.
//!
//! Times are milliseconds from the start of the run. What the places of the arrays mean stands at
//! the top of `timeline/data.js`.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::sheet::json;
use crate::measure::{Attempt, Behind, Category, Causes, Ending, Lag, Stage};
use crate::report::Run;
use crate::report::chart::{Step, begun};
use crate::report::summary::{Releases, counted};
use crate::trace::Kind;
use crate::units::{Duration, Instant, SiteId};

/// The steps by number, each with the name of its colour in the style sheet.
const STEPS: [(Step, &str); 7] = [
    (Step::Connect, "connect"),
    (Step::Transfer, "transfer"),
    (Step::WsusWork, "wsus"),
    (Step::FixedWait, "wait"),
    (Step::Import, "import"),
    (Step::Internet, "internet"),
    (Step::Failed, "failed"),
];
const ENDINGS: [Ending; 4] =
    [Ending::Ok, Ending::LicenceTermsPending, Ending::Failed, Ending::Unfinished];

/// When there are more waits than this, those of further releases are left out.
const MOST_WAITS: usize = 60_000;

/// The sites that the timeline shows.
pub(super) struct Intervals {
    /// In the order of the tree, each with how deep it stands.
    rows: Vec<(SiteId, u32)>,
    /// The releases that can be chosen, the most important first.
    lags: Vec<Lag>,
    sites_left_out: usize,
    latest_left_out: Option<Duration>,
    failed_left_out: usize,
    cut: bool,
    most: usize,
}

impl Intervals {
    /// The latest sites with those above them, until they have `most` synchronisations together.
    pub fn of(run: &Run<'_>, releases: &Releases, most: usize) -> Intervals {
        let lags = releases.told.clone();
        let count = run.scenario.sites.len();
        let order: Vec<SiteId> = match lags.first() {
            Some(lag) => lag.latest.iter().map(|(site, _)| *site).collect(),
            None => (0..count).map(|site| SiteId(site as u32)).collect(),
        };
        let mut rank = vec![usize::MAX; count];
        for (place, site) in order.iter().enumerate() {
            rank[site.index()] = place;
        }
        let mut chosen = vec![false; count];
        let mut total = 0;
        for site in &order {
            let above =
                std::iter::successors(Some(*site), |site| run.scenario.sites[site.index()].parent);
            let new: Vec<SiteId> = above.take_while(|site| !chosen[site.index()]).collect();
            let more: usize = new.iter().map(|site| attempts(run, *site).len()).sum();
            if total > 0 && total + more > most {
                break;
            }
            total += more;
            new.iter().for_each(|site| chosen[site.index()] = true);
        }
        let rows = in_order(run, &chosen, &rank);
        let out = |site: &&SiteId| !chosen[site.index()];
        let delay = |site: &SiteId| lags.first()?.latest.get(rank[site.index()])?.1;
        Intervals {
            sites_left_out: order.iter().filter(out).count(),
            latest_left_out: order.iter().find(out).and_then(delay),
            failed_left_out: order.iter().filter(out).map(|site| failed(run, *site)).sum(),
            cut: rows.iter().any(|(site, _)| attempts(run, *site).len() > most),
            rows,
            lags,
            most,
        }
    }

    /// What is not shown, in words; `None` when everything is.
    pub fn left_out(&self) -> Option<String> {
        let mut words = Vec::new();
        if self.sites_left_out > 0 {
            let sites = counted(self.sites_left_out, "site is", "sites are");
            let latest = self.latest_left_out.map(|delay| {
                format!(", current after {} at the latest", crate::report::summary::time(delay))
            });
            let failed = match self.failed_left_out {
                0 => "none of their synchronisations failed".to_owned(),
                count => format!(
                    "{} failed",
                    counted(count, "of their synchronisations", "of their synchronisations")
                ),
            };
            words.push(format!(
                "Left out: the timeline shows {}, the latest ones and those above them. {sites} not in it{}; {failed}.",
                counted(self.rows.len(), "site", "sites"),
                latest.unwrap_or_default(),
            ));
        }
        if self.cut {
            words.push(format!(
                "Left out: of a site with more than {} synchronisations only the first ones are shown.",
                self.most
            ));
        }
        (!words.is_empty()).then(|| words.join(" "))
    }

    /// As JSON that may stand in a `script` element.
    pub fn to_json(&self, run: &Run<'_>, causes: &Causes<'_>) -> String {
        let mut page = vec![None; run.scenario.sites.len()];
        for (place, (site, _)) in self.rows.iter().enumerate() {
            page[site.index()] = Some(place);
        }
        let mut writer =
            Writer { run, page, texts: Texts::default(), json: String::with_capacity(1 << 16) };
        writer.all(self, causes);
        writer.json
    }
}

/// The synchronisations of a site, in order.
fn attempts<'a>(run: &Run<'a>, site: SiteId) -> &'a [Attempt] {
    let attempts = &run.outcome.attempts;
    let first = attempts.partition_point(|attempt| attempt.site < site);
    let after = attempts.partition_point(|attempt| attempt.site <= site);
    &attempts[first..after]
}

fn failed(run: &Run<'_>, site: SiteId) -> usize {
    attempts(run, site).iter().filter(|attempt| attempt.ending == Ending::Failed).count()
}

/// The chosen sites in the order of the tree; beside each other the branch with the latest site
/// first.
fn in_order(run: &Run<'_>, chosen: &[bool], rank: &[usize]) -> Vec<(SiteId, u32)> {
    let sites = &run.scenario.sites;
    let mut best = rank.to_vec();
    let mut below: BTreeMap<Option<SiteId>, Vec<SiteId>> = BTreeMap::new();
    for (place, _) in sites.iter().enumerate().filter(|(place, _)| chosen[*place]) {
        let site = SiteId(place as u32);
        below.entry(sites[place].parent).or_default().push(site);
        let mut above = sites[place].parent;
        while let Some(parent) = above.filter(|parent| best[parent.index()] > rank[place]) {
            best[parent.index()] = rank[place];
            above = sites[parent.index()].parent;
        }
    }
    for siblings in below.values_mut() {
        siblings.sort_by_key(|site| (best[site.index()], *site));
    }
    let mut order = Vec::new();
    let mut open: Vec<(SiteId, u32)> = Vec::new();
    open.extend(below.get(&None).into_iter().flatten().rev().map(|site| (*site, 0)));
    while let Some((site, depth)) = open.pop() {
        order.push((site, depth));
        let children = below.get(&Some(site)).into_iter().flatten().rev();
        open.extend(children.map(|child| (*child, depth + 1)));
    }
    order
}

/// Texts that are said again and again, by number.
#[derive(Default)]
struct Texts {
    known: BTreeMap<String, usize>,
    all: Vec<String>,
}

impl Texts {
    fn number(&mut self, text: String) -> usize {
        if let Some(number) = self.known.get(&text) {
            return *number;
        }
        self.all.push(text.clone());
        self.known.insert(text, self.all.len() - 1);
        self.all.len() - 1
    }
}

/// Is it anything but a step of a synchronisation, which has a bar of its own?
fn is_wait(stage: &Stage) -> bool {
    !matches!(
        stage.category,
        Category::Connecting
            | Category::CatalogueTransfer
            | Category::WsusWork
            | Category::Settle
            | Category::FailedTry
            | Category::Retry
    )
}

struct Writer<'a> {
    run: &'a Run<'a>,
    /// In which row of the page each site is.
    page: Vec<Option<usize>>,
    texts: Texts,
    json: String,
}

/// Milliseconds, cut.
fn millis(at: Instant) -> u64 {
    at.micros() / 1000
}

impl Writer<'_> {
    fn all(&mut self, intervals: &Intervals, causes: &Causes<'_>) {
        let scenario = self.run.scenario;
        let clock = &scenario.clock;
        self.json.push('{');
        self.number("start", clock.start().as_millisecond());
        self.number("length", scenario.duration.micros() / 1000);
        self.list("zone", |writer| writer.json += &json(clock.zone().name()));
        self.list("shifts", Writer::shifts);
        self.words("steps", STEPS.iter().map(|(step, _)| step.named().0));
        self.words("colours", STEPS.iter().map(|(_, colour)| *colour));
        self.words("endings", ENDINGS.iter().map(|ending| ending.name()));
        self.words("kinds", [Kind::Delta, Kind::Full].iter().map(|kind| kind.name()));
        self.list("sites", |writer| writer.sites(&intervals.rows));
        self.list("attempts", |writer| {
            writer.many(intervals.rows.iter(), |writer, (site, _)| {
                let of_site = attempts(writer.run, *site);
                let shown = &of_site[..of_site.len().min(intervals.most)];
                writer.many(shown.iter(), Writer::attempt);
            });
        });
        self.list("held", Writer::held);
        self.list("waits", |writer| writer.waits(intervals, causes));
        self.list("releases", |writer| writer.releases(intervals));
        let texts = std::mem::take(&mut self.texts.all);
        self.words("texts", texts.iter().map(String::as_str));
        self.json.pop();
        self.json.push('}');
    }

    fn number(&mut self, key: &str, value: impl std::fmt::Display) {
        // Writing into a String cannot fail.
        let _ = write!(self.json, "\"{key}\":{value},");
    }

    fn list(&mut self, key: &str, write: impl FnOnce(&mut Self)) {
        let _ = write!(self.json, "\"{key}\":");
        write(self);
        self.json.push(',');
    }

    fn words<'w>(&mut self, key: &str, words: impl Iterator<Item = &'w str>) {
        self.list(key, |writer| writer.many(words, |writer, word| writer.json += &json(word)));
    }

    /// An array of whatever `one` writes.
    fn many<T>(&mut self, all: impl Iterator<Item = T>, mut one: impl FnMut(&mut Self, T)) {
        self.json.push('[');
        for (place, item) in all.enumerate() {
            if place > 0 {
                self.json.push(',');
            }
            one(self, item);
        }
        self.json.push(']');
    }

    /// The changes of the zone's clock: from when on it is ahead by how many minutes.
    fn shifts(&mut self) {
        let clock = &self.run.scenario.clock;
        let rules = clock.zone().rules();
        let end = clock.timestamp(Instant::START + self.run.scenario.duration);
        let minutes = |offset: jiff::tz::Offset| offset.seconds().div_euclid(60);
        let first = (0, minutes(rules.to_offset(clock.start())));
        let within = rules.following(clock.start()).take_while(|change| change.timestamp() < end);
        let changes = within.map(|change| {
            let from = change.timestamp().as_millisecond() - clock.start().as_millisecond();
            (from, minutes(change.offset()))
        });
        let all: Vec<(i64, i32)> = std::iter::once(first).chain(changes).collect();
        self.many(all.into_iter(), |writer, (from, minutes)| {
            let _ = write!(writer.json, "[{from},{minutes}]");
        });
    }

    fn place(&self, site: Option<SiteId>) -> i64 {
        let place = site.and_then(|site| self.page[site.index()]);
        place.map_or(-1, |place| place as i64)
    }

    fn sites(&mut self, rows: &[(SiteId, u32)]) {
        self.many(rows.iter(), |writer, (site, depth)| {
            let place = &writer.run.scenario.sites[site.index()];
            let parent = writer.place(place.parent);
            let first = attempts(writer.run, *site).first().map_or(1, |attempt| attempt.number);
            let (code, name) = (json(&place.code), json(&place.name));
            let _ = write!(writer.json, "[{code},{name},{parent},{depth},{first}]");
        });
    }

    fn attempt(&mut self, attempt: &Attempt) {
        let start = millis(attempt.start);
        let ending = ENDINGS.iter().position(|ending| *ending == attempt.ending).unwrap_or(0);
        let (by, number) = match attempt.caused_by {
            Some((site, number)) => (self.place(Some(site)), i64::from(number)),
            None => (-1, -1),
        };
        let origin = match attempt.caused_by {
            Some(_) => -1,
            None => {
                let origin = self.run.caused_by(attempt);
                let origin = if origin.is_empty() { "its parent".to_owned() } else { origin };
                self.texts.number(origin) as i64
            }
        };
        let why = match attempt.failure {
            None => -1,
            Some(failure) => {
                let fault =
                    attempt.fault.map(|fault| format!(" (fault {})", self.run.fault(fault)));
                let message = self.run.complaint(failure).message;
                let why = format!("{}{}: {message}", failure.phase, fault.unwrap_or_default());
                self.texts.number(why) as i64
            }
        };
        let retry = attempt.retry_at.map_or(-1, |at| millis(at) as i64);
        let _ = write!(
            self.json,
            "[{start},{},{ending},{by},{number},{origin},{},{},{why},{retry}",
            u8::from(attempt.kind == Kind::Full),
            attempt.updates,
            attempt.bytes.0 / 1000,
        );
        self.steps(attempt);
        self.json.push(']');
    }

    /// The steps with their lengths; they end where the synchronisation ends.
    fn steps(&mut self, attempt: &Attempt) {
        let horizon = Instant::START + self.run.scenario.duration;
        let end = attempt.end.unwrap_or(horizon);
        let steps = begun(attempt);
        for (place, (step, from)) in steps.iter().enumerate() {
            let last = place + 1 == steps.len();
            let until = steps.get(place + 1).map_or(end, |(_, next)| *next);
            let step = if last && attempt.ending == Ending::Failed { Step::Failed } else { *step };
            let number = STEPS.iter().position(|(known, _)| *known == step).unwrap_or(0);
            let length = millis(until).saturating_sub(millis(*from));
            let _ = write!(self.json, ",{number},{length}");
        }
    }

    /// When which fault held which of the sites.
    fn held(&mut self) {
        let run = *self.run;
        let horizon = Instant::START + run.scenario.duration;
        let lasts =
            |fault: crate::units::FaultId| run.scenario.faults[fault.index()].occurs.holds();
        let held = run.outcome.faults.iter().filter(|one| lasts(one.fault));
        let mut held: Vec<_> =
            held.filter_map(|one| Some((self.page[one.site.index()]?, one))).collect();
        held.sort_by_key(|(place, one)| (*place, one.from, Reverse(one.until)));
        self.many(held.into_iter(), |writer, (place, one)| {
            let fault = writer.texts.number(run.fault(one.fault).to_owned());
            let until = millis(one.until.unwrap_or(horizon));
            let _ = write!(writer.json, "[{place},{fault},{},{until}]", millis(one.from));
        });
    }

    /// What each release that is told waited for on its way to the sites shown, where it is not a
    /// step of a synchronisation. Sites below one parent share the way to it: it is said once.
    fn waits(&mut self, intervals: &Intervals, causes: &Causes<'_>) {
        let run = *self.run;
        let mut waits: BTreeSet<(usize, usize, Instant, Instant, Category, Behind)> =
            BTreeSet::new();
        for (number, lag) in intervals.lags.iter().enumerate() {
            let arrivals = run.outcome.arrivals.iter().filter(|one| one.release == lag.release);
            for arrival in arrivals.filter(|one| self.page[one.site.index()].is_some()) {
                let Some(blame) = causes.blame(arrival) else { continue };
                for stage in blame.stages.iter().filter(|stage| is_wait(stage)) {
                    let Some(place) = self.page[stage.at.index()] else { continue };
                    let Stage { from, until, category, behind, .. } = *stage;
                    waits.insert((place, number, from, until, category, behind));
                }
            }
            if waits.len() > MOST_WAITS {
                break;
            }
        }
        self.many(waits.into_iter(), |writer, (place, release, from, until, category, behind)| {
            let site = intervals.rows[place].0;
            let what = format!("{} ({})", category.words(), behind.path(run.scenario, site));
            let what = writer.texts.number(what);
            let (from, until) = (millis(from), millis(until));
            let _ = write!(writer.json, "[{place},{release},{from},{until},{what}]");
        });
    }

    /// Of each release that is told, when each site was current: -1 never, -2 not meant for it.
    fn releases(&mut self, intervals: &Intervals) {
        self.many(intervals.lags.iter(), |writer, lag| {
            let name = json(writer.run.release(lag.release));
            let mut current = vec![-2; intervals.rows.len()];
            for (site, delay) in &lag.latest {
                if let Some(place) = writer.page[site.index()] {
                    current[place] = delay.map_or(-1, |delay| millis(lag.wanted + delay) as i64);
                }
            }
            let _ = write!(writer.json, "[{name},{},", millis(lag.wanted));
            writer.many(current.into_iter(), |writer, at| {
                let _ = write!(writer.json, "{at}");
            });
            writer.json.push(']');
        });
    }
}

#[cfg(test)]
mod tests;
