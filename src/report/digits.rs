use crate::scenario::{Unit, WHOLE};

/// A number with its digits in groups of three: `1,500,300` with a comma between them.
pub fn in_threes(number: u64, between: &str) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push_str(between);
        }
        text.push(digit);
    }
    text
}

/// The same for people: four digits are read at a glance and stay together.
pub(super) fn in_threes_if_long(count: usize, between: &str) -> String {
    let number = u64::try_from(count).unwrap_or(u64::MAX);
    if number < 10_000 { number.to_string() } else { in_threes(number, between) }
}

/// A number with at most so many decimals, without zeros at the end.
pub(super) fn shortest(value: f64, decimals: usize) -> String {
    let text = format!("{value:.decimals$}");
    let text =
        if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}

/// A value in seconds, as a share of one, or as a count, with at most six decimals.
pub(super) fn in_unit(unit: Unit, value: f64) -> String {
    let step = match unit {
        Unit::Time => 1e6,
        Unit::Share | Unit::Count => WHOLE as f64,
    };
    shortest(value / step, 6)
}
