//! From text to entries, in the three line formats of the field, and as copied out of a viewer.
//!
//! ```text
//! text~  $$<COMPONENT><Fri Dec 10 01:12:40.304 1999 Pacific Standard Time><thread=322 (0x142)>
//! text~  $$<COMPONENT><11-30-2022 01:03:34.174-60><thread=4844 (0x12EC)>
//! <![LOG[text]LOG]!><time="01:38:47.034-120" date="07-16-2016" component="COMPONENT" ...>
//! text     COMPONENT     4/23/2010 4:19:22 PM     4104 (0x1008)
//! ```
//!
//! A text may go over several lines. No entry is copied: it is a piece of the file's text.

use super::stamp::{Stamp, civil_of, in_windows_zone, spoken, with_bias};

/// No text of an entry is longer \[bytes\]; what seems to be was cut off.
const LONGEST: usize = 1 << 16;

/// In which form an entry stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Format {
    /// `$$<COMPONENT><time><thread>`: site servers of every version.
    SiteServer,
    /// `<![LOG[text]LOG]!>`: clients, some roles, and what supsim writes.
    Client,
    /// Copied out of a viewer: articles, forums, tickets.
    Viewer,
}

/// One entry of a log.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Entry<'t> {
    pub format: Format,
    pub text: &'t str,
    pub component: &'t str,
    /// `None` when the entry has none that can be read.
    pub stamp: Option<Stamp>,
}

/// The entries of a text, and what was no part of one.
pub(super) struct Entries<'t> {
    rest: &'t str,
    /// Lines that belong to no entry.
    pub unread: u64,
    /// The first of them.
    pub first_unread: Option<&'t str>,
}

impl<'t> Entries<'t> {
    pub fn of(text: &'t str) -> Self {
        Self { rest: text, unread: 0, first_unread: None }
    }

    /// Lines that belong to no entry; empty ones do not count.
    fn skip(&mut self, lines: &'t str) {
        for line in lines.lines().filter(|line| !line.trim().is_empty()) {
            self.unread += 1;
            self.first_unread.get_or_insert(line);
        }
    }
}

impl<'t> Iterator for Entries<'t> {
    type Item = Entry<'t>;

    fn next(&mut self) -> Option<Entry<'t>> {
        let mut from = self.rest;
        let mut at = 0;
        while at < self.rest.len() {
            let here = &self.rest[at..];
            if here.starts_with(OPEN) {
                let before = &from[..from.len() - here.len()];
                self.skip(before);
                let (entry, length) = client(here);
                self.rest = &here[length..];
                if entry.is_some() {
                    return entry;
                }
                self.skip(&here[..length]);
                (from, at) = (self.rest, 0);
                continue;
            }
            let end = here.find('\n').map_or(here.len(), |end| end + 1);
            let line = here[..end].trim_end();
            let text_so_far = &from[..from.len() - here.len() + line.len()];
            if let Some(entry) =
                site_server(text_so_far, line).or_else(|| viewer(text_so_far, line))
            {
                self.rest = &here[end..];
                return Some(entry);
            }
            at += end;
            if text_so_far.len() > LONGEST {
                self.skip(text_so_far);
                self.rest = &self.rest[at..];
                (from, at) = (self.rest, 0);
            }
        }
        self.skip(from);
        self.rest = "";
        None
    }
}

const OPEN: &str = "<![LOG[";
const CLOSE: &str = "]LOG]!>";

/// An entry that begins here, and how much of the text it takes.
fn client(here: &str) -> (Option<Entry<'_>>, usize) {
    let line_end = here.find('\n').map_or(here.len(), |end| end + 1);
    let mut most = here.len().min(LONGEST);
    while !here.is_char_boundary(most) {
        most -= 1;
    }
    // The next entry begins before this one ends: it was cut off.
    let next = here[OPEN.len()..].find("\n<![LOG[").map_or(most, |at| at + OPEN.len() + 1);
    let Some(close) = here[..next.min(most)].find(CLOSE) else { return (None, line_end) };
    let after = &here[close + CLOSE.len()..];
    let end = after.find('\n').map_or(after.len(), |end| end + 1);
    let attributes = &after[..end];
    let of = |name: &str| {
        let from = attributes.find(name)? + name.len();
        let value = &attributes[from..];
        Some(&value[..value.find('"')?])
    };
    let stamp = of("time=\"").and_then(|time| with_bias(time, of("date=\"")?));
    let entry = Entry {
        format: Format::Client,
        text: &here[OPEN.len()..close],
        component: of("component=\"").unwrap_or(""),
        stamp,
    };
    (Some(entry), close + CLOSE.len() + end)
}

/// `line` ends an entry whose text may have begun on an earlier line.
fn site_server<'t>(text_so_far: &'t str, line: &'t str) -> Option<Entry<'t>> {
    let mark = line.rfind("$$<")?;
    let trailer = &line[mark + 3..];
    let (component, rest) = trailer.split_once('>')?;
    let time = rest.strip_prefix('<')?.split('>').next()?;
    let text = &text_so_far[..text_so_far.len() - (line.len() - mark)];
    Some(Entry { format: Format::SiteServer, text: text.trim(), component, stamp: stamp_of(time) })
}

/// `11-30-2022 01:03:34.174-60`, or `Fri Feb 13 8:13:13.869 2004 Central Standard Time`.
fn stamp_of(time: &str) -> Option<Stamp> {
    if time.starts_with(|c: char| c.is_ascii_digit()) {
        let (date, clock) = time.split_once(' ')?;
        return with_bias(clock, date).or_else(|| civil_of(date, clock).map(Stamp::Local));
    }
    let at = spoken(time)?;
    let zone = time.splitn(6, ' ').nth(5).unwrap_or("").trim();
    Some(in_windows_zone(at, zone))
}

/// As a viewer shows it: text, component, and often date, time and thread.
fn viewer<'t>(text_so_far: &'t str, line: &'t str) -> Option<Entry<'t>> {
    let component = components(line).last()?;
    let at = component.as_ptr() as usize - line.as_ptr() as usize;
    let after = line[at + component.len()..].trim();
    let stamp = if after.is_empty() { None } else { Some(shown(after)?) };
    let text = &text_so_far[..text_so_far.len() - (line.len() - at)];
    Some(Entry {
        format: Format::Viewer,
        text: text.trim(),
        component,
        stamp: stamp.map(Stamp::Local),
    })
}

/// The words of a line that look like the name of a component, with a blank before each.
fn components(line: &str) -> impl Iterator<Item = &str> {
    let inside = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
    line.match_indices("SMS_").filter_map(move |(at, _)| {
        let blank_before = at > 0 && line[..at].ends_with(char::is_whitespace);
        let rest = &line[at..];
        let end = rest.find(|c: char| !inside(c)).unwrap_or(rest.len());
        let blank_after = rest[end..].is_empty() || rest[end..].starts_with(char::is_whitespace);
        (blank_before && blank_after).then_some(&rest[..end])
    })
}

/// `4/23/2010 4:19:22 PM 4104 (0x1008)`
fn shown(text: &str) -> Option<jiff::civil::DateTime> {
    let mut words = text.split_whitespace();
    let (date, clock) = (words.next()?, words.next()?);
    let at = civil_of(date, clock)?;
    let hour = match words.next() {
        Some("PM") if at.hour() < 12 => at.hour() + 12,
        Some("AM") if at.hour() == 12 => 0,
        _ => at.hour(),
    };
    at.with().hour(hour).build().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entries(text: &str) -> (Vec<Entry<'_>>, u64) {
        let mut entries = Entries::of(text);
        let found = entries.by_ref().collect();
        (found, entries.unread)
    }

    fn exact(text: &str) -> Option<Stamp> {
        Some(Stamp::Exact(text.parse().unwrap()))
    }

    #[test]
    fn the_oldest_form_names_a_windows_zone() {
        let text = "Setting it. $$<CcmExec><Fri Feb 13 8:13:13.869 2004 Central Standard Time>\
                    <thread=1216 (0x4C0)>\r\n";
        let (found, unread) = entries(text);
        assert_eq!((found.len(), unread), (1, 0));
        assert_eq!((found[0].text, found[0].component), ("Setting it.", "CcmExec"));
        assert_eq!(found[0].stamp, exact("2004-02-13T14:13:13.869Z"));
    }

    #[test]
    fn later_site_servers_write_windows_bias() {
        let text = "Done.~  $$<SMS_X><11-30-2022 01:03:34.174-60><thread=4844 (0x12EC)>";
        let (found, _) = entries(text);
        assert_eq!((found[0].text, found[0].format), ("Done.~", Format::SiteServer));
        assert_eq!(found[0].stamp, exact("2022-11-30T00:03:34.174Z"));
    }

    #[test]
    fn a_text_may_go_over_several_lines_in_both_forms() {
        let text = "Sync failed: Uss\r\n at Net. Source: X  $$<SMS_X><1-2-2010 1:00:00.0+0><thread=1 (0x1)>\r\n\
                    <![LOG[first\nsecond]LOG]!><time=\"01:38:47.034-120\" date=\"07-16-2016\" component=\"C\" \
                    context=\"\" type=\"1\" thread=\"12172\" file=\"x.cpp:889\">\n";
        let (found, unread) = entries(text);
        assert_eq!((found.len(), unread), (2, 0));
        assert_eq!(found[0].text, "Sync failed: Uss\r\n at Net. Source: X");
        assert_eq!((found[1].text, found[1].component), ("first\nsecond", "C"));
        assert_eq!(found[1].stamp, exact("2016-07-15T23:38:47.034Z"));
    }

    #[test]
    fn what_a_viewer_shows_is_read_with_and_without_its_time() {
        let text = "Deleted 100 expired updates SMS_WSUS_SYNC_MANAGER 4/23/2010 4:19:22 PM 4104 (0x1008)\n\
                    Starting Sync\tSMS_WSUS_SYNC_MANAGER\n\
                    COMP=\"SMS_WSUS_SYNC_MANAGER\" is said     SMS_WSUS_SYNC_MANAGER   \n";
        let (found, unread) = entries(text);
        assert_eq!((found.len(), unread), (3, 0));
        let at = jiff::civil::date(2010, 4, 23).at(16, 19, 22, 0);
        assert_eq!(found[0].stamp, Some(Stamp::Local(at)));
        assert_eq!((found[1].text, &found[1].stamp), ("Starting Sync", &None));
        assert_eq!(found[2].text, "COMP=\"SMS_WSUS_SYNC_MANAGER\" is said");
    }

    #[test]
    fn an_entry_that_was_cut_off_does_not_take_the_next_with_it() {
        let whole = "<![LOG[b]LOG]!><time=\"01:00:00.000+0\" date=\"01-01-2010\" component=\"C\">";
        let text = format!("<![LOG[a and then not\n{whole}\n<![LOG[c");
        let (found, unread) = entries(&text);
        assert_eq!(found.iter().map(|one| one.text).collect::<Vec<_>>(), ["b"]);
        assert_eq!(unread, 2);
    }

    #[test]
    fn lines_of_nobody_are_counted_and_the_first_is_kept() {
        let mut entries = Entries::of("\n\nhello\nworld\n");
        assert_eq!(entries.next(), None);
        assert_eq!((entries.unread, entries.first_unread), (2, Some("hello")));
    }
}
