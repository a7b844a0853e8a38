//! Quantities as written: a number and its unit, exactly.
//!
//! Integers throughout: `1.5h` is 5,400,000,000 microseconds, and what is finer than the unit in
//! which we count is refused rather than rounded.

use super::expectation::Unit;
use super::limits;
use super::reader::Wrong;
use crate::units::{Bytes, Duration, Factor, Probability, Rate};

/// A decimal number as written: `digits / 10^places`.
struct Number {
    digits: u128,
    places: u32,
}

impl Number {
    /// The number in front of a text, and what follows it.
    fn in_front(text: &str) -> Option<(Number, &str)> {
        let whole_end = text.bytes().take_while(u8::is_ascii_digit).count();
        let mut end = whole_end;
        if text[whole_end..].starts_with('.') {
            let decimals = text[whole_end + 1..].bytes().take_while(u8::is_ascii_digit).count();
            if decimals > 0 {
                end += 1 + decimals;
            }
        }
        if whole_end == 0 || end > 24 {
            return None;
        }
        let written = text[..end].replace('.', "");
        let places = end.saturating_sub(whole_end + 1);
        Some((
            Number { digits: written.parse().ok()?, places: u32::try_from(places).ok()? },
            &text[end..],
        ))
    }

    /// How often `unit` it is, if that is a whole number.
    fn times(&self, unit: u64) -> Option<u128> {
        let product = self.digits.checked_mul(u128::from(unit))?;
        let divisor = 10_u128.checked_pow(self.places)?;
        product.is_multiple_of(divisor).then(|| product / divisor)
    }
}

const DURATION_UNITS: [(&str, u64); 7] = [
    ("w", 604_800_000_000),
    ("d", 86_400_000_000),
    ("h", 3_600_000_000),
    ("min", 60_000_000),
    ("s", 1_000_000),
    ("ms", 1_000),
    ("us", 1),
];

/// `60min`, `1h30min`, `1.5h`, `20 ms`.
pub(super) fn duration(text: &str) -> Result<Duration, Wrong> {
    let malformed = || {
        Wrong::new(
            "E0202",
            format!("`{text}` is not a duration"),
            "write for example 90s, 1h30min or 7d",
        )
    };
    let mut rest = text.trim();
    let mut total: u128 = 0;
    let mut largest = DURATION_UNITS.len();
    let mut position = 0;
    if rest.is_empty() {
        return Err(malformed());
    }
    while !rest.is_empty() {
        let (number, after) = Number::in_front(rest).ok_or_else(malformed)?;
        let after = after.trim_start();
        let length = after.bytes().take_while(u8::is_ascii_alphabetic).count();
        let name = &after[..length];
        if name.is_empty() {
            return Err(unitless_duration(text, after));
        }
        let unit = DURATION_UNITS.iter().position(|(unit, _)| *unit == name);
        let unit = unit.ok_or_else(|| unknown_duration_unit(text, name))?;
        if position > 0 && unit <= largest {
            let message = format!("the units of `{text}` are out of order");
            return Err(Wrong::new("E0202", message, "the larger unit first, each once: 1h30min"));
        }
        (largest, position) = (unit, position + 1);
        let micros = number.times(DURATION_UNITS[unit].1).ok_or_else(|| {
            Wrong::new(
                "E0209",
                format!("`{text}` is finer than a microsecond"),
                "write fewer decimals",
            )
        })?;
        total = total.checked_add(micros).ok_or_else(malformed)?;
        rest = after[length..].trim_start();
    }
    match u64::try_from(total).map(Duration::from_micros) {
        Ok(duration) if duration <= limits::LONGEST => Ok(duration),
        _ => {
            Err(Wrong::new("E0208", format!("`{text}` is longer than ten years"), "at most 3660d"))
        }
    }
}

fn unitless_duration(text: &str, after: &str) -> Wrong {
    let number = text.trim();
    if !after.is_empty() {
        return Wrong::new(
            "E0202",
            format!("`{text}` is not a duration"),
            "write for example 90s, 1h30min or 7d",
        );
    }
    let plain = number.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    let note = if plain {
        format!("write {number}s, {number}min or {number}h")
    } else {
        "the last number has none".into()
    };
    Wrong::new("E0201", "a duration needs a unit", note)
}

fn unknown_duration_unit(text: &str, name: &str) -> Wrong {
    let number = text.trim().trim_end_matches(|c: char| c.is_ascii_alphabetic()).trim_end();
    let months = number.parse::<u32>().ok().and_then(|months| months.checked_mul(30)).unwrap_or(30);
    let note = match name.to_ascii_lowercase().as_str() {
        "m" => {
            return Wrong::new(
                "E0202",
                "`m` is not a unit: minute or month?",
                format!("write {number}min, or {months}d"),
            );
        }
        "sec" | "secs" | "second" | "seconds" => "write `s`",
        "mins" | "minute" | "minutes" => "write `min`",
        "hr" | "hrs" | "hour" | "hours" => "write `h`",
        "day" | "days" => "write `d`",
        "week" | "weeks" => "write `w`",
        "month" | "months" | "mo" => "months differ in length: write days, for example 30d",
        "year" | "years" | "y" => "years differ in length: write days, for example 365d",
        _ => "units of time are us, ms, s, min, h, d, w",
    };
    Wrong::new("E0202", format!("`{name}` is not a unit of time"), note)
}

const BYTE_UNITS: [(&str, u64); 8] = [
    ("B", 1),
    ("KB", 1_000),
    ("MB", 1_000_000),
    ("GB", 1_000_000_000),
    ("TB", 1_000_000_000_000),
    ("KiB", 1 << 10),
    ("MiB", 1 << 20),
    ("GiB", 1 << 30),
];

/// A size in this unit, in its smallest step: a time (`30min`), a share (`1%`), a count (`5`).
pub fn quantity_in(unit: Unit, text: &str) -> Option<u64> {
    match unit {
        Unit::Time => duration(text).ok().map(Duration::micros),
        // A bare number is a count.
        Unit::Share => {
            let share = text.ends_with('%').then(|| probability(text))?.ok()?;
            Some(u64::from(share.parts_per_billion()))
        }
        Unit::Count => amount(text).ok(),
    }
}

/// `48 MB`, `1.5 GiB`, `900 B`.
pub(super) fn bytes(text: &str) -> Result<Bytes, Wrong> {
    let malformed = || {
        Wrong::new("E0204", format!("`{text}` is not an amount of data"), "write for example 48 MB")
    };
    let (number, unit) = Number::in_front(text.trim()).ok_or_else(malformed)?;
    let unit = unit.trim_start();
    if unit.is_empty() {
        let note = format!("write {0} MB or {0} KB", text.trim());
        return Err(Wrong::new("E0204", "an amount of data needs a unit", note));
    }
    let Some((_, size)) = BYTE_UNITS.iter().find(|(name, _)| *name == unit) else {
        let note = match BYTE_UNITS.iter().find(|(name, _)| name.eq_ignore_ascii_case(unit)) {
            Some((name, _)) => format!("write `{name}`"),
            None => "units are B, KB, MB, GB, TB (thousands), KiB, MiB, GiB (1024s)".to_owned(),
        };
        return Err(Wrong::new("E0204", format!("`{unit}` is not a unit of data"), note));
    };
    let bytes = number.times(*size).ok_or_else(|| {
        Wrong::new(
            "E0209",
            format!("`{text}` is not a whole number of bytes"),
            "write fewer decimals",
        )
    })?;
    match u64::try_from(bytes) {
        Ok(bytes) if bytes <= limits::METADATA => Ok(Bytes(bytes)),
        _ => Err(Wrong::new(
            "E0208",
            format!("`{text}` is more than can be simulated"),
            "at most 10 TB",
        )),
    }
}

const RATE_UNITS: [(&str, u64); 15] = [
    ("bit/s", 1),
    ("Kbit/s", 1_000),
    ("Mbit/s", 1_000_000),
    ("Gbit/s", 1_000_000_000),
    // circuits are sold in these
    ("bps", 1),
    ("Kbps", 1_000),
    ("Mbps", 1_000_000),
    ("Gbps", 1_000_000_000),
    ("B/s", 8),
    ("KB/s", 8_000),
    ("MB/s", 8_000_000),
    ("GB/s", 8_000_000_000),
    ("KiB/s", 8 << 10),
    ("MiB/s", 8 << 20),
    ("GiB/s", 8 << 30),
];

/// `2 Mbit/s`, `512 Kbit/s`, `2 Mbps`, `1.5 MB/s`.
pub(super) fn rate(text: &str) -> Result<Rate, Wrong> {
    let malformed =
        || Wrong::new("E0203", format!("`{text}` is not a rate"), "write for example 2 Mbit/s");
    let (number, unit) = Number::in_front(text.trim()).ok_or_else(malformed)?;
    let written = text.trim();
    let written = written[..written.len() - unit.len()].trim_end();
    let unit = unit.trim_start();
    if unit.is_empty() {
        return Err(Wrong::new(
            "E0203",
            "a rate needs a unit",
            format!("write {written} Mbit/s or {written} Kbit/s"),
        ));
    }
    let Some((_, size)) = RATE_UNITS.iter().find(|(name, _)| *name == unit) else {
        return Err(unknown_rate_unit(written, unit));
    };
    let bits = number.times(*size).ok_or_else(|| {
        Wrong::new(
            "E0209",
            format!("`{text}` is not a whole number of bits a second"),
            "write fewer decimals",
        )
    })?;
    let bits =
        u64::try_from(bits).ok().filter(|bits| (limits::SLOWEST..=limits::FASTEST).contains(bits));
    bits.and_then(Rate::from_bits_per_second).ok_or_else(|| {
        let message = format!("`{text}` is out of range");
        Wrong::new(
            "E0208",
            message,
            "between 1 Kbit/s and 1000 Gbit/s; a line that is cut is a fault, `link_down`",
        )
    })
}

fn unknown_rate_unit(number: &str, unit: &str) -> Wrong {
    let message = format!("`{unit}` is not a unit");
    let prefix = unit
        .chars()
        .next()
        .filter(|_| unit.to_ascii_lowercase().ends_with("bps") && unit.len() == 4);
    let note = match prefix.map(|c| (c.to_ascii_uppercase(), c)) {
        Some(('K', _)) => ("K", "thousand"),
        Some(('M', _)) => ("M", "million"),
        Some(('G', _)) => ("G", "thousand million"),
        _ => {
            return Wrong::new(
                "E0203",
                message,
                "units of rate are bit/s, Kbit/s, Mbit/s, Gbit/s, B/s, KB/s, MB/s, GB/s",
            );
        }
    };
    let (letter, words) = note;
    let (number, verb) = if number == "1" { ("1", "one") } else { (number, number) };
    Wrong::new(
        "E0203",
        message,
        format!(
            "{number} {letter}bit/s ({verb} {words} bits a second) or {number} {letter}B/s (eight times as much)?"
        ),
    )
}

/// `25%` or `0.25`.
pub(super) fn probability(text: &str) -> Result<Probability, Wrong> {
    let trimmed = text.trim();
    let wrong = |note: &str| Wrong::new("E0205", format!("`{text}` is not a share"), note);
    let (number, rest) =
        Number::in_front(trimmed).ok_or_else(|| wrong("write for example 25% or 0.25"))?;
    let unit = match rest.trim_start() {
        "%" => 10_000_000,
        "" => 1_000_000_000,
        _ => return Err(wrong("write for example 25% or 0.25")),
    };
    let parts = number.times(unit).ok_or_else(|| wrong("at most nine decimals of a share"))?;
    let parts = u32::try_from(parts).ok().and_then(Probability::from_parts_per_billion);
    parts.ok_or_else(|| match unit {
        10_000_000 => wrong("at most 100%"),
        _ => wrong(&format!("between 0 and 1; or did you mean {trimmed}%?")),
    })
}

/// How many times as long: `3`, `1.5`.
pub(super) fn factor(text: &str) -> Result<Factor, Wrong> {
    let wrong =
        |note| Wrong::new("E0208", format!("`{text}` is not a factor to slow work down by"), note);
    let Some((number, "")) = Number::in_front(text.trim()) else {
        return Err(wrong("write how many times as long, for example 3 or 1.5"));
    };
    let thousandths = number.times(1_000).ok_or_else(|| wrong("at most three decimals"))?;
    let thousandths = u32::try_from(thousandths).ok().and_then(Factor::from_thousandths);
    thousandths.ok_or_else(|| wrong("from 1 (as long as ever) to 1000"))
}

/// A count \[thousand-millionths\]: `120`, `1.5`.
pub(super) fn amount(text: &str) -> Result<u64, Wrong> {
    let wrong = |note: &str| Wrong::new("E0101", format!("`{text}` is not a count"), note);
    let Some((number, "")) = Number::in_front(text.trim()) else {
        return Err(wrong("write for example 120: digits, no sign, no unit"));
    };
    let amount = number.times(1_000_000_000).ok_or_else(|| wrong("at most nine decimals"))?;
    let amount = u64::try_from(amount).ok().filter(|amount| *amount <= limits::AMOUNT);
    amount.ok_or_else(|| {
        Wrong::new("E0208", format!("`{text}` is out of range"), "at most 1,000,000,000")
    })
}

/// A number without a unit, such as a shape: above zero and not extreme.
pub(super) fn ratio(text: &str) -> Result<f64, Wrong> {
    let good = matches!(Number::in_front(text), Some((_, "")));
    match text.parse::<f64>() {
        Ok(value) if good && (0.01..=100.0).contains(&value) => Ok(value),
        _ => Err(Wrong::new(
            "E0213",
            format!("`{text}` is not a usable number"),
            "between 0.01 and 100, for example 1.5",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn micros(text: &str) -> u64 {
        duration(text).unwrap().micros()
    }

    #[test]
    fn durations_are_exact() {
        assert_eq!(micros("1h30min"), 5_400_000_000);
        assert_eq!(micros("1.5h"), 5_400_000_000);
        assert_eq!(micros("1.1s"), 1_100_000);
        assert_eq!(micros("2 w"), 14 * 86_400_000_000);
        assert_eq!(micros("0s"), 0);
        assert_eq!(micros("1d 2h 3min 4s 5ms 6us"), 93_784_005_006);
    }

    #[test]
    fn what_a_duration_prints_reads_back() {
        for micros in
            [0, 7, 1_500, 20_000, 1_100_000, 5_400_000_001, 86_400_000_001, 987_654_321_012]
        {
            let written = Duration::from_micros(micros);
            assert_eq!(duration(&written.to_string()).unwrap(), written);
        }
    }

    #[test]
    fn a_duration_without_a_clear_unit_is_refused() {
        let code = |text: &str| duration(text).unwrap_err().code;
        assert_eq!(code("60"), "E0201");
        assert_eq!(code("1h30"), "E0201");
        assert_eq!(code("5m"), "E0202");
        assert_eq!(code("-5min"), "E0202");
        assert_eq!(code("30min1h"), "E0202");
        assert_eq!(code("1h1h"), "E0202");
        assert_eq!(code("1.0000001s"), "E0209");
        assert_eq!(code("11000d"), "E0208");
        assert_eq!(code("99999999999999999999999999999w"), "E0202");
        assert_eq!(code("5 fortnights"), "E0202");
        assert_eq!(code(""), "E0202");
        assert_eq!(code("1.s"), "E0202");
        assert_eq!(duration("60").unwrap_err().note, "write 60s, 60min or 60h");
    }

    #[test]
    fn data_and_rates_are_decimal_unless_they_say_ibi() {
        assert_eq!(bytes("48 MB").unwrap(), Bytes(48_000_000));
        assert_eq!(bytes("1.5KiB").unwrap(), Bytes(1536));
        assert_eq!(bytes("48 mb").unwrap_err().note, "write `MB`");
        assert_eq!(bytes("48").unwrap_err().code, "E0204");
        assert_eq!(bytes("0.5 B").unwrap_err().code, "E0209");
        assert_eq!(bytes("11 TB").unwrap_err().code, "E0208");
        assert_eq!(rate("2 Mbit/s").unwrap().bits_per_second(), 2_000_000);
        assert_eq!(rate("2Mbps").unwrap().bits_per_second(), 2_000_000);
        assert_eq!(rate("2 MB/s").unwrap().bits_per_second(), 16_000_000);
        assert_eq!(rate("0 Mbit/s").unwrap_err().code, "E0208");
    }

    #[test]
    fn a_rate_with_two_readings_offers_both() {
        for unit in ["mbps", "MBps", "mBps"] {
            let wrong = rate(&format!("2 {unit}")).unwrap_err();
            assert_eq!(wrong.code, "E0203");
            assert!(
                wrong.note.contains("2 Mbit/s") && wrong.note.contains("2 MB/s"),
                "{}",
                wrong.note
            );
        }
    }

    #[test]
    fn a_share_is_percent_or_a_fraction() {
        assert_eq!(probability("25%").unwrap(), probability("0.25").unwrap());
        assert_eq!(probability("0%").unwrap(), Probability::NEVER);
        assert_eq!(probability("1").unwrap(), Probability::ALWAYS);
        assert!(probability("25").unwrap_err().note.contains("25%"));
        for text in ["101%", "-1%", ".nan", "1e-3", "25 percent", ""] {
            assert_eq!(probability(text).unwrap_err().code, "E0205", "{text}");
        }
    }

    #[test]
    fn a_factor_says_how_many_times_as_long() {
        assert_eq!(factor("3").unwrap().thousandths(), 3_000);
        assert_eq!(factor("1.25").unwrap().thousandths(), 1_250);
        assert_eq!(factor("1000").unwrap(), Factor::MOST);
        for text in ["0.5", "0", "1001", "3x", "", "1.0001", "-2", "25%"] {
            assert_eq!(factor(text).unwrap_err().code, "E0208", "{text}");
        }
    }

    #[test]
    fn what_data_rates_and_shares_print_reads_back() {
        assert_eq!(bytes(&Bytes(1_234_567).to_string()).unwrap(), Bytes(1_234_567));
        let line = rate("1234567 bit/s").unwrap();
        assert_eq!(rate(&line.to_string()).unwrap(), line);
        let share = probability("0.123456789").unwrap();
        assert_eq!(probability(&share.to_string()).unwrap(), share);
    }
}
