//! supsim: software-update synchronisation through a Configuration Manager 2007 site hierarchy,
//! simulated by driving the real sync engine.
//!
//! ```text
//!  6                    cli                        words on the command line, files, exit codes
//!  5                   report                      a trace, drawn and written
//!  4                 experiment                 many replications, and what they say together
//!  3         world      │  measure │ field         effects become events │ what a trace says │ what real logs say
//!  2       scenario     │      trace               the description of one world │ what happened
//!  1   engine │   store │  kernel                  what a site decides │ what it holds │ what happens next
//!  0                   units                       time, bytes, rates, probabilities, each with one unit
//! ```
//!
//! A room imports only rooms on lower floors; rooms on one floor do not know each other; the
//! inside of a room is private. `tests/it/house.rs` keeps this law; `docs/ARCHITECTURE.md` walks
//! one event through the house.
//!
//! ```
//! use supsim::scenario::{Overrides, Scenario};
//!
//! let text = "
//! supsim: 1
//! kind: scenario
//! name: smallest
//! start: 2026-01-12 00:00
//! sites: { CEN: { type: central }, PR1: { parent: CEN } }
//! catalogue: { releases: { news: { when: { at: 2026-01-13 13:00 }, updates: 10, metadata: 1 MB } } }
//! ";
//! let Ok((scenario, _)) = Scenario::parse("smallest.yaml", text, &Overrides::default()) else {
//!     panic!("it is a valid scenario");
//! };
//! let trace = supsim::world::run(&scenario, 0);
//! assert!(!trace.records.is_empty());
//! ```

#![forbid(unsafe_code)]
#![deny(missing_docs)]

pub mod units;

pub mod engine;
pub mod kernel;
pub mod store;

pub mod scenario;
pub mod trace;

pub mod field;
pub mod measure;
pub mod world;

pub mod experiment;

pub mod report;

// The only room that reads the clock on the wall.
#[allow(clippy::disallowed_methods)]
pub mod cli;
