//! `supsim help`: commands, topics, error codes.

use clap::CommandFactory;

use super::args::Cli;
use super::exit::{Exit, RANKING, Stop};
use super::pipeline;
use super::screen::Screen;

/// The format of every file, as the project's own reference has it.
const OUTPUTS: &str = include_str!("../../docs/outputs.md");

/// Prints what there is to know about a topic.
pub(super) fn help(topic: Option<&str>, screen: &mut Screen) -> Result<Exit, Stop> {
    let mut command = Cli::command();
    let text = match topic {
        None => command.render_help().to_string(),
        Some("exit-codes") => exit_codes(),
        Some("outputs") => OUTPUTS.to_owned(),
        Some(topic) => {
            // Built, so that the usage line of a command names the program.
            command.build();
            match command.find_subcommand_mut(topic) {
                Some(command) => command.render_long_help().to_string(),
                None => match section(pipeline::ERRORS, &topic.to_uppercase()) {
                    Some(page) => page,
                    None => return Err(unknown(topic)),
                },
            }
        }
    };
    screen.say(&text);
    Ok(Exit::Ok)
}

fn unknown(topic: &str) -> Stop {
    let text = format!(
        "supsim: there is no help on `{topic}`; there is on: run, exit-codes, outputs, \
         and every error code such as E0405"
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
    fn commands_and_topics_have_a_page() {
        assert!(asked(None).1.contains("supsim run contoso.yaml"));
        assert!(asked(Some("run")).1.contains("Usage: supsim run"), "{}", asked(Some("run")).1);
        assert!(asked(Some("outputs")).1.contains("attempts.csv"));
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
