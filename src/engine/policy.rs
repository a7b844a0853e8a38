use crate::units::Duration;

/// How a site is set up, as far as its engine must know.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Policy {
    /// What the site is in the hierarchy.
    pub role: Role,
    /// Its internet-based point, and when it has its turn (P6, P9).
    pub internet_point: InternetTurn,
    /// From the end of a failed run to the next (T4).
    pub retry_every: Duration,
    /// How many retries in a row before the site gives up; `None`: no limit (T4).
    pub retry_limit: Option<u32>,
}

/// What a site is in the hierarchy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// The highest site with an active software update point (H3).
    TopLevel,
    /// A site below it, with a point of its own.
    Child,
    /// A site without a point: it only receives metadata in its database (H4).
    DatabaseOnly,
}

/// Whether there is an internet-based point, and when it has its turn (P9).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum InternetTurn {
    /// There is none.
    None,
    /// Before the site is done; its failure is the site's.
    BeforeDone,
    /// After the site is done; its failure is its own.
    AfterDone,
}
