//! From sayings to what each site did.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::decoded::decoded;
use super::listening::{FileRead, Heard, is_code, listen};
use super::saying::{Saying, Status};
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
