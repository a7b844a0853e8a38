//! simcore, the core of DSLab: components that are handed boxed events.

use super::Engine;
use crate::workload::{Event, Tally, Workload};
use simcore::{EventHandler, Simulation, SimulationContext};
use std::cell::RefCell;
use std::rc::Rc;

struct Component<W> {
    context: SimulationContext,
    workload: W,
}

impl<W: Workload> EventHandler for Component<W> {
    fn on(&mut self, event: simcore::Event) {
        // its times are floats; whole microseconds below 2^53 are exact in them
        let now = event.time as u64;
        let Ok(event) = event.data.downcast::<Event>() else {
            panic!("only one kind of event is sent");
        };
        let Component { context, workload } = self;
        workload.react(now, *event, |delay, event| {
            context.emit_self(event, delay as f64);
        });
    }
}

pub struct Simcore<W> {
    simulation: Simulation,
    component: Rc<RefCell<Component<W>>>,
}

impl<W: Workload> Engine<W> for Simcore<W> {
    fn new(mut workload: W) -> Self {
        let mut simulation = Simulation::new(1);
        let context = simulation.create_context("sites");
        workload.start(|delay, event| {
            context.emit_self(event, delay as f64);
        });
        let component = Rc::new(RefCell::new(Component { context, workload }));
        simulation.add_handler("sites", component.clone());
        Simcore { simulation, component }
    }

    fn run_until(&mut self, horizon: u64) {
        self.simulation.step_until_time(horizon as f64);
    }

    fn run_out(&mut self) {
        self.simulation.step_until_no_events();
    }

    fn tally(&mut self) -> Tally {
        self.component.borrow().workload.tally()
    }
}
