//! `--max-time`.

use std::time::Duration;

use clap::Args;

use super::super::interrupt;
use crate::scenario::{Unit, quantity_in};

/// How long it may take.
#[derive(Args, Debug)]
pub(super) struct TimeArgs {
    /// Stop cleanly after so long, as 10min, with exit code 6; the replications that were run are
    /// kept
    #[arg(long, value_name = "TIME", value_parser = time)]
    max_time: Option<Duration>,
}

impl TimeArgs {
    /// Lets the time run from now on.
    pub fn begin(&self) {
        self.max_time.into_iter().for_each(interrupt::stop_after);
    }
}

fn time(text: &str) -> Result<Duration, String> {
    let micros = quantity_in(Unit::Time, text).filter(|micros| *micros > 0);
    micros.map(Duration::from_micros).ok_or_else(|| "write a time: 90s, 10min or 2h".to_owned())
}
