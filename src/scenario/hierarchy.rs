//! The sites as one tree (H1), and which of them is the top-level site (H3).

use petgraph::Direction;
use petgraph::algo::{kosaraju_scc, toposort};
use petgraph::graph::{DiGraph, NodeIndex};

use super::{Scenario, Site};
use crate::units::SiteId;

/// The tree of a scenario's sites, its edges from parent to child.
#[derive(Clone, Debug)]
pub struct Hierarchy {
    graph: DiGraph<SiteId, ()>,
    children: Vec<Vec<SiteId>>,
    parents: Vec<Option<SiteId>>,
    tiers: Vec<u32>,
    top_down: Vec<SiteId>,
    top_level: Option<SiteId>,
    below_top_level: Vec<bool>,
}

impl Hierarchy {
    /// The children of a site, in the order of their numbers.
    pub fn children(&self, site: SiteId) -> &[SiteId] {
        &self.children[site.index()]
    }

    /// The parent of a site; `None` at the root.
    pub fn parent(&self, site: SiteId) -> Option<SiteId> {
        self.parents[site.index()]
    }

    /// 1 at the root, one more below.
    pub fn tier(&self, site: SiteId) -> u32 {
        self.tiers[site.index()]
    }

    /// The highest site with an active software update point (H3); `None` when there is none.
    pub fn top_level(&self) -> Option<SiteId> {
        self.top_level
    }

    /// Is it the top-level site, or does it lie below it?
    pub fn within_top_level(&self, site: SiteId) -> bool {
        self.below_top_level[site.index()]
    }

    /// Every site, each after its parent.
    pub fn top_down(&self) -> &[SiteId] {
        &self.top_down
    }

    /// The tree itself, for drawing and for further algorithms.
    pub fn graph(&self) -> &DiGraph<SiteId, ()> {
        &self.graph
    }
}

impl Scenario {
    /// The tree of the sites.
    pub fn hierarchy(&self) -> Hierarchy {
        let tree = Tree::of(&self.sites);
        let top_level = top_level(&self.sites);
        let mut below_top_level = vec![false; self.sites.len()];
        for site in &tree.top_down {
            let parent = self.sites[site.index()].parent;
            let inside = parent.is_some_and(|parent| below_top_level[parent.index()]);
            below_top_level[site.index()] = inside || Some(*site) == top_level;
        }
        Hierarchy {
            children: tree.children,
            parents: self.sites.iter().map(|site| site.parent).collect(),
            tiers: self.sites.iter().map(|site| site.tier).collect(),
            top_down: tree.top_down,
            graph: tree.graph,
            top_level,
            below_top_level,
        }
    }

    /// The highest site with an active software update point (H3).
    pub fn top_level(&self) -> Option<SiteId> {
        top_level(&self.sites)
    }
}

/// H3: the site with a software update point that is nearest to the root; the first of several.
pub(super) fn top_level(sites: &[Site]) -> Option<SiteId> {
    let with_point = sites.iter().enumerate().filter(|(_, site)| site.sup.is_some());
    with_point.min_by_key(|(number, site)| (site.tier, *number)).map(|(number, _)| id(number))
}

/// What the parents alone say; also of sites that are not a tree.
pub(super) struct Tree {
    pub graph: DiGraph<SiteId, ()>,
    pub children: Vec<Vec<SiteId>>,
    /// Every site that hangs on a root, each after its parent.
    pub top_down: Vec<SiteId>,
}

impl Tree {
    pub fn of(sites: &[Site]) -> Tree {
        let mut graph = DiGraph::with_capacity(sites.len(), sites.len());
        let nodes: Vec<NodeIndex> =
            (0..sites.len()).map(|number| graph.add_node(id(number))).collect();
        let mut children = vec![Vec::new(); sites.len()];
        for (number, site) in sites.iter().enumerate() {
            if let Some(parent) = site.parent {
                graph.add_edge(nodes[parent.index()], nodes[number], ());
                children[parent.index()].push(id(number));
            }
        }
        let mut top_down: Vec<SiteId> =
            graph.externals(Direction::Incoming).map(|node| graph[node]).collect();
        let mut next = 0;
        while next < top_down.len() {
            top_down.extend_from_slice(&children[top_down[next].index()]);
            next += 1;
        }
        Tree { graph, children, top_down }
    }

    /// Writes the tier of every site that hangs on a root; 0 to the others.
    pub fn number_tiers(&self, sites: &mut [Site]) {
        for site in sites.iter_mut() {
            site.tier = 0;
        }
        for site in &self.top_down {
            let above = sites[site.index()].parent.map_or(0, |parent| sites[parent.index()].tier);
            sites[site.index()].tier = above + 1;
        }
    }

    /// Every cycle, each from its lowest number, child after parent.
    pub fn cycles(&self) -> Vec<Vec<SiteId>> {
        if toposort(&self.graph, None).is_ok() {
            return Vec::new();
        }
        let on_a_cycle = |group: &Vec<NodeIndex>| {
            group.len() > 1 || self.graph.find_edge(group[0], group[0]).is_some()
        };
        let mut cycles: Vec<Vec<SiteId>> = kosaraju_scc(&self.graph)
            .into_iter()
            .filter(on_a_cycle)
            .map(|group| self.in_order(&group))
            .collect();
        cycles.sort_unstable();
        cycles
    }

    /// A site has one parent, so a strongly connected group is one ring.
    fn in_order(&self, group: &[NodeIndex]) -> Vec<SiteId> {
        let inside: std::collections::BTreeSet<NodeIndex> = group.iter().copied().collect();
        let start = group.iter().copied().min().unwrap_or_default();
        let mut ring = Vec::new();
        let mut at = start;
        loop {
            ring.push(self.graph[at]);
            let next = self.graph.neighbors(at).find(|child| inside.contains(child));
            match next {
                Some(next) if next != start => at = next,
                _ => return ring,
            }
        }
    }
}

/// The number of a site.
pub(super) fn id(number: usize) -> SiteId {
    SiteId(u32::try_from(number).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use crate::scenario::{Overrides, Scenario};
    use crate::units::SiteId;

    fn read(sites: &str) -> Scenario {
        let text = format!(
            "supsim: 1\nkind: scenario\nname: tree\nstart: 2026-01-01 00:00\nsites:\n{sites}"
        );
        Scenario::parse("tree.yaml", &text, &Overrides::default())
            .unwrap_or_else(|report| panic!("{report}"))
            .0
    }

    #[test]
    fn a_child_may_stand_before_its_parent() {
        let scenario = read("  LOW: { parent: MID }\n  MID: { parent: TOP }\n  TOP: {}\n");
        let tree = scenario.hierarchy();
        assert_eq!(tree.top_down(), [SiteId(2), SiteId(1), SiteId(0)]);
        assert_eq!(tree.tier(SiteId(0)), 3);
        assert_eq!(tree.children(SiteId(2)), [SiteId(1)]);
        assert_eq!(tree.parent(SiteId(0)), Some(SiteId(1)));
        assert_eq!(tree.graph().edge_count(), 2);
    }

    #[test]
    fn the_top_level_site_is_the_highest_with_a_point_and_need_not_be_the_root() {
        let scenario = read(
            "  TOP: { sup: none }\n  ONE: { parent: TOP }\n  LOW: { parent: ONE }\n  TWO: { parent: TOP, sup: none }\n",
        );
        let tree = scenario.hierarchy();
        assert_eq!(tree.top_level(), Some(SiteId(1)));
        assert_eq!(scenario.top_level(), Some(SiteId(1)));
        let inside: Vec<bool> = (0..4).map(|site| tree.within_top_level(SiteId(site))).collect();
        assert_eq!(inside, [false, true, true, false]);
    }

    #[test]
    fn every_cycle_is_shown_whole() {
        let text = "supsim: 1\nkind: scenario\nname: tree\nstart: 2026-01-01 00:00\nsites:\n  TOP: {}\n  AAA: { parent: CCC }\n  BBB: { parent: AAA }\n  CCC: { parent: BBB }\n  SLF: { parent: SLF }\n";
        let report =
            Scenario::parse("tree.yaml", text, &Overrides::default()).unwrap_err().to_string();
        assert!(report.contains("AAA > BBB > CCC > AAA"), "{report}");
        assert!(report.contains("SLF > SLF"), "{report}");
    }
}
