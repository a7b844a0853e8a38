//! The arguments of `supsim new`.

use std::path::PathBuf;

use clap::Args;

use crate::cli::new::{Plan, TEMPLATES, Template};

/// The arguments of `supsim new`.
#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  \
        supsim new                               tutorial.yaml, here\n  \
        supsim new patch-tuesday -o contoso.yaml  a larger one, by another name\n  \
        supsim new three-tier -o plans/          into a folder\n  \
        supsim new study                         a study, and the scenario that it varies\n\n\
    Templates: tutorial (three sites), three-tier (eight), patch-tuesday (thirty-four, generated),\n\
    study (designs compared).\n\
    A file that is there is left alone unless --force is said.")]
pub(in crate::cli) struct NewArgs {
    /// Which template
    #[arg(default_value = "tutorial", value_parser = template)]
    template: &'static Template,
    /// Where to: a file, or a folder to put it into; - for standard output
    #[arg(short, value_name = "FILE|DIR")]
    output: Option<PathBuf>,
    /// Write over a file that is there
    #[arg(long)]
    force: bool,
}

fn template(word: &str) -> Result<&'static Template, String> {
    TEMPLATES.iter().find(|template| template.word == word).ok_or_else(|| {
        let known: Vec<&str> = TEMPLATES.iter().map(|template| template.word).collect();
        format!("there are {}", known.join(", "))
    })
}

impl NewArgs {
    /// What was meant.
    pub fn meant(self) -> Plan {
        Plan { template: self.template, output: self.output, force: self.force }
    }
}
