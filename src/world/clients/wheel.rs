//! Who polls, or scans by schedule, when: clients on a wheel that turns once in a period.

use std::ops::Range;

use super::super::chance::{Chance, Purpose};
use crate::kernel::Entity;
use crate::units::{Duration, Instant};

/// Slices of a period in which a counted group is told (C4).
const SLICES: u64 = 60;
/// Slices of the scan schedule: an hour of a week.
const SCHEDULE_SLICES: u64 = 168;

/// Clients of one site that come at the same moment of every turn: one client, or those of one
/// slice of the period.
#[derive(Clone, Debug)]
pub(super) struct Cohort {
    /// Its moment, from the beginning of a turn \[µs\]; of a group, where its slice begins.
    pub phase: u64,
    /// Which member of the clientele its site is.
    pub member: u32,
    /// How many clients it has.
    pub clients: u32,
    /// The number of the client at its site, or of the slice: what its draws are named by.
    pub number: u32,
    /// How many of them scan when they next poll.
    pub due: u32,
    /// How many of them wait for the point to begin their scan.
    pub waiting: u32,
    /// How many scans they have begun.
    pub scans: u32,
    /// Up to what those have scanned that are furthest behind, and how many these are.
    behind: (u32, u32),
    /// The same of the others, in ascending order.
    ahead: Vec<(u32, u32)>,
}

impl Cohort {
    fn new(phase: u64, member: u32, number: u32, clients: u32) -> Self {
        let (behind, ahead) = ((0, clients), Vec::new());
        Self { phase, member, clients, number, due: 0, waiting: 0, scans: 0, behind, ahead }
    }

    /// One of them has scanned against the first `upto` releases; gives those it had not scanned
    /// against before. Of a group it is one of those furthest behind.
    pub fn has_scanned(&mut self, upto: u32) -> Range<u32> {
        let (before, count) = self.behind;
        if upto <= before {
            return upto..upto;
        }
        if count == 1 && self.ahead.is_empty() {
            self.behind.0 = upto;
            return before..upto;
        }
        match self.ahead.binary_search_by_key(&upto, |(level, _)| *level) {
            Ok(place) => self.ahead[place].1 += 1,
            Err(place) => self.ahead.insert(place, (upto, 1)),
        }
        self.behind.1 -= 1;
        if self.behind.1 == 0 {
            self.behind = self.ahead.remove(0);
        }
        before..upto
    }

    /// So many of them must scan when they next poll, besides those that must already.
    pub fn owe(&mut self, clients: u32) {
        self.due = (self.due + clients).min(self.clients);
    }
}

/// The clients of one site, as the wheel is told of them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Riders {
    /// What their draws are named by.
    pub entity: Entity,
    /// How many.
    pub clients: u32,
}

/// A wheel of clients.
#[derive(Clone, Debug, Default)]
pub(super) struct Wheel {
    /// One turn \[µs\].
    period: u64,
    /// How many slices a turn has; 0: clients come one by one.
    slices: u64,
    /// Ordered by phase, then by member, then by number.
    pub cohorts: Vec<Cohort>,
    /// Does everybody come in every turn? Else only those that are due.
    always: bool,
    /// The next to come: the number of the turn, and the position in `cohorts`.
    next: (u64, usize),
}

impl Wheel {
    /// Policy polls: each client at its own phase, evenly spread (C2).
    pub fn of_polls(
        chance: &Chance,
        riders: &[Riders],
        period: Duration,
        individually: bool,
    ) -> Self {
        let slices = if individually { 0 } else { SLICES };
        let phase = |entity, number| phase(chance, Purpose::ClientPoll, entity, number, period);
        Self::new(riders, period, slices, false, phase)
    }

    /// The scan schedule of clients that have followed it for long: each at its own phase, evenly
    /// spread (C3).
    pub fn of_schedule(
        chance: &Chance,
        riders: &[Riders],
        period: Duration,
        individually: bool,
    ) -> Self {
        let slices = if individually { 0 } else { SCHEDULE_SLICES };
        let phase = |entity, number| phase(chance, Purpose::ClientSchedule, entity, number, period);
        Self::new(riders, period, slices, true, phase)
    }

    /// The scan schedule of clients that hear of it now: each begins at a random moment `within`
    /// that time after it has fetched the policy (C3).
    pub fn of_first_scans(
        chance: &Chance,
        riders: &[Riders],
        now: Instant,
        (poll_every, within, period): (Duration, Duration, Duration),
        individually: bool,
    ) -> Self {
        // As fine as a poll is told, so that the rise and fall of the first rush are kept.
        let fine = period.micros().div_ceil((poll_every.micros() / SLICES).max(1));
        let slices = if individually { 0 } else { fine };
        let phase = |entity, number| {
            let poll = phase(chance, Purpose::ClientPoll, entity, number, poll_every);
            let since = now.micros() % poll_every.micros();
            let wait = (poll + poll_every.micros() - since) % poll_every.micros();
            let longest = Duration::from_micros(within.micros() + 1);
            let delay = phase(chance, Purpose::FirstScan, entity, number, longest);
            (now.micros() + wait + delay) % period.micros()
        };
        let mut wheel = Self::new(riders, period, slices, true, phase);
        wheel.turn_to(now);
        wheel
    }

    fn new(
        riders: &[Riders],
        period: Duration,
        slices: u64,
        always: bool,
        phase: impl Fn(Entity, u32) -> u64,
    ) -> Self {
        let period = period.micros();
        let mut cohorts = Vec::new();
        for (member, &Riders { entity, clients }) in (0u32..).zip(riders) {
            if slices == 0 {
                let one = |number| Cohort::new(phase(entity, number), member, number, 1);
                cohorts.extend((0..clients).map(one));
                continue;
            }
            // C4: counted exactly as the same clients, one by one, would fall into the slices.
            let mut counts = vec![0u32; slices as usize];
            for number in 0..clients {
                counts[slice_of(phase(entity, number), slices, period) as usize] += 1;
            }
            let counted = (0u32..).zip(counts).filter(|(_, count)| *count > 0);
            cohorts.extend(counted.map(|(slice, count)| {
                Cohort::new(begins(u64::from(slice), slices, period), member, slice, count)
            }));
        }
        cohorts.sort_by_key(|cohort| (cohort.phase, cohort.member, cohort.number));
        Self { period, slices, cohorts, always, next: (0, 0) }
    }

    /// Are these counted groups?
    pub fn is_counted(&self) -> bool {
        self.slices > 0
    }

    /// Everybody must scan: there is a new policy (C1).
    pub fn all_owe(&mut self) {
        for cohort in &mut self.cohorts {
            cohort.due = cohort.clients;
        }
    }

    /// The next to come is whoever comes first from `now` on.
    pub fn turn_to(&mut self, now: Instant) {
        if self.cohorts.is_empty() {
            return;
        }
        let (turn, phase) = (now.micros() / self.period, now.micros() % self.period);
        // Of a group, the slice in which `now` lies is under way.
        let phase = match self.slices {
            0 => phase,
            slices => begins(slice_of(phase, slices, self.period), slices, self.period),
        };
        let place = self.cohorts.partition_point(|cohort| cohort.phase < phase);
        self.next = (turn, place);
    }

    /// The next moment at which somebody comes who has something to do, and the cohorts that come
    /// then: one client, or all of one slice. The wheel turns past them.
    pub fn take_next(&mut self) -> Option<Coming> {
        let len = self.cohorts.len();
        let (mut turn, mut place) = self.next;
        for _ in 0..=len {
            if place == len {
                (turn, place) = (turn + 1, 0);
                if len == 0 {
                    return None;
                }
            }
            let cohort = &self.cohorts[place];
            if self.always || cohort.due > 0 {
                let from = turn * self.period + cohort.phase;
                let same = |other: &&Cohort| self.slices > 0 && other.phase == cohort.phase;
                let more = self.cohorts[place + 1..].iter().take_while(same).count();
                let end = place + 1 + more;
                self.next = (turn, end);
                let length = match self.slices {
                    0 => 0,
                    slices => {
                        let slice = slice_of(cohort.phase, slices, self.period);
                        begins(slice + 1, slices, self.period) - cohort.phase
                    }
                };
                return Some(Coming { from, until: from + length, cohorts: place..end });
            }
            place += 1;
        }
        None
    }

    /// Who of a cohort comes, and when \[µs since the start\], of those that come from `from` on;
    /// they no longer owe a scan. Whoever came earlier in the slice comes in the next turn.
    pub fn come(
        &mut self,
        chance: &Chance,
        entity: Entity,
        coming: &Coming,
        place: usize,
        from: u64,
        arrivals: &mut Vec<(u64, u32)>,
    ) {
        let always = self.always;
        let cohort = &mut self.cohorts[place];
        let due = if always { cohort.clients } else { cohort.due };
        if due == 0 {
            return;
        }
        if self.slices == 0 {
            if coming.from >= from {
                cohort.due = 0;
                arrivals.push((coming.from, place as u32));
            }
            return;
        }
        // The phases within the slice: the same ones in every turn.
        let mut stream = chance.stream(entity, Purpose::WithinSlice, u64::from(cohort.number));
        let length = u128::from(coming.until - coming.from);
        let first = arrivals.len();
        for _ in 0..cohort.clients {
            let within = ((u128::from(stream.bits()) * length) >> 64) as u64;
            arrivals.push((coming.from + within, place as u32));
        }
        if due < cohort.clients {
            // Only some are due: those that a policy in the middle of the slice came too late for.
            arrivals[first..].sort_unstable();
            arrivals.truncate(first + due as usize);
        }
        let mut kept = first;
        for index in first..arrivals.len() {
            if arrivals[index].0 >= from {
                arrivals[kept] = arrivals[index];
                kept += 1;
            }
        }
        arrivals.truncate(kept);
        cohort.due = due - (kept - first) as u32;
        if always {
            cohort.due = 0;
        }
    }

    /// The slice that is under way at `now`, or that begins then.
    pub fn slice_at(&self, now: Instant) -> (u64, u64) {
        let (turn, phase) = (now.micros() / self.period, now.micros() % self.period);
        let slice = slice_of(phase, self.slices, self.period);
        let at = |slice| turn * self.period + begins(slice, self.slices, self.period);
        (at(slice), at(slice + 1))
    }
}

/// Cohorts that come together.
#[derive(Clone, Debug)]
pub(super) struct Coming {
    /// When, or from when on \[µs since the start\].
    pub from: u64,
    /// Until when they have all come; `from` when they come one by one.
    pub until: u64,
    /// Their positions.
    pub cohorts: Range<usize>,
}

/// A moment of a period, evenly spread, that a client keeps.
fn phase(chance: &Chance, purpose: Purpose, entity: Entity, number: u32, period: Duration) -> u64 {
    let bits = chance.stream(entity, purpose, u64::from(number)).bits();
    ((u128::from(bits) * u128::from(period.micros())) >> 64) as u64
}

/// Where a slice begins.
fn begins(slice: u64, slices: u64, period: u64) -> u64 {
    (u128::from(slice) * u128::from(period)).div_ceil(u128::from(slices)) as u64
}

/// The slice in which a moment lies.
fn slice_of(phase: u64, slices: u64, period: u64) -> u64 {
    (u128::from(phase) * u128::from(slices) / u128::from(period)) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_moment_lies_in_the_slice_that_begins_before_it() {
        for period in [60_000_000, 3_600_000_000, 3_600_000_007, 61] {
            for slices in [60, 168, 7] {
                for phase in (0..period).step_by((period as usize / 1_000).max(1)) {
                    let slice = slice_of(phase, slices, period);
                    let span = begins(slice, slices, period)..begins(slice + 1, slices, period);
                    assert!(span.contains(&phase), "{phase} of {period} in {slices}");
                }
                assert_eq!(begins(slices, slices, period), period);
            }
        }
    }

    #[test]
    fn each_client_covers_each_release_once() {
        let mut group = Cohort::new(0, 0, 0, 3);
        assert_eq!(
            [group.has_scanned(2), group.has_scanned(3), group.has_scanned(3)],
            [0..2, 0..3, 0..3]
        );
        // The one that has not scanned against the third release is furthest behind.
        assert_eq!([group.has_scanned(3), group.has_scanned(3)], [2..3, 3..3]);
        let mut one = Cohort::new(0, 0, 0, 1);
        assert_eq!(
            [one.has_scanned(1), one.has_scanned(1), one.has_scanned(4)],
            [0..1, 1..1, 1..4]
        );
    }

    fn riders(clients: u32) -> Vec<Riders> {
        vec![
            Riders { entity: Entity::named("CEN"), clients },
            Riders { entity: Entity::named("S01"), clients: clients / 2 },
        ]
    }

    /// C4: a group is the same clients, counted.
    #[test]
    fn c4_a_slice_counts_exactly_the_clients_whose_own_phases_lie_in_it() {
        let (chance, hour) = (Chance::new(7, 3), Duration::from_mins(60));
        let single = Wheel::of_polls(&chance, &riders(3_000), hour, true);
        let counted = Wheel::of_polls(&chance, &riders(3_000), hour, false);
        assert_eq!(single.cohorts.len(), 4_500);
        for group in &counted.cohorts {
            let end = group.phase + hour.micros() / SLICES;
            let inside = |one: &&Cohort| {
                one.member == group.member && (group.phase..end).contains(&one.phase)
            };
            assert_eq!(single.cohorts.iter().filter(inside).count(), group.clients as usize);
        }
        assert_eq!(counted.cohorts.iter().map(|group| group.clients).sum::<u32>(), 4_500);
    }

    #[test]
    fn a_policy_in_the_middle_of_a_slice_reaches_the_rest_of_it_in_the_next_turn() {
        let (chance, hour) = (Chance::new(7, 3), Duration::from_mins(60));
        let riders = riders(30_000);
        let mut wheel = Wheel::of_polls(&chance, &riders, hour, false);
        let now = Instant::from_micros(90_000_000);
        wheel.all_owe();
        wheel.turn_to(now);
        let mut came = vec![0; riders.len()];
        let mut last = 0;
        let mut turns = 0;
        while let Some(coming) = wheel.take_next() {
            let mut arrivals = Vec::new();
            for place in coming.cohorts.clone() {
                let entity = riders[wheel.cohorts[place].member as usize].entity;
                wheel.come(&chance, entity, &coming, place, now.micros(), &mut arrivals);
            }
            for (at, place) in arrivals {
                assert!((coming.from..coming.until).contains(&at) && at >= now.micros());
                came[wheel.cohorts[place as usize].member as usize] += 1;
                last = last.max(at);
            }
            turns += 1;
        }
        assert_eq!(came, [30_000, 15_000], "everybody comes once");
        assert_eq!(turns, 61, "the slice under way comes twice");
        assert!(last < now.micros() + hour.micros(), "within one period");
    }
}
