//! Sizes that the product's documentation supports, by profile.

use super::super::reader::Reader;
use super::super::{Profile, SiteKind, Supported};
use super::{Lints, counted, in_threes};
use crate::units::SiteId;

pub(super) fn lint(reader: &mut Reader, lints: &Lints<'_, '_>) {
    let profile = lints.scenario.profile;
    let supported = profile.supported();
    children(reader, lints, &supported);
    clients(reader, lints, &supported);
    later_hierarchies(reader, lints, profile);
}

/// One warning for all the places at which a limit is passed.
struct Passed {
    code: &'static str,
    what: &'static str,
    limit: u64,
}

impl Passed {
    fn tell(self, reader: &mut Reader, lints: &Lints<'_, '_>, found: &[(SiteId, u64)], from: &str) {
        let over: Vec<(SiteId, u64)> =
            found.iter().copied().filter(|(_, count)| *count > self.limit).collect();
        let Some((worst, count)) =
            over.iter().copied().max_by_key(|(site, count)| (*count, std::cmp::Reverse(*site)))
        else {
            return;
        };
        let code = lints.code(worst);
        let message = format!(
            "{} {}, but {} are supported",
            in_threes(count),
            self.what,
            in_threes(self.limit)
        );
        let note =
            format!("`{code}` has the most of {}", counted(over.len(), "such site", "such sites"));
        let note = if over.len() == 1 { format!("at `{code}`") } else { note };
        reader
            .warning(self.code, lints.place_of(worst), message, note)
            .help(format!("documented for {}: {from}", lints.scenario.profile.word()))
            .help("the simulation goes on as if it could; a real server may not");
    }
}

fn sites(lints: &Lints<'_, '_>) -> impl Iterator<Item = SiteId> {
    (0..lints.scenario.sites.len() as u32).map(SiteId)
}

/// W0570, W0571: how many sites lie directly below one.
fn children(reader: &mut Reader, lints: &Lints<'_, '_>, supported: &Supported) {
    let below = |kind: SiteKind| -> Vec<(SiteId, u64)> {
        let of_kind = |child: &&SiteId| lints.scenario.sites[child.index()].kind == kind;
        sites(lints)
            .map(|site| {
                (site, lints.hierarchy.children(site).iter().filter(of_kind).count() as u64)
            })
            .collect()
    };
    if let Some(limit) = supported.child_primaries {
        let passed =
            Passed { code: "W0570", what: "child primaries of one site", limit: u64::from(limit) };
        passed.tell(reader, lints, &below(SiteKind::Primary), supported.from);
    }
    if let Some(limit) = supported.secondaries {
        let passed =
            Passed { code: "W0571", what: "secondaries below one site", limit: u64::from(limit) };
        passed.tell(reader, lints, &below(SiteKind::Secondary), supported.from);
    }
}

/// W0572, W0573, W0574: how many clients there are at one point, at one site and in all.
fn clients(reader: &mut Reader, lints: &Lints<'_, '_>, supported: &Supported) {
    let scenario = lints.scenario;
    let own = |site: SiteId| u64::from(scenario.sites[site.index()].clients.total());
    let total: u64 = sites(lints).map(own).sum();
    if total == 0 {
        return;
    }
    // H4: a point also serves the clients of secondaries without one below its site
    let served = |site: SiteId| -> u64 {
        let borrowing = lints.hierarchy.children(site).iter().filter(|child| {
            let child = &scenario.sites[child.index()];
            child.kind == SiteKind::Secondary && child.sup.is_none()
        });
        own(site) + borrowing.map(|child| own(*child)).sum::<u64>()
    };
    for (local, limit) in
        [(true, supported.clients_of_point.0), (false, supported.clients_of_point.1)]
    {
        let with_point = |site: &SiteId| {
            scenario.sites[site.index()].sup.as_ref().is_some_and(|point| point.local == local)
        };
        let found: Vec<(SiteId, u64)> =
            sites(lints).filter(with_point).map(|site| (site, served(site))).collect();
        let what = match local {
            true => "clients of a software update point on the site server",
            false => "clients of a software update point on a server of its own",
        };
        Passed { code: "W0572", what, limit }.tell(reader, lints, &found, supported.from);
    }
    for (kind, limit, what) in [
        (SiteKind::Primary, supported.clients_of_primary, "clients of a primary site"),
        (SiteKind::Secondary, supported.clients_of_secondary, "clients of a secondary site"),
    ] {
        let Some(limit) = limit else { continue };
        let of_kind = |site: &SiteId| scenario.sites[site.index()].kind == kind;
        let found: Vec<(SiteId, u64)> =
            sites(lints).filter(of_kind).map(|site| (site, own(site))).collect();
        Passed { code: "W0573", what, limit }.tell(reader, lints, &found, supported.from);
    }
    if let Some(limit) = supported.clients_of_hierarchy.filter(|limit| total > *limit) {
        let (total, most) = (in_threes(total), in_threes(limit));
        let message = format!("{total} clients in the hierarchy, but {most} are supported");
        reader
            .warning("W0574", lints.place(&["sites"]), message, "all sites together")
            .help(format!("documented for {}: {}", scenario.profile.word(), supported.from));
    }
}

/// W0575, W0577: what hierarchies from 2012 on no longer have.
fn later_hierarchies(reader: &mut Reader, lints: &Lints<'_, '_>, profile: Profile) {
    if !matches!(profile, Profile::Cm2012 | Profile::CmCurrent) {
        return;
    }
    let scenario = lints.scenario;
    let root = sites(lints).find(|site| scenario.sites[site.index()].parent.is_none());
    let has_primaries = |site: SiteId| {
        let primary = |child: &SiteId| scenario.sites[child.index()].kind == SiteKind::Primary;
        lints.hierarchy.children(site).iter().any(primary)
    };
    // a root without primaries below it is a stand-alone primary site, which has clients
    if let Some(root) =
        root.filter(|root| scenario.sites[root.index()].clients.total() > 0 && has_primaries(*root))
    {
        let note = "its clients belong to the primaries below it";
        let message = "a central administration site has no clients of its own";
        reader
            .warning("W0575", lints.place_of(root), message, note)
            .help("in Configuration Manager 2007 it had: write `profile: cm2007` for that");
    }
    let deep: Vec<SiteId> = sites(lints)
        .filter(|site| {
            let site = &scenario.sites[site.index()];
            site.kind == SiteKind::Primary
                && site
                    .parent
                    .is_some_and(|parent| scenario.sites[parent.index()].kind == SiteKind::Primary)
        })
        .collect();
    if let Some(first) = deep.first() {
        let message = format!(
            "{} below another primary site",
            counted(deep.len(), "primary site lies", "primary sites lie")
        );
        let note = format!("{} has three tiers at most", profile.word());
        reader.warning("W0577", lints.place_of(*first), message, note).help(format!(
            "put them below the central administration site: {}",
            lints.codes(&deep)
        ));
    }
}
