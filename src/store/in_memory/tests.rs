//! The shared logs, held against plain maps of revisions.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::store::Contents;
use crate::units::Instant;

const SITES: usize = 4;
const BASELINE: u32 = 12;
const TOP: usize = 0;

/// What a database holds, told naively: the newest revision of each update.
type Plain = BTreeMap<UpdateId, RevisionId>;

fn catalogue(releases: &[(u32, u32, u32, u32, u32)]) -> Arc<Catalogue> {
    let mut catalogue = Catalogue::with_baseline(BASELINE, Bytes(1_200));
    for &(updates, revised, superseded, expired, removed) in releases {
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
            product: "Windows",
            classification: "Updates",
        });
    }
    Arc::new(catalogue)
}

fn take(plain: &mut Plain, catalogue: &Catalogue, revision: RevisionId) {
    let held = plain.entry(catalogue.revision(revision).update).or_insert(revision);
    *held = (*held).max(revision);
}

/// What can happen to the stores of a chain of four sites.
#[derive(Clone, Debug)]
enum Step {
    Publish,
    PullTop,
    Import { full: bool },
    Pull { site: u32 },
    Insert { site: u32 },
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        Just(Step::Publish),
        Just(Step::PullTop),
        any::<bool>().prop_map(|full| Step::Import { full }),
        (1..SITES as u32).prop_map(|site| Step::Pull { site }),
        (1..SITES as u32).prop_map(|site| Step::Insert { site }),
    ];
    proptest::collection::vec(step, 1..120)
}

proptest! {
    #[test]
    fn p2_p4_sharing_holds_what_plain_maps_hold(
        steps in steps(),
        releases in proptest::collection::vec((1..5u32, 0..4u32, 0..3u32, 0..3u32, 0..2u32), 1..10),
        current in any::<bool>(),
    ) {
        let catalogue = catalogue(&releases);
        let (mut stores, first) = match current {
            true => Stores::current(catalogue.clone(), BASELINE),
            false => (Stores::empty(catalogue.clone(), BASELINE), Holdings::default()),
        };
        let mut held = [first; SITES];
        let mut wsus = vec![Plain::new(); SITES];
        let mut database = vec![Plain::new(); SITES];
        if current {
            for plain in wsus.iter_mut().chain(&mut database) {
                (0..BASELINE).for_each(|id| take(plain, &catalogue, RevisionId(id)));
            }
        }
        let mut published = BASELINE;
        let mut next_release = 0;
        let mut packages: Vec<Plain> = Vec::new();
        let first_version = u32::from(current);
        for step in steps {
            match step {
                Step::Publish if next_release < releases.len() => {
                    let release = ReleaseId(next_release as u32);
                    stores.publish(release);
                    published = catalogue.release(release).end;
                    next_release += 1;
                }
                Step::Publish => {}
                Step::PullTop => {
                    let pull = stores.pull_from_source();
                    stores.commit_from_source(&mut held[TOP], pull);
                    (0..published).for_each(|id| take(&mut wsus[0], &catalogue, RevisionId(id)));
                }
                Step::Import { full } => {
                    let comparison = stores.compare(&held[TOP], full);
                    let before = stores.database(&held[TOP]).content_version();
                    let changes = comparison.updates();
                    let after = stores.apply(&mut held[TOP], comparison);
                    // P5: the version rises by one exactly when something changed.
                    prop_assert_eq!(after, before + u32::from(changes > 0));
                    if full {
                        database[0] = wsus[0].clone();
                    } else {
                        for update in wsus[0].keys() {
                            // P4: a delta inserts only updates that the database lacks, as they
                            // were released.
                            let released = catalogue.history(*update).last().unwrap();
                            database[0].entry(*update).or_insert(released);
                        }
                    }
                    if after > before {
                        packages.push(database[0].clone());
                    }
                }
                Step::Pull { site } => {
                    let anchor = stores.wsus(&held[site as usize]).anchor();
                    let pull = stores.wsus(&held[site as usize - 1]).since(anchor);
                    held[site as usize].commit(pull);
                    wsus[site as usize] = wsus[site as usize - 1].clone();
                }
                Step::Insert { site } => {
                    let version = stores.database(&held[site as usize]).content_version();
                    let above = stores.database(&held[site as usize - 1]).content_version();
                    if version < above {
                        held[site as usize].insert(version + 1);
                        database[site as usize] =
                            packages[(version + 1 - first_version - 1) as usize].clone();
                    }
                }
            }
            for site in 0..SITES {
                for update in (0..catalogue.updates()).map(UpdateId) {
                    prop_assert_eq!(
                        stores.wsus(&held[site]).held(update), wsus[site].get(&update).copied(),
                        "WSUS of site {}, update {:?}", site, update
                    );
                    prop_assert_eq!(
                        stores.database(&held[site]).held(update), database[site].get(&update).copied(),
                        "database of site {}, update {:?}", site, update
                    );
                }
            }
        }
    }
}

#[test]
fn a_release_has_arrived_when_all_of_it_has() {
    let catalogue = catalogue(&[(3, 2, 0, 0, 0), (1, 0, 0, 0, 0)]);
    let (mut stores, mut top) = Stores::current(catalogue, BASELINE);
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
    let (stores, first) = Stores::current(catalogue, 100_000);
    let mut sites = vec![first; 10_000];
    assert_eq!(stores.wsus(&sites[9_999]).held(UpdateId(77)), Some(RevisionId(77)));
    let pull = stores.wsus(&sites[0]).since(stores.wsus(&sites[9_999]).anchor());
    sites[9_999].commit(pull);
    assert!(size_of::<Holdings>() * sites.len() < 1 << 20, "what a site holds takes a few words");
}

#[test]
fn p6_an_internet_point_holds_what_it_pulled_and_not_what_came_meanwhile() {
    let catalogue = catalogue(&[(3, 0, 0, 0, 0), (2, 0, 0, 0, 0)]);
    let (mut stores, mut top) = Stores::current(catalogue, BASELINE);
    stores.publish(ReleaseId(0));
    stores.commit_from_source(&mut top, stores.pull_from_source());
    let pull = stores.wsus(&top).since(stores.internet_wsus(&top).anchor());
    assert_eq!(pull.updates, 3);
    stores.publish(ReleaseId(1));
    stores.commit_from_source(&mut top, stores.pull_from_source());
    top.commit_internet(pull);
    assert_eq!(stores.wsus(&top).since(stores.internet_wsus(&top).anchor()).updates, 2);
    assert_eq!(stores.internet_wsus(&top).held(UpdateId(BASELINE + 3)), None);
}
