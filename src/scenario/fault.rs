//! `faults`: what goes wrong, where, and when.

use super::known::Known;
use super::reader::Reader;
use super::selector::Selector;
use super::shape::Choice;
use super::source::Place;
use super::values::Run;
use super::yaml::{Entry, Node};
use super::{FailPhase, FailSync, Fault, FaultEffect, Occurs, Pick, Site, defaults, limits};
use crate::kernel::Distribution;
use crate::units::{Duration, Instant, SiteId};

const EFFECTS: [&str; 6] = [
    "link_down",
    "site_down",
    "sup_down",
    "internet_sup_down",
    "source_down",
    "wsus_not_configured",
];

const LATER: [&str; 9] = [
    "lose_request",
    "lose_package",
    "duplicate_package",
    "reorder_packages",
    "database_fails",
    "licence_terms_missing",
    "link_slow",
    "slow",
    "delay_package",
];

pub(super) const PHASES: [(&str, FailPhase); 5] = [
    ("connect", FailPhase::Connect),
    ("pull", FailPhase::Pull),
    ("settle", FailPhase::Settle),
    ("import", FailPhase::Import),
    ("internet", FailPhase::Internet),
];

/// All of `faults`, in the order of their names, without those that are not enabled.
pub(super) fn read(
    reader: &mut Reader,
    known: &mut Known<'_>,
    run: &Run,
    node: &Node<'_>,
) -> Vec<Fault> {
    let entries = reader.map(node, "`faults`").unwrap_or_default();
    if entries.len() > limits::WRITTEN {
        reader.error(
            "E0316",
            node.place,
            "too many faults",
            format!("at most {}", limits::WRITTEN),
        );
    }
    let mut faults = Vec::new();
    for entry in entries.iter().take(limits::WRITTEN) {
        let Some(name) = reader.identifier(entry, "a fault") else { continue };
        let fault = reader
            .within(&format!("faults.{name}"), |reader| fault(reader, known, run, entry, name));
        faults.extend(fault);
    }
    faults.sort_by(|a, b| a.name.cmp(&b.name));
    faults
}

fn fault(
    reader: &mut Reader,
    known: &mut Known<'_>,
    run: &Run,
    entry: &Entry<'_>,
    name: &str,
) -> Option<Fault> {
    let fields =
        reader.fields(&entry.value, "a fault", &["where", "pick", "do", "when", "enabled"], &[])?;
    let effect = reader.required(&fields, "do", "a fault", "do: link_down");
    let effect = effect.and_then(|node| self::effect(reader, node));
    let pick = match fields.get("pick") {
        Some(node) => self::pick(reader, node),
        None => {
            reader.used_default("faults.pick");
            Some(Pick::All)
        }
    };
    let when = reader.required(&fields, "when", "a fault", "when: { attempts: [1] }");
    let occurs = when.and_then(|node| occurs(reader, run, node));
    let selected = match fields.get("where") {
        Some(node) => {
            let selector = known.selector(reader, node);
            selector.and_then(|selector| {
                Some((selector.select_some(reader, known.sites)?, node.place, true))
            })
        }
        None => Some((Selector::default().select(known.sites), entry.place, false)),
    };
    let enabled = fields.get("enabled").map(|node| reader.truth(node, "`enabled`"));
    let effect = effect?;
    if let (FaultEffect::SiteDown, Some(Occurs::PerAttempt(_) | Occurs::Attempts(_)), Some(when)) =
        (&effect, &occurs, when)
    {
        let note = "a site that is down attempts nothing; write `when: { window: { from, for } }`";
        reader.error("E0407", when.place, "`site_down` can only have a window", note);
        return None;
    }
    let (selected, place, by_hand) = selected?;
    let sites = can_be_hit(reader, known.sites, &effect, selected, place, by_hand)?;
    let (pick, occurs) = (pick?, occurs?);
    if let (Pick::Count(count), Some(node)) = (pick, fields.get("pick"))
        && count as usize > sites.len()
    {
        let note = format!("there are {}", sites.len());
        reader.error(
            "E0208",
            node.place,
            format!("there are not {count} sites to pick from"),
            note,
        );
        return None;
    }
    enabled.unwrap_or(Some(true))?.then(|| Fault {
        name: name.to_owned(),
        effect,
        sites,
        pick,
        occurs,
    })
}

/// The selected sites that have what breaks.
fn can_be_hit(
    reader: &mut Reader,
    sites: &[Site],
    effect: &FaultEffect,
    selected: Vec<SiteId>,
    place: Place,
    by_hand: bool,
) -> Option<Vec<SiteId>> {
    let top = super::hierarchy::top_level(sites);
    let (part, has): (&str, &dyn Fn(SiteId) -> bool) = match effect {
        FaultEffect::LinkDown | FaultEffect::SiteDown => return Some(selected),
        FaultEffect::SourceDown => {
            ("the source: it is the top-level site's", &|site| Some(site) == top)
        }
        FaultEffect::InternetSupDown => {
            ("an internet-based point", &|site| sites[site.index()].internet_sup.is_some())
        }
        FaultEffect::FailSync(FailSync { phase: FailPhase::Import, .. }) => {
            ("the phase `import`: it is the top-level site's (P4)", &|site| Some(site) == top)
        }
        FaultEffect::FailSync(FailSync { phase: FailPhase::Internet, .. }) => {
            ("an internet-based point", &|site| sites[site.index()].internet_sup.is_some())
        }
        FaultEffect::SupDown | FaultEffect::WsusNotConfigured | FaultEffect::FailSync(_) => {
            ("a software update point", &|site| sites[site.index()].sup.is_some())
        }
    };
    let matched = selected.len();
    let hit: Vec<SiteId> = selected.into_iter().filter(|site| has(*site)).collect();
    if hit.is_empty() && matched > 0 {
        let note = format!("none of them has {part}");
        reader.error("E0406", place, "this fault can hit none of the sites selected", note);
        return None;
    }
    if by_hand && hit.len() < matched {
        let note = format!("{} of {matched} do not have {part}", matched - hit.len());
        reader.warning("W0501", place, "this fault leaves out some of the sites selected", note);
    }
    Some(hit)
}

fn effect(reader: &mut Reader, node: &Node<'_>) -> Option<FaultEffect> {
    let choice = reader.choice(node, "an effect", &EFFECTS, &["fail_sync"], &[], &LATER)?;
    Some(match (choice.word, choice.value) {
        ("link_down", _) => FaultEffect::LinkDown,
        ("site_down", _) => FaultEffect::SiteDown,
        ("sup_down", _) => FaultEffect::SupDown,
        ("internet_sup_down", _) => FaultEffect::InternetSupDown,
        ("source_down", _) => FaultEffect::SourceDown,
        ("wsus_not_configured", _) => FaultEffect::WsusNotConfigured,
        (_, value) => FaultEffect::FailSync(fail_sync(reader, value?)?),
    })
}

fn fail_sync(reader: &mut Reader, node: &Node<'_>) -> Option<FailSync> {
    let fields = reader.fields(node, "`fail_sync`", &["after", "phase", "code", "message"], &[])?;
    let after: Option<Option<Distribution>> =
        fields.get("after").map(|node| reader.distribution(node, "`after`"));
    let phase = match fields.get("phase") {
        Some(node) => reader.word_of(node, "a step of a synchronisation", &PHASES),
        None => {
            reader.used_default("faults.do.fail_sync.phase");
            let word = defaults::text("faults.do.fail_sync.phase");
            PHASES.iter().find(|(name, _)| *name == word).map(|(_, phase)| *phase)
        }
    };
    let code = fields.get("code").map(|node| reader.label(node, "`code`"));
    let message = fields.get("message").map(|node| reader.label(node, "`message`"));
    let after = after.unwrap_or_else(|| {
        let note = "write `after: 12min`, counted from the start of the synchronisation";
        reader.error("E0104", fields.place, "`fail_sync` has no `after`", note);
        None
    });
    Some(FailSync {
        phase: phase?,
        after: after?,
        code: code.unwrap_or(Some(""))?.to_owned(),
        message: message.unwrap_or(Some(""))?.to_owned(),
    })
}

fn pick(reader: &mut Reader, node: &Node<'_>) -> Option<Pick> {
    let choice = reader.choice(node, "a pick", &["all", "one"], &["count", "percent"], &[], &[])?;
    match choice {
        Choice { word: "all", .. } => Some(Pick::All),
        Choice { word: "count", value: Some(node), .. } => {
            reader.count32(node, "`count`", 1, limits::SITES as u32).map(Pick::Count)
        }
        Choice { word: "percent", value: Some(node), .. } => {
            reader.probability(node, "`percent`").map(Pick::Share)
        }
        _ => Some(Pick::Count(1)),
    }
}

fn occurs(reader: &mut Reader, run: &Run, node: &Node<'_>) -> Option<Occurs> {
    let keys = ["window", "per_attempt", "attempts"];
    let choice = reader.choice(node, "an occurrence", &[], &keys, &[], &["schedule", "renewal"])?;
    let value = choice.value?;
    match choice.word {
        "window" => window(reader, run, value),
        "per_attempt" => reader.probability(value, "`per_attempt`").map(Occurs::PerAttempt),
        _ => {
            let list = reader.list(value, "`attempts`", "attempts: [1, 2]")?;
            let numbers: Vec<Option<u32>> =
                list.iter().map(|node| reader.count32(node, "an attempt", 1, 1_000_000)).collect();
            let mut numbers: Vec<u32> = numbers.into_iter().collect::<Option<_>>()?;
            numbers.sort_unstable();
            numbers.dedup();
            Some(Occurs::Attempts(numbers))
        }
    }
}

fn window(reader: &mut Reader, run: &Run, node: &Node<'_>) -> Option<Occurs> {
    let fields = reader.fields(node, "`window`", &["from", "for", "until"], &[])?;
    let zone = run.clock.zone();
    let from = match fields.get("from") {
        Some(node) => reader.instant(node, "`from`", zone, run),
        None => Some(Instant::START),
    };
    let length: Option<Option<Duration>> =
        fields.get("for").map(|node| reader.positive_duration(node, "`for`"));
    let until =
        fields.entry("until").map(|entry| (entry, reader.timestamp(&entry.value, "`until`", zone)));
    match (length, until) {
        (Some(_), Some((until, _))) => {
            let note = "either `for` or `until`";
            reader.error("E0107", until.place, "a window ends in one way", note);
            None
        }
        (Some(length), None) => {
            let (from, length) = (from?, length?);
            let until = from.checked_add(length)?;
            past_the_end(reader, run, until, node.place);
            Some(Occurs::Window { from, until: Some(until) })
        }
        (None, Some((entry, until))) => {
            let (from, until) = (from?, until?);
            let until = run.clock.instant(until).filter(|until| *until > from);
            let Some(until) = until else {
                let note = "`until` must be later than `from`";
                reader.error("E0409", entry.value.place, "this window ends before it begins", note);
                return None;
            };
            past_the_end(reader, run, until, entry.value.place);
            Some(Occurs::Window { from, until: Some(until) })
        }
        (None, None) => Some(Occurs::Window { from: from?, until: None }),
    }
}

fn past_the_end(reader: &mut Reader, run: &Run, until: Instant, place: Place) {
    if run.known && until.micros() > run.duration.micros() {
        reader.warning("W0502", place, "this window is still open when the run ends", run.span());
    }
}

#[cfg(test)]
mod tests {
    use crate::scenario::{Occurs, Overrides, Pick, Scenario};
    use crate::units::{Duration, Instant, Probability, SiteId};

    fn read(fault: &str) -> Scenario {
        let text = format!(
            "supsim: 1\nkind: scenario\nname: given\nstart: 2026-01-13 00:00\n\
             sites: {{ CEN: {{}}, ONE: {{ parent: CEN }}, TWO: {{ parent: CEN, sup: none }} }}\nfaults: {{ f: {{ {fault} }} }}\n"
        );
        Scenario::parse("given.yaml", &text, &Overrides::default())
            .unwrap_or_else(|report| panic!("{report}"))
            .0
    }

    #[test]
    fn a_fault_hits_only_sites_that_have_what_breaks() {
        let hit = |effect: &str| {
            read(&format!("do: {effect}, when: {{ attempts: [1] }}")).faults[0].sites.clone()
        };
        assert_eq!(hit("link_down"), [SiteId(0), SiteId(1), SiteId(2)]);
        assert_eq!(hit("sup_down"), [SiteId(0), SiteId(1)]);
        assert_eq!(hit("source_down"), [SiteId(0)]);
        assert_eq!(hit("{ fail_sync: { after: 1min, phase: import } }"), [SiteId(0)]);
    }

    #[test]
    fn a_window_without_an_end_is_for_good_and_without_a_beginning_from_the_start() {
        let occurs = |when: &str| {
            read(&format!("do: site_down, when: {{ window: {{ {when} }} }}")).faults[0]
                .occurs
                .clone()
        };
        let hour = |hour| Instant::START + Duration::from_hours(hour);
        assert_eq!(occurs(""), Occurs::Window { from: hour(0), until: None });
        assert_eq!(occurs("from: 2026-01-13 05:00"), Occurs::Window { from: hour(5), until: None });
        assert_eq!(occurs("for: 2h"), Occurs::Window { from: hour(0), until: Some(hour(2)) });
        assert_eq!(
            occurs("from: 2026-01-13 05:00, until: 2026-01-13 06:00"),
            Occurs::Window { from: hour(5), until: Some(hour(6)) }
        );
    }

    #[test]
    fn picks_and_chances_are_read() {
        let pick = |pick: &str| {
            read(&format!("do: link_down, when: {{ per_attempt: 0% }}, pick: {pick}")).faults[0]
                .pick
        };
        assert_eq!(pick("all"), Pick::All);
        assert_eq!(pick("one"), Pick::Count(1));
        assert_eq!(pick("{ count: 3 }"), Pick::Count(3));
        assert_eq!(
            pick("{ percent: 10% }"),
            Pick::Share(Probability::from_parts_per_billion(100_000_000).unwrap())
        );
        assert_eq!(
            read("do: link_down, when: { attempts: [3, 1, 3] }").faults[0].occurs,
            Occurs::Attempts(vec![1, 3])
        );
    }

    #[test]
    fn a_fault_that_is_not_enabled_is_left_out() {
        assert!(read("do: link_down, when: { attempts: [1] }, enabled: false").faults.is_empty());
    }
}
