//! `-p`, `--set`, `--where`, `--with`, `--allow-outside`: what the command line says instead of
//! the file.
//!
//! Flatten [`OverrideArgs`] into the arguments of every command that reads a scenario, and pass
//! [`OverrideArgs::overrides`] to [`super::pipeline::read`].

use clap::{ArgMatches, Args, Command, FromArgMatches};

use crate::scenario::{Overridden, Overrides, SitesOverride};

/// Words on the command line in the order in which they stand: a `--where` is about the `--set`
/// behind it, so the order must be kept.
#[derive(Clone, Debug, Default)]
pub(super) struct OverrideArgs {
    overrides: Overrides,
}

impl OverrideArgs {
    /// What was said; the seed is the caller's.
    pub fn overrides(&self, seed: Option<u64>) -> Overrides {
        Overrides { seed, ..self.overrides.clone() }
    }
}

/// The same, one list for each flag.
#[derive(Args, Debug)]
struct Words {
    /// Gives a declared parameter another value
    #[arg(short = 'p', value_name = "NAME=VALUE")]
    params: Vec<String>,
    /// Writes one value anywhere in the scenario; PATH=null removes what stands there
    #[arg(long, value_name = "PATH=VALUE")]
    set: Vec<String>,
    /// Makes every --set behind it one of the sites selected (link=vsat, type=secondary, ...)
    #[arg(long = "where", value_name = "KEY=VALUE")]
    selected: Vec<String>,
    /// Lays a file of further keys over the scenario
    #[arg(long, value_name = "FILE")]
    with: Vec<String>,
    /// Lets the scenario read files outside its own folder
    #[arg(long)]
    allow_outside: bool,
}

impl FromArgMatches for OverrideArgs {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let words = Words::from_arg_matches(matches)?;
        let indices = |id: &str| matches.indices_of(id).map(Iterator::collect).unwrap_or_default();
        let (at_set, at_where): (Vec<usize>, Vec<usize>) = (indices("set"), indices("selected"));
        let mut overrides = Overrides {
            params: words.params,
            with: words.with,
            allow_outside: words.allow_outside,
            ..Overrides::default()
        };
        let sets = at_set.into_iter().zip(words.set).map(|(at, word)| (at, true, word));
        let wheres = at_where.into_iter().zip(words.selected).map(|(at, word)| (at, false, word));
        let mut in_order: Vec<(usize, bool, String)> = sets.chain(wheres).collect();
        in_order.sort_unstable();
        for (_, is_set, word) in in_order {
            // the first --where behind a --set begins another selector
            let fresh = overrides.sites.last().is_none_or(|last| !last.set.is_empty());
            match (is_set, overrides.sites.last_mut()) {
                (true, None) => overrides.set.push(word),
                (true, Some(last)) => last.set.push(word),
                (false, Some(last)) if !fresh => last.selected.push(word),
                (false, _) => {
                    overrides.sites.push(SitesOverride { selected: vec![word], set: Vec::new() });
                }
            }
        }
        Ok(OverrideArgs { overrides })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

impl Args for OverrideArgs {
    fn augment_args(command: Command) -> Command {
        Words::augment_args(command)
    }

    fn augment_args_for_update(command: Command) -> Command {
        Words::augment_args_for_update(command)
    }
}

/// A word as it would be typed: in quotes where a shell would take it apart. Double quotes, which
/// every shell knows, cmd too; single ones around what is special between double quotes.
pub(super) fn quoted(word: &str) -> String {
    const APART: &str = " \"'$`{}()[]&|<>;*?,";
    if !word.is_empty() && !word.contains(|c| APART.contains(c)) {
        word.to_owned()
    } else if word.contains(['"', '$', '`']) && !word.contains('\'') {
        format!("'{word}'")
    } else {
        format!("\"{word}\"")
    }
}

/// The words again, as they would be typed.
pub(super) fn as_typed(overrides: &Overrides) -> Vec<String> {
    let mut words = Vec::new();
    let mut flag = |flag: &str, values: &[String]| {
        for value in values {
            words.push(format!("{flag} {}", quoted(value)));
        }
    };
    flag("-p", &overrides.params);
    flag("--with", &overrides.with);
    flag("--set", &overrides.set);
    for sites in &overrides.sites {
        flag("--where", &sites.selected);
        flag("--set", &sites.set);
    }
    if overrides.allow_outside {
        words.push("--allow-outside".to_owned());
    }
    words
}

/// The most lines that tell what was overridden; the manifest has them all.
const TOLD: usize = 20;

/// What holds instead of what the scenario says, a line for each; empty when it holds as it is.
pub(super) fn told(overridden: &[Overridden]) -> String {
    let mut lines = String::new();
    for one in overridden.iter().take(TOLD) {
        let was = one.before.as_ref().map(|before| format!(" (was {before})")).unwrap_or_default();
        match &one.after {
            Some(after) => lines += &format!("overridden: {} = {after}{was}\n", one.path),
            None => lines += &format!("overridden: {} removed{was}\n", one.path),
        }
    }
    if overridden.len() > TOLD {
        lines += &format!("... and {} more\n", overridden.len() - TOLD);
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(words: &str) -> Overrides {
        let command = OverrideArgs::augment_args(Command::new("x"));
        let words = std::iter::once("x").chain(words.split(' ').filter(|word| !word.is_empty()));
        let matches = command.get_matches_from(words);
        OverrideArgs::from_arg_matches(&matches).unwrap().overrides(None)
    }

    #[test]
    fn a_word_is_quoted_so_that_a_shell_reads_it_as_one() {
        let told = |word: &str| quoted(word);
        assert_eq!(told("contoso.yaml"), "contoso.yaml");
        assert_eq!(told(r"D:\plans\größe.yaml"), r"D:\plans\größe.yaml");
        assert_eq!(told("definitions#7"), "definitions#7");
        assert_eq!(told("R&D plan.yaml"), "\"R&D plan.yaml\"");
        assert_eq!(told("sites.A.link={ a: 1 }"), "\"sites.A.link={ a: 1 }\"");
        assert_eq!(told("name=\"a\""), "'name=\"a\"'");
        assert_eq!(told("name=${seed}"), "'name=${seed}'");
        assert_eq!(told("it's"), "\"it's\"");
        assert_eq!(told(""), "\"\"");
    }

    #[test]
    fn a_where_is_about_the_sets_behind_it() {
        let read = read(
            "--set a=1 --where link=vsat --where type=secondary --set b=2 --set c=3 --where code=R01 --set d=4",
        );
        assert_eq!(read.set, ["a=1"]);
        let groups: Vec<(&[String], &[String])> =
            read.sites.iter().map(|sites| (&sites.selected[..], &sites.set[..])).collect();
        let of = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
        let (first, second) = (of(&["link=vsat", "type=secondary"]), of(&["b=2", "c=3"]));
        let (third, fourth) = (of(&["code=R01"]), of(&["d=4"]));
        assert_eq!(groups, [(&first[..], &second[..]), (&third[..], &fourth[..])]);
    }

    #[test]
    fn what_was_typed_can_be_typed_again() {
        let words = "-p a=1 -p b=2 --with x.yaml --set c=3 --where d=4 --set e=5 --allow-outside";
        assert_eq!(as_typed(&read(words)).join(" "), words);
        assert_eq!(as_typed(&read("")), [""; 0]);
    }
}
