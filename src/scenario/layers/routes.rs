//! Routes as the product tells of them: what `Get-CMFileReplicationRoute | ConvertTo-Json` writes,
//! which are the instances of the class `SMS_SCI_Address`.
//!
//! From `SiteCode` to `DesSiteCode`: `UsageSchedule`, seven days from Sunday on, each with an
//! `HourUsage` of 24 hours (1 all priorities, 2 all but low, 3 high only, 4 closed);
//! `RateLimitingSchedule`, 24 percentages, unless `UnlimitedRateForAll`; in `PropLists` the list
//! `Pulse Mode`: on or off, the block \[KB\], the delay \[s\].

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::scenario::error::Report;
use crate::scenario::limits;
use crate::scenario::reader::Reader;
use crate::scenario::source::Place;
use crate::scenario::yaml::{self, Entry, Node, Value};

const DAYS: [&str; 7] = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const USAGE: [&str; 4] = ["all", "all_but_low", "high", "closed"];

/// A route that was imported, and between which sites.
pub(super) struct Imported<'a> {
    pub from: String,
    pub to: String,
    /// What it would be under `routes`, named `FROM-TO`.
    pub entry: Entry<'a>,
}

/// A route of a running hierarchy, in the scenario language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldRoute {
    /// The site whose sender it is.
    pub from: String,
    /// The site that it leads to.
    pub to: String,
    /// Its hours and its limit, as they stand under `routes`.
    pub text: String,
}

/// What `Get-CMFileReplicationRoute | ConvertTo-Json -Depth 6` wrote, in the scenario language;
/// routes that lead to no site are left out. `name` is for messages only.
///
/// # Errors
///
/// It is something else; everything that is wrong is told.
pub fn field_routes(name: &str, text: &str) -> Result<Vec<FieldRoute>, Report> {
    let mut reader = Reader::new();
    name.clone_into(&mut reader.main_shown);
    let found = routes(&mut reader, 0, text).unwrap_or_default();
    let told = |Imported { from, to, entry }: Imported<'_>| FieldRoute {
        from,
        to,
        text: written(&entry.value),
    };
    let told = found.into_iter().map(told).collect();
    if reader.errors() > 0 { Err(reader.into_report(name, text)) } else { Ok(told) }
}

/// A value on one line.
fn written(node: &Node<'_>) -> String {
    let quoted = |text: &str| match text.chars().all(|c| c.is_ascii_alphabetic() || c == '_') {
        true => text.to_owned(),
        false => format!("{text:?}"),
    };
    match &node.value {
        Value::Plain(text) | Value::Quoted(text) => quoted(text),
        Value::Map(entries) => {
            let entry =
                |entry: &Entry<'_>| format!("{}: {}", quoted(&entry.key), written(&entry.value));
            format!("{{ {} }}", entries.iter().map(entry).collect::<Vec<_>>().join(", "))
        }
        // a route has none
        Value::List(_) | Value::Broken => "null".to_owned(),
    }
}

/// Every route to a site; those to distribution points are none of ours.
pub(super) fn routes<'a>(reader: &mut Reader, file: u16, text: &str) -> Option<Vec<Imported<'a>>> {
    // JSON is YAML, and our parser knows where everything stands
    let tree = yaml::parse_file(reader, file, text)?;
    let list = elements(&tree).unwrap_or_else(|| vec![&tree]);
    if list.len() > limits::SITES {
        let note = format!("at most {}", limits::SITES);
        reader.error("E0333", Place::whole(file), "too many routes", note);
        return None;
    }
    let mut found: Vec<Imported<'a>> = Vec::new();
    let mut seen: BTreeMap<String, Place> = BTreeMap::new();
    for node in list {
        let Some(route) = route(reader, node) else { continue };
        let Some(route) = route else { continue };
        let Entry { key, place, .. } = &route.entry;
        if let Some(first) = seen.insert(key.to_string(), *place) {
            reader.repeated(first, *place, key);
            continue;
        }
        found.push(route);
    }
    Some(found)
}

/// `None`: it is wrong, which has been reported. `Some(None)`: it leads to no site.
fn route<'a>(reader: &mut Reader, node: &Node<'_>) -> Option<Option<Imported<'a>>> {
    let Some(from) = field(node, "SiteCode") else {
        let note = "write Get-CMFileReplicationRoute | ConvertTo-Json -Depth 6";
        reader.error("E0333", node.place, "this is no route: it has no `SiteCode`", note);
        return None;
    };
    if field(node, "DestinationType").and_then(scalar) == Some("1") {
        return Some(None);
    }
    let Some(to) = field(node, "DesSiteCode") else {
        let note = "the site to which it leads";
        reader.error("E0333", node.place, "this route has no `DesSiteCode`", note);
        return None;
    };
    let (place, from, to) = (to.place, code(reader, from)?, code(reader, to)?);
    let mut keys = vec![entry("open", open(reader, node, place)?)];
    keys.push(entry("rate", rate(reader, node, place)?));
    let value = Node { place, value: Value::Map(keys) };
    let entry = Entry { key: format!("{from}-{to}").into(), quoted: true, place, value };
    Some(Some(Imported { from, to, entry }))
}

fn code(reader: &mut Reader, node: &Node<'_>) -> Option<String> {
    let code = scalar(node).unwrap_or_default();
    let fits = |c: char| c.is_ascii_alphanumeric();
    if code.len() != 3 || !code.chars().all(fits) {
        let note = "three characters, A-Z and 0-9";
        reader.error("E0333", node.place, "this is not a site code", note);
        return None;
    }
    Some(code.to_ascii_uppercase())
}

/// Opening hours, day by day; without a schedule it is always open.
fn open<'a>(reader: &mut Reader, node: &Node<'_>, place: Place) -> Option<Node<'a>> {
    let Some(schedule) = field(node, "UsageSchedule").filter(|node| !is_nothing(node)) else {
        return Some(text("always", place));
    };
    let days = numbered(reader, schedule, 7, "`UsageSchedule` has seven days, from Sunday on")?;
    let mut entries = Vec::new();
    let mut always = true;
    for (name, day) in DAYS.iter().zip(days) {
        let Some(hours) = field(day, "HourUsage") else {
            let note = "write Get-CMFileReplicationRoute | ConvertTo-Json -Depth 6";
            reader.error("E0333", day.place, "this day has no `HourUsage`", note);
            return None;
        };
        let hours = numbered(reader, hours, 24, "`HourUsage` has 24 hours")?;
        let mut usage = Vec::new();
        for hour in hours {
            let number = scalar(hour).and_then(|text| text.parse::<usize>().ok());
            let Some(word) = number.and_then(|number| USAGE.get(number.checked_sub(1)?)) else {
                let note = "1 all priorities, 2 all but low, 3 high only, 4 closed";
                reader.error("E0333", hour.place, "this is no use of an hour", note);
                return None;
            };
            usage.push(*word);
        }
        always &= usage.iter().all(|word| *word == "all");
        let windows: Vec<Entry<'a>> = runs(&usage)
            .filter(|(_, _, word)| **word != "closed")
            .map(|(from, until, word)| entry(&window(from, until), text(word, place)))
            .collect();
        let hours = match windows.is_empty() {
            true => text("closed", place),
            false => Node { place, value: Value::Map(windows) },
        };
        entries.push(entry(name, hours));
    }
    Some(if always { text("always", place) } else { Node { place, value: Value::Map(entries) } })
}

/// Unlimited, pulse mode, or a share of each hour.
fn rate<'a>(reader: &mut Reader, node: &Node<'_>, place: Place) -> Option<Node<'a>> {
    if field(node, "UnlimitedRateForAll").and_then(scalar) == Some("true") {
        return Some(text("unlimited", place));
    }
    let one =
        |key: &str, value: Node<'a>| Node { place, value: Value::Map(vec![entry(key, value)]) };
    if let Some((block, delay)) = pulse(node) {
        let keys = vec![
            entry("block", text(&format!("{block} KB"), place)),
            entry("delay", text(&format!("{delay}s"), place)),
        ];
        return Some(one("pulse", Node { place, value: Value::Map(keys) }));
    }
    let Some(schedule) = field(node, "RateLimitingSchedule").filter(|node| !is_nothing(node))
    else {
        return Some(text("unlimited", place));
    };
    let hours = numbered(reader, schedule, 24, "`RateLimitingSchedule` has 24 hours")?;
    let mut shares = Vec::new();
    for hour in hours {
        let share = scalar(hour).and_then(|text| text.parse::<u8>().ok());
        let Some(share) = share.filter(|share| (1..=100).contains(share)) else {
            let note = "from 1 to 100";
            reader.error("E0333", hour.place, "this is no share of an hour", note);
            return None;
        };
        shares.push(share);
    }
    let hours: Vec<Entry<'a>> = runs(&shares)
        .map(|(from, until, share)| entry(&window(from, until), text(&format!("{share}%"), place)))
        .collect();
    Some(one("hourly", Node { place, value: Value::Map(hours) }))
}

/// Block \[KB\] and delay \[s\] when pulse mode is on.
fn pulse(node: &Node<'_>) -> Option<(u32, u32)> {
    let lists = elements(field(node, "PropLists")?)?;
    let name =
        |list: &&Node<'_>| field(list, "PropertyListName").and_then(scalar) == Some("Pulse Mode");
    let values = elements(field(lists.into_iter().find(name)?, "Values")?)?;
    let number = |at: usize| scalar(values.get(at)?)?.parse::<u32>().ok();
    (number(0)? == 1).then_some((number(1)?, number(2)?))
}

/// From and until \[hours\] of each stretch of equal values.
fn runs<T: PartialEq>(values: &[T]) -> impl Iterator<Item = (usize, usize, &T)> {
    let mut from = 0;
    std::iter::from_fn(move || {
        let first = values.get(from)?;
        let length = values[from..].iter().take_while(|value| *value == first).count();
        from += length;
        Some((from - length, from, first))
    })
}

fn window(from: usize, until: usize) -> String {
    format!("{from:02}:00-{until:02}:00")
}

fn entry<'a>(key: &str, value: Node<'a>) -> Entry<'a> {
    Entry { key: Cow::Owned(key.to_owned()), quoted: true, place: value.place, value }
}

fn text<'a>(text: &str, place: Place) -> Node<'a> {
    Node { place, value: Value::Quoted(Cow::Owned(text.to_owned())) }
}

fn field<'n, 'a>(node: &'n Node<'a>, key: &str) -> Option<&'n Node<'a>> {
    let Value::Map(entries) = &node.value else { return None };
    entries.iter().find(|entry| entry.key.eq_ignore_ascii_case(key)).map(|entry| &entry.value)
}

fn scalar<'n>(node: &'n Node<'_>) -> Option<&'n str> {
    match &node.value {
        Value::Plain(text) | Value::Quoted(text) => Some(text),
        _ => None,
    }
}

fn is_nothing(node: &Node<'_>) -> bool {
    super::removes(node) || matches!(&node.value, Value::List(list) if list.is_empty())
}

/// A list; Windows PowerShell 5.1 sometimes writes `{ "value": [...], "Count": 7 }` for one.
fn elements<'n, 'a>(node: &'n Node<'a>) -> Option<Vec<&'n Node<'a>>> {
    match &node.value {
        Value::List(list) => Some(list.iter().collect()),
        Value::Map(_) => field(node, "value").and_then(elements),
        _ => None,
    }
}

fn numbered<'n, 'a>(
    reader: &mut Reader,
    node: &'n Node<'a>,
    count: usize,
    what: &str,
) -> Option<Vec<&'n Node<'a>>> {
    let list = elements(node).filter(|list| list.len() == count);
    if list.is_none() {
        let note = "write Get-CMFileReplicationRoute | ConvertTo-Json -Depth 6";
        reader.error("E0333", node.place, what, note);
    }
    list
}
