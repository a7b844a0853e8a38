//! Floor 5: a run, told and drawn.
//!
//! ```text
//!   Run { scenario, trace, outcome } ──► summary     for a person at a terminal
//!                                    ──► explain     of one delay: why
//!                                    ──► standing    of one instant: what was going on
//!   + Many { replications, answers }
//!                                    ──► table       for a spreadsheet
//!                                    ──► events      for a program
//!                                    ──► wsyncmgr    for an administrator
//!                                    ──► html        for whoever decides
//!                                    ──► perfetto    for who looks for time
//!                                    ──► topology    for who draws the hierarchy
//!                                    ──► markdown    for a pull request
//!                                    ──► xlsx        for who opens Excel
//!   + Golden             ──► golden      what it came to, for whoever reviews a change
//!                        ──► check       what is otherwise than wanted, for CI
//!   Tolerances           ──► shrink      the smallest that breaks it
//!   Scenario + Outcome ──► chart                      for everybody else
//!   Account + Described ──► account    what real logs tell
//! ```
//!
//! Invariants:
//! - The same run gives the same bytes, on every machine and at every time of day.
//! - Nothing here knows where its text goes: no file names, no terminal, no clock.

mod account;
mod advice;
mod chart;
mod check;
#[cfg(feature = "parquet")]
mod columnar;
mod comparison;
mod differences;
mod digits;
mod events;
mod explain;
mod golden;
mod html;
mod many;
mod markdown;
mod perfetto;
mod plain;
mod run;
mod shrink;
mod sparkline;
mod standing;
mod study;
mod summary;
mod table;
mod topology;
mod wsyncmgr;
mod xlsx;

pub use account::account;
pub use advice::{Advice, Tried, advice, advice_json};
pub use chart::{
    Attribute, Chart, Colour, Curve, Curves, Picture, PictureError, Shown, blame, blame_text,
    curve_sites, curves, fan, fan_sites, heatmap, heatmap_text, heatmap_words, palette,
    propagation, release_named, release_to_draw, surface, timeline,
};
pub use check::{
    Against, Because, Before, Case, Compared, Finding, Ran, State, Suite, against_case,
    annotations, because, check_markdown, check_text, expectation_case, golden_case, junit,
};
#[cfg(feature = "parquet")]
pub use columnar::write_parquet;
pub use comparison::{Comparison, Judged, Row, comparison, write_differences};
pub use digits::in_threes;
pub use events::write_events;
pub use explain::{explain, never, tried};
pub use golden::{Difference, Gilding, Golden};
pub use html::{write_html, write_study_html};
pub use many::{Many, quantity, told};
pub use markdown::markdown;
pub use perfetto::write_trace;
pub use run::Run;
pub use shrink::{
    Broken, Reduced, Surface, reduced_json, reduced_text, surface_json, surface_text, what_it_does,
    write_surface,
};
pub use standing::standing;
pub use study::{
    AskedThere, PointTold, StudyChart, StudyTable, StudyTold, study_json, study_page,
    write_study_table,
};
pub use summary::{Look, footer, latest_site, summary};
pub use table::{TableName, write_csv};
pub use topology::{TooManySites, Topology, mermaid, write_dot, write_org_chart};
pub use wsyncmgr::Logs;
pub use xlsx::workbook;
