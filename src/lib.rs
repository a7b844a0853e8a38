//! supsim: software-update synchronisation through a Configuration Manager 2007 site hierarchy,
//! simulated by driving the real sync engine.
#![forbid(unsafe_code)]
//#![deny(missing_docs)]

pub mod engine;
pub mod kernel;
pub mod measure;
pub mod scenario;
pub mod store;
pub mod trace;
pub mod units;
pub mod world;
