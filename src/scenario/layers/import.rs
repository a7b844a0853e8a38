//! `import`: sites from a table, routes from what the product says of itself.

use super::changes::Changes;
use super::merge::{merge, root, take};
use super::routes::Imported;
use super::{Arena, csv, routes};
use crate::scenario::reader::Reader;
use crate::scenario::source::Place;
use crate::scenario::yaml::{Entry, Node, Value};

/// Puts what a file imports below what it says itself: a site written by hand wins over its row.
pub(super) fn expand<'a>(reader: &mut Reader, arena: &'a Arena, tree: &mut Node<'a>) {
    let Some(entry) = take(tree, "import") else { return };
    let Some(fields) = reader.fields(&entry.value, "`import`", &["sites", "routes"], &[]) else {
        return;
    };
    let sites = fields.get("sites").and_then(|node| {
        reader.within("import.sites", |reader| {
            let name = reader.text(node, "`sites`")?;
            let named = reader.named_file(node.place, name)?;
            csv::sites(reader, named.file, arena.keep_shared(named.text.clone())?)
        })
    });
    let routes = fields.get("routes").and_then(|node| {
        reader.within("import.routes", |reader| {
            let name = reader.text(node, "`routes`")?;
            let named = reader.named_file(node.place, name)?;
            routes::routes(reader, named.file, &named.text)
        })
    });
    let mut below = Vec::new();
    if let Some(sites) = sites {
        below.push(Entry { key: "sites".into(), quoted: false, place: entry.place, value: sites });
    }
    let routes = routes.unwrap_or_default();
    let ways: Vec<(String, String, String, Place)> = routes.iter().map(way).collect();
    if !routes.is_empty() {
        let entries = routes.into_iter().map(|route| route.entry).collect();
        let value = Node { place: entry.place, value: Value::Map(entries) };
        below.push(Entry { key: "routes".into(), quoted: false, place: entry.place, value });
    }
    let place = tree.place;
    let own = std::mem::replace(tree, Node { place, value: Value::Map(below) });
    merge(reader, tree, own, root(), &mut Changes::unseen());
    take_ways(tree, &ways);
}

fn way(route: &Imported<'_>) -> (String, String, String, Place) {
    (route.to.clone(), route.from.clone(), route.entry.key.to_string(), route.entry.place)
}

/// A site takes the route by which its parent reaches it, unless it says another (R4).
fn take_ways(tree: &mut Node<'_>, ways: &[(String, String, String, Place)]) {
    let Value::Map(entries) = &mut tree.value else { return };
    let sites = entries.iter_mut().find(|entry| entry.key == "sites");
    let Some(Value::Map(sites)) = sites.map(|entry| &mut entry.value.value) else { return };
    let ways: std::collections::BTreeMap<(&str, &str), (&str, Place)> = ways
        .iter()
        .map(|(to, from, name, place)| ((to.as_str(), from.as_str()), (name.as_str(), *place)))
        .collect();
    for site in sites {
        let Value::Map(keys) = &mut site.value.value else { continue };
        let says = |key: &str| {
            keys.iter().find(|entry| entry.key == key).map(|entry| match &entry.value.value {
                Value::Plain(text) | Value::Quoted(text) => text.as_ref(),
                _ => "",
            })
        };
        let way = says("parent").and_then(|parent| ways.get(&(site.key.as_ref(), parent)));
        if let (Some((name, place)), None) = (way, says("route")) {
            let value = Node { place: *place, value: Value::Quoted((*name).to_owned().into()) };
            keys.push(Entry { key: "route".into(), quoted: true, place: *place, value });
        }
    }
}
