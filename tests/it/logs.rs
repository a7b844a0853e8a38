//! Real logs, and our own read back: does `import wsyncmgr` find what happened?

use std::fmt::Write as _;

use proptest::prelude::*;
use supsim::field::{self, Account, Ended, Step};
use supsim::measure::Outcome;
use supsim::report::{Logs, Run};
use supsim::scenario::{Overrides, Scenario};
use supsim::trace::{Phase, Trigger};
use supsim::units::SiteId;

use crate::support;

type Files = Vec<(String, Vec<u8>)>;

/// A run of a scenario of this project, and the logs that it writes.
fn written(scenario: &str) -> (Scenario, Outcome, Files) {
    let scenario = support::read(&support::project(&format!("scenarios/{scenario}.yaml")));
    let trace = support::run(&scenario);
    let outcome = Outcome::of(&scenario, &trace);
    let run = Run { scenario: &scenario, trace: &trace, outcome: &outcome, replication: 0 };
    let logs = Logs::new(run);
    let file = |site: SiteId| {
        let mut bytes = Vec::new();
        logs.write(site, &mut bytes).expect("writing to memory");
        (format!("logs/{}/wsyncmgr.log", scenario.sites[site.index()].code), bytes)
    };
    let files = logs.sites().map(file).collect();
    drop(logs);
    (scenario, outcome, files)
}

/// An attempt in words, to the millisecond that logs have.
fn told(scenario: &Scenario, outcome: &Outcome) -> Vec<String> {
    let start = scenario.clock.start().as_millisecond();
    let mut all: Vec<String> = outcome
        .attempts
        .iter()
        .map(|attempt| {
            let at = |at: supsim::units::Instant| start + (at.micros() / 1_000) as i64;
            let mut text = format!(
                "{}#{} {} {} {}",
                scenario.sites[attempt.site.index()].code,
                attempt.number,
                attempt.trigger,
                attempt.kind,
                at(attempt.start)
            );
            for step in [
                attempt.pull_start,
                attempt.pulled,
                attempt.imported,
                attempt.internet_start,
                attempt.internet_done,
                attempt.end,
            ] {
                write!(text, " {:?}", step.map(at)).unwrap();
            }
            let phase = attempt.failure.map(|failure| failure.phase);
            write!(text, " {} {phase:?} {:?}", attempt.ending.name(), attempt.version).unwrap();
            text
        })
        .collect();
    all.sort();
    all
}

fn retold(files: &Files) -> (Scenario, Outcome) {
    let account = field::read(files, None);
    let described = field::describe(&account).expect("one hierarchy");
    let scenario = match Scenario::parse("imported.yaml", &described.yaml, &Overrides::default()) {
        Ok((scenario, _)) => scenario,
        Err(report) => panic!("{report}\n{}", described.yaml),
    };
    let trace = field::retell(&account, &described, &scenario);
    let outcome = Outcome::of(&scenario, &trace);
    (scenario, outcome)
}

#[test]
fn logs_that_were_written_read_back_as_the_same_attempts() {
    for name in [
        "three-tier",
        "03-delta-and-full",
        "04-source-unreachable",
        "05-internet-point-first",
        "07-retry-storm",
    ] {
        let (scenario, outcome, files) = written(name);
        let (again, outcome_again) = retold(&files);
        // A run that ends in the middle of a sync writes no version for it, and neither do failures.
        let drop_version = |mut lines: Vec<String>| {
            for line in &mut lines {
                if !line.contains(" ok ") {
                    *line = line.rsplit_once(' ').unwrap().0.to_owned();
                }
            }
            lines
        };
        let expected = drop_version(told(&scenario, &outcome));
        assert!(!expected.is_empty());
        assert_eq!(drop_version(told(&again, &outcome_again)), expected, "{name}");
        let message = |outcome: &Outcome| {
            outcome.attempts.iter().filter(|attempt| attempt.failure.is_some()).count()
        };
        assert_eq!(message(&outcome_again), message(&outcome), "{name}");
    }
}

/// The same entries in the other forms of the field: as site servers wrote them, and as copied
/// out of a viewer.
fn in_other_forms(ours: &str) -> [String; 3] {
    let [mut site_server, mut oldest, mut viewer] = [const { String::new() }; 3];
    for line in ours.lines() {
        let (text, rest) = line.strip_prefix("<![LOG[").unwrap().split_once("]LOG]!>").unwrap();
        let of = |name: &str| rest.split_once(name).unwrap().1.split('"').next().unwrap();
        let (time, date) = (of("time=\""), of("date=\""));
        let (clock, _) = time.split_once(['+', '-']).unwrap();
        let mut numbers = date.split('-').map(|part| part.parse::<i16>().unwrap());
        let (month, day, year) =
            (numbers.next().unwrap(), numbers.next().unwrap(), numbers.next().unwrap());
        let spoken = jiff::civil::date(year, month as i8, day as i8).strftime("%a %b %d");
        let component = of("component=\"");
        writeln!(site_server, "{text}~  $$<{component}><{date} {time}><thread=4242 (0x1092)>\r")
            .unwrap();
        writeln!(
            oldest,
            "{text}  $$<{component}><{spoken} {clock} {year} Eastern Standard Time><thread=1 (0x1)>\r"
        )
        .unwrap();
        let (hour, minute) = clock.split_once(':').unwrap();
        let hour: u32 = hour.parse().unwrap();
        let (twelve, half) = (
            if hour.is_multiple_of(12) { 12 } else { hour % 12 },
            if hour < 12 { "AM" } else { "PM" },
        );
        let minute = minute.split('.').next().unwrap();
        writeln!(
            viewer,
            "{text}\t{component}\t{month}/{day}/{year} {twelve}:{minute} {half}\t4242 (0x1092)"
        )
        .unwrap();
    }
    [site_server, oldest, viewer]
}

#[test]
fn all_line_forms_of_the_field_tell_the_same_story() {
    let (_, _, files) = written("three-tier");
    let (name, bytes) = &files[0];
    let ours = String::from_utf8(bytes.clone()).unwrap();
    let story = |text: String| {
        let account = field::read(&[(name.clone(), text.into_bytes())], None);
        account.stories.into_iter().next().expect("a story")
    };
    let expected = story(ours.clone());
    let [site_server, oldest, viewer] = in_other_forms(&ours);
    assert_eq!(story(site_server), expected);
    assert_eq!(story(oldest), expected);
    // A viewer shows whole seconds; what status messages say is exact all the same.
    let shown = story(viewer);
    let exact = |story: &field::Story| -> Vec<_> {
        let syncs = story.syncs.iter();
        syncs.map(|sync| (sync.started, sync.connected, sync.end(), sync.trigger)).collect()
    };
    assert_eq!(exact(&shown), exact(&expected));
    assert!(shown.syncs[0].pulled.is_some());
}

fn utf16(text: &str) -> Vec<u8> {
    let units = std::iter::once(0xFEFF).chain(text.encode_utf16());
    units.flat_map(u16::to_le_bytes).collect()
}

#[test]
fn rotated_redirected_and_cut_files_lose_nothing_but_what_was_cut() {
    let (_, _, files) = written("07-retry-storm");
    let whole = field::read(&files, None);
    let mut rotated = Files::new();
    for (name, bytes) in &files {
        let text = String::from_utf8(bytes.clone()).unwrap();
        let middle = text[..text.len() / 2].rfind('\n').unwrap() + 1;
        // The newer half first, and as PowerShell redirects it.
        rotated.push((name.clone(), utf16(&text[middle..])));
        rotated.push((name.replace(".log", ".lo_"), text[..middle].into()));
    }
    assert_eq!(field::read(&rotated, None).stories, whole.stories);
    // Cut off in the middle of a line, at both ends: what lies between is still there.
    let cut: Files = files
        .iter()
        .map(|(name, bytes)| (name.clone(), bytes[40..bytes.len() - 40].to_vec()))
        .collect();
    let cut = field::read(&cut, None);
    let syncs =
        |account: &Account| account.stories.iter().map(|one| one.syncs.len()).sum::<usize>();
    assert_eq!(syncs(&cut), syncs(&whole));
    assert!(cut.files.iter().all(|file| file.unread >= 1), "what was cut is counted");
}

#[test]
fn a_real_looking_failure_is_told_with_its_phase_source_and_retry() {
    let at =
        |clock: &str| format!("$$<SMS_WSUS_SYNC_MANAGER><07-16-2012 {clock}-120><thread=1 (0x1)>");
    let status = |id: u16, clock: &str, more: &str| {
        format!(
            "STATMSG: ID={id} SEV=I LEV=M SOURCE=\"SMS Server\" COMP=\"SMS_WSUS_SYNC_MANAGER\" SYS=h SITE=ABC \
             PID=1 TID=1 GMTDATE=Mon Jul 16 {clock} 2012 {more}  {}\r\n",
            at("10:00:00.000")
        )
    };
    let text = format!(
        "Performing sync on regular schedule  {}\r\n{}{}\
         Sync failed: UssCommunicationError: WebException: 'a.b'~~at System.Net\r\n   at more. Source: W.SyncWSUS  {}\r\n\
         {}Sync failed. Will retry in 60 minutes  {}\r\n",
        at("10:00:00.000"),
        status(6701, "08:00:00.100", "ISTR0=\"\" ISTR1=\"\""),
        status(6704, "08:00:01.200", "ISTR0=\"\" ISTR1=\"\""),
        at("10:05:00.000"),
        status(
            6703,
            "08:05:00.100",
            "ISTR0=\"W.SyncWSUS\" ISTR1=\"UssCommunicationError: WebException\""
        ),
        at("10:05:00.200"),
    );
    let account = field::read(&[("x.log".to_owned(), text.into_bytes())], None);
    let sync = &account.stories[0].syncs[0];
    assert_eq!((account.stories[0].site.as_str(), sync.trigger), ("ABC", Some(Trigger::Schedule)));
    let Ended::Failed { phase, source, message, retry_minutes, .. } = &sync.ended else {
        panic!("{sync:?}")
    };
    assert_eq!((*phase, *retry_minutes), (Phase::Pull, Some(60)));
    assert_eq!(
        (source.as_str(), message.as_str()),
        ("W.SyncWSUS", "UssCommunicationError: WebException")
    );
    let described = field::describe(&account).unwrap();
    assert_eq!(described.fitted.len(), 1);
    assert_eq!(described.fitted[0].step, Step::Connect);
}

#[test]
fn timing_that_was_simulated_is_found_again() {
    let (_, _, files) = written("07-retry-storm");
    let account = field::read(&files, None);
    let described = field::describe(&account).unwrap();
    let settle = described.fitted.iter().find(|one| one.step == Step::Settle && one.top_level);
    assert_eq!(settle.expect("a wait was seen").base.to_string(), "2min");
}

#[test]
fn hostile_names_and_messages_do_no_harm() {
    let hostile = "=cmd()|' /C calc'!A0 <script>alert(1)</script> \u{1b}[31m ../../x \u{202e}";
    let text = format!(
        "<![LOG[STATMSG: ID=6701 SITE=../../etc GMTDATE=Mon Jul 16 08:00:00.100 2012 ISTR0=\"\" ISTR1=\"\"]LOG]!>\
         <time=\"10:00:00.000-120\" date=\"07-16-2012\" component=\"SMS_WSUS_SYNC_MANAGER\" type=\"1\">\n\
         <![LOG[STATMSG: ID=6701 SITE=ABC GMTDATE=Mon Jul 16 08:00:00.100 2012 ISTR0=\"\" ISTR1=\"\"]LOG]!>\
         <time=\"10:00:00.000-120\" date=\"07-16-2012\" component=\"SMS_WSUS_SYNC_MANAGER\" type=\"1\">\n\
         <![LOG[STATMSG: ID=6703 SITE=ABC GMTDATE=Mon Jul 16 08:00:09.100 2012 ISTR0=\"\" ISTR1=\"{hostile}\"]LOG]!>\
         <time=\"10:00:00.000-120\" date=\"07-16-2012\" component=\"SMS_WSUS_SYNC_MANAGER\" type=\"3\">\n"
    );
    let files = vec![("x.log".to_owned(), text.into_bytes())];
    let (scenario, outcome) = retold(&files);
    assert_eq!(scenario.sites.len(), 1, "a path is no site code");
    let failed = outcome.attempts.iter().filter(|attempt| attempt.failure.is_some());
    assert_eq!(failed.count(), 1);
    let told = supsim::report::account(
        &field::read(&files, None),
        &field::describe(&field::read(&files, None)).unwrap(),
    );
    assert!(!told.contains('\u{1b}'), "{told}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever the bytes, they are read without a panic, and what comes of it is a valid scenario
    /// or a refusal.
    #[test]
    fn no_bytes_make_the_reader_panic(
        pieces in proptest::collection::vec(
            prop_oneof![
                Just("<![LOG[".to_owned()), Just("]LOG]!>".to_owned()), Just("$$<".to_owned()),
                Just("SMS_WSUS_SYNC_MANAGER".to_owned()), Just("\n".to_owned()), Just("  ".to_owned()),
                Just("STATMSG: ID=6701 SITE=ABC GMTDATE=Mon Jul 16 08:00:00.100 2012 ISTR0=\"".to_owned()),
                Just("STATMSG: ID=6703 SITE=ABC GMTDATE=Mon Jul 16 99:00:00.100 2012".to_owned()),
                Just("><time=\"10:00:00.000-120\" date=\"07-16-2012\" component=\"SMS_WSUS_SYNC_MANAGER\">".to_owned()),
                Just("Found parent sync notification file ABC.SYN.".to_owned()),
                Just("Sync failed: ".to_owned()), Just(". Source: ".to_owned()),
                Just("Will retry in 99999999999 minutes".to_owned()),
                "\\PC{0,12}",
            ],
            0..40,
        ),
        cut in 0_usize..200,
    ) {
        let bytes = pieces.concat().into_bytes();
        let bytes = bytes[cut.min(bytes.len())..].to_vec();
        let account = field::read(&[("A/x.log".to_owned(), bytes)], None);
        if let Ok(described) = field::describe(&account) {
            let read = Scenario::parse("imported.yaml", &described.yaml, &Overrides::default());
            prop_assert!(read.is_ok(), "{}\n{}", described.yaml, read.unwrap_err());
            let (scenario, _) = read.unwrap();
            let trace = field::retell(&account, &described, &scenario);
            prop_assert!(trace.records.windows(2).all(|pair| pair[0].at <= pair[1].at));
        }
    }
}
