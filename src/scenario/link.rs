//! `links`: circuits.

use serde_yaml::{Mapping, Value as Written};

use super::mapping::{one, put};
use super::reader::Reader;
use super::yaml::{Node, Value};
use super::{Bandwidth, Link, hours, quantity};
use crate::units::{Duration, Probability, Rate};

impl Link {
    /// What it carries of a rate \[bit/s\]: what is lost is sent again [choice].
    pub fn carries(&self, rate: Rate) -> u64 {
        let lost = self.loss.parts_per_billion();
        let carried = Probability::from_parts_per_billion(1_000_000_000 - lost);
        carried.unwrap_or(Probability::ALWAYS).of_rate(rate.bits_per_second())
    }
}

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
            bandwidth: Bandwidth::Unlimited,
            latency: Duration::ZERO,
            loss: Probability::NEVER,
        }));
    }
    links.sort_by(|a, b| a.name.cmp(&b.name));
    links.dedup_by(|a, b| a.name == b.name);
    links
}

fn link(reader: &mut Reader, name: &str, node: &Node<'_>) -> Option<Link> {
    let fields = reader.fields(node, "a link", &["bandwidth", "latency", "loss"], &[])?;
    let bandwidth = match fields.get("bandwidth") {
        Some(node) => bandwidth(reader, node)?,
        None => {
            reader.used_default("links.bandwidth");
            Bandwidth::Unlimited
        }
    };
    let latency = match fields.get("latency") {
        Some(node) => reader.duration(node, "`latency`")?,
        None => quantity::duration(reader.default("links.latency")).unwrap_or_default(),
    };
    let loss = match fields.get("loss") {
        Some(node) => {
            let loss = reader.probability(node, "`loss`")?;
            if loss == Probability::ALWAYS {
                let note = "a line that carries nothing is a fault, `link_down`";
                reader.error("E0325", node.place, "a link that loses everything", note);
                return None;
            }
            loss
        }
        None => quantity::probability(reader.default("links.loss")).unwrap_or_default(),
    };
    Some(Link { name: name.to_owned(), bandwidth, latency, loss })
}

fn bandwidth(reader: &mut Reader, node: &Node<'_>) -> Option<Bandwidth> {
    if !matches!(node.value, Value::Map(_)) {
        return Some(match reader.scalar(node, "`bandwidth`")? {
            "unlimited" => Bandwidth::Unlimited,
            _ => Bandwidth::Constant(reader.rate(node, "`bandwidth`")?),
        });
    }
    let choice = reader.choice(node, "a bandwidth", &["unlimited"], &["hourly"], &[], &[])?;
    let value = choice.value?;
    let draft = hours::hourly(reader, value, |reader, node| reader.rate(node, "a bandwidth"))?;
    match draft.complete() {
        Ok(week) => Some(match week.constant() {
            Some(rate) => Bandwidth::Constant(rate),
            None => Bandwidth::Hourly(week),
        }),
        Err(missing) => {
            let note = format!("nothing is said of {missing}");
            reader.error("E0326", value.place, "`hourly` leaves out a part of the day", note).help(
                "write for example { \"08:00-18:00\": 512 Kbit/s, \"18:00-08:00\": 2 Mbit/s }",
            );
            None
        }
    }
}

/// A link as it is written out.
pub(super) fn written(link: &Link) -> Mapping {
    let mut map = Mapping::new();
    let bandwidth: Written = match &link.bandwidth {
        Bandwidth::Unlimited => "unlimited".into(),
        Bandwidth::Constant(rate) => rate.to_string().into(),
        Bandwidth::Hourly(week) => {
            one("hourly", hours::written_hourly(week, |rate| rate.to_string()))
        }
    };
    put(&mut map, "bandwidth", bandwidth);
    put(&mut map, "latency", link.latency.to_string());
    put(&mut map, "loss", link.loss.to_string());
    map
}
