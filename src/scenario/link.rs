//! `links`: circuits.

use super::reader::Reader;
use super::yaml::{Node, Value};
use super::{Link, defaults, quantity};
use crate::units::Duration;

/// `links`, in the order of their names.
pub(super) fn read(reader: &mut Reader, node: &Node<'_>) -> Vec<Link> {
    let entries = reader.map(node, "`links`").unwrap_or_default();
    let mut links: Vec<Link> = Vec::with_capacity(entries.len());
    for entry in entries {
        let Some(name) = reader.identifier(entry, "a link") else { continue };
        let link =
            reader.within(&format!("links.{name}"), |reader| link(reader, name, &entry.value));
        // one that could not be read still exists: nothing more is said where it is used
        links.push(link.unwrap_or(Link {
            name: name.to_owned(),
            bandwidth: None,
            latency: Duration::ZERO,
        }));
    }
    links.sort_by(|a, b| a.name.cmp(&b.name));
    links.dedup_by(|a, b| a.name == b.name);
    links
}

fn link(reader: &mut Reader, name: &str, node: &Node<'_>) -> Option<Link> {
    let fields = reader.fields(node, "a link", &["bandwidth", "latency"], &["loss"])?;
    let bandwidth = match fields.get("bandwidth") {
        Some(node) if matches!(node.value, Value::Map(_)) => {
            reader.choice(node, "a bandwidth", &["unlimited"], &[], &[], &["hourly"]);
            None
        }
        Some(node) => match reader.scalar(node, "`bandwidth`")? {
            "unlimited" => None,
            _ => Some(reader.rate(node, "`bandwidth`")?),
        },
        None => {
            reader.used_default("links.bandwidth");
            None
        }
    };
    let latency = match fields.get("latency") {
        Some(node) => reader.duration(node, "`latency`")?,
        None => {
            reader.used_default("links.latency");
            quantity::duration(defaults::text("links.latency")).unwrap_or_default()
        }
    };
    Some(Link { name: name.to_owned(), bandwidth, latency })
}
