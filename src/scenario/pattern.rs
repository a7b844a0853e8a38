//! Codes and names of generated sites: a text with places for numbers.

use super::reader::Reader;
use super::yaml::Node;

/// A text with places for numbers: `B{n36:02}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pattern(Vec<Piece>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    Text(String),
    /// The number of the site among those generated, or among those below its parent.
    Number {
        of_parent: bool,
        radix: usize,
        width: usize,
    },
    Parent,
}

impl Pattern {
    fn parse(text: &str) -> Result<Pattern, String> {
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some(open) = rest.find('{') {
            let close = rest[open..].find('}').ok_or("a `{` is not closed")? + open;
            if open > 0 {
                pieces.push(Piece::Text(rest[..open].to_owned()));
            }
            pieces.push(Piece::parse(&rest[open + 1..close])?);
            rest = &rest[close + 1..];
        }
        if !rest.is_empty() {
            pieces.push(Piece::Text(rest.to_owned()));
        }
        Ok(Pattern(pieces))
    }

    pub fn fill(&self, parent: &str, number: usize, of_parent_number: usize) -> String {
        let mut text = String::new();
        for piece in &self.0 {
            match piece {
                Piece::Text(part) => text += part,
                Piece::Parent => text += parent,
                Piece::Number { of_parent, radix, width } => {
                    let number = if *of_parent { of_parent_number } else { number };
                    text += &in_radix(number, *radix, *width);
                }
            }
        }
        text
    }
}

impl Piece {
    fn parse(inside: &str) -> Result<Piece, String> {
        let unknown = || {
            format!(
                "`{{{inside}}}` is not known: write {{n}}, {{n:03}}, {{n36:02}}, {{i}} or {{parent}}"
            )
        };
        if inside == "parent" {
            return Ok(Piece::Parent);
        }
        let (word, width) = inside.split_once(':').unwrap_or((inside, "0"));
        let (of_parent, radix) = match word {
            "n" => (false, 10),
            "n36" => (false, 36),
            "i" => (true, 10),
            "i36" => (true, 36),
            _ => return Err(unknown()),
        };
        let width: usize = width.parse().ok().filter(|width| *width <= 8).ok_or_else(unknown)?;
        Ok(Piece::Number { of_parent, radix, width })
    }
}

fn in_radix(mut number: usize, radix: usize, width: usize) -> String {
    const DIGITS: &[u8; 36] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    let mut digits = Vec::new();
    while number > 0 || digits.is_empty() {
        digits.push(char::from(DIGITS[number % radix]));
        number /= radix;
    }
    while digits.len() < width {
        digits.push('0');
    }
    digits.iter().rev().collect()
}

/// A pattern as written.
pub(super) fn pattern(reader: &mut Reader, node: &Node<'_>, what: &str) -> Option<Pattern> {
    let text = reader.text(node, what)?;
    match Pattern::parse(text) {
        Ok(pattern) => Some(pattern),
        Err(note) => {
            reader.error("E0410", node.place, format!("{what} is not a pattern"), note);
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_count_in_base_thirty_six() {
        let pattern = Pattern::parse("B{n36:02}").unwrap();
        assert_eq!(pattern.fill("CEN", 1, 1), "B01");
        assert_eq!(pattern.fill("CEN", 190, 1), "B5A");
        assert_eq!(pattern.fill("CEN", 1295, 1), "BZZ");
        let name = Pattern::parse("branch-{parent}-{i:02}").unwrap();
        assert_eq!(name.fill("R05", 77, 3), "branch-R05-03");
    }

    #[test]
    fn a_pattern_that_means_nothing_is_refused() {
        for text in ["B{n", "B{x}", "B{n:x}", "B{n:99}", "{}"] {
            assert!(Pattern::parse(text).is_err(), "{text}");
        }
    }
}
