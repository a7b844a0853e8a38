use std::fmt;

/// Why a run of export, carrying and import came to nothing (P10).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Mishap {
    /// The run before it was still under way.
    StillUnderWay,
    /// The active software update point could not be reached.
    NoUpdateServer,
    /// The internet-based point could not be reached.
    NoInternetPoint,
    /// The languages of the two servers differ.
    LanguagesDiffer,
    /// One is set to express installation files and the other is not.
    ExpressDiffers,
}

impl Mishap {
    /// Every one.
    pub const ALL: [Mishap; 5] = [
        Mishap::StillUnderWay,
        Mishap::NoUpdateServer,
        Mishap::NoInternetPoint,
        Mishap::LanguagesDiffer,
        Mishap::ExpressDiffers,
    ];

    /// The one short name of this value, everywhere.
    pub const fn name(self) -> &'static str {
        match self {
            Mishap::StillUnderWay => "still-under-way",
            Mishap::NoUpdateServer => "no-update-server",
            Mishap::NoInternetPoint => "no-internet-point",
            Mishap::LanguagesDiffer => "languages-differ",
            Mishap::ExpressDiffers => "express-differs",
        }
    }
}

impl fmt::Display for Mishap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}
