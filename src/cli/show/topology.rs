//! `supsim show topology`: the tree, leaves that are alike in one line.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::grid::plain;
use super::sites::{self, internet_point, kind};
use super::{Shown, counted};
use crate::report::Look;
use crate::scenario::{Hierarchy, Scenario, SiteKind};
use crate::units::SiteId;

/// So many leaves below one site are shown one by one.
const FEW: usize = 3;

pub(super) fn show(scenario: &Scenario, expand: bool, look: Look) -> Shown {
    let hierarchy = scenario.hierarchy();
    let tree = Tree { scenario, hierarchy: &hierarchy, expand, look };
    let mut lines = Vec::new();
    let root = hierarchy.top_down().first().copied();
    if let Some(root) = root {
        tree.draw(root, "", "", &mut lines);
    }
    let width = |cells: &dyn Fn(&Line) -> &str| {
        lines.iter().map(|line| cells(line).chars().count()).max().unwrap_or(0)
    };
    let widths = [
        width(&|line| &line.name),
        width(&|line| line.kind),
        width(&|line| &line.zone),
        width(&|line| &line.link),
    ];
    let mut human = String::new();
    for line in &lines {
        let [name, kind, zone, link] = widths;
        let row = format!(
            "{:<name$}  {:<kind$}  {:<zone$}  {:<link$}  {}",
            line.name, line.kind, line.zone, line.link, line.rest
        );
        let _ = writeln!(human, "{}", row.trim_end());
    }
    human += &tree.totals();
    Shown { grid: sites::table(scenario), human }
}

/// A site in the tree.
struct Line {
    name: String,
    kind: &'static str,
    zone: String,
    link: String,
    rest: String,
}

struct Tree<'s> {
    scenario: &'s Scenario,
    hierarchy: &'s Hierarchy,
    expand: bool,
    look: Look,
}

impl Tree<'_> {
    /// A site, and below it what hangs on it.
    fn draw(&self, site: SiteId, branch: &str, below: &str, lines: &mut Vec<Line>) {
        let children = self.hierarchy.children(site);
        let is_leaf = |child: &&SiteId| self.hierarchy.children(**child).is_empty();
        let leaves: Vec<SiteId> = children.iter().filter(is_leaf).copied().collect();
        let together = !self.expand && leaves.len() > FEW;
        lines.push(self.line(site, branch, if together { &leaves } else { &[] }));
        let drawn: Vec<SiteId> =
            children.iter().filter(|child| !together || !is_leaf(child)).copied().collect();
        let [tee, corner, bar] = match self.look.ascii {
            true => ["|- ", "`- ", "|  "],
            false => ["├─ ", "└─ ", "│  "],
        };
        for (number, child) in drawn.iter().enumerate() {
            let last = number + 1 == drawn.len();
            let branch = format!("{below}{}", if last { corner } else { tee });
            let below = format!("{below}{}", if last { "   " } else { bar });
            self.draw(*child, &branch, &below, lines);
        }
    }

    fn line(&self, site: SiteId, branch: &str, leaves: &[SiteId]) -> Line {
        let described = &self.scenario.sites[site.index()];
        let name = plain(&format!("{} {}", described.code, described.name), self.look);
        let mut rest = Vec::new();
        if described.sup.is_none() {
            rest.push("no software update point".to_owned());
        }
        if described.internet_sup.is_some() {
            let server = match internet_point(described) {
                server if server == "yes" => String::new(),
                server => format!(" {server}"),
            };
            rest.push(plain(&format!("+ internet-based point{server}"), self.look));
        }
        if described.clients.total() > 0 {
            rest.push(counted(described.clients.total() as usize, "client", "clients"));
        }
        if !leaves.is_empty() {
            rest.push(self.together(leaves));
        }
        Line {
            name: format!("{branch}{}", name.trim_end()),
            kind: kind(described.kind),
            zone: city(described.zone.name()),
            link: self.link(site),
            rest: rest.join("  "),
        }
    }

    /// `22 secondaries  B01…B0M   13 wan-2m  7 wan-512k  2 vsat`.
    fn together(&self, leaves: &[SiteId]) -> String {
        let mut kinds: BTreeMap<SiteKind, usize> = BTreeMap::new();
        let mut links: BTreeMap<String, usize> = BTreeMap::new();
        for leaf in leaves {
            *kinds.entry(self.scenario.sites[leaf.index()].kind).or_default() += 1;
            let link = self.link(*leaf);
            if !link.is_empty() {
                *links.entry(link).or_default() += 1;
            }
        }
        let kinds: Vec<String> = kinds
            .into_iter()
            .map(|(kind, count)| match kind {
                SiteKind::Central => counted(count, "central site", "central sites"),
                SiteKind::Primary => counted(count, "primary", "primaries"),
                SiteKind::Secondary => counted(count, "secondary", "secondaries"),
            })
            .collect();
        let code = |site: Option<&SiteId>| {
            site.map_or("", |site| self.scenario.sites[site.index()].code.as_str())
        };
        let dots = if self.look.ascii { ".." } else { "…" };
        let mut words =
            format!("{}  {}{dots}{}", kinds.join(", "), code(leaves.first()), code(leaves.last()));
        let mut links: Vec<(usize, String)> =
            links.into_iter().map(|(link, count)| (count, link)).collect();
        links.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
        for (position, (count, link)) in links.into_iter().enumerate() {
            words += &format!("{}{count} {link}", if position == 0 { "   " } else { "  " });
        }
        words
    }

    fn link(&self, site: SiteId) -> String {
        let link = self.scenario.sites[site.index()].link;
        let name = link.map(|link| self.scenario.links[link.index()].name.as_str());
        plain(name.unwrap_or_default(), self.look)
    }

    /// How many of what there are, and how that is to what is documented.
    fn totals(&self) -> String {
        let sites = &self.scenario.sites;
        let depth = sites.iter().map(|site| site.tier).max().unwrap_or(0);
        let with_link = sites.iter().filter(|site| site.link.is_some()).count();
        let mut text = format!(
            "{}, {} deep, {with_link} with a link",
            counted(sites.len(), "site", "sites"),
            counted(depth as usize, "tier", "tiers"),
        );
        let leaves = |site: &SiteId| {
            let leaf = |child: &&SiteId| self.hierarchy.children(**child).is_empty();
            self.hierarchy.children(*site).iter().filter(leaf).count()
        };
        if !self.expand && self.hierarchy.top_down().iter().any(|site| leaves(site) > FEW) {
            text += "       --expand lists every site";
        }
        text.push('\n');
        let supported = self.scenario.profile.supported();
        let most = |kind: SiteKind| {
            let of_kind = |child: &&SiteId| sites[child.index()].kind == kind;
            let below =
                |site: &SiteId| self.hierarchy.children(*site).iter().filter(of_kind).count();
            self.hierarchy.top_down().iter().map(below).max().unwrap_or(0)
        };
        let mut limits = Vec::new();
        let mut within = true;
        for (kind, limit, words) in [
            (SiteKind::Primary, supported.child_primaries, "child primaries of one site"),
            (SiteKind::Secondary, supported.secondaries, "secondaries below one site"),
        ] {
            if let Some(limit) = limit.filter(|_| most(kind) > 0) {
                within &= most(kind) <= limit as usize;
                limits.push(format!("{} of {limit} {words}", most(kind)));
            }
        }
        if !limits.is_empty() {
            let verdict = if within { "within" } else { "NOT within" };
            let profile = self.scenario.profile.word();
            let _ =
                writeln!(text, "{verdict} documented limits of {profile}: {}", limits.join(", "));
        }
        text
    }
}

/// `New_York` of `America/New_York`.
fn city(zone: &str) -> String {
    zone.rsplit('/').next().unwrap_or(zone).to_owned()
}
