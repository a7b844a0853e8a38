//! The arguments of `supsim show`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use super::LookArgs;
use crate::cli::overriding::OverrideArgs;
use crate::cli::screen::Screen;
use crate::cli::show::{Form, Plan, What};
use crate::scenario::Profile;

/// The arguments of `supsim show`.
#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  \
        supsim show topology contoso.yaml               the tree, leaves that are alike in one line\n  \
        supsim show topology contoso.yaml -o tree.dot   the same as a drawing\n  \
        supsim show sites contoso.yaml --format csv     every site, for a spreadsheet\n  \
        supsim show schedule contoso.yaml -n 3          the first triggers in every zone\n  \
        supsim show faults contoso.yaml --rep 7         what replication 7 draws\n  \
        supsim show defaults contoso.yaml --assumed     the numbers that nobody knows\n  \
        supsim show defaults --profile cm2012           the defaults of a profile")]
pub(in crate::cli) struct ShowArgs {
    #[command(subcommand)]
    what: ShowWhat,
}

#[derive(Subcommand, Debug)]
enum ShowWhat {
    /// The tree of the sites
    Topology {
        #[command(flatten)]
        of: ShowOf,
        /// List every site, also leaves that are alike
        #[arg(long)]
        expand: bool,
        /// Draw it here: .dot (Graphviz), .mmd (Mermaid), .csv (Visio). May be repeated
        #[arg(short, value_name = "NAME.EXT")]
        output: Vec<PathBuf>,
    },
    /// Every site with what it is meant to be
    Sites {
        #[command(flatten)]
        of: ShowOf,
    },
    /// What starts a synchronisation, in every zone involved
    Schedule {
        #[command(flatten)]
        of: ShowOf,
        /// How many triggers
        #[arg(short = 'n', value_name = "COUNT", default_value_t = 10)]
        first: usize,
    },
    /// The faults as one replication draws them, without running it
    Faults {
        #[command(flatten)]
        of: ShowOf,
        /// Which replication
        #[arg(long, value_name = "K", default_value_t = 0)]
        rep: u32,
        /// Which chance; wins over the scenario's own seed
        #[arg(long, value_name = "N")]
        seed: Option<u64>,
        /// How many outages of each fault
        #[arg(short = 'n', value_name = "COUNT", default_value_t = 10)]
        first: usize,
    },
    /// The parameters that it declares, with what they may be, for -p NAME=VALUE
    Params {
        #[command(flatten)]
        of: ShowOf,
    },
    /// The numbers that nobody wrote, and how well each is known
    Defaults {
        /// The scenario; with --profile none is needed
        #[arg(required_unless_present = "profile")]
        file: Option<PathBuf>,
        /// Those of this profile (cm2007, cm2012, cm-current, wsus); of a file as it would be with
        /// another profile: FILE --set profile=PROFILE
        #[arg(long, value_name = "PROFILE", value_parser = profile, conflicts_with = "file")]
        profile: Option<Profile>,
        /// Only those that nobody has documented or measured
        #[arg(long)]
        assumed: bool,
        /// Only those that stood in for something this scenario does not say
        #[arg(long, requires = "file")]
        used: bool,
        #[command(flatten)]
        overriding: OverrideArgs,
        #[command(flatten)]
        how: ShowHow,
    },
}

/// Of which scenario, and how.
#[derive(Args, Debug)]
struct ShowOf {
    /// The scenario
    file: PathBuf,
    #[command(flatten)]
    overriding: OverrideArgs,
    #[command(flatten)]
    how: ShowHow,
}

#[derive(Args, Debug)]
struct ShowHow {
    /// For whom
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    format: ShowForm,
    #[command(flatten)]
    look: LookArgs,
}

#[derive(ValueEnum, Clone, Copy, Debug)]
enum ShowForm {
    /// A person
    Human,
    /// A spreadsheet
    Csv,
    /// A program
    Json,
}

fn profile(word: &str) -> Result<Profile, String> {
    Profile::all().find(|profile| profile.word() == word).ok_or_else(|| {
        let known: Vec<&str> = Profile::all().map(Profile::word).collect();
        format!("there are {}", known.join(", "))
    })
}

impl ShowArgs {
    /// What was meant, on this screen.
    pub fn meant(self, screen: &mut Screen) -> Plan {
        let plan = |of: ShowOf, seed: Option<u64>, what: What| {
            let overrides = of.overriding.overrides(seed);
            (Some(of.file), overrides, of.how, what)
        };
        let (file, overrides, how, what) = match self.what {
            ShowWhat::Topology { of, expand, output } => {
                plan(of, None, What::Topology { expand, output })
            }
            ShowWhat::Sites { of } => plan(of, None, What::Sites),
            ShowWhat::Schedule { of, first } => plan(of, None, What::Schedule { first }),
            ShowWhat::Faults { of, rep, seed, first } => {
                plan(of, seed, What::Faults { replication: rep, first })
            }
            ShowWhat::Params { of } => plan(of, None, What::Params),
            ShowWhat::Defaults { file, profile, assumed, used, overriding, how } => {
                let what = What::Defaults { profile, assumed, used };
                (file, overriding.overrides(None), how, what)
            }
        };
        Plan {
            file,
            overrides,
            what,
            form: match how.format {
                ShowForm::Human => Form::Human,
                ShowForm::Csv => Form::Csv,
                ShowForm::Json => Form::Json,
            },
            look: how.look.meant(screen),
        }
    }
}
