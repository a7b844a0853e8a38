//! What an administrator changes of the hierarchy and of the schedule, as the observer knows it.

use std::collections::VecDeque;

use supsim::engine::Input;
use supsim::scenario::Action;
use supsim::units::{Instant, SiteId};

use super::observer::{Ledger, Observer};
use super::promises::{Verdict, ensure};
use super::{Complaint, Oracle};

/// T1: when the schedule is to fall due, in order.
#[derive(Clone, Debug, Default)]
pub(super) struct Schedule {
    due: VecDeque<Instant>,
    /// What had been kept for a restart came at the same instant as the first of these, and may
    /// have been that one: which of the two events was first is not known here.
    may_have_come: bool,
}

impl Schedule {
    /// It falls due at the top-level site.
    pub fn falls_due(&mut self, ledger: &Ledger, now: Instant) -> Verdict {
        let kept = self.due.iter().take_while(|due| **due < now).count();
        self.due.drain(..kept);
        if kept > 0 {
            self.may_have_come = self.due.front() == Some(&now);
            // T7: what falls due while the server is down is done when it is up.
            return ensure(ledger.came_up == now, Oracle::T1, || "it falls due late".to_owned());
        }
        self.may_have_come = false;
        let on_time = self.due.front() == Some(&now);
        if on_time {
            self.due.pop_front();
        }
        ensure(on_time, Oracle::T1, || "nothing is due now".to_owned())
    }
}

impl Observer {
    /// Asks T1: that the schedule falls due at these instants and at no other.
    pub fn with_schedule(mut self, due: impl IntoIterator<Item = Instant>) -> Self {
        self.schedule = Some(Schedule { due: due.into_iter().collect(), may_have_come: false });
        self
    }

    /// Nothing that was to fall due has gone by unnoticed.
    pub(super) fn schedule_is_kept(&mut self, now: Instant) {
        let Some(top) = self.ledgers.iter().position(|ledger| ledger.top) else { return };
        let Some(schedule) = &mut self.schedule else { return };
        if schedule.may_have_come && schedule.due.front().is_some_and(|due| *due < now) {
            schedule.due.pop_front();
            schedule.may_have_come = false;
        }
        if let Some(due) = schedule.due.front().filter(|due| **due < now && !self.ledgers[top].down)
        {
            let (oracle, found) = (Oracle::T1, format!("at {due} it was to fall due"));
            let missed = Complaint { oracle, at: now, site: SiteId(top as u32), found };
            self.complaint.get_or_insert(missed);
        }
    }

    /// An administrator has done something.
    pub(super) fn operated(&mut self, operation: usize) {
        let (site, action) = &self.operations[operation];
        let site = site.index();
        match *action {
            Action::InstallSup => {
                let ledger = &mut self.ledgers[site];
                ledger.point = true;
                ledger.installed += 1;
                // T5: it is owed a synchronisation.
                ledger.uncovered = true;
            }
            Action::RemoveSup => self.ledgers[site].loses_its_point(),
            Action::MoveSite { under } => self.moves(site, under.index()),
            Action::RunSynchronization
            | Action::SetSchedule(_)
            | Action::SetCriteria(_)
            | Action::PublishLocally(_) => {}
        }
    }

    fn moves(&mut self, site: usize, under: usize) {
        self.parents[site] = Some(under);
        self.senders.moves(SiteId(site as u32));
        for number in 0..self.ledgers.len() {
            let upwards = std::iter::successors(Some(number), |site| self.parents[*site]);
            let fed = { upwards }.skip(1).any(|above| self.ledgers[above].top);
            let ledger = &mut self.ledgers[number];
            ledger.child = fed;
            ledger.parent = self.parents[number].filter(|_| fed);
        }
        if let Some(bug) = &mut self.bug {
            let site = |site: usize| SiteId(site as u32);
            bug.meet(&self.parents.iter().map(|parent| parent.map(site)).collect::<Vec<_>>());
        }
        // The new parent asks it, if it has something to ask for; what the old one was to send is
        // forgotten. Later than whatever was delivered before.
        self.calls += 1;
        let asks = self.ledgers[site].point && self.ledgers[under].synced_before;
        self.ledgers[site].sent = if asks { self.calls } else { 0 };
    }
}

impl Ledger {
    /// H4: nothing is asked of it any more, and nothing tried again.
    pub(super) fn loses_its_point(&mut self) {
        self.point = false;
        self.retry = None;
        self.retry_waits = None;
        self.uncovered = false;
        self.sent = 0;
    }

    /// T5: a point is installed; nothing has ever been synchronised by it.
    pub(super) fn gets_a_point(&mut self, input: Input) {
        if input == Input::PointInstalled {
            self.point = true;
            self.synced_before = false;
        }
    }
}
