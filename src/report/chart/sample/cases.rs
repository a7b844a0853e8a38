//! The runs themselves, from nothing at all to names that try to do harm.

use super::*;

impl Sample {
    /// A hierarchy in which nothing happens.
    pub(crate) fn empty() -> Sample {
        let mut sample = Sample::new("nothing-happens");
        sample.site("CEN", "Headquarters", SiteKind::Central, None);
        sample
    }

    /// One site, one synchronisation.
    pub(crate) fn one_site() -> Sample {
        let mut sample = Sample::new("one-site");
        let central = sample.site("CEN", "Headquarters", SiteKind::Central, None);
        sample.sync(central, SCHEDULED, None, Steps { import: 150, ..USUAL }, None);
        sample
    }

    /// A central site with an internet-based point; one child fails once, and tries again.
    pub(crate) fn three_sites() -> Sample {
        let mut sample = Sample::new("three-sites");
        let central = sample.site("CEN", "Headquarters", SiteKind::Central, None);
        let first = sample.site("P01", "Chicago", SiteKind::Primary, Some(central));
        let second = sample.site("P02", "Berlin", SiteKind::Primary, Some(central));
        let down =
            sample.fault("emea-fibre-cut", &[second], SCHEDULED + 600, Some(SCHEDULED + 2_700));
        let steps = Steps { import: 150, internet: 90, ..USUAL };
        let end = sample.sync(central, SCHEDULED, None, steps, None);
        sample.sync(first, end + 4, Some((central, 1)), Steps { transfer: 260, ..USUAL }, None);
        let failed = sample.sync(second, end + 6, Some((central, 1)), USUAL, Some(down));
        let steps = Steps { transfer: 420, work: 300, ..USUAL };
        sample.sync(second, failed + HOUR, Some((second, 1)), steps, None);
        sample
    }

    /// Sixty sites on three tiers; a regional link is down over night, and a few branches are late.
    pub(crate) fn three_tiers() -> Sample {
        let mut sample = Sample::new("three-tiers");
        let cities = ["Chicago", "S\u{E3}o Paulo", "London", "Berlin", "Tokyo"];
        let central = sample.site("CEN", "Headquarters", SiteKind::Central, None);
        let end = sample.sync(central, SCHEDULED, None, Steps { import: 150, ..USUAL }, None);
        let mut primaries = Vec::new();
        for (place, city) in cities.iter().enumerate() {
            let code = format!("R{:02}", place + 1);
            primaries.push(sample.site(&code, city, SiteKind::Primary, Some(central)));
        }
        let mut branches = Vec::new();
        for number in 0..54_usize {
            let parent = primaries[number % 5];
            let name = format!("{} {}", cities[number % 5], number / 5 + 1);
            let code = format!("B{:02}", number + 1);
            branches.push((sample.site(&code, &name, SiteKind::Secondary, Some(parent)), number));
        }
        let down = sample.fault(
            "emea-fibre-cut",
            &[primaries[3]],
            SCHEDULED - 600,
            Some(SCHEDULED + 4_000),
        );
        let poor: Vec<SiteId> =
            branches.iter().filter(|(_, number)| number % 13 == 4).map(|(site, _)| *site).collect();
        let weak = sample.fault("vsat-rain", &poor, SCHEDULED + 1_000, Some(SCHEDULED + 6_000));
        let mut done = Vec::new();
        for (place, primary) in primaries.iter().enumerate() {
            let steps = Steps { transfer: 60 + 35 * place as u64, ..USUAL };
            let start = end + 3 + place as u64;
            if place == 3 {
                let failed = sample.sync(*primary, start, Some((central, 1)), steps, Some(down));
                let failed =
                    sample.sync(*primary, failed + HOUR, Some((*primary, 1)), steps, Some(down));
                done.push((
                    sample.sync(*primary, failed + HOUR, Some((*primary, 2)), steps, None),
                    3,
                ));
            } else {
                done.push((sample.sync(*primary, start, Some((central, 1)), steps, None), 1));
            }
        }
        for (site, number) in branches {
            let (end, attempt) = done[number % 5];
            let transfer = 90 + (number as u64 * 7_919) % 900;
            let steps = Steps { transfer, work: 150 + (number as u64 * 104_729) % 500, ..USUAL };
            let by = Some((primaries[number % 5], attempt));
            let start = end + 2 + number as u64 % 20;
            if poor.contains(&site) {
                let failed = sample.sync(site, start, by, steps, Some(weak));
                sample.sync(site, failed + HOUR, Some((site, 1)), steps, None);
            } else {
                sample.sync(site, start, by, steps, None);
            }
        }
        sample
    }

    /// A central site with very many children.
    pub(crate) fn wide(count: u32) -> Sample {
        let mut sample = Sample::new("wide");
        let central = sample.site("CEN", "Headquarters", SiteKind::Central, None);
        let end = sample.sync(central, SCHEDULED, None, Steps { import: 150, ..USUAL }, None);
        for number in 1..count {
            let code = format!("S{number:04}");
            let site = sample.site(&code, "", SiteKind::Primary, Some(central));
            let transfer = 60 + u64::from(number) * 7_919 % 5_000;
            // numbered by hand: counting earlier attempts would take the square of the time
            let mut own = Sample::new("");
            own.sync(site, end + 2, Some((central, 1)), Steps { transfer, ..USUAL }, None);
            sample.attempts.append(&mut own.attempts);
        }
        sample
    }

    /// Sixty children, most of which fail every hour until the end of the run.
    pub(crate) fn storm() -> Sample {
        let mut sample = Sample::new("storm");
        let central = sample.site("CEN", "Headquarters", SiteKind::Central, None);
        let end = sample.sync(central, SCHEDULED, None, Steps { import: 150, ..USUAL }, None);
        let sites: Vec<SiteId> = (1..=60)
            .map(|number| {
                let code = format!("P{number:02}");
                sample.site(&code, "Branch", SiteKind::Primary, Some(central))
            })
            .collect();
        let down = sample.fault("upstream-gone", &sites, SCHEDULED + 60, None);
        for (place, site) in sites.into_iter().enumerate() {
            let mut own = Sample::new("");
            let mut start = end + 2 + 40 * place as u64;
            if place % 6 == 5 {
                own.sync(site, start, Some((central, 1)), USUAL, None);
            } else {
                let mut by = (central, 1);
                while start < 14 * 24 * HOUR {
                    let failed = own.sync(site, start, Some(by), USUAL, Some(down));
                    by = (site, own.attempts.len() as u32);
                    start = failed + HOUR;
                }
            }
            sample.attempts.append(&mut own.attempts);
        }
        sample
    }

    /// One branch that fails every hour for six days before it succeeds.
    pub(crate) fn patience() -> Sample {
        let mut sample = Sample::new("patience");
        let central = sample.site("CEN", "Headquarters", SiteKind::Central, None);
        let branch = sample.site("S01", "Spitsbergen", SiteKind::Secondary, Some(central));
        let down = sample.fault("cable-cut", &[branch], PUBLISHED, Some(SCHEDULED + 6 * 24 * HOUR));
        let end = sample.sync(central, SCHEDULED, None, Steps { import: 150, ..USUAL }, None);
        let (mut start, mut by) = (end + 5, (central, 1));
        for number in 1..=140 {
            start = sample.sync(branch, start, Some(by), USUAL, Some(down)) + HOUR;
            by = (branch, number);
        }
        sample.sync(branch, start, Some(by), USUAL, None);
        sample
    }

    /// Names that would break a careless document, and names that are far too long.
    pub(crate) fn hostile() -> Sample {
        let mut sample = Sample::three_sites();
        let names = [
            ("<script>&\"", "]]></text><script>alert(1)</script>"),
            ("P01' onload='x", "&amp;&#0;\u{0}\u{1B}[31m\u{202E}\u{FFFF}"),
            (
                "WWWWWWWWWWWWWWWWWWWWWWWWWWWW",
                "\u{6771}\u{4EAC}\u{652F}\u{5E97} \u{1F30D} Ωmega Łódź",
            ),
        ];
        for (site, (code, name)) in sample.scenario.sites.iter_mut().zip(names) {
            (site.code, site.name) = (code.to_owned(), name.repeat(4));
        }
        sample.scenario.name = "<b>\"&'".repeat(60);
        sample.scenario.catalogue.releases[0].name = "</svg>".repeat(60);
        sample.scenario.faults[0].name = "<!-- ".repeat(60);
        sample
    }
}
