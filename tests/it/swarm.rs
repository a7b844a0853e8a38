//! Random worlds: each draws its own mixture of sites, circuits, timings, faults and operations,
//! is run, and is held against what every world must keep.

use std::fmt::Write as _;

use supsim::engine::Status;
use supsim::scenario::{Initial, Scenario};
use supsim::store::{SiteDatabase, UpdateId, UpdateServices};
use supsim::trace::{Fact, Trace};
use supsim::units::{Duration, Instant, SiteId};
use supsim::world::{Blueprint, World};

use crate::audit::audit;
use crate::support;

/// So many worlds each time; `SUPSIM_WORLDS` asks for more.
const WORLDS: u64 = 150;

fn worlds() -> u64 {
    std::env::var("SUPSIM_WORLDS").map_or(WORLDS, |text| text.parse().expect("a number of worlds"))
}

/// A generator of its own, so that a world keeps its number whatever becomes of the program.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) % sides
    }

    fn chance(&mut self, percent: u64) -> bool {
        self.roll(100) < percent
    }

    fn one<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[self.roll(of.len() as u64) as usize]
    }
}

/// A site of a random world.
struct Place {
    code: String,
    parent: Option<usize>,
    secondary: bool,
    point: bool,
    internet: bool,
    /// A remote point without the console: no sync of it ever succeeds (H5).
    hopeless: bool,
}

struct Sketch {
    text: String,
    places: Vec<Place>,
    /// Every fault lets go, so that everything must arrive in the end.
    heals: bool,
}

fn minute_of(start: u64) -> String {
    let (day, hour, minute) = (12 + start / 1440, start / 60 % 24, start % 60);
    format!("2026-01-{day} {hour:02}:{minute:02}")
}

fn places(dice: &mut Dice) -> Vec<Place> {
    let count = 1 + dice.roll(15) as usize;
    let top_below = count > 1 && dice.chance(10);
    let mut places: Vec<Place> = Vec::new();
    for number in 0..count {
        let parent = (number > 0).then(|| {
            if number == 1 {
                return 0;
            }
            let primaries: Vec<usize> =
                (0..number).filter(|place| !places[*place].secondary).collect();
            primaries[dice.roll(primaries.len() as u64) as usize]
        });
        let above = parent.is_some_and(|parent| places[parent].point);
        let point = match number {
            0 => !top_below,
            1 => top_below || dice.chance(85),
            _ => above && dice.chance(85),
        };
        let code = if number == 0 { "CEN".to_owned() } else { format!("S{number:02}") };
        let secondary = number > 1 && dice.chance(30);
        let internet = point && dice.chance(20);
        let hopeless = above && point && dice.chance(3);
        places.push(Place { code, parent, secondary, point, internet, hopeless });
    }
    places
}

fn cost(dice: &mut Dice, most: u64) -> String {
    let seconds = 1 + dice.roll(most);
    match dice.roll(6) {
        0 => format!("{{ exponential: {{ mean: {seconds}s }} }}"),
        1 => format!("{{ uniform: {{ min: {seconds}s, max: {}s }} }}", 2 * seconds),
        2 => format!("{{ base: {seconds}s, per_update: 150ms }}"),
        3 => "0s".to_owned(),
        _ => format!("{seconds}s"),
    }
}

/// The last two need an internet-based point.
const EFFECTS: [&str; 9] = [
    "link_down",
    "site_down",
    "sup_down",
    "source_down",
    "wsus_not_configured",
    "fail_sync",
    "fail_import",
    "internet_sup_down",
    "fail_internet",
];

fn faults(dice: &mut Dice, places: &[Place], calm: u64, heals: bool) -> String {
    let mut text = String::new();
    let internet = places.iter().any(|place| place.internet);
    for number in 0..dice.roll(9) {
        let effects = if internet { &EFFECTS[..] } else { &EFFECTS[..7] };
        let effect = dice.one(effects);
        let able: Vec<&Place> = places
            .iter()
            .filter(|place| match effect {
                "site_down" | "link_down" => true,
                "internet_sup_down" | "fail_internet" => place.internet,
                _ => place.point,
            })
            // Only the top-level site imports: the first that has a point.
            .take(if effect == "fail_import" { 1 } else { usize::MAX })
            .collect();
        let place = match (effect, dice.chance(25)) {
            ("source_down", _) => String::new(),
            (_, true) => "where: {}, ".to_owned(),
            _ => {
                let hit = able[dice.roll(able.len() as u64) as usize];
                format!("where: {{ code: {} }}, ", hit.code)
            }
        };
        let after = dice.roll(900);
        let what = match effect {
            "fail_sync" => {
                let phase = dice.one(&["connect", "pull", "settle"]);
                format!("{{ fail_sync: {{ after: {after}s, phase: {phase} }} }}")
            }
            "fail_import" => format!("{{ fail_sync: {{ after: {after}s, phase: import }} }}"),
            "fail_internet" => format!("{{ fail_sync: {{ after: {after}s, phase: internet }} }}"),
            other => other.to_owned(),
        };
        let from = dice.roll(calm);
        let until = (from + 1 + dice.roll(1 + calm - from)).min(calm) + 1;
        let when = match dice.roll(4) {
            0 if effect != "site_down" => "{ attempts: [1, 2, 4] }".to_owned(),
            1 if effect != "site_down" && !heals => "{ per_attempt: 30% }".to_owned(),
            _ => {
                let (from, until) = (minute_of(from), minute_of(until));
                format!("{{ window: {{ from: {from}, until: {until} }} }}")
            }
        };
        writeln!(text, "  f{number}: {{ {place}do: {what}, when: {when} }}").unwrap();
    }
    text
}

fn sketch(number: u64) -> Sketch {
    let dice = &mut Dice(number.wrapping_mul(0x5851_F42D_4C95_7F2D));
    let places = places(dice);
    let days = 1 + dice.roll(5);
    // Releases and faults keep to the first 60 % of the run: then it must all get through.
    let calm = days * 1440 * 6 / 10;
    let heals = dice.chance(60);
    let mut text = format!(
        "supsim: 1\nkind: scenario\nname: swarm-{number}\nstart: 2026-01-12 00:00\n\
         duration: {days}d\ninitial: {}\n",
        dice.one(&["current", "empty"])
    );
    if dice.chance(20) {
        text += "source: { wsus: { link: slow } }\n";
    }
    text += "catalogue:\n  baseline: { updates: 20, metadata: 2 MB }\n  releases:\n";
    for release in 0..1 + dice.roll(5) {
        let at = minute_of(dice.roll(calm));
        let (new, revised, expired) = (1 + dice.roll(9), dice.roll(4), dice.roll(4));
        writeln!(
            text,
            "    r{release}: {{ when: {{ at: {at} }}, updates: {new}, revises: {revised}, \
             expires: {expired}, supersedes: 1, metadata: {} KB }}",
            1 + dice.roll(9_000)
        )
        .unwrap();
    }
    text += "timing: { ";
    for (work, most) in [
        ("request", 100),
        ("connect", 20),
        ("pull", 400),
        ("settle", 150),
        ("import", 900),
        ("insert", 600),
        ("internet", 900),
    ] {
        write!(text, "{work}: {}, ", cost(dice, most)).unwrap();
    }
    let every = [20, 60, 60, 90][dice.roll(4) as usize];
    // With a limit a site may give up before its attempts that are to fail are over.
    let limit = if !heals && dice.chance(40) {
        format!(", limit: {}", dice.roll(4))
    } else {
        String::new()
    };
    let order = dice.one(&["after_internet_point", "before_internet_point"]);
    let (rhythm, first) = (1 + dice.roll(8), minute_of(dice.roll(300)));
    writeln!(
        text,
        "}}\nlinks:\n  slow: {{ bandwidth: 64 Kbit/s, latency: 300ms }}\n  \
         fast: {{ bandwidth: 10 Mbit/s, latency: 20ms }}\n  far: {{ latency: 5s }}\n\
         sync: {{ schedule: {{ simple: {{ every: {rhythm}h, start: {first} }} }}, \
         retry: {{ every: {every}min{limit} }}, site_complete: {order} }}\nsites:"
    )
    .unwrap();
    for place in &places {
        write!(text, "  {}: {{ ", place.code).unwrap();
        match place.parent {
            None => text += "type: central",
            Some(parent) => write!(text, "parent: {}", places[parent].code).unwrap(),
        }
        if place.secondary {
            text += ", type: secondary";
        }
        if !place.point {
            text += ", sup: none";
        } else if place.hopeless {
            text += ", sup: { server: remote, console: missing }";
        } else if dice.chance(20) {
            text += ", sup: { server: remote }";
        }
        if place.internet {
            text += ", internet_sup: { server: dmz, link: slow }";
        }
        if dice.chance(50) {
            write!(text, ", link: {}", dice.one(&["slow", "fast", "far"])).unwrap();
        }
        text += " }\n";
    }
    let faults = faults(dice, &places, calm, heals);
    if !faults.is_empty() {
        write!(text, "faults:\n{faults}").unwrap();
    }
    let operations = dice.roll(4);
    if operations > 0 {
        text += "operations:\n";
    }
    let top = if places[0].point { &places[0].code } else { &places[1].code };
    for number in 0..operations {
        let at = minute_of(dice.roll(days * 1440 * 8 / 10));
        writeln!(
            text,
            "  o{number}: {{ at: {at}, do: {{ run_synchronization: {{ site: {top} }} }} }}"
        )
        .unwrap();
    }
    Sketch { text, places, heals }
}

/// What a site holds: the revision of each update in WSUS, database and internet-based WSUS.
type Held = Vec<[Option<u32>; 3]>;

fn held(world: &World<'_>, site: SiteId) -> Held {
    let stores = world.stores();
    let (wsus, database) = (world.wsus(site), world.database(site));
    let internet = world.internet_wsus(site);
    (0..stores.catalogue().updates())
        .map(UpdateId)
        .map(|one| [wsus.held(one), database.held(one), internet.held(one)])
        .map(|all| all.map(|revision| revision.map(|revision| revision.0)))
        .collect()
}

/// I2: what is held only grows, and no WSUS or database is ahead of the one above.
fn check_held(world: &World<'_>, scenario: &Scenario, before: &mut [Held]) -> Result<(), String> {
    for (number, before) in before.iter_mut().enumerate() {
        let site = SiteId(number as u32);
        let code = &scenario.sites[number].code;
        let now = held(world, site);
        for (update, (old, new)) in before.iter().zip(&now).enumerate() {
            if (0..3).any(|part| new[part] < old[part]) {
                return Err(format!("I2: {code} lost update {update}: {old:?}, {new:?}"));
            }
            if new[2] > new[0] {
                return Err(format!("P6: {code}'s internet point is ahead: {update}, {new:?}"));
            }
        }
        let below_top = scenario.hierarchy().top_level() != Some(site);
        if let Some(parent) = scenario.sites[number].parent.filter(|_| below_top) {
            let above = held(world, parent);
            for (update, (mine, above)) in now.iter().zip(&above).enumerate() {
                if mine[0] > above[0] && scenario.sites[number].sup.is_some() {
                    return Err(format!("P2: {code} is ahead of its parent: update {update}"));
                }
                if mine[1] > above[1] {
                    return Err(format!("R2: {code}'s database is ahead: update {update}"));
                }
            }
        }
        *before = now;
    }
    Ok(())
}

/// What has happened in any of the worlds: a swarm in which nothing goes wrong proves nothing.
#[derive(Debug, Default)]
struct Seen {
    starts: [u32; 5],
    failures: [u32; 7],
    deferred: u32,
    given_up: u32,
    out_of_step: u32,
    lost_sendings: u32,
    crashes: u32,
    hits: u32,
}

impl Seen {
    fn note(&mut self, trace: &Trace) {
        for record in &trace.records {
            match record.fact {
                Fact::Announced(Status::Started { trigger, .. }) => {
                    self.starts[trigger as usize] += 1;
                }
                Fact::Announced(Status::Failed { failure, retry_at, .. }) => {
                    self.failures[failure.phase as usize] += 1;
                    self.given_up += u32::from(retry_at.is_none());
                }
                Fact::Announced(Status::OutOfStep { .. }) => self.out_of_step += 1,
                Fact::TriggerDeferred { .. } => self.deferred += 1,
                Fact::SendingFailed { .. } => self.lost_sendings += 1,
                Fact::WentDown => self.crashes += 1,
                Fact::FaultHit { .. } => self.hits += 1,
                _ => {}
            }
        }
    }

    /// Has everything happened often enough?
    fn enough(&self) -> bool {
        let Seen { starts, failures, deferred, given_up, out_of_step, .. } = self;
        let rest =
            [deferred, given_up, out_of_step, &self.lost_sendings, &self.crashes, &self.hits];
        starts.iter().chain(failures).chain(rest).all(|count| *count >= 5)
    }
}

/// Runs a world to its end, and then until it is quiet.
fn check(sketch: &Sketch, seen: &mut Seen) -> Result<(), String> {
    let scenario = support::scenario(&sketch.text);
    let blueprint = Blueprint::new(&scenario);
    let mut world = World::new(&blueprint, 0);
    let mut before = vec![Held::new(); scenario.sites.len()];
    let end = Instant::START + scenario.duration;
    for part in 1..=8 {
        let micros = scenario.duration.micros() / 8 * part;
        world.run_until(Instant::START + Duration::from_micros(micros));
        check_held(&world, &scenario, &mut before)?;
    }
    let current = u32::from(scenario.initial == Initial::Current);
    audit(&scenario, world.trace(), current)?;
    if !sketch.heals {
        seen.note(world.trace());
        return Ok(());
    }
    world.run_until(end + Duration::from_days(9));
    audit(&scenario, world.trace(), current)?;
    check_held(&world, &scenario, &mut before)?;
    converged(sketch, &world, &before)?;
    seen.note(world.trace());
    Ok(())
}

/// Everything is everywhere where something can be.
fn converged(sketch: &Sketch, world: &World<'_>, held: &[Held]) -> Result<(), String> {
    let scenario = world.scenario();
    let hierarchy = scenario.hierarchy();
    let Some(top) = hierarchy.top_level() else { return Ok(()) };
    let stores = world.stores();
    let updates = (0..stores.catalogue().updates()).map(UpdateId);
    let newest: Vec<Option<u32>> =
        updates.map(|one| stores.catalogue().history(one).next().map(|newest| newest.0)).collect();
    let hopeless = |mut site: usize| loop {
        let place = &sketch.places[site];
        if place.hopeless {
            return true;
        }
        match place.parent {
            Some(parent) if site != top.index() => site = parent,
            _ => return false,
        }
    };
    for (number, place) in sketch.places.iter().enumerate() {
        if !hierarchy.within_top_level(SiteId(number as u32)) {
            continue;
        }
        for (update, (mine, newest)) in held[number].iter().zip(&newest).enumerate() {
            let code = &place.code;
            if mine[1] != *newest {
                return Err(format!("{code}'s database never got update {update}"));
            }
            if place.point && !hopeless(number) && mine[0] != *newest {
                return Err(format!("{code}'s WSUS never got update {update}"));
            }
            if place.internet && !hopeless(number) && mine[2] != *newest {
                return Err(format!("{code}'s internet point never got update {update}"));
            }
        }
    }
    Ok(())
}

#[test]
fn random_worlds_keep_what_every_world_must_keep() {
    let mut wrong = Vec::new();
    let mut seen = Seen::default();
    for number in 0..worlds() {
        let sketch = sketch(number);
        if let Err(complaint) = check(&sketch, &mut seen) {
            wrong.push((number, complaint, sketch.text));
        }
    }
    if let Some((number, complaint, text)) = wrong.first() {
        let others: Vec<_> = wrong.iter().map(|one| (one.0, &one.1)).collect();
        panic!("world {number}: {complaint}\n{text}\n{others:#?}");
    }
    assert!(seen.enough(), "too little happened: {seen:?}");
}
