//! Where the time went: what the delay of one release is made of, on average.

use std::collections::BTreeMap;

use anstyle::Style;

use super::super::Run;
use super::page::{BOLD, Page};
use super::words::{Unit, counted, kind_of};
use crate::measure::{Category, Causes, Group, Lag};
use crate::scenario::Recording;
use crate::units::Duration;

/// Categories that are told by themselves.
const TOLD: usize = 6;
/// Columns of a bar.
const WIDTH: usize = 44;
/// A bar's last column, by eighths.
const EIGHTHS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];

/// Tells what the delay of a release was made of, on average over the largest group of sites that
/// became current.
pub(super) fn where_the_time_went(page: &mut Page, run: &Run<'_>, lag: Option<&Lag>) {
    let Some(lag) = lag else { return };
    // Of groups of one size the lowest: its way is the longest.
    let largest = lag.groups.iter().max_by_key(|group| (group.delays.reached.len(), group.tier));
    let Some(group) = largest.filter(|group| !group.delays.reached.is_empty()) else { return };
    let sums = sums(run, lag, group);
    let whole: u128 = sums.values().sum();
    if whole == 0 {
        return;
    }
    let count = group.delays.reached.len();
    let mean = |sum: u128| Duration::from_micros((sum / count as u128) as u64);
    let unit = Unit::of(mean(whole));
    let name = page.plain(run.release(lag.release));
    let kind = kind_of(group.kind, count);
    page.styled(
        BOLD,
        format_args!(
            "WHERE THE TIME WENT   {name}, {}, {} {} on average",
            counted(count, kind, kind),
            unit.show(mean(whole)),
            unit.short
        ),
    );
    let mut rows: Vec<(&str, u128)> = sums.iter().map(|(one, sum)| (one.words(), *sum)).collect();
    rows.sort_by_key(|row| std::cmp::Reverse(row.1));
    if rows.len() > TOLD {
        let rest = rows.drain(TOLD - 1..).map(|row| row.1).sum();
        rows.push(("everything else", rest));
    }
    let hundredths = shared_out(&rows, hundredths(mean(whole), &unit));
    let per_mille = shared_out(&rows, 1000);
    let longest = rows.iter().map(|row| row.1).max().unwrap_or(1);
    for ((words, sum), (length, share)) in rows.iter().zip(hundredths.iter().zip(per_mille)) {
        let bar = bar(*sum, longest, page.look.ascii);
        let length = format!("{}.{:02} {}", length / 100, length % 100, unit.short);
        let share = format!("{}.{} %", share / 10, share % 10);
        page.ours(Style::new(), &format!("  {words:<26}{bar:<WIDTH$}{length:>11}{share:>9}"));
    }
    if run.scenario.recording < Recording::All {
        page.line(format_args!(
            "  senders are not told apart from what they send: that needs `record: {{ events: all }}`"
        ));
    }
    page.gap();
}

/// How much of the delays of a group each category is, of all its sites together \[µs\].
fn sums(run: &Run<'_>, lag: &Lag, group: &Group) -> BTreeMap<Category, u128> {
    let causes = Causes::of(run.scenario, run.trace, run.outcome);
    let mut sums = BTreeMap::new();
    for arrival in run.outcome.arrivals.iter().filter(|one| one.release == lag.release) {
        let site = &run.scenario.sites[arrival.site.index()];
        if (site.tier, site.kind) != (group.tier, group.kind) {
            continue;
        }
        for stage in causes.blame(arrival).into_iter().flat_map(|blame| blame.stages) {
            *sums.entry(stage.category).or_default() += u128::from(stage.length().micros());
        }
    }
    sums
}

/// A length in hundredths of a unit, rounded.
fn hundredths(length: Duration, unit: &Unit) -> u64 {
    let micros = u128::from(unit.micros());
    ((u128::from(length.micros()) * 100 + micros / 2) / micros) as u64
}

/// Shares a whole number out among rows so that what is printed adds up to it: rounded down, and
/// what is left to those that lost most by it.
pub(in crate::report) fn shared_out(rows: &[(&str, u128)], whole: u64) -> Vec<u64> {
    let all: u128 = rows.iter().map(|row| row.1).sum();
    if all == 0 {
        return vec![0; rows.len()];
    }
    let exact = |sum: u128| sum * u128::from(whole);
    let mut shares: Vec<u64> = rows.iter().map(|row| (exact(row.1) / all) as u64).collect();
    let mut by_loss: Vec<usize> = (0..rows.len()).collect();
    by_loss.sort_by_key(|&row| std::cmp::Reverse(exact(rows[row].1) % all));
    let left = whole - shares.iter().sum::<u64>();
    by_loss.iter().take(left as usize).for_each(|&row| shares[row] += 1);
    shares
}

/// A bar, the longest over the whole width.
fn bar(sum: u128, longest: u128, ascii: bool) -> String {
    let eighths = (sum * WIDTH as u128 * 8 / longest.max(1)) as usize;
    if ascii {
        return "#".repeat(eighths.div_ceil(8));
    }
    "█".repeat(eighths / 8) + EIGHTHS[eighths % 8]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_printed_adds_up() {
        let rows = [("a", 1), ("b", 1), ("c", 1)];
        assert_eq!(shared_out(&rows, 1000), [334, 333, 333]);
        assert_eq!(shared_out(&[("a", 999), ("b", 1)], 100), [100, 0]);
        assert_eq!(shared_out(&[("a", 0)], 7), [0]);
    }

    #[test]
    fn a_bar_is_as_long_as_its_share() {
        assert_eq!(bar(10, 10, true), "#".repeat(WIDTH));
        assert_eq!(bar(5, 10, false), "█".repeat(WIDTH / 2));
        assert_eq!(bar(1, 352, false), "▏");
        assert_eq!(bar(0, 0, false), "");
    }
}
