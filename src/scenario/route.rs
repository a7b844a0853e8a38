//! `routes`: what a sender may carry to a neighbour, and when (R4, R5).

use serde_yaml::{Mapping, Value as Written};

use super::hours::{self, Draft, Window};
use super::mapping::{one, put};
use super::reader::Reader;
use super::track::Week;
use super::yaml::{Entry, Node, Value};
use super::{Openness, Profile, Route, RouteRate, limits, quantity};
use crate::units::{Duration, Probability};

/// What an hour is open for, as written.
const OPENNESS: [(&str, Openness); 4] = [
    ("all", Openness::All),
    ("all_but_low", Openness::AllButLow),
    ("high", Openness::HighOnly),
    ("closed", Openness::Closed),
];

impl Route {
    /// A route of which nothing is said: always open, as fast as its link, and what the profile
    /// says.
    fn plain(name: &str, profile: Profile) -> Route {
        let time = |key| quantity::duration(profile.text_of(key)).unwrap_or_default();
        let count = |key| profile.text_of(key).parse().unwrap_or(1);
        Route {
            name: name.to_owned(),
            open: Week::always(Openness::All),
            rate: RouteRate::Unlimited,
            threads: count("routes.threads"),
            tries: count("routes.tries"),
            try_every: time("routes.try_every"),
            again_every: time("routes.again_every"),
            give_up_after: time("routes.give_up_after"),
        }
    }
}

/// `routes`, in the order of their names.
pub(super) fn read(reader: &mut Reader, node: &Node<'_>) -> Vec<Route> {
    let entries = reader.map(node, "`routes`").unwrap_or_default();
    if entries.len() > limits::ROUTES {
        let note = format!("at most {}", limits::ROUTES);
        reader.error("E0315", node.place, "too many routes", note);
    }
    let mut routes: Vec<Route> = Vec::new();
    for entry in entries.iter().take(limits::ROUTES) {
        let Some(name) = reader.identifier(entry, "a route") else { continue };
        let route = reader.within(&format!("routes.{name}"), |reader| route(reader, name, entry));
        // one that could not be read still exists: nothing more is said where it is used
        routes.push(route.unwrap_or_else(|| Route::plain(name, reader.profile())));
    }
    routes.sort_by(|a, b| a.name.cmp(&b.name));
    routes.dedup_by(|a, b| a.name == b.name);
    routes
}

fn route(reader: &mut Reader, name: &str, entry: &Entry<'_>) -> Option<Route> {
    let keys = ["open", "rate", "threads", "tries", "try_every", "again_every", "give_up_after"];
    let fields = reader.fields(&entry.value, "a route", &keys, &[])?;
    let mut route = Route::plain(name, reader.profile());
    match fields.get("open") {
        Some(node) => route.open = open(reader, node)?,
        None => reader.used_default("routes.open"),
    }
    match fields.get("rate") {
        Some(node) => route.rate = rate(reader, node)?,
        None => reader.used_default("routes.rate"),
    }
    match fields.get("threads") {
        Some(node) => route.threads = reader.count32(node, "`threads`", 1, limits::AT_ONCE)?,
        None => reader.used_default("routes.threads"),
    }
    match fields.get("tries") {
        Some(node) => route.tries = reader.count32(node, "`tries`", 1, 1_000)?,
        None => reader.used_default("routes.tries"),
    }
    for (key, default, place) in [
        ("try_every", "routes.try_every", &mut route.try_every),
        ("again_every", "routes.again_every", &mut route.again_every),
        ("give_up_after", "routes.give_up_after", &mut route.give_up_after),
    ] {
        match fields.get(key) {
            Some(node) => *place = reader.positive_duration(node, &format!("`{key}`"))?,
            None => reader.used_default(default),
        }
    }
    // R4: any rate limit leaves that address one sending thread.
    if route.rate != RouteRate::Unlimited
        && let Some(node) = fields.get("threads")
        && route.threads > 1
    {
        let note = "a rate limit or pulse mode leaves it one (R4)";
        reader.warning("W0520", node.place, "this route has no use for more threads", note);
    }
    Some(route)
}

/// `always`, or days with their hours.
fn open(reader: &mut Reader, node: &Node<'_>) -> Option<Week<Openness>> {
    if !matches!(node.value, Value::Map(_)) {
        let what = "opening hours: `always` or { \"Mon-Fri\": \"20:00-06:00\" }";
        return reader.word_of(node, what, &[("always", Openness::All)]).map(Week::always);
    }
    let entries = reader.map(node, "`open`")?;
    if entries.is_empty() {
        let note = "write for example { \"Mon-Fri\": \"20:00-06:00\" }, or `always`";
        reader.error("E0104", node.place, "`open` names no days", note);
        return None;
    }
    let windows = |value: &Value<'_>| match value {
        Value::Map(hours) => hours.len(),
        Value::List(hours) => hours.len(),
        _ => 1,
    };
    if entries.iter().map(|entry| windows(&entry.value.value)).sum::<usize>() > limits::WINDOWS {
        let note = format!("at most {}", limits::WINDOWS);
        reader.error("E0315", node.place, "too many windows", note);
        return None;
    }
    let mut draft = Draft::week();
    let mut complete = true;
    for entry in entries {
        let days = reader.check(entry.place, hours::days(&entry.key));
        complete &= days.and_then(|days| on_days(reader, &mut draft, &days, entry)).is_some();
    }
    complete.then(|| draft.or(Openness::Closed))
}

/// The hours of some days: a window or several, or each with what it is open for.
fn on_days(
    reader: &mut Reader,
    draft: &mut Draft<Openness>,
    days: &[u32],
    entry: &Entry<'_>,
) -> Option<()> {
    let mut complete = true;
    if let Value::Map(hours) = &entry.value.value {
        for hour in hours {
            let window = reader.check(hour.place, hours::window(&hour.key));
            let value = reader.word_of(&hour.value, "what a sender is open for", &OPENNESS);
            let filled = window
                .zip(value)
                .and_then(|(window, value)| draft.fill(reader, hour.place, days, window, value));
            complete &= filled.is_some();
        }
        return complete.then_some(());
    }
    for node in reader.one_or_more(&entry.value) {
        let text = reader.scalar(node, "a window of hours")?;
        let word = OPENNESS.iter().find(|(word, _)| *word == text);
        let (window, value) = match word {
            Some((_, value)) => (Window::DAY, *value),
            None => (reader.check(node.place, hours::window(text))?, Openness::All),
        };
        complete &= draft.fill(reader, node.place, days, window, value).is_some();
    }
    complete.then_some(())
}

fn rate(reader: &mut Reader, node: &Node<'_>) -> Option<RouteRate> {
    let choice =
        reader.choice(node, "a rate of sending", &["unlimited"], &["hourly", "pulse"], &[], &[])?;
    match (choice.word, choice.value) {
        ("hourly", Some(value)) => {
            let draft = hours::hourly(reader, value, |reader, node| {
                let share = reader.probability(node, "a share of the time")?;
                if share == Probability::NEVER {
                    let note = "a sender that may not send is closed: say so in `open`";
                    reader.error("E0323", node.place, "a rate limit of 0%", note);
                    return None;
                }
                Some(share)
            })?;
            // an hour of which nothing is said has no limit
            Some(RouteRate::Hourly(draft.or(Probability::ALWAYS)))
        }
        ("pulse", Some(value)) => {
            let fields = reader.fields(value, "`pulse`", &["block", "delay"], &[])?;
            let block = reader.required(&fields, "block", "`pulse`", "block: 3 KB");
            let block = block.and_then(|node| {
                let block = reader.bytes(node, "`block`")?;
                if block.0 == 0 {
                    let note = "write for example 3 KB";
                    reader.error("E0212", node.place, "a block must hold something", note);
                    return None;
                }
                Some(block)
            });
            let delay = reader.required(&fields, "delay", "`pulse`", "delay: 5s");
            let delay = delay.and_then(|node| reader.duration(node, "`delay`"));
            Some(RouteRate::Pulse { block: block?, delay: delay? })
        }
        _ => Some(RouteRate::Unlimited),
    }
}

/// A route as it is written out.
pub(super) fn written(route: &Route) -> Mapping {
    let mut map = Mapping::new();
    let word = |openness| {
        OPENNESS.iter().find(|(_, known)| *known == openness).map_or("", |(word, _)| word)
    };
    match route.open.constant() {
        Some(Openness::All) => put(&mut map, "open", "always"),
        Some(other) => put(&mut map, "open", one("Mon-Sun", word(other))),
        None => {
            put(&mut map, "open", hours::written_days(&route.open, Openness::Closed, word));
        }
    }
    put(&mut map, "rate", written_rate(&route.rate));
    put(&mut map, "threads", route.threads);
    put(&mut map, "tries", route.tries);
    let time = |duration: Duration| duration.to_string();
    put(&mut map, "try_every", time(route.try_every));
    put(&mut map, "again_every", time(route.again_every));
    put(&mut map, "give_up_after", time(route.give_up_after));
    map
}

fn written_rate(rate: &RouteRate) -> Written {
    match rate {
        RouteRate::Unlimited => "unlimited".into(),
        RouteRate::Hourly(share) => {
            one("hourly", hours::written_hourly(share, |share| share.to_string()))
        }
        RouteRate::Pulse { block, delay } => {
            let mut pulse = Mapping::new();
            put(&mut pulse, "block", block.to_string());
            put(&mut pulse, "delay", delay.to_string());
            one("pulse", pulse)
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::scenario::{Openness, Overrides, Route, RouteRate, Scenario};
    use crate::units::{Bytes, Duration, Probability};

    fn read(route: &str) -> Route {
        let text = format!(
            "supsim: 1\nkind: scenario\nname: given\nstart: 2026-01-13 00:00\nroutes: {{ r: {route} }}\n\
             sites: {{ CEN: {{}}, ONE: {{ parent: CEN, route: r }} }}\n"
        );
        let scenario = Scenario::parse("given.yaml", &text, &Overrides::default())
            .unwrap_or_else(|report| panic!("{report}"))
            .0;
        assert_eq!(scenario.sites[1].route, Some(crate::units::RouteId(0)));
        scenario.routes[0].clone()
    }

    #[test]
    fn a_route_of_which_nothing_is_said_is_the_products() {
        let route = read("{}");
        assert_eq!(route.open.constant(), Some(Openness::All));
        assert_eq!(route.rate, RouteRate::Unlimited);
        assert_eq!((route.threads, route.tries), (3, 3));
        assert_eq!(route.try_every, Duration::from_mins(1));
        assert_eq!(route.again_every, Duration::from_mins(55));
        assert_eq!(route.give_up_after, Duration::from_days(7));
    }

    #[test]
    fn hours_may_be_open_for_some_priorities_only() {
        let route = read(
            "{ open: { Mon-Fri: { \"08:00-20:00\": high, \"20:00-24:00\": all }, \
             Sat: [\"06:00-08:00\", \"20:00-22:00\"], Sun: all_but_low } }",
        );
        let at = |day: usize, hour: usize| {
            let minute = ((day * 24 + hour) * 60) as u32;
            let pieces = route.open.pieces();
            pieces[pieces.partition_point(|(from, _)| *from <= minute) - 1].1
        };
        assert_eq!(at(0, 7), Openness::Closed);
        assert_eq!(at(0, 8), Openness::HighOnly);
        assert_eq!(at(4, 20), Openness::All);
        assert_eq!(
            [at(5, 7), at(5, 8), at(5, 21)],
            [Openness::All, Openness::Closed, Openness::All]
        );
        assert_eq!(at(6, 3), Openness::AllButLow);
    }

    #[test]
    fn what_no_rate_is_said_for_is_not_limited_and_pulses_have_a_block_and_a_delay() {
        let RouteRate::Hourly(share) = read("{ rate: { hourly: { \"08:00-18:00\": 25% } } }").rate
        else {
            panic!("it is hourly");
        };
        let quarter = Probability::from_parts_per_billion(250_000_000).unwrap();
        assert_eq!(
            share.pieces()[..3],
            [(0, Probability::ALWAYS), (480, quarter), (1080, Probability::ALWAYS)]
        );
        assert_eq!(
            read("{ rate: { pulse: { block: 3 KB, delay: 5s } } }").rate,
            RouteRate::Pulse { block: Bytes(3_000), delay: Duration::from_secs(5) }
        );
    }
}
