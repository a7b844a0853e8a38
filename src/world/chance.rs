use crate::kernel::{Entity, Stream, Streams};
use crate::scenario::{Timing, Work};
use crate::units::Duration;

/// What a draw is for; its number names the stream, so it must never change.
#[derive(Clone, Copy, Debug)]
#[repr(u32)]
pub(super) enum Purpose {
    Request = 1,
    Connect = 2,
    Pull = 3,
    Settle = 4,
    Import = 5,
    Insert = 6,
    Internet = 7,
    RetryJitter = 8,
    FaultPick = 9,
    FaultHits = 10,
    FaultAfter = 11,
    Export = 40,
    Carry = 41,
    PointImport = 42,
    FaultDelay = 30,
    OutageBegins = 31,
    OutageEnds = 32,
    FaultHitsInsertion = 33,
    ClientPoll = 50,
    ClientSchedule = 51,
    FirstScan = 52,
    WithinSlice = 53,
    Scan = 54,
}

impl Purpose {
    /// The cost that a site's timing gives for it.
    pub fn work(self, timing: &Timing) -> &Work {
        match self {
            Purpose::Request => &timing.request,
            Purpose::Connect => &timing.connect,
            Purpose::Pull => &timing.pull,
            Purpose::Settle => &timing.settle,
            Purpose::Import => &timing.import,
            Purpose::Insert => &timing.insert,
            Purpose::Internet => &timing.internet,
            Purpose::RetryJitter
            | Purpose::FaultPick
            | Purpose::FaultHits
            | Purpose::FaultAfter
            | Purpose::Export
            | Purpose::Carry
            | Purpose::PointImport
            | Purpose::FaultDelay
            | Purpose::OutageBegins
            | Purpose::OutageEnds
            | Purpose::FaultHitsInsertion
            | Purpose::ClientPoll
            | Purpose::ClientSchedule
            | Purpose::FirstScan
            | Purpose::WithinSlice
            | Purpose::Scan => {
                unreachable!("{self:?} is no work")
            }
        }
    }
}

/// The chance of one run.
#[derive(Clone, Debug)]
pub(super) struct Chance {
    streams: Streams,
}

impl Chance {
    pub fn new(seed: u64, replication: u32) -> Self {
        Self { streams: Streams::new(seed, replication) }
    }

    /// The stream of one entity, for one purpose, because of one cause.
    pub fn stream(&self, entity: Entity, purpose: Purpose, cause: u64) -> Stream {
        self.streams.stream(entity, purpose as u32, cause)
    }

    /// What a piece of work takes, with `updates` changes in a catalogue of `known`.
    pub fn cost(
        &self,
        work: &Work,
        (entity, purpose, cause): (Entity, Purpose, u64),
        updates: u32,
        known: u32,
    ) -> Duration {
        let base = match work.base.as_constant() {
            Some(constant) => constant,
            None => work.base.sample(&mut self.stream(entity, purpose, cause)),
        };
        base + work.per_update * u64::from(updates) + work.per_known * u64::from(known)
    }
}
