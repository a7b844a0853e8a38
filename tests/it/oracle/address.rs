//! How a site is reached, worked out by itself: what its address is open for, and how much its
//! circuit carries, pointwise by the wall clock of the site (R4).

pub const SECOND: u64 = 1_000_000;
pub const HOUR: u64 = 3_600 * SECOND;
const DAY: i64 = 24 * HOUR as i64;

/// What an hour is open for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Open {
    Closed,
    Requests,
    Everything,
}

/// Where a site stands. Every run begins on 1 March 2026 at midnight, UTC: a Sunday.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Zone {
    Utc,
    Tokyo,
    NewYork,
}

impl Zone {
    /// So many hours its wall clock is ahead of UTC.
    fn ahead(self, at: u64) -> i64 {
        // The clocks of New York move on 8 March 2026, 1 November 2026 and 14 March 2027.
        let summer = (174 * HOUR + HOUR..5_886 * HOUR).contains(&at) || at >= 9_079 * HOUR;
        match self {
            Zone::Utc => 0,
            Zone::Tokyo => 9,
            Zone::NewYork if summer => -4,
            Zone::NewYork => -5,
        }
    }
}

/// The address of a site, and its circuit.
#[derive(Clone, Debug)]
pub struct Address {
    pub zone: Zone,
    /// From Monday.
    pub open: [[Open; 24]; 7],
    /// What the circuit carries in each hour \[bit/s\]; nothing: no limit.
    pub carries: [Option<u64>; 24],
    /// Which part of that the sender may use \[percent\]; nothing: the route does not say.
    pub share: Option<[u64; 24]>,
    /// Bytes in a block, and from one to the next \[µs\].
    pub pulse: Option<(u64, u64)>,
    /// \[µs\]
    pub latency: u64,
}

impl Default for Address {
    fn default() -> Self {
        Self {
            zone: Zone::Utc,
            open: [[Open::Everything; 24]; 7],
            carries: [None; 24],
            share: None,
            pulse: None,
            latency: 0,
        }
    }
}

impl Address {
    /// Day of the week and hour that its wall clock shows.
    fn wall(&self, at: u64) -> (usize, usize) {
        let local = at as i64 + self.zone.ahead(at) * HOUR as i64;
        let day = local.div_euclid(DAY);
        ((day + 6).rem_euclid(7) as usize, (local.rem_euclid(DAY) / HOUR as i64) as usize)
    }

    pub fn is_open(&self, at: u64, for_what: Open) -> bool {
        let (day, hour) = self.wall(at);
        let open = self.open[day][hour];
        open == Open::Everything || open == for_what
    }

    /// The first instant from `at` on at which it is open; all clocks move by full hours.
    pub fn opens(&self, at: u64, for_what: Open) -> Option<u64> {
        let next = at.next_multiple_of(HOUR);
        let hours = (0..24 * 15).map(|hour| next + hour * HOUR);
        std::iter::once(at).chain(hours).find(|at| self.is_open(*at, for_what))
    }

    /// Is the sender kept from being as fast as the circuit?
    pub fn is_limited(&self) -> bool {
        self.share.is_some() || self.pulse.is_some()
    }

    /// How many bits the sender can carry over it between two instants, alone; nothing: no limit.
    pub fn carried(&self, from: u64, until: u64) -> Option<f64> {
        self.carries[self.wall(from).1]?;
        let mut bits = 0.0;
        let mut at = from;
        while at < until {
            let next = (at + 1).next_multiple_of(HOUR).min(until);
            let (_, hour) = self.wall(at);
            let share = self.share.map_or(100, |share| share[hour]);
            bits += self.carries[hour]? as f64 * share as f64 / 100.0 * (next - at) as f64
                / SECOND as f64;
            at = next;
        }
        Some(bits)
    }

    /// How long the pauses between the blocks of so many bytes last, in all \[µs\].
    pub fn pauses(&self, bytes: u64) -> u64 {
        self.pulse.map_or(0, |(block, delay)| bytes.div_ceil(block).saturating_sub(1) * delay)
    }
}
