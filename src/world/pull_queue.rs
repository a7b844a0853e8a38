//! How many sites may pull from one WSUS at once; the rest wait in order (`pulls_at_once`).

use std::collections::{BTreeSet, VecDeque};

use super::{Fact, SiteId, State, World};
use crate::trace::Cause;

/// The pulls from one software update point. A pull has its place from its begin until WSUS has
/// done with it or it fails [choice].
#[derive(Clone, Debug, Default)]
pub(super) struct PullQueue {
    inside: BTreeSet<SiteId>,
    waiting: VecDeque<(SiteId, u32, Cause)>,
}

impl World<'_> {
    /// How many may pull from a site at once; `None`: no limit.
    fn pulls_at_once(&self, site: SiteId) -> Option<usize> {
        let point = self.scenario().sites[site.index()].sup?;
        point.pulls_at_once.map(|most| most as usize)
    }

    /// May a site pull from its upstream now? Else it waits for its turn.
    pub(super) fn is_admitted(&mut self, site: SiteId, attempt: u32) -> bool {
        if !self.blueprint.limits_pulls {
            return true;
        }
        let Some(parent) = self.upstream(site) else { return true };
        let Some(most) = self.pulls_at_once(parent) else { return true };
        let queue = self.pull_queues.entry(parent).or_default();
        if queue.inside.len() < most {
            queue.inside.insert(site);
            return true;
        }
        let noted = self.record_aside(site, Fact::PullWaited { attempt });
        if let Some(queue) = self.pull_queues.get_mut(&parent) {
            queue.waiting.push_back((site, attempt, noted));
        }
        // Whoever waits loses its upstream like whoever pulls.
        self.sites[site.index()].transferring = true;
        false
    }

    /// A site pulls no more, or waits no more: whoever is next has its turn.
    pub(super) fn leave_pulls(&mut self, site: SiteId) {
        if !self.blueprint.limits_pulls {
            return;
        }
        let Some(parent) = self.upstream(site) else { return };
        let most = self.pulls_at_once(parent).unwrap_or(usize::MAX);
        let Some(queue) = self.pull_queues.get_mut(&parent) else { return };
        queue.inside.remove(&site);
        queue.waiting.retain(|waiting| waiting.0 != site);
        let before = self.cause;
        while let Some(queue) = self.pull_queues.get_mut(&parent) {
            if queue.inside.len() >= most {
                break;
            }
            let Some((next, attempt, noted)) = queue.waiting.pop_front() else { break };
            if !self.awaits(next, attempt, State::Pulling) {
                continue;
            }
            if let Some(queue) = self.pull_queues.get_mut(&parent) {
                queue.inside.insert(next);
            }
            self.cause = noted;
            self.record(next, Fact::PullAdmitted { attempt });
            self.begin_pull(next, attempt);
        }
        if self
            .pull_queues
            .get(&parent)
            .is_some_and(|queue| queue.inside.is_empty() && queue.waiting.is_empty())
        {
            self.pull_queues.remove(&parent);
        }
        self.cause = before;
    }
}
