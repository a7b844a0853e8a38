//! Sharing out among generated sites by quotas, without chance.

use super::reader::Reader;
use super::source::Place;
use super::yaml::Node;

/// A property of the sites, shared out by quotas.
pub(super) struct Quotas<T> {
    values: Vec<T>,
    /// For each site generated the position of its value.
    order: Vec<usize>,
}

/// Shares by largest remainder, in the order written where remainders are equal, then mixed so
/// that every stretch of sites holds about its share of each. `shares` add up to `whole`.
fn apportion(shares: &[u32], whole: u64, count: usize) -> Vec<usize> {
    let count64 = count as u64;
    let exact: Vec<u64> = shares.iter().map(|share| u64::from(*share) * count64).collect();
    let mut seats: Vec<u64> = exact.iter().map(|product| product / whole).collect();
    let missing = count64 - seats.iter().sum::<u64>();
    let mut by_remainder: Vec<usize> = (0..shares.len()).collect();
    by_remainder.sort_by_key(|position| (std::cmp::Reverse(exact[*position] % whole), *position));
    for position in by_remainder.into_iter().take(usize::try_from(missing).unwrap_or(0)) {
        seats[position] += 1;
    }
    let mut given = vec![0_u64; shares.len()];
    let mut order = Vec::with_capacity(count);
    for place in 1..=count64 {
        // who lags furthest behind its share; the first of equals
        let lag = |position: usize| {
            i128::from(seats[position] * place) - i128::from(given[position] * count64)
        };
        let next = (0..shares.len())
            .max_by_key(|position| (lag(*position), std::cmp::Reverse(*position)))
            .unwrap_or(0);
        given[next] += 1;
        order.push(next);
    }
    order
}

impl<T> Quotas<T> {
    /// What the site of that number gets, counted from 0.
    pub fn of(&self, number: usize) -> &T {
        &self.values[self.order[number]]
    }
}

/// Quotas as written, shared out among so many sites.
pub(super) fn quotas<T>(
    reader: &mut Reader,
    node: &Node<'_>,
    count: usize,
    mut value_of: impl FnMut(&mut Reader, &str, Place) -> Option<T>,
) -> Option<Quotas<T>> {
    let entries = reader.map(node, "a set of quotas")?;
    let mut values = Vec::new();
    let mut shares = Vec::new();
    let mut complete = true;
    for entry in entries {
        let value = value_of(reader, &entry.key, entry.place);
        let share = reader.probability(&entry.value, "a quota");
        match (value, share) {
            (Some(value), Some(share)) => {
                values.push(value);
                shares.push(share.parts_per_billion());
            }
            _ => complete = false,
        }
    }
    const WHOLE: u64 = 1_000_000_000;
    let sum: u64 = shares.iter().map(|share| u64::from(*share)).sum();
    if complete && sum != WHOLE {
        let percent = format!("{}.{:02}", sum / 10_000_000, sum % 10_000_000 / 100_000);
        let note = format!("they add up to {percent}%");
        reader.error("E0411", node.place, "quotas must add up to 100%", note);
        return None;
    }
    complete.then(|| Quotas { order: apportion(&shares, WHOLE, count), values })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_as_near_as_whole_sites_allow() {
        const WHOLE: u64 = 1_000_000_000;
        let order = apportion(&[600_000_000, 300_000_000, 100_000_000], WHOLE, 190);
        let count = |position: usize| order.iter().filter(|given| **given == position).count();
        assert_eq!([count(0), count(1), count(2)], [114, 57, 19]);
        // interleaved: every ten in a row hold 6, 3 and 1, give or take one
        for window in order.windows(10) {
            let first = window.iter().filter(|given| **given == 0).count();
            assert!((5..=7).contains(&first), "{window:?}");
        }
    }

    #[test]
    fn equal_remainders_go_to_the_first() {
        let order = apportion(&[333_333_333, 333_333_333, 333_333_334], 1_000_000_000, 4);
        assert_eq!(order.len(), 4);
        assert_eq!(order.iter().filter(|given| **given == 2).count(), 2);
        assert_eq!(apportion(&[500_000_000, 500_000_000], 1_000_000_000, 1), [0]);
        assert_eq!(apportion(&[1_000_000_000], 1_000_000_000, 0), [0; 0]);
    }
}
