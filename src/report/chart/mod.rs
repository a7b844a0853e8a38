//! Pictures, each of which answers one question.
//!
//! ```text
//!   Shown { run, release, repeat } ──► one module for each chart ──► sheet (the words of every
//!      │                               (named: which there are)       picture) ──► canvas ──► Picture
//!      │                                                              ──► SVG, or PNG of the same SVG
//!      └──► terminal: the same in letters                             (in eighths of a pixel; all
//!                                                                      arithmetic is on integers)
//! ```
//!
//! Invariants:
//! - The same scenario and outcome give the same bytes of SVG on every machine: no float takes part
//!   in placing anything, no clock is read, no font of the system is asked.
//! - No name can break a picture: every text passes through [`canvas`], which cleans and escapes it.
//! - What is left out is said in words on the picture: sites not drawn, hours squeezed, marks merged.

mod attribute;
mod axis;
mod bars;
mod blame;
mod canvas;
mod curves;
mod designs;
mod fan;
mod heatmap;
mod hours;
mod label;
mod lettering;
mod links;
mod load;
mod measure;
mod named;
pub mod palette;
mod picture;
mod plot;
mod propagation;
mod rows;
#[cfg(test)]
mod sample;
mod sheet;
mod shown;
mod signs;
mod span;
mod squeeze;
mod staleness;
mod subject;
mod surface;
mod terminal;
mod tiers;
mod timeline;
mod topology;
mod tornado;
mod wanted;

pub use attribute::Attribute;
pub(super) use bars::{Step, begun};
pub(super) use blame::{BlameRow, blame_figures};
pub use blame::{blame, blame_text};
pub use curves::{Curve, Curves, curve_sites, curves};
pub(super) use designs::{Designs, Group, QUESTION as DESIGNS, Row, designs};
pub use fan::{fan, fan_sites};
pub(super) use heatmap::heatmap_figures;
pub use heatmap::{heatmap, heatmap_text, heatmap_words};
pub(super) use hours::{BestHour, Column, Mark, QUESTION as BEST_HOUR, Rank, best_hour};
pub(super) use lettering::cleaned;
pub use named::Chart;
pub use palette::Colour;
pub use picture::{Picture, PictureError};
pub use propagation::propagation;
pub use shown::Shown;
pub use subject::{release_named, release_to_draw};
pub use surface::surface;
pub(super) use surface::{QUESTION as SURFACE_QUESTION, bars as surface_bars};
pub use timeline::timeline;
pub(super) use tornado::{Effect, Knob, QUESTION as TORNADO, Tornado, Turn, tornado};
