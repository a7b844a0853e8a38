use super::{Change, UpdateId};

/// Updates that releases of one kind can change, in order of publication.
#[derive(Clone, Debug, Default)]
pub(super) struct Line {
    updates: Updates,
    /// Updates before this place are all expired or removed.
    oldest_live: usize,
    /// Updates before this place are all removed.
    oldest_kept: usize,
}

#[derive(Clone, Debug)]
enum Updates {
    /// The first so many of the catalogue.
    First(u32),
    Listed(Vec<UpdateId>),
}

impl Default for Updates {
    fn default() -> Self {
        Updates::Listed(Vec::new())
    }
}

impl Line {
    /// The first `count` updates of the catalogue.
    pub fn first(count: u32) -> Self {
        Self { updates: Updates::First(count), ..Self::default() }
    }

    pub fn len(&self) -> usize {
        match &self.updates {
            Updates::First(count) => *count as usize,
            Updates::Listed(list) => list.len(),
        }
    }

    fn at(&self, place: usize) -> UpdateId {
        match &self.updates {
            Updates::First(_) => UpdateId(place as u32),
            Updates::Listed(list) => list[place],
        }
    }

    pub fn push(&mut self, update: UpdateId) {
        match &mut self.updates {
            Updates::Listed(list) => list.push(update),
            Updates::First(_) => unreachable!("the baseline does not grow by releases"),
        }
    }

    /// The newest first.
    pub fn newest(&self) -> impl Iterator<Item = UpdateId> + '_ {
        (0..self.len()).rev().map(|place| self.at(place))
    }

    /// The oldest first, without those that are known to have gone as far as `change`.
    pub fn oldest(&self, change: Change) -> impl Iterator<Item = UpdateId> + '_ {
        let from = if change == Change::Expired { self.oldest_live } else { self.oldest_kept };
        (from..self.len()).map(|place| self.at(place))
    }

    /// Forgets the oldest that are gone; `state` says what became of an update.
    pub fn move_on(&mut self, state: impl Fn(UpdateId) -> Change) {
        let gone =
            |line: &Self, place, change| place < line.len() && state(line.at(place)) >= change;
        while gone(self, self.oldest_live, Change::Expired) {
            self.oldest_live += 1;
        }
        while gone(self, self.oldest_kept, Change::Removed) {
            self.oldest_kept += 1;
        }
    }
}
