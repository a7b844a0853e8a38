//! A page of HTML that no name can break.
//!
//! Only what is written in this program goes in as it is ([`Sheet::raw`] takes nothing else);
//! everything else is cleaned and escaped on its way.

use crate::report::chart::{Picture, cleaned};

/// The HTML so far.
#[derive(Default)]
pub(super) struct Sheet {
    html: String,
}

/// What stands in a cell of a table.
pub(super) enum Cell {
    /// A text.
    Text(String),
    /// A number, set to the right.
    Number(String),
    /// A number that is bad news.
    Bad(String),
}

impl Sheet {
    /// HTML of ours.
    pub fn raw(&mut self, html: &'static str) {
        self.html.push_str(html);
    }

    /// Whatever text, as text.
    pub fn text(&mut self, text: &str) {
        escape(text, &mut self.html);
    }

    /// An element with nothing but text in it; `open` is its tag without the brackets.
    pub fn element(&mut self, open: &'static str, text: &str) {
        let name = open.split(' ').next().unwrap_or(open);
        self.open(open);
        self.text(text);
        self.close(name);
    }

    /// A paragraph.
    pub fn para(&mut self, text: &str) {
        self.element("p", text);
        self.html.push('\n');
    }

    /// Begins a part of the page, with its heading; [`Sheet::end_section`] ends it.
    pub fn section(&mut self, id: &'static str, heading: &str) {
        self.html += &format!("<section id=\"{id}\" aria-labelledby=\"{id}-h\">\n");
        self.html += &format!("<h2 id=\"{id}-h\">");
        self.text(heading);
        self.raw("</h2>\n");
    }

    /// Ends a part of the page.
    pub fn end_section(&mut self) {
        self.raw("</section>\n");
    }

    /// A table. Its first column names the rows.
    pub fn table(&mut self, caption: &str, heads: &[&str], rows: &[Vec<Cell>]) {
        self.raw("<div class=\"wide\"><table>\n");
        if !caption.is_empty() {
            self.element("caption", caption);
        }
        self.raw("<thead><tr>");
        for (column, head) in heads.iter().enumerate() {
            let number = rows.first().and_then(|row| row.get(column));
            let number = number.is_some_and(|cell| !matches!(cell, Cell::Text(_)));
            self.element(
                if number { "th scope=\"col\" class=\"n\"" } else { "th scope=\"col\"" },
                head,
            );
        }
        self.raw("</tr></thead>\n<tbody>\n");
        for row in rows {
            self.raw("<tr>");
            for (column, cell) in row.iter().enumerate() {
                match cell {
                    Cell::Text(text) if column == 0 => self.element("th scope=\"row\"", text),
                    Cell::Text(text) => self.element("td", text),
                    Cell::Number(text) => self.element("td class=\"n\"", text),
                    Cell::Bad(text) => self.element("td class=\"n bad\"", text),
                }
            }
            self.raw("</tr>\n");
        }
        self.raw("</tbody></table></div>\n");
    }

    /// A picture: all text in it has been cleaned and escaped when it was drawn.
    pub fn picture(&mut self, picture: &Picture) {
        self.html += &picture.svg;
    }

    /// The whole text.
    pub fn into_html(self) -> String {
        self.html
    }

    fn open(&mut self, open: &'static str) {
        self.html.push('<');
        self.html.push_str(open);
        self.html.push('>');
    }

    fn close(&mut self, name: &str) {
        self.html.push_str("</");
        self.html.push_str(name);
        self.html.push('>');
    }
}

/// A cell with a text.
pub(super) fn text(text: impl Into<String>) -> Cell {
    Cell::Text(text.into())
}

/// A cell with a number.
pub(super) fn number(text: impl ToString) -> Cell {
    Cell::Number(text.to_string())
}

/// Text as it may stand between two tags or between quotation marks.
pub(super) fn escape(text: &str, html: &mut String) {
    // A line end may stand in a description; every other control character may not.
    for (place, line) in text.split('\n').enumerate() {
        if place > 0 {
            html.push('\n');
        }
        for letter in cleaned(line.trim_end_matches('\r')).chars() {
            match letter {
                '&' => html.push_str("&amp;"),
                '<' => html.push_str("&lt;"),
                '>' => html.push_str("&gt;"),
                '"' => html.push_str("&quot;"),
                '\'' => html.push_str("&#39;"),
                letter => html.push(letter),
            }
        }
    }
}

/// A text of JSON that may stand inside a `script` element: nothing in it ends the element, opens
/// a comment, or is a line end to an old script engine.
pub(super) fn json(text: &str) -> String {
    let mut safe = String::with_capacity(text.len() + 2);
    safe.push('"');
    for letter in cleaned(text).chars() {
        match letter {
            '"' => safe.push_str("\\\""),
            '\\' => safe.push_str("\\\\"),
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => {
                safe += &format!("\\u{:04x}", u32::from(letter));
            }
            letter => safe.push(letter),
        }
    }
    safe.push('"');
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOSTILE: [&str; 6] = [
        "<script>alert(1)</script>",
        "\" onload=\"alert(1)",
        "' onload='alert(1)",
        "a & b &lt; <!-- -->",
        "</script><img src=x onerror=alert(1)>",
        "\u{1B}[31m\u{202E}txt\u{2028}\0",
    ];

    #[test]
    fn no_text_leaves_its_element_or_its_attribute() {
        for name in HOSTILE {
            let mut html = String::new();
            escape(name, &mut html);
            assert!(!html.contains(['<', '>', '"', '\'']), "{html}");
            let mut rest = html.as_str();
            while let Some(at) = rest.find('&') {
                rest = &rest[at + 1..];
                let known = ["amp;", "lt;", "gt;", "quot;", "#39;"];
                assert!(known.iter().any(|one| rest.starts_with(one)), "{html}");
            }
        }
    }

    #[test]
    fn json_in_the_page_says_the_name_and_nothing_else() {
        for name in HOSTILE {
            let text = json(name);
            assert!(!text.contains(['<', '>', '&', '\u{2028}']), "{text}");
            let read: String = serde_json::from_str(&text).unwrap();
            assert_eq!(read, cleaned(name));
        }
    }

    #[test]
    fn lines_of_a_description_stay_lines() {
        let mut html = String::new();
        escape("one\r\ntwo\tx", &mut html);
        assert_eq!(html, "one\ntwo\u{B7}x");
    }
}
