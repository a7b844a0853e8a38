use super::super::generated::{any_record, names};
use super::*;
use crate::trace::{Cause, Kind, Phase, Trigger};
use crate::units::{Duration, FaultId, SiteId};
use proptest::prelude::*;

proptest! {
    #[test]
    fn what_is_printed_reads_back_as_the_same_record(record in any_record()) {
        let names = names();
        let line = Line { record: &record, names: &names }.to_string();
        prop_assert_eq!(read(&line, &names), Ok(record), "{}", line);
        prop_assert!(!line.contains('\n') && line.trim_end() == line, "{:?}", line);
    }

    #[test]
    fn no_text_makes_the_reader_panic(line in "[0-9d:. #A-Za-z()<-]{0,60}") {
        let _ = read(&line, &names());
    }
}

#[test]
fn a_line_is_what_a_person_would_write() {
    let names = names();
    let printed = |fact, cause| {
        let at = Instant::START + Duration::from_hours(27) + Duration::from_secs(485);
        Line { record: &Record { at, site: SiteId(2), cause, fact }, names: &names }.to_string()
    };
    let started = Status::Started { attempt: 2, kind: Kind::Full, trigger: Trigger::Parent };
    assert_eq!(
        printed(Fact::Announced(started), Cause::record(41)),
        "1d 03:08:05.000000  PR2  6701 started #2 full (parent)  <- 41"
    );
    let failure = Failure { phase: Phase::Pull, reason: Reason::Injected(FaultId(0)) };
    let retry_at = Some(Instant::START + Duration::from_hours(28));
    assert_eq!(
        printed(Fact::Announced(Status::Failed { attempt: 2, failure, retry_at }), Cause::NONE),
        "1d 03:08:05.000000  PR2  6703 failed #2 pull injected lima-first-try \
             again 1d 04:00:00.000000"
    );
}

#[test]
fn a_wrong_line_says_which_word_is_wrong() {
    let wrong = |line| read(line, &names()).unwrap_err().to_string();
    assert_eq!(
        wrong("1d 25:00:00.000000 CEN came-up"),
        "word 2: expected a time of day, as in 03:08:05.000000"
    );
    assert_eq!(wrong("1d 03:00:00.000000 XXX came-up"), "word 3: expected a site");
    assert_eq!(wrong("1d 03:00:00.000000 CEN came-up again"), "word 5: expected <- or the end");
    assert_eq!(wrong("1d 03:00:00.000000 CEN 6702 done #1"), "word 7: expected version");
}
