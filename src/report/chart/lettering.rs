//! How wide a text will be, and what of it can be shown.
//!
//! The widths are the advances of the embedded fonts, so that places can be chosen without asking a
//! font. Kerning mostly narrows; what is not in the table counts as wide.

/// Advances from space to tilde [thousandths of the size]: the regular face.
const REGULAR: [u16; 95] = [
    282, 279, 404, 631, 638, 813, 640, 222, 363, 363, 500, 660, 280, 461, 276, 357, 625, 465, 606,
    637, 643, 608, 624, 572, 617, 624, 276, 280, 660, 660, 660, 508, 937, 677, 651, 728, 719, 599,
    587, 743, 741, 265, 543, 652, 563, 890, 753, 762, 635, 762, 640, 638, 643, 742, 677, 949, 643,
    665, 625, 363, 357, 363, 469, 452, 498, 564, 621, 559, 621, 583, 361, 610, 591, 238, 238, 545,
    238, 870, 586, 597, 610, 610, 373, 523, 364, 581, 557, 813, 540, 557, 542, 363, 327, 363, 660,
];

/// The semi-bold face.
const HEAVY: [u16; 95] = [
    249, 309, 396, 644, 650, 844, 663, 214, 394, 394, 544, 673, 296, 466, 291, 379, 667, 481, 622,
    652, 666, 633, 649, 588, 646, 649, 291, 296, 673, 673, 673, 545, 1000, 724, 658, 744, 725, 608,
    586, 755, 744, 275, 561, 677, 567, 907, 741, 775, 644, 776, 651, 650, 660, 734, 724, 1007, 691,
    705, 653, 394, 379, 394, 482, 469, 498, 575, 631, 578, 631, 593, 378, 626, 613, 261, 261, 569,
    261, 898, 610, 608, 625, 625, 397, 550, 380, 609, 576, 838, 563, 576, 562, 394, 358, 394, 673,
];

/// The weight of a face.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Weight {
    Regular,
    Heavy,
}

/// How wide `text` is at `size` pixels [eighths of a pixel], rounded up.
pub(super) fn width(text: &str, size: i32, weight: Weight) -> i32 {
    let table = if weight == Weight::Regular { &REGULAR } else { &HEAVY };
    let thousandths: u64 = text.chars().map(|letter| u64::from(advance(letter, table))).sum();
    let eighths = (thousandths * size.unsigned_abs() as u64 * 8).div_ceil(1_000);
    i32::try_from(eighths).unwrap_or(i32::MAX / 4)
}

fn advance(letter: char, table: &[u16; 95]) -> u16 {
    match letter {
        ' '..='~' => table[letter as usize - 32],
        '\u{B7}' | '\u{2009}' | '\u{2018}'..='\u{2019}' => 300,
        '\u{C6}' | '\u{E6}' | '\u{152}'..='\u{153}' | '\u{174}' => 1_020,
        '\u{A1}'..='\u{17F}' => 790,
        _ => 1_080,
    }
}

/// `text` without what no document may hold: control and direction marks, and what is no character.
pub(in crate::report) fn cleaned(text: &str) -> String {
    let clean = |letter: char| match letter {
        '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' => '\u{B7}',
        '\u{FFFE}' | '\u{FFFF}' => '\u{B7}',
        letter if letter.is_control() => '\u{B7}',
        letter => letter,
    };
    text.chars().map(clean).collect()
}

/// As much of `text` as `room` eighths of a pixel can hold, with an ellipsis when it is cut.
pub(super) fn fitted(text: &str, size: i32, weight: Weight, room: i32) -> String {
    let text = cleaned(text);
    if width(&text, size, weight) <= room {
        return text;
    }
    let mut cut = String::new();
    for letter in text.chars() {
        cut.push(letter);
        if width(&cut, size, weight) + width("\u{2026}", size, weight) > room {
            cut.pop();
            break;
        }
    }
    cut.truncate(cut.trim_end().len());
    cut.push('\u{2026}');
    cut
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_that_is_too_long_ends_in_an_ellipsis_and_fits() {
        let name = "branch-office-of-the-northernmost-part-of-the-country";
        let cut = fitted(name, 12, Weight::Regular, 100 * 8);
        assert!(cut.ends_with('\u{2026}') && name.starts_with(cut.trim_end_matches('\u{2026}')));
        assert!(width(&cut, 12, Weight::Regular) <= 100 * 8);
        assert_eq!(fitted("CEN", 12, Weight::Regular, 100 * 8), "CEN");
    }

    #[test]
    fn what_no_document_may_hold_is_replaced() {
        assert_eq!(cleaned("a\u{0}b\u{1B}[31m\u{202E}c"), "a\u{B7}b\u{B7}[31m\u{B7}c");
    }
}
