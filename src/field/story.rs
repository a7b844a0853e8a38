//! From sayings to what each site did.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp, civil};

use super::decoded::decoded;
use super::entry::{Entries, Format};
use super::saying::{Saying, Status, saying};
use super::stamp::{Stamp, utc};
use crate::scenario::Zone;
use crate::trace::{Kind, Phase, Trigger};

/// All that a set of logs tells.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Account {
    /// What each site did, in the order of the site codes.
    pub stories: Vec<Story>,
    /// How each file was read, in the order given.
    pub files: Vec<FileRead>,
}

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

/// What one site did.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Story {
    /// Its code.
    pub site: String,
    /// The code of its parent, when it ever heard of it.
    pub parent: Option<String>,
    /// The codes of its children, when it ever sent them a request.
    pub children: BTreeSet<String>,
    /// Its synchronisations, in order.
    pub syncs: Vec<LoggedSync>,
}

/// One synchronisation, as its log has it.
#[derive(Clone, Debug, PartialEq)]
pub struct LoggedSync {
    /// What started it; `None` when the log does not say.
    pub trigger: Option<Trigger>,
    /// What it compared; `None` when the log does not say.
    pub kind: Option<Kind>,
    /// 6701.
    pub started: Timestamp,
    /// 6704.
    pub connected: Option<Timestamp>,
    /// Phase 1 was done.
    pub pulled: Option<Timestamp>,
    /// The fixed wait was over.
    pub settled: Option<Timestamp>,
    /// 6705.
    pub import_began: Option<Timestamp>,
    /// Phase 2 was done.
    pub imported: Option<Timestamp>,
    /// 6706.
    pub internet_began: Option<Timestamp>,
    /// The internet-based (or replica) point was done.
    pub internet_done: Option<Timestamp>,
    /// Items of phase 1, when the log counts them.
    pub items: Option<u32>,
    /// The last content version said.
    pub version: Option<u32>,
    /// How it ended.
    pub ended: Ended,
}

/// How a synchronisation ended.
#[derive(Clone, Debug, PartialEq)]
pub enum Ended {
    /// 6702.
    Done(Timestamp),
    /// 6708.
    DoneLicenceTermsPending(Timestamp),
    /// 6703.
    Failed {
        /// When.
        at: Timestamp,
        /// In which step, by how far it had come.
        phase: Phase,
        /// The source that it names.
        source: String,
        /// The message.
        message: String,
        /// In how many minutes it is tried again; `None` when the log does not say so.
        retry_minutes: Option<u32>,
    },
    /// The log has no end of it.
    CutOff,
}

/// Reads the logs of any number of sites.
///
/// `zone` is the zone of the servers, for local times that nothing in the same file places.
/// Files of one site belong together, in the order of their first times; a file that names no
/// site is taken for the one that its folder is called after.
pub fn read(files: &[(String, Vec<u8>)], zone: Option<&Zone>) -> Account {
    let texts: Vec<(Cow<'_, str>, &'static str)> =
        files.iter().map(|(_, bytes)| decoded(bytes)).collect();
    let mut account = Account::default();
    let mut by_site: BTreeMap<String, Vec<Vec<Heard<'_>>>> = BTreeMap::new();
    for ((name, _), (text, encoding)) in files.iter().zip(&texts) {
        let (read, heard) = listen(name, text, encoding, zone);
        if let Some(site) = &read.site {
            by_site.entry(site.clone()).or_default().push(heard);
        }
        account.files.push(read);
    }
    for (site, mut logs) in by_site {
        logs.sort_by_key(|log| log.iter().find_map(|heard| heard.at));
        let mut telling =
            Telling { story: Story { site, ..Story::default() }, ..Telling::default() };
        for heard in logs.into_iter().flatten() {
            telling.hear(heard);
        }
        account.stories.push(telling.end());
    }
    account
}

/// A saying, and what the clock of its entry showed.
struct Heard<'t> {
    at: Option<Timestamp>,
    saying: Saying<'t>,
}

fn listen<'t>(
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
fn is_code(text: &str) -> bool {
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

/// A story while it is being told.
#[derive(Default)]
struct Telling {
    story: Story,
    /// What the next synchronisation starts by.
    performing: Option<Trigger>,
    open: Option<LoggedSync>,
    /// The failure that was said in words before its 6703: message and source.
    complaint: Option<(String, String)>,
    last_kind: Option<Kind>,
}

impl Telling {
    fn hear(&mut self, Heard { at, saying }: Heard<'_>) {
        match saying {
            Saying::Performing(trigger) => {
                // The end of the one before is missing.
                self.close(Ended::CutOff);
                self.performing = Some(trigger);
            }
            Saying::Status(status) => {
                if let Some(at) = status.at.or(at) {
                    self.status(at, &status);
                }
            }
            Saying::Failed { message, source } => {
                self.complaint = Some((message.to_owned(), source.to_owned()));
            }
            Saying::WillRetry { minutes } => {
                if let Some(Ended::Failed { retry_minutes, .. }) =
                    self.story.syncs.last_mut().map(|sync| &mut sync.ended)
                {
                    *retry_minutes = Some(minutes);
                }
            }
            Saying::Parent(code) if is_code(code) => {
                self.story.parent = Some(code.to_ascii_uppercase());
            }
            Saying::Children(codes) => {
                let codes = codes.split(',').map(str::trim).filter(|code| is_code(code));
                self.story.children.extend(codes.map(str::to_ascii_uppercase));
            }
            Saying::Parent(_) | Saying::GivenUp => {}
            Saying::WsusDone
            | Saying::DatabaseDone
            | Saying::ContentVersion { .. }
            | Saying::Compares(_)
            | Saying::Items(_) => {
                if let Some(open) = &mut self.open {
                    open.goes_on(at, &saying);
                }
            }
        }
    }

    fn status(&mut self, at: Timestamp, status: &Status<'_>) {
        match status.id {
            6701 => {
                self.close(Ended::CutOff);
                self.complaint = None;
                let trigger = self.performing.take();
                self.open = Some(LoggedSync::started(at, trigger));
            }
            6702 => self.close(Ended::Done(at)),
            6708 => self.close(Ended::DoneLicenceTermsPending(at)),
            6703 => {
                let said = self.complaint.take().unwrap_or_default();
                let or = |told: &str, said: String| {
                    if told.is_empty() { said } else { told.to_owned() }
                };
                let (message, source) = (or(status.message, said.0), or(status.source, said.1));
                let phase =
                    self.open.as_ref().map_or(Phase::Gate, |open| open.reached(&source, &message));
                self.close(Ended::Failed { at, phase, source, message, retry_minutes: None });
            }
            id => {
                if let Some(open) = &mut self.open {
                    open.enters(id, at);
                }
            }
        }
    }

    fn close(&mut self, ended: Ended) {
        let Some(mut sync) = self.open.take() else { return };
        // P4, T3: what the log does not say follows from what started it.
        sync.kind = sync.kind.or(match sync.trigger {
            Some(Trigger::Manual) => Some(Kind::Delta),
            Some(Trigger::Retry) => self.last_kind,
            Some(Trigger::Schedule | Trigger::Parent | Trigger::Installed) => Some(Kind::Full),
            None => None,
        });
        self.last_kind = sync.kind;
        sync.ended = ended;
        sync.forget_what_came_after_its_end();
        self.story.syncs.push(sync);
    }

    fn end(mut self) -> Story {
        self.close(Ended::CutOff);
        self.story
    }
}

impl LoggedSync {
    fn started(at: Timestamp, trigger: Option<Trigger>) -> Self {
        Self {
            trigger,
            kind: None,
            started: at,
            connected: None,
            pulled: None,
            settled: None,
            import_began: None,
            imported: None,
            internet_began: None,
            internet_done: None,
            items: None,
            version: None,
            ended: Ended::CutOff,
        }
    }

    fn enters(&mut self, id: u16, at: Timestamp) {
        match id {
            6704 => _ = self.connected.get_or_insert(at),
            6705 => {
                self.settled.get_or_insert(at);
                self.import_began.get_or_insert(at);
            }
            6706 => _ = self.internet_began.get_or_insert(at),
            _ => {}
        }
    }

    fn goes_on(&mut self, at: Option<Timestamp>, saying: &Saying<'_>) {
        match saying {
            Saying::WsusDone if self.internet_began.is_some() => self.internet_done = at,
            Saying::WsusDone => self.pulled = self.pulled.or(at),
            Saying::DatabaseDone => self.imported = at,
            // The first after phase 1 is written when the fixed wait is over.
            Saying::ContentVersion { version, .. } => {
                self.version = Some(*version);
                if self.pulled.is_some() {
                    self.settled = self.settled.or(at);
                }
            }
            Saying::Compares(kind) => self.kind = Some(*kind),
            Saying::Items(count) if self.pulled.is_none() => self.items = Some(*count),
            _ => {}
        }
    }

    /// The step that was under way when it failed.
    fn reached(&self, source: &str, message: &str) -> Phase {
        if message.contains("site server restarted") {
            return Phase::Restart;
        }
        match self {
            Self { connected: None, .. } if source.contains("DoSync") => Phase::Gate,
            Self { connected: None, .. } => Phase::Connect,
            Self { internet_began: Some(_), .. } => Phase::Internet,
            Self { import_began: Some(_), .. } => Phase::Import,
            Self { pulled: Some(_), .. } => Phase::Settle,
            _ => Phase::Pull,
        }
    }

    /// A step that is said to be later than the end belongs to another synchronisation, or its
    /// clock was wrong.
    fn forget_what_came_after_its_end(&mut self) {
        let Some(end) = self.end() else { return };
        for step in [
            &mut self.connected,
            &mut self.pulled,
            &mut self.settled,
            &mut self.import_began,
            &mut self.imported,
            &mut self.internet_began,
            &mut self.internet_done,
        ] {
            *step = step.filter(|at| *at <= end);
        }
    }

    /// When it ended, if the log has its end.
    pub fn end(&self) -> Option<Timestamp> {
        match self.ended {
            Ended::Done(at) | Ended::DoneLicenceTermsPending(at) | Ended::Failed { at, .. } => {
                Some(at)
            }
            Ended::CutOff => None,
        }
    }

    /// Did it end well?
    pub fn succeeded(&self) -> bool {
        matches!(self.ended, Ended::Done(_) | Ended::DoneLicenceTermsPending(_))
    }
}
