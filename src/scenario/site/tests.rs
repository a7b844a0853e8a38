use crate::kernel::Distribution;
use crate::scenario::{Overrides, Scenario};
use crate::units::Duration;

fn read(rest: &str) -> Scenario {
    let text = format!("supsim: 1\nkind: scenario\nname: given\nstart: 2026-01-13 00:00\n{rest}");
    Scenario::parse("given.yaml", &text, &Overrides::default())
        .unwrap_or_else(|report| panic!("{report}"))
        .0
}

#[test]
fn a_site_says_what_its_template_leaves_open_or_otherwise() {
    let scenario = read(
            "links: { a: {}, b: {} }
templates:
  branch: { type: secondary, link: a, name: branch, labels: { size: small, region: EMEA }, timezone: Europe/Berlin }
sites:
  CEN: {}
  ONE: { template: branch, parent: CEN }
  TWO: { template: branch, parent: CEN, link: b, labels: { region: AMER }, timezone: UTC, type: primary, sup: none }
",
        );
    let (one, two) = (&scenario.sites[1], &scenario.sites[2]);
    assert_eq!(
        (one.kind, one.name.as_str(), one.zone.name()),
        (super::SiteKind::Secondary, "branch", "Europe/Berlin")
    );
    assert_eq!((two.kind, two.zone.name(), two.sup), (super::SiteKind::Primary, "UTC", None));
    assert_eq!(scenario.links[two.link.unwrap().index()].name, "b");
    assert_eq!((two.labels["region"].as_str(), two.labels["size"].as_str()), ("AMER", "small"));
}

#[test]
fn retry_and_timing_are_inherited_part_by_part() {
    let scenario = read(
        "timing: { settle: 1min, connect: 2s }
sync: { retry: { every: 30min, limit: 9, jitter: 1min } }
templates: { t: { retry: { limit: 3 }, timing: { connect: 3s } } }
sites:
  CEN: {}
  ONE: { template: t, parent: CEN, retry: { jitter: 2min }, timing: { insert: 9min } }
  TWO: { template: t, parent: CEN }
  SIX: { template: t, parent: CEN }
",
    );
    let retry = scenario.sites[1].retry;
    assert_eq!(
        (retry.every, retry.limit, retry.jitter),
        (Duration::from_mins(30), Some(3), Duration::from_mins(2))
    );
    let timing = &scenario.timings[scenario.sites[1].timing];
    let constant = |seconds| Distribution::Constant(Duration::from_secs(seconds));
    assert_eq!(timing.settle.base, constant(60));
    assert_eq!(timing.connect.base, constant(3));
    assert_eq!(timing.insert.base, constant(540));
    assert_eq!(timing.request.base, constant(50));
    assert_eq!(scenario.sites[2].timing, scenario.sites[3].timing);
    assert_eq!(scenario.timings.len(), 3);
}
