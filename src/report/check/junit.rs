//! A check as JUnit XML, in the form that Jenkins's schema describes and build servers read.
//!
//! No times: what is written for the same scenarios is the same, byte for byte.

use super::{Case, Finding, State, Suite};

/// The document.
pub fn junit(suites: &[Suite]) -> String {
    let mut xml = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n".to_owned();
    let all = suites.iter().map(Counts::of).fold(Counts::default(), Counts::plus);
    xml += &format!(
        "<testsuites name=\"supsim check\" tests=\"{}\" failures=\"{}\" errors=\"{}\">\n",
        all.tests, all.failures, all.errors
    );
    for (number, suite) in suites.iter().enumerate() {
        self::suite(&mut xml, number, suite);
    }
    xml + "</testsuites>\n"
}

/// What a suite says of its cases.
#[derive(Clone, Copy, Default)]
struct Counts {
    tests: usize,
    failures: usize,
    errors: usize,
    skipped: usize,
}

impl Counts {
    fn of(suite: &Suite) -> Counts {
        let mut counts = Counts { tests: suite.cases.len(), ..Counts::default() };
        match &suite.state {
            State::Skipped(_) => (counts.tests, counts.skipped) = (1, 1),
            State::Broken(_) => (counts.tests, counts.errors) = (1, 1),
            State::Ran(_) => {}
        }
        for case in &suite.cases {
            match element(case.finding) {
                Some(("failure", _)) => counts.failures += 1,
                Some(("error", _)) => counts.errors += 1,
                Some(_) => counts.skipped += 1,
                None => {}
            }
        }
        counts
    }

    fn plus(self, other: Counts) -> Counts {
        Counts {
            tests: self.tests + other.tests,
            failures: self.failures + other.failures,
            errors: self.errors + other.errors,
            skipped: self.skipped + other.skipped,
        }
    }
}

/// What stands inside a case, and its type; too few replications are an error, never skipped:
/// skipped is shown as green.
fn element(finding: Finding) -> Option<(&'static str, &'static str)> {
    match finding {
        Finding::Passed | Finding::Warned => None,
        Finding::Failed => Some(("failure", "expectation")),
        Finding::NoData => Some(("failure", "no-data")),
        Finding::Differs => Some(("failure", "golden")),
        Finding::Worse => Some(("failure", "worse")),
        Finding::Inconclusive => Some(("error", "inconclusive")),
        Finding::NotCompared => Some(("skipped", "")),
    }
}

fn suite(xml: &mut String, number: usize, suite: &Suite) {
    let Counts { tests, failures, errors, skipped } = Counts::of(suite);
    *xml += &format!(
        "  <testsuite name=\"{}\" tests=\"{tests}\" failures=\"{failures}\" errors=\"{errors}\" \
         skipped=\"{skipped}\" id=\"{number}\" package=\"{}\">\n",
        attribute(&suite.name),
        attribute(&suite.file)
    );
    match &suite.state {
        State::Ran(ran) => {
            *xml += "    <properties>\n";
            let fingerprint = ran.now.fingerprint();
            let fingerprint = fingerprint.trim_start_matches("fingerprint").trim();
            let mut property = |name: &str, value: &str| {
                let value = attribute(value);
                *xml += &format!("      <property name=\"{name}\" value=\"{value}\"/>\n");
            };
            property("seed", &ran.seed.to_string());
            property("replications", &ran.replications.to_string());
            property("fingerprint", fingerprint);
            *xml += "    </properties>\n";
        }
        State::Skipped(why) => {
            let why = attribute(why);
            let inside = format!("      <skipped message=\"{why}\"/>\n");
            test(xml, suite, "scenario", &inside);
        }
        State::Broken(why) => {
            let first = attribute(why.lines().next().unwrap_or_default());
            let inside = format!(
                "      <error type=\"scenario\" message=\"{first}\">{}</error>\n",
                escaped(why)
            );
            test(xml, suite, "scenario", &inside);
        }
    }
    for case in &suite.cases {
        test(xml, suite, &case.name, &inside(case));
    }
    *xml += "  </testsuite>\n";
}

fn test(xml: &mut String, suite: &Suite, name: &str, inside: &str) {
    let (class, name) = (attribute(&suite.name), attribute(name));
    let begin = format!("    <testcase classname=\"{class}\" name=\"{name}\"");
    *xml += &match inside {
        "" => format!("{begin}/>\n"),
        _ => format!("{begin}>\n{inside}    </testcase>\n"),
    };
}

/// What stands inside a case.
fn inside(case: &Case) -> String {
    match element(case.finding) {
        Some(("skipped", _)) => {
            format!("      <skipped message=\"{}\"/>\n", attribute(&case.got))
        }
        Some((element, kind)) => format!(
            "      <{element} type=\"{kind}\" message=\"{}\">{}</{element}>\n",
            attribute(&format!("wanted {}; got {}", case.wanted, case.got)),
            escaped(&told(case)),
        ),
        None if case.finding == Finding::Warned => {
            format!("      <system-out>only a warning\n{}</system-out>\n", escaped(&told(case)))
        }
        None => String::new(),
    }
}

fn told(case: &Case) -> String {
    let mut text = format!("wanted  {}\ngot     {}\n", case.wanted, case.got);
    case.lines.iter().for_each(|line| text += &format!("{line}\n"));
    if let Some(because) = &case.because {
        text += &format!("because {because}\n");
    }
    text + &format!("repeat  {}\n", case.repeat)
}

/// Text between elements: what means something to XML by its name, and what XML cannot hold at
/// all (control characters) as a question mark.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped += "&amp;",
            '<' => escaped += "&lt;",
            '>' => escaped += "&gt;",
            '"' => escaped += "&quot;",
            '\'' => escaped += "&apos;",
            '\n' | '\t' => escaped.push(c),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => escaped.push('?'),
            c => escaped.push(c),
        }
    }
    escaped
}

/// The same on one line.
fn attribute(text: &str) -> String {
    escaped(text).replace(['\n', '\t'], " ")
}
