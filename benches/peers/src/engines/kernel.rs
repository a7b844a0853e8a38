//! Ours: the kernel alone, without the world.

use super::Engine;
use crate::workload::{Event, Tally, Workload};
use supsim::kernel::Kernel;
use supsim::units::Instant;

pub struct Ours<W> {
    kernel: Kernel<Event>,
    workload: W,
}

impl<W: Workload> Ours<W> {
    fn run(&mut self, horizon: Instant) {
        let Ours { kernel, workload } = self;
        while let Some(event) = kernel.advance(horizon) {
            let now = kernel.now().micros();
            workload.react(now, event, |delay, event| {
                kernel.schedule(Instant::from_micros(now + delay), event);
            });
        }
    }
}

impl<W: Workload> Engine<W> for Ours<W> {
    fn new(mut workload: W) -> Self {
        let mut kernel = Kernel::new();
        workload.start(|delay, event| {
            kernel.schedule(Instant::from_micros(delay), event);
        });
        Ours { kernel, workload }
    }

    fn run_until(&mut self, horizon: u64) {
        self.run(Instant::from_micros(horizon));
    }

    fn run_out(&mut self) {
        self.run(Instant::NEVER);
    }

    fn tally(&mut self) -> Tally {
        self.workload.tally()
    }
}
