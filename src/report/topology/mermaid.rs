//! The topology for a page of Markdown: a Mermaid flow chart.

use std::fmt::{self, Write};

use super::{Paint, Topology, plain};
use crate::units::SiteId;

/// More sites are no drawing that anybody reads.
const MOST: usize = 60;

/// There are more sites than a flow chart shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooManySites(pub usize);

impl fmt::Display for TooManySites {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sites = self.0;
        write!(
            f,
            "a Mermaid chart shows up to {MOST} sites, and here are {sites}: .dot draws them all"
        )
    }
}

impl std::error::Error for TooManySites {}

/// The topology in Mermaid's language.
///
/// # Errors
///
/// More than 60 sites.
pub fn mermaid(topology: &Topology<'_>) -> Result<String, TooManySites> {
    let scenario = topology.scenario;
    if scenario.sites.len() > MOST {
        return Err(TooManySites(scenario.sites.len()));
    }
    let mut text = format!("%% supsim topology 1\n%% {}\nflowchart TD\n", plain(&topology.title()));
    let mut put = |line: String| writeln!(text, "  {line}").expect("a String takes everything");
    for (number, site) in scenario.sites.iter().enumerate() {
        let (name, state) = topology.words(number);
        let lines = [&site.code, &name, &state].map(|line| escaped(line));
        let lines: Vec<&str> =
            lines.iter().map(String::as_str).filter(|line| !line.is_empty()).collect();
        let style = topology.results.as_ref().map(|_| topology.paint(number).word);
        let style = style.map(|style| format!(":::{style}")).unwrap_or_default();
        put(format!("{}[\"{}\"]{style}", id(number), lines.join("<br/>")));
    }
    for (number, site) in scenario.sites.iter().enumerate() {
        let Some(SiteId(parent)) = site.parent else { continue };
        let link = site.link.map(|link| escaped(&plain(&scenario.links[link.index()].name)));
        let link = link.map(|link| format!("|\"{link}\"|")).unwrap_or_default();
        put(format!("{} -->{link} {}", id(parent as usize), id(number)));
    }
    let mut paints: Vec<(Paint, String)> = topology.key();
    if topology.results.is_some() {
        paints.push((Paint::NONE, "no result".to_owned()));
    }
    for (Paint { word, fill, text }, meaning) in paints {
        put(format!("%% {word}: {meaning}"));
        put(format!("classDef {word} fill:{fill},color:{text},stroke:#9CA3AF"));
    }
    Ok(text)
}

/// A site's code may be a word of the language (`end`); its number never is.
fn id(number: usize) -> String {
    format!("s{number}")
}

/// Everything that could mean something to Mermaid, Markdown or HTML by its number.
fn escaped(text: &str) -> String {
    let harmless = |c: char| c.is_alphanumeric() || matches!(c, ' ' | '.' | ',' | '-' | '_');
    text.chars()
        .map(|c| if harmless(c) { c.to_string() } else { format!("#{};", u32::from(c)) })
        .collect()
}
