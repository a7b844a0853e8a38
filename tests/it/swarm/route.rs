//! The addresses of a plan: hours, rates and circuits, as they are written and as they are meant.

use std::fmt;

use super::dice::Dice;
use super::plan::{Class, HOUR, MINUTE, Place, Plan, SECOND};
use crate::oracle::address::{Address, Open, Zone};

/// By which a site's parent reaches it (R4).
#[derive(Clone, Debug)]
pub struct Route {
    pub open: Hours,
    pub rate: Rate,
    pub threads: u64,
}

/// When it is open.
#[derive(Clone, Copy, Debug)]
pub enum Hours {
    Always,
    /// From an hour to one on the next morning.
    Nights(usize, usize),
    /// So on the nights that follow a weekday; at the weekend all day.
    NightsAndWeekends(usize, usize),
    /// At all hours for requests; between these for nothing else.
    RequestsOnly(usize, usize),
    /// In the daytime, and not at the weekend.
    Weekdays(usize, usize),
}

/// What limits it.
#[derive(Clone, Copy, Debug)]
pub enum Rate {
    Unlimited,
    /// From an hour to another so many percent, and so many at the others.
    Hourly(usize, usize, u64, u64),
    /// Blocks of so many kilobytes, so many seconds apart.
    Pulse(u64, u64),
}

/// At most so long an address is closed.
const NIGHT: u64 = 24 * HOUR;
const WEEKEND: u64 = 72 * HOUR;

fn window(f: &mut fmt::Formatter<'_>, from: usize, until: usize) -> fmt::Result {
    write!(f, "\"{from:02}:00-{until:02}:00\"")
}

impl fmt::Display for Hours {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Hours::Always => f.write_str("always"),
            Hours::Nights(from, until) => {
                f.write_str("{ \"Mon-Sun\": ")?;
                window(f, from, until)?;
                f.write_str(" }")
            }
            Hours::NightsAndWeekends(from, until) => {
                f.write_str("{ \"Mon-Fri\": ")?;
                window(f, from, until)?;
                f.write_str(", \"Sat-Sun\": \"00:00-24:00\" }")
            }
            Hours::RequestsOnly(from, until) => {
                f.write_str("{ \"Mon-Sun\": { ")?;
                window(f, from, until)?;
                f.write_str(": high, ")?;
                window(f, until, from)?;
                f.write_str(": all } }")
            }
            Hours::Weekdays(from, until) => {
                f.write_str("{ \"Mon-Fri\": ")?;
                window(f, from, until)?;
                f.write_str(" }")
            }
        }
    }
}

impl fmt::Display for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{{ open: {}, threads: {}", self.open, self.threads)?;
        match self.rate {
            Rate::Unlimited => {}
            Rate::Hourly(from, until, inside, outside) => {
                f.write_str(", rate: { hourly: { ")?;
                window(f, from, until)?;
                write!(f, ": {inside}%, ")?;
                window(f, until, from)?;
                write!(f, ": {outside}% }} }}")?;
            }
            Rate::Pulse(kilobytes, seconds) => {
                write!(f, ", rate: {{ pulse: {{ block: {kilobytes} KB, delay: {seconds}s }} }}")?;
            }
        }
        f.write_str(" }")
    }
}

/// Is an hour in a window that may go on past midnight?
fn is_within(hour: usize, from: usize, until: usize) -> bool {
    if from < until { (from..until).contains(&hour) } else { hour >= from || hour < until }
}

impl Hours {
    fn table(self) -> [[Open; 24]; 7] {
        let mut table = [[Open::Closed; 24]; 7];
        for (day, hours) in table.iter_mut().enumerate() {
            for (hour, open) in hours.iter_mut().enumerate() {
                let weekend = day >= 5;
                // The night to Monday begins on a Sunday, that to Saturday on a Friday.
                let night =
                    |from, until| hour >= from && !weekend || hour < until && day != 0 && day != 6;
                *open = match self {
                    Hours::Always => Open::Everything,
                    Hours::Nights(from, until) if is_within(hour, from, until) => Open::Everything,
                    Hours::NightsAndWeekends(from, until) if weekend || night(from, until) => {
                        Open::Everything
                    }
                    Hours::RequestsOnly(from, until) if is_within(hour, from, until) => {
                        Open::Requests
                    }
                    Hours::RequestsOnly(..) => Open::Everything,
                    Hours::Weekdays(from, until) if !weekend && is_within(hour, from, until) => {
                        Open::Everything
                    }
                    _ => Open::Closed,
                };
            }
        }
        table
    }

    /// How long it is closed at most in a row.
    fn closed(self) -> u64 {
        match self {
            Hours::Always => 0,
            Hours::Nights(..) | Hours::NightsAndWeekends(..) | Hours::RequestsOnly(..) => NIGHT,
            Hours::Weekdays(..) => WEEKEND,
        }
    }
}

/// The circuits that plans have, as the language writes them.
pub const LINKS: &str = "links:\n  slow: { bandwidth: 64 Kbit/s, latency: 300ms }\n  \
    fast: { bandwidth: 10 Mbit/s, latency: 20ms }\n  far: { latency: 5s }\n  \
    daily: { bandwidth: { hourly: { \"08:00-18:00\": 128 Kbit/s, \"18:00-08:00\": 2 Mbit/s } }, \
    latency: 100ms }\n";

/// What they carry in each hour, and their latency.
fn circuit(link: Option<&str>) -> ([Option<u64>; 24], u64) {
    match link {
        Some("slow") => ([Some(64_000); 24], 300_000),
        Some("fast") => ([Some(10_000_000); 24], 20_000),
        Some("far") => ([None; 24], 5 * SECOND),
        Some("daily") => {
            let mut carries = [Some(2_000_000); 24];
            carries[8..18].fill(Some(128_000));
            (carries, 100_000)
        }
        _ => ([None; 24], 0),
    }
}

fn tiers(places: &[Place]) -> usize {
    let above = |place: &usize| places[*place].parent;
    let tiers = |place| std::iter::successors(Some(place), above).count();
    (0..places.len()).map(tiers).max().unwrap_or(1)
}

/// None in most plans; else three, which some of the sites take.
pub fn draw(seed: u64, places: &mut [Place], top: usize) -> Vec<Route> {
    let dice = &mut Dice::new(seed, "routes");
    for place in places.iter_mut().filter(|place| place.link == Some("daily")) {
        place.zone = *dice.one(&[Zone::Utc, Zone::Tokyo, Zone::NewYork]);
    }
    // Many tiers, each of which waits for its night or for a Monday, would be months.
    if !dice.chance(40) || tiers(places) > 4 {
        return Vec::new();
    }
    let kinds = if places.len() <= 6 { 5 } else { 4 };
    let route = |dice: &mut Dice| {
        let (evening, morning) = (17 + dice.roll(6) as usize, 3 + dice.roll(5) as usize);
        let open = match dice.roll(kinds) {
            0 => Hours::Always,
            1 => Hours::Nights(evening, morning),
            2 => Hours::NightsAndWeekends(evening, morning),
            3 => Hours::RequestsOnly(morning, evening),
            _ => Hours::Weekdays(morning, evening),
        };
        let rate = match dice.roll(4) {
            0 => {
                let percent = |dice: &mut Dice| *dice.one(&[10, 25, 75, 100]);
                Rate::Hourly(morning, evening, percent(dice), percent(dice))
            }
            1 => Rate::Pulse(*dice.one(&[64, 200, 1_000]), 1 + dice.roll(5)),
            _ => Rate::Unlimited,
        };
        Route { open, rate, threads: *dice.one(&[1, 3, 3]) }
    };
    let routes: Vec<Route> = (0..3).map(|_| route(dice)).collect();
    for (number, place) in places.iter_mut().enumerate() {
        if number > top && dice.chance(60) {
            place.route = Some(dice.roll(3) as usize);
            place.zone = *dice.one(&[Zone::Utc, Zone::Tokyo, Zone::NewYork]);
        }
    }
    routes
}

impl Plan {
    /// How each site is reached.
    pub fn addresses(&self) -> Vec<Address> {
        let address = |place: &Place| {
            let (carries, latency) = circuit(place.link);
            let plain = Address { zone: place.zone, carries, latency, ..Address::default() };
            let Some(route) = place.route.map(|route| &self.routes[route]) else { return plain };
            let open = route.open.table();
            match route.rate {
                Rate::Unlimited => Address { open, ..plain },
                Rate::Hourly(from, until, inside, outside) => {
                    let percent =
                        |hour| if is_within(hour, from, until) { inside } else { outside };
                    let share = std::array::from_fn(percent);
                    Address { open, share: Some(share), ..plain }
                }
                Rate::Pulse(kilobytes, seconds) => {
                    Address { open, pulse: Some((1_000 * kilobytes, seconds * SECOND)), ..plain }
                }
            }
        };
        self.places.iter().map(address).collect()
    }

    /// Does nothing slow a sending down or make it late but its route and its circuit?
    pub fn leaves_senders_alone(&self) -> bool {
        let disturbs = [
            Class::LinkSlow,
            Class::DelayPackage,
            Class::ReorderPackages,
            Class::DuplicatePackage,
            Class::MoveSite,
        ];
        !self.flaws.iter().any(|flaw| disturbs.contains(&flaw.class))
    }

    /// How long something waits at most because its address is closed, and how many times as long
    /// a package takes at most because its route slows it down.
    pub fn routes_cost(&self) -> (u64, u64) {
        let used: Vec<&Route> = self
            .places
            .iter()
            .filter_map(|place| place.route.map(|route| &self.routes[route]))
            .collect();
        let closed = used.iter().map(|route| route.open.closed()).max().unwrap_or(0);
        let limited = used.iter().any(|route| !matches!(route.rate, Rate::Unlimited));
        (closed, if limited { 20 } else { 1 })
    }

    /// What a pulse adds to the sending of everything there is.
    pub fn pauses(&self, kilobytes: u64) -> u64 {
        let pulse = self.places.iter().filter_map(|place| place.route).map(|route| {
            match self.routes[route].rate {
                Rate::Pulse(block, seconds) => (kilobytes / block + 1) * seconds * SECOND,
                _ => 0,
            }
        });
        pulse.max().unwrap_or(0) + MINUTE
    }
}
