//! What the drawings in a terminal share.

use super::sheet::Sentence;
use super::subject::Subject;
use crate::report::Look;
use crate::report::summary::page::{BAD, BOLD, Page, WIDTH};

/// What stands between two parts of a heading.
const PART: &str = "  \u{B7}  ";

/// A page with the question, and with what the drawing is about.
pub(super) fn page(question: &str, heading: &str, look: Look) -> Page {
    let mut page = Page { text: String::new(), look };
    page.styled(BOLD, format_args!("{question}"));
    for line in in_parts(heading) {
        page.line(format_args!("{}", spelt(&line, look)));
    }
    page.gap();
    page
}

/// What one would take away, and how to repeat it.
pub(super) fn finished(mut page: Page, sentences: &[Sentence], subject: &Subject<'_>) -> String {
    let look = page.look;
    page.gap();
    for sentence in sentences {
        for line in wrapped(&spelt(sentence.text(), look)) {
            match sentence {
                Sentence::Alarm(_) => page.styled(BAD, format_args!("{line}")),
                Sentence::Plain(_) => page.line(format_args!("{line}")),
            }
        }
    }
    page.whole(&spelt(&subject.note(), look));
    page.text
}

/// A share of a bar of so many letters.
pub(super) fn bar((part, whole): (u64, u64), width: usize, look: Look) -> String {
    let whole = u128::from(whole.max(1));
    let filled = (u128::from(part) * width as u128 + whole / 2) / whole;
    let filled = usize::try_from(filled).unwrap_or(width).min(width);
    (if look.ascii { "#" } else { "\u{2588}" }).repeat(filled)
}

/// `text` at the right of so many letters.
pub(super) fn column(text: &str, width: usize, look: Look) -> String {
    format!("{:>width$}", shortened(text, width - 1, look))
}

/// As much of `text` as fits into so many letters.
pub(super) fn shortened(text: &str, width: usize, look: Look) -> String {
    if text.chars().count() <= width {
        return text.to_owned();
    }
    let dots = if look.ascii { ".." } else { "\u{2026}" };
    let kept = width.saturating_sub(dots.chars().count());
    text.chars().take(kept).collect::<String>().trim_end().to_owned() + dots
}

/// On as many lines as it takes, each broken between two parts.
fn in_parts(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for part in text.split(PART) {
        let fits = |line: &&mut String| line.chars().count() + 5 + part.chars().count() <= WIDTH;
        match lines.last_mut().filter(fits) {
            Some(line) => *line += &format!("{PART}{part}"),
            None => lines.push(part.to_owned()),
        }
    }
    lines
}

/// On as many lines as it takes.
fn wrapped(text: &str) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let line = lines.last_mut().filter(|line| {
            line.is_empty() || line.chars().count() + 1 + word.chars().count() <= WIDTH
        });
        match line {
            Some(line) if line.is_empty() => line.push_str(word),
            Some(line) => *line += &format!(" {word}"),
            None => lines.push(word.to_owned()),
        }
    }
    lines
}

/// Our own marks as this console can write them; names are the page's care.
fn spelt(text: &str, look: Look) -> String {
    let dot = if look.ascii { "-" } else { "\u{B7}" };
    text.replace('\u{2009}', " ").replace(PART, &format!("  {dot}  "))
}
