//! JUnit XML is held against the rules of the schema that Jenkins publishes (junit-10.xsd).

use std::fs;

use super::{code, scenarios};
use crate::commands::supsim;

/// The elements that may stand in an element, in the order in which they must stand where it says
/// so; the attributes that must be there, and those that may.
struct Rule {
    name: &'static str,
    inside: &'static [&'static str],
    required: &'static [&'static str],
    allowed: &'static [&'static str],
    text: bool,
}

const RULES: [Rule; 9] = [
    Rule {
        name: "testsuites",
        inside: &["testsuite"],
        required: &[],
        allowed: &["name", "time", "tests", "failures", "disabled", "errors"],
        text: false,
    },
    Rule {
        name: "testsuite",
        inside: &["properties", "testcase", "system-out", "system-err"],
        required: &["name", "tests"],
        allowed: &[
            "failures",
            "errors",
            "time",
            "disabled",
            "skipped",
            "timestamp",
            "hostname",
            "id",
            "package",
        ],
        text: false,
    },
    Rule { name: "properties", inside: &["property"], required: &[], allowed: &[], text: false },
    Rule { name: "property", inside: &[], required: &["name", "value"], allowed: &[], text: false },
    Rule {
        name: "testcase",
        inside: &["skipped", "error", "failure", "system-out", "system-err"],
        required: &["name"],
        allowed: &["assertions", "time", "classname", "status", "class", "file", "line"],
        text: false,
    },
    Rule { name: "failure", inside: &[], required: &[], allowed: &["type", "message"], text: true },
    Rule { name: "error", inside: &[], required: &[], allowed: &["type", "message"], text: true },
    Rule { name: "skipped", inside: &[], required: &[], allowed: &["type", "message"], text: true },
    Rule { name: "system-out", inside: &[], required: &[], allowed: &[], text: true },
];

/// An element: its name, its attributes, its children, its text.
#[derive(Debug, Default)]
struct Element {
    name: String,
    attributes: Vec<(String, String)>,
    children: Vec<Element>,
    text: String,
}

impl Element {
    fn attribute(&self, name: &str) -> &str {
        self.attributes.iter().find(|(one, _)| one == name).map_or("", |(_, value)| value)
    }

    fn all(&self, name: &str) -> Vec<&Element> {
        let below = self.children.iter().flat_map(|child| child.all(name));
        (self.name == name).then_some(self).into_iter().chain(below).collect()
    }
}

/// Reads XML of the plain kind: a declaration, elements, attributes, text; nothing else is allowed.
fn parse(text: &str) -> Element {
    let legal = |c: char| {
        matches!(c, '\t' | '\n' | '\r') || (' '..'\u{fffe}').contains(&c) || c > '\u{ffff}'
    };
    assert!(text.chars().all(legal), "a character that XML does not have");
    let mut rest = text.strip_prefix("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n").unwrap();
    let root = element(&mut rest);
    assert_eq!(rest.trim(), "", "nothing stands behind the root");
    root
}

fn element(rest: &mut &str) -> Element {
    let (head, after) = rest.strip_prefix('<').expect("an element").split_once('>').unwrap();
    *rest = after;
    let (head, is_empty) = match head.strip_suffix('/') {
        Some(head) => (head, true),
        None => (head, false),
    };
    let (name, mut attributes) = head.split_once(' ').unwrap_or((head, ""));
    let mut found = Element { name: name.to_owned(), ..Element::default() };
    while !attributes.trim().is_empty() {
        let (key, after) = attributes.trim_start().split_once("=\"").expect("an attribute");
        let (value, after) = after.split_once('"').expect("the end of its value");
        assert!(!found.attributes.iter().any(|(one, _)| one == key), "{key} stands twice");
        assert!(!value.contains(['<', '\n']), "{value}");
        found.attributes.push((key.to_owned(), unescaped(value)));
        attributes = after;
    }
    if is_empty {
        return found;
    }
    loop {
        let at = rest.find('<').expect("an end");
        found.text += &unescaped(&rest[..at]);
        *rest = &rest[at..];
        if let Some(end) = rest.strip_prefix("</") {
            let (ended, after) = end.split_once('>').unwrap();
            assert_eq!(ended, found.name);
            *rest = after;
            return found;
        }
        found.children.push(element(rest));
    }
}

fn unescaped(text: &str) -> String {
    let mut plain = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        plain += &rest[..at];
        let (entity, after) = rest[at + 1..].split_once(';').expect("an entity ends");
        plain += match entity {
            "amp" => "&",
            "lt" => "<",
            "gt" => ">",
            "quot" => "\"",
            "apos" => "'",
            other => panic!("&{other}; is none of the five"),
        };
        rest = after;
    }
    plain + rest
}

fn valid(element: &Element) {
    let rule = RULES.iter().find(|rule| rule.name == element.name);
    let rule = rule.unwrap_or_else(|| panic!("<{}> is not in the schema", element.name));
    for name in rule.required {
        assert!(element.attributes.iter().any(|(one, _)| one == name), "{name} is missing");
    }
    for (name, value) in &element.attributes {
        let known = rule.required.contains(&name.as_str()) || rule.allowed.contains(&name.as_str());
        assert!(known, "<{} {name}=> is not in the schema", element.name);
        if ["tests", "failures", "errors", "skipped", "id"].contains(&name.as_str()) {
            assert!(value.parse::<u32>().is_ok(), "{name}={value}");
        }
    }
    let mut last = 0;
    for child in &element.children {
        let place = rule.inside.iter().position(|one| *one == child.name);
        let place = place.unwrap_or_else(|| panic!("<{}> in <{}>", child.name, element.name));
        assert!(place >= last, "<{}> stands too late", child.name);
        last = place;
        valid(child);
    }
    assert!(rule.text || element.text.trim().is_empty(), "{:?} in <{}>", element.text, rule.name);
}

#[test]
fn the_validator_sees_what_is_wrong() {
    let head = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
    let refuses = |text: &str| {
        let text = format!("{head}{text}");
        std::panic::catch_unwind(|| valid(&parse(&text))).is_err()
    };
    let suite = |inside: &str| format!("<testsuite name=\"a\" tests=\"1\">{inside}</testsuite>");
    assert!(!refuses(&suite("<properties/><testcase name=\"b\"/>")));
    assert!(refuses(&suite("<testcase name=\"b\"/><properties/>")), "the order");
    assert!(refuses(&suite("<testcase/>")), "a name");
    assert!(refuses(&suite("<testcase name=\"b\" tier=\"1\"/>")), "an unknown attribute");
    assert!(refuses(&suite("<failure/>")), "an element where it may not be");
    assert!(refuses(&suite("text")), "text where there is none");
    assert!(refuses("<testsuite name=\"a\" tests=\"one\"/>"), "a number");
    assert!(refuses("<testsuite name=\"\u{1b}\" tests=\"1\"/>"), "a control character");
}

#[test]
fn junit_is_valid_counts_right_and_is_the_same_each_time() {
    let place = scenarios();
    supsim(place.path(), &["golden", "accept", "tutorial.yaml", "drawn.yaml"]);
    fs::rename(place.path().join("golden/drawn.golden"), place.path().join("golden/late.golden"))
        .unwrap();
    let write = |name: &str| {
        let output = supsim(place.path(), &["check", ".", "-q", "-o", name]);
        assert_eq!(code(&output), 2, "wrong.yaml cannot be run");
        fs::read_to_string(place.path().join(name)).unwrap()
    };
    let text = write("one.xml");
    assert_eq!(text, write("two.xml"));
    let root = parse(&text);
    valid(&root);
    let suites = root.all("testsuite");
    let named = |name: &str| *suites.iter().find(|it| it.attribute("name") == name).expect(name);
    for suite in &suites {
        let count = |name: &str| suite.all(name).len().to_string();
        for (attribute, element) in [
            ("tests", "testcase"),
            ("failures", "failure"),
            ("errors", "error"),
            ("skipped", "skipped"),
        ] {
            assert_eq!(suite.attribute(attribute), count(element), "{attribute}: {text}");
        }
    }
    let types: Vec<&str> =
        named("late").all("failure").iter().map(|it| it.attribute("type")).collect();
    assert_eq!(types, ["expectation", "expectation", "golden"], "{text}");
    assert_eq!(named("late").all("system-out").len(), 1, "a warning passes");
    assert_eq!(named("open").all("error")[0].attribute("type"), "inconclusive", "never skipped");
    assert_eq!(named("wrong").all("error").len(), 1);
    assert_eq!(named("study").all("skipped").len(), 1);
    let failure = named("late").all("failure")[0];
    for word in ["wanted  ", "\ngot  ", "\nbecause ", "\nrepeat  supsim explain"] {
        assert!(failure.text.contains(word), "{word}: {text}");
    }
    let properties: Vec<&str> =
        named("tutorial").all("property").iter().map(|it| it.attribute("name")).collect();
    assert_eq!(properties, ["seed", "replications", "fingerprint"]);
    assert!(!text.contains("time="), "no wall clock");
}

#[test]
fn a_file_may_be_called_anything() {
    let place = scenarios();
    // what Windows cannot have in a name is tried in the names of cases, in src/report/check
    let name = "a&b ' ü @x.yaml";
    fs::copy(place.path().join("wrong.yaml"), place.path().join(name)).unwrap();
    supsim(place.path(), &["check", name, "tutorial.yaml", "-q", "-o", "j.xml", "-o", "s.md"]);
    let root = parse(&fs::read_to_string(place.path().join("j.xml")).unwrap());
    valid(&root);
    assert_eq!(root.all("testsuite")[0].attribute("package"), name);
    let summary = fs::read_to_string(place.path().join("s.md")).unwrap();
    assert!(summary.starts_with("<!-- supsim:check -->\n"), "{summary}");
    assert!(summary.contains("a&#38;b &#39; ü &#64;x"), "{summary}");
}
