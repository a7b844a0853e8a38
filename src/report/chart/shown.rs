//! What a chart is drawn from.

use crate::report::Run;
use crate::units::ReleaseId;

/// A run, the release that is looked at, and how to draw it again.
#[derive(Clone, Copy, Debug)]
pub struct Shown<'a> {
    /// The run.
    pub run: Run<'a>,
    /// The release; charts of the whole run do not ask for it. `None`: there is none.
    pub release: Option<ReleaseId>,
    /// The command that repeats it, for the foot; empty: none is named.
    pub repeat: &'a str,
}

impl<'a> Shown<'a> {
    /// The same of another release.
    pub fn of(self, release: Option<ReleaseId>) -> Shown<'a> {
        Shown { release, ..self }
    }
}
