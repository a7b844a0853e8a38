//! How the program ends.

use std::process::ExitCode;

/// Every way to end, each with its code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Exit {
    Ok,
    ExpectationFailed,
    NothingRan,
    Differs,
    Inconclusive,
    NothingSelected,
    StoppedEarly,
    Defect,
    FileTrouble,
}

use Exit::*;

/// The codes, in the order in which one wins over the other, the highest first.
pub(super) const RANKING: [Exit; 9] = [
    NothingRan,
    FileTrouble,
    Defect,
    StoppedEarly,
    NothingSelected,
    ExpectationFailed,
    Differs,
    Inconclusive,
    Ok,
];

impl Exit {
    /// What the shell sees.
    pub const fn code(self) -> u8 {
        match self {
            Ok => 0,
            ExpectationFailed => 1,
            NothingRan => 2,
            Differs => 3,
            Inconclusive => 4,
            NothingSelected => 5,
            StoppedEarly => 6,
            Defect => 70,
            FileTrouble => 74,
        }
    }

    /// What it means, and what a script should do.
    pub const fn meaning(self) -> (&'static str, &'static str) {
        match self {
            Ok => ("ran; everything asked holds", "pass"),
            ExpectationFailed => ("ran; an expectation failed: the answer is no", "fail"),
            NothingRan => {
                ("nothing ran: wrong arguments or an invalid scenario", "fail; correct the file")
            }
            Differs => ("ran; differs from the golden file or the replayed run", "fail; review"),
            Inconclusive => ("ran; too few replications to say", "run more, or treat as fail"),
            NothingSelected => ("nothing was selected: a filter matched nothing", "fail"),
            StoppedEarly => ("stopped early (Ctrl-C, --max-time, a limit)", "run again, or less"),
            Defect => ("a defect in supsim", "report it"),
            FileTrouble => ("a file could not be read or written", "fail"),
        }
    }

    /// The one of two that ranks higher.
    pub fn or_worse(self, other: Exit) -> Exit {
        let rank = |exit| RANKING.iter().position(|&ranked| ranked == exit);
        if rank(other) < rank(self) { other } else { self }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        ExitCode::from(exit.code())
    }
}

/// Why the program ends before it has done what was asked, for standard error.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Stop {
    pub exit: Exit,
    pub text: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_a_promise() {
        let codes: Vec<u8> = RANKING.iter().map(|exit| exit.code()).collect();
        assert_eq!(codes, [2, 74, 70, 6, 5, 1, 3, 4, 0]);
    }

    #[test]
    fn meanings_fit_into_their_column() {
        for exit in RANKING {
            let meaning = exit.meaning().0;
            assert!(meaning.chars().count() <= 53, "{meaning}");
        }
    }

    #[test]
    fn the_higher_rank_wins() {
        assert_eq!(Ok.or_worse(FileTrouble), FileTrouble);
        assert_eq!(FileTrouble.or_worse(Ok), FileTrouble);
        assert_eq!(Inconclusive.or_worse(Differs), Differs);
        assert_eq!(FileTrouble.or_worse(NothingRan), NothingRan);
    }
}
