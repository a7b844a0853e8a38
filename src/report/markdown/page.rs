//! A page of Markdown that no name breaks, and that does not grow without end.

/// The longest page \[characters\]; GitHub takes 65,536 for a comment.
pub(super) const MOST: usize = 60_000;
/// What is kept for the lines below a table that was cut.
const KEPT: usize = 4_000;

/// Lines as they are; a line of three back-ticks could end them, so that none begins with any.
pub(in crate::report) fn fenced<'l>(
    language: &str,
    lines: impl Iterator<Item = &'l str>,
) -> String {
    let mut text = format!("```{language}\n");
    for line in lines {
        let plain: String = line.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        text += &plain.replace("```", "'''");
        text.push('\n');
    }
    text + "```\n\n"
}

/// The text so far.
pub(in crate::report) struct Page {
    pub text: String,
    length: usize,
}

impl Page {
    /// Begins with a mark that nobody sees.
    pub fn new(mark: &str) -> Page {
        let mut page = Page { text: String::new(), length: 0 };
        page.line(&format!("<!-- {} -->", mark.replace("--", "- -").replace(['<', '>'], " ")));
        page
    }

    pub fn line(&mut self, line: &str) {
        self.length += line.chars().count() + 1;
        self.text += line;
        self.text.push('\n');
    }

    /// Does a block of lines fit, with what must stand below it?
    pub fn has_room_for(&self, text: &str) -> bool {
        self.length + text.chars().count() + KEPT <= MOST
    }

    /// Between blocks.
    pub fn gap(&mut self) {
        self.line("");
    }

    /// A table; rows beyond what the page takes are counted.
    pub fn table(&mut self, head: &str, rows: impl Iterator<Item = String>) {
        self.rows(head, "---", rows);
    }

    /// The same; all columns but the first are numbers.
    pub fn numbers(&mut self, head: &str, rows: impl Iterator<Item = String>) {
        self.rows(head, "--:", rows);
    }

    fn rows(&mut self, head: &str, rule: &str, mut rows: impl Iterator<Item = String>) {
        let columns = head.split('|').count();
        let rule = [vec!["---"], vec![rule; columns - 1]].concat().join(" | ");
        self.line(&format!("| {head} |"));
        self.line(&format!("| {rule} |"));
        let mut left_out = 0;
        for row in rows.by_ref() {
            if self.length + row.chars().count() + KEPT > MOST {
                left_out += 1;
                break;
            }
            self.line(&format!("| {row} |"));
        }
        left_out += rows.count();
        self.gap();
        if left_out > 0 {
            self.line(&format!("and {left_out} more"));
            self.gap();
        }
    }

    /// What is folded in until somebody opens it.
    pub fn open(&mut self, summary: &str) {
        self.line(&format!("<details><summary>{summary}</summary>"));
        self.gap();
    }

    pub fn close(&mut self) {
        self.line("</details>");
        self.gap();
    }
}

/// What people wrote, on one line: everything that could mean something to Markdown, HTML or
/// GitHub (mentions, links) stands there by its number.
pub(in crate::report) fn safe(text: &str) -> String {
    let harmless =
        |c: char| c.is_alphanumeric() || matches!(c, ' ' | ',' | '-' | '%' | ';' | '/' | '(' | ')');
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            c if harmless(c) => safe.push(c),
            c if c.is_control() => safe.push(' '),
            // No link and no emphasis begins there: 9.4 h and New_York stay readable in the source.
            '.' | ':' if safe.ends_with(|before: char| before.is_ascii_digit()) => safe.push(c),
            '_' if safe.ends_with(char::is_alphanumeric) => safe.push(c),
            c => safe += &format!("&#{};", u32::from(c)),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_means_something_is_written_by_its_number() {
        assert_eq!(safe("Zürich, 9.4 h, 22:00 New_York"), "Zürich, 9.4 h, 22:00 New_York");
        assert_eq!(
            safe("a|b`c<d>[e](f)@g\n#*_"),
            "a&#124;b&#96;c&#60;d&#62;&#91;e&#93;(f)&#64;g &#35;&#42;&#95;"
        );
        assert_eq!(safe("www.x.org https://x"), "www&#46;x&#46;org https&#58;//x");
    }

    #[test]
    fn a_table_without_end_is_cut_and_says_so() {
        let mut page = Page::new("a-->b");
        page.table("a | b", (0..100_000).map(|number| format!("{number} | x")));
        page.table("a | b", (0..7).map(|number| format!("{number} | x")));
        assert!(page.text.starts_with("<!-- a- - b -->\n"), "{}", &page.text[..40]);
        assert!(page.text.chars().count() < MOST);
        assert!(page.text.ends_with("\nand 7 more\n\n"));
        let told = page.text.lines().find_map(|line| line.strip_prefix("and ")).unwrap();
        let more: usize = told.split(' ').next().unwrap().parse().unwrap();
        let rows = page.text.lines().filter(|line| line.ends_with(" | x |")).count();
        assert_eq!(rows + more, 100_000);
    }
}
