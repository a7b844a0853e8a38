//! A site as written, in a template or by itself, and as it is meant.

use std::collections::BTreeMap;

use super::names::Names;
use super::reader::Reader;
use super::retry::RetryWritten;
use super::source::Place;
use super::text::checked_label;
use super::timing::{TimingWritten, Timings};
use super::yaml::{Entry, Node, Value};
use super::{
    ClientCounts, ClockOffset, InternetPoint, PointMode, Site, SiteKind, SoftwareUpdatePoint, Work,
    Zone, limits,
};
use crate::units::{LinkId, RouteId};

/// What a site or a template says; `None` where it says nothing.
#[derive(Clone, Default)]
pub(super) struct SiteWritten {
    pub template: Option<(String, Place)>,
    pub kind: Option<(SiteKind, Place)>,
    pub parent: Option<(String, Place)>,
    pub name: Option<String>,
    pub labels: BTreeMap<String, String>,
    pub zone: Option<Zone>,
    pub clients: Option<ClientCounts>,
    pub link: Option<LinkId>,
    pub route: Option<RouteId>,
    pub sup: Option<Option<SoftwareUpdatePoint>>,
    pub internet: Option<InternetWritten>,
    pub timing: Option<Box<TimingWritten>>,
    pub retry: RetryWritten,
    pub clock_offset: Option<ClockOffset>,
}

impl SiteWritten {
    /// What a generator made, as it could stand in a file.
    pub fn as_node<'a>(&self, names: &Names<'_>, parent: &str, place: Place) -> Node<'a> {
        // of a site's keys a generator gives these; the others come from the template
        let SiteWritten {
            template,
            name,
            labels,
            zone,
            link,
            route,
            kind: _,
            parent: _,
            clients: _,
            sup: _,
            internet: _,
            timing: _,
            retry: _,
            clock_offset: _,
        } = self;
        let text = |text: &str| Node { place, value: Value::Quoted(text.to_owned().into()) };
        let entry = |key: &str, value: Node<'a>| Entry {
            key: key.to_owned().into(),
            quoted: true,
            place,
            value,
        };
        let labels = labels.iter().map(|(key, value)| entry(key, text(value))).collect::<Vec<_>>();
        let link = link.map(|link| names.links[link.index()].name.as_str());
        let route = route.map(|route| names.routes[route.index()].name.as_str());
        let texts = [
            ("parent", Some(parent)),
            ("template", template.as_ref().map(|(name, _)| name.as_str())),
            ("name", name.as_deref()),
            ("timezone", zone.as_ref().map(Zone::name)),
            ("link", link),
            ("route", route),
        ];
        let mut entries: Vec<Entry<'a>> = Vec::with_capacity(texts.len() + 1);
        for (key, value) in texts {
            entries.extend(value.map(|value| entry(key, text(value))));
        }
        if !labels.is_empty() {
            entries.push(entry("labels", Node { place, value: Value::Map(labels) }));
        }
        Node { place, value: Value::Map(entries) }
    }
}

/// An internet-based point as written.
#[derive(Clone)]
pub(super) struct InternetWritten {
    pub place: Place,
    pub server: String,
    pub link: Option<LinkId>,
    pub work: Option<Work>,
    pub mode: PointMode,
}

const KEYS: [&str; 14] = [
    "template",
    "type",
    "parent",
    "name",
    "labels",
    "timezone",
    "clients",
    "link",
    "route",
    "sup",
    "internet_sup",
    "timing",
    "retry",
    "clock_offset",
];

pub(super) const KINDS: [(&str, SiteKind); 3] = [
    ("central", SiteKind::Central),
    ("primary", SiteKind::Primary),
    ("secondary", SiteKind::Secondary),
];

impl Reader {
    /// A site or a template as it stands.
    pub fn site(
        &mut self,
        names: &mut Names<'_>,
        node: &Node<'_>,
        is_template: bool,
    ) -> Option<SiteWritten> {
        let what = if is_template { "a template" } else { "a site" };
        let fields = self.fields(node, what, &KEYS, &[])?;
        let mut site = SiteWritten::default();
        if is_template {
            for key in ["template", "parent"] {
                if let Some(entry) = fields.entry(key) {
                    let note = "only a site has one";
                    self.error(
                        "E0102",
                        entry.place,
                        format!("a template cannot have a `{key}`"),
                        note,
                    );
                }
            }
        }
        let referred = |reader: &mut Reader, key: &str| {
            let node = fields.get(key)?;
            Some((reader.text(node, key)?.to_owned(), node.place))
        };
        site.template = referred(self, "template");
        site.parent = referred(self, "parent");
        if let Some(node) = fields.get("type") {
            site.kind = self.word_of(node, "a type of site", &KINDS).map(|kind| (kind, node.place));
        }
        if let Some(node) = fields.get("name") {
            site.name = self.label(node, "a name").map(str::to_owned);
        }
        if let Some(node) = fields.get("labels") {
            site.labels = self.labels(node);
        }
        if let Some(node) = fields.get("timezone") {
            site.zone = self.zone(&mut names.zones, node);
        }
        if let Some(node) = fields.get("clients") {
            site.clients = self.client_counts(node);
        }
        if let Some(node) = fields.get("link") {
            site.link = names.link(self, node);
        }
        if let Some(node) = fields.get("route") {
            site.route = names.route(self, node);
        }
        if let Some(node) = fields.get("sup") {
            site.sup = self.sup(node);
        }
        if let Some(entry) = fields.entry("internet_sup") {
            site.internet = self.internet_sup(names, entry);
        }
        if let Some(node) = fields.get("timing") {
            site.timing = self.timing(node).map(Box::new);
        }
        if let Some(node) = fields.get("retry") {
            site.retry = self.retry(node);
        }
        if let Some(node) = fields.get("clock_offset") {
            site.clock_offset = self.clock_offset(node);
        }
        Some(site)
    }

    pub fn labels(&mut self, node: &Node<'_>) -> BTreeMap<String, String> {
        let mut labels = BTreeMap::new();
        for entry in self.map(node, "`labels`").unwrap_or_default() {
            let key = self.identifier(entry, "a label");
            let value = self.label(&entry.value, "a label");
            if let (Some(key), Some(value)) = (key, value) {
                labels.insert(key.to_owned(), value.to_owned());
            }
        }
        labels
    }

    fn sup(&mut self, node: &Node<'_>) -> Option<Option<SoftwareUpdatePoint>> {
        if !matches!(node.value, Value::Map(_)) {
            let what = "a software update point: `none` or { server, console }";
            return self.word_of(node, what, &[("none", None)]);
        }
        let fields = self.fields(
            node,
            "`sup`",
            &["server", "console", "pulls_at_once", "express", "scans_at_once"],
            &[],
        )?;
        let server = fields.get("server").map(|node| {
            self.word_of(node, "a place for the server", &[("local", true), ("remote", false)])
        });
        let console = fields.get("console").map(|node| {
            self.word_of(node, "a state of the console", &[("installed", true), ("missing", false)])
        });
        let pulls_at_once = match fields.get("pulls_at_once") {
            Some(node) => match self.scalar(node, "`pulls_at_once`")? {
                "unlimited" => None,
                _ => {
                    let what = "`pulls_at_once` (a number or `unlimited`)";
                    Some(self.count32(node, what, 1, limits::AT_ONCE)?)
                }
            },
            None => {
                self.used_default("sites.sup.pulls_at_once");
                None
            }
        };
        let express = fields.get("express").map(|node| self.truth(node, "`express`"));
        let scans_at_once = fields
            .get("scans_at_once")
            .map(|node| self.count32(node, "`scans_at_once`", 1, limits::SCANS_AT_ONCE).map(Some));
        Some(Some(SoftwareUpdatePoint {
            local: server.unwrap_or(Some(true))?,
            console: console.unwrap_or(Some(true))?,
            pulls_at_once,
            express: express.unwrap_or(Some(false))?,
            scans_at_once: scans_at_once.unwrap_or(Some(None))?,
        }))
    }

    fn internet_sup(
        &mut self,
        names: &mut Names<'_>,
        entry: &Entry<'_>,
    ) -> Option<InternetWritten> {
        let fields = self.fields(
            &entry.value,
            "`internet_sup`",
            &["link", "server", "timing", "mode"],
            &[],
        )?;
        let mode = self.point_mode(fields.get("mode"));
        let server = fields.get("server").and_then(|node| self.label(node, "`server`"));
        Some(InternetWritten {
            place: entry.place,
            server: server.unwrap_or_default().to_owned(),
            link: fields.get("link").and_then(|node| names.link(self, node)),
            work: fields.get("timing").and_then(|node| self.work(node, "`timing`")),
            mode: mode?,
        })
    }
}

/// What all sites have in common.
pub(super) struct Common {
    pub zone: Zone,
    pub retry: RetryWritten,
    pub templates: BTreeMap<String, SiteWritten>,
}

impl Common {
    /// The site meant: what it says, else what its template says, else the defaults (the parent
    /// and the tier are found later).
    pub fn resolve(
        &self,
        reader: &mut Reader,
        timings: &mut Timings,
        code: &str,
        written: SiteWritten,
    ) -> Site {
        let nothing = SiteWritten::default();
        let template_name = written.template.as_ref().map(|(name, _)| name.as_str());
        let template = template_name.and_then(|name| self.templates.get(name)).unwrap_or(&nothing);
        let mut labels = template.labels.clone();
        labels.extend(written.labels);
        let sup = written.sup.or(template.sup).unwrap_or_else(|| {
            reader.used_default("sites.sup");
            Some(SoftwareUpdatePoint {
                local: true,
                console: true,
                pulls_at_once: None,
                express: false,
                scans_at_once: None,
            })
        });
        let timing = timings.resolve(
            reader,
            template_name,
            template.timing.as_deref(),
            written.timing.as_deref(),
        );
        let internet = written.internet.or_else(|| template.internet.clone());
        if let (Some(internet), None) = (&internet, sup) {
            // H2: only beside an active software update point
            let note = "only a site with `sup` can have one (H2)";
            reader.error(
                "E0314",
                internet.place,
                format!("`{code}` has an internet-based point but no `sup`"),
                note,
            );
        }
        let zone = written.zone.or_else(|| template.zone.clone()).unwrap_or_else(|| {
            reader.used_default("sites.timezone");
            self.zone.clone()
        });
        Site {
            code: code.to_owned(),
            name: written.name.or_else(|| template.name.clone()).unwrap_or_default(),
            kind: SiteKind::Primary,
            parent: None,
            tier: 0,
            template: template_name.map(str::to_owned),
            labels,
            zone,
            clients: written.clients.or(template.clients).unwrap_or_default(),
            link: written.link.or(template.link),
            route: written.route.or(template.route),
            sup,
            internet_sup: internet.map(|internet| InternetPoint {
                server: internet.server,
                link: internet.link,
                work: internet.work.unwrap_or_else(|| timings.internet_of(timing)),
                mode: internet.mode,
            }),
            timing,
            retry: written.retry.over(template.retry).over(self.retry).resolved(reader),
            clock_offset: written.clock_offset.or(template.clock_offset).unwrap_or_default(),
        }
    }
}

/// A site code: three characters A-Z 0-9 as the product has them; 4 to 8 for studies of scale.
pub(super) fn checked_code(reader: &mut Reader, place: Place, code: &str) -> Option<()> {
    const RESERVED: [&str; 6] = ["AUX", "CON", "NUL", "PRN", "SMS", "ENV"];
    if RESERVED.iter().any(|reserved| reserved.eq_ignore_ascii_case(code)) {
        reader
            .error("E0311", place, format!("site code `{code}` is reserved"), "")
            .help("Configuration Manager forbids AUX, CON, NUL, PRN, SMS and ENV");
        return None;
    }
    let fits = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit();
    if !(3..=8).contains(&code.len()) || !code.chars().all(fits) {
        let upper = code.to_ascii_uppercase();
        let note = if (3..=8).contains(&upper.len()) && upper.chars().all(fits) {
            format!("capital letters: write `{upper}`")
        } else {
            "three characters, A-Z and 0-9 (up to eight for studies of scale)".to_owned()
        };
        reader.error("E0310", place, format!("`{code}` is not a site code"), note);
        return None;
    }
    Some(())
}

/// Is a name that a pattern made a good one?
pub(super) fn checked_name(reader: &mut Reader, place: Place, name: &str) -> Option<()> {
    reader.check(place, checked_label(name, "a name"))
}

/// The templates of a scenario.
pub(super) fn templates(
    reader: &mut Reader,
    names: &mut Names<'_>,
    node: Option<&Node<'_>>,
) -> BTreeMap<String, SiteWritten> {
    let mut templates = BTreeMap::new();
    let Some(node) = node else { return templates };
    for entry in reader.map(node, "`templates`").unwrap_or_default() {
        let Some(name) = reader.identifier(entry, "a template") else { continue };
        let read = reader
            .within(&format!("templates.{name}"), |reader| reader.site(names, &entry.value, true));
        // one that could not be read still exists: nothing more is said where it is used
        templates.insert(name.to_owned(), read.unwrap_or_default());
    }
    if templates.len() > limits::WRITTEN {
        let note = format!("at most {}", limits::WRITTEN);
        reader.error("E0315", node.place, "too many templates", note);
    }
    templates
}

#[cfg(test)]
mod tests;
