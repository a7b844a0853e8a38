//! `supsim golden`: yes, that change is meant.

use std::fs;
use std::io::{self, BufRead, IsTerminal};
use std::path::{Path, PathBuf};

use super::checked::{ENDING, FOLDER, How, checked, golden_file, is_study, read_golden, typed};
use super::exit::{Exit, Stop};
use super::screen::Screen;
use super::{glob, pipeline, placed};
use crate::report::Golden;
use crate::scenario::Overrides;

/// The most lines of a new golden file that are shown.
const SHOWN: usize = 20;

/// What was meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Plan {
    pub what: What,
    /// Scenarios, folders of them, names with `*` and `?`; of unused golden files, folders.
    pub files: Vec<PathBuf>,
    /// May the scenarios name files outside their own folders?
    pub allow_outside: bool,
    /// How they are run.
    pub how: How,
}

/// What is to be done with golden files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum What {
    /// Show what differs, and ask.
    Review,
    /// Write what is now.
    Accept,
    /// Tell which there are.
    List,
    /// Find those that no scenario has.
    CheckUnused,
}

/// Does it.
pub(super) fn golden(plan: &Plan, screen: &mut Screen) -> Result<Exit, Stop> {
    match plan.what {
        What::List => list(plan, screen),
        What::CheckUnused => check_unused(plan, screen),
        What::Accept => each(plan, &mut |_, _| Choice::Accept, screen),
        What::Review if io::stdin().is_terminal() && io::stdout().is_terminal() => {
            each(plan, &mut |text, screen| ask(text, &mut io::stdin().lock(), screen), screen)
        }
        What::Review => each(
            plan,
            &mut |text, screen| {
                screen.say(text);
                Choice::Leave
            },
            screen,
        ),
    }
}

/// What somebody chose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Choice {
    Accept,
    Leave,
    Quit,
}

/// Shows what differs and asks until the answer is one.
fn ask(text: &str, answers: &mut dyn BufRead, screen: &mut Screen) -> Choice {
    screen.say(text);
    loop {
        screen.say("accept this? y yes, n no, q no and stop: ");
        let mut answer = String::new();
        match answers.read_line(&mut answer) {
            // nobody is there any more
            Ok(0) | Err(_) => return Choice::Quit,
            Ok(_) => {}
        }
        match answer.trim().to_ascii_lowercase().as_str() {
            "y" | "yes" => return Choice::Accept,
            "n" | "no" => return Choice::Leave,
            "q" | "quit" => return Choice::Quit,
            _ => {}
        }
    }
}

/// Whoever decides what becomes of a difference, which is given in words.
type Chooser<'c> = &'c mut dyn FnMut(&str, &mut Screen) -> Choice;

/// Runs every scenario and lets somebody choose wherever its golden file is another one.
fn each(plan: &Plan, choose: Chooser<'_>, screen: &mut Screen) -> Result<Exit, Stop> {
    let overrides = Overrides { allow_outside: plan.allow_outside, ..Overrides::default() };
    let (mut exit, mut count) = (Exit::Ok, 0);
    for file in glob::expand(&plan.files)?.into_iter().filter(|file| !is_study(file)) {
        count += 1;
        let path = golden_file(&file);
        let run = pipeline::read(&file, &overrides)
            .and_then(|read| checked(read.scenario, plan.how, screen))
            .and_then(|checked| Ok((checked.now, read_golden(&path)?)));
        let (now, then) = match run {
            Ok(both) => both,
            Err(stop) if stop.exit == Exit::StoppedEarly => return Err(stop),
            Err(Stop { exit: of_file, text }) => {
                screen.complain(&text);
                exit = exit.or_worse(of_file);
                continue;
            }
        };
        let shown = path.display();
        let Some(text) = told(&file, &path, then.as_ref(), &now) else {
            screen.say(&format!("same      {shown}\n"));
            continue;
        };
        match choose(&text, screen) {
            Choice::Accept => {
                placed::file(&path, |out| out.write_all(now.text().as_bytes()))?;
                let word = if then.is_some() { "renewed" } else { "new" };
                screen.say(&format!("{word:<10}{shown}\n"));
            }
            Choice::Leave => exit = exit.or_worse(Exit::Differs),
            Choice::Quit => return Ok(exit.or_worse(Exit::Differs)),
        }
    }
    if count == 0 {
        return Err(nothing("no scenario among these files, only studies"));
    }
    Ok(exit)
}

/// What differs, in words; `None` when nothing does.
fn told(
    file: &Path,
    path: &Path,
    then: Option<&Result<Golden, String>>,
    now: &Golden,
) -> Option<String> {
    let (what, lines): (String, Vec<String>) = match then {
        None => {
            let text = now.text();
            let mut lines: Vec<String> = text.lines().take(SHOWN).map(str::to_owned).collect();
            let more = text.lines().count() - lines.len();
            if more > 0 {
                lines.push(format!("... and {more} more lines"));
            }
            ("there is none; it would be".to_owned(), lines)
        }
        Some(Err(why)) => (why.clone(), Vec::new()),
        Some(Ok(then)) => {
            let difference = then.difference(now)?;
            (difference.moved.clone(), difference.lines())
        }
    };
    let mut text = format!("{}: {what}\n", path.display());
    lines.iter().for_each(|line| text += &format!("{}\n", format!("  {line}").trim_end()));
    Some(text + &format!("  accept    supsim golden accept {}\n\n", typed(file)))
}

/// Tells which golden files there are, and runs nothing.
fn list(plan: &Plan, screen: &mut Screen) -> Result<Exit, Stop> {
    let files = glob::expand(&plan.files)?;
    let mut exit = Exit::Ok;
    for file in files.into_iter().filter(|file| !is_study(file)) {
        let path = golden_file(&file);
        let text = match read_golden(&path)? {
            _ if !file.is_file() => {
                screen.complain(&format!("supsim: {}: there is no such file", file.display()));
                exit = exit.or_worse(Exit::FileTrouble);
                continue;
            }
            None => format!("none      {}\n", typed(&file)),
            Some(Ok(golden)) => format!("golden    {}   {golden}\n", path.display()),
            Some(Err(why)) => {
                exit = exit.or_worse(Exit::Differs);
                format!("unclear   {}: {why}\n", path.display())
            }
        };
        screen.say(&text);
    }
    Ok(exit)
}

/// Finds golden files whose scenario is gone.
fn check_unused(plan: &Plan, screen: &mut Screen) -> Result<Exit, Stop> {
    let (mut all, mut unused) = (0, 0);
    for place in &plan.files {
        for path in golden_files(&place.join(FOLDER))? {
            all += 1;
            let scenario = |ending: &str| {
                let stem = path.file_stem().unwrap_or_default().to_string_lossy();
                place.join(format!("{stem}.{ending}")).is_file()
            };
            if !scenario("yaml") && !scenario("yml") {
                unused += 1;
                screen.say(&format!("unused    {}\n", path.display()));
            }
        }
    }
    if all == 0 {
        return Err(nothing("no golden files there: they are in a folder `golden`"));
    }
    screen.say(&format!("{unused} of {all} golden files are unused\n"));
    Ok(if unused > 0 { Exit::Differs } else { Exit::Ok })
}

/// The golden files of a folder, in order of their names; none where there is no such folder.
fn golden_files(folder: &Path) -> Result<Vec<PathBuf>, Stop> {
    let trouble = |error: io::Error| Stop {
        exit: Exit::FileTrouble,
        text: format!("supsim: {}: {error}", folder.display()),
    };
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).map_err(trouble)? {
        let path = entry.map_err(trouble)?.path();
        if path.extension().is_some_and(|ending| ending == ENDING) {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

fn nothing(why: &str) -> Stop {
    Stop { exit: Exit::NothingSelected, text: format!("supsim: {why}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::pipeline::tests::TUTORIAL;
    use crate::cli::screen::When;

    #[test]
    fn whoever_is_asked_decides_and_is_asked_again_until_it_is_an_answer() {
        let place = tempfile::tempdir().unwrap();
        let file = place.path().join("tutorial.yaml");
        fs::write(&file, TUTORIAL).unwrap();
        let how = How { replications: None, threads: Some(1), progress: When::Never };
        let plan =
            Plan { what: What::Review, files: vec![file.clone()], allow_outside: false, how };
        let review = |answers: &str| {
            let (mut screen, out, _) = Screen::captured();
            let mut answers = answers.as_bytes();
            let exit =
                each(&plan, &mut |text, screen| ask(text, &mut answers, screen), &mut screen);
            (exit.unwrap(), out.text())
        };
        for answers in ["n\n", "what?\nq\n", ""] {
            let (exit, said) = review(answers);
            assert_eq!(exit, Exit::Differs, "{said}");
            assert_eq!(said.matches("accept this?").count(), answers.lines().count().max(1));
            assert!(!golden_file(&file).exists(), "{said}");
        }
        let (exit, said) = review("y\n");
        assert_eq!(exit, Exit::Ok, "{said}");
        assert!(said.contains("there is none") && said.contains("\n  supsim-golden 1\n"), "{said}");
        let (exit, said) = review("");
        assert_eq!(exit, Exit::Ok);
        assert!(said.starts_with("same "), "{said}");
    }
}
