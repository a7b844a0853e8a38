//! What YAML 1.2 (its core schema) makes of a value before we do.

use super::yaml::Value;

/// A value by its kind, for messages.
pub(super) fn kind_of(value: &Value<'_>) -> &'static str {
    match value {
        Value::Plain(text) if is_null(text) => "nothing",
        Value::Plain(_) | Value::Quoted(_) | Value::Broken => "a single value",
        Value::List(_) => "a list",
        Value::Map(_) => "a map",
    }
}

/// What the YAML 1.2 core schema reads as nothing.
pub(super) fn is_null(text: &str) -> bool {
    matches!(text, "" | "~" | "null" | "Null" | "NULL")
}

/// What the YAML 1.2 core schema reads as a truth value.
pub(super) fn is_truth(text: &str) -> bool {
    matches!(text, "true" | "True" | "TRUE" | "false" | "False" | "FALSE")
}

/// What the YAML 1.2 core schema reads as a number.
pub(super) fn is_number(text: &str) -> bool {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let special =
        matches!(unsigned, ".inf" | ".Inf" | ".INF") || matches!(text, ".nan" | ".NaN" | ".NAN");
    let all = |digits: &str, fits: fn(&u8) -> bool| {
        !digits.is_empty() && digits.bytes().all(|b| fits(&b))
    };
    let octal = text.strip_prefix("0o").is_some_and(|d| all(d, |b| (b'0'..=b'7').contains(b)));
    let hexadecimal = text.strip_prefix("0x").is_some_and(|d| all(d, u8::is_ascii_hexdigit));
    special || octal || hexadecimal || is_decimal(unsigned)
}

fn is_decimal(text: &str) -> bool {
    let (mantissa, exponent) = match text.find(['e', 'E']) {
        Some(at) => (&text[..at], Some(&text[at + 1..])),
        None => (text, None),
    };
    let digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    let exponent = exponent.map(|part| part.strip_prefix(['+', '-']).unwrap_or(part));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    digits(whole)
        && digits(fraction)
        && !(whole.is_empty() && fraction.is_empty())
        && exponent.is_none_or(|part| !part.is_empty() && digits(part))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_what_yaml_calls_numbers() {
        for text in [
            "0", "001", "-4", "+1", "1.5", ".5", "1.", "1E3", "1e-3", "0x1F", "0o17", ".nan",
            "-.inf",
        ] {
            assert!(is_number(text), "{text}");
        }
        for text in ["", ".", "1E", "E3", "0xG", "1_000", "1:30", "CEN", "2026-01-13", "-", "0o8"] {
            assert!(!is_number(text), "{text}");
        }
    }
}
