macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub u32);

        impl $name {
            /// The position in the scenario's list.
            pub const fn index(self) -> usize {
                self.0 as usize
            }
        }
    };
}

id! {
    /// A site, by its position among the scenario's sites.
    ///
    /// Only a position: chance and results hang on the site's code, never on this number.
    SiteId
}
id! {
    /// One occurrence of a release, by its position among the scenario's releases in order of time.
    ReleaseId
}
id! {
    /// A fault, by its position among the scenario's faults.
    FaultId
}
id! {
    /// A link, by its position among the scenario's links.
    LinkId
}
id! {
    /// A route, by its position among the scenario's routes.
    RouteId
}
