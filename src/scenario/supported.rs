//! Documented sizes of the product, by profile.

use super::Profile;

/// What the documentation of a version supports; `None` where it names no number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Supported {
    /// Primary sites directly below one site.
    pub child_primaries: Option<u32>,
    /// Secondary sites directly below one site.
    pub secondaries: Option<u32>,
    /// Clients of all sites.
    pub clients_of_hierarchy: Option<u64>,
    /// Clients of one primary site.
    pub clients_of_primary: Option<u64>,
    /// Clients of one secondary site.
    pub clients_of_secondary: Option<u64>,
    /// Clients of a software update point on the site server, and of one on a server of its own.
    pub clients_of_point: (u64, u64),
    /// Where that is written.
    pub from: &'static str,
}

impl Profile {
    /// What its documentation supports.
    pub fn supported(self) -> Supported {
        match self {
            Profile::Cm2007 => Supported {
                child_primaries: None,
                secondaries: Some(500),
                clients_of_hierarchy: Some(200_000),
                clients_of_primary: Some(100_000),
                clients_of_secondary: None,
                clients_of_point: (25_000, 100_000),
                from: "TechNet, site system capacity planning (bb680869)",
            },
            Profile::Cm2012 => Supported {
                child_primaries: Some(25),
                secondaries: Some(250),
                clients_of_hierarchy: Some(400_000),
                clients_of_primary: Some(100_000),
                clients_of_secondary: Some(5_000),
                clients_of_point: (25_000, 100_000),
                from: "TechNet, \"Supported Configurations for Configuration Manager\" (gg682077)",
            },
            Profile::CmCurrent => Supported {
                child_primaries: Some(25),
                secondaries: Some(250),
                clients_of_hierarchy: Some(700_000),
                clients_of_primary: Some(150_000),
                clients_of_secondary: Some(15_000),
                clients_of_point: (25_000, 150_000),
                from: "Microsoft Learn, \"Size and scale numbers for Configuration Manager\"",
            },
            Profile::Wsus => Supported {
                child_primaries: None,
                secondaries: None,
                clients_of_hierarchy: None,
                clients_of_primary: None,
                clients_of_secondary: None,
                clients_of_point: (100_000, 100_000),
                from: "TechNet, \"Determine Capacity Requirements\" (dd939839)",
            },
        }
    }
}
