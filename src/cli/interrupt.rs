//! Ctrl-C: once to stop cleanly, twice to stop at once. `--max-time` is a Ctrl-C at its time.

use std::process;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use super::exit::{Exit, Stop};

/// Has somebody asked the program to stop?
static ASKED: AtomicBool = AtomicBool::new(false);
/// When the time is up, where it is limited.
static DEADLINE: OnceLock<Instant> = OnceLock::new();

/// Listens for Ctrl-C from now on.
pub(super) fn listen() {
    let heard = || {
        if ASKED.swap(true, Ordering::Relaxed) {
            // The second time means it. A hidden `.part` folder may stay; the next run cleans it.
            process::exit(i32::from(Exit::StoppedEarly.code()));
        }
    };
    // Where signals cannot be listened for, Ctrl-C ends the program as it always did.
    let _ = ctrlc::set_handler(heard);
}

/// From so long on from now everything stops as if somebody had asked for it.
pub(super) fn stop_after(time: Duration) {
    let _ = DEADLINE.set(Instant::now() + time);
}

/// Has somebody asked to stop, or is the time up?
pub(super) fn asked() -> bool {
    ASKED.load(Ordering::Relaxed) || DEADLINE.get().is_some_and(|end| Instant::now() >= *end)
}

/// What it was stopped by.
pub(super) fn by() -> &'static str {
    if ASKED.load(Ordering::Relaxed) { "Ctrl-C" } else { "--max-time" }
}

/// Goes on, unless somebody has asked the program to stop; `what` was being done.
pub(super) fn go_on(what: &str) -> Result<(), Stop> {
    if !asked() {
        return Ok(());
    }
    let text = format!("supsim: stopped by {} while {what}; nothing of this run was stored", by());
    Err(Stop { exit: Exit::StoppedEarly, text })
}
