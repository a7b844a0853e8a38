//! The timers that an engine sets: late by chance, never early (T4).

use super::event::{Event, Happening};
use super::site::SiteState;
use super::{Instant, Purpose, SiteId, World};
use crate::engine::Timer;
use crate::units::Duration;

impl World<'_> {
    pub(super) fn set_timer(&mut self, site: SiteId, timer: Timer, at: Instant) {
        self.cancel_timer(site, timer);
        let jitter = self.blueprint.scenario.sites[site.index()].retry.jitter;
        let mut due = at;
        if timer == Timer::Retry && !jitter.is_zero() {
            // T4: a timer may be late, never early; the jitter is drawn for the try it delays.
            let SiteState { entity, origin, .. } = self.sites[site.index()];
            let mut stream = self.chance.stream(entity, Purpose::RetryJitter, origin.key());
            let spread = u128::from(stream.bits()) * (u128::from(jitter.micros()) + 1);
            due += Duration::from_micros((spread >> 64) as u64);
        }
        // Also when the timer is set anew at a restart (T7), the failure is what it goes back to.
        let cause = match timer {
            Timer::Retry => self.sites[site.index()].last_failure,
            Timer::InternetPoint => self.cause,
        };
        let event = Event::TimerFired { site, timer };
        let due = due.max(self.kernel.now());
        let handle = self.kernel.schedule(due, Happening { event, cause });
        match timer {
            Timer::Retry => self.sites[site.index()].retry_timer = Some(handle),
            Timer::InternetPoint => self.faults.set_internet_timer(site, handle),
        }
    }

    pub(super) fn cancel_timer(&mut self, site: SiteId, timer: Timer) {
        let handle = match timer {
            Timer::Retry => self.sites[site.index()].retry_timer.take(),
            Timer::InternetPoint => self.faults.take_internet_timer(site),
        };
        if let Some(handle) = handle {
            self.kernel.cancel(handle);
        }
    }
}
