//! The hierarchy as operations change it: where each site lies, and which have a point.
//!
//! The rules (H1-H3) are written down here a second time, so that the program is held against them.

use std::fmt;

use super::plan::{Plan, What, When};

/// What an administrator does to the hierarchy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reshape {
    Move { site: String, under: String },
    Install { site: String },
    Remove { site: String },
}

impl Reshape {
    /// Is it about that site?
    pub fn names(&self, code: &str) -> bool {
        match self {
            Reshape::Move { site, under } => site == code || under == code,
            Reshape::Install { site } | Reshape::Remove { site } => site == code,
        }
    }
}

/// In the words of the language.
impl fmt::Display for Reshape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Reshape::Move { site, under } => {
                write!(f, "{{ move_site: {{ site: {site}, under: {under} }} }}")
            }
            Reshape::Install { site } => write!(f, "{{ install_sup: {{ site: {site} }} }}"),
            Reshape::Remove { site } => write!(f, "{{ remove_sup: {{ site: {site} }} }}"),
        }
    }
}

/// How the sites of a plan stand to one another at an instant; sites by their place in the plan.
#[derive(Clone, Debug)]
pub struct Shape {
    codes: Vec<String>,
    secondary: Vec<bool>,
    internet: Vec<bool>,
    top: usize,
    pub parents: Vec<Option<usize>>,
    pub points: Vec<bool>,
    /// Points that are not those of the start.
    pub installed: Vec<bool>,
}

impl Shape {
    /// At the start.
    pub fn of(plan: &Plan) -> Self {
        let places = &plan.places;
        Self {
            codes: places.iter().map(|place| place.code.clone()).collect(),
            secondary: places.iter().map(|place| place.secondary).collect(),
            internet: places.iter().map(|place| place.internet).collect(),
            top: plan.top(),
            parents: places.iter().map(|place| place.parent).collect(),
            points: places.iter().map(|place| place.point).collect(),
            installed: vec![false; places.len()],
        }
    }

    fn site(&self, code: &str) -> usize {
        self.codes.iter().position(|one| one == code).expect("a plan names only its own sites")
    }

    /// A site, its parent, and so on. While a plan is being made smaller a move may be left that
    /// leads round in a circle, until the scenario is refused for it.
    fn upwards(&self, site: usize) -> impl Iterator<Item = usize> + '_ {
        std::iter::successors(Some(site), |site| self.parents[*site]).take(self.parents.len())
    }

    /// Is a site that one, or below it?
    pub fn is_within(&self, site: usize, above: usize) -> bool {
        self.upwards(site).any(|one| one == above)
    }

    /// The sites at and below one.
    pub fn below(&self, code: &str) -> Vec<bool> {
        let above = self.site(code);
        (0..self.parents.len()).map(|site| self.is_within(site, above)).collect()
    }

    /// H1-H3: may this be done?
    pub fn allows(&self, reshape: &Reshape) -> bool {
        match reshape {
            Reshape::Move { site, under } => {
                let (site, under) = (self.site(site), self.site(under));
                let settled = self.is_within(self.top, site) || self.is_within(under, site);
                let leaf = self.secondary[under];
                let starves = self.points[site] && !self.points[under];
                !settled && !leaf && !starves && self.parents[site] != Some(under)
            }
            Reshape::Install { site } => {
                let site = self.site(site);
                let fed = self.parents[site].is_some_and(|parent| self.points[parent]);
                !self.points[site] && fed && self.is_within(site, self.top)
            }
            Reshape::Remove { site } => {
                let site = self.site(site);
                let feeds = |child: usize| self.parents[child] == Some(site) && self.points[child];
                let needed = (0..self.parents.len()).any(feeds) || self.internet[site];
                self.points[site] && site != self.top && !needed
            }
        }
    }

    pub fn apply(&mut self, reshape: &Reshape) {
        match reshape {
            Reshape::Move { site, under } => {
                let (site, under) = (self.site(site), self.site(under));
                self.parents[site] = Some(under);
            }
            Reshape::Install { site } => {
                let site = self.site(site);
                (self.points[site], self.installed[site]) = (true, true);
            }
            Reshape::Remove { site } => {
                let site = self.site(site);
                (self.points[site], self.installed[site]) = (false, false);
            }
        }
    }

    /// How many tiers there are, and how many children a site has at most.
    pub fn extent(&self) -> (u64, u64) {
        let tiers = (0..self.parents.len()).map(|site| self.upwards(site).count()).max();
        let children = |parent| self.parents.iter().filter(|one| **one == Some(parent)).count();
        let most = (0..self.parents.len()).map(children).max();
        (tiers.unwrap_or(1) as u64, most.unwrap_or(0) as u64)
    }
}

impl Plan {
    /// What changes the hierarchy and when, in the order in which it is done.
    fn reshapes(&self) -> Vec<(u64, &str, &Reshape)> {
        let reshapes = self.flaws.iter().filter_map(|flaw| match (&flaw.what, &flaw.when) {
            (What::Reshapes(reshape), When::At(at)) => Some((*at, flaw.name.as_str(), reshape)),
            _ => None,
        });
        let mut reshapes: Vec<_> = reshapes.collect();
        reshapes.sort_by_key(|(at, name, _)| (*at, *name));
        reshapes
    }

    /// The hierarchy at the start and after each change of it.
    pub fn shapes(&self) -> Vec<Shape> {
        let mut shapes = vec![Shape::of(self)];
        for (_, _, reshape) in self.reshapes() {
            let mut next = shapes[shapes.len() - 1].clone();
            next.apply(reshape);
            shapes.push(next);
        }
        shapes
    }

    /// The hierarchy when an operation of that name is done then.
    pub fn shape_at(&self, at: u64, name: &str) -> Shape {
        let before = |one: &(u64, &str, &Reshape)| (one.0, one.1) < (at, name);
        let mut shape = Shape::of(self);
        self.reshapes().into_iter().take_while(before).for_each(|(_, _, one)| shape.apply(one));
        shape
    }

    pub fn last_shape(&self) -> Shape {
        self.shapes().pop().expect("there is one at the start")
    }
}
