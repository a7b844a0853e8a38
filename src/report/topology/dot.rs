//! The topology for Graphviz: `dot -Tsvg hierarchy.dot -o hierarchy.svg`.

use std::io::Write;

use super::{Paint, Topology, io, plain, title_of};
use crate::scenario::SiteKind;

/// Writes the topology in the DOT language.
pub fn write_dot(topology: &Topology<'_>, mut out: impl Write) -> io::Result<()> {
    let scenario = topology.scenario;
    let title = quoted(&topology.title());
    writeln!(out, "// supsim topology 1\ndigraph {} {{", quoted(&plain(&scenario.name)))?;
    writeln!(
        out,
        "  graph [rankdir=LR, ranksep=0.8, nodesep=0.12, label={title}, labelloc=t, fontname=\"Helvetica\"];"
    )?;
    writeln!(
        out,
        "  node [style=filled, color=\"#9CA3AF\", fontname=\"Helvetica\", fontsize=11];"
    )?;
    writeln!(out, "  edge [color=\"#9CA3AF\", fontname=\"Helvetica\", fontsize=9];")?;
    for (number, site) in scenario.sites.iter().enumerate() {
        let (name, state) = topology.words(number);
        let lines = [&site.code, &name, &state].map(|line| escaped(line));
        let lines: Vec<&str> =
            lines.iter().map(String::as_str).filter(|line| !line.is_empty()).collect();
        let shape = match site.kind {
            SiteKind::Central => "doubleoctagon",
            SiteKind::Primary => "box",
            SiteKind::Secondary => "ellipse",
        };
        let (id, label) = (quoted(&site.code), lines.join("\\n"));
        let tip = quoted(&format!("{} {}", site.code, title_of(site)));
        writeln!(
            out,
            "  {id} [label=\"{label}\", shape={shape}, {}, tooltip={tip}];",
            filled(topology.paint(number))
        )?;
    }
    for site in &scenario.sites {
        let Some(parent) = site.parent else { continue };
        let (from, to) = (quoted(&scenario.sites[parent.index()].code), quoted(&site.code));
        let link = site.link.map(|link| quoted(&plain(&scenario.links[link.index()].name)));
        let link = link.map(|link| format!(" [label={link}]")).unwrap_or_default();
        writeln!(out, "  {from} -> {to}{link};")?;
    }
    let key = topology.key();
    if !key.is_empty() {
        writeln!(
            out,
            "  subgraph cluster_key {{\n    label=\"current after\"; color=\"#E5E7EB\";"
        )?;
        for (paint, meaning) in key {
            // No site has a code with blanks, so none is meant.
            let (id, label) = (quoted(&format!("key {}", paint.word)), quoted(&meaning));
            writeln!(out, "    {id} [label={label}, shape=box, {}];", filled(paint))?;
        }
        writeln!(out, "  }}")?;
    }
    writeln!(out, "}}")?;
    out.flush()
}

fn filled(paint: Paint) -> String {
    format!("fillcolor=\"{}\", fontcolor=\"{}\"", paint.fill, paint.text)
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", escaped(text))
}

/// Between quotes: neither the end of the text, nor one of DOT's own escapes (`\N`), nor an entity.
fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"").replace('&', "&amp;")
}
