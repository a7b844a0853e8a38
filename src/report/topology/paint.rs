//! The colours of a painted topology: light is fast, dark is slow, vermilion is never.

use super::super::chart::{Colour, palette};

/// How many steps there are from fast to slow.
pub(super) const STEPS: usize = 5;

/// One hue from light to dark, so that it reads the same in grey.
const SCALE: [Colour; STEPS] = [
    Colour(0xEF, 0xF3, 0xFF),
    Colour(0xBD, 0xD7, 0xE7),
    Colour(0x6B, 0xAE, 0xD6),
    Colour(0x31, 0x82, 0xBD),
    Colour(0x08, 0x51, 0x9C),
];

/// How a site is painted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Paint {
    /// A word for it, in formats that name styles.
    pub word: &'static str,
    pub fill: Colour,
    pub text: Colour,
}

impl Paint {
    /// Nothing is known.
    pub const NONE: Paint = Paint { word: "plain", fill: palette::PAPER, text: palette::INK };
    /// It was never current.
    pub const NEVER: Paint =
        Paint { word: "never", fill: palette::FAILED_TEXT, text: palette::PAPER };

    /// The step from fast (0) to slow.
    pub fn step(number: usize) -> Paint {
        const WORDS: [&str; STEPS] = ["step1", "step2", "step3", "step4", "step5"];
        let number = number.min(STEPS - 1);
        // Dark ink on the light ones, white on the dark ones.
        let text = if number < 3 { palette::INK } else { palette::PAPER };
        Paint { word: WORDS[number], fill: SCALE[number], text }
    }
}
