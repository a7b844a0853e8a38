//! The shortest length that breaks something, to the minute.

/// The lengths that are looked at first \[minutes\]; above them each is twice the one before.
const COARSE: [u64; 9] = [15, 30, 60, 120, 180, 240, 360, 480, 720];

/// What was found of a length.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shortest {
    /// The shortest that breaks \[minutes\]; `None`: none of those tried does.
    pub found: Option<u64>,
    /// Every length that was tried \[minutes\], in that order: does it break?
    pub tried: Vec<(u64, bool)>,
}

/// The shortest length from 1 to `most` \[minutes\] that breaks. A length of nothing must not
/// break.
///
/// First lengths are tried from short to long, until one breaks; then the gap between it and the
/// last that held is halved until it is a minute. So a length that is found breaks and one a
/// minute shorter does not, and both have been tried. Where a longer outage can do less harm than
/// a shorter one, an even shorter one may break that lies between two of the first lengths.
///
/// # Errors
/// What `breaks` says instead of an answer.
pub fn shortest<E>(
    most: u64,
    mut breaks: impl FnMut(u64) -> Result<bool, E>,
) -> Result<Shortest, E> {
    let mut tried = Vec::new();
    let (mut holds, mut broken) = (0, None);
    for length in coarse(most) {
        let broke = breaks(length)?;
        tried.push((length, broke));
        if broke {
            broken = Some(length);
            break;
        }
        holds = length;
    }
    let Some(mut broken) = broken else { return Ok(Shortest { found: None, tried }) };
    while broken - holds > 1 {
        let length = holds + (broken - holds) / 2;
        let broke = breaks(length)?;
        tried.push((length, broke));
        if broke { broken = length } else { holds = length }
    }
    Ok(Shortest { found: Some(broken), tried })
}

/// The lengths that are tried first, `most` the last.
fn coarse(most: u64) -> Vec<u64> {
    let further = std::iter::successors(COARSE.last().map(|last| last * 2), |last| Some(last * 2));
    let below = |length: &u64| *length < most;
    let mut lengths: Vec<u64> = COARSE.into_iter().chain(further).take_while(below).collect();
    lengths.extend((most > 0).then_some(most));
    lengths
}

/// So many lengths are tried at most.
pub fn most_tried(most: u64) -> u64 {
    let lengths = coarse(most);
    let widest = lengths.windows(2).map(|pair| pair[1] - pair[0]).max();
    let widest = widest.unwrap_or(0).max(lengths.first().copied().unwrap_or(0)).max(1);
    lengths.len() as u64 + u64::from(widest.next_power_of_two().trailing_zeros())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_tried_first_ends_with_the_longest() {
        assert_eq!(coarse(720), COARSE);
        assert_eq!(coarse(20), [15, 20]);
        assert_eq!(coarse(1), [1]);
        assert!(coarse(0).is_empty());
        assert_eq!(coarse(4_000)[8..], [720, 1440, 2880, 4000]);
    }

    proptest! {
        #[test]
        fn where_longer_is_worse_the_very_shortest_is_found(most in 1_u64..5_000, from in 1_u64..5_000) {
            let Shortest { found, tried } = shortest(most, |length| Ok::<bool, ()>(length >= from)).unwrap();
            prop_assert_eq!(found, (from <= most).then_some(from));
            prop_assert!(tried.len() as u64 <= most_tried(most));
        }

        /// Also where longer can be better.
        #[test]
        fn what_is_found_breaks_and_a_minute_less_does_not(
            answers in prop::collection::vec(any::<bool>(), 1..2_000),
        ) {
            let breaks = |length: u64| length > 0 && answers[length as usize - 1];
            let most = answers.len() as u64;
            let Shortest { found, tried } = shortest(most, |length| Ok::<bool, ()>(breaks(length))).unwrap();
            for &(length, broke) in &tried {
                prop_assert_eq!(broke, breaks(length), "{} min", length);
            }
            match found {
                Some(length) => prop_assert!(breaks(length) && !breaks(length - 1)),
                None => prop_assert!(!breaks(most) && !tried.is_empty()),
            }
        }
    }
}
