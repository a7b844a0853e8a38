//! desru: events are boxed closures; at equal times any may come first.

use super::Engine;
use crate::workload::{Event, Tally, Workload};
use desru::EventScheduler;
use std::cell::RefCell;
use std::rc::Rc;

pub struct Desru<W> {
    scheduler: EventScheduler,
    workload: Rc<RefCell<W>>,
}

fn closure<W: Workload>(workload: Rc<RefCell<W>>, time: f64, event: Event) -> desru::Event {
    let action = move |scheduler: &mut EventScheduler| {
        // its times are floats; whole microseconds below 2^53 are exact in them
        let now = scheduler.current_time;
        workload.borrow_mut().react(now as u64, event, |delay, event| {
            scheduler.schedule(closure(Rc::clone(&workload), now + delay as f64, event));
        });
        None
    };
    desru::Event::new(time, Some(Box::new(action)), None)
}

impl<W: Workload> Desru<W> {
    fn run(&mut self, stop: impl Fn(&EventScheduler) -> bool + 'static) {
        // it would keep every event in a log, and memory with it
        self.scheduler.run(Box::new(stop), Some(Box::new(|_, _| false)));
    }
}

impl<W: Workload> Engine<W> for Desru<W> {
    fn new(workload: W) -> Self {
        let mut scheduler = EventScheduler::new();
        let workload = Rc::new(RefCell::new(workload));
        workload.borrow_mut().start(|delay, event| {
            scheduler.schedule(closure(Rc::clone(&workload), delay as f64, event));
        });
        Desru { scheduler, workload }
    }

    fn run_until(&mut self, horizon: u64) {
        let over = move |event: &desru::Event| event.time > horizon as f64;
        self.run(move |scheduler| scheduler.event_queue.peek().is_none_or(over));
    }

    fn run_out(&mut self) {
        self.run(|_| false);
    }

    fn tally(&mut self) -> Tally {
        self.workload.borrow().tally()
    }
}
