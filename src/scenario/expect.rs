//! `expect`: what must be true of a run.

mod measurable;
mod wanted;
mod warn;

use super::known::Known;
use super::reader::Reader;
use super::shape::Fields;
use super::values::Run;
use super::yaml::{Entry, Node};
use super::{Catalogue, Expectation, Fault, Holder, Metric, Operation, Source, Stat, limits};
use crate::units::{FaultId, ReleaseId};
use measurable::{sites, within_top_level};
use wanted::{must_hold, wanted};

use warn::lacks_data;
pub(super) use warn::too_few;

const KEYS: [&str; 13] = [
    "metric",
    "stat",
    "where",
    "release",
    "part",
    "after",
    "during",
    "at_most",
    "at_least",
    "equals",
    "must_hold",
    "on_fail",
    "allow_no_data",
];

pub(super) const HOLDERS: [(&str, Holder); 4] = [
    ("site", Holder::Site),
    ("database", Holder::Database),
    ("wsus", Holder::Wsus),
    ("internet", Holder::Internet),
];

const STATS: [(&str, Stat); 4] =
    [("mean", Stat::Mean), ("min", Stat::Min), ("max", Stat::Max), ("sum", Stat::Sum)];

/// What an expectation can refer to.
pub(super) struct Grounds<'g> {
    pub known: &'g Known<'g>,
    pub run: &'g Run,
    pub source: Option<&'g Source>,
    pub catalogue: &'g Catalogue,
    pub faults: &'g [Fault],
    pub operations: &'g [Operation],
}

/// All of `expect`, in the order of their names.
pub(super) fn read(reader: &mut Reader, on: &Grounds<'_>, node: &Node<'_>) -> Vec<Expectation> {
    let entries = reader.map(node, "`expect`").unwrap_or_default();
    if entries.len() > limits::EXPECTATIONS {
        let most = format!("at most {}", limits::EXPECTATIONS);
        reader.error("E0316", node.place, "too many expectations", most);
    }
    let reached = within_top_level(on.known.sites);
    let mut expectations = Vec::new();
    for entry in entries.iter().take(limits::EXPECTATIONS) {
        let Some(name) = reader.identifier(entry, "an expectation") else { continue };
        let expectation = reader.within(&format!("expect.{name}"), |reader| {
            expectation(reader, on, &reached, entry, name)
        });
        expectations.extend(expectation);
    }
    expectations.sort_by(|a, b| a.name.cmp(&b.name));
    expectations
}

/// What a study measures beside the expectations; `entries` with the paths at which they stand.
pub(super) fn watched(
    reader: &mut Reader,
    on: &Grounds<'_>,
    entries: &[(String, Entry<'_>)],
) -> Vec<Expectation> {
    let reached = within_top_level(on.known.sites);
    let read = entries.iter().filter_map(|(path, entry)| {
        reader.within(path, |reader| expectation(reader, on, &reached, entry, &entry.key))
    });
    read.collect()
}

fn expectation(
    reader: &mut Reader,
    on: &Grounds<'_>,
    reached: &[bool],
    entry: &Entry<'_>,
    name: &str,
) -> Option<Expectation> {
    let fields = reader.fields(&entry.value, "an expectation", &KEYS, &[])?;
    let metric = reader.required(&fields, "metric", "an expectation", "metric: time_to_current");
    let metric = metric.and_then(|node| self::metric(reader, node))?;
    let fits = beside(reader, &fields, metric);
    let stat = match fields.get("stat") {
        Some(node) => self::stat(reader, node, metric),
        None => Some(metric.usual_stat()),
    };
    let part = match fields.get("part") {
        Some(node) => part(reader, node, metric),
        None => Some(Holder::Site),
    };
    let sites = part.and_then(|part| sites(reader, on, reached, &fields, metric, part));
    let releases = releases(reader, on, &fields);
    let after = fields.get("after").map(|node| reader.duration(node, "`after`"));
    let during = fields.get("during").map(|node| during(reader, on, node));
    let wanted = wanted(reader, &fields, metric);
    let must_hold = fields.get("must_hold").map(|node| must_hold(reader, node));
    let only_warns = match fields.get("on_fail") {
        Some(node) => {
            reader.word_of(node, "an answer to a failure", &[("fail", false), ("warn", true)])
        }
        None => Some(false),
    };
    let allow_no_data = match fields.get("allow_no_data") {
        Some(node) => reader.truth(node, "`allow_no_data`"),
        None => Some(false),
    };
    let (sites, everywhere) = sites?;
    let (release, releases) = releases?;
    let expectation = Expectation {
        name: name.to_owned(),
        metric,
        stat: stat?,
        sites,
        everywhere,
        release,
        releases,
        part: part?,
        after: after.map_or(Some(None), |after| after.map(Some))?,
        during: during.map_or(Some(None), |during| during.map(Some))?,
        wanted: wanted?,
        must_hold: must_hold.map_or(Some(None), |hold| hold.map(Some))?,
        only_warns: only_warns?,
        allow_no_data: allow_no_data?,
    };
    if !fits {
        return None;
    }
    if on.run.known && metric.traits().of_releases {
        lacks_data(reader, on, &fields, entry, &expectation);
    }
    Some(expectation)
}

fn metric(reader: &mut Reader, node: &Node<'_>) -> Option<Metric> {
    let words = Metric::ALL.map(Metric::name);
    let word = reader.choice(node, "a metric", &words, &[], &[], &[])?.word;
    Metric::ALL.into_iter().find(|metric| metric.name() == word)
}

/// Does everything written go with the metric?
fn beside(reader: &mut Reader, fields: &Fields<'_, '_>, metric: Metric) -> bool {
    let traits = metric.traits();
    let keys =
        [("release", traits.of_releases), ("part", traits.of_releases), ("after", traits.after)];
    let mut fits = true;
    for (key, goes) in keys {
        let Some(entry) = fields.entry(key).filter(|_| !goes) else { continue };
        let others: Vec<&str> = Metric::ALL
            .into_iter()
            .filter(|other| match key {
                "after" => other.traits().after,
                _ => other.traits().of_releases,
            })
            .map(Metric::name)
            .collect();
        let message = format!("`{key}` does not go with `{}`", metric.name());
        reader
            .error("E0420", entry.place, message, "remove it")
            .help(format!("it goes with {}", others.join(", ")));
        fits = false;
    }
    fits
}

fn stat(reader: &mut Reader, node: &Node<'_>, metric: Metric) -> Option<Stat> {
    let text = reader.scalar(node, "`stat`")?;
    let known = STATS.iter().find(|(word, _)| *word == text).map(|(_, stat)| *stat);
    let Some(stat) = known.or_else(|| percentile(text)) else {
        let note = match text.strip_prefix('p').map(|digits| digits.parse::<f64>()) {
            Some(Ok(0.0)) => "the smallest value is `min`".to_owned(),
            Some(Ok(100.0)) => "the largest value is `max`".to_owned(),
            Some(_) => {
                "a percentile is above p0 and below p100, with at most three decimals".into()
            }
            None => match reader.meant(text, STATS.iter().map(|(word, _)| *word)) {
                Some(meant) => format!("did you mean `{meant}`?"),
                None if text == "median" => "did you mean `p50`?".to_owned(),
                None => "not known here".to_owned(),
            },
        };
        reader
            .error("E0421", node.place, format!("`{text}` is not a stat"), note)
            .help("known here: mean, min, max, sum, and any percentile such as p50, p95, p99.9");
        return None;
    };
    if stat == Stat::Sum && !metric.traits().adds_up {
        let message = format!("the values of `{}` cannot be added up", metric.name());
        reader.error("E0420", node.place, message, "write for example `stat: max`");
        return None;
    }
    Some(stat)
}

/// `p95`, `p99.9`.
fn percentile(text: &str) -> Option<Stat> {
    let (whole, decimals) = match text.strip_prefix('p')?.split_once('.') {
        Some((whole, decimals)) => (whole, decimals),
        None => (text.strip_prefix('p')?, "0"),
    };
    let digits = |text: &str| {
        (1..=3).contains(&text.len()) && text.bytes().all(|digit| digit.is_ascii_digit())
    };
    if !digits(whole) || !digits(decimals) {
        return None;
    }
    let thousandths = format!("{decimals:0<3}").parse::<u32>().ok()?;
    let all = whole.parse::<u32>().ok()? * 1000 + thousandths;
    (1..100_000).contains(&all).then_some(Stat::Percentile(all))
}

fn part(reader: &mut Reader, node: &Node<'_>, metric: Metric) -> Option<Holder> {
    let part = reader.word_of(node, "a part of a site", &HOLDERS)?;
    if metric.traits().of_clients && part == Holder::Database {
        let message = format!("`part: database` does not go with `{}`", metric.name());
        let note = "no client scans against it; write `wsus` or `internet`, or leave it out";
        reader.error("E0420", node.place, message, note);
        return None;
    }
    Some(part)
}

/// What was written, and which occurrences that is.
fn releases(
    reader: &mut Reader,
    on: &Grounds<'_>,
    fields: &Fields<'_, '_>,
) -> Option<(Vec<String>, Vec<ReleaseId>)> {
    let all = &on.catalogue.releases;
    let base = |name: &str| name.split('#').next().unwrap_or_default().to_owned();
    let Some(node) = fields.get("release") else {
        return Some((Vec::new(), (0..all.len() as u32).map(ReleaseId).collect()));
    };
    let mut written = Vec::new();
    let mut complete = true;
    for node in reader.one_or_more(node) {
        let Some(name) = reader.text(node, "`release`") else {
            complete = false;
            continue;
        };
        if all.iter().any(|release| release.name == name || base(&release.name) == name) {
            written.push(name.to_owned());
            continue;
        }
        complete = false;
        let mut names: Vec<String> = all.iter().map(|release| base(&release.name)).collect();
        names.dedup();
        let note = match reader.meant(name, names.iter().map(String::as_str)) {
            Some(meant) => format!("did you mean `{meant}`?"),
            None => "it is not in the catalogue, or never occurs within the run".to_owned(),
        };
        reader.error("E0422", node.place, format!("no release `{name}` occurs in this run"), note);
    }
    let meant = |name: &str| written.iter().any(|one| *one == name || *one == base(name));
    let releases = all.iter().zip(0..).filter(|(release, _)| meant(&release.name));
    let releases = releases.map(|(_, number)| ReleaseId(number)).collect();
    complete.then_some((written, releases))
}

fn during(reader: &mut Reader, on: &Grounds<'_>, node: &Node<'_>) -> Option<FaultId> {
    let name = reader.text(node, "`during`")?;
    let found = on.faults.iter().zip(0..).find(|(fault, _)| fault.name == name);
    if found.is_none() {
        let faults = || on.faults.iter().map(|fault| fault.name.as_str());
        reader.unknown_name("E0423", node.place, "fault", name, faults);
    }
    found.map(|(_, number)| FaultId(number))
}
