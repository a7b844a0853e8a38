use std::fmt::Debug;
use std::sync::{Arc, Mutex};

use super::World;
use crate::engine::{Effect, Engine, Input};
use crate::units::{Instant, SiteId};

/// Stands between the engines and the world, so that tests can watch both, and tell what would
/// happen if an engine were a little different.
///
/// No scenario and no command line can put one there.
#[doc(hidden)]
pub trait Probe: Debug + Send {
    /// Takes the place of `engine.handle(now, input, effects)`.
    fn handle(
        &mut self,
        now: Instant,
        site: SiteId,
        engine: &mut Engine,
        input: Input,
        effects: &mut Vec<Effect>,
    );
}

impl World<'_> {
    /// The same world, in which every call of an engine goes through a probe.
    #[doc(hidden)]
    pub fn with_probe(mut self, probe: Arc<Mutex<dyn Probe>>) -> Self {
        self.probe = Some(probe);
        self
    }

    /// Tells a site's engine what happened.
    pub(super) fn ask_engine(&mut self, site: SiteId, input: Input, effects: &mut Vec<Effect>) {
        let now = self.kernel.now();
        let engine = &mut self.sites[site.index()].engine;
        match &self.probe {
            None => engine.handle(now, input, effects),
            Some(probe) => {
                let mut probe = probe.lock().expect("a probe does not panic");
                probe.handle(now, site, engine, input, effects);
            }
        }
    }
}
