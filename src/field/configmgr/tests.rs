use super::*;
use crate::scenario::{Overrides, Scenario, field_routes};

const SITES: &str = "#TYPE Selected.Microsoft.ConfigurationManagement.ManagementProvider\r\n\
    \"SiteCode\",\"SiteName\",\"Type\",\"ReportingSiteCode\",\"BuildNumber\",\"Version\"\r\n\
    \"B01\",\"Branch 1\",\"1\",\"PR1\",\"6487\",\"4.00\"\r\n\
    \"CEN\",\"HQ, \"\"main\"\" \\ Zürich\",\"2\",\"\",\"6487\",\"4.00\"\r\n\
    \"PR1\",\"Lima\",\"2\",\"CEN\",\"6487\",\"4.00\"\r\n";

/// A route that is open at night alone, for everything.
fn nights(from: &str, to: &str) -> String {
    let hours: Vec<&str> =
        (0..24).map(|hour| if (6..20).contains(&hour) { "4" } else { "1" }).collect();
    let day = format!("{{\"HourUsage\":[{}]}}", hours.join(","));
    let week = vec![day; 7].join(",");
    format!(
        "{{\"SiteCode\":\"{from}\",\"DesSiteCode\":\"{to}\",\"UnlimitedRateForAll\":true,\"UsageSchedule\":[{week}]}}"
    )
}

fn described(sites: &str, routes: &str) -> Result<FieldHierarchy, NoHierarchy> {
    let routes = match routes {
        "" => Vec::new(),
        text => field_routes("routes.json", text).unwrap(),
    };
    describe_hierarchy(sites.as_bytes(), &routes)
}

fn scenario(yaml: &str) -> Scenario {
    let read = Scenario::parse("hierarchy.yaml", yaml, &Overrides::default());
    read.unwrap_or_else(|report| panic!("{report}\n{yaml}")).0
}

#[test]
fn sites_and_routes_of_the_exports_are_those_of_the_scenario() {
    let routes =
        format!("[{},{},{}]", nights("CEN", "PR1"), nights("PR1", "CEN"), nights("PR1", "B01"));
    let told = described(SITES, &routes).unwrap();
    assert_eq!((told.sites, told.routes_used, told.routes_elsewhere), ([1, 1, 1], 2, 1));
    assert_eq!(told.unused, ["BuildNumber", "Version"]);
    assert_eq!(told.remarks, Vec::<String>::new());
    let scenario = scenario(&told.yaml);
    let codes: Vec<&str> = scenario.sites.iter().map(|site| site.code.as_str()).collect();
    assert_eq!(codes, ["CEN", "PR1", "B01"]);
    assert_eq!(scenario.sites[0].name, "HQ, \"main\" \\ Zürich");
    assert_eq!(scenario.sites[2].kind, SiteKind::Secondary);
    assert_eq!(scenario.sites[2].parent.map(|parent| parent.index()), Some(1));
    let route = scenario.sites[1].route.unwrap();
    assert_eq!(scenario.routes[route.index()].name, "CEN-PR1");
    assert!(told.yaml.contains("\"20:00-24:00\": all"), "{}", told.yaml);
    assert_eq!(scenario.routes.len(), 2, "what leads from a child to its parent carries nothing");
}

#[test]
fn a_central_administration_site_is_the_central_site() {
    let told = described("SiteCode,Type,ReportingSiteCode\nCAS,4,\nPR1,2,CAS\n", "").unwrap();
    assert_eq!(scenario(&told.yaml).sites[0].kind, SiteKind::Central);
    let one = described("ReportingSiteCode;Type;SiteCode\n;2;pr1\n", "").unwrap();
    assert_eq!(scenario(&one.yaml).sites[0].code, "PR1");
}

#[test]
fn what_makes_no_hierarchy_is_said_with_its_line() {
    let refused = |rows: &str| {
        let sites = format!("SiteCode,SiteName,Type,ReportingSiteCode\n{rows}");
        described(&sites, "").unwrap_err().to_string()
    };
    for (rows, said) in [
        ("", "a table without rows"),
        ("CEN,,2,\nPR1,,2,\n", "several hierarchies: CEN, PR1 report to no site"),
        ("CEN,,2,\nPR1,,2,XXX\n", "line 3: PR1 reports to XXX, which is not in this table"),
        ("CEN,,2,PR1\nPR1,,2,CEN\n", "CEN, PR1 lie below each other"),
        ("CEN,,2,\nPR1,,2,PR2\nPR2,,2,PR1\n", "PR1, PR2 lie below each other"),
        ("CEN,,2,\nCEN,,2,\n", "line 3: CEN stands on line 2 already"),
        ("CENT,,2,\n", "line 2: `CENT` is not a site code"),
        ("CEN,,7,\n", "line 2: `7` is no type of a site"),
        ("CEN,,1,\n", "line 2: a secondary site reports to another"),
        ("CEN,,2,\nCAS,,4,CEN\n", "line 3: a central site reports to no other"),
        ("CEN,,2\n", "line 2: this row has 3 cells, the first names 4 columns"),
        ("\u{1b}[2J,,2,\n", "line 2: ` [2J` is not a site code"),
    ] {
        let text = refused(rows);
        assert!(text.contains(said), "{text}");
        assert!(!text.contains(|c: char| c.is_control() && c != '\n'), "{text:?}");
    }
    let text = described("Name,Kind\na,b\n", "").unwrap_err().to_string();
    assert!(
        text.starts_with("no column SiteCode; there are Name, Kind\n  write Get-CMSite"),
        "{text}"
    );
}

#[test]
fn names_that_would_do_harm_are_changed_and_that_is_said() {
    let sites = "SiteCode,SiteName,Type,ReportingSiteCode\n\
        CEN,\"=HYPERLINK(\"\"x\"\")\",2,\nPR1,\"a\u{1b}[31m\u{202e}b\",2,CEN\nPR2,\"<script>\"\"'\\\",2,CEN\n";
    let told = described(sites, "").unwrap();
    let scenario = scenario(&told.yaml);
    let names: Vec<&str> = scenario.sites.iter().map(|site| site.name.as_str()).collect();
    assert_eq!(names, ["HYPERLINK(\"x\")", "a [31m b", "<script>\"'\\"]);
    assert_eq!(told.remarks.len(), 2, "{:?}", told.remarks);
}

#[test]
fn no_bytes_make_it_panic() {
    let all: Vec<u8> = (0..=255).cycle().take(4_000).collect();
    let mut texts = vec![all, SITES.as_bytes().to_vec()];
    for at in 0..SITES.len() {
        // cut off anywhere, and with any byte exchanged
        texts.push(SITES.as_bytes()[..at].to_vec());
        let mut other = SITES.as_bytes().to_vec();
        other[at] = b'"';
        texts.push(other);
    }
    for bytes in texts {
        if let Ok(told) = describe_hierarchy(&bytes, &[]) {
            let _ = Scenario::parse("a.yaml", &told.yaml, &Overrides::default());
        }
    }
}
