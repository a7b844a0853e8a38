//! What the texts of SMS_WSUS_SYNC_MANAGER mean.

use jiff::Timestamp;

use super::stamp::{spoken, utc};
use crate::trace::{Kind, Trigger};

/// A text that says something about a synchronisation.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Saying<'t> {
    /// `Performing sync on parent request`
    Performing(Trigger),
    /// `STATMSG: ID=6701 ...`
    Status(Status<'t>),
    /// `Done synchronizing WSUS Server HOST`: phase 1, or an internet-based or replica point.
    WsusDone,
    /// `Done synchronizing SMS with WSUS Server HOST`: phase 2.
    DatabaseDone,
    /// `Set content version of update source {GUID} for site CS1 to 33`
    ContentVersion { site: &'t str, version: u32 },
    /// `Syncing all updates`, `Syncing updates arrived after ...`
    Compares(Kind),
    /// `sync: WSUS synchronizing updates, processed 122 out of 130 items (93%), ...`: the last of
    /// them tells how many there were.
    Items(u32),
    /// `Found parent sync notification file CS1.SYN.`, `Successfully synced site with parent CS1`
    Parent(&'t str),
    /// `Sending sync notification to child site(s): PS1, PS2`
    Children(&'t str),
    /// `Sync failed: MESSAGE. Source: SOURCE`
    Failed { message: &'t str, source: &'t str },
    /// `Sync failed. Will retry in 60 minutes`
    WillRetry { minutes: u32 },
    /// `Too many consecutive failures. Aborting sync.`
    GivenUp,
}

/// A status message inside a log.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Status<'t> {
    pub id: u16,
    pub site: &'t str,
    /// GMTDATE: the best clock in the file.
    pub at: Option<Timestamp>,
    /// ISTR0 and ISTR1.
    pub source: &'t str,
    pub message: &'t str,
}

/// What a text says; `None` for what says nothing of when, what or why.
///
/// A line of somebody else's may have been taken for the beginning of the text: then its last
/// line says it.
pub(super) fn saying(text: &str) -> Option<Saying<'_>> {
    let text = text.trim_matches(|c: char| c == '~' || c.is_whitespace());
    said(text).or_else(|| said(text.rsplit_once('\n')?.1.trim()))
}

fn said(text: &str) -> Option<Saying<'_>> {
    if let Some(rest) = text.strip_prefix("STATMSG: ") {
        return status(rest).map(Saying::Status);
    }
    if let Some(on) = text.strip_prefix("Performing sync on ") {
        return trigger(on.trim_end_matches('.')).map(Saying::Performing);
    }
    if text.starts_with("Done synchronizing WSUS Server") {
        return Some(Saying::WsusDone);
    }
    if text.starts_with("Done synchronizing SMS with WSUS Server") {
        return Some(Saying::DatabaseDone);
    }
    if let Some(rest) = text.strip_prefix("Set content version of update source ") {
        let (site, version) = rest.split_once(" for site ")?.1.split_once(" to ")?;
        return Some(Saying::ContentVersion { site, version: version.trim().parse().ok()? });
    }
    if text.starts_with("Syncing all updates") {
        return Some(Saying::Compares(Kind::Full));
    }
    if text.starts_with("Syncing updates arrived after") {
        return Some(Saying::Compares(Kind::Delta));
    }
    if let Some((_, rest)) = text.split_once(" updates, processed ")
        && text.starts_with("sync: ")
    {
        let total = rest.split_once(" out of ")?.1.split(' ').next()?;
        return total.parse().ok().map(Saying::Items);
    }
    if let Some(rest) = text.strip_prefix("Found parent sync notification file ") {
        return Some(Saying::Parent(rest.split('.').next()?));
    }
    if let Some(rest) = text.strip_prefix("Successfully synced site with parent ") {
        return Some(Saying::Parent(rest.split([',', ' ']).next()?));
    }
    if let Some(rest) = text.strip_prefix("Sending sync notification to child site(s): ") {
        return Some(Saying::Children(rest));
    }
    if text.starts_with("Too many consecutive failures") {
        return Some(Saying::GivenUp);
    }
    if let Some((_, rest)) = text.split_once("Will retry in ") {
        let minutes = rest.split(' ').next()?.parse().ok()?;
        return Some(Saying::WillRetry { minutes });
    }
    if let Some(rest) = text.strip_prefix("Sync failed: ") {
        let (message, source) = rest.rsplit_once(". Source: ").unwrap_or((rest, ""));
        return Some(Saying::Failed { message, source });
    }
    None
}

fn trigger(on: &str) -> Option<Trigger> {
    Some(match on {
        "regular schedule" => Trigger::Schedule,
        "local request" => Trigger::Manual,
        "parent request" => Trigger::Parent,
        "retry schedule" => Trigger::Retry,
        // our own words: the product's are not known
        "installation of a software update point" => Trigger::Installed,
        _ => return None,
    })
}

fn status(text: &str) -> Option<Status<'_>> {
    let after = |key: &str| text.split_once(key).map(|(_, rest)| rest);
    let word = |key: &str| after(key)?.split(' ').next();
    let quoted = |key: &str| after(key)?.split('"').next();
    let date = after(" GMTDATE=").map(|rest| rest.split(" ISTR0=").next().unwrap_or(rest));
    Some(Status {
        id: text.strip_prefix("ID=")?.split(' ').next()?.parse().ok()?,
        site: word(" SITE=").unwrap_or(""),
        at: date.and_then(spoken).and_then(utc),
        source: quoted(" ISTR0=\"").unwrap_or(""),
        message: quoted(" ISTR1=\"").unwrap_or(""),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_message_gives_its_number_site_and_the_best_clock_of_the_file() {
        let text = "STATMSG: ID=6703 SEV=E LEV=M SOURCE=\"SMS Server\" COMP=\"SMS_WSUS_SYNC_MANAGER\" \
                    SYS=host SITE=CHQ PID=2836 TID=9640 GMTDATE=Fri Aug 02 20:54:26.571 2024 \
                    ISTR0=\"source\" ISTR1=\"message\" ISTR2=\"\" NUMATTRS=0 LE=0X8013150a";
        let expected = Status {
            id: 6703,
            site: "CHQ",
            at: Some("2024-08-02T20:54:26.571Z".parse().unwrap()),
            source: "source",
            message: "message",
        };
        assert_eq!(saying(text), Some(Saying::Status(expected)));
    }

    #[test]
    fn the_fields_own_wording_is_understood() {
        for (text, expected) in [
            ("Performing sync on regular schedule", Saying::Performing(Trigger::Schedule)),
            ("Performing sync on retry schedule~", Saying::Performing(Trigger::Retry)),
            (
                "sync: WSUS synchronizing updates, processed 122 out of 130 items (93%), ETA in 00:00:03",
                Saying::Items(130),
            ),
            (
                "Set content version of update source {C2} for site CS1 to 33",
                Saying::ContentVersion { site: "CS1", version: 33 },
            ),
            ("Found parent sync notification file CS1.SYN.", Saying::Parent("CS1")),
            ("Successfully synced site with parent CS1, version 34", Saying::Parent("CS1")),
            (
                "Sync failed (injected: x). Will retry in 60 minutes",
                Saying::WillRetry { minutes: 60 },
            ),
            (
                "Sync failed: Uss: The 'x.y' name. More. Source: A.B",
                Saying::Failed { message: "Uss: The 'x.y' name. More", source: "A.B" },
            ),
            ("nobody's line\nSyncing all updates", Saying::Compares(Kind::Full)),
        ] {
            assert_eq!(saying(text), Some(expected), "{text}");
        }
        for text in ["", "Sleeping 2 more minutes", "STATMSG: ID=x", "Will retry in soon minutes"] {
            assert_eq!(saying(text), None, "{text}");
        }
    }
}
