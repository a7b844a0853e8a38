//! `supsim check`: did anything break?

use std::path::{Path, PathBuf};

use super::against::{self, Base};
use super::checked::{
    Checked, How, checked, golden_file, is_study, read_golden, replication, typed,
};
use super::exit::{Exit, Stop};
use super::overriding::as_typed;
use super::pipeline::{self, Read};
use super::screen::Screen;
use super::{glob, placed};
use crate::experiment::Verdict;
use crate::report::{
    Because, Case, Compared, Finding, Look, Ran, Run, State, Suite, annotations, because,
    check_markdown, check_text, expectation_case, golden_case, junit, told,
};
use crate::scenario::{Diagnostic, Overrides};
use crate::trace::Part;

/// What was meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Plan {
    /// Scenarios, folders of them, names with `*` and `?`.
    pub files: Vec<PathBuf>,
    /// Wins over what each of them says.
    pub overrides: Overrides,
    /// How they are run.
    pub how: How,
    /// What golden files are for.
    pub golden: UseGolden,
    /// What they were before, where they are held against that.
    pub against: Option<Base>,
    /// Is Markdown written only where something has changed or is wrong?
    pub only_if_changed: bool,
    /// What else to write, and where.
    pub outputs: Vec<PathBuf>,
    /// How the text looks.
    pub look: Look,
    /// No text.
    pub quiet: bool,
}

/// What golden files are for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum UseGolden {
    /// Compared with where there is one.
    Auto,
    /// There must be one.
    Require,
    /// Not looked at.
    Ignore,
}

/// Runs every scenario, holds it against what is expected and against its golden file.
pub(super) fn check(plan: &Plan, screen: &mut Screen) -> Result<Exit, Stop> {
    let outputs = outputs(&plan.outputs)?;
    plan.against.as_ref().map_or(Ok(()), against::check)?;
    let mut suites = Vec::new();
    let mut exit = Exit::Ok;
    for file in glob::expand(&plan.files)? {
        let (suite, of_suite) = suite(plan, &file, screen)?;
        suites.push(suite);
        exit = exit.or_worse(of_suite);
    }
    if suites.iter().all(|suite| matches!(suite.state, State::Skipped(_))) {
        exit = exit.or_worse(Exit::NothingSelected);
    }
    if let Some(base) = plan.against.as_ref().filter(|_| !suites.iter().any(Suite::was_there)) {
        let place = base.place.display();
        screen.complain(&format!("supsim: --against {place}: none of the scenarios is there"));
        exit = exit.or_worse(Exit::NothingSelected);
    }
    if !plan.quiet {
        screen.say(&check_text(&suites, exit.code(), plan.look));
    }
    if std::env::var_os("GITHUB_ACTIONS").is_some_and(|value| value == "true") {
        screen.say(&annotations(&suites));
    }
    for (path, form) in outputs {
        let text = match form {
            Form::Junit => junit(&suites),
            // an empty file: whoever posts it has nothing to post
            Form::Markdown if plan.only_if_changed && suites.iter().all(Suite::is_as_before) => {
                String::new()
            }
            Form::Markdown => check_markdown(&suites),
        };
        placed::file(&path, |out| out.write_all(text.as_bytes()))?;
    }
    Ok(exit)
}

/// The forms of a check for programs and pull requests.
enum Form {
    Junit,
    Markdown,
}

/// What cannot be written is said before anything runs.
fn outputs(paths: &[PathBuf]) -> Result<Vec<(PathBuf, Form)>, Stop> {
    let form = |path: &PathBuf| {
        let ending = path.extension().map(|it| it.to_string_lossy().to_ascii_lowercase());
        let form = match ending.as_deref() {
            Some("xml") => Form::Junit,
            Some("md") => Form::Markdown,
            _ => {
                let text = format!(
                    "supsim: -o {}: check writes .xml (JUnit) and .md (a summary in Markdown)",
                    path.display()
                );
                return Err(Stop { exit: Exit::NothingRan, text });
            }
        };
        Ok((path.clone(), form))
    };
    paths.iter().map(form).collect()
}

/// One scenario; what is wrong with it stands in the suite, and only what stops the whole check is
/// an error.
fn suite(plan: &Plan, file: &Path, screen: &mut Screen) -> Result<(Suite, Exit), Stop> {
    let stem = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let name = file.display().to_string();
    let without = |state| Suite {
        name: stem.clone(),
        file: name.clone(),
        state,
        cases: Vec::new(),
        before: None,
    };
    if is_study(file) {
        let why = "a study; use: supsim study".to_owned();
        return Ok((without(State::Skipped(why)), Exit::Ok));
    }
    let run = pipeline::read(file, &plan.overrides).and_then(|Read { scenario, bytes, .. }| {
        let checked = checked(scenario, plan.how, screen)?;
        let (ran, golden) = golden(plan, file, &checked)?;
        Ok((checked, ran, golden, bytes))
    });
    let (checked, ran, golden, bytes) = match run {
        Ok(all) => all,
        Err(stop) if stop.exit == Exit::StoppedEarly => return Err(stop),
        Err(Stop { exit, text }) => {
            let exit = if selects_nothing(plan, file) { Exit::NothingSelected } else { exit };
            if plan.quiet {
                screen.complain(&text);
            }
            return Ok((without(State::Broken(text)), exit));
        }
    };
    let mut cases = cases(plan, file, &checked, &String::from_utf8_lossy(&bytes))?;
    cases.extend(golden);
    let mut before = None;
    if let Some(base) = &plan.against {
        let (state, case) =
            against::against(base, (&plan.overrides, plan.how), file, &checked, screen)?;
        before = Some(state);
        cases.push(case);
    }
    let state = State::Ran(Box::new(ran));
    let suite = Suite { name: checked.scenario.name.clone(), file: name, state, cases, before };
    let exits = suite.cases.iter().map(|case| exit_of(case.finding));
    let exit = exits.fold(Exit::Ok, Exit::or_worse);
    Ok((suite, exit))
}

/// Is all that is wrong that a `--where` of the command line matches no site of this scenario?
fn selects_nothing(plan: &Plan, file: &Path) -> bool {
    if plan.overrides.sites.is_empty() {
        return false;
    }
    let Ok(report) = pipeline::check(file, &plan.overrides) else { return false };
    let of_where = |one: &&Diagnostic| one.file == "--where" && MATCHES_NOTHING.contains(&one.code);
    let errors = report.errors();
    errors > 0 && report.diagnostics.iter().filter(of_where).count() == errors
}

/// The errors of a selector that could match, and does not.
const MATCHES_NOTHING: [&str; 3] = ["E0402", "E0403", "E0405"];

fn exit_of(finding: Finding) -> Exit {
    match finding {
        Finding::Passed | Finding::Warned | Finding::NotCompared => Exit::Ok,
        Finding::Failed | Finding::NoData | Finding::Worse => Exit::ExpectationFailed,
        Finding::Inconclusive => Exit::Inconclusive,
        Finding::Differs => Exit::Differs,
    }
}

/// What the golden file says to it.
fn golden(plan: &Plan, file: &Path, checked: &Checked) -> Result<(Ran, Option<Case>), Stop> {
    let path = golden_file(file);
    let mut ran = Ran {
        seed: checked.scenario.seed,
        replications: checked.replications.len(),
        now: checked.now.clone(),
        then: None,
        golden_file: path.display().to_string(),
    };
    if plan.golden == UseGolden::Ignore {
        return Ok((ran, None));
    }
    let usual = Overrides { allow_outside: plan.overrides.allow_outside, ..Overrides::default() };
    let compared = match read_golden(&path)? {
        None if plan.golden == UseGolden::Require => Compared::Missing,
        None => Compared::Not("no golden file".to_owned()),
        Some(_) if plan.overrides != usual => {
            Compared::Not("golden not compared: the command line changes the scenario".to_owned())
        }
        Some(Err(why)) => Compared::Unreadable(why),
        Some(Ok(then))
            if plan.how.replications.is_some() && then.replications != checked.now.replications =>
        {
            Compared::Not(format!(
                "golden not compared: it is of {} replications",
                then.replications
            ))
        }
        Some(Ok(then)) => {
            let difference = then.difference(&checked.now);
            ran.then = Some(then);
            difference.map_or(Compared::Same, |it| Compared::Differs(Box::new(it)))
        }
    };
    let case = golden_case(&compared, &ran.golden_file, &typed(file));
    Ok((ran, Some(case)))
}

/// What is expected, answered; of what does not hold, the cause and the command that tells more.
fn cases(plan: &Plan, file: &Path, checked: &Checked, text: &str) -> Result<Vec<Case>, Stop> {
    let Checked { scenario, answers, .. } = checked;
    let many = checked.many();
    let mut cases = Vec::new();
    let mut kept = None;
    for (position, (asked, answer)) in scenario.expectations.iter().zip(answers).enumerate() {
        let number = answer.worst.map_or(0, |(_, number)| number);
        let told_of = answer.verdict != Verdict::Pass;
        if kept.as_ref().is_none_or(|(of, _)| *of != number && told_of) {
            kept = Some((number, replication(scenario, number)?));
        }
        let Some((_, kept)) = &kept else { continue };
        let run = kept.run();
        let mut case = expectation_case(&run, &many, position);
        case.line = line_of(text, &asked.name);
        if told_of {
            let because = because(&run, asked);
            case.repeat = repeat(plan, file, &run, because.as_ref());
            case.because = because.map(|because| because.text);
        }
        cases.push(case);
    }
    Ok(cases)
}

/// The command that tells more.
fn repeat(plan: &Plan, file: &Path, run: &Run<'_>, because: Option<&Because>) -> String {
    let file = typed(file);
    let mut words = match because.and_then(|because| Some((because, because.site?))) {
        None => vec![format!("supsim run {file} --no-store")],
        Some((because, site)) => {
            let mut words =
                vec![format!("supsim explain {file} {}", run.scenario.sites[site.index()].code)];
            // what explain tells of by itself need not be named
            let usual = told(run).first().copied();
            if let Some(release) = because.release.filter(|release| Some(*release) != usual) {
                let name = &run.scenario.catalogue.releases[release.index()].name;
                words.push(format!("--release {name}"));
            }
            words.extend(because.part.map(|part| {
                let word = match part {
                    Part::Database => "database",
                    Part::Wsus => "wsus",
                    Part::Internet => "internet",
                };
                format!("--part {word}")
            }));
            words
        }
    };
    words.extend(as_typed(&plan.overrides));
    if run.scenario.is_random() {
        words.push(format!("--seed {} --rep {}", run.scenario.seed, run.replication));
    }
    words.join(" ")
}

/// The line of a scenario's file in which an expectation begins; `None` when it stands in another
/// file, or is written otherwise than with its name at the beginning of a line.
fn line_of(text: &str, name: &str) -> Option<usize> {
    let mut lines = text.lines().enumerate().skip_while(|(_, line)| !line.starts_with("expect:"));
    lines.next()?;
    let mut inside =
        lines.take_while(|(_, line)| line.is_empty() || line.starts_with([' ', '\t', '#']));
    let of_name = |line: &str| {
        let line = line.trim_start().trim_start_matches(['"', '\'']);
        let rest = line.strip_prefix(name);
        rest.is_some_and(|rest| rest.trim_start_matches(['"', '\'', ' ']).starts_with(':'))
    };
    inside.find(|(_, line)| of_name(line)).map(|(at, _)| at + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_expectation_is_found_in_its_line() {
        let text = "name: late\nexpect:\n  # late: no\n  later: { }\n\n  late:\n    metric: x\nsync:\n  never: 1\n";
        assert_eq!(line_of(text, "late"), Some(6));
        assert_eq!(line_of(text, "later"), Some(4));
        assert_eq!(line_of(text, "never"), None);
        assert_eq!(line_of("expect:\n  \"a.b\" : {}\n", "a.b"), Some(2));
        assert_eq!(line_of("", "late"), None);
    }

    #[test]
    fn only_what_check_can_write_is_accepted() {
        let of = |name: &str| outputs(&[PathBuf::from(name)]);
        assert!(of("a/junit.xml").is_ok() && of("A.MD").is_ok());
        let stop = of("a.csv").err().unwrap();
        assert_eq!(stop.exit, Exit::NothingRan);
        assert!(stop.text.contains(".xml"), "{}", stop.text);
    }
}
