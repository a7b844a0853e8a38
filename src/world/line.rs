use super::address::Alone;
use super::circuit::{NO_LIMIT, time_to_carry};
use crate::units::{Bytes, Duration, Instant};

/// The sendings under way to one destination, which share its circuit evenly (R4, R5).
///
/// Integers throughout: what is left is counted in millionths of a bit, and a sending is through
/// at the first whole microsecond at which nothing is left of it.
#[derive(Clone, Debug, Default)]
pub(super) struct Line {
    /// When `sendings` were last brought up to date.
    since: Instant,
    /// What each is given now \[bit/s\].
    each: u64,
    sendings: Vec<Sending>,
}

/// Something being carried.
#[derive(Clone, Copy, Debug)]
struct Sending {
    job: u32,
    /// What is left of it \[millionths of a bit\].
    left: u128,
    /// In pulse mode.
    pulse: Option<Pulse>,
}

/// Where a sending in pulse mode stands (R4): a block, a pause, a block.
#[derive(Clone, Copy, Debug)]
struct Pulse {
    /// A whole block \[millionths of a bit\].
    block: u128,
    /// The pause between two blocks \[µs\].
    delay: u64,
    /// What is left of the block under way; the last one may be smaller.
    in_block: u128,
    /// What is left of the pause before it \[µs\].
    pause: u64,
}

/// Bytes \[millionths of a bit\].
pub(super) fn micro_bits(bytes: Bytes) -> u128 {
    u128::from(bytes.0) * 8_000_000
}

impl Line {
    /// A sending begins, in blocks with pauses between if `pulse` says so.
    pub fn begin(
        &mut self,
        now: Instant,
        job: u32,
        bytes: Bytes,
        pulse: Option<(Bytes, Duration)>,
    ) {
        self.carry_until(now);
        if self.is_empty() {
            // How fast the last one went, perhaps to another destination, says nothing of this one.
            self.each = 0;
        }
        let left = micro_bits(bytes);
        let pulse = pulse.map(|(block, delay)| {
            let block = micro_bits(block);
            Pulse { block, delay: delay.micros(), in_block: block.min(left), pause: 0 }
        });
        self.sendings.push(Sending { job, left, pulse });
    }

    /// What had an empty line to itself has to share it from now on.
    pub fn resume(&mut self, alone: Alone) {
        self.since = alone.since;
        self.each = alone.rate;
        self.sendings.push(Sending { job: alone.job, left: micro_bits(alone.bytes), pulse: None });
    }

    /// What all of them together are given from now on.
    pub fn share(&mut self, now: Instant, rate: u64) {
        self.carry_until(now);
        let count = self.sendings.len().max(1) as u64;
        self.each = if rate == NO_LIMIT { NO_LIMIT } else { (rate / count).max(1) };
    }

    /// One that is through by now, in the order in which they began.
    pub fn take_through(&mut self, now: Instant) -> Option<u32> {
        self.carry_until(now);
        let place = self.sendings.iter().position(|sending| sending.left == 0)?;
        Some(self.sendings.remove(place).job)
    }

    /// What is left of a sending \[millionths of a bit\]; `None` when it is not being carried.
    pub fn left_of(&mut self, now: Instant, job: u32) -> Option<u128> {
        self.carry_until(now);
        self.sendings.iter().find(|sending| sending.job == job).map(|sending| sending.left)
    }

    /// Is nothing being carried?
    pub fn is_empty(&self) -> bool {
        self.sendings.is_empty()
    }

    /// When the first of them is through, if nothing changes before; `None`: never.
    pub fn next_end(&self) -> Option<Instant> {
        let needs = self.sendings.iter().map(|sending| sending.needs(self.each)).min()?;
        let needs = Duration::from_micros(u64::try_from(needs).ok()?);
        self.since.checked_add(needs)
    }

    fn carry_until(&mut self, now: Instant) {
        let elapsed = (now - self.since).micros();
        self.since = now;
        if self.each == 0 {
            // Nobody has said yet how fast.
            return;
        }
        for sending in &mut self.sendings {
            sending.go_on(elapsed, self.each);
        }
    }
}

impl Sending {
    /// How long until it is through \[µs\].
    fn needs(&self, rate: u64) -> u128 {
        let Some(pulse) = self.pulse else { return time_to_carry(self.left, rate) };
        let first = u128::from(pulse.pause) + time_to_carry(pulse.in_block, rate);
        let rest = self.left - pulse.in_block;
        if rest == 0 {
            return first;
        }
        let whole = rest.div_ceil(pulse.block) - 1;
        let last = rest - whole * pulse.block;
        first
            + (whole + 1) * u128::from(pulse.delay)
            + whole * time_to_carry(pulse.block, rate)
            + time_to_carry(last, rate)
    }

    fn go_on(&mut self, elapsed: u64, rate: u64) {
        let mut time = u128::from(elapsed);
        let Some(pulse) = &mut self.pulse else {
            if rate == NO_LIMIT {
                self.left = 0;
            }
            self.left = self.left.saturating_sub(u128::from(rate) * time);
            return;
        };
        while self.left > 0 {
            let pause = time.min(u128::from(pulse.pause));
            pulse.pause -= pause as u64;
            time -= pause;
            if pulse.pause > 0 {
                return;
            }
            let needs = time_to_carry(pulse.in_block, rate);
            if needs > time {
                let given = u128::from(rate) * time;
                pulse.in_block -= given;
                self.left -= given;
                return;
            }
            time -= needs;
            self.left -= pulse.in_block;
            pulse.pause = pulse.delay;
            // Whole rounds of a pause and a block at once, all but the last block.
            let round = u128::from(pulse.delay) + time_to_carry(pulse.block, rate);
            let blocks = self.left.saturating_sub(1) / pulse.block;
            let rounds = time.checked_div(round).map_or(blocks, |rounds| rounds.min(blocks));
            time -= rounds * round;
            self.left -= rounds * pulse.block;
            pulse.in_block = pulse.block.min(self.left);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(micros: u64) -> Instant {
        Instant::from_micros(micros)
    }

    /// When each is through \[µs\], at a rate that never changes.
    fn ends(line: &mut Line, rate: u64) -> Vec<(u32, u64)> {
        let mut now = line.since;
        let mut ends = Vec::new();
        loop {
            line.share(now, rate);
            let Some(next) = line.next_end() else { return ends };
            now = next;
            while let Some(job) = line.take_through(now) {
                ends.push((job, now.micros()));
            }
        }
    }

    #[test]
    fn sendings_to_one_destination_share_its_circuit_evenly() {
        let mut line = Line::default();
        for (job, bytes) in [(1, 150_000), (2, 225_000), (3, 300_000)] {
            line.begin(at(0), job, Bytes(bytes), None);
        }
        // 1200, 1800, 2400 Kbit at 600 Kbit/s: a third each for 6 s, a half for 2 s, the rest alone.
        assert_eq!(ends(&mut line, 600_000), [(1, 6_000_000), (2, 8_000_000), (3, 9_000_000)]);
    }

    #[test]
    fn a_rate_that_changes_in_the_middle_counts_from_then_on() {
        let mut line = Line::default();
        line.begin(at(0), 1, Bytes(1_000_000), None);
        line.share(at(0), 1_000_000);
        line.share(at(2_000_000), 3_000_000);
        // 2 Mbit in 2 s, the other 6 at 3 Mbit/s.
        assert_eq!(line.next_end(), Some(at(4_000_000)));
    }

    #[test]
    fn a_pulse_is_a_block_a_pause_a_block() {
        let mut line = Line::default();
        let pulse = Some((Bytes(3_000), Duration::from_secs(5)));
        line.begin(at(0), 1, Bytes(7_000), pulse);
        // 3 KB and 3 KB take 93.75 ms each at 256 Kbit/s, 1 KB takes 31.25 ms; two pauses of 5 s.
        assert_eq!(ends(&mut line, 256_000), [(1, 10_218_750)]);
    }

    #[test]
    fn a_pulse_over_a_circuit_without_a_limit_is_its_pauses() {
        let mut line = Line::default();
        line.begin(at(0), 1, Bytes(9_000), Some((Bytes(3_000), Duration::from_secs(5))));
        assert_eq!(ends(&mut line, NO_LIMIT), [(1, 10_000_000)]);
    }

    #[test]
    fn what_a_line_carried_before_does_not_make_the_next_sending_faster() {
        let mut line = Line::default();
        line.begin(at(0), 1, Bytes(9_000), Some((Bytes(3_000), Duration::from_secs(5))));
        assert_eq!(ends(&mut line, NO_LIMIT), [(1, 10_000_000)]);
        // The same line for a circuit of 1 Mbit/s: 9 KB take 72 ms.
        line.begin(at(20_000_000), 2, Bytes(9_000), None);
        assert_eq!(ends(&mut line, 1_000_000), [(2, 20_072_000)]);
    }

    #[test]
    fn however_often_one_looks_a_pulse_ends_when_it_would_have_ended() {
        let pulse = Some((Bytes(3_000), Duration::from_micros(7_001)));
        for rate in [1_000, 256_000, 9_999_999, NO_LIMIT] {
            let begin = || {
                let mut line = Line::default();
                line.begin(at(0), 1, Bytes(100_001), pulse);
                line.share(at(0), rate);
                line
            };
            let end = begin().next_end().unwrap();
            for step in [1_777, 7_001, 50_000, 1_000_003] {
                let mut line = begin();
                let mut now = 0;
                while now + step < end.micros() && now / step < 5_000 {
                    now += step;
                    assert_eq!(line.take_through(at(now)), None, "{rate} {step} {now}");
                    assert_eq!(line.next_end(), Some(end), "{rate} {step} {now}");
                }
                assert_eq!(line.take_through(end), Some(1));
            }
        }
    }
}
