//! Where what was found goes.

use std::path::{Path, PathBuf};

use super::super::exit::{Exit, Stop};
use super::super::{pipeline, placed};
use super::Plan;
use crate::report::{Surface, surface, write_surface};

/// Where it goes, by what it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Outputs {
    /// The scenario that fails.
    pub scenario: PathBuf,
    /// Tables and charts of an offer.
    of_offer: Vec<(PathBuf, Form)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Table,
    Svg,
    Png,
}

impl Outputs {
    /// What cannot be written is said before anything runs.
    pub fn of(plan: &Plan) -> Result<Outputs, Stop> {
        let stem = plan.file.file_stem().unwrap_or_default().to_string_lossy();
        let mut outputs = Outputs {
            scenario: plan.file.with_file_name(format!("{stem}.shrunk.yaml")),
            of_offer: Vec::new(),
        };
        for path in &plan.outputs {
            let ending = path.extension().map(|it| it.to_string_lossy().to_ascii_lowercase());
            let form = match ending.as_deref() {
                Some("yaml" | "yml") => {
                    outputs.scenario.clone_from(path);
                    continue;
                }
                Some("csv") => Form::Table,
                Some("svg") => Form::Svg,
                Some("png") => Form::Png,
                _ => {
                    let what = "shrink writes .yaml (what was found) and, of an offer, .csv, .svg \
                                and .png";
                    return Err(refused(path, what));
                }
            };
            if plan.offer.is_none() {
                return Err(refused(path, "tables and charts are of an offer: add --offer"));
            }
            outputs.of_offer.push((path.clone(), form));
        }
        if same(&outputs.scenario, &plan.file) {
            return Err(refused(
                &outputs.scenario,
                "this is the scenario itself; name another file",
            ));
        }
        Ok(outputs)
    }

    /// Writes the tables and the charts.
    pub fn write(&self, told: &Surface<'_>) -> Result<(), Stop> {
        for (path, form) in &self.of_offer {
            match form {
                Form::Table => placed::file(path, |out| write_surface(told, out))?,
                Form::Svg => {
                    let picture = surface(told);
                    placed::file(path, |out| out.write_all(picture.svg.as_bytes()))?;
                }
                Form::Png => {
                    let pixels = pipeline::pixels(&surface(told))?;
                    placed::file(path, |out| out.write_all(&pixels))?;
                }
            }
        }
        Ok(())
    }
}

/// Are two names those of one file?
fn same(one: &Path, other: &Path) -> bool {
    match (one.canonicalize(), other.canonicalize()) {
        (Ok(one), Ok(other)) => one == other,
        _ => one == other,
    }
}

fn refused(path: &Path, what: &str) -> Stop {
    Stop { exit: Exit::NothingRan, text: format!("supsim: -o {}: {what}", path.display()) }
}
