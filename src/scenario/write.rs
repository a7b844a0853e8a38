//! A scenario written out in full: no template, generator or default is left to be resolved.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use serde_yaml::{Mapping, Value};

use super::mapping::{named, one, put, put_some};
use super::read::plain::RECORDINGS;
use super::selector::kind_word;
use super::sync::{COMPLETE, REPLICATION};
use super::{
    Clients, Initial, Published, Release, Retry, Scenario, Site, SiteComplete, Sms2003, Source,
    catalogue, civil, cost, criteria, fault, history, link, operation, point, route, timing,
};
use crate::units::{Instant, LinkId, SiteId};

const HEADING: &str = "\
# This scenario is written out in full by supsim: every template, generator and default is resolved.
# It describes the same world as the file it was made from, and runs by itself.
";

impl Scenario {
    /// The whole scenario as a file that runs by itself and describes the same world.
    ///
    /// Releases and the schedule are written as the dates that they fall on. Templates keep their
    /// names and say what all their sites have in common.
    pub fn to_yaml(&self) -> String {
        let body = serde_yaml::to_string(&Value::Mapping(self.mapping()));
        // a tree of texts and numbers can always be written
        format!("{HEADING}{}", body.unwrap_or_default())
    }

    fn mapping(&self) -> Mapping {
        let mut map = Mapping::new();
        put(&mut map, "supsim", 1);
        put(&mut map, "kind", "scenario");
        put(&mut map, "name", self.name.as_str());
        if !self.description.is_empty() {
            put(&mut map, "description", self.description.as_str());
        }
        put(&mut map, "profile", self.profile.word());
        put(&mut map, "timezone", self.clock.zone().name());
        put(&mut map, "start", self.time(Instant::START));
        put(&mut map, "duration", self.duration.to_string());
        put(
            &mut map,
            "initial",
            match self.initial {
                Initial::Current => "current",
                Initial::Empty => "empty",
            },
        );
        if !self.warmup.is_zero() {
            put(&mut map, "warmup", self.warmup.to_string());
        }
        put(&mut map, "seed", self.seed);
        if self.replications > 1 {
            put(&mut map, "replications", self.replications);
        }
        put(&mut map, "source", self.source());
        put(&mut map, "criteria", criteria::written(&self.criteria));
        put(&mut map, "catalogue", self.catalogue());
        put_some(
            &mut map,
            "links",
            named(self.links.iter().map(|link| (link.name.as_str(), link::written(link)))),
        );
        put_some(
            &mut map,
            "routes",
            named(self.routes.iter().map(|route| (route.name.as_str(), route::written(route)))),
        );
        let plain = self.plain_timing();
        let templates = self.templates(plain);
        if let Some(timing) = self.timings.get(plain) {
            put(&mut map, "timing", timing::written(timing));
        }
        let sites = named(
            self.sites.iter().map(|site| (site.code.as_str(), self.site(site, plain, &templates))),
        );
        put_some(&mut map, "templates", named(templates.into_iter()));
        put(&mut map, "sites", sites);
        put(&mut map, "sync", self.sync());
        put_some(&mut map, "operations", self.operations());
        // What nobody asks is not written: no clients, nothing of them.
        if self.has_clients() || self.clients != Clients::of_profile(self.profile) {
            put(&mut map, "clients", self.clients.written());
        }
        if let Some(sms2003) = &self.sms2003 {
            put(&mut map, "sms2003", self.sms2003(sms2003));
        }
        put_some(
            &mut map,
            "faults",
            named(
                self.faults.iter().map(|fault| (fault.name.as_str(), fault::written(self, fault))),
            ),
        );
        put_some(
            &mut map,
            "expect",
            named(self.expectations.iter().map(|one| (one.name.as_str(), self.expectation(one)))),
        );
        let mut record = Mapping::new();
        put(&mut record, "events", word(&RECORDINGS, self.recording));
        if let Some(every) = self.series_every {
            put(&mut record, "series_every", every.to_string());
        }
        put(&mut map, "record", record);
        map
    }

    fn time(&self, at: Instant) -> String {
        civil::written(self.clock.timestamp(at), self.clock.zone())
    }

    fn link_name(&self, link: LinkId) -> &str {
        &self.links[link.index()].name
    }

    fn code(&self, site: SiteId) -> &str {
        &self.sites[site.index()].code
    }

    fn source(&self) -> Value {
        match self.source {
            Source::MicrosoftUpdate => "microsoft_update".into(),
            Source::None => "none".into(),
            Source::Wsus(None) => one("wsus", Mapping::new()),
            Source::Wsus(Some(link)) => one("wsus", one("link", self.link_name(link))),
        }
    }

    fn catalogue(&self) -> Mapping {
        let baseline = catalogue::write_baseline(&self.catalogue);
        // occurrences of one release go back under its name: they differ in nothing but the time
        let mut releases: BTreeMap<&str, Vec<&Release>> = BTreeMap::new();
        let written = |release: &&Release| {
            matches!(release.published, Published::Source | Published::Locally)
        };
        for release in self.catalogue.releases.iter().filter(written) {
            releases.entry(written_name(&release.name)).or_default().push(release);
        }
        let mut map = Mapping::new();
        put(&mut map, "baseline", baseline);
        if !self.catalogue.history.rows.is_empty() {
            put(&mut map, "history", history::written_out(&self.catalogue.history));
        }
        put_some(
            &mut map,
            "releases",
            named(releases.into_iter().map(|(name, all)| (name, self.release(&all)))),
        );
        map
    }

    fn release(&self, occurrences: &[&Release]) -> Mapping {
        let mut map = Mapping::new();
        let Some(release) = occurrences.first() else { return map };
        if release.name.contains('#') {
            let dates: Vec<Value> =
                occurrences.iter().map(|release| self.time(release.at).into()).collect();
            put(&mut map, "when", one("dates", dates));
        } else {
            put(&mut map, "when", one("at", self.time(release.at)));
        }
        catalogue::write_content(&mut map, release);
        if release.published == Published::Locally {
            put(&mut map, "published", "locally");
        }
        put(&mut map, "product", release.product.as_str());
        put(&mut map, "classification", release.classification.as_str());
        map
    }

    /// What all sites of a template have in common; the rest each of them says itself.
    fn templates(&self, plain: usize) -> BTreeMap<&str, Mapping> {
        let mut templates: BTreeMap<&str, Mapping> = BTreeMap::new();
        for site in &self.sites {
            let Some(name) = site.template.as_deref() else { continue };
            let properties = self.properties(site, plain);
            match templates.get_mut(name) {
                Some(common) => common.retain(|key, value| properties.get(key) == Some(value)),
                None => {
                    templates.insert(name, properties);
                }
            }
        }
        templates
    }

    /// The timing that most sites have: it is written once, at the top.
    fn plain_timing(&self) -> usize {
        let mut sites = vec![0_usize; self.timings.len()];
        for site in &self.sites {
            sites[site.timing] += 1;
        }
        let most =
            sites.iter().enumerate().max_by_key(|(number, count)| (**count, Reverse(*number)));
        most.map_or(0, |(number, _)| number)
    }

    fn site(&self, site: &Site, plain: usize, templates: &BTreeMap<&str, Mapping>) -> Mapping {
        let mut map = Mapping::new();
        let template = site.template.as_deref();
        if let Some(template) = template {
            put(&mut map, "template", template);
        }
        if let Some(parent) = site.parent {
            put(&mut map, "parent", self.code(parent));
        }
        if !site.name.is_empty() {
            put(&mut map, "name", site.name.as_str());
        }
        let labels = site.labels.iter().map(|(key, value)| (key.as_str(), value.as_str()));
        put_some(&mut map, "labels", named(labels));
        let common = template.and_then(|name| templates.get(name));
        let own = self.properties(site, plain).into_iter();
        map.extend(own.filter(|(key, _)| common.is_none_or(|common| !common.contains_key(key))));
        map
    }

    /// What a site may have in common with others.
    fn properties(&self, site: &Site, plain: usize) -> Mapping {
        let mut map = Mapping::new();
        put(&mut map, "type", kind_word(site.kind));
        put(&mut map, "timezone", site.zone.name());
        put_some(&mut map, "clients", site.clients.written());
        if let Some(link) = site.link {
            put(&mut map, "link", self.link_name(link));
        }
        if let Some(route) = site.route {
            put(&mut map, "route", self.routes[route.index()].name.as_str());
        }
        match site.sup {
            None => put(&mut map, "sup", "none"),
            Some(point) => {
                let mut sup = Mapping::new();
                put(&mut sup, "server", if point.local { "local" } else { "remote" });
                put(&mut sup, "console", if point.console { "installed" } else { "missing" });
                match point.pulls_at_once {
                    Some(count) => put(&mut sup, "pulls_at_once", count),
                    None => put(&mut sup, "pulls_at_once", "unlimited"),
                }
                if point.express {
                    put(&mut sup, "express", true);
                }
                if let Some(scans) = point.scans_at_once {
                    put(&mut sup, "scans_at_once", scans);
                }
                put(&mut map, "sup", sup);
            }
        }
        if let Some(point) = &site.internet_sup {
            let mut internet = Mapping::new();
            if !point.server.is_empty() {
                put(&mut internet, "server", point.server.as_str());
            }
            if let Some(link) = point.link {
                put(&mut internet, "link", self.link_name(link));
            }
            put(&mut internet, "timing", cost::written(&point.work));
            put(&mut internet, "mode", point::written(&point.mode));
            put(&mut map, "internet_sup", internet);
        }
        if site.timing != plain {
            put(&mut map, "timing", timing::written(&self.timings[site.timing]));
        }
        if site.retry != self.sync.retry {
            put(&mut map, "retry", retry(site.retry));
        }
        if !site.clock_offset.is_right() {
            put(&mut map, "clock_offset", site.clock_offset.to_string());
        }
        map
    }

    fn sync(&self) -> Mapping {
        let mut map = Mapping::new();
        if self.sync.schedule.is_empty() && self.sync.schedule_text == "never" {
            put(&mut map, "schedule", "never");
        } else {
            let at: Vec<Value> =
                self.sync.schedule.iter().map(|at| self.time(*at).into()).collect();
            let mut dates = Mapping::new();
            put(&mut dates, "at", at);
            put(&mut dates, "words", self.sync.schedule_text.as_str());
            put(&mut map, "schedule", one("dates", dates));
        }
        put(&mut map, "retry", retry(self.sync.retry));
        let complete: SiteComplete = self.sync.site_complete;
        put(&mut map, "site_complete", word(&COMPLETE, complete));
        put(&mut map, "replication", word(&REPLICATION, self.sync.replication));
        map
    }

    fn sms2003(&self, sms2003: &Sms2003) -> Mapping {
        let mut map = Mapping::new();
        put(&mut map, "site", self.code(sms2003.site));
        put(&mut map, "every", sms2003.every.to_string());
        put(&mut map, "start", self.time(sms2003.first));
        put(&mut map, "catalogue", sms2003.catalogue.to_string());
        map
    }

    fn operations(&self) -> Mapping {
        named(self.operations.iter().map(|operation| {
            let mut map = Mapping::new();
            put(&mut map, "at", self.time(operation.at));
            put(&mut map, "do", operation::written(self, operation));
            (operation.name.as_str(), map)
        }))
    }
}

/// The name of a release without the number of its occurrence.
fn written_name(name: &str) -> &str {
    name.split('#').next().unwrap_or(name)
}

fn retry(retry: Retry) -> Mapping {
    let mut map = Mapping::new();
    put(&mut map, "every", retry.every.to_string());
    match retry.limit {
        Some(limit) => put(&mut map, "limit", limit),
        None => put(&mut map, "limit", "none"),
    }
    put(&mut map, "jitter", retry.jitter.to_string());
    map
}

fn word<T: PartialEq>(table: &[(&'static str, T)], wanted: T) -> &'static str {
    table.iter().find(|(_, value)| *value == wanted).map_or("", |(word, _)| word)
}

#[cfg(test)]
mod tests;
