//! nexosim: asynchronous models with mailboxes, here on its executor for one thread.

use super::Engine;
use crate::workload::{Event, Tally, Workload};
use nexosim::model::{Context, Model, schedulable};
use nexosim::ports::QuerySource;
use nexosim::simulation::{Mailbox, QueryId, SimInit, Simulation};
use nexosim::time::MonotonicTime;
use serde::{Deserialize, Serialize};
use std::time::Duration;

#[derive(Serialize, Deserialize)]
#[serde(bound = "")]
struct Sites<W: Workload> {
    workload: W,
}

#[Model]
impl<W: Workload> Sites<W> {
    #[nexosim(init)]
    async fn start(&mut self, context: &Context<Self>) {
        self.workload.start(|delay, event| schedule(context, delay, event));
    }

    #[nexosim(schedulable)]
    fn react(&mut self, event: Event, context: &Context<Self>) {
        let now = context.time();
        let now = now.as_secs() as u64 * 1_000_000 + u64::from(now.subsec_nanos()) / 1_000;
        self.workload.react(now, event, |delay, event| schedule(context, delay, event));
    }

    async fn tally(&mut self) -> Tally {
        self.workload.tally()
    }
}

fn schedule<W: Workload>(context: &Context<Sites<W>>, delay: u64, event: Event) {
    context
        .schedule_event(Duration::from_micros(delay), schedulable!(Sites::<W>::react), event)
        .expect("no delay is 0");
}

pub struct Nexosim {
    simulation: Simulation,
    tally: QueryId<(), Tally>,
}

impl<W: Workload> Engine<W> for Nexosim {
    fn new(workload: W) -> Self {
        let mailbox = Mailbox::new();
        let mut bench = SimInit::with_num_threads(1);
        let tally = QuerySource::new().connect(Sites::<W>::tally, &mailbox).register(&mut bench);
        let simulation = bench
            .add_model(Sites { workload }, mailbox, "sites")
            .init(MonotonicTime::EPOCH)
            .expect("one model needs no more");
        Nexosim { simulation, tally }
    }

    fn run_until(&mut self, horizon: u64) {
        let horizon = MonotonicTime::EPOCH + Duration::from_micros(horizon);
        self.simulation.step_until(horizon).expect("the horizon is to come");
    }

    fn run_out(&mut self) {
        self.simulation.run().expect("nothing stops it");
    }

    fn tally(&mut self) -> Tally {
        self.simulation.process_query(&self.tally, ()).expect("the model is there")
    }
}
