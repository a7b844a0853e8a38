//! The types of parameters, and how large a value of each is.

use super::ParameterType;
use crate::scenario::civil::{date_time, time_of_day};
use crate::scenario::limits;
use crate::scenario::quantity;
use crate::scenario::reader::{Reader, Wrong};
use crate::scenario::text::checked_label;
use crate::scenario::yaml::Node;

pub(super) const TYPES: [(&str, ParameterType); 11] = [
    ("duration", ParameterType::Duration),
    ("time_of_day", ParameterType::TimeOfDay),
    ("time", ParameterType::Time),
    ("share", ParameterType::Share),
    ("data", ParameterType::Data),
    ("rate", ParameterType::Rate),
    ("count", ParameterType::Count),
    ("number", ParameterType::Number),
    ("text", ParameterType::Text),
    ("choice", ParameterType::Choice),
    ("truth", ParameterType::Truth),
];

impl ParameterType {
    /// Every word of the language for one.
    pub(in crate::scenario) fn words() -> impl Iterator<Item = &'static str> {
        TYPES.iter().map(|(word, _)| *word)
    }

    /// As the language writes it.
    pub fn word(self) -> &'static str {
        TYPES.iter().find(|(_, kind)| *kind == self).map_or("", |(word, _)| word)
    }
}

/// How large a value is, in the smallest unit of its type; texts have no size.
pub(super) type Size = Option<i128>;

/// Is this a value of that type?
pub(super) fn measure(kind: ParameterType, text: &str) -> Result<Size, Wrong> {
    let size = |size: u64| Some(i128::from(size));
    Ok(match kind {
        ParameterType::Duration => size(quantity::duration(text)?.micros()),
        ParameterType::TimeOfDay => {
            let time = time_of_day(text)?;
            let seconds = i128::from(time.hour()) * 3_600
                + i128::from(time.minute()) * 60
                + i128::from(time.second());
            Some(seconds * 1_000_000_000 + i128::from(time.subsec_nanosecond()))
        }
        ParameterType::Time => {
            let wall = date_time(text)?.wall;
            let at = jiff::tz::Offset::UTC.to_timestamp(wall);
            at.ok().map(jiff::Timestamp::as_nanosecond)
        }
        ParameterType::Share => size(u64::from(quantity::probability(text)?.parts_per_billion())),
        ParameterType::Data => size(quantity::bytes(text)?.0),
        ParameterType::Rate => size(quantity::rate(text)?.bits_per_second()),
        ParameterType::Count => {
            let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
            let number = text.parse::<u64>().ok().filter(|_| digits);
            Some(i128::from(number.ok_or_else(|| {
                let note = "digits only: no sign, no point, no unit";
                Wrong::new("E0101", format!("`{text}` is not a whole number"), note)
            })?))
        }
        ParameterType::Number => Some(decimal(text).ok_or_else(|| {
            let note = "digits, a point, at most nine decimals";
            Wrong::new("E0101", format!("`{text}` is not a number"), note)
        })?),
        ParameterType::Text | ParameterType::Choice => {
            checked_label(text, "a text").map(|()| None)?
        }
        ParameterType::Truth => match text {
            "true" | "false" => None,
            _ => {
                let message = format!("`{text}` is not true or false");
                return Err(Wrong::new("E0110", message, "write `true` or `false`"));
            }
        },
    })
}

/// A decimal number in thousand-millionths.
fn decimal(text: &str) -> Option<i128> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, decimals) = digits.split_once('.').unwrap_or((digits, ""));
    let fits =
        |part: &str, most: usize| part.len() <= most && part.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() || !fits(whole, 18) || !fits(decimals, 9) || digits.ends_with('.') {
        return None;
    }
    let size: i128 = format!("{whole}{decimals:0<9}").parse().ok()?;
    Some(if text.starts_with('-') { -size } else { size })
}

/// The size of a value written in the declaration.
pub(super) fn typed(
    reader: &mut Reader,
    kind: ParameterType,
    node: &Node<'_>,
    what: &str,
) -> Option<Size> {
    let text = match kind {
        ParameterType::Text | ParameterType::Choice => reader.text(node, what)?,
        // quoted, as everywhere
        ParameterType::TimeOfDay => {
            reader.time_of_day(node, what)?;
            reader.scalar(node, what)?
        }
        _ => reader.scalar(node, what)?,
    };
    if text.len() > limits::NAME_CHARACTERS {
        let note = format!("at most {} characters", limits::NAME_CHARACTERS);
        reader.error("E0113", node.place, format!("{what} is too long"), note);
        return None;
    }
    reader.check(node.place, measure(kind, text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_type_has_values_and_knows_which_is_larger() {
        let less = [
            (ParameterType::Duration, "59min", "1h"),
            (ParameterType::TimeOfDay, "09:59", "22:00"),
            (ParameterType::Time, "2026-01-13 09:00", "2026-01-13 22:00"),
            (ParameterType::Share, "9%", "0.1"),
            (ParameterType::Data, "900 KB", "1 MB"),
            (ParameterType::Rate, "900 Kbit/s", "1 Mbit/s"),
            (ParameterType::Count, "9", "10"),
            (ParameterType::Number, "-1.5", "0.000000001"),
        ];
        for (kind, small, large) in less {
            assert!(measure(kind, small).unwrap() < measure(kind, large).unwrap(), "{kind:?}");
        }
        for kind in TYPES.map(|(_, kind)| kind) {
            let wrong = if matches!(kind, ParameterType::Text | ParameterType::Choice) {
                "=x"
            } else {
                "x"
            };
            assert!(measure(kind, wrong).is_err(), "{kind:?}");
        }
    }

    #[test]
    fn decimals_are_exact() {
        assert_eq!(decimal("1.5"), Some(1_500_000_000));
        assert_eq!(decimal("-0.25"), Some(-250_000_000));
        for text in ["", ".", "1.", ".5", "1e3", "+1", "1.0000000001", "--1"] {
            assert_eq!(decimal(text), None, "{text}");
        }
    }
}
