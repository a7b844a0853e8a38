//! The clients that scan at one point: who of them owes a scan, who waits, who is served (C2-C5).

use std::collections::BTreeMap;

use super::super::chance::{Chance, Purpose};
use super::queue::{Desk, Ended, ScanQueue};
use super::wheel::{Cohort, Riders, Wheel};
use crate::kernel::{Distribution, Entity, Handle, Stream};
use crate::scenario::{self, ScanOn};
use crate::store::Anchor;
use crate::trace::{Cause, ClientKind};
use crate::units::{Duration, Instant, ReleaseId, SiteId};

/// The clients that scan at one point and follow the policy of its site.
#[derive(Clone, Debug)]
pub(super) struct Clientele {
    /// Whose point it is.
    pub site: SiteId,
    /// By which way they scan.
    pub kind: ClientKind,
    /// The sites whose clients they are: that of the point, and secondary sites below it that
    /// have none of their own (H4).
    pub members: Vec<SiteId>,
    pub riders: Vec<Riders>,
    pub wheel: Wheel,
    queue: ScanQueue,
    /// The releases that the point holds whole, in the order in which they came.
    pub held: Vec<ReleaseId>,
    /// Up to where of what the point has taken they are known.
    pub looked: Anchor,
    /// Who comes until `window`, in order, and the next of them.
    arrivals: Vec<(u64, u32)>,
    arrived: usize,
    window: Option<u64>,
    /// Scans that failed and are tried again, by when and whose (scan schedule only).
    again: BTreeMap<(u64, u32), u32>,
    /// What the scans of a counted group take.
    stream: Option<Stream>,
    /// Does the site answer polls? Does the point serve scans?
    pub answers: bool,
    pub serves: bool,
    /// The event that is to come.
    pub due: Option<Handle>,
    /// The record of the policy that they follow.
    pub cause: Cause,
    pub tally: Tally,
}

/// What became of clients since it was last told.
#[derive(Clone, Debug, Default)]
pub(super) struct Tally {
    /// Scans that were the first to cover a release, by member and position of the release: how
    /// many, and the sum of their ends \[µs since the start\].
    pub covered: BTreeMap<(u32, u32), (u32, u128)>,
    /// Clients that fetched a new policy body, by member.
    pub fetched: Vec<u32>,
    /// Scans that failed, by member.
    pub failed: Vec<u32>,
}

/// What a clientele asks of the world around it.
#[derive(Clone, Copy)]
pub(super) struct Around<'w> {
    pub chance: &'w Chance,
    pub clients: &'w scenario::Clients,
    pub now: Instant,
}

impl Clientele {
    pub fn new(
        site: SiteId,
        kind: ClientKind,
        members: Vec<(SiteId, Riders)>,
        places: Option<u32>,
    ) -> Self {
        let (members, riders): (Vec<SiteId>, Vec<Riders>) = members.into_iter().unzip();
        let none = vec![0; members.len()];
        Self {
            site,
            kind,
            tally: Tally { fetched: none.clone(), failed: none, ..Tally::default() },
            members,
            riders,
            wheel: Wheel::default(),
            queue: places.map_or_else(ScanQueue::default, ScanQueue::new),
            held: Vec::new(),
            looked: Anchor::default(),
            arrivals: Vec::new(),
            arrived: 0,
            window: None,
            again: BTreeMap::new(),
            stream: None,
            answers: true,
            serves: true,
            due: None,
            cause: Cause::NONE,
        }
    }

    /// Do they scan by the scan schedule?
    fn is_scheduled(&self, around: &Around<'_>) -> bool {
        around.clients.scan_on == ScanOn::Schedule && self.kind != ClientKind::Sms2003
    }

    /// Everything happens that happens up to now: clients come, scans begin and end.
    pub fn catch_up(&mut self, around: &Around<'_>) {
        let upto = around.now.micros();
        let scheduled = self.is_scheduled(around);
        let Self { wheel, queue, tally, riders, arrivals, arrived, again, stream, .. } = self;
        let counted = wheel.is_counted();
        let mut point = Point {
            cohorts: &mut wheel.cohorts,
            tally,
            riders,
            chance: around.chance,
            scan: &around.clients.scan,
            takes: around.clients.scan.as_constant(),
            stream: stream.as_mut().filter(|_| counted),
            held: self.held.len() as u32,
        };
        loop {
            let first = arrivals.get(*arrived).map(|&(at, cohort)| (at, cohort, 1));
            let failed = again.first_key_value().map(|(&(at, cohort), &count)| (at, cohort, count));
            // Of two at one instant, the one that has failed before.
            let before = failed.filter(|one| first.is_none_or(|first| one.0 <= first.0));
            let Some((at, cohort, count)) = before.or(first).filter(|one| one.0 <= upto) else {
                break;
            };
            match before {
                Some(_) => drop(again.pop_first()),
                None => *arrived += 1,
            }
            let place = cohort as usize;
            let member = point.cohorts[place].member as usize;
            // C2: a poll fetches the policy; C3: a new body starts a scan.
            if !scheduled {
                point.tally.fetched[member] += count;
            }
            if !self.serves {
                point.tally.failed[member] += count;
                let next = at + around.clients.poll_every.micros();
                *again.entry((next, cohort)).or_default() += count;
                continue;
            }
            queue.run(at, &mut point);
            for _ in 0..count {
                // Whoever waits already has one scan before it, against what the point holds then.
                if point.cohorts[place].waiting == point.cohorts[place].clients {
                    continue;
                }
                if !queue.arrive(at, cohort, &mut point) {
                    point.cohorts[place].waiting += 1;
                }
            }
        }
        queue.run(upto, &mut point);
    }

    /// Site and point are back: whoever owes a scan comes from now on.
    pub fn wake(&mut self, around: &Around<'_>) {
        if !self.is_scheduled(around) {
            self.send_back();
            self.wheel.turn_to(around.now);
        }
    }

    /// Whoever has not come yet of those that were about to owes a scan as before.
    fn send_back(&mut self) {
        for &(_, cohort) in &self.arrivals[self.arrived..] {
            self.wheel.cohorts[cohort as usize].owe(1);
        }
        self.arrivals.clear();
        self.arrived = 0;
        self.window = None;
    }

    /// Looks who comes next; gives when it must be tended again.
    pub fn look_ahead(&mut self, around: &Around<'_>) -> Option<Instant> {
        let now = around.now.micros();
        let scheduled = self.is_scheduled(around);
        let all_came = self.arrived == self.arrivals.len();
        if all_came && self.window.is_none_or(|until| until <= now) {
            // Nobody polls a site that is down, or scans at a point that is: who tries finds
            // out, and tries again when both are up [choice]. A scan schedule goes on.
            let open = scheduled || (self.answers && self.serves);
            self.window = if open { self.open(around) } else { None };
        }
        let next_end = self.queue.next_end();
        let at = if self.wheel.is_counted() {
            // A group is told at the end of each slice, as long as something goes on.
            let slice = || self.wheel.slice_at(around.now).1;
            match (self.window, next_end) {
                (window, Some(_)) => Some(window.unwrap_or(u64::MAX).min(slice())),
                (window, None) => window,
            }
        } else {
            let first = self.arrivals.get(self.arrived).map(|(at, _)| *at);
            let again = self.again.first_key_value().map(|((at, _), _)| *at);
            [first, again, next_end].into_iter().flatten().min()
        };
        at.map(Instant::from_micros)
    }

    /// The next that come; gives until when they have all come.
    fn open(&mut self, around: &Around<'_>) -> Option<u64> {
        self.arrivals.clear();
        self.arrived = 0;
        let coming = self.wheel.take_next()?;
        for place in coming.cohorts.clone() {
            let entity = self.riders[self.wheel.cohorts[place].member as usize].entity;
            let from = around.now.micros();
            self.wheel.come(around.chance, entity, &coming, place, from, &mut self.arrivals);
        }
        self.arrivals.sort_unstable();
        if self.wheel.is_counted() {
            let entity = self.riders[0].entity;
            self.stream = Some(around.chance.stream(entity, Purpose::Scan, coming.from));
        }
        Some(coming.until)
    }

    /// What they are served by is gone: scans that run or wait fail, and are tried again at the
    /// clients' next polls (C4) [choice].
    pub fn break_off(&mut self, around: &Around<'_>) {
        let scheduled = self.is_scheduled(around);
        let next = around.now.micros() + around.clients.poll_every.micros();
        let Self { wheel, queue, tally, again, .. } = self;
        queue.break_off(|place, count| {
            let cohort = &mut wheel.cohorts[place as usize];
            tally.failed[cohort.member as usize] += count;
            cohort.waiting = 0;
            if scheduled {
                *again.entry((next, place)).or_default() += count;
            } else {
                cohort.owe(count);
            }
        });
        if !scheduled {
            self.send_back();
        }
    }

    /// No poll is answered: whoever was about to come does not.
    pub fn stop_polls(&mut self, around: &Around<'_>) {
        if !self.is_scheduled(around) {
            self.send_back();
        }
    }

    /// They have heard of a new policy (C1).
    pub fn hear_of_policy(&mut self, around: &Around<'_>) {
        let scenario::Clients { poll_every, scan_every, scan_within, individually, .. } =
            *around.clients;
        if self.is_scheduled(around) {
            // C3: only the first enabling policy starts a scan; the rest follow the schedule.
            if self.wheel.cohorts.is_empty() {
                let periods = (poll_every, scan_within, scan_every);
                let (chance, riders) = (around.chance, &self.riders);
                self.wheel =
                    Wheel::of_first_scans(chance, riders, around.now, periods, individually);
            }
            return;
        }
        if self.wheel.cohorts.is_empty() {
            self.wheel = Wheel::of_polls(around.chance, &self.riders, poll_every, individually);
        }
        self.send_back();
        self.wheel.all_owe();
        self.wheel.turn_to(around.now);
    }

    /// They have followed the scan schedule for long (C3).
    pub fn follow_schedule(&mut self, around: &Around<'_>) {
        let scenario::Clients { scan_every, individually, .. } = *around.clients;
        if self.is_scheduled(around) {
            self.wheel = Wheel::of_schedule(around.chance, &self.riders, scan_every, individually);
        }
    }
}

/// The point as its queue sees it.
struct Point<'a> {
    cohorts: &'a mut [Cohort],
    tally: &'a mut Tally,
    riders: &'a [Riders],
    chance: &'a Chance,
    scan: &'a Distribution,
    /// Its length, when that is always the same.
    takes: Option<Duration>,
    /// The draws of a counted group; a client by itself has its own.
    stream: Option<&'a mut Stream>,
    /// How many releases it holds whole.
    held: u32,
}

impl Desk for Point<'_> {
    fn begins(&mut self, cohort: u32, waited: bool) -> (u64, u32) {
        let cohort = &mut self.cohorts[cohort as usize];
        cohort.waiting -= u32::from(waited);
        let scan = cohort.scans;
        cohort.scans = scan.wrapping_add(1);
        let takes = match (self.takes, &mut self.stream) {
            (Some(takes), _) => takes,
            (None, Some(stream)) => self.scan.sample(stream),
            (None, None) => {
                let entity: Entity = self.riders[cohort.member as usize].entity;
                let cause = u64::from(cohort.number) << 32 | u64::from(scan);
                self.scan.sample(&mut self.chance.stream(entity, Purpose::Scan, cause))
            }
        };
        (takes.micros(), self.held)
    }

    fn ended(&mut self, scan: Ended) {
        let cohort = &mut self.cohorts[scan.cohort as usize];
        let member = cohort.member;
        for position in cohort.has_scanned(scan.held) {
            let (count, ends) = self.tally.covered.entry((member, position)).or_default();
            *count += 1;
            *ends += u128::from(scan.at);
        }
    }
}
