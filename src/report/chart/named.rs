//! The charts by name.

use super::shown::Shown;
use super::{
    Picture, blame, fan, heatmap, links, load, propagation, staleness, timeline, topology,
};
use crate::report::Look;

/// A chart: a question that it answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Chart {
    /// How much of the hierarchy has it, and when?
    Propagation,
    /// What was each site doing?
    Timeline,
    /// Which combination is slow?
    Heatmap,
    /// What is the delay made of?
    Blame,
    /// Does everyone come at once?
    Load,
    /// How old is what clients scan against?
    Staleness,
    /// Is the circuit the bottleneck?
    Links,
    /// How sure are we?
    Fan,
    /// Where on the tree is it late?
    Topology,
}

impl Chart {
    /// Every chart, in the order of the manual.
    pub const ALL: [Chart; 9] = [
        Chart::Propagation,
        Chart::Timeline,
        Chart::Heatmap,
        Chart::Blame,
        Chart::Load,
        Chart::Staleness,
        Chart::Links,
        Chart::Fan,
        Chart::Topology,
    ];

    /// The word by which it is asked for, and the name of its files.
    pub const fn name(self) -> &'static str {
        match self {
            Chart::Propagation => "propagation",
            Chart::Timeline => "timeline",
            Chart::Heatmap => "heatmap",
            Chart::Blame => "blame",
            Chart::Load => "load",
            Chart::Staleness => "staleness",
            Chart::Links => "links",
            Chart::Fan => "fan",
            Chart::Topology => "topology",
        }
    }

    /// What it answers.
    pub const fn question(self) -> &'static str {
        match self {
            Chart::Propagation => propagation::QUESTION,
            Chart::Timeline => timeline::QUESTION,
            Chart::Heatmap => heatmap::QUESTION,
            Chart::Blame => blame::QUESTION,
            Chart::Load => load::QUESTION,
            Chart::Staleness => staleness::QUESTION,
            Chart::Links => links::QUESTION,
            Chart::Fan => fan::QUESTION,
            Chart::Topology => topology::QUESTION,
        }
    }

    /// The chart of that name.
    pub fn named(word: &str) -> Option<Chart> {
        Chart::ALL.into_iter().find(|chart| chart.name() == word)
    }

    /// Draws it. The fan is of this one replication: of more, [`fan`](fan::fan()) draws it.
    pub fn draw(self, shown: &Shown<'_>) -> Picture {
        match self {
            Chart::Propagation => propagation::propagation(shown),
            Chart::Timeline => timeline::timeline(shown),
            Chart::Heatmap => heatmap::heatmap(shown, None, None),
            Chart::Blame => blame::blame(shown, None),
            Chart::Load => load::load(shown),
            Chart::Staleness => staleness::staleness(shown),
            Chart::Links => links::links(shown),
            Chart::Fan => fan::fan_of_one(shown),
            Chart::Topology => topology::topology(shown),
        }
    }

    /// Can it be drawn in a terminal?
    pub const fn is_text(self) -> bool {
        matches!(self, Chart::Propagation | Chart::Heatmap | Chart::Blame)
    }

    /// Draws it in a terminal; `None` for those that need more than letters.
    pub fn text(self, shown: &Shown<'_>, look: Look) -> Option<String> {
        match self {
            Chart::Propagation => Some(propagation::text(shown, look)),
            Chart::Heatmap => Some(heatmap::heatmap_text(shown, None, None, look)),
            Chart::Blame => Some(blame::blame_text(shown, None, look)),
            Chart::Timeline
            | Chart::Load
            | Chart::Staleness
            | Chart::Links
            | Chart::Fan
            | Chart::Topology => None,
        }
    }

    /// Does it say more of a run of which everything was recorded?
    pub const fn wants_everything(self) -> bool {
        matches!(self, Chart::Blame | Chart::Links)
    }
}
