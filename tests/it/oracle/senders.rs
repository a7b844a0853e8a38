//! Reads what the senders do: R4. Nothing leaves while the address is closed for it, what waits
//! goes when it opens, and what is sent is as fast as its route and circuit let it, no faster and
//! no slower.

use std::collections::BTreeMap;

use supsim::trace::{Cause, Fact, Limit, Priority, Record, Trace, Wait};
use supsim::units::SiteId;

use super::Oracle;
use super::address::{Address, Open};
use super::observer::Observer;
use super::promises::{Verdict, ensure};

/// What is known of the senders of a world.
#[derive(Clone, Debug, Default)]
pub struct Senders {
    /// How each site is reached.
    pub addresses: Vec<Address>,
    /// Does nothing slow a sending down or make it late but its route and its circuit?
    pub undisturbed: bool,
    /// What waits for an address to open, and until when.
    closed: BTreeMap<(SiteId, Priority), u64>,
    /// Sendings that are slowed down by their route and under way, by their record.
    under_way: BTreeMap<(SiteId, SiteId), usize>,
    /// How much each sending brought, and when it left.
    brought: BTreeMap<usize, Brought>,
    /// How large the package of each content version is.
    sizes: BTreeMap<u32, u64>,
    pub counts: Sent,
}

#[derive(Clone, Copy, Debug)]
struct Brought {
    to: SiteId,
    left: u64,
    arrived: u64,
    bytes: u64,
    /// The last version that it brought: more than once, where a fault doubles it.
    version: u32,
}

/// How often each was asked.
#[derive(Clone, Copy, Debug, Default)]
pub struct Sent {
    pub openings: u64,
    pub requests: u64,
    pub timed: u64,
    pub exactly: u64,
}

fn micros(record: &Record) -> u64 {
    record.at.micros()
}

fn priority_of(priority: Priority) -> Open {
    if priority == Priority::High { Open::Requests } else { Open::Everything }
}

impl Observer {
    /// Asks R4: of sites that are reached so.
    pub fn with_addresses(mut self, addresses: Vec<Address>, undisturbed: bool) -> Self {
        self.senders = Senders { addresses, undisturbed, ..Senders::default() };
        self
    }
}

impl Senders {
    /// Reads one more record.
    pub fn read(&mut self, trace: &Trace, position: usize) -> Verdict {
        if self.addresses.is_empty() {
            return Ok(());
        }
        let record = &trace.records[position];
        self.what_waited_has_gone(micros(record))?;
        self.take_the_time(micros(record))?;
        match record.fact {
            Fact::PackageSent { version, bytes, .. } => {
                self.sizes.insert(version, bytes.0);
            }
            Fact::SendingWaited { to, priority, what } => {
                return self.waited(record, to, priority, what);
            }
            Fact::SendingStarted { to, priority, limit } => {
                return self.started(record, position, (to, priority, limit));
            }
            // Told when a sending is over.
            Fact::SendingFailed { to, .. } | Fact::SendingStruck { to, .. } => {
                self.under_way.remove(&(record.site, to));
            }
            Fact::RequestArrived => {
                let address = &self.addresses[record.site.index()];
                let left = micros(record).checked_sub(address.latency);
                self.counts.requests += 1;
                if let Some((sending, _)) = departure(trace, record.cause) {
                    self.under_way.retain(|_, under_way| *under_way != sending);
                }
                let open = left.is_some_and(|left| address.is_open(left, Open::Requests));
                return ensure(open, Oracle::R4, || {
                    format!("a request arrived that left at {left:?}, when it was closed")
                });
            }
            Fact::CatalogueArrived { .. } => {
                if let Some((sending, _)) = departure(trace, record.cause) {
                    self.under_way.retain(|_, under_way| *under_way != sending);
                }
            }
            Fact::PackageArrived { version } => return self.package(trace, record, version),
            _ => {}
        }
        Ok(())
    }

    /// A site has another parent: what the old one was to send is forgotten, also what is lost on
    /// the wire.
    pub fn moves(&mut self, site: SiteId) {
        self.closed.retain(|(to, _), _| *to != site);
        self.under_way.retain(|(_, to), _| *to != site);
    }

    fn waited(&mut self, record: &Record, to: SiteId, priority: Priority, what: Wait) -> Verdict {
        let Wait::Closed { until } = what else {
            self.closed.remove(&(to, priority));
            return Ok(());
        };
        self.counts.openings += 1;
        let address = &self.addresses[to.index()];
        let opens = address.opens(micros(record), priority_of(priority));
        let until = until.map(|until| until.micros());
        self.closed.extend(until.map(|until| ((to, priority), until)));
        ensure(until == opens && until > Some(micros(record)), Oracle::R4, || {
            format!("it waits until {until:?}, but the address opens at {opens:?}")
        })
    }

    fn started(
        &mut self,
        record: &Record,
        position: usize,
        (to, priority, limit): (SiteId, Priority, Limit),
    ) -> Verdict {
        self.closed.remove(&(to, priority));
        let address = &self.addresses[to.index()];
        let open = address.is_open(micros(record), priority_of(priority));
        ensure(open, Oracle::R4, || "a sending starts while its address is closed".to_owned())?;
        ensure(address.is_limited() == (limit != Limit::None), Oracle::R4, || {
            format!("its route limits it: {}, but it says {limit:?}", address.is_limited())
        })?;
        if !address.is_limited() {
            return Ok(());
        }
        let before = self.under_way.insert((record.site, to), position);
        ensure(before.is_none(), Oracle::R4, || "a limit leaves it one thread".to_owned())
    }

    /// What waited for an address to open has gone when it did, or waits for something else.
    fn what_waited_has_gone(&self, now: u64) -> Verdict {
        match self.closed.iter().find(|(_, until)| **until < now) {
            Some(((to, priority), until)) => {
                let found = format!("to {to:?} {priority:?} waits though it is open since {until}");
                Err((Oracle::R4, found))
            }
            None => Ok(()),
        }
    }

    fn package(&mut self, trace: &Trace, record: &Record, version: u32) -> Verdict {
        let Some((sending, left)) = departure(trace, record.cause) else { return Ok(()) };
        let to = record.site;
        self.under_way.retain(|_, under_way| *under_way != sending);
        let address = &self.addresses[to.index()];
        let open = address.is_open(left, Open::Everything);
        ensure(open, Oracle::R4, || format!("it left at {left}, when its address was closed"))?;
        let bytes = self.sizes.get(&version).copied().unwrap_or(0);
        let arrived = micros(record);
        let brought = self.brought.entry(sending).or_insert(Brought {
            to,
            left,
            arrived,
            bytes: 0,
            version: 0,
        });
        if brought.arrived == arrived && brought.version < version {
            brought.bytes += bytes;
            brought.version = version;
        }
        Ok(())
    }

    /// How long those sendings took that have arrived.
    fn take_the_time(&mut self, now: u64) -> Verdict {
        while let Some(first) = self.brought.first_entry() {
            if first.get().arrived == now {
                break;
            }
            let Brought { to, left, arrived, bytes, .. } = first.remove();
            let address = &self.addresses[to.index()];
            let Some(took) = (arrived - left).checked_sub(address.latency) else {
                return Err((Oracle::R4, "it is faster than its circuit".to_owned()));
            };
            let pauses = address.pauses(bytes);
            let Some(sending) = took.checked_sub(pauses) else {
                return Err((Oracle::R4, "it makes no pauses".to_owned()));
            };
            self.counts.timed += 1;
            let bits = 8.0 * bytes as f64;
            // Where blocks are sent between pauses, the hours of the circuit are not known.
            let hours = address.pulse.is_none();
            let until = if hours { left + took } else { left + sending };
            let most = address.carried(left, until).unwrap_or(f64::INFINITY);
            let steady = hours || address.carries[0] == address.carries[12];
            ensure(!steady || most >= bits * 0.9999 - 1.0, Oracle::R4, || {
                format!(
                    "{bytes} bytes to {to:?} in {took} µs, {pauses} of pauses: too fast: {address:?}"
                )
            })?;
            if !(self.undisturbed && steady && address.is_limited()) {
                continue;
            }
            self.counts.exactly += 1;
            let slack = 2_000;
            let enough = if sending <= slack {
                0.0
            } else {
                address.carried(left, until - slack).unwrap_or(f64::INFINITY)
            };
            ensure(enough <= bits * 1.0001 + 1.0, Oracle::R4, || {
                format!(
                    "{bytes} bytes to {to:?} in {took} µs, {pauses} of pauses: too slow: {address:?}"
                )
            })?;
        }
        Ok(())
    }
}

/// The record that tells of the departure of what arrived because of `cause`, and when that was.
pub fn departure(trace: &Trace, cause: Cause) -> Option<(usize, u64)> {
    let mut position = cause.position()?;
    loop {
        let record = &trace.records[position];
        match record.fact {
            Fact::SendingStruck { .. } => position = record.cause.position()?,
            Fact::SendingStarted { .. }
            | Fact::PackageSent { .. }
            | Fact::RequestSent { .. }
            | Fact::CatalogueSent { .. } => {
                return Some((position, micros(record)));
            }
            Fact::SendingFailed { again_at: Some(at), .. } => return Some((position, at.micros())),
            _ => return None,
        }
    }
}
