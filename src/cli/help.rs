//! `supsim help`: commands, topics, error codes.

use clap::CommandFactory;

use super::args::Cli;
use super::exit::{Exit, RANKING, Stop};
use super::pipeline;
use super::screen::Screen;

/// A topic: its word, what it tells, and its page.
struct Topic {
    word: &'static str,
    tells: &'static str,
    page: fn() -> String,
}

/// The pages are the project's own references: what they say is tested where it is said.
const TOPICS: &[Topic] = &[
    Topic {
        word: "example",
        tells: "a scenario to start from, ready to run",
        page: || include_str!("../../scenarios/three-tier.yaml").to_owned(),
    },
    Topic {
        word: "scenario",
        tells: "the scenario language: every key, its values and its default",
        page: || include_str!("../../docs/language.md").to_owned(),
    },
    Topic {
        word: "commands",
        tells: "the commands around a scenario, and their forms for programs",
        page: || include_str!("../../docs/commands.md").to_owned(),
    },
    Topic {
        word: "studies",
        tells: "studies: designs, what is varied, how sure the answer is",
        page: || include_str!("../../docs/studies.md").to_owned(),
    },
    Topic {
        word: "cluster",
        tells: "studies in shards, on many machines: what is promised, job files",
        page: || include_str!("../../docs/cluster.md").to_owned(),
    },
    Topic {
        word: "profiles",
        tells: "where defaults come from: cm2007, cm2012, cm-current, wsus",
        page: || include_str!("../../docs/profiles.md").to_owned(),
    },
    Topic {
        word: "metrics",
        tells: "what can be asked of a run, and how it is measured",
        page: || include_str!("../../docs/metrics.md").to_owned(),
    },
    Topic {
        word: "outputs",
        tells: "every file of a stored run, and every column in it",
        page: || include_str!("../../docs/outputs.md").to_owned(),
    },
    Topic {
        word: "formats",
        tells: "what export and -o write: tables, a workbook, logs, drawings, ...",
        page: || include_str!("../../docs/formats.md").to_owned(),
    },
    Topic {
        word: "regression",
        tells: "scenarios held against expectations and golden files, in CI",
        page: || include_str!("../../docs/check.md").to_owned(),
    },
    Topic {
        word: "causes",
        tells: "why a site is late: the categories, the rules, a worked example",
        page: || include_str!("../../docs/causes.md").to_owned(),
    },
    Topic {
        word: "failure-surface",
        tells: "how little breaks an expectation, and what supsim shrink tells of it",
        page: || include_str!("../../docs/shrink.md").to_owned(),
    },
    Topic {
        word: "charts",
        tells: "the charts: what each shows, and how to read it",
        page: || include_str!("../../docs/charts.md").to_owned(),
    },
    Topic {
        word: "report-page",
        tells: "what a report of supsim report holds",
        page: || include_str!("../../docs/report.md").to_owned(),
    },
    Topic {
        word: "import",
        tells: "how real logs are read, and what is made of them",
        page: || include_str!("../../docs/import.md").to_owned(),
    },
    Topic { word: "exit-codes", tells: "what a script can rely on", page: exit_codes },
];

/// Prints what there is to know about a topic.
pub(super) fn help(topic: Option<&str>, screen: &mut Screen) -> Result<Exit, Stop> {
    let text = match topic {
        None => contents(),
        Some(word) => page(word).ok_or_else(|| unknown(word))?,
    };
    screen.say(&text);
    Ok(Exit::Ok)
}

/// What there is help on, and the first steps.
fn contents() -> String {
    let mut text = "Help on what: supsim help TOPIC\n\n".to_owned();
    let command = ("run", "the options of `supsim run`, and of every other command");
    let code = ("E0405", "an error, or a warning (W0501), by its code");
    let topics = TOPICS.iter().map(|topic| (topic.word, topic.tells));
    for (word, tells) in topics.chain([command, code]) {
        text += &format!("  {word:<12} {tells}\n");
    }
    text + &format!("\n{}\n", super::args::FIRST_STEPS)
}

fn page(word: &str) -> Option<String> {
    if let Some(topic) = TOPICS.iter().find(|topic| topic.word == word) {
        return Some((topic.page)());
    }
    let mut command = Cli::command();
    // Built, so that the usage line of a command names the program.
    command.build();
    match command.find_subcommand_mut(word) {
        Some(command) => Some(command.render_long_help().to_string()),
        None => section(pipeline::ERRORS, &word.to_uppercase()),
    }
}

fn unknown(topic: &str) -> Stop {
    let topics: Vec<&str> = TOPICS.iter().map(|topic| topic.word).collect();
    let text = format!(
        "supsim: there is no help on `{topic}`; there is on: {}, run, and every error code such \
         as E0405",
        topics.join(", ")
    );
    Stop { exit: Exit::NothingRan, text }
}

fn exit_codes() -> String {
    let mut ordered = RANKING;
    ordered.sort_by_key(|exit| exit.code());
    let mut text = String::from(
        "code  meaning                                                what a script should do\n",
    );
    for exit in ordered {
        let (meaning, action) = exit.meaning();
        text += &format!("{:>4}  {meaning:<53}  {action}\n", exit.code());
    }
    let ranking = RANKING.map(|exit| exit.code().to_string()).join(", ");
    text + &format!("\nWhen several apply, the first of these is used: {ranking}.\n")
}

/// The part of a Markdown text below the heading that names `code`, with that heading.
fn section(text: &str, code: &str) -> Option<String> {
    let is_code = code.len() == 5
        && code.starts_with(['E', 'W'])
        && code[1..].bytes().all(|byte| byte.is_ascii_digit());
    if !is_code {
        return None;
    }
    let mut level = 0;
    let mut page = String::new();
    for line in text.lines() {
        let hashes = line.bytes().take_while(|&byte| byte == b'#').count();
        if level == 0 {
            if hashes > 0 && line.contains(code) {
                level = hashes;
            }
        } else if hashes > 0 && hashes <= level {
            break;
        }
        if level > 0 {
            page += line;
            page.push('\n');
        }
    }
    (level > 0).then(|| page.trim_end().to_owned() + "\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::{Overrides, Scenario};

    fn asked(topic: Option<&str>) -> (Result<Exit, Stop>, String) {
        let (mut screen, out, _) = Screen::captured();
        (help(topic, &mut screen), out.text())
    }

    #[test]
    fn every_exit_code_is_explained() {
        let (exit, text) = asked(Some("exit-codes"));
        assert_eq!(exit, Ok(Exit::Ok));
        for exit in RANKING {
            let start = format!("{:>4}  {}", exit.code(), exit.meaning().0);
            assert!(text.lines().any(|line| line.starts_with(&start)), "{start} in\n{text}");
        }
    }

    #[test]
    fn help_alone_lists_every_topic_and_each_has_a_page() {
        let contents = asked(None).1;
        for topic in TOPICS {
            let line = format!("  {:<12} {}", topic.word, topic.tells);
            assert!(contents.lines().any(|shown| shown == line), "{contents}");
            let (exit, page) = asked(Some(topic.word));
            assert_eq!(exit, Ok(Exit::Ok));
            assert!(page.lines().count() > 5, "{page}");
        }
        assert!(contents.contains("supsim new -o contoso.yaml"), "{contents}");
        assert!(contents.lines().all(|line| line.chars().count() <= 100), "{contents}");
        assert!(asked(Some("run")).1.contains("Usage: supsim run"), "{}", asked(Some("run")).1);
        assert!(asked(Some("outputs")).1.contains("attempts.csv"));
    }

    #[test]
    fn the_example_runs() {
        let page = asked(Some("example")).1;
        let read = Scenario::parse("example.yaml", &page, &Overrides::default());
        assert!(read.is_ok_and(|(_, warnings)| warnings.is_empty()));
    }

    #[test]
    fn an_unknown_topic_says_which_there_are() {
        let stop = asked(Some("frogs")).0.unwrap_err();
        assert_eq!(stop.exit, Exit::NothingRan);
        assert!(stop.text.contains("exit-codes"), "{}", stop.text);
    }

    #[test]
    fn an_error_code_shows_its_own_section() {
        let text = "# Errors\n## E0101: one\nfirst\n### more\nx\n## E0102: two\nsecond\n";
        assert_eq!(section(text, "E0101").unwrap(), "## E0101: one\nfirst\n### more\nx\n");
        assert_eq!(section(text, "E0102").unwrap(), "## E0102: two\nsecond\n");
        assert_eq!(section(text, "E0103"), None);
        assert_eq!(section(text, "Errors"), None);
    }
}
