//! The same for a person at a terminal.

use super::{Broken, Reduced, Surface, came, left_out, length};
use crate::experiment::Reply;
use crate::report::Look;
use crate::report::chart::{SURFACE_QUESTION, surface_bars};
use crate::report::many::bound;
use crate::report::summary::counted;
use crate::report::summary::page::{BOLD, Page, WIDTH};
use crate::scenario::{Expectation, Occurs, Scenario, Span};
use crate::units::FaultId;

/// How much outage each site can stand, and the shortest that breaks it.
pub fn surface_text(surface: &Surface<'_>, look: Look) -> String {
    let mut page = Page { text: String::new(), look };
    let (asked, scenario) = (surface.asked(), surface.scenario);
    page.styled(BOLD, format_args!("{}: {SURFACE_QUESTION}", scenario.name));
    row(&mut page, "offered", &surface.offered());
    if !surface.beside.is_empty() {
        row(&mut page, "beside", &surface.beside.join(", "));
    }
    let without = said(asked, surface.without);
    row(
        &mut page,
        "without",
        &format!("{without}: {} {}", asked.name, how(surface.replications, surface.without)),
    );
    page.gap();
    surface_bars(surface, &mut page);
    page.gap();
    match (surface.broken, surface.tolerances.first()) {
        (Some(broken), Some(first)) => {
            let (code, name) = surface.called(first.site);
            let name = if name.is_empty() { name } else { format!(" ({name})") };
            let from = scenario.clock.short(surface.offer.from);
            let lasts = first.breaks.map(length).unwrap_or_default();
            let effect = surface.effect();
            let alike = surface.tolerances[1..].iter().take_while(|one| one.breaks == first.breaks);
            let alike: Vec<&str> = alike.map(|one| surface.called(one.site).0).collect();
            let alike = match alike[..] {
                [] => String::new(),
                [one] => format!("; as at {one}"),
                _ => format!("; as at {}", counted(alike.len(), "other site", "other sites")),
            };
            page.styled(
                BOLD,
                format_args!("smallest: {code}{name}, {effect} for {lasts} from {from}{alike}"),
            );
            ending(&mut page, asked, broken);
        }
        _ => {
            let most = length(surface.most());
            page.line(format_args!("no single outage up to {most} breaks {}", asked.name));
            page.line(format_args!(
                "  try longer ones with --up-to, or several sites as a fault of the scenario"
            ));
        }
    }
    row_whole(&mut page, "again", surface.repeat);
    page.text
}

/// The fewest and shortest of the faults there are.
pub fn reduced_text(reduced: &Reduced<'_>, look: Look) -> String {
    let mut page = Page { text: String::new(), look };
    let scenario = reduced.scenario;
    let asked = &scenario.expectations[0];
    page.styled(
        BOLD,
        format_args!("{}: what is the smallest that breaks {}?", scenario.name, asked.name),
    );
    let all = counted(scenario.faults.len(), "fault", "faults");
    let how = how(reduced.replications, reduced.all);
    row(&mut page, "with all", &format!("{} ({all}) {how}", said(asked, reduced.all)));
    row(&mut page, "without", &came(asked, reduced.without));
    page.gap();
    match reduced.found {
        None => {
            page.line(format_args!("it holds: there is nothing to shrink"));
            page.line(format_args!("  how much it stands, an outage that is offered tells: --offer link_down --from TIME"));
        }
        Some((smallest, broken)) => {
            let found = counted(smallest.faults.len(), "fault", "faults");
            page.styled(BOLD, format_args!("smallest: {found}"));
            for &fault in &smallest.faults {
                for line in told(scenario, &smallest.scenario, fault) {
                    page.line(format_args!("  {line}"));
                }
            }
            let left_out = left_out(scenario, smallest);
            if !left_out.is_empty() {
                row(&mut page, "not needed", &left_out.join(", "));
            }
            ending(&mut page, asked, broken);
        }
    }
    row_whole(&mut page, "again", reduced.repeat);
    page.text
}

/// A fault, where, and when: what it is now and what it was.
fn told(before: &Scenario, now: &Scenario, number: FaultId) -> Vec<String> {
    const SHOWN: usize = 4;
    let (was, is) = (&before.faults[number.index()], &now.faults[number.index()]);
    let code = |site: &crate::units::SiteId| now.sites[site.index()].code.as_str();
    let mut sites = is.sites.iter().take(SHOWN).map(code).collect::<Vec<_>>().join(", ");
    if is.sites.len() > SHOWN {
        sites += &format!(", +{}", is.sites.len() - SHOWN);
    }
    if is.sites.len() < was.sites.len() {
        sites += &format!(" (of {})", counted(was.sites.len(), "site", "sites"));
    }
    let mut lines = vec![format!("{}: {} at {sites}", is.name, is.effect.word())];
    let span = |span: &Span| {
        let from = now.clock.short(span.from);
        format!("  from {from} for {}", length(span.until.since(span.from)))
    };
    match (&is.occurs, &was.occurs) {
        (Occurs::Window { from, until: Some(until) }, was) => {
            let of = match was {
                Occurs::Window { from, until: Some(until) } => {
                    format!(" (of {})", length(until.since(*from)))
                }
                Occurs::Window { until: None, .. } => " (of the rest of the run)".to_owned(),
                Occurs::Schedule(spans) => {
                    format!(" (of {})", counted(spans.len(), "window", "windows"))
                }
                _ => String::new(),
            };
            lines.push(span(&Span { from: *from, until: *until }) + &of);
        }
        (Occurs::Schedule(spans), _) => lines.extend(spans.iter().map(span)),
        (Occurs::Window { .. }, _) => lines.push("  until the end".to_owned()),
        (Occurs::Renewal { .. } | Occurs::PerAttempt(_), _) => {
            lines.push(
                "  as it is: what is drawn by chance is kept or left out as a whole".to_owned(),
            );
        }
        (Occurs::Attempts(_), _) => lines.push("  as it is: in single attempts".to_owned()),
    }
    lines
}

/// What came of it, why, and how to see it again.
fn ending(page: &mut Page, asked: &Expectation, broken: Broken<'_>) {
    row(page, "breaks", &format!("{}: {}", asked.name, said(asked, broken.reply)));
    if let Some(because) = broken.because {
        row(page, "because", because);
    }
    if let Some(file) = broken.file {
        row_whole(page, "written", file);
        row_whole(page, "repeat", &format!("supsim run {}", quoted(file)));
    }
}

/// A file as a shell takes it.
fn quoted(file: &str) -> String {
    if file.contains(' ') { format!("\"{file}\"") } else { file.to_owned() }
}

/// `90.5 %, wanted at least 95 %`.
fn said(asked: &Expectation, reply: Reply) -> String {
    format!("{}, wanted {}", came(asked, reply), bound(asked))
}

/// `in replication 0`, `in 20 replications together`.
fn how(replications: u32, reply: Reply) -> String {
    match replications {
        1 => format!("in replication {}", reply.number),
        several => format!("in {several} replications together"),
    }
}

/// So wide is the column of words.
const WORD: usize = 11;

fn row(page: &mut Page, word: &str, text: &str) {
    let mut word = word;
    let mut line = String::new();
    for part in text.split(' ') {
        if !line.is_empty() && line.chars().count() + 1 + part.chars().count() > WIDTH - WORD - 2 {
            page.line(format_args!("  {word:WORD$}{line}"));
            (word, line) = ("", String::new());
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line += part;
    }
    page.line(format_args!("  {word:WORD$}{line}"));
}

/// A command or a path is never broken: it is there to be copied.
fn row_whole(page: &mut Page, word: &str, text: &str) {
    page.whole(&format!("  {word:WORD$}{text}"));
}
