//! The shared logs, held against plain maps of revisions.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::*;
use crate::store::{Contents, Lot};
use crate::units::Instant;

const SITES: usize = 4;
const BASELINE: u32 = 12;
const BESIDES: u32 = 3;
const TOP: usize = 0;

/// What a database holds, told naively: the newest revision of each update.
type Plain = BTreeMap<UpdateId, RevisionId>;

/// What a release of the test changes, and whose it is: 0 and 1 two products of the source, 2 what
/// is published locally.
type Told = ((u32, u32, u32, u32, u32), u8);

fn catalogue(releases: &[Told]) -> Arc<Catalogue> {
    let mut catalogue = Catalogue::with_baseline(BASELINE, Bytes(1_200));
    catalogue.add_lot(&Lot {
        updates: BESIDES,
        metadata: Bytes(77),
        product: "Office",
        classification: "Updates",
    });
    for &((updates, revised, superseded, expired, removed), whose) in releases {
        catalogue.add_release(&Contents {
            at: Instant::START,
            updates,
            changes: [
                (Change::Revised, revised),
                (Change::Superseded, superseded),
                (Change::Expired, expired),
                (Change::Removed, removed),
            ],
            metadata: Bytes(999),
            product: ["Windows", "Office", "Local Publisher"][usize::from(whose)],
            classification: "Updates",
            local: whose == 2,
        });
    }
    Arc::new(catalogue)
}

/// Eight different criteria: which of three products are asked for.
fn criteria(catalogue: &Catalogue, which: u8) -> Criteria {
    let all = ["Windows", "Office", "Local Publisher"];
    let chosen = (0..3).filter(|one| which & (1 << one) != 0).map(|one: usize| all[one].to_owned());
    Criteria::of(catalogue, Some(&chosen.collect::<Vec<_>>()), None)
}

fn take(plain: &mut Plain, catalogue: &Catalogue, revision: RevisionId) {
    let held = plain.entry(catalogue.revision(revision).update).or_insert(revision);
    *held = (*held).max(revision);
}

/// What can happen to the stores of a chain of four sites.
#[derive(Clone, Debug)]
enum Step {
    Publish,
    Criteria {
        which: u8,
    },
    /// What is pulled is committed only after `meanwhile` has happened, or never.
    PullTop {
        meanwhile: Option<u8>,
        fails: bool,
    },
    Import {
        full: bool,
    },
    Pull {
        site: u32,
    },
    Insert {
        site: u32,
    },
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let meanwhile = proptest::option::of(0..8u8);
    let step = prop_oneof![
        2 => Just(Step::Publish),
        1 => (0..8u8).prop_map(|which| Step::Criteria { which }),
        2 => (meanwhile, proptest::bool::weighted(0.2))
            .prop_map(|(meanwhile, fails)| Step::PullTop { meanwhile, fails }),
        2 => any::<bool>().prop_map(|full| Step::Import { full }),
        2 => (1..SITES as u32).prop_map(|site| Step::Pull { site }),
        2 => (1..SITES as u32).prop_map(|site| Step::Insert { site }),
    ];
    proptest::collection::vec(step, 1..120)
}

fn told() -> impl Strategy<Value = Vec<Told>> {
    let changes = (1..5u32, 0..4u32, 0..3u32, 0..3u32, 0..2u32);
    proptest::collection::vec((changes, 0..3u8), 1..10)
}

/// The same hierarchy told naively: each database is a map of its own, and a set of revisions says
/// what the top-level WSUS has ever taken.
struct Naive {
    wsus: Vec<Plain>,
    database: Vec<Plain>,
    /// The revisions that the top-level WSUS and database have taken.
    taken: [BTreeSet<RevisionId>; 2],
    published: u32,
    next_release: usize,
    packages: Vec<Plain>,
    /// The criteria that are in force, and those that will be.
    criteria: (Criteria, Criteria),
}

impl Naive {
    fn matching(&self, catalogue: &Catalogue, upto: u32) -> Vec<RevisionId> {
        let all = (0..upto).map(RevisionId);
        let asked_for = |id: &RevisionId| {
            let revision = catalogue.revision(*id);
            !revision.local && self.criteria.0.matches(revision)
        };
        all.filter(asked_for).collect()
    }

    fn take(&mut self, catalogue: &Catalogue, part: usize, id: RevisionId) {
        let plain = if part == 0 { &mut self.wsus[TOP] } else { &mut self.database[TOP] };
        take(plain, catalogue, id);
        self.taken[part].insert(id);
    }
}

proptest! {
    #[test]
    fn p2_p4_u2_u3_sharing_holds_what_plain_maps_hold(
        steps in steps(), releases in told(), current in any::<bool>(), first in 0..9u8,
    ) {
        let catalogue = catalogue(&releases);
        // The ninth are none at all: everything is asked for.
        let first_criteria = if first == 8 { Criteria::default() } else { criteria(&catalogue, first) };
        let before = BASELINE + BESIDES;
        let (mut stores, holdings) = match current {
            true => Stores::current(catalogue.clone(), before, first_criteria.clone()),
            false => {
                let stores = Stores::empty(catalogue.clone(), before, first_criteria.clone());
                (stores, Holdings::default())
            }
        };
        let mut held = [holdings; SITES];
        let mut naive = Naive {
            wsus: vec![Plain::new(); SITES],
            database: vec![Plain::new(); SITES],
            taken: [BTreeSet::new(), BTreeSet::new()],
            published: before,
            next_release: 0,
            packages: Vec::new(),
            criteria: (first_criteria.clone(), first_criteria),
        };
        if current {
            for id in naive.matching(&catalogue, before) {
                naive.take(&catalogue, 0, id);
                naive.take(&catalogue, 1, id);
            }
            naive.wsus = vec![naive.wsus[TOP].clone(); SITES];
            naive.database = vec![naive.database[TOP].clone(); SITES];
        }
        let first_version = u32::from(current);
        for step in steps {
            match step {
                Step::Publish if naive.next_release < releases.len() => {
                    let release = ReleaseId(naive.next_release as u32);
                    naive.next_release += 1;
                    naive.published = catalogue.release(release).end;
                    if releases[release.index()].1 == 2 {
                        // U3: at once, and only into WSUS.
                        stores.publish_locally(release, &mut held[TOP]);
                        for id in catalogue.release(release) {
                            naive.take(&catalogue, 0, RevisionId(id));
                        }
                    } else {
                        stores.publish(release);
                    }
                }
                Step::Publish => {}
                Step::Criteria { which } => {
                    naive.criteria.1 = criteria(&catalogue, which);
                    stores.set_criteria(naive.criteria.1.clone());
                }
                Step::PullTop { meanwhile, fails } => {
                    // U2: what was changed before takes effect now, what is changed now does not.
                    naive.criteria.0 = naive.criteria.1.clone();
                    stores.adopt_criteria();
                    let pull = stores.pull_from_source();
                    let asked = naive.matching(&catalogue, naive.published);
                    if let Some(which) = meanwhile {
                        naive.criteria.1 = criteria(&catalogue, which);
                        stores.set_criteria(naive.criteria.1.clone());
                    }
                    let new = asked.iter().filter(|id| !naive.taken[0].contains(id)).count();
                    prop_assert_eq!(pull.updates as usize, new, "what is new and asked for");
                    if !fails {
                        stores.commit_from_source(&mut held[TOP], pull);
                        asked.into_iter().for_each(|id| naive.take(&catalogue, 0, id));
                    }
                }
                Step::Import { full } => {
                    let comparison = stores.compare(&held[TOP], full);
                    let before = stores.database(&held[TOP]).content_version();
                    let changes = comparison.updates();
                    let after = stores.apply(&mut held[TOP], comparison);
                    // P5: the version rises by one exactly when something changed.
                    prop_assert_eq!(after, before + u32::from(changes > 0));
                    // P4: a full one applies everything that WSUS has taken, a delta what was
                    // released; U3: what is local only while it is asked for.
                    for id in naive.taken[0].clone() {
                        let revision = catalogue.revision(id);
                        let is_wanted = full || revision.change == Change::Released;
                        if is_wanted && (!revision.local || naive.criteria.0.matches(revision)) {
                            naive.take(&catalogue, 1, id);
                        }
                    }
                    if after > before {
                        naive.packages.push(naive.database[TOP].clone());
                    }
                }
                Step::Pull { site } => {
                    let anchor = stores.wsus(&held[site as usize]).anchor();
                    let pull = stores.wsus(&held[site as usize - 1]).since(anchor);
                    held[site as usize].commit(pull);
                    naive.wsus[site as usize] = naive.wsus[site as usize - 1].clone();
                }
                Step::Insert { site } => {
                    let version = stores.database(&held[site as usize]).content_version();
                    let above = stores.database(&held[site as usize - 1]).content_version();
                    if version < above {
                        held[site as usize].insert(version + 1);
                        naive.database[site as usize] =
                            naive.packages[(version + 1 - first_version - 1) as usize].clone();
                    }
                }
            }
            prop_assert_eq!(stores.known_updates() as usize, naive.wsus[TOP].len());
            for (site, held) in held.iter().enumerate() {
                for update in (0..catalogue.updates()).map(UpdateId) {
                    prop_assert_eq!(
                        stores.wsus(held).held(update),
                        naive.wsus[site].get(&update).copied(),
                        "WSUS of site {}, update {:?}", site, update
                    );
                    prop_assert_eq!(
                        stores.database(held).held(update),
                        naive.database[site].get(&update).copied(),
                        "database of site {}, update {:?}", site, update
                    );
                }
            }
        }
    }
}

#[test]
fn a_release_has_arrived_when_all_of_it_has() {
    let catalogue = catalogue(&[((3, 2, 0, 0, 0), 0), ((1, 0, 0, 0, 0), 0)]);
    let (mut stores, mut top) = Stores::current(catalogue, BASELINE + BESIDES, Criteria::default());
    stores.publish(ReleaseId(0));
    stores.publish(ReleaseId(1));
    let before = stores.wsus(&top).anchor();
    stores.commit_from_source(&mut top, stores.pull_from_source());
    let after = stores.wsus(&top).anchor();
    let releases = |found: &[(u32, ReleaseId)]| found.iter().map(|one| one.1.0).collect::<Vec<_>>();
    assert_eq!(releases(stores.arrived_in_wsus(before, after)), [0, 1]);
    assert!(stores.arrived_in_wsus(after, after).is_empty());

    // P4: a delta leaves the revised updates of release 0 behind; only a full one completes it.
    let delta = stores.compare(&top, false);
    let version = stores.apply(&mut top, delta);
    assert_eq!(releases(stores.arrived_in_database(version)), [1]);
    let full = stores.compare(&top, true);
    let version = stores.apply(&mut top, full);
    assert_eq!(releases(stores.arrived_in_database(version)), [0]);
    assert_eq!(stores.package(version), (2, Bytes(399)));
}

#[test]
fn ten_thousand_sites_with_a_hundred_thousand_updates_share_one_log() {
    let catalogue = Arc::new(Catalogue::with_baseline(100_000, Bytes(6_000_000_000)));
    let (stores, first) = Stores::current(catalogue, 100_000, Criteria::default());
    let mut sites = vec![first; 10_000];
    assert_eq!(stores.wsus(&sites[9_999]).held(UpdateId(77)), Some(RevisionId(77)));
    let pull = stores.wsus(&sites[0]).since(stores.wsus(&sites[9_999]).anchor());
    sites[9_999].commit(pull);
    assert!(size_of::<Holdings>() * sites.len() < 1 << 20, "what a site holds takes a few words");
}

#[test]
fn p6_an_internet_point_holds_what_it_pulled_and_not_what_came_meanwhile() {
    let catalogue = catalogue(&[((3, 0, 0, 0, 0), 0), ((2, 0, 0, 0, 0), 0)]);
    let (mut stores, mut top) = Stores::current(catalogue, BASELINE + BESIDES, Criteria::default());
    stores.publish(ReleaseId(0));
    stores.commit_from_source(&mut top, stores.pull_from_source());
    let pull = stores.wsus(&top).since(stores.internet_wsus(&top).anchor());
    assert_eq!(pull.updates, 3);
    stores.publish(ReleaseId(1));
    stores.commit_from_source(&mut top, stores.pull_from_source());
    top.commit_internet(pull);
    assert_eq!(stores.wsus(&top).since(stores.internet_wsus(&top).anchor()).updates, 2);
    assert_eq!(stores.internet_wsus(&top).held(UpdateId(BASELINE + BESIDES + 3)), None);
}
