//! The key of the timeline: only what occurs.

use std::collections::BTreeSet;

use super::super::bars::{Bar, Step};
use super::super::canvas::{PX, Pen};
use super::super::palette;
use super::super::sheet::MARGIN;
use super::super::signs::{Key, Mark};
use super::{Plan, WIDTH};

impl Plan<'_> {
    /// What each colour and mark means; only those that occur.
    fn meanings(&self) -> Vec<(String, Mark)> {
        let all = || self.bars.iter().flatten();
        let any = |is: fn(&Bar) -> bool| all().any(is);
        let steps: BTreeSet<Step> = all()
            .filter_map(|bar| match bar {
                Bar::Phase { step, .. } => Some(*step),
                _ => None,
            })
            .collect();
        let steps = steps.into_iter().map(|step| (step.named().0, Mark::Step(step)));
        let mut meanings: Vec<(&str, Mark)> = steps.collect();
        if any(|bar| matches!(bar, Bar::Several { failed: 0, .. })) {
            meanings.push(("several, all done", Mark::Several(palette::QUIET)));
        }
        if any(|bar| matches!(bar, Bar::Several { failed: 1.., .. })) {
            meanings.push(("several, with failures", Mark::Several(palette::FAILED_TEXT)));
        }
        if any(|bar| matches!(bar, Bar::Waiting { .. })) {
            meanings.push(("waiting for the retry", Mark::Waiting));
        }
        let outages = self.outage_names();
        meanings.extend(outages.as_deref().map(|names| (names, Mark::Outage)));
        if !self.arrows().is_empty() {
            meanings.push(("request", Mark::Request));
        }
        if self.rows.drawn.iter().any(|row| row.current.is_some()) {
            meanings.push(("current", Mark::Current));
        }
        let owned = |(name, mark): (&str, Mark)| (Pen::SCALE.fitted(name, 420 * PX), mark);
        meanings.into_iter().map(owned).collect()
    }

    pub(super) fn key(&self) -> Key {
        Key::laid(self.meanings(), (MARGIN, WIDTH * PX - MARGIN), 112 * PX)
    }
}
