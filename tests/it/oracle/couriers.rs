//! Reads how metadata are carried to internet-based points: P10.

use std::collections::BTreeMap;

use supsim::trace::{Fact, Mishap, Record};
use supsim::units::SiteId;

use super::Oracle;
use super::observer::Observer;
use super::promises::{Verdict, ensure};

/// How a point is carried to; every time in microseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Courier {
    pub first: u64,
    pub every: u64,
    pub export: u64,
    pub carry: u64,
    pub import: u64,
    /// Is the point set to the options of the server that is exported?
    pub matches: bool,
}

/// What is known of the runs at a point.
#[derive(Clone, Copy, Debug)]
struct Runs {
    courier: Courier,
    /// So many have fallen due.
    runs: u32,
    under_way: Option<(u32, Step)>,
    /// When the step under way is to be over.
    over: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Exporting,
    Carrying,
    Importing,
}

/// The couriers of a world, by site.
#[derive(Clone, Debug, Default)]
pub struct Couriers(BTreeMap<SiteId, Runs>);

impl Observer {
    /// Asks P10 of these points.
    pub fn with_couriers(mut self, couriers: impl IntoIterator<Item = (SiteId, Courier)>) -> Self {
        let runs = |courier| Runs { courier, runs: 0, under_way: None, over: 0 };
        self.couriers.0 = couriers.into_iter().map(|(site, one)| (site, runs(one))).collect();
        self
    }
}

impl Couriers {
    /// Reads one more record.
    pub fn read(&mut self, record: &Record) -> Verdict {
        let at = record.at.micros();
        let Some(runs) = self.0.get_mut(&record.site) else { return Ok(()) };
        match record.fact {
            Fact::ExportStarted { run } => {
                runs.falls_due(run, at)?;
                ensure(runs.under_way.is_none(), Oracle::P10, || "two runs at once".to_owned())?;
                (runs.under_way, runs.over) =
                    (Some((run, Step::Exporting)), at + runs.courier.export);
                Ok(())
            }
            Fact::Exported { run, .. } => {
                runs.step_is_over((run, Step::Exporting), at)?;
                (runs.under_way, runs.over) =
                    (Some((run, Step::Carrying)), at + runs.courier.carry);
                Ok(())
            }
            Fact::CarriedOver { run } => {
                runs.step_is_over((run, Step::Carrying), at)?;
                (runs.under_way, runs.over) =
                    (Some((run, Step::Importing)), at + runs.courier.import);
                Ok(())
            }
            Fact::PointImported { run, .. } => {
                runs.step_is_over((run, Step::Importing), at)?;
                runs.under_way = None;
                let matches = runs.courier.matches;
                ensure(matches, Oracle::P10, || "its options do not match".to_owned())
            }
            Fact::PointRunFailed { run, why: Mishap::StillUnderWay } => {
                runs.falls_due(run, at)?;
                let busy = runs.under_way.is_some();
                ensure(busy, Oracle::P10, || "no run is under way".to_owned())
            }
            Fact::PointRunFailed { run, why } => {
                let mine = runs.under_way.take().is_some_and(|one| one.0 == run);
                let options = matches!(why, Mishap::LanguagesDiffer | Mishap::ExpressDiffers);
                let right = mine && !(options && runs.courier.matches);
                ensure(right, Oracle::P10, || format!("run {run} fails: {why}"))
            }
            _ => Ok(()),
        }
    }

    /// No run that was due has been forgotten, and none goes on for too long.
    pub fn are_on_time(&self, now: u64) -> Result<(), (SiteId, String)> {
        for (site, runs) in &self.0 {
            let due = runs.due();
            if due < now {
                return Err((*site, format!("a run was due at {due}")));
            }
            if runs.under_way.is_some() && runs.over < now {
                return Err((*site, format!("{:?} goes on", runs.under_way)));
            }
        }
        Ok(())
    }
}

impl Runs {
    fn due(&self) -> u64 {
        self.courier.first + u64::from(self.runs) * self.courier.every
    }

    fn falls_due(&mut self, run: u32, at: u64) -> Verdict {
        let due = self.due();
        ensure(run == self.runs + 1 && at == due, Oracle::P10, || {
            format!("run {run} falls due, but number {} does at {due}", self.runs + 1)
        })?;
        self.runs = run;
        Ok(())
    }

    fn step_is_over(&self, step: (u32, Step), at: u64) -> Verdict {
        let right = self.under_way == Some(step) && at == self.over;
        ensure(right, Oracle::P10, || {
            format!("{step:?} is over, but {:?} is under way until {}", self.under_way, self.over)
        })
    }
}
