//! What sets synchronisations going, as it is meant: the schedule, retries, what an
//! administrator does.

use crate::scenario::Criteria;
use crate::units::{Duration, Instant, ReleaseId, SiteId};

/// `sync`.
#[derive(Clone, Debug, PartialEq)]
pub struct Sync {
    /// Every instant within the run at which the top-level site's schedule falls due (T1), with
    /// what [`Action::SetSchedule`] makes of it.
    pub schedule: Vec<Instant>,
    /// The schedule in words, for people: `weekly on Tue at 22:00`.
    pub schedule_text: String,
    /// After a failure, unless a site says otherwise (T4).
    pub retry: Retry,
    /// P9.
    pub site_complete: SiteComplete,
    /// How metadata reach the databases below (R1).
    pub replication: Replication,
}

/// What a site does after a failed synchronisation (T4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retry {
    /// From the end of the failed run to the next try.
    pub every: Duration,
    /// How many retries in a row before it gives up; `None`: no limit.
    pub limit: Option<u32>,
    /// Each retry is later by an evenly distributed time up to this.
    pub jitter: Duration,
}

/// When a site with an internet-based point counts as done (P9).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SiteComplete {
    /// After the internet-based point: its failure is the site's.
    AfterInternetPoint,
    /// Before it: its failure is its own.
    BeforeInternetPoint,
}

/// How metadata get from the database of a site into those of its children (R1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Replication {
    /// As packages by the senders: by routes, with their hours, rates and threads (R2-R6).
    FileBased,
    /// From database to database, as later versions do: over the circuit alone.
    Database,
}

/// Something an administrator does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Operation {
    /// Its name.
    pub name: String,
    /// When.
    pub at: Instant,
    /// At which site: the top-level one, unless the scenario says otherwise.
    pub site: SiteId,
    /// What.
    pub action: Action,
}

/// What an administrator can do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// *Run Synchronization* (T2).
    RunSynchronization,
    /// The criteria become these, from the next synchronisation of the top-level site on (U2).
    SetCriteria(Box<Criteria>),
    /// Updates are published locally (U3).
    PublishLocally(ReleaseId),
    /// From now on the schedule is another: [`Sync::schedule`] says so already (T1).
    SetSchedule(NewSchedule),
    /// The site, below the top-level one, gets a software update point of its own (T5).
    InstallSup,
    /// The site, below the top-level one, loses it.
    RemoveSup,
    /// The site moves below another parent, with everything below it.
    MoveSite {
        /// The new parent.
        under: SiteId,
    },
}

/// A schedule that an administrator sets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewSchedule {
    /// Every instant within the run at which it falls due.
    pub at: Vec<Instant>,
    /// In words, for people.
    pub words: String,
}
