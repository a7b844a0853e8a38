//! What is otherwise in another design, as a person would say it: not two hundred sites, but
//! "57 × sites.*.link: wan-512k, now wan-2m".

use std::collections::BTreeMap;

use serde_yaml::Value;

use super::Scenario;

/// Something that another design has otherwise, however often it is so.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Change {
    /// Where; `*` stands for any of the sites (or links, or faults) that have it otherwise.
    pub path: String,
    /// What stood there; `None`: nothing.
    pub before: Option<String>,
    /// What stands there; `None`: nothing.
    pub after: Option<String>,
    /// At how many places.
    pub count: usize,
}

/// Longer values are cut: a whole map that is new would fill a page.
const MOST: usize = 40;
/// What identifies a scenario, and changes with every design.
const NO_CHANGE: [&str; 1] = ["name"];

/// What the other design has otherwise, each kind of change once, in order of its path.
pub fn changes(one: &Scenario, other: &Scenario) -> Vec<Change> {
    let tree = |scenario: &Scenario| {
        serde_yaml::from_str::<Value>(&scenario.to_yaml()).unwrap_or(Value::Null)
    };
    let mut found = BTreeMap::new();
    compare(&mut Vec::new(), Some(&tree(one)), Some(&tree(other)), &mut found);
    let change = |((path, before, after), count)| Change { path, before, after, count };
    found.into_iter().map(change).collect()
}

type Found = BTreeMap<(String, Option<String>, Option<String>), usize>;

fn compare(path: &mut Vec<String>, one: Option<&Value>, other: Option<&Value>, found: &mut Found) {
    if one == other || path.first().is_some_and(|key| NO_CHANGE.contains(&key.as_str())) {
        return;
    }
    // A site, link or fault that only one of them has is one change, not one for each of its keys.
    let as_maps = match (one, other) {
        (Some(Value::Mapping(one)), Some(Value::Mapping(other))) => Some((one, other)),
        _ => None,
    };
    let Some((one, other)) = as_maps else {
        let key = (general(path, one, other), one.map(short), other.map(short));
        *found.entry(key).or_default() += 1;
        return;
    };
    // A schedule stands as its dates and as the words that they came from.
    if let (Some(one), Some(other)) = (one.get("dates"), other.get("dates")) {
        if one != other {
            let words = |dates: &Value| dates.get("words").map(short);
            *found.entry((path.join("."), words(one), words(other))).or_default() += 1;
        }
        return;
    }
    let missing = other.keys().filter(|key| !one.contains_key(key));
    for key in one.keys().chain(missing) {
        path.push(key.as_str().map_or_else(|| short(key), str::to_owned));
        compare(path, one.get(key), other.get(key), found);
        path.pop();
    }
}

/// The path, with `*` for the name of what both have, so that equal changes of many become one.
fn general(path: &[String], one: Option<&Value>, other: Option<&Value>) -> String {
    let named = matches!(path.first().map(String::as_str), Some("sites" | "links" | "routes"));
    let whole = path.len() == 2 && (one.is_none() || other.is_none());
    match path {
        [room, _, rest @ ..] if named && !rest.is_empty() => format!("{room}.*.{}", rest.join(".")),
        [room, _] if named && whole && room == "sites" => format!("{room}.*"),
        _ => path.join("."),
    }
}

fn short(value: &Value) -> String {
    let text = match value {
        Value::Null => "null".to_owned(),
        Value::Mapping(_) => "{…}".to_owned(),
        Value::String(text) => text.clone(),
        _ => serde_yaml::to_string(value).unwrap_or_default().trim().replace('\n', " "),
    };
    if text.chars().count() <= MOST {
        return text;
    }
    text.chars().take(MOST - 1).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(one: &str, other: &str) -> Vec<(String, Option<String>, Option<String>, usize)> {
        let tree = |text| serde_yaml::from_str::<Value>(text).unwrap();
        let mut found = Found::new();
        compare(&mut Vec::new(), Some(&tree(one)), Some(&tree(other)), &mut found);
        found.into_iter().map(|((path, before, after), n)| (path, before, after, n)).collect()
    }

    fn some(text: &str) -> Option<String> {
        Some(text.to_owned())
    }

    #[test]
    fn equal_changes_of_many_sites_are_one() {
        let one = "{name: a, sites: {X: {link: slow}, Y: {link: slow}, Z: {link: fast}}, seed: 1}";
        let other =
            "{name: b, sites: {X: {link: fast}, Y: {link: fast}, Z: {link: fast}}, seed: 1}";
        assert_eq!(found(one, other), [("sites.*.link".to_owned(), some("slow"), some("fast"), 2)]);
        assert!(found(one, one).is_empty());
    }

    #[test]
    fn a_schedule_is_told_in_its_words() {
        let one = "{sync: {schedule: {dates: {at: [1, 2], words: every Tuesday}}}}";
        let other = "{sync: {schedule: {dates: {at: [1], words: every Monday}}}}";
        let told = ("sync.schedule".to_owned(), some("every Tuesday"), some("every Monday"), 1);
        assert_eq!(found(one, other), [told]);
    }

    #[test]
    fn what_only_one_has_is_one_change() {
        let one = "{sites: {X: {link: slow}}, faults: {cut: {do: link_down, where: {code: X}}}}";
        let other = "{sites: {X: {link: slow}, Y: {link: fast}, Z: {}}, faults: {}}";
        assert_eq!(
            found(one, other),
            [
                ("faults.cut".to_owned(), some("{…}"), None, 1),
                ("sites.*".to_owned(), None, some("{…}"), 2)
            ]
        );
    }
}
