use super::{Kind, Trigger};
use crate::units::{Duration, Instant};

/// What survives a crash. Committed once for each input, before any effect leaves.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Disk {
    /// How many synchronisations have started; the number of the last one.
    pub attempts: u32,
    /// The one under way.
    pub open: Option<Asked>,
    /// What waits for its end (T6).
    pub waiting: Option<Asked>,
    /// The retry planned (T4).
    pub retry: Option<Planned>,
    /// Failures since the last success or the last new trigger (T4).
    pub failures_in_row: u32,
    /// Has there ever been a success? (T5)
    pub synced_before: bool,
    /// The content version at the last success (P5).
    pub version: u32,
    /// When the internet-based point is owed a synchronisation of its own (P9, *before*);
    /// [`Instant::NEVER`] when it is owed none.
    pub point_owed: Instant,
    /// The content version the site database has been brought to (R1).
    pub database_version: u32,
    /// Has the package arrived whose turn it is, the one after `database_version`? (R7)
    pub next_is_here: bool,
    /// Packages that have arrived before their turn, in ascending order (R7).
    pub early: Vec<u32>,
    /// How many insertions have started.
    pub insertions: u32,
}

/// What a crash takes away.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Ram {
    /// What the synchronisation manager is doing.
    pub state: State,
    /// What the synchronisation under way has learnt.
    pub learnt: Learnt,
    /// The insertion under way.
    pub inserting: Option<u32>,
}

/// What the synchronisation manager is doing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum State {
    /// Nothing.
    #[default]
    Idle,
    /// At the gate, or connecting to Update Services (P1).
    Connecting,
    /// WSUS pulls from its upstream (P2).
    Pulling,
    /// The fixed wait (P3).
    Settling,
    /// From WSUS into the site database (P4).
    Importing,
    /// The internet-based point pulls; the site is done after it (P6).
    SyncingInternetPoint,
    /// The internet-based point pulls by itself; the site was done before it (P9, *before*).
    CatchingUpInternetPoint,
}

/// What a synchronisation has learnt on its way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Learnt {
    /// The content version the site will have (P5).
    pub version: u32,
    /// Are licence terms pending? (P11)
    pub licence_terms_pending: bool,
}

/// A synchronisation that something asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Asked {
    pub kind: Kind,
    pub trigger: Trigger,
}

/// A retry that has been planned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Planned {
    pub at: Instant,
    pub kind: Kind,
}

impl Default for Disk {
    /// Nothing has ever happened.
    fn default() -> Self {
        Self {
            attempts: 0,
            open: None,
            waiting: None,
            retry: None,
            failures_in_row: 0,
            synced_before: false,
            version: 0,
            point_owed: Instant::NEVER,
            database_version: 0,
            next_is_here: false,
            early: Vec::new(),
            insertions: 0,
        }
    }
}

impl Disk {
    /// The same state a while later.
    pub fn shift(&mut self, by: Duration) {
        if let Some(retry) = &mut self.retry {
            retry.at += by;
        }
        if self.point_owed != Instant::NEVER {
            self.point_owed += by;
        }
    }
}
