//! The engines, each in a file: how it is told to run a workload.
//!
//! Each is used through its public interface in the way that costs it least: one model that holds
//! all sites, no log, one thread.

mod desru;
mod kernel;
mod nexosim;
mod simcore;

pub use self::desru::Desru;
pub use self::kernel::Ours;
pub use self::nexosim::Nexosim;
pub use self::simcore::Simcore;

use crate::workload::{Tally, Workload};

/// An engine with a workload in it.
pub trait Engine<W: Workload> {
    /// At time 0; the workload has started.
    fn new(workload: W) -> Self;
    /// Lets everything happen that is due at or before that time.
    fn run_until(&mut self, horizon: u64);
    /// Lets everything happen until nothing is to come.
    fn run_out(&mut self);
    fn tally(&mut self) -> Tally;
}
