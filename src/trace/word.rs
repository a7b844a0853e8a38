//! The one short name of each small word of a fact, everywhere.

use super::{Limit, Part, Priority, Wait};
use crate::units::Instant;

impl Priority {
    /// The one short name of this priority, everywhere.
    pub const fn name(self) -> &'static str {
        match self {
            Priority::High => "high",
            Priority::Normal => "normal",
            Priority::Low => "low",
        }
    }
}

impl Limit {
    /// The one short name of this limit, everywhere.
    pub const fn name(self) -> &'static str {
        match self {
            Limit::None => "unlimited",
            Limit::Hourly => "hourly",
            Limit::Pulse => "pulse",
        }
    }

    pub(super) fn named(word: &str) -> Option<Limit> {
        [Limit::None, Limit::Hourly, Limit::Pulse].into_iter().find(|limit| limit.name() == word)
    }
}

impl Wait {
    /// The one short name of what is waited for, everywhere.
    pub const fn name(self) -> &'static str {
        match self {
            Wait::Closed { .. } => "closed",
            Wait::Thread => "thread",
            Wait::ThreadToIt => "thread-to-it",
            Wait::Together { .. } => "together",
        }
    }

    /// Until when at the longest; `None`: nobody knows, or for good.
    pub const fn until(self) -> Option<Instant> {
        match self {
            Wait::Closed { until } => until,
            Wait::Together { until } => Some(until),
            Wait::Thread | Wait::ThreadToIt => None,
        }
    }
}

impl Part {
    /// The one short name of this part, everywhere.
    pub const fn name(self) -> &'static str {
        match self {
            Part::Database => "database",
            Part::Wsus => "wsus",
            Part::Internet => "internet",
        }
    }

    pub(super) fn named(word: &str) -> Option<Part> {
        [Part::Database, Part::Wsus, Part::Internet].into_iter().find(|part| part.name() == word)
    }
}
