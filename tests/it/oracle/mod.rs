//! What is promised of every world, held against it from outside.
//!
//! ```text
//!   World ── input ──► Observer ── input ──► Engine          safety: at every call
//!   World ◄─ effects ─ Observer ◄─ effects ─ Engine
//!   World ── what each site holds ──► Disks                  safety: after every step
//!   World ── at rest, before the next cycle ──► settled      L0, L3-L6
//!   World ── after one more cycle ──► converged              L1, L2
//! ```
//!
//! The oracles see what goes into the engines, what comes out, and what the sites hold; they
//! share no logic with the engine and ask it nothing that it could be wrong about itself. Each has
//! an id, a sentence and a function. `audit` is their sister: she reads the record afterwards.

pub mod address;
mod clients;
mod couriers;
mod disks;
mod observer;
mod promises;
mod reshaped;
mod senders;
mod settled;

use std::fmt;

use supsim::units::{Instant, SiteId};

pub use clients::{Clients, Crowd};
pub use couriers::{Courier, Couriers};
pub use disks::{Disks, Held};
pub use observer::{Counts, Observer, Tamper};
pub use senders::{Senders, Sent, departure};
pub use settled::{Wanted, converged, last_word, quiet, settled};

/// One promise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Oracle {
    I1,
    I2,
    I3,
    I4,
    I5,
    /// The second half of I5, which the first set of oracles did not have.
    I5Kept,
    I6,
    I7,
    I8,
    I9,
    I10,
    C3,
    P7,
    P10,
    R4,
    T1,
    T5,
    L0,
    L1,
    L2,
    L3,
    L4,
    L5,
    L6,
    D1,
    /// `audit` has something to say.
    Audit,
    /// The scenario could not be read: a mistake in the plan.
    Read,
}

impl Oracle {
    /// Its id in docs/reliability.md.
    pub const fn id(self) -> &'static str {
        match self {
            Oracle::I1 => "I1",
            Oracle::I2 => "I2",
            Oracle::I3 => "I3",
            Oracle::I4 => "I4",
            Oracle::I5 => "I5",
            Oracle::I5Kept => "I5-kept",
            Oracle::I6 => "I6",
            Oracle::I7 => "I7",
            Oracle::I8 => "I8",
            Oracle::I9 => "I9",
            Oracle::I10 => "I10",
            Oracle::P7 => "P7",
            Oracle::C3 => "C3",
            Oracle::P10 => "P10",
            Oracle::R4 => "R4",
            Oracle::T1 => "T1",
            Oracle::T5 => "T5",
            Oracle::L0 => "L0",
            Oracle::L1 => "L1",
            Oracle::L2 => "L2",
            Oracle::L3 => "L3",
            Oracle::L4 => "L4",
            Oracle::L5 => "L5",
            Oracle::L6 => "L6",
            Oracle::D1 => "D1",
            Oracle::Audit => "audit",
            Oracle::Read => "plan",
        }
    }

    /// What it promises.
    pub const fn says(self) -> &'static str {
        match self {
            Oracle::I1 => "a child starts only while a request it was given is not covered",
            Oracle::I2 => "what a database or a WSUS holds of an update never goes back",
            Oracle::I3 => {
                "attempts are numbered without a gap; one is open at a time; each ends exactly once"
            }
            Oracle::I4 => "a delta changes nothing that the database had already",
            Oracle::I5 => {
                "a retry starts an hour after the failure to the tick, later only if the site was \
                 down or busy, and keeps the kind"
            }
            Oracle::I5Kept => "a planned retry never silently disappears",
            Oracle::I6 => "a child is always full and never starts by schedule or by hand",
            Oracle::I7 => "no pull brings a WSUS what its upstream does not hold",
            Oracle::I8 => "the top-level site's database is not ahead of its WSUS",
            Oracle::I9 => "doubled, late and disordered delivery ends as delivery once, in order",
            Oracle::I10 => "a crash at any step ends where no crash ends",
            Oracle::P7 => "the children are asked after a success, each once, and never otherwise",
            Oracle::C3 => {
                "nobody scans for what is not there, nobody counts twice, and everybody who is told \
                 scans"
            }
            Oracle::P10 => {
                "runs of export and import fall due in their turn, one at a time, and bring what the \
                 active point held, where the options match"
            }
            Oracle::R4 => {
                "nothing leaves while its address is closed; what waits goes when it opens; a sending \
                 takes what its route and its circuit make it take"
            }
            Oracle::T1 => "the schedule falls due when it is in force, and at no other time",
            Oracle::T5 => "a point that is installed holds nothing",
            Oracle::L0 => "once everything is mended, the hierarchy comes to rest in bounded time",
            Oracle::L1 => "one cycle later every WSUS holds what the top-level site's holds",
            Oracle::L2 => "one cycle later every database holds what the top-level site's holds",
            Oracle::L3 => "at rest every request that was sent has been delivered",
            Oracle::L4 => "at rest every request that was delivered is covered by a success",
            Oracle::L5 => "at rest no synchronisation is open",
            Oracle::L6 => "at rest no site's last word is a failure without a retry to come",
            Oracle::D1 => "the same plan twice gives the same trace",
            Oracle::Audit => "the record is in order",
            Oracle::Read => "a plan is a valid scenario",
        }
    }

    /// Was it among those that let two planted bugs through (docs/reliability.md)?
    const fn in_first_set(self) -> bool {
        !matches!(
            self,
            Oracle::I5Kept
                | Oracle::L0
                | Oracle::L3
                | Oracle::L4
                | Oracle::L5
                | Oracle::L6
                | Oracle::Audit
        )
    }
}

/// Which promises are held against a world.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    All,
    /// Those that let two planted bugs through.
    FirstSet,
}

impl Asked {
    pub const fn for_oracle(self, oracle: Oracle) -> bool {
        match self {
            Asked::All => true,
            Asked::FirstSet => oracle.in_first_set(),
        }
    }
}

/// A promise that was not kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Complaint {
    pub oracle: Oracle,
    pub at: Instant,
    pub site: SiteId,
    /// What was found, where it says more than the promise itself.
    pub found: String,
}

impl fmt::Display for Complaint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Complaint { oracle, found, .. } = self;
        write!(f, "{} is not kept: {}\nfound: {found}", oracle.id(), oracle.says())
    }
}
