//! From a place in a text to its line, its column, and what is shown of it.

/// A piece of a text \[bytes\]: from `start` to before `end`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    /// Which text: 0 is the scenario itself, see [`super::files::Texts`].
    pub file: u16,
    pub start: u32,
    pub end: u32,
}

impl Place {
    /// A file as a whole.
    pub fn whole(file: u16) -> Place {
        Place { file, start: 0, end: 0 }
    }

    pub fn is_whole(self) -> bool {
        self.start == 0 && self.end == 0
    }
}

/// One line, ready to be shown, and where its carets stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Excerpt {
    pub line: String,
    /// Columns before the first caret.
    pub before: usize,
    pub carets: usize,
}

/// The most of a line that is shown \[columns\].
const WIDTH: usize = 100;
/// What is kept before the caret when a line is cut.
const BEFORE: usize = 40;

/// A text whose lines can be found.
pub(super) struct Source<'a> {
    text: &'a str,
    /// Where each line starts.
    lines: Vec<usize>,
}

impl<'a> Source<'a> {
    pub fn new(text: &'a str) -> Self {
        let after_breaks =
            text.bytes().enumerate().filter(|(_, b)| *b == b'\n').map(|(i, _)| i + 1);
        let lines = std::iter::once(0).chain(after_breaks).collect();
        Self { text, lines }
    }

    /// Line and column of a place, both from 1, the column in characters.
    pub fn position(&self, place: Place) -> (usize, usize) {
        let start = self.boundary(place.start as usize);
        let line = self.lines.partition_point(|begin| *begin <= start);
        let column = self.text[self.lines[line - 1]..start].chars().count() + 1;
        (line, column)
    }

    /// The line of a place; of a very long one only what surrounds the place.
    pub fn excerpt(&self, place: Place) -> Excerpt {
        let start = self.boundary(place.start as usize);
        let begin = self.lines[self.lines.partition_point(|begin| *begin <= start) - 1];
        let line = self.text[begin..].split('\n').next().unwrap_or("").trim_end_matches('\r');
        let line_end = begin + line.len();
        let start = start.min(line_end);
        let end = self.boundary(place.end as usize).clamp(start, line_end);

        let head: Vec<char> = self.text[begin..start].chars().collect();
        let cut = head.len() > WIDTH - BEFORE;
        let head: String =
            if cut { head[head.len() - BEFORE..].iter().collect() } else { head.iter().collect() };
        let mut shown = if cut { "...".to_owned() } else { String::new() };
        push_printable(&mut shown, &head);
        let before = columns(&shown);
        let room = WIDTH.saturating_sub(before).max(20);
        let marked_source: String = self.text[start..end].chars().take(room).collect();
        let marked = printable(&marked_source);
        let tail: String = self.text[start + marked_source.len()..line_end]
            .chars()
            .take(room.saturating_sub(columns(&marked)) + 1)
            .collect();
        let more = start + marked_source.len() + tail.len() < line_end;
        shown += &marked;
        push_printable(&mut shown, &tail);
        if more {
            shown += "...";
        }
        Excerpt { line: shown, before, carets: columns(&marked).max(1) }
    }

    /// The nearest character boundary at or before an offset.
    fn boundary(&self, offset: usize) -> usize {
        let mut offset = offset.min(self.text.len());
        while !self.text.is_char_boundary(offset) {
            offset -= 1;
        }
        offset
    }
}

/// Columns on a terminal, one for each character: wide characters push the caret to the left,
/// which is a blemish, not an error.
fn columns(text: &str) -> usize {
    text.chars().count()
}

/// The text with every character that a terminal would obey, or that hides what it says, as an
/// escape.
pub(super) fn printable(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    push_printable(&mut shown, text);
    shown
}

fn push_printable(shown: &mut String, text: &str) {
    for c in text.chars() {
        match c {
            '\t' => shown.push(' '),
            c if is_hidden(c) => shown.extend(c.escape_unicode()),
            c => shown.push(c),
        }
    }
}

/// Control characters, line separators, and those that turn the direction of writing.
pub(super) fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place_of(text: &str, part: &str) -> Place {
        let start = text.find(part).unwrap();
        Place { file: 0, start: start as u32, end: (start + part.len()) as u32 }
    }

    #[test]
    fn a_column_counts_characters_not_bytes() {
        let text = "a: 1\nzürich: x\n";
        assert_eq!(Source::new(text).position(place_of(text, "x")), (2, 9));
    }

    #[test]
    fn a_long_line_is_cut_around_the_caret() {
        let text = format!("{}HERE{}", "a".repeat(5_000), "b".repeat(5_000));
        let shown = Source::new(&text).excerpt(place_of(&text, "HERE"));
        assert!(shown.line.len() < 120, "{}", shown.line);
        assert_eq!(&shown.line[shown.before..shown.before + shown.carets], "HERE");
    }

    #[test]
    fn control_characters_are_shown_as_escapes_and_the_caret_still_points_right() {
        let text = "x\u{1b}[2J y";
        let shown = Source::new(text).excerpt(place_of(text, "y"));
        assert_eq!(shown.line, "x\\u{1b}[2J y");
        assert_eq!(shown.before, shown.line.len() - 1);
    }

    #[test]
    fn a_place_past_the_end_is_the_end() {
        let shown = Source::new("ab\n").excerpt(Place { file: 0, start: 99, end: 120 });
        assert_eq!((shown.line.as_str(), shown.carets), ("", 1));
    }
}
