//! Ctrl-C: once to stop cleanly, twice to stop at once.

use std::process;
use std::sync::atomic::{AtomicBool, Ordering};

use super::exit::{Exit, Stop};

/// Has somebody asked the program to stop?
static ASKED: AtomicBool = AtomicBool::new(false);

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

/// Has somebody asked to stop?
pub(super) fn asked() -> bool {
    ASKED.load(Ordering::Relaxed)
}

/// Goes on, unless somebody has asked the program to stop; `what` was being done.
pub(super) fn go_on(what: &str) -> Result<(), Stop> {
    if !asked() {
        return Ok(());
    }
    let text = format!("supsim: stopped by Ctrl-C while {what}; nothing of this run was stored");
    Err(Stop { exit: Exit::StoppedEarly, text })
}
