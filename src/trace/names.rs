//! The names by which a trace's sites, releases, faults and operations are called in text.

use std::collections::BTreeMap;

use crate::units::{FaultId, ReleaseId, SiteId};

/// What the numbers in a trace are called, both ways.
///
/// A thing without a usable name (none given, a blank in it, the same as an earlier one) is
/// called by its kind and position: `release#0`, `fault#3`, `site#12`, `operation#1`.
#[derive(Clone, Debug, Default)]
pub struct Names {
    sites: Called,
    releases: Called,
    faults: Called,
    operations: Called,
}

impl Names {
    /// The site codes, the release names, the fault names and the operation names, each in the
    /// order of the scenario's list; lists may be short or empty.
    pub fn new<S: AsRef<str>>(
        sites: impl IntoIterator<Item = S>,
        releases: impl IntoIterator<Item = S>,
        faults: impl IntoIterator<Item = S>,
        operations: impl IntoIterator<Item = S>,
    ) -> Names {
        Names {
            sites: Called::new("site", sites),
            releases: Called::new("release", releases),
            faults: Called::new("fault", faults),
            operations: Called::new("operation", operations),
        }
    }

    /// What that site is called: its code.
    pub fn site(&self, site: SiteId) -> Name<'_> {
        self.sites.name(site.0)
    }

    /// What that release is called.
    pub fn release(&self, release: ReleaseId) -> Name<'_> {
        self.releases.name(release.0)
    }

    /// What that fault is called.
    pub fn fault(&self, fault: FaultId) -> Name<'_> {
        self.faults.name(fault.0)
    }

    /// What that operation is called.
    pub fn operation(&self, operation: u32) -> Name<'_> {
        self.operations.name(operation)
    }

    pub(super) fn site_called(&self, name: &str) -> Option<SiteId> {
        self.sites.number(name).map(SiteId)
    }

    pub(super) fn release_called(&self, name: &str) -> Option<ReleaseId> {
        self.releases.number(name).map(ReleaseId)
    }

    pub(super) fn fault_called(&self, name: &str) -> Option<FaultId> {
        self.faults.number(name).map(FaultId)
    }

    pub(super) fn operation_called(&self, name: &str) -> Option<u32> {
        self.operations.number(name)
    }

    /// The width of the longest site name, for columns.
    pub(super) fn site_width(&self) -> usize {
        self.sites.width
    }
}

/// One name, ready to print.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Name<'a> {
    /// Its own.
    Own(&'a str),
    /// Its kind and position.
    Numbered(&'static str, u32),
}

impl std::fmt::Display for Name<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Name::Own(name) => f.pad(name),
            Name::Numbered(kind, number) => f.pad(&format!("{kind}#{number}")),
        }
    }
}

#[derive(Clone, Debug, Default)]
struct Called {
    kind: &'static str,
    names: Vec<Option<String>>,
    numbers: BTreeMap<String, u32>,
    width: usize,
}

impl Called {
    fn new<S: AsRef<str>>(kind: &'static str, given: impl IntoIterator<Item = S>) -> Called {
        let mut called = Called { kind, ..Called::default() };
        for (number, name) in (0u32..).zip(given) {
            let name = name.as_ref();
            let own = usable(kind, name) && !called.numbers.contains_key(name);
            if own {
                called.numbers.insert(name.to_owned(), number);
                called.width = called.width.max(name.chars().count());
            }
            called.names.push(own.then(|| name.to_owned()));
        }
        called
    }

    fn name(&self, number: u32) -> Name<'_> {
        match self.names.get(number as usize) {
            Some(Some(name)) => Name::Own(name),
            _ => Name::Numbered(self.kind, number),
        }
    }

    fn number(&self, name: &str) -> Option<u32> {
        let by_position = || {
            let digits = name.strip_prefix(self.kind)?.strip_prefix('#')?;
            let number: u32 = digits.parse().ok()?;
            (number.to_string() == digits && self.name(number) == Name::Numbered(self.kind, number))
                .then_some(number)
        };
        self.numbers.get(name).copied().or_else(by_position)
    }
}

/// Can it stand in a line of text as one word that is not taken for a number or a mark?
fn usable(kind: &str, name: &str) -> bool {
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | '#');
    let numbered = name.strip_prefix(kind).is_some_and(|rest| rest.starts_with('#'));
    !name.is_empty() && !numbered && name.chars().all(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_has_a_name_that_leads_back_to_it() {
        let none: [&str; 0] = [];
        let names = Names::new(["CEN", "CEN", "a b", "site#0", ""], none, none, none);
        let printed: Vec<String> = (0..6).map(|i| names.site(SiteId(i)).to_string()).collect();
        assert_eq!(printed, ["CEN", "site#1", "site#2", "site#3", "site#4", "site#5"]);
        for (number, name) in (0..).zip(&printed) {
            assert_eq!(names.site_called(name), Some(SiteId(number)), "{name}");
        }
        assert_eq!(names.site_called("site#0"), None, "CEN has a name of its own");
        assert_eq!(names.site_called("site#01"), None);
    }
}
