//! `do`: what goes wrong.

use serde_yaml::{Mapping, Value};

use super::{FailPhase, FailSync, FaultEffect, Slow, SlowPhase};
use crate::kernel::Distribution;
use crate::scenario::cost;
use crate::scenario::mapping::{one, put};
use crate::scenario::quantity;
use crate::scenario::reader::Reader;
use crate::scenario::yaml::Node;
use crate::units::Probability;

/// The effects that need no more than their name.
const WORDS: [(&str, FaultEffect); 12] = [
    ("link_down", FaultEffect::LinkDown),
    ("site_down", FaultEffect::SiteDown),
    ("sup_down", FaultEffect::SupDown),
    ("internet_sup_down", FaultEffect::InternetSupDown),
    ("source_down", FaultEffect::SourceDown),
    ("wsus_not_configured", FaultEffect::WsusNotConfigured),
    ("database_fails", FaultEffect::DatabaseFails),
    ("licence_terms_missing", FaultEffect::LicenceTermsMissing),
    ("lose_request", FaultEffect::LoseRequest),
    ("lose_package", FaultEffect::LosePackage),
    ("duplicate_package", FaultEffect::DuplicatePackage),
    ("reorder_packages", FaultEffect::ReorderPackages),
];

const FAIL_PHASES: [(&str, FailPhase); 5] = [
    ("connect", FailPhase::Connect),
    ("pull", FailPhase::Pull),
    ("settle", FailPhase::Settle),
    ("import", FailPhase::Import),
    ("internet", FailPhase::Internet),
];

const SLOW_PHASES: [(&str, SlowPhase); 7] = [
    ("request", SlowPhase::Request),
    ("connect", SlowPhase::Connect),
    ("pull", SlowPhase::Pull),
    ("settle", SlowPhase::Settle),
    ("import", SlowPhase::Import),
    ("insert", SlowPhase::Insert),
    ("internet", SlowPhase::Internet),
];

/// An effect as written.
pub(super) fn effect(reader: &mut Reader, node: &Node<'_>) -> Option<FaultEffect> {
    let words: Vec<&str> = WORDS.iter().map(|(word, _)| *word).collect();
    let keys = ["fail_sync", "link_slow", "slow", "delay_package"];
    let choice = reader.choice(node, "an effect", &words, &keys, &[], &[])?;
    match (choice.word, choice.value) {
        ("fail_sync", Some(value)) => Some(FaultEffect::FailSync(fail_sync(reader, value)?)),
        ("link_slow", Some(value)) => Some(FaultEffect::LinkSlow(link_slow(reader, value)?)),
        ("slow", Some(value)) => Some(FaultEffect::Slow(slow(reader, value)?)),
        ("delay_package", Some(value)) => {
            Some(FaultEffect::DelayPackage(reader.distribution(value, "`delay_package`")?))
        }
        (word, _) => {
            WORDS.iter().find(|(known, _)| *known == word).map(|(_, effect)| effect.clone())
        }
    }
}

fn fail_sync(reader: &mut Reader, node: &Node<'_>) -> Option<FailSync> {
    let fields = reader.fields(node, "`fail_sync`", &["after", "phase", "code", "message"], &[])?;
    let after: Option<Option<Distribution>> =
        fields.get("after").map(|node| reader.distribution(node, "`after`"));
    let phase = match fields.get("phase") {
        Some(node) => reader.word_of(node, "a step of a synchronisation", &FAIL_PHASES),
        None => {
            let word = reader.default("faults.do.fail_sync.phase");
            FAIL_PHASES.iter().find(|(name, _)| *name == word).map(|(_, phase)| *phase)
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

fn link_slow(reader: &mut Reader, node: &Node<'_>) -> Option<Probability> {
    let fields = reader.fields(node, "`link_slow`", &["to"], &[])?;
    let to = reader.required(&fields, "to", "`link_slow`", "to: 25%")?;
    let share = reader.probability(to, "`to`")?;
    if share == Probability::NEVER {
        let note = "for a circuit that carries nothing write `do: link_down`";
        reader.error("E0208", to.place, "a slow circuit carries something", note);
        return None;
    }
    Some(share)
}

fn slow(reader: &mut Reader, node: &Node<'_>) -> Option<Slow> {
    let fields = reader.fields(node, "`slow`", &["phase", "factor"], &[])?;
    let phase = reader.required(&fields, "phase", "`slow`", "phase: insert");
    let phase = phase.and_then(|node| reader.word_of(node, "work to slow down", &SLOW_PHASES));
    let factor = reader.required(&fields, "factor", "`slow`", "factor: 3");
    let factor = factor.and_then(|node| {
        let text = reader.scalar(node, "`factor`")?;
        reader.check(node.place, quantity::factor(text))
    });
    Some(Slow { phase: phase?, factor: factor? })
}

/// The way it is written.
pub(super) fn written(effect: &FaultEffect) -> Value {
    let mut map = Mapping::new();
    match effect {
        FaultEffect::FailSync(failure) => {
            put(&mut map, "after", cost::written_distribution(&failure.after));
            put(&mut map, "phase", word(&FAIL_PHASES, failure.phase));
            for (key, value) in [("code", &failure.code), ("message", &failure.message)] {
                if !value.is_empty() {
                    put(&mut map, key, value.as_str());
                }
            }
            one("fail_sync", map)
        }
        FaultEffect::Slow(slow) => {
            put(&mut map, "phase", word(&SLOW_PHASES, slow.phase));
            put(&mut map, "factor", slow.factor.to_string());
            one("slow", map)
        }
        FaultEffect::LinkSlow(share) => one("link_slow", one("to", share.to_string())),
        FaultEffect::DelayPackage(delay) => one("delay_package", cost::written_distribution(delay)),
        FaultEffect::LinkDown
        | FaultEffect::SiteDown
        | FaultEffect::SupDown
        | FaultEffect::InternetSupDown
        | FaultEffect::SourceDown
        | FaultEffect::WsusNotConfigured
        | FaultEffect::DatabaseFails
        | FaultEffect::LicenceTermsMissing
        | FaultEffect::LoseRequest
        | FaultEffect::LosePackage
        | FaultEffect::DuplicatePackage
        | FaultEffect::ReorderPackages => {
            WORDS.iter().find(|(_, known)| known == effect).map_or("", |(word, _)| word).into()
        }
    }
}

fn word<T: PartialEq>(table: &[(&'static str, T)], wanted: T) -> &'static str {
    table.iter().find(|(_, value)| *value == wanted).map_or("", |(word, _)| word)
}
