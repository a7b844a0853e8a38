//! What a set of real logs tells, for a person at a terminal.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::digits::in_threes;
use crate::field::{Account, Described, Ended, FileRead, Fitted, LocalClock, Story};
use crate::trace::Trigger;
use crate::units::Duration;

/// So many messages of failures are shown.
const MOST_MESSAGES: usize = 5;
/// So many sites are shown: those that failed most often.
const MOST_SITES: usize = 20;
/// A name from a file is cut to so many characters.
const LONGEST: usize = 70;

/// What was read, what the sites did, and what `timing` was made of it.
pub fn account(account: &Account, described: &Described) -> String {
    let mut text = read(&account.files);
    text += "\n";
    text += &sites(&account.stories);
    text += &failures(&account.stories);
    text += "\n";
    text += &timing(&described.fitted);
    text
}

fn read(files: &[FileRead]) -> String {
    let entries: u64 = files.iter().map(|file| file.entries).sum();
    let unread: u64 = files.iter().map(|file| file.unread).sum();
    let mut text = format!(
        "{} read, {} entries, {} lines that are no entries\n",
        counted(files.len(), "file"),
        in_threes(entries, ","),
        in_threes(unread, ",")
    );
    for file in files {
        let name = shown(&file.name);
        if file.entries == 0 {
            text += &format!("  {name}: nothing in it is a log entry");
            text += &first_unread(file);
            text += "\n";
        } else if file.site.is_none() {
            text += &format!("  {name}: left out, it names no site\n");
        } else {
            if file.unread > 0 {
                let count = in_threes(file.unread, ",");
                text += &format!("  {name} ({}): {count} lines not read", file.encoding);
                text += &first_unread(file);
                text += "\n";
            }
            if file.clock == LocalClock::TakenForUtc {
                text += &format!(
                    "  {name}: its local times name no zone; they were taken for UTC (--zone says which)\n"
                );
            }
        }
    }
    text
}

fn first_unread(file: &FileRead) -> String {
    file.first_unread.as_ref().map_or(String::new(), |line| format!(", first: {}", shown(line)))
}

fn sites(stories: &[Story]) -> String {
    let mut text =
        "SITES         syncs     ok   failed  cut off   scheduled  manual  parent  retry\n"
            .to_owned();
    let failed = |story: &Story| {
        story.syncs.iter().filter(|sync| matches!(sync.ended, Ended::Failed { .. })).count()
    };
    let mut most: Vec<&Story> = stories.iter().collect();
    // A stable order: of equals the site that comes first in the alphabet.
    most.sort_by_key(|story| (story.parent.is_some(), std::cmp::Reverse(failed(story))));
    let others = most.split_off(most.len().min(MOST_SITES));
    for story in most {
        let by = |name: &str| {
            let of = |trigger: Option<Trigger>| trigger.map_or("", Trigger::name);
            story.syncs.iter().filter(|sync| of(sync.trigger) == name).count()
        };
        writeln!(
            text,
            "  {:<8} {:>8} {:>6} {:>8} {:>8}    {:>8} {:>7} {:>7} {:>6}{}",
            story.site,
            story.syncs.len(),
            story.syncs.iter().filter(|sync| sync.succeeded()).count(),
            failed(story),
            story.syncs.iter().filter(|sync| sync.ended == Ended::CutOff).count(),
            by("schedule"),
            by("manual"),
            by("parent"),
            by("retry"),
            story.parent.as_ref().map_or(String::new(), |parent| format!("   below {parent}")),
        )
        .expect("writing to a text");
    }
    if !others.is_empty() {
        let syncs: usize = others.iter().map(|story| story.syncs.len()).sum();
        let failed: usize = others.iter().map(|story| failed(story)).sum();
        writeln!(text, "  and {} others: {syncs} syncs, {failed} failed", others.len())
            .expect("writing to a text");
    }
    text
}

fn failures(stories: &[Story]) -> String {
    let mut messages: BTreeMap<String, u32> = BTreeMap::new();
    for sync in stories.iter().flat_map(|story| &story.syncs) {
        if let Ended::Failed { phase, message, .. } = &sync.ended {
            *messages.entry(format!("{phase:<9}{}", shown(message))).or_default() += 1;
        }
    }
    let mut most: Vec<(u32, String)> =
        messages.into_iter().map(|(text, count)| (count, text)).collect();
    most.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
    let kinds = most.len();
    let mut text = String::new();
    for (count, message) in most.into_iter().take(MOST_MESSAGES) {
        writeln!(text, "  {count:>6} x  {message}").expect("writing to a text");
    }
    if kinds > MOST_MESSAGES {
        writeln!(text, "  and {} other messages", kinds - MOST_MESSAGES)
            .expect("writing to a text");
    }
    if text.is_empty() { text } else { format!("\nFAILED IN     with\n{text}") }
}

fn timing(fitted: &[Fitted]) -> String {
    if fitted.is_empty() {
        return "TIMING        no step of any synchronisation shows both its ends\n".to_owned();
    }
    let mut text =
        "TIMING        syncs   shortest        half     longest   distance   as\n".to_owned();
    for one in fitted {
        let [shortest, median, longest] = one.seen.map(brief);
        let place = if one.top_level { "top " } else { "" };
        writeln!(
            text,
            "  {:<10} {:>6} {shortest:>10} {median:>11} {longest:>11} {:>10.3}   {one}",
            format!("{place}{}", one.step.key()),
            one.count,
            one.distance,
        )
        .expect("writing to a text");
    }
    text
}

/// Two units are enough for people.
fn brief(length: Duration) -> String {
    let seconds = length.micros() / 1_000_000;
    match seconds {
        0..60 => format!("{:.1} s", length.as_secs_f64()),
        60..3_600 => format!("{}m{:02}s", seconds / 60, seconds % 60),
        _ => format!("{}h{:02}m", seconds / 3_600, seconds / 60 % 60),
    }
}

fn counted(count: usize, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}

/// A text from a file, harmless on a terminal.
fn shown(text: &str) -> String {
    let visible: String =
        text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(LONGEST).collect();
    visible.trim().to_owned()
}
