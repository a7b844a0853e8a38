//! `clients`: who scans against the software update points, when, and how long it takes (C1-C5);
//! `sms2003`: the catalogue of the clients that scan without one (L1, L2).

use serde_yaml::Mapping;

use super::known::Known;
use super::mapping::put;
use super::reader::Reader;
use super::selector::named_site;
use super::values::Run;
use super::yaml::{self, Node};
use super::{Distribution, Profile, Scenario, Site, SiteKind, cost, limits, quantity};
use crate::units::{Bytes, Duration, Instant, SiteId};

/// How many clients a site has, by the way they scan.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ClientCounts {
    /// Those that use the active software update point of their site (C1, H4).
    pub intranet: u32,
    /// Those that use its internet-based one (C5).
    pub internet: u32,
    /// SMS 2003 clients: they scan by the Inventory Tool's catalogue (L1).
    pub sms2003: u32,
}

impl ClientCounts {
    /// All of them.
    pub fn total(self) -> u32 {
        // The language allows ten million of each kind, so the sum fits.
        self.intranet + self.internet + self.sms2003
    }
}

/// `clients`: what all clients have in common.
#[derive(Clone, Debug, PartialEq)]
pub struct Clients {
    /// From one policy poll of a client to its next (C2).
    pub poll_every: Duration,
    /// What makes a client scan (C3).
    pub scan_on: ScanOn,
    /// The scan schedule: from one scan of a client to its next (C3, `schedule`).
    pub scan_every: Duration,
    /// The first scan comes at a random moment this long after the first policy (C3, `schedule`).
    pub scan_within: Duration,
    /// How long one scan keeps one of the places that a software update point has (C4).
    pub scan: Distribution,
    /// One by one, or as counted groups (C4).
    pub individually: bool,
}

/// What makes a client scan (C3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScanOn {
    /// Every new policy body, when the client fetches it.
    Policy,
    /// Only the first one; after that the scan schedule.
    Schedule,
}

/// `sms2003`: the Inventory Tool for Microsoft Updates (L1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sms2003 {
    /// Where the tool is installed.
    pub site: SiteId,
    /// From one synchronisation of its catalogue to the next.
    pub every: Duration,
    /// The first one.
    pub first: Instant,
    /// How large the catalogue is.
    pub catalogue: Bytes,
}

/// `clients` of a site or a template.
const KINDS: [&str; 3] = ["intranet", "internet", "sms2003"];

const KEYS: [&str; 6] =
    ["poll_every", "scan_on", "scan_every", "scan_within", "scan", "individually"];

const SCAN_ON: [(&str, ScanOn); 2] = [("policy", ScanOn::Policy), ("schedule", ScanOn::Schedule)];

/// Polls and scans are not more frequent than this: what a client does in a second is not told.
const MOST_OFTEN: Duration = Duration::from_mins(1);

/// `clients` at the top as written.
#[derive(Clone, Default)]
pub(super) struct ClientsWritten {
    poll_every: Option<Duration>,
    scan_on: Option<ScanOn>,
    scan_every: Option<Duration>,
    scan_within: Option<Duration>,
    scan: Option<Distribution>,
    individually: Option<bool>,
}

impl Reader {
    /// `clients` of a site or a template.
    pub fn client_counts(&mut self, node: &Node<'_>) -> Option<ClientCounts> {
        let fields = self.fields(node, "`clients` of a site", &KINDS, &[])?;
        let mut count = |key: &str| match fields.get(key) {
            Some(node) => self.count32(node, &format!("`{key}`"), 0, limits::CLIENTS),
            None => Some(0),
        };
        let counts = KINDS.map(&mut count);
        let [intranet, internet, sms2003] = counts;
        Some(ClientCounts { intranet: intranet?, internet: internet?, sms2003: sms2003? })
    }

    /// A period of clients.
    fn period(&mut self, node: &Node<'_>, what: &str) -> Option<Duration> {
        let duration = self.duration(node, what)?;
        if duration < MOST_OFTEN {
            let note = "at least 1min";
            self.error("E0350", node.place, format!("{what} is too often"), note);
            return None;
        }
        Some(duration)
    }
}

/// `clients` at the top.
pub(super) fn read(reader: &mut Reader, node: Option<&Node<'_>>) -> ClientsWritten {
    let fields = node.and_then(|node| reader.fields(node, "`clients`", &KEYS, &[]));
    let Some(fields) = fields else { return ClientsWritten::default() };
    let get = |key: &str| fields.get(key);
    ClientsWritten {
        poll_every: get("poll_every").and_then(|node| reader.period(node, "`poll_every`")),
        scan_on: get("scan_on").and_then(|node| reader.word_of(node, "a reason to scan", &SCAN_ON)),
        scan_every: get("scan_every").and_then(|node| reader.period(node, "`scan_every`")),
        scan_within: get("scan_within").and_then(|node| reader.duration(node, "`scan_within`")),
        scan: get("scan").and_then(|node| reader.distribution(node, "`scan`")),
        individually: get("individually").and_then(|node| reader.truth(node, "`individually`")),
    }
}

/// What is meant, and the number of scans at once where nobody says it. A default is noted only
/// when some client acts.
pub(super) fn resolve(
    reader: &mut Reader,
    written: ClientsWritten,
    sites: &mut [Site],
    node: Option<&Node<'_>>,
) -> Clients {
    let scan = sites.iter().any(|site| site.clients.intranet > 0 || site.clients.internet > 0);
    let version = reader.profile();
    let acts = scan || sites.iter().any(|site| site.clients.sms2003 > 0);
    let mut stood_in = |key: &'static str| {
        if acts {
            reader.used_default(key);
        }
    };
    let profile = Clients::of_profile(version);
    let mut or = |written: Option<Duration>, key: &'static str, default: Duration| {
        written.unwrap_or_else(|| {
            stood_in(key);
            default
        })
    };
    let clients = Clients {
        poll_every: or(written.poll_every, "clients.poll_every", profile.poll_every),
        scan_every: or(written.scan_every, "clients.scan_every", profile.scan_every),
        scan_within: or(written.scan_within, "clients.scan_within", profile.scan_within),
        scan_on: written.scan_on.unwrap_or_else(|| {
            stood_in("clients.scan_on");
            profile.scan_on
        }),
        scan: written.scan.unwrap_or_else(|| {
            stood_in("clients.scan");
            profile.scan
        }),
        individually: written.individually.unwrap_or_else(|| {
            stood_in("clients.individually");
            profile.individually
        }),
    };
    if scan {
        let at_once = version.text_of("sites.sup.scans_at_once").parse().unwrap_or(u32::MAX);
        for point in sites.iter_mut().filter_map(|site| site.sup.as_mut()) {
            if point.scans_at_once.is_none() {
                reader.used_default("sites.sup.scans_at_once");
                point.scans_at_once = Some(at_once);
            }
        }
    }
    let all: u64 = sites.iter().map(|site| u64::from(site.clients.total())).sum();
    let (most, how) = match clients.individually {
        true => (limits::CLIENTS_ONE_BY_ONE, "one by one"),
        false => (limits::CLIENTS_IN_ALL, "in all"),
    };
    if all > most {
        let place = node.map_or_else(super::source::Place::default, |node| node.place);
        let note = format!("{all} clients; at most {most} {how}");
        reader.error("E0351", place, "too many clients", note);
    }
    clients
}

/// `sms2003`, once the sites are known.
pub(super) fn sms2003(
    reader: &mut Reader,
    known: &Known<'_>,
    run: &Run,
    node: &Node<'_>,
) -> Option<Sms2003> {
    let keys = ["site", "every", "start", "catalogue"];
    let fields = reader.fields(node, "`sms2003`", &keys, &[])?;
    let site = reader.required(&fields, "site", "`sms2003`", "site: CEN")?;
    let site = named_site(reader, site, known.codes);
    let every = match fields.get("every") {
        Some(node) => reader.period(node, "`every`"),
        None => quantity::duration(reader.default("sms2003.every")).ok(),
    };
    let catalogue = match fields.get("catalogue") {
        Some(node) => reader.bytes(node, "`catalogue`"),
        None => quantity::bytes(reader.default("sms2003.catalogue")).ok(),
    };
    let first = match fields.get("start") {
        Some(node) => reader.instant(node, "`start`", run.clock.zone(), run),
        None => {
            reader.used_default("sms2003.start");
            Some(Instant::START)
        }
    };
    Some(Sms2003 { site: site?, every: every?, first: first?, catalogue: catalogue? })
}

impl Clients {
    /// What clients do when a scenario says nothing of them.
    pub fn of_profile(profile: Profile) -> Clients {
        let duration = |key| quantity::duration(profile.text_of(key)).unwrap_or_default();
        let word = profile.text_of("clients.scan_on");
        let scan_on = SCAN_ON.iter().find(|(name, _)| *name == word);
        Clients {
            poll_every: duration("clients.poll_every"),
            scan_on: scan_on.map_or(ScanOn::Policy, |(_, on)| *on),
            scan_every: duration("clients.scan_every"),
            scan_within: duration("clients.scan_within"),
            scan: default_scan(profile),
            individually: profile.text_of("clients.individually") == "true",
        }
    }

    /// The way it is written.
    pub(super) fn written(&self) -> Mapping {
        let mut map = Mapping::new();
        put(&mut map, "poll_every", self.poll_every.to_string());
        let word = SCAN_ON.iter().find(|(_, on)| *on == self.scan_on).map_or("", |(word, _)| word);
        put(&mut map, "scan_on", word);
        put(&mut map, "scan_every", self.scan_every.to_string());
        put(&mut map, "scan_within", self.scan_within.to_string());
        put(&mut map, "scan", cost::written_distribution(&self.scan));
        put(&mut map, "individually", self.individually);
        map
    }
}

/// A default is read the way a scenario is.
fn default_scan(profile: Profile) -> Distribution {
    let mut reader = Reader::new();
    let node = yaml::parse(&mut reader, profile.text_of("clients.scan"));
    let scan = node.and_then(|node| reader.distribution(&node, "`scan`"));
    scan.unwrap_or(Distribution::Constant(Duration::ZERO))
}

impl ClientCounts {
    /// The way they are written.
    pub(super) fn written(self) -> Mapping {
        let mut map = Mapping::new();
        for (kind, count) in KINDS.into_iter().zip([self.intranet, self.internet, self.sms2003]) {
            if count > 0 {
                put(&mut map, kind, count);
            }
        }
        map
    }
}

impl Scenario {
    /// The site whose software update point the intranet clients of a site scan against; `None`:
    /// they do not scan.
    pub fn scans_at(&self, site: SiteId) -> Option<SiteId> {
        let own = &self.sites[site.index()];
        if own.sup.is_some() {
            return Some(site);
        }
        // H4: clients of a secondary site without a point use its parent's; others do not scan.
        let above = own.parent.filter(|_| own.kind == SiteKind::Secondary)?;
        self.sites[above.index()].sup.is_some().then_some(above)
    }

    /// Does any site have clients?
    pub fn has_clients(&self) -> bool {
        self.sites.iter().any(|site| site.clients.total() > 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_default_of_clients_is_in_the_table_and_means_what_it_says() {
        let clients = Clients::of_profile(Profile::Cm2007);
        assert_eq!(clients.poll_every, Duration::from_mins(60));
        assert_eq!(clients.scan_every, Duration::from_days(7));
        assert_eq!(clients.scan_within, Duration::from_hours(2));
        assert_eq!(clients.scan_on, ScanOn::Policy);
        assert_eq!(clients.scan, Distribution::Constant(Duration::from_mins(1)));
        assert!(!clients.individually);
        assert_eq!(Profile::Cm2007.text_of("sites.sup.scans_at_once").parse(), Ok(500));
    }

    #[test]
    fn the_points_of_the_profile_serve_the_clients_documented_for_a_shared_server_in_a_poll() {
        let clients = Clients::of_profile(Profile::Cm2007);
        let places: u64 = Profile::Cm2007.text_of("sites.sup.scans_at_once").parse().unwrap();
        let in_a_poll = places * clients.poll_every.micros() / clients.scan.mean().micros();
        assert!((25_000..50_000).contains(&in_a_poll), "{in_a_poll}");
    }
}
