//! A histogram in one line of text.

use crate::units::Duration;

const BLOCKS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
const PLAIN: [char; 8] = ['.', ':', '-', '=', '+', '*', '#', '@'];

/// How many of `delays` fall into each of `width` equal parts of the time from zero to `end`,
/// as heights; the tallest part fills the line, and a part with anything in it is never blank.
pub(super) fn sparkline(delays: &[Duration], end: Duration, width: usize, ascii: bool) -> String {
    let glyphs = if ascii { &PLAIN } else { &BLOCKS };
    let mut counts = vec![0usize; width];
    let end = u128::from(end.micros().max(1));
    for delay in delays {
        let part = u128::from(delay.micros()) * width as u128 / end;
        counts[usize::try_from(part).unwrap_or(width).min(width - 1)] += 1;
    }
    let tallest = counts.iter().copied().max().unwrap_or(0).max(1);
    let glyph = |&count: &usize| match count {
        0 => ' ',
        _ => glyphs[(count * glyphs.len()).div_ceil(tallest) - 1],
    };
    counts.iter().map(glyph).collect::<String>().trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tallest_part_is_full_and_nothing_is_lost() {
        let hours =
            |list: &[u64]| list.iter().map(|&h| Duration::from_hours(h)).collect::<Vec<_>>();
        let end = Duration::from_hours(8);
        let mut many = hours(&[1; 16]);
        many.extend(hours(&[5, 8]));
        assert_eq!(sparkline(&many, end, 8, false), " █   ▁ ▁");
        assert_eq!(sparkline(&many, end, 8, true), " @   . .");
        assert_eq!(sparkline(&hours(&[2, 2, 4]), end, 4, false), " █▄");
        assert_eq!(sparkline(&[], end, 4, false), "");
        assert_eq!(sparkline(&hours(&[0]), Duration::ZERO, 4, false), "█");
    }
}
