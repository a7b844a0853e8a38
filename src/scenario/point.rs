//! `internet_sup.mode`: how metadata reach an internet-based point (P6, P10).

use serde_yaml::{Mapping, Value as Written};

use super::criteria::list_or_all;
use super::mapping::{one, put};
use super::reader::Reader;
use super::yaml::{Node, Value};
use super::{Work, cost, quantity};
use crate::units::Duration;

/// How metadata reach an internet-based point.
#[derive(Clone, Debug, PartialEq)]
pub enum PointMode {
    /// It synchronises with its site's active point, whose replica it is (P6, H6).
    Upstream,
    /// They are exported, carried and imported (P10); it is an autonomous server (H6).
    ExportImport(Box<ExportImport>),
}

/// Export, carrying and import (P10).
#[derive(Clone, Debug, PartialEq)]
pub struct ExportImport {
    /// When the first run starts, from the start of the simulation.
    pub first: Duration,
    /// From the start of a run to the start of the next.
    pub every: Duration,
    /// What the export takes at the active point.
    pub export: Work,
    /// What the carrying takes.
    pub carry: Work,
    /// What the import takes at the internet-based point.
    pub import: Work,
    /// The languages that the point is set to; `None`: those of the exporting server.
    pub languages: Option<Languages>,
    /// Is it set to express installation files? `None`: as the exporting server.
    pub express: Option<bool>,
}

/// Languages of a WSUS server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Languages {
    /// Every one.
    All,
    /// These, in order, each once.
    These(Vec<String>),
}

impl Languages {
    /// Are these the languages of criteria, where `None` is every one?
    pub fn are(&self, criteria: Option<&[String]>) -> bool {
        match (self, criteria) {
            (Languages::All, None) => true,
            (Languages::These(mine), Some(theirs)) => mine == theirs,
            (Languages::All, Some(_)) | (Languages::These(_), None) => false,
        }
    }
}

impl PointMode {
    /// What is exported, carried and imported, if it is.
    pub fn export_import(&self) -> Option<&ExportImport> {
        match self {
            PointMode::Upstream => None,
            PointMode::ExportImport(mode) => Some(mode),
        }
    }
}

const KEYS: [&str; 7] = ["first", "every", "export", "carry", "import", "languages", "express"];
const SAME: &str = "same";

impl Reader {
    /// `mode`, if it is written.
    pub fn point_mode(&mut self, node: Option<&Node<'_>>) -> Option<PointMode> {
        let Some(node) = node else {
            self.used_default("sites.internet_sup.mode");
            return Some(PointMode::Upstream);
        };
        let what = "a mode of an internet-based point";
        let choice = self.choice(node, what, &["upstream"], &["export_import"], &[], &[])?;
        match choice.value {
            None => Some(PointMode::Upstream),
            Some(value) => {
                let mode = self.export_import(value)?;
                Some(PointMode::ExportImport(Box::new(mode)))
            }
        }
    }

    fn export_import(&mut self, node: &Node<'_>) -> Option<ExportImport> {
        let fields = self.fields(node, "`export_import`", &KEYS, &[])?;
        let every = match fields.get("every") {
            Some(node) => self.positive_duration(node, "`every`"),
            None => self.default_duration("sites.internet_sup.mode.export_import.every"),
        };
        let first = match fields.get("first") {
            Some(node) => self.duration(node, "`first`"),
            None => self.default_duration("sites.internet_sup.mode.export_import.first"),
        };
        let mut step = |key: &str, default: &'static str| match fields.get(key) {
            Some(node) => self.work(node, &format!("`{key}`")),
            None => {
                let length = quantity::duration(self.default(default)).unwrap_or_default();
                Some(Work::constant(length))
            }
        };
        let export = step("export", "sites.internet_sup.mode.export_import.export");
        let carry = step("carry", "sites.internet_sup.mode.export_import.carry");
        let import = step("import", "sites.internet_sup.mode.export_import.import");
        let languages = match fields.get("languages") {
            Some(node) if is_same(node) => Some(None),
            Some(node) => self
                .names_of(node, "languages")
                .map(|names| Some(names.map_or(Languages::All, Languages::These))),
            None => {
                self.used_default("sites.internet_sup.mode.export_import.languages");
                Some(None)
            }
        };
        let express = match fields.get("express") {
            Some(node) if is_same(node) => Some(None),
            Some(node) => self.truth(node, "`express`").map(Some),
            None => {
                self.used_default("sites.internet_sup.mode.export_import.express");
                Some(None)
            }
        };
        Some(ExportImport {
            first: first?,
            every: every?,
            export: export?,
            carry: carry?,
            import: import?,
            languages: languages?,
            express: express?,
        })
    }

    fn default_duration(&mut self, key: &'static str) -> Option<Duration> {
        quantity::duration(self.default(key)).ok()
    }
}

/// Is the option that of the exporting server?
fn is_same(node: &Node<'_>) -> bool {
    matches!(&node.value, Value::Plain(text) | Value::Quoted(text) if text.as_ref() == SAME)
}

/// The way it is written.
pub(super) fn written(mode: &PointMode) -> Written {
    let Some(mode) = mode.export_import() else { return "upstream".into() };
    let mut map = Mapping::new();
    put(&mut map, "first", mode.first.to_string());
    put(&mut map, "every", mode.every.to_string());
    for (key, work) in [("export", &mode.export), ("carry", &mode.carry), ("import", &mode.import)]
    {
        put(&mut map, key, cost::written(work));
    }
    let languages = match &mode.languages {
        None => SAME.into(),
        Some(Languages::All) => list_or_all(None),
        Some(Languages::These(names)) => list_or_all(Some(names)),
    };
    put(&mut map, "languages", languages);
    put(&mut map, "express", mode.express.map_or(SAME.into(), Written::from));
    one("export_import", map)
}
