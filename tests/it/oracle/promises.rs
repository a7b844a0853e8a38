//! The promises that are asked at every call, each a function.

use supsim::engine::{Kind, Trigger};
use supsim::scenario::Retry;
use supsim::units::Instant;

use super::Oracle;
use super::observer::{Counts, Ledger, Open};

/// Kept, or which promise is not and what was found.
pub(super) type Verdict = Result<(), (Oracle, String)>;

pub(super) fn ensure(holds: bool, oracle: Oracle, found: impl FnOnce() -> String) -> Verdict {
    if holds { Ok(()) } else { Err((oracle, found())) }
}

pub(super) fn i1_a_child_starts_only_while_asked(ledger: &Ledger, trigger: Trigger) -> Verdict {
    ensure(!ledger.child || ledger.uncovered, Oracle::I1, || {
        format!("it starts ({trigger}), but nothing that it was asked for is left to do")
    })
}

pub(super) fn i3_starts_are_numbered_one_by_one(ledger: &Ledger, attempt: u32) -> Verdict {
    ensure(attempt == ledger.attempts + 1, Oracle::I3, || {
        format!("number {attempt} comes after number {}", ledger.attempts)
    })?;
    ensure(ledger.open.is_none(), Oracle::I3, || "two are open at once".to_owned())?;
    ensure(!ledger.down, Oracle::I3, || "it starts while the site is down".to_owned())
}

pub(super) fn i3_each_ends_exactly_once(
    ledger: &mut Ledger,
    attempt: u32,
) -> Result<Open, (Oracle, String)> {
    match ledger.open.take() {
        Some(open) if open.attempt == attempt => Ok(open),
        other => Err((Oracle::I3, format!("number {attempt} ends, but open is {other:?}"))),
    }
}

pub(super) fn i4_what_starts_by_hand_is_a_delta(
    ledger: &Ledger,
    kind: Kind,
    trigger: Trigger,
) -> Verdict {
    // The first synchronisation ever is full, whatever started it.
    let wanted = match trigger {
        Trigger::Manual if ledger.synced_before => Kind::Delta,
        Trigger::Retry => return Ok(()),
        _ => Kind::Full,
    };
    ensure(kind == wanted, Oracle::I4, || format!("started by {trigger}, it is {kind}"))
}

pub(super) fn i5_a_retry_is_on_time(
    ledger: &Ledger,
    now: Instant,
    kind: Kind,
    trigger: Trigger,
    counts: &mut Counts,
) -> Verdict {
    if trigger != Trigger::Retry {
        return Ok(());
    }
    let jitter = ledger.retry_set.jitter;
    let (waited, planned) = match (ledger.retry_waits, ledger.retry) {
        (Some(kind), _) => (true, kind),
        (None, Some((_, kind))) => (false, kind),
        (None, None) => return Err((Oracle::I5, "it retries what nobody planned".to_owned())),
    };
    // T5: without a success before it, everything is full.
    let planned = if ledger.synced_before { planned } else { Kind::Full };
    ensure(kind == planned, Oracle::I5, || format!("a {planned} one is retried as {kind}"))?;
    let freed = now == ledger.busy_until || now == ledger.came_up;
    if waited {
        counts.retries_that_waited += 1;
        return ensure(freed, Oracle::I5, || "it waited longer than the site was busy".to_owned());
    }
    let (due, _) = ledger.retry.expect("it is planned");
    if (due..=due + jitter).contains(&now) {
        counts.retries_on_time += 1;
        return Ok(());
    }
    let up = ledger.came_up;
    let after_restart = up > due && (up..=up + jitter).contains(&now);
    counts.retries_after_restart += u64::from(after_restart);
    ensure(after_restart, Oracle::I5, || format!("it was due at {due}, up since {up}"))
}

pub(super) fn i5_a_retry_is_planned(
    ledger: &mut Ledger,
    now: Instant,
    kind: Kind,
    retry_at: Option<Instant>,
) -> Verdict {
    let Retry { every, limit, .. } = ledger.retry_set;
    // H4: without a point there is nothing to try again.
    let may_give_up = limit.is_some_and(|limit| ledger.failures_in_row > limit) || !ledger.point;
    let planned = match ledger.retry {
        Some((at, pending)) => Some((at, if may_give_up { pending } else { pending.max(kind) })),
        None if may_give_up => None,
        None => Some((now + every, kind)),
    };
    ledger.retry = planned;
    ledger.given_up = planned.is_none();
    let wanted = planned.map(|(at, _)| at);
    ensure(retry_at == wanted, Oracle::I5, || {
        format!("it plans to retry at {retry_at:?}, not {wanted:?}")
    })
}

/// The site is asked something: a retry that fell due before must have been made.
pub(super) fn i5_a_retry_does_not_disappear(ledger: &Ledger, now: Instant) -> Verdict {
    let Some((due, _)) = ledger.retry else { return Ok(()) };
    let due = due.max(ledger.came_up) + ledger.retry_set.jitter;
    let made = due >= now || ledger.is_busy() || ledger.busy_until == now || ledger.down;
    ensure(made, Oracle::I5Kept, || format!("it was due at {due}"))
}

pub(super) fn i6_a_child_is_full_and_waits_to_be_asked(
    ledger: &Ledger,
    kind: Kind,
    trigger: Trigger,
) -> Verdict {
    let by_itself = matches!(trigger, Trigger::Schedule | Trigger::Manual);
    ensure(!ledger.child || (kind == Kind::Full && !by_itself), Oracle::I6, || {
        format!("a child starts a {kind} one ({trigger})")
    })
}

pub(super) fn p7_children_are_asked_after_a_success(succeeded: u32, asked: u32) -> Verdict {
    ensure(succeeded == asked, Oracle::P7, || {
        format!("it succeeds {succeeded} times and asks {asked} times")
    })
}
