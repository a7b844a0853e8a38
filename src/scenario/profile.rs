//! Profiles: which version of the product a scenario speaks of, and what differs in it.
//!
//! The defaults of `cm2007` are the table in `defaults`. Every other profile is a short list of
//! differences from the one it follows. Only what the engine can carry out stands here;
//! `docs/profiles.md` says what a profile cannot express.

use super::defaults::{entry, of as of_cm2007};
use super::{Default, Known};
use Known::{Assumed, Documented};

/// A version of the product, as far as its defaults differ.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Profile {
    /// Configuration Manager 2007.
    #[default]
    Cm2007,
    /// System Center 2012 Configuration Manager.
    Cm2012,
    /// Configuration Manager, current branch.
    CmCurrent,
    /// Windows Server Update Services by themselves: no site server, no site database.
    Wsus,
}

/// The words of `profile`.
pub(super) const PROFILES: [(&str, Profile); 4] = [
    ("cm2007", Profile::Cm2007),
    ("cm2012", Profile::Cm2012),
    ("cm-current", Profile::CmCurrent),
    ("wsus", Profile::Wsus),
];

const INTRODUCTION: &str = "Microsoft Learn, \"Introduction to software updates\"";
const WSUS_CLIENTS: &str = "TechNet, \"Plan Automatic Updates Settings\" (dd939923)";
const WSUS_ISSUES: &str = "TechNet, \"Issues with Synchronization\" (dd939855)";

/// What differs from `cm2007`.
static CM2012: &[Default] = &[
    entry("sync.site_complete", "before_internet_point", Documented, INTRODUCTION),
    entry("sync.replication", "database", Documented, INTRODUCTION),
    entry("clients.scan_on", "schedule", Documented, INTRODUCTION),
];

/// What differs from `cm2012`.
static CM_CURRENT: &[Default] = &[];

/// What differs from `cm2007`.
static WSUS: &[Default] = &[
    entry(
        "sync.schedule",
        "{ simple: { every: 1d } }",
        Assumed,
        "the automatic choice, once a day; the assistant itself offers manual",
    ),
    entry("sync.retry.every", "15min", Documented, WSUS_ISSUES),
    entry("sync.retry.limit", "2", Documented, WSUS_ISSUES),
    entry("sync.replication", "database", Assumed, "no sender stands between two servers"),
    entry("timing.request", "0s", Assumed, "no site server reads a request"),
    entry("timing.connect", "0s", Assumed, "WSUS starts by itself"),
    entry("timing.settle", "0s", Assumed, "no site server waits for WSUS"),
    entry("timing.import", "0s", Assumed, "there is no site database"),
    entry("timing.insert", "0s", Assumed, "there is no site database"),
    entry("clients.scan_on", "schedule", Documented, WSUS_CLIENTS),
    entry("clients.scan_every", "22h", Documented, WSUS_CLIENTS),
];

impl Profile {
    /// Its word in a scenario.
    pub fn word(self) -> &'static str {
        PROFILES.iter().find(|(_, profile)| *profile == self).map_or("", |(word, _)| word)
    }

    /// Every profile, the default first.
    pub fn all() -> impl Iterator<Item = Profile> {
        PROFILES.into_iter().map(|(_, profile)| profile)
    }

    /// The default of a key; `None` when it has none.
    pub fn default_of(self, key: &str) -> Option<&'static Default> {
        let own = self.differences().iter().find(|default| default.key == key);
        own.or_else(|| match self.follows() {
            Some(other) => other.default_of(key),
            None => of_cm2007(key),
        })
    }

    /// The value of a default, as one would write it.
    ///
    /// Every key that is asked for is in the table, which a test makes sure of.
    pub(super) fn text_of(self, key: &str) -> &'static str {
        self.default_of(key).map_or("", |default| default.value)
    }

    /// Every default, in the order of the reference page.
    pub fn defaults(self) -> Vec<&'static Default> {
        let keys = super::defaults::TABLE.iter().map(|default| default.key);
        keys.filter_map(|key| self.default_of(key)).collect()
    }

    /// What this profile says otherwise than the one it follows.
    pub fn differences(self) -> &'static [Default] {
        match self {
            Profile::Cm2007 => &[],
            Profile::Cm2012 => CM2012,
            Profile::CmCurrent => CM_CURRENT,
            Profile::Wsus => WSUS,
        }
    }

    /// The profile it differs from.
    pub fn follows(self) -> Option<Profile> {
        match self {
            Profile::Cm2007 => None,
            Profile::Cm2012 | Profile::Wsus => Some(Profile::Cm2007),
            Profile::CmCurrent => Some(Profile::Cm2012),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::{Overrides, Scenario};

    #[test]
    fn a_profile_differs_only_in_what_there_is_and_only_where_it_differs() {
        for profile in Profile::all() {
            let mut seen = Vec::new();
            for default in profile.differences() {
                let followed = profile.follows().and_then(|other| other.default_of(default.key));
                let followed = followed.unwrap_or_else(|| panic!("no default {}", default.key));
                let same = (followed.value, followed.status) == (default.value, default.status);
                assert!(!same, "{}: {} is no difference", profile.word(), default.key);
                assert!(!seen.contains(&default.key), "{} twice", default.key);
                seen.push(default.key);
            }
        }
    }

    #[test]
    fn every_default_of_every_profile_can_be_read() {
        for profile in Profile::all() {
            let text = format!(
                "supsim: 1\nkind: scenario\nname: given\nprofile: {}\nstart: 2026-01-13 00:00\nsites: {{ CEN: {{}} }}\n",
                profile.word()
            );
            let read = Scenario::parse("given.yaml", &text, &Overrides::default());
            let (scenario, _) = read.unwrap_or_else(|report| panic!("{report}"));
            assert_eq!(scenario.profile, profile);
            for used in &scenario.defaults_used {
                assert_eq!(profile.default_of(used.key), Some(used));
            }
        }
    }
}
