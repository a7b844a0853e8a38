//! Pictures, each of which answers one question.
//!
//! ```text
//!   Scenario + Outcome ──► propagation ─┐   how much of the hierarchy has it, and when?
//!                     └──► timeline ────┴──► canvas ──► Picture ──► SVG, or PNG of the same SVG
//!                                            (in eighths of a pixel; all arithmetic is on integers)
//! ```
//!
//! Invariants:
//! - The same scenario and outcome give the same bytes of SVG on every machine: no float takes part
//!   in placing anything, no clock is read, no font of the system is asked.
//! - No name can break a picture: every text passes through [`canvas`], which cleans and escapes it.
//! - What is left out is said in words on the picture: sites not drawn, hours squeezed, marks merged.

mod axis;
mod bars;
mod canvas;
mod label;
mod lettering;
pub mod palette;
mod picture;
mod propagation;
mod rows;
#[cfg(test)]
mod sample;
mod signs;
mod span;
mod squeeze;
mod subject;
mod timeline;

pub(super) use lettering::cleaned;
pub use palette::Colour;
pub use picture::{Picture, PictureError};
pub use propagation::propagation;
pub use subject::{release_named, release_to_draw};
pub use timeline::timeline;
