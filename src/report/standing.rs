//! What was going on: every site, or one, at an instant.

use anstyle::Style;

use super::Run;
use super::run::kind_name;
use super::summary::Look;
use super::summary::page::{BAD, BOLD, Page, WIDTH};
use crate::measure::{Coming, Doing, ExportStep, Standing, SyncStep, What};
use crate::scenario::FaultEffect;
use crate::trace::{Limit, Trigger, Wait};
use crate::units::{Instant, SiteId};

/// How the line of a site begins whose server is down.
const DOWN: &str = "the site server is down";
/// Releases that are named.
const RELEASES: usize = 2;

/// The sites given at an instant: what each holds, does and waits for, and until when.
pub fn standing(run: &Run<'_>, at: Instant, standings: &[&Standing], look: Look) -> String {
    let mut page = Page { text: String::new(), look };
    let clock = &run.scenario.clock;
    page.styled(
        BOLD,
        format_args!(
            "{}   {}   replication {}   times are {}",
            run.scenario.name,
            clock.local(at, clock.zone()),
            run.replication,
            clock.zone()
        ),
    );
    let current = standings.iter().filter(|one| one.lacks.is_empty()).count();
    let busy = standings.iter().filter(|one| one.doings.iter().any(|d| d.what.is_work())).count();
    if standings.len() > 1 {
        page.line(format_args!(
            "{} sites: {current} lack nothing, {busy} are working",
            standings.len()
        ));
    }
    page.gap();
    let mut told: Vec<(String, Vec<String>, Vec<&str>)> = Vec::new();
    for one in standings {
        let (head, lines) = site(run, one, standings.len() == 1);
        match told.iter_mut().find(|(other, same, _)| *other == head && *same == lines) {
            Some((.., codes)) => codes.push(run.code(one.site)),
            None => told.push((head, lines, vec![run.code(one.site)])),
        }
    }
    // Sites of which the same is to be told are told together; those that lack nothing and do
    // nothing come last.
    told.sort_by_key(|(_, lines, _)| lines.is_empty());
    for (head, lines, codes) in &told {
        let down = lines.first().is_some_and(|line| line.starts_with(DOWN));
        codes_of(&mut page, codes, head, if down { BAD } else { BOLD });
        for line in lines {
            page.line(format_args!("    {line}"));
        }
    }
    page.text
}

/// The codes of some sites, over as many lines as they need, and what they all are.
fn codes_of(page: &mut Page, codes: &[&str], head: &str, style: Style) {
    let mut line = String::new();
    for code in codes {
        if line.chars().count() + code.chars().count() + 1 > WIDTH {
            page.styled(style, format_args!("{line}"));
            line.clear();
        }
        line = if line.is_empty() { (*code).to_owned() } else { format!("{line} {code}") };
    }
    page.pair_styled(style, &line, "   ", head, "    ");
}

/// What is told of a site: in a line what it is and holds, then what it does and waits for.
fn site(run: &Run<'_>, one: &Standing, alone: bool) -> (String, Vec<String>) {
    let described = &run.scenario.sites[one.site.index()];
    let lacks = match &one.lacks[..] {
        [] => "lacks nothing".to_owned(),
        lacks => {
            let names: Vec<&str> =
                lacks.iter().take(RELEASES).map(|&release| run.release(release)).collect();
            let more = match lacks.len().saturating_sub(RELEASES) {
                0 => String::new(),
                more => format!(" and {more} more"),
            };
            format!("lacks {}{more}", names.join(", "))
        }
    };
    let version = match (one.has_point, one.version, one.database_version) {
        (true, version, database) if version == database => told_version("version", version),
        (true, version, database) => {
            let (version, database) =
                (told_version("version", version), told_version("database", database));
            format!("{version}, {database}")
        }
        (false, _, database) => told_version("no point, database", database),
    };
    let head = format!("{}   {version}; {lacks}", kind_name(described.kind));
    let quiet = one.doings.is_empty() && one.lacks.is_empty() && !alone;
    (head, if quiet { Vec::new() } else { doings(run, one) })
}

fn told_version(what: &str, version: Option<u32>) -> String {
    version.map_or_else(|| format!("{what} as at the start"), |version| format!("{what} {version}"))
}

/// What a site does and waits for, a line each.
pub(super) fn doings(run: &Run<'_>, one: &Standing) -> Vec<String> {
    if one.doings.is_empty() {
        return vec!["idle: waits for a request from its parent".to_owned()];
    }
    one.doings.iter().map(|doing| line(run, one.site, doing)).collect()
}

fn line(run: &Run<'_>, site: SiteId, doing: &Doing) -> String {
    let clock = &run.scenario.clock;
    let until = doing
        .until
        .map_or("not before the run ends".to_owned(), |at| format!("until {}", clock.short(at)));
    let (what, since) = (what(run, site, doing.what), clock.short(doing.since));
    match doing.what {
        What::Schedule => format!("{what}, {until}"),
        _ => format!("{what}, {until} (since {since})"),
    }
}

fn what(run: &Run<'_>, site: SiteId, what: What) -> String {
    let attempt = |number| run.attempt(site, number);
    match what {
        What::Down => DOWN.to_owned(),
        What::Held(fault) => {
            let effect: &FaultEffect = &run.scenario.faults[fault.index()].effect;
            format!("{}: {}", run.fault(fault), effect.word())
        }
        What::Syncing(number, step) => {
            let step = match step {
                SyncStep::Connecting => "connecting to WSUS",
                SyncStep::Queued => "waiting behind other pulls",
                SyncStep::Transferring => "the catalogue is on its way",
                SyncStep::WsusWork => "WSUS works on it",
                SyncStep::Settling => "the fixed wait",
                SyncStep::Importing => "importing into the site database",
                SyncStep::InternetPoint => "the internet-based point synchronises",
            };
            format!("{}: {step}", attempt(number))
        }
        What::Inserting(version) => format!("version {version} is being inserted"),
        What::InsertingAgain(version) => {
            format!("version {version} was rolled back, is inserted again")
        }
        What::Exporting(run, step) => {
            let step = match step {
                ExportStep::Exporting => "exporting",
                ExportStep::Carrying => "being carried",
                ExportStep::Importing => "importing",
            };
            format!("export {run} for the internet-based point: {step}")
        }
        What::Deferred(trigger) => match trigger {
            Trigger::Parent => "a request waits for the running sync to end".to_owned(),
            other => format!("a sync ({other}) waits for the running one to end"),
        },
        What::Reading => "a request has arrived, to be noticed and read".to_owned(),
        What::Retry(number) => format!("waits for the retry after {}", attempt(number)),
        What::PointRetry => "waits for the retry of the internet-based point".to_owned(),
        What::RequestComing(coming) => format!("a request for it: {}", coming_words(coming)),
        What::PackageComing(version, coming) => {
            format!("the package of version {version}: {}", coming_words(coming))
        }
        What::Schedule => "waits for the schedule".to_owned(),
    }
}

fn coming_words(coming: Coming) -> &'static str {
    match coming {
        Coming::Sent(Limit::None) => "on its way",
        Coming::Sent(Limit::Hourly | Limit::Pulse) => "on its way, under a limit of the rate",
        Coming::Waits(Wait::Closed { .. }) => "the sender is closed",
        Coming::Waits(Wait::Thread | Wait::ThreadToIt) => "the sender is busy",
        Coming::Waits(Wait::Together { .. }) => "goes together with what is sent before it",
        Coming::Again => "failed, is sent again",
    }
}
