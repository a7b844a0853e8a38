//! From what the logs tell to a scenario that has it happen again: the sites, the schedule, what
//! administrators did, what failed, and `timing` as fitted.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use jiff::{Timestamp, tz::TimeZone};

use super::fit::{Fitted, fit};
use super::story::{Account, Ended, LoggedSync, Story};
use crate::trace::{Phase, Trigger};
use crate::units::Duration;

/// A message longer than this is cut \[characters\]: it is a name in results.
const LONGEST_MESSAGE: usize = 100;

/// Why no hierarchy can be described.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotDescribed {
    /// No log has a synchronisation.
    NothingHappened,
    /// More than one site has no parent in these logs.
    SeveralTops(Vec<String>),
    /// The logs say that each of these lies below the other.
    Circle(String),
}

/// The hierarchy that a set of logs shows, as a scenario.
#[derive(Clone, Debug)]
pub struct Described {
    /// The scenario as text.
    pub yaml: String,
    /// The midnight (UTC) before the first synchronisation.
    pub start: Timestamp,
    /// The site codes in the order of the scenario.
    pub codes: Vec<String>,
    /// For each kind of failure, which one it is: site code, step and message, and the name of
    /// the fault that stands for it.
    pub faults: BTreeMap<(String, Phase, String), String>,
    /// What `timing` was fitted from.
    pub fitted: Vec<Fitted>,
}

/// Describes what an account shows.
///
/// # Errors
/// When the sites of these logs do not make one hierarchy.
pub fn describe(account: &Account) -> Result<Described, NotDescribed> {
    let parents = parents(&account.stories);
    let codes = in_order(&parents)?;
    let syncs = || account.stories.iter().flat_map(|story| &story.syncs);
    let first = syncs().map(|sync| sync.started).min().ok_or(NotDescribed::NothingHappened)?;
    let last = syncs().map(|sync| sync.end().unwrap_or(sync.started)).max().unwrap_or(first);
    let midnight = TimeZone::UTC.to_datetime(first).date();
    let start = TimeZone::UTC.to_timestamp(midnight.at(0, 0, 0, 0)).unwrap_or(first);
    let days = (last.as_second() - start.as_second()).div_euclid(86_400) + 1;
    let fitted = fit(&account.stories);
    let faults = faults(&account.stories);
    let top = &codes[0];
    let mut yaml = format!(
        "supsim: 1\nkind: scenario\nname: imported\n\
         description: What the logs of {} sites tell, as a scenario that has it happen again.\n\
         timezone: UTC\nstart: {midnight} 00:00\nduration: {days}d\n",
        account.stories.len()
    );
    yaml += &timing(&fitted, false, "");
    yaml += "sites:\n";
    let own = timing(&fitted, true, "    ");
    for code in &codes {
        let mut keys = vec![match parents.get(code).and_then(Option::as_ref) {
            Some(parent) => format!("parent: \"{parent}\""),
            None => "type: central".to_owned(),
        }];
        if has_internet_point(account, code) {
            keys.push("internet_sup: { mode: upstream }".to_owned());
        }
        // What was fitted has its remarks, so the top-level site goes over several lines.
        yaml += &if code == top && !own.is_empty() {
            format!("  \"{code}\":\n    {}\n{own}", keys.join("\n    "))
        } else {
            format!("  \"{code}\": {{ {} }}\n", keys.join(", "))
        };
    }
    let at_top = account.stories.iter().find(|story| story.site == *top);
    yaml += &sync(at_top, account);
    yaml += &operations(at_top);
    yaml += &faults_written(&faults, account);
    Ok(Described { yaml, start, codes, faults: names(faults), fitted })
}

/// Has a log of this site a synchronisation that went on to an internet-based point?
fn has_internet_point(account: &Account, code: &str) -> bool {
    let story = account.stories.iter().find(|story| story.site == code);
    story.is_some_and(|story| story.syncs.iter().any(|sync| sync.internet_began.is_some()))
}

/// The parent of every site that is named anywhere.
fn parents(stories: &[Story]) -> BTreeMap<String, Option<String>> {
    let mut parents: BTreeMap<String, Option<String>> = BTreeMap::new();
    for story in stories {
        let own = parents.entry(story.site.clone()).or_default();
        if let Some(parent) = &story.parent {
            *own = Some(parent.clone());
            parents.entry(parent.clone()).or_default();
        }
        for child in &story.children {
            parents.entry(child.clone()).or_default().get_or_insert_with(|| story.site.clone());
        }
    }
    parents
}

/// Parents before their children; the top first.
fn in_order(parents: &BTreeMap<String, Option<String>>) -> Result<Vec<String>, NotDescribed> {
    let tops: Vec<&String> =
        parents.iter().filter(|(_, parent)| parent.is_none()).map(|(code, _)| code).collect();
    let top = match tops[..] {
        [] if parents.is_empty() => return Err(NotDescribed::NothingHappened),
        [] => return Err(NotDescribed::Circle(parents.keys().next().cloned().unwrap_or_default())),
        [top] => top,
        _ => return Err(NotDescribed::SeveralTops(tops.into_iter().cloned().collect())),
    };
    let mut children: BTreeMap<&String, Vec<&String>> = BTreeMap::new();
    for (code, parent) in parents {
        if let Some(parent) = parent {
            children.entry(parent).or_default().push(code);
        }
    }
    let mut order = vec![top.clone()];
    let mut next = 0;
    while next < order.len() {
        let below = children.remove(&order[next]).unwrap_or_default();
        order.extend(below.into_iter().cloned());
        next += 1;
    }
    match children.into_keys().next() {
        Some(code) => Err(NotDescribed::Circle(code.clone())),
        None => Ok(order),
    }
}

/// `timing` of the top-level site (`own`), or of all others.
fn timing(fitted: &[Fitted], own: bool, indent: &str) -> String {
    let mut text = String::new();
    for one in fitted.iter().filter(|one| one.top_level == own) {
        // What the request needs is a matter of those below.
        let [shortest, median, longest] = one.seen;
        writeln!(
            text,
            "{indent}  {}: {one}   # {} seen: {shortest}, half {median}, {longest}; distance {:.3}",
            one.step.key(),
            one.count,
            one.distance
        )
        .expect("writing to a text");
    }
    if text.is_empty() { text } else { format!("{indent}timing:\n{text}") }
}

fn sync(top: Option<&Story>, account: &Account) -> String {
    let scheduled = syncs_by(top, Trigger::Schedule).map(|sync| time(sync.started));
    let scheduled: Vec<String> = scheduled.collect();
    let schedule = if scheduled.is_empty() {
        "never".to_owned()
    } else {
        format!("{{ dates: {{ at: [{}], words: as logged }} }}", scheduled.join(", "))
    };
    let mut waits: Vec<u32> = account
        .stories
        .iter()
        .flat_map(|story| &story.syncs)
        .filter_map(|sync| match &sync.ended {
            Ended::Failed { retry_minutes, .. } => retry_minutes.filter(|minutes| *minutes > 0),
            _ => None,
        })
        .collect();
    waits.sort_unstable();
    let retry = waits.get(waits.len() / 2);
    let retry =
        retry.map_or(String::new(), |minutes| format!(", retry: {{ every: {minutes}min }}"));
    format!("sync: {{ schedule: {schedule}{retry} }}\n")
}

fn operations(top: Option<&Story>) -> String {
    let manual = syncs_by(top, Trigger::Manual).enumerate();
    let lines: String = manual
        .map(|(number, sync)| {
            let (number, at) = (number + 1, time(sync.started));
            format!("  manual-{number}: {{ at: {at}, do: run_synchronization }}\n")
        })
        .collect();
    if lines.is_empty() { lines } else { format!("operations:\n{lines}") }
}

fn syncs_by(story: Option<&Story>, trigger: Trigger) -> impl Iterator<Item = &LoggedSync> {
    let syncs = story.into_iter().flat_map(|story| &story.syncs);
    syncs.filter(move |sync| sync.trigger == Some(trigger))
}

/// As the language writes a time; to the millisecond.
fn time(at: Timestamp) -> String {
    let civil = TimeZone::UTC.to_datetime(at);
    civil.strftime("%Y-%m-%d %H:%M:%S%.f").to_string()
}

/// What failed in one way at one site.
#[derive(Clone, Debug, Default)]
struct Failures {
    attempts: Vec<usize>,
    after: Vec<Duration>,
}

type Kinds = BTreeMap<(String, Phase, String), Failures>;

fn faults(stories: &[Story]) -> Kinds {
    let mut kinds = Kinds::new();
    for story in stories {
        for (position, sync) in story.syncs.iter().enumerate() {
            let Ended::Failed { at, phase, message, .. } = &sync.ended else { continue };
            // A restart is no property of the attempt.
            if *phase == Phase::Restart {
                continue;
            }
            let key = (story.site.clone(), *phase, harmless(message));
            let kind = kinds.entry(key).or_default();
            kind.attempts.push(position + 1);
            let micros = at.as_microsecond() - sync.started.as_microsecond();
            kind.after.push(Duration::from_micros(u64::try_from(micros).unwrap_or(0)));
        }
    }
    kinds
}

fn names(kinds: Kinds) -> BTreeMap<(String, Phase, String), String> {
    let number = |(number, key): (usize, (String, Phase, String))| {
        let name = format!("logged-{:04}", number + 1);
        (key, name)
    };
    kinds.into_keys().enumerate().map(number).collect()
}

fn faults_written(kinds: &Kinds, account: &Account) -> String {
    if kinds.is_empty() || account.stories.is_empty() {
        return String::new();
    }
    let mut text = "faults:\n".to_owned();
    for (number, ((site, phase, message), failures)) in kinds.iter().enumerate() {
        let attempts: Vec<String> = failures.attempts.iter().map(usize::to_string).collect();
        let mut after = failures.after.clone();
        after.sort_unstable();
        let after = after[after.len() / 2];
        let message = serde_json::Value::from(message.as_str());
        let effect = match phase {
            Phase::Gate => "wsus_not_configured".to_owned(),
            _ => format!(
                "{{ fail_sync: {{ after: {after}, phase: {}, message: {message} }} }}",
                phase.name()
            ),
        };
        writeln!(
            text,
            "  logged-{:04}: {{ where: {{ code: \"{site}\" }}, do: {effect}, when: {{ attempts: [{}] }} }}",
            number + 1,
            attempts.join(", ")
        )
        .expect("writing to a text");
    }
    text
}

/// A text from a log as a name that can be shown anywhere: one line, no control characters, no
/// beginning that a spreadsheet takes for a formula.
pub(super) fn harmless(text: &str) -> String {
    let visible = |c: char| if c.is_control() || is_invisible(c) { ' ' } else { c };
    let words: String = text.chars().map(visible).collect();
    let words: Vec<&str> = words.split_whitespace().collect();
    let one_line = words.join(" ");
    let plain = one_line.trim_start_matches(['=', '+', '-', '@', ' ']);
    let cut: String = plain.chars().take(LONGEST_MESSAGE).collect();
    if cut.is_empty() { "no message".to_owned() } else { cut.trim_end().to_owned() }
}

/// What changes how the text around it is shown.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}')
}
