//! The arguments of `supsim validate`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::LookArgs;
use crate::cli::overriding::OverrideArgs;
use crate::cli::screen::Screen;
use crate::cli::validate::{Format, Plan};

/// The arguments of `supsim validate`.
#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  \
        supsim validate contoso.yaml                    one file\n  \
        supsim validate scenarios/*.yaml                many; supsim expands the * itself\n  \
        supsim validate scenarios --deny warnings       a whole folder, for CI\n  \
        supsim validate contoso.yaml --format json      for a program (supsim help commands)\n\n\
    The exit code is 0 when all files are good, 2 when one is not, 5 when no file matches.")]
pub(in crate::cli) struct ValidateArgs {
    /// Scenarios, perhaps with * and ?, or folders of them
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// What shall count as an error
    #[arg(long, value_name = "WHAT")]
    deny: Option<Deny>,
    /// For whom
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    format: FormatWord,
    #[command(flatten)]
    overriding: OverrideArgs,
    #[command(flatten)]
    looks: Looks,
}

/// How a command looks on the screen.
#[derive(Args, Debug)]
struct Looks {
    /// Print nothing but complaints
    #[arg(short, long)]
    quiet: bool,
    #[command(flatten)]
    look: LookArgs,
}

#[derive(ValueEnum, Clone, Copy, Debug)]
enum Deny {
    /// Warnings
    Warnings,
}

#[derive(ValueEnum, Clone, Copy, Debug)]
enum FormatWord {
    /// A person
    Human,
    /// A program: one document
    Json,
    /// A program: one object a line
    Jsonl,
}

impl From<FormatWord> for Format {
    fn from(word: FormatWord) -> Format {
        match word {
            FormatWord::Human => Format::Human,
            FormatWord::Json => Format::Json,
            FormatWord::Jsonl => Format::JsonLines,
        }
    }
}

impl ValidateArgs {
    /// What was meant, on this screen.
    pub fn meant(self, screen: &mut Screen) -> Plan {
        Plan {
            files: self.files,
            overrides: self.overriding.overrides(None),
            deny_warnings: self.deny.is_some(),
            format: self.format.into(),
            look: self.looks.look.meant(screen),
            quiet: self.looks.quiet,
        }
    }
}
