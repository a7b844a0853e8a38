//! The site database as the children of the top-level site know it: filled by site-to-site
//! replication, independently of WSUS (R1, R2, R7).

use super::{Effect, Engine};

impl Engine {
    /// A package has arrived: keep it, and insert it when its turn has come.
    pub(super) fn package_arrived(&mut self, version: u32, effects: &mut Vec<Effect>) {
        // R7: each package is applied once; what arrives early waits.
        if version == self.disk.database_version + 1 {
            self.disk.next_is_here = true;
            self.insert_next(effects);
        } else if version > self.disk.database_version
            && let Err(place) = self.disk.early.binary_search(&version)
        {
            self.disk.early.insert(place, version);
        }
    }

    /// Starts the insertion of the package whose turn it is, if it is here (R7).
    pub(super) fn insert_next(&mut self, effects: &mut Vec<Effect>) {
        if self.disk.next_is_here && self.ram.inserting.is_none() {
            self.disk.insertions += 1;
            let insertion = self.disk.insertions;
            self.ram.inserting = Some(insertion);
            effects.push(Effect::Insert { insertion, version: self.disk.database_version + 1 });
        }
    }

    /// The package is in the database.
    pub(super) fn inserted(&mut self, insertion: u32, effects: &mut Vec<Effect>) {
        // An insertion from before a crash is not the one under way.
        if self.ram.inserting != Some(insertion) {
            return;
        }
        self.ram.inserting = None;
        self.disk.database_version += 1;
        let version = self.disk.database_version;
        // R7: in the order of their versions; the next may be waiting already.
        self.disk.next_is_here = self.disk.early.first() == Some(&(version + 1));
        if self.disk.next_is_here {
            self.disk.early.remove(0);
        }
        // R2: store and forward; a child hears of it only now.
        effects.push(Effect::Replicate { version });
        self.insert_next(effects);
    }
}
