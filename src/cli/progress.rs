//! How far a run has come, on standard error.

use std::borrow::Cow;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::screen::{Screen, When};

/// A run that is over sooner shows nothing.
const PATIENCE: Duration = Duration::from_secs(1);

/// A bar on a terminal; elsewhere, when asked for, a plain line every ten per cent.
pub(super) struct Progress {
    kind: Kind,
    name: String,
    began: Instant,
    bar: Option<ProgressBar>,
    tenths: u64,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    None,
    Bar,
    Lines,
}

impl Progress {
    pub fn new(when: When, name: &str, screen: &Screen) -> Progress {
        let kind = match (when, screen.err_is_terminal()) {
            (When::Never, _) | (When::Auto, false) => Kind::None,
            (When::Auto | When::Always, true) => Kind::Bar,
            (When::Always, false) => Kind::Lines,
        };
        Progress { kind, name: name.to_owned(), began: Instant::now(), bar: None, tenths: 0 }
    }

    /// So many per mille are done.
    pub fn reached(&mut self, per_mille: u64, screen: &mut Screen) {
        match self.kind {
            Kind::None => {}
            Kind::Bar => {
                if self.bar.is_none() && self.began.elapsed() >= PATIENCE && per_mille < 1000 {
                    self.bar = Some(bar(&self.name));
                }
                if let Some(bar) = &self.bar {
                    bar.set_position(per_mille);
                }
            }
            Kind::Lines => {
                let tenths = per_mille / 100;
                if tenths > self.tenths {
                    self.tenths = tenths;
                    screen.complain(&format!("{}  {} %", self.name, tenths * 10));
                }
            }
        }
    }

    /// From here on it counts something else, from the beginning.
    pub fn again(&mut self, what: &'static str) {
        self.tenths = 0;
        if let Some(bar) = &self.bar {
            bar.set_position(0);
        }
        self.doing(what);
    }

    /// What is being done now.
    pub fn doing(&self, what: impl Into<Cow<'static, str>>) {
        if let Some(bar) = &self.bar {
            bar.set_message(what);
        }
    }

    /// Takes the bar away again.
    pub fn done(&mut self) {
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
        }
    }
}

/// A panic or an early return must not leave half a bar behind.
impl Drop for Progress {
    fn drop(&mut self) {
        self.done();
    }
}

fn bar(name: &str) -> ProgressBar {
    let bar = ProgressBar::with_draw_target(Some(1000), ProgressDrawTarget::stderr_with_hz(10));
    let style =
        ProgressStyle::with_template("{prefix}  ▕{bar:24}▏ {percent:>3} %  {wide_msg}  {elapsed}");
    let style = style.expect("a template that is written here").progress_chars("█▉▊▋▌▍▎▏░");
    bar.with_style(style).with_prefix(name.to_owned()).with_message("simulating")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_shown_where_nobody_looks_unless_asked_for() {
        let (mut screen, _, err) = Screen::captured();
        let mut progress = Progress::new(When::Auto, "tutorial", &screen);
        (0..=1000).for_each(|done| progress.reached(done, &mut screen));
        assert_eq!(err.text(), "");

        let mut progress = Progress::new(When::Always, "tutorial", &screen);
        (0..=1000).for_each(|done| progress.reached(done, &mut screen));
        assert_eq!(err.text().lines().count(), 10);
        assert!(err.text().ends_with("tutorial  100 %\n"));
    }
}
