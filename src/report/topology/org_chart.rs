//! The topology for Visio's organisation-chart wizard: who reports to whom.

use std::io::Write;

use super::{Topology, io, title_of};
use crate::report::table::{Cell, Column, Comma, Kind, Sink};

/// Writes `Name, Reports_To, Title`, one row for each site, each after its parent.
pub fn write_org_chart(topology: &Topology<'_>, out: impl Write) -> io::Result<()> {
    let scenario = topology.scenario;
    let mut csv = Comma::new(out);
    let column = |name: &str| Column { name: name.to_owned(), kind: Kind::Text };
    csv.head(&["Name", "Reports_To", "Title"].map(column))?;
    for site in scenario.hierarchy().top_down() {
        let number = site.index();
        let site = &scenario.sites[number];
        let parent = site.parent.map_or("", |parent| &scenario.sites[parent.index()].code);
        let mut title = Vec::new();
        if !site.name.is_empty() {
            title.push(site.name.clone());
        }
        title.push(title_of(site));
        match topology.state(number) {
            state if state.is_empty() => {}
            state if state == "never" => title.push("never current".to_owned()),
            state => title.push(format!("current after {state}")),
        }
        for text in [site.code.as_str(), parent, &title.join(", ")] {
            csv.cell(if text.is_empty() { Cell::Empty } else { Cell::Text(text) })?;
        }
        csv.end_row()?;
    }
    csv.finish()
}
