//! One colour for each cause, the same in every picture.
//!
//! The fills are those of Okabe and Ito, which people with any of the common forms of colour
//! blindness can tell apart; neighbouring phases differ in grey as well. Some of them are too light
//! to be read as text on white: those have a darker twin for text.

use std::fmt;

use crate::measure::Category;
use crate::trace::Phase;

/// A colour of the screen: red, green and blue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Colour(pub u8, pub u8, pub u8);

/// As in SVG and CSS: `#0072B2`.
impl fmt::Display for Colour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("#{:02X}{:02X}{:02X}", self.0, self.1, self.2))
    }
}

/// Text that carries the message, and the most important curve.
pub const INK: Colour = Colour(0x11, 0x18, 0x27);
/// Text that explains.
pub const QUIET: Colour = Colour(0x5B, 0x64, 0x72);
/// Lines that help the eye along.
pub const GRID: Colour = Colour(0xE5, 0xE7, 0xEB);
/// The line on which a picture stands, and what joins one bar to another.
pub const AXIS: Colour = Colour(0x9C, 0xA3, 0xAF);
/// What everything is drawn on.
pub const PAPER: Colour = Colour(0xFF, 0xFF, 0xFF);

/// Connecting to Update Services.
pub const CONNECT: Colour = Colour(0x56, 0xB4, 0xE9);
/// Metadata crossing a link.
pub const TRANSFER: Colour = Colour(0x00, 0x72, 0xB2);
/// WSUS at work on what it received.
pub const WSUS_WORK: Colour = Colour(0xE6, 0x9F, 0x00);
/// The fixed wait for the results of WSUS.
pub const FIXED_WAIT: Colour = Colour(0xF0, 0xE4, 0x42);
/// From the WSUS database into the site database.
pub const IMPORT: Colour = Colour(0x00, 0x9E, 0x73);
/// The internet-based point.
pub const INTERNET: Colour = Colour(0xCC, 0x79, 0xA7);
/// What failed.
pub const FAILED: Colour = Colour(0xD5, 0x5E, 0x00);
/// What failed, as text.
pub const FAILED_TEXT: Colour = Colour(0xB2, 0x4E, 0x00);
/// Waiting, as an area.
pub const WAITING: Colour = Colour(0xD1, 0xD5, 0xDB);
/// Waiting, as a line.
pub const WAITING_LINE: Colour = Colour(0x9C, 0xA3, 0xAF);
/// While a fault holds, behind everything else.
pub const OUTAGE: Colour = Colour(0xFA, 0xDF, 0xCE);

/// Behind something else that runs: a darker wait.
pub const QUEUED: Colour = Colour(0x6B, 0x72, 0x80);
/// A sender that is closed: the darkest wait.
pub const CLOSED: Colour = Colour(0x37, 0x41, 0x51);
/// Metadata crossing a link more slowly than it could.
pub const SLOWED: Colour = Colour(0x00, 0x46, 0x6E);
/// A server that is down; a link that is down has the colour of failure.
pub const DOWN: Colour = Colour(0x8A, 0x3C, 0x00);
/// What was done in vain.
pub const IN_VAIN: Colour = Colour(0xF2, 0xA9, 0x7C);

/// Curves that are no cause: each with the twin in which its label is written.
///
/// Vermilion is not among them: it means failure everywhere.
pub const SERIES: [(Colour, Colour); 5] = [
    (Colour(0x00, 0x72, 0xB2), Colour(0x00, 0x6B, 0xA6)),
    (Colour(0xE6, 0x9F, 0x00), Colour(0x92, 0x62, 0x00)),
    (Colour(0x00, 0x9E, 0x73), Colour(0x00, 0x75, 0x55)),
    (Colour(0xCC, 0x79, 0xA7), Colour(0x9C, 0x48, 0x77)),
    (Colour(0x56, 0xB4, 0xE9), Colour(0x1B, 0x6E, 0xA3)),
];

/// From little to much, each clearly darker than the one before: an order that is seen in grey as
/// well.
pub const SCALE: [Colour; 7] = [
    Colour(0xEA, 0xF2, 0xF8),
    Colour(0xC8, 0xDE, 0xEE),
    Colour(0x9C, 0xC4, 0xE0),
    Colour(0x63, 0xA3, 0xCE),
    Colour(0x28, 0x73, 0xA8),
    Colour(0x10, 0x55, 0x85),
    Colour(0x07, 0x34, 0x58),
];

/// The colour of text on the step of the scale with that number.
pub const fn on_scale(step: usize) -> Colour {
    if step < 4 { INK } else { PAPER }
}

/// The colour of a step of a synchronisation; a pull is WSUS's own work, its transfer apart.
pub const fn of_phase(phase: Phase) -> Colour {
    match phase {
        Phase::Connect => CONNECT,
        Phase::Pull => WSUS_WORK,
        Phase::Settle => FIXED_WAIT,
        Phase::Import => IMPORT,
        Phase::Internet => INTERNET,
        Phase::Gate | Phase::Restart => FAILED,
    }
}

/// The colour of a kind of time in a delay: work as in the timeline, waiting in greys that darken
/// from the schedule to the sender, what went wrong in vermilion.
pub const fn of_category(category: Category) -> Colour {
    match category {
        Category::Schedule | Category::Administrator => WAITING,
        Category::Retry => WAITING_LINE,
        Category::Deferred | Category::PullQueue | Category::SenderBusy => QUEUED,
        Category::SenderClosed => CLOSED,
        Category::RateLimited => SLOWED,
        Category::FailedTry | Category::SendingRetry => IN_VAIN,
        Category::LinkDown | Category::SourceDown | Category::NotConfigured => FAILED,
        Category::SiteDown | Category::PointDown => DOWN,
        Category::RequestTransit
        | Category::PackageTransit
        | Category::Noticing
        | Category::Connecting => CONNECT,
        Category::CatalogueTransfer => TRANSFER,
        Category::WsusWork => WSUS_WORK,
        Category::Settle => FIXED_WAIT,
        Category::Database => IMPORT,
        Category::InternetPoint | Category::ExportWait | Category::ExportImport => INTERNET,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Relative luminance by the web's accessibility guidelines, in parts of one.
    fn luminance(colour: Colour) -> f64 {
        let linear = |byte: u8| {
            let share = f64::from(byte) / 255.0;
            if share <= 0.040_45 { share / 12.92 } else { libm::pow((share + 0.055) / 1.055, 2.4) }
        };
        0.2126 * linear(colour.0) + 0.7152 * linear(colour.1) + 0.0722 * linear(colour.2)
    }

    fn contrast(one: Colour, other: Colour) -> f64 {
        let (one, other) = (luminance(one), luminance(other));
        (one.max(other) + 0.05) / (one.min(other) + 0.05)
    }

    #[test]
    fn every_colour_of_text_can_be_read_on_paper() {
        let series = SERIES.map(|(_, text)| text);
        for text in [INK, QUIET, FAILED_TEXT].into_iter().chain(series) {
            let contrast = contrast(text, PAPER);
            assert!(contrast >= 4.5, "{text} on white has a contrast of {contrast:.2}, wanted 4.5");
        }
        assert!(contrast(FAILED_TEXT, OUTAGE) >= 3.0);
    }

    #[test]
    fn phases_that_follow_each_other_differ_in_grey() {
        let order = [CONNECT, TRANSFER, WSUS_WORK, FIXED_WAIT, IMPORT];
        for pair in order.windows(2) {
            let contrast = contrast(pair[0], pair[1]);
            assert!(contrast >= 1.6, "{} beside {} in grey: {contrast:.2}", pair[0], pair[1]);
        }
    }

    #[test]
    fn waits_darken_and_stand_apart_from_what_went_wrong() {
        let waits = [WAITING, WAITING_LINE, QUEUED, CLOSED];
        for pair in waits.windows(2) {
            assert!(contrast(pair[0], pair[1]) >= 1.5, "{} beside {}", pair[0], pair[1]);
        }
        assert!(contrast(DOWN, FAILED) >= 1.6 && contrast(SLOWED, TRANSFER) >= 1.6);
        assert!(contrast(FAILED, IN_VAIN) >= 1.6 && contrast(FAILED, CLOSED) >= 1.6);
    }

    #[test]
    fn a_scale_darkens_step_by_step_and_can_be_written_on() {
        for pair in SCALE.windows(2) {
            assert!(luminance(pair[0]) > 1.2 * luminance(pair[1]), "{} {}", pair[0], pair[1]);
        }
        for (step, colour) in SCALE.into_iter().enumerate() {
            let contrast = contrast(on_scale(step), colour);
            assert!(contrast >= 4.5, "text on {colour} has a contrast of {contrast:.2}");
        }
    }

    #[test]
    fn no_curve_has_the_colour_of_failure() {
        assert!(SERIES.iter().all(|(line, _)| *line != FAILED));
    }
}
