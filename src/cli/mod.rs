//! Floor 6: words on the command line, files, exit codes.
//!
//! ```text
//!   words ──► args (as written) ──► one command (as meant) ──► pipeline ──► results, screen
//!                                                                  └──► an exit code, always
//! ```
//!
//! Invariants:
//! - The clock on the wall is read on this floor alone, and ends up in one place: `this_time`
//!   in a manifest, and the seconds on standard error.
//! - A run's files appear all together or not at all.
//! - Every way out of the program has one of the codes of [`exit`].

mod advise;
mod against;
mod args;
mod at;
mod chart;
mod check;
mod checked;
mod client_cost;
mod compare;
mod configmgr;
mod cost;
mod earlier;
mod exit;
mod explain;
mod export;
mod floats;
mod format;
mod glob;
mod golden;
mod help;
mod import;
mod inputs;
mod interrupt;
mod kept;
mod manifest;
mod new;
mod overriding;
mod paired;
mod pipeline;
mod placed;
mod progress;
mod replay;
mod replications;
mod report;
mod results;
mod run;
mod screen;
mod show;
mod shrink;
mod study;
mod until;
mod validate;
mod whole;

use std::ffi::OsString;
use std::panic;
use std::process::ExitCode;

use clap::Parser;

use args::{Cli, Command, ImportArgs, ImportWhat};
use exit::{Exit, Stop};
use screen::Screen;

/// The program: its arguments, its output, its exit code.
pub fn main() -> ExitCode {
    let words: Vec<OsString> = std::env::args_os().collect();
    let said = words.join(" ".as_ref()).to_string_lossy().into_owned();
    interrupt::listen();
    panic::set_hook(Box::new(move |defect| screen::report_defect(defect, &said)));
    let performed = panic::catch_unwind(|| {
        let mut screen = Screen::standard();
        perform(words, &mut screen)
    });
    performed.unwrap_or(Exit::Defect).into()
}

/// Does what the words say.
fn perform(words: Vec<OsString>, screen: &mut Screen) -> Exit {
    let done = match Cli::try_parse_from(&words) {
        Ok(cli) => match cli.command {
            Command::Advise(args) => advise::advise(&args.meant(screen), screen),
            Command::At(args) => at::at(&args.meant(screen), screen),
            Command::Explain(args) => explain::explain(&args.meant(screen), screen),
            Command::Run(args) => run::run(&args.meant(screen), words, screen),
            Command::Import(ImportArgs { what: ImportWhat::Wsyncmgr(args) }) => {
                import::import(&args.meant(), words, screen)
            }
            Command::Import(ImportArgs { what: ImportWhat::Configmgr(args) }) => {
                configmgr::import(&args.meant(), screen)
            }
            Command::New(args) => new::new(&args.meant(), screen),
            Command::Chart(args) => chart::chart(&args.meant(screen), screen),
            Command::Check(args) => check::check(&args.meant(screen), screen),
            Command::Golden(args) => golden::golden(&args.meant(), screen),
            Command::Compare(args) => compare::compare(&args.meant(screen), screen),
            Command::Replay(args) => replay::replay(&args.meant(), screen),
            Command::Report(args) => report::report(&args.meant(), screen),
            Command::Export(args) => export::export(&args.meant(), screen),
            Command::Schema => {
                screen.say(&crate::scenario::schema());
                Ok(Exit::Ok)
            }
            Command::Show(args) => show::show(&args.meant(screen), screen),
            Command::Shrink(args) => shrink::shrink(&args.meant(screen), screen),
            Command::Study(args) => args.meant(screen).and_then(|plan| study::study(&plan, screen)),
            Command::Validate(args) => validate::validate(&args.meant(screen), screen),
            Command::Help { topic } => help::help(topic.as_deref(), screen),
        },
        Err(error) => clap_says(&error, screen),
    };
    let exit = match done {
        Ok(exit) => exit,
        Err(Stop { exit, text }) => {
            screen.complain(&text);
            exit
        }
    };
    // What could not be written is worse than what it would have said.
    screen.close().map_or_else(|stop| exit.or_worse(stop.exit), |()| exit)
}

/// Clap's own answer: help and version are what was asked for, anything else is a mistake.
fn clap_says(error: &clap::Error, screen: &mut Screen) -> Result<Exit, Stop> {
    let text = error.render();
    if error.use_stderr() {
        return Err(Stop { exit: Exit::NothingRan, text: text.to_string() });
    }
    screen.say(&text.to_string());
    Ok(Exit::Ok)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(words: &[&str]) -> (Exit, String, String) {
        let (mut screen, out, err) = Screen::captured();
        let words = std::iter::once(&"supsim").chain(words).map(OsString::from).collect();
        let exit = perform(words, &mut screen);
        (exit, out.text(), err.text())
    }

    #[test]
    fn help_and_version_are_answers_and_not_mistakes() {
        let (exit, out, err) = asked(&["--version"]);
        assert_eq!((exit, err.as_str()), (Exit::Ok, ""));
        assert_eq!(out, format!("supsim {}\n", env!("CARGO_PKG_VERSION")));
        let (exit, out, _) = asked(&["run", "--help"]);
        assert_eq!(exit, Exit::Ok);
        assert!(out.contains("supsim run contoso.yaml --seed 7"), "{out}");
    }

    #[test]
    fn a_wrong_word_runs_nothing_and_says_what_was_meant() {
        let (exit, out, err) = asked(&["run", "a.yaml", "--sead", "7"]);
        assert_eq!((exit, out.as_str()), (Exit::NothingRan, ""));
        assert!(err.contains("--seed"), "{err}");
        let (exit, _, err) = asked(&["rum"]);
        assert_eq!(exit, Exit::NothingRan);
        assert!(err.contains("'run'"), "{err}");
        let (exit, _, err) = asked(&[]);
        assert_eq!(exit, Exit::NothingRan);
        assert!(err.contains("Usage"), "{err}");
    }

    #[test]
    fn the_command_line_is_consistent() {
        use clap::CommandFactory;
        Cli::command().debug_assert();
    }
}
