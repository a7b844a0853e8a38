//! What the page brings along so that it needs nobody else: its style, its letters, its script,
//! and the policy that lets nothing else in.

use sha2::{Digest, Sha256};

use crate::report::chart::{Colour, palette};

/// The page, with a place `{{NAME}}` for each part.
pub(super) const PAGE: &str = include_str!("page.html");
const STYLE: &str = include_str!("page.css");
/// One idea a file; together one script.
const SCRIPT: [&str; 5] = [
    include_str!("timeline/data.js"),
    include_str!("timeline/clock.js"),
    include_str!("timeline/words.js"),
    include_str!("timeline/draw.js"),
    include_str!("timeline/hand.js"),
];

const REGULAR: &[u8] = include_bytes!("../fonts/inter-regular.otf");
const SEMIBOLD: &[u8] = include_bytes!("../fonts/inter-semibold.otf");

/// The style sheet, with the letters in which the pictures were measured.
pub(super) fn style() -> String {
    let face = |weight: u32, font: &[u8]| {
        format!(
            "@font-face{{font-family:Inter;font-weight:{weight};font-display:swap;\
             src:url(data:font/otf;base64,{}) format(\"opentype\")}}\n",
            base64(font)
        )
    };
    face(400, REGULAR) + &face(600, SEMIBOLD) + STYLE + &pictures_in_the_dark()
}

/// What carries no meaning by its colour (paper, letters, axes) follows the page into the dark; the
/// fills, which do, stay.
fn pictures_in_the_dark() -> String {
    use palette::{AXIS, FAILED_TEXT, GRID, INK, OUTAGE, PAPER, QUIET, SERIES};
    let mut rules = String::new();
    let mut rule = |what: &str, attribute: &str, colour: Colour, now: &str| {
        rules += &format!(".turns {what}[{attribute}=\"{colour}\"]{{{attribute}:{now}}}\n");
    };
    rule("rect", "fill", PAPER, "var(--paper)");
    rule("rect", "fill", GRID, "var(--line)");
    rule("rect", "fill", OUTAGE, "var(--outage)");
    rule("text", "fill", INK, "var(--ink)");
    rule("text", "fill", QUIET, "var(--quiet)");
    rule("text", "fill", FAILED_TEXT, "var(--bad)");
    rule("polygon", "fill", INK, "var(--ink)");
    rule(":is(line,polyline)", "stroke", INK, "var(--ink)");
    rule(":is(line,polyline)", "stroke", GRID, "var(--line)");
    rule(":is(line,polyline)", "stroke", AXIS, "var(--quiet)");
    for (line, text) in SERIES {
        rule("text", "fill", text, &lighter(line).to_string());
    }
    format!("@media screen and (prefers-color-scheme: dark) {{\n{rules}}}\n")
}

/// So light that it can be read on dark paper.
fn lighter(colour: Colour) -> Colour {
    let part = |part: u8| part + (255 - part) / 5 * 2;
    Colour(part(colour.0), part(colour.1), part(colour.2))
}

/// The script. What is inside cannot be seen from outside.
pub(super) fn script() -> String {
    format!("(() => {{\n\"use strict\";\n{}}})();\n", SCRIPT.concat())
}

/// What the page may do: run this one script, use its own style and letters, and nothing else.
/// Should a name ever escape from its text, it would still have no power.
pub(super) fn policy(script: &str) -> String {
    let hash = base64(&Sha256::digest(script.as_bytes()));
    format!(
        "default-src 'none'; script-src 'sha256-{hash}'; style-src 'unsafe-inline'; font-src data:; \
         base-uri 'none'; form-action 'none'"
    )
}

/// Bytes as letters (RFC 4648).
fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for three in bytes.chunks(3) {
        let byte = |place: usize| u32::from(three.get(place).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for place in 0..4 {
            let letter = LETTERS[(bits >> (18 - 6 * place) & 63) as usize];
            text.push(if place <= three.len() { char::from(letter) } else { '=' });
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_become_the_letters_of_the_standard() {
        let pairs =
            [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg==")];
        for (bytes, letters) in pairs {
            assert_eq!(base64(bytes.as_bytes()), letters);
        }
        assert_eq!(base64(&[0xFB, 0xFF]), "+/8=");
    }

    #[test]
    fn nothing_that_the_page_brings_along_asks_the_network() {
        for text in [PAGE.to_owned(), STYLE.to_owned(), script()] {
            for word in ["http:", "https:", "//cdn", "@import", "fetch(", "XMLHttpRequest", "eval("]
            {
                assert!(!text.contains(word), "{word}");
            }
        }
        // it would end the element it stands in
        assert!(!script().contains("</") && !STYLE.contains("</"));
    }
}
