//! The drawings of the hierarchy say the hierarchy: read back by other readers of their languages.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use layout::gv::DotParser;
use layout::gv::parser::ast::{Graph, Stmt};

use super::{hostile, said, text};
use crate::support;

/// Who is below whom, by code.
type Edges = BTreeSet<(String, String)>;

fn hierarchy(scenario: &supsim::scenario::Scenario) -> Edges {
    let code = |id: supsim::units::SiteId| scenario.sites[id.index()].code.clone();
    let edges =
        scenario.sites.iter().filter_map(|site| Some((code(site.parent?), site.code.clone())));
    edges.collect()
}

/// What the reader of another project finds in a DOT file: nodes with labels, and edges.
fn read_dot(dot: &str) -> (BTreeMap<String, String>, Edges) {
    let graph: Graph = DotParser::new(dot).process().expect("DOT");
    let (mut nodes, mut edges) = (BTreeMap::new(), Edges::new());
    for statement in graph.list.list {
        match statement {
            Stmt::Node(node) => {
                let label = node.list.iter().find(|(key, _)| key == "label");
                nodes.insert(node.id.name, label.expect("a label").1.clone());
            }
            Stmt::Edge(edge) => {
                let to = edge.to.into_iter().map(|(to, _)| to.name);
                edges.extend(to.map(|to| (edge.from.name.clone(), to)));
            }
            _ => {}
        }
    }
    (nodes, edges)
}

/// A flow chart by its grammar: `id["label"]`, `id --> id`, labels with characters by number.
fn read_mermaid(chart: &str) -> (BTreeMap<String, String>, Edges) {
    let (mut codes, mut edges) = (BTreeMap::new(), Edges::new());
    let mut names = BTreeMap::new();
    for line in chart.lines().map(str::trim).filter(|line| line.starts_with('s')) {
        if let Some((from, rest)) = line.split_once(" -->") {
            let to = rest.rsplit(' ').next().unwrap();
            edges.insert((from.to_owned(), to.to_owned()));
            continue;
        }
        let (id, rest) = line.split_once("[\"").expect("a node");
        let (label, _style) = rest.split_once("\"]").expect("its end");
        let mut parts = label.split("<br/>").map(decoded);
        let code = parts.next().unwrap();
        names.insert(code.clone(), parts.next().unwrap_or_default());
        codes.insert(id.to_owned(), code);
    }
    let edges = edges.into_iter().map(|(from, to)| (codes[&from].clone(), codes[&to].clone()));
    (names, edges.collect())
}

/// `#60;` is `<`.
fn decoded(label: &str) -> String {
    let mut parts = label.split('#');
    let mut text = parts.next().unwrap().to_owned();
    for part in parts {
        let (number, rest) = part.split_once(';').expect("a number ends with a semicolon");
        text.push(char::from_u32(number.parse().unwrap()).unwrap());
        text += rest;
    }
    text
}

fn read_org_chart(path: &std::path::Path) -> Edges {
    let mut reader = csv::Reader::from_path(path).unwrap();
    assert_eq!(reader.headers().unwrap(), vec!["Name", "Reports_To", "Title"]);
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    let mut seen = BTreeSet::new();
    let mut edges = Edges::new();
    for row in &rows {
        assert!(row[1].is_empty() || seen.contains(&row[1]), "{row:?} stands before its parent");
        assert!(seen.insert(row[0].to_owned()), "{row:?} twice");
        if !row[1].is_empty() {
            edges.insert((row[1].to_owned(), row[0].to_owned()));
        }
    }
    edges
}

#[test]
fn every_drawing_of_a_run_has_every_site_below_its_parent() {
    let place = super::with("scenarios/patch-tuesday.yaml");
    let place = place.path();
    let wanted = hierarchy(&support::read(&support::project("scenarios/patch-tuesday.yaml")));
    for (words, name) in [("export", "run"), ("show topology", "seen")] {
        let (dot, mmd) = (format!("{name}.dot"), format!("{name}.mmd"));
        let org = if name == "run" { "run.org.csv" } else { "seen.csv" };
        let mut words: Vec<&str> = words.split(' ').collect();
        words.extend(["patch-tuesday.yaml", "-o", &dot, "-o", &mmd, "-o", org]);
        let (code, told) = said(place, &words);
        assert_eq!(code, 0, "{told}");
        let (nodes, edges) = read_dot(&text(place, &dot));
        assert_eq!(edges, wanted);
        assert_eq!(nodes.keys().filter(|id| !id.contains(' ')).count(), wanted.len() + 1);
        assert_eq!(read_mermaid(&text(place, &mmd)).1, wanted);
        assert_eq!(read_org_chart(&place.join(org)), wanted);
    }
    assert!(text(place, "run.dot").contains("cluster_key"));
    assert!(!text(place, "seen.dot").contains("cluster_key"), "nothing was run");
}

#[test]
fn two_hundred_sites_are_no_flow_chart_and_that_is_said_before_anything_runs() {
    let place = super::with("scenarios/contoso-200.yaml");
    let place = place.path();
    for words in
        ["export contoso-200.yaml", "run contoso-200.yaml", "show topology contoso-200.yaml"]
    {
        let words: Vec<&str> = words.split(' ').chain(["-o", "a.mmd", "-o", "a.dot"]).collect();
        let (code, told) = said(place, &words);
        assert_eq!(code, 2, "{told}");
        assert!(told.contains("up to 60 sites, and here are 200"), "{told}");
        assert!(told.contains(".dot"), "{told}");
    }
    assert_eq!(fs::read_dir(place).unwrap().count(), 1, "nothing was written");
}

#[test]
fn hostile_names_are_read_back_as_they_were_and_change_no_edge() {
    let place = tempfile::tempdir().unwrap();
    let place = place.path();
    fs::write(place.join("a.yaml"), hostile::scenario()).unwrap();
    let words = ["export", "a.yaml", "-o", "a.dot", "-o", "a.mmd", "-o", "a.org.csv"];
    let (code, told) = said(place, &words);
    assert_eq!(code, 0, "{told}");
    let scenario = support::scenario(&hostile::scenario());
    let wanted = hierarchy(&scenario);
    let (nodes, edges) = read_dot(&text(place, "a.dot"));
    assert_eq!(edges, wanted);
    let ids: Vec<&String> = nodes.keys().filter(|id| !id.starts_with("key ")).collect();
    assert_eq!(ids, ["CEN", "PR1", "PR2"]);
    let (names, edges) = read_mermaid(&text(place, "a.mmd"));
    assert_eq!(edges, wanted);
    for site in &scenario.sites {
        assert_eq!(names[&site.code], site.name);
    }
    assert!(!text(place, "a.mmd").contains("<script"));
    assert_eq!(read_org_chart(&place.join("a.org.csv")), wanted);
}
