//! From the text of one file to its sayings, each with its place on the world's time line.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp, civil};

use super::entry::{Entries, Format};
use super::saying::{Saying, Status, saying};
use super::stamp::{Stamp, utc};
use crate::scenario::Zone;

/// How one file was read.
#[derive(Clone, Debug, PartialEq)]
pub struct FileRead {
    /// Its name.
    pub name: String,
    /// What its bytes were taken for.
    pub encoding: &'static str,
    /// The line formats met in it.
    pub formats: BTreeSet<Format>,
    /// Entries of any component.
    pub entries: u64,
    /// Lines that belong to no entry.
    pub unread: u64,
    /// The first of those.
    pub first_unread: Option<String>,
    /// The site it is the log of; `None` when it names none, and is left out.
    pub site: Option<String>,
    /// From where its local times without an offset got one.
    pub clock: LocalClock,
}

/// How local times without an offset were placed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LocalClock {
    /// There are none.
    NotNeeded,
    /// By the UTC time of the status messages in the same file.
    StatusMessages,
    /// By the time zone that was given.
    Given,
    /// By nothing: they were taken for UTC.
    TakenForUtc,
}

/// A saying, and what the clock of its entry showed.
pub(super) struct Heard<'t> {
    pub at: Option<Timestamp>,
    pub saying: Saying<'t>,
}

pub(super) fn listen<'t>(
    name: &str,
    text: &'t str,
    encoding: &'static str,
    zone: Option<&Zone>,
) -> (FileRead, Vec<Heard<'t>>) {
    let mut read = FileRead {
        name: name.to_owned(),
        encoding,
        formats: BTreeSet::new(),
        entries: 0,
        unread: 0,
        first_unread: None,
        site: None,
        clock: LocalClock::NotNeeded,
    };
    let mut entries = Entries::of(text);
    let mut sayings: Vec<(Option<Stamp>, Saying<'t>)> = Vec::new();
    for entry in entries.by_ref() {
        read.entries += 1;
        read.formats.insert(entry.format);
        if entry.component == "SMS_WSUS_SYNC_MANAGER"
            && let Some(saying) = saying(entry.text)
        {
            sayings.push((entry.stamp, saying));
        }
    }
    read.unread = entries.unread;
    read.first_unread = entries.first_unread.map(str::to_owned);
    read.site = site_of(name, &sayings);
    let mut placing = Placing::new(&sayings, zone);
    let heard = sayings
        .into_iter()
        .map(|(stamp, saying)| Heard {
            at: stamp.and_then(|at| placing.place(at, &saying)),
            saying,
        })
        .collect();
    read.clock = placing.clock;
    (read, heard)
}

/// The site that most lines of a file name; else the folder it lies in.
fn site_of(name: &str, sayings: &[(Option<Stamp>, Saying<'_>)]) -> Option<String> {
    let mut named: BTreeMap<&str, u32> = BTreeMap::new();
    for (_, saying) in sayings {
        if let Saying::Status(Status { site, .. }) | Saying::ContentVersion { site, .. } = saying
            && is_code(site)
        {
            *named.entry(site).or_default() += 1;
        }
    }
    let most = named.into_iter().max_by_key(|(site, count)| (*count, std::cmp::Reverse(*site)));
    if let Some((site, _)) = most {
        return Some(site.to_ascii_uppercase());
    }
    let folder = name.rsplit(['/', '\\']).nth(1)?;
    (!sayings.is_empty() && is_code(folder)).then(|| folder.to_ascii_uppercase())
}

/// Could this be the code of a site?
pub(super) fn is_code(text: &str) -> bool {
    (3..=8).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric())
}

/// Gives local times their place on the world's time line.
struct Placing<'z> {
    zone: Option<&'z Zone>,
    /// How far local time was ahead of UTC at the last status message.
    ahead: Option<SignedDuration>,
    clock: LocalClock,
}

impl<'z> Placing<'z> {
    fn new(sayings: &[(Option<Stamp>, Saying<'_>)], zone: Option<&'z Zone>) -> Self {
        let ahead =
            sayings.iter().find_map(|(stamp, saying)| Self::learnt(stamp.as_ref()?, saying));
        Self { zone, ahead, clock: LocalClock::NotNeeded }
    }

    /// A status message says the same instant twice: in local time and in UTC.
    fn learnt(stamp: &Stamp, saying: &Saying<'_>) -> Option<SignedDuration> {
        let (Stamp::Local(local), Saying::Status(Status { at: Some(at), .. })) = (stamp, saying)
        else {
            return None;
        };
        // Offsets are whole quarters of an hour; the line is written a moment after the message.
        let minutes = (utc(*local)?.as_second() - at.as_second()).div_euclid(60);
        let quarters = (minutes + 7).div_euclid(15);
        (quarters.abs() <= 14 * 4).then(|| SignedDuration::from_mins(quarters * 15))
    }

    fn place(&mut self, stamp: Stamp, saying: &Saying<'_>) -> Option<Timestamp> {
        if let Some(ahead) = Self::learnt(&stamp, saying) {
            self.ahead = Some(ahead);
        }
        let local: civil::DateTime = match stamp {
            Stamp::Exact(at) => return Some(at),
            Stamp::Local(local) => local,
        };
        if let Some(ahead) = self.ahead {
            self.clock = LocalClock::StatusMessages;
            return utc(local)?.checked_sub(ahead).ok();
        }
        if let Some(zone) = self.zone {
            self.clock = LocalClock::Given;
            let zoned = zone.rules().to_ambiguous_zoned(local).compatible();
            return zoned.ok().map(|zoned| zoned.timestamp());
        }
        self.clock = LocalClock::TakenForUtc;
        utc(local)
    }
}
