//! The defaults of the profile `cm2007`: one table, read the way a scenario is read. What other
//! profiles say otherwise stands in `profile`.
//!
//! A value stands here once, as text; what uses it reads this text with the same functions that
//! read a scenario, so that what is printed is what is used.

use super::{Default, Known};
use Known::{Assumed, Documented, Observed};

/// Every default, in the order of the reference page.
pub(super) static TABLE: &[Default] = &[
    entry("timezone", "UTC", Assumed, "a choice: the zone that is nobody's own"),
    entry(
        "duration",
        "14d",
        Assumed,
        "a choice: two weekly synchronisations and what follows them",
    ),
    entry("initial", "current", Assumed, "a choice: a hierarchy that has been running"),
    entry("seed", "1", Assumed, "a choice"),
    entry("source", "microsoft_update", Documented, "the usual source of the top-level site (U1)"),
    entry(
        "catalogue.baseline.updates",
        "14000",
        Assumed,
        "the order of size of a catalogue in use",
    ),
    entry("catalogue.baseline.metadata", "900 MB", Assumed, "about 64 KB for each update"),
    entry("catalogue.history.metadata", "64 KB", Assumed, "as each update of the baseline"),
    entry("catalogue.releases.product", "Windows", Assumed, "a choice"),
    entry("catalogue.releases.classification", "Security Updates", Assumed, "a choice"),
    entry(
        "links.bandwidth",
        "unlimited",
        Assumed,
        "a choice: a link is a bottleneck only when it is described",
    ),
    entry("links.latency", "0s", Assumed, "a choice, as for the bandwidth"),
    entry("links.loss", "0%", Assumed, "a choice, as for the bandwidth"),
    entry("routes.open", "always", Documented, "an address is open for all priorities (R4)"),
    entry("routes.rate", "unlimited", Documented, "an address has no rate limit (R4)"),
    entry("routes.threads", "3", Documented, "sendings at once to one site (R5)"),
    entry("routes.tries", "3", Documented, "one try and two retries (R5)"),
    entry("routes.try_every", "1min", Documented, "the sender's delay before a retry (R5)"),
    entry("routes.again_every", "55min", Assumed, "a choice: no interval is documented (R5)"),
    entry("routes.give_up_after", "7d", Documented, "for so long a job is tried again (R5)"),
    entry("sites.type", "central at the root, else primary", Assumed, "a choice"),
    entry(
        "sites.sup",
        "{ server: local, console: installed }",
        Assumed,
        "a choice: every site has one",
    ),
    entry("sites.sup.pulls_at_once", "unlimited", Assumed, "no limit is documented"),
    entry("sites.internet_sup.mode", "upstream", Documented, "the usual one (P6)"),
    entry(
        "sites.internet_sup.mode.export_import.every",
        "7d",
        Assumed,
        "a choice: as the simple schedule",
    ),
    entry(
        "sites.internet_sup.mode.export_import.first",
        "0s",
        Assumed,
        "a choice: a run at the start",
    ),
    entry(
        "sites.internet_sup.mode.export_import.export",
        "15min",
        Observed,
        "an export with WSUSutil takes 10 to 20 min",
    ),
    entry("sites.internet_sup.mode.export_import.carry", "1h", Assumed, "no measurement is known"),
    entry(
        "sites.internet_sup.mode.export_import.import",
        "75min",
        Observed,
        "an import with WSUSutil takes more than 1 h",
    ),
    entry(
        "sites.internet_sup.mode.export_import.languages",
        "same",
        Assumed,
        "a choice: those of the exporting server, so that the import succeeds (P10)",
    ),
    entry(
        "sites.internet_sup.mode.export_import.express",
        "same",
        Assumed,
        "a choice, as for the languages",
    ),
    entry(
        "sync.schedule",
        "{ simple: { every: 7d } }",
        Documented,
        "the product's simple schedule (T1)",
    ),
    entry(
        "sync.retry.every",
        "60min",
        Documented,
        "the product's retry after a failed synchronisation (T4)",
    ),
    entry("sync.retry.limit", "none", Assumed, "no limit is documented (T4)"),
    entry("sync.retry.jitter", "0s", Assumed, "none is documented (T4)"),
    entry(
        "sync.site_complete",
        "after_internet_point",
        Assumed,
        "the order of the product's description (P9)",
    ),
    entry(
        "sync.replication",
        "file_based",
        Documented,
        "by the senders, as everything between sites (R1, R2)",
    ),
    entry(
        "timing.request",
        "50s",
        Observed,
        "51.3 s from a parent's 6702 to its child's 6701 on a LAN",
    ),
    entry("timing.connect", "1.1s", Observed, "6701 to 6704: 1.1 s at the top, 1.3 s at a child"),
    entry(
        "timing.pull",
        "{ base: 10s, per_update: 400ms }",
        Observed,
        "70.9 s for 130 changed updates, transfer included",
    ),
    entry("timing.settle", "2min", Documented, "the product's wait for WSUS results (P3)"),
    entry(
        "timing.import",
        "{ base: 10s, per_update: 200ms, per_known: 150ms }",
        Assumed,
        "37.1 s for 130 updates; a full synchronisation of a large catalogue takes 40 to 50 min",
    ),
    entry("timing.insert", "{ base: 30s, per_update: 100ms }", Assumed, "no measurement is known"),
    entry("timing.internet", "{ base: 10s, per_update: 400ms }", Assumed, "as `timing.pull`"),
    entry("clients.poll_every", "60min", Documented, "the product's policy polling interval (C2)"),
    entry(
        "clients.scan_on",
        "policy",
        Assumed,
        "the reading of the product's description (C3); later documentation has `schedule`",
    ),
    entry("clients.scan_every", "7d", Documented, "the product's scan schedule (C3)"),
    entry(
        "clients.scan_within",
        "2h",
        Documented,
        "the random delay of the first scan after the first policy (C3)",
    ),
    entry("clients.scan", "1min", Assumed, "no measurement is known; see `scans_at_once`"),
    entry("clients.individually", "false", Assumed, "a choice: counted groups cost less (C4)"),
    entry(
        "sites.sup.scans_at_once",
        "500",
        Assumed,
        "with scans of 1 min, 30,000 in a poll: the 25,000 clients documented for a shared server",
    ),
    entry("sms2003.every", "7d", Documented, "the tool's synchronisation advertisement (L1)"),
    entry("sms2003.start", "the start of the run", Assumed, "a choice"),
    entry(
        "sms2003.catalogue",
        "20 MB",
        Assumed,
        "the order of size of wsusscan.cab in those years",
    ),
    entry("faults.pick", "all", Assumed, "a choice"),
    entry("faults.do.fail_sync.phase", "pull", Assumed, "a choice: the step that waits for others"),
    entry("record.events", "all", Assumed, "a choice"),
    entry("sites.timezone", "the scenario's", Assumed, "a choice"),
];

pub(super) const fn entry(
    key: &'static str,
    value: &'static str,
    status: Known,
    source: &'static str,
) -> Default {
    Default { key, value, status, source }
}

/// The default of that key.
pub(super) fn of(key: &str) -> Option<&'static Default> {
    TABLE.iter().find(|default| default.key == key)
}
