//! Delta debugging: of many things the few that it takes.

/// A smallest set of the things `0..count` that still breaks, in ascending order: without any one
/// of them it holds (it is *1-minimal*; a smaller set that is no part of it may exist).
///
/// This is *ddmin*: halves first, then what is left without each part, then finer parts. All of
/// them together must break, and none at all must not; `breaks` is not asked about either.
///
/// # Errors
/// What `breaks` says instead of an answer.
pub fn minimal<E>(
    count: usize,
    breaks: &mut dyn FnMut(&[usize]) -> Result<bool, E>,
) -> Result<Vec<usize>, E> {
    let mut left: Vec<usize> = (0..count).collect();
    let mut parts = 2;
    while left.len() > 1 {
        let chunk = left.len().div_ceil(parts);
        let mut smaller = None;
        for subset in left.chunks(chunk) {
            if breaks(subset)? {
                smaller = Some((subset.to_vec(), 2));
                break;
            }
        }
        // with two parts, what is left without one is the other
        if smaller.is_none() && parts > 2 {
            for from in (0..left.len()).step_by(chunk) {
                let without = |(place, _): &(usize, &usize)| !(from..from + chunk).contains(place);
                let rest: Vec<usize> =
                    left.iter().enumerate().filter(without).map(|(_, one)| *one).collect();
                if breaks(&rest)? {
                    smaller = Some((rest, (parts - 1).max(2)));
                    break;
                }
            }
        }
        match smaller {
            Some((found, next)) => {
                left = found;
                parts = next;
            }
            None if parts >= left.len() => break,
            None => parts = (2 * parts).min(left.len()),
        }
    }
    Ok(left)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn found(count: usize, mut breaks: impl FnMut(&[usize]) -> bool) -> Vec<usize> {
        let mut infallible = |set: &[usize]| Ok::<bool, ()>(breaks(set));
        minimal(count, &mut infallible).unwrap()
    }

    #[test]
    fn the_two_that_it_takes_are_found_wherever_they_stand() {
        for (one, other) in [(0, 1), (3, 11), (0, 15), (7, 8)] {
            let set = found(16, |set| set.contains(&one) && set.contains(&other));
            assert_eq!(set, [one, other]);
        }
        assert_eq!(found(1, |_| unreachable!("one thing is its own answer")), [0]);
        assert_eq!(found(5, |set| set.len() == 5), [0, 1, 2, 3, 4]);
    }

    #[test]
    fn an_answer_that_fails_ends_the_search() {
        let mut asked = 0;
        let mut breaks = |_: &[usize]| {
            asked += 1;
            if asked == 3 { Err("stopped") } else { Ok(false) }
        };
        assert_eq!(minimal(8, &mut breaks), Err("stopped"));
        assert_eq!(asked, 3);
    }

    proptest! {
        /// Also where more things can break less.
        #[test]
        fn what_is_found_breaks_and_without_any_one_of_it_does_not(
            count in 1_usize..12,
            answers in prop::collection::vec(any::<bool>(), 1 << 12),
        ) {
            let all = (1_usize << count) - 1;
            let bits = |set: &[usize]| set.iter().map(|one| 1 << one).sum::<usize>();
            let breaks = |set: &[usize]| {
                let bits = bits(set);
                bits == all || (bits != 0 && answers[bits])
            };
            let set = found(count, breaks);
            prop_assert!(breaks(&set));
            for one in &set {
                let rest: Vec<usize> = set.iter().copied().filter(|other| other != one).collect();
                prop_assert!(!breaks(&rest), "{set:?} without {one}");
            }
        }
    }
}
