//! A running hierarchy as a scenario: what `Get-CMSite | Export-Csv` and
//! `Get-CMFileReplicationRoute | ConvertTo-Json` say.
//!
//! They say which sites there are, which reports to which, and when a sender may send. They do not
//! say how fast a circuit is, when the top-level site synchronises and what is published: examples
//! stand there instead, each marked, so that the scenario runs as it is.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{self, Write as _};

use super::export_csv::{Export, table};
use crate::scenario::{FieldRoute, SiteKind};

/// A longer name of a site is cut \[characters\].
const LONGEST_NAME: usize = 100;

/// What a hierarchy is described from.
#[derive(Clone, Debug)]
pub struct FieldHierarchy {
    /// The scenario as text.
    pub yaml: String,
    /// How many sites there are: central, primary, secondary.
    pub sites: [usize; 3],
    /// How many routes lead from a parent to its child, and are used.
    pub routes_used: usize,
    /// How many lead elsewhere.
    pub routes_elsewhere: usize,
    /// Columns of the table that say nothing here.
    pub unused: Vec<String>,
    /// What had to be changed, for a person.
    pub remarks: Vec<String>,
}

/// Why these files describe no hierarchy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoHierarchy {
    /// The table has no such column; these are its columns.
    Column(&'static str, Vec<String>),
    /// On this line.
    Row(u64, String),
    /// The table has no row.
    Empty,
    /// More than one site reports to none.
    SeveralTops(Vec<String>),
    /// No site reports to none, or these sites lie below each other.
    Circle(Vec<String>),
}

impl fmt::Display for NoHierarchy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let line = match self {
            NoHierarchy::Column(name, there) => format!(
                "no column {name}; there are {}\n  write Get-CMSite | Select-Object \
                 SiteCode,SiteName,Type,ReportingSiteCode | Export-Csv sites.csv -NoTypeInformation",
                if there.is_empty() { "none".to_owned() } else { some(there) }
            ),
            NoHierarchy::Row(line, what) => format!("line {line}: {what}"),
            NoHierarchy::Empty => "a table without rows".to_owned(),
            NoHierarchy::SeveralTops(codes) => {
                format!(
                    "several hierarchies: {} report to no site; import them one by one",
                    some(codes)
                )
            }
            NoHierarchy::Circle(codes) => {
                format!("{} lie below each other: no central site is above them", some(codes))
            }
        };
        f.write_str(&line)
    }
}

/// The first of some names, and how many more.
fn some(names: &[String]) -> String {
    let shown: Vec<String> = names.iter().take(12).map(|name| printed(name)).collect();
    let more = names.len().saturating_sub(shown.len());
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    shown.join(", ") + &more
}

/// Safe to show.
fn printed(text: &str) -> String {
    text.chars().take(40).map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// A row of the table.
struct Site {
    line: u64,
    code: String,
    name: String,
    kind: SiteKind,
    parent: Option<String>,
}

/// Describes a hierarchy: the bytes of the table of sites, and the routes as they were read.
///
/// # Errors
///
/// The table is none, or its sites do not make one hierarchy.
pub fn describe_hierarchy(
    sites: &[u8],
    routes: &[FieldRoute],
) -> Result<FieldHierarchy, NoHierarchy> {
    let export = table(sites).map_err(|(line, what)| NoHierarchy::Row(line, what))?;
    let mut remarks = Vec::new();
    let (rows, unused) = rows(&export, &mut remarks)?;
    let ordered = top_down(&rows)?;
    let mut used: BTreeMap<(&str, &str), &FieldRoute> = BTreeMap::new();
    let children: BTreeSet<(&str, &str)> = rows
        .iter()
        .filter_map(|site| Some((site.parent.as_deref()?, site.code.as_str())))
        .collect();
    for route in routes {
        let way = (route.from.as_str(), route.to.as_str());
        if children.contains(&way) {
            used.insert(way, route);
        }
    }
    let mut counts = [0; 3];
    for site in &ordered {
        counts[site.kind as usize] += 1;
    }
    let yaml = written(&ordered, &used);
    Ok(FieldHierarchy {
        yaml,
        sites: counts,
        routes_used: used.len(),
        routes_elsewhere: routes.len() - used.len(),
        unused,
        remarks,
    })
}

/// The rows as sites, and the columns that say nothing here.
fn rows(
    export: &Export,
    remarks: &mut Vec<String>,
) -> Result<(Vec<Site>, Vec<String>), NoHierarchy> {
    const NAMES: [&str; 4] = ["SiteCode", "SiteName", "Type", "ReportingSiteCode"];
    let place = |name: &str| export.columns.iter().position(|it| it.eq_ignore_ascii_case(name));
    let wanted = |name: &'static str| {
        place(name).ok_or_else(|| NoHierarchy::Column(name, export.columns.clone()))
    };
    let (code, kind, parent) = (wanted(NAMES[0])?, wanted(NAMES[2])?, wanted(NAMES[3])?);
    let name = place(NAMES[1]);
    let known = |column: &String| NAMES.iter().any(|name| name.eq_ignore_ascii_case(column));
    let unused = export.columns.iter().filter(|column| !known(column)).cloned().collect();
    let mut seen: BTreeMap<String, u64> = BTreeMap::new();
    let mut sites = Vec::new();
    for (line, cells) in &export.rows {
        let wrong = |what: String| NoHierarchy::Row(*line, what);
        if cells.len() != export.columns.len() {
            let (has, names) = (cells.len(), export.columns.len());
            return Err(wrong(format!(
                "this row has {has} cells, the first names {names} columns"
            )));
        }
        let own = site_code(&cells[code]).map_err(wrong)?;
        if let Some(first) = seen.insert(own.clone(), *line) {
            return Err(wrong(format!("{own} stands on line {first} already")));
        }
        let parent = match cells[parent].as_str() {
            "" => None,
            text => Some(site_code(text).map_err(wrong)?).filter(|parent| *parent != own),
        };
        let kind = kind_of(&cells[kind], parent.is_some()).map_err(wrong)?;
        let name = name.map_or("", |at| cells[at].as_str());
        let name = shown_name(name, &own, remarks);
        sites.push(Site { line: *line, code: own, name, kind, parent });
    }
    if sites.is_empty() {
        return Err(NoHierarchy::Empty);
    }
    for site in &sites {
        if let Some(parent) = site.parent.as_ref().filter(|parent| !seen.contains_key(*parent)) {
            let what = format!("{} reports to {parent}, which is not in this table", site.code);
            return Err(NoHierarchy::Row(site.line, what));
        }
    }
    Ok((sites, unused))
}

fn site_code(text: &str) -> Result<String, String> {
    let good = text.len() == 3 && text.chars().all(|c| c.is_ascii_alphanumeric());
    good.then(|| text.to_ascii_uppercase()).ok_or_else(|| {
        format!("`{}` is not a site code: three characters, A-Z and 0-9", printed(text))
    })
}

/// `Type` of the class `SMS_Site`: 1 secondary, 2 primary, 4 central administration site. A
/// primary that reports to none is the central site of its hierarchy (H1).
fn kind_of(text: &str, has_parent: bool) -> Result<SiteKind, String> {
    let kind = match text.to_ascii_lowercase().as_str() {
        "1" | "secondary" => SiteKind::Secondary,
        "2" | "primary" => SiteKind::Primary,
        "4" | "cas" | "central" => SiteKind::Central,
        _ => {
            let text = printed(text);
            return Err(format!(
                "`{text}` is no type of a site: 1 secondary, 2 primary, 4 central"
            ));
        }
    };
    match (kind, has_parent) {
        (SiteKind::Central, true) => Err("a central site reports to no other".to_owned()),
        (SiteKind::Secondary, false) => Err("a secondary site reports to another".to_owned()),
        (SiteKind::Primary, false) => Ok(SiteKind::Central),
        (kind, _) => Ok(kind),
    }
}

/// A name that the language takes; what had to be changed is remarked.
fn shown_name(name: &str, code: &str, remarks: &mut Vec<String>) -> String {
    let invisible = |c: char| {
        c.is_control()
            || matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
    };
    let visible: String = name.chars().map(|c| if invisible(c) { ' ' } else { c }).collect();
    let begun = visible.trim_start_matches(['=', '+', '-', '@', ' ']);
    let shown: String = begun.chars().take(LONGEST_NAME).collect();
    let shown = shown.trim().to_owned();
    if shown != name.trim() {
        remarks
            .push(format!("the name of {code} was changed: it would not be safe in a spreadsheet"));
    }
    shown
}

/// The sites from the top, each after its parent, in the order of the table.
fn top_down(sites: &[Site]) -> Result<Vec<&Site>, NoHierarchy> {
    let mut below: BTreeMap<Option<&str>, Vec<&Site>> = BTreeMap::new();
    for site in sites {
        below.entry(site.parent.as_deref()).or_default().push(site);
    }
    let tops = below.get(&None).map_or(&[][..], Vec::as_slice);
    if tops.len() > 1 {
        let codes = tops.iter().map(|site| site.code.clone()).collect();
        return Err(NoHierarchy::SeveralTops(codes));
    }
    let mut ordered: Vec<&Site> = tops.to_vec();
    let mut at = 0;
    while let Some(site) = ordered.get(at) {
        ordered.extend(below.get(&Some(site.code.as_str())).into_iter().flatten());
        at += 1;
    }
    if ordered.len() < sites.len() {
        let reached: BTreeSet<&str> = ordered.iter().map(|site| site.code.as_str()).collect();
        let lost = sites.iter().filter(|site| !reached.contains(site.code.as_str()));
        return Err(NoHierarchy::Circle(lost.map(|site| site.code.clone()).collect()));
    }
    Ok(ordered)
}

fn written(sites: &[&Site], routes: &BTreeMap<(&str, &str), &FieldRoute>) -> String {
    let mut yaml = String::from(
        "# What it shows: the sites and routes of a running hierarchy, by Get-CMSite and\n\
         # Get-CMFileReplicationRoute. What to look for: lines marked `example`. The product does not\n\
         # say these in its exports; put in what is true of yours, and add links with their bandwidth.\n\
         supsim: 1\nkind: scenario\nname: imported-hierarchy\n\
         timezone: UTC                  # example: of the central site; a site may have its own\n\
         start: 2026-01-12 00:00        # example\n\
         duration: 14d                  # example\n\
         catalogue:\n  releases:\n    \
         patch-tuesday: { when: { at: 2026-01-13 13:00 }, updates: 120, metadata: 45 MB }  # example\n\
         sync:\n  schedule: { weekly: { on: [Tue], at: \"22:00\" } }  # example\n",
    );
    let mut put = |line: &str| writeln!(yaml, "{line}").expect("a String takes everything");
    if !routes.is_empty() {
        put("routes:");
    }
    for route in routes.values() {
        put(&format!("  \"{}-{}\": {}", route.from, route.to, route.text));
    }
    put("sites:");
    for site in sites {
        let kind = match site.kind {
            SiteKind::Central => "central",
            SiteKind::Primary => "primary",
            SiteKind::Secondary => "secondary",
        };
        let mut keys = vec![format!("type: {kind}")];
        if !site.name.is_empty() {
            keys.push(format!("name: {}", quoted(&site.name)));
        }
        if let Some(parent) = &site.parent {
            keys.push(format!("parent: \"{parent}\""));
            if routes.contains_key(&(parent.as_str(), site.code.as_str())) {
                keys.push(format!("route: \"{parent}-{}\"", site.code));
            }
        }
        put(&format!("  \"{}\": {{ {} }}", site.code, keys.join(", ")));
    }
    yaml
}

/// In double quotes, as YAML and JSON have them.
fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        if matches!(c, '"' | '\\') {
            quoted.push('\\');
        }
        quoted.push(c);
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests;
