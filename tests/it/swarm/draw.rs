//! From a seed to a plan.

use super::dice::Dice;
use super::plan::{
    Class, Cost, DAY, Flaw, HOUR, Lane, MINUTE, Place, Plan, Release, SECOND, What, When,
};
use super::route;
use super::timed::{reshape, strike};
use crate::oracle::Courier;
use crate::oracle::address::Zone;

/// The plan of a seed.
pub fn draw(seed: u64) -> Plan {
    let dice = &mut Dice::new(seed, "frame");
    let lane = match dice.roll(10) {
        0..4 => Lane::Subset,
        4..8 => Lane::Everything,
        _ => Lane::One,
    };
    // Seldom long: a year of hourly cycles is another plan's business.
    let days = *dice.one(&[1, 1, 2, 2, 3, 5, 8]);
    let calm = days * DAY;
    let cycle = *dice.one(&[HOUR, 2 * HOUR, 5 * HOUR, 8 * HOUR, DAY, DAY, 3 * DAY, 7 * DAY]);
    let first = dice.roll(300) * MINUTE;
    let clock_ahead = clock_ahead(seed);
    // What its clock shows when all is over.
    let shown = calm.saturating_add_signed(clock_ahead * SECOND as i64);
    let schedule = (0..).map(|n| first + n * cycle).take_while(|at| *at < shown).collect();
    let mut plan = Plan {
        seed,
        lane,
        current: dice.chance(60),
        slow_source: dice.chance(20),
        releases: releases(seed, calm),
        timing: timing(seed),
        retry_every: *dice.one(&[20, 60, 60, 60, 90]) * MINUTE,
        // A site that gives up may not converge by itself.
        retry_limit: dice.chance(10).then(|| dice.roll(4)),
        jitter: if dice.chance(20) { dice.roll(600) * SECOND } else { 0 },
        point_first: dice.chance(50),
        places: places(seed),
        routes: Vec::new(),
        individually: false,
        schedule,
        clock_ahead,
        calm,
        flaws: Vec::new(),
        broken: None,
    };
    let top = plan.top();
    draw_couriers(&mut plan);
    draw_clients(&mut plan);
    plan.routes = route::draw(seed, &mut plan.places, top);
    draw_flaws(&mut plan);
    // A subtree that is left broken for good: never the core.
    let dice = &mut Dice::new(seed, "broken");
    let beside = |place: &usize| *place > top;
    let others: Vec<usize> = (0..plan.places.len()).filter(beside).collect();
    if !others.is_empty() && dice.chance(15) {
        plan.broken = Some(plan.places[*dice.one(&others)].code.clone());
    }
    plan
}

/// A plan that is nothing but long: hourly cycles for eleven days at one site and a child.
pub fn long(seed: u64) -> Plan {
    let mut plan = draw(seed);
    plan.lane = Lane::One;
    plan.places = ["CEN", "S01"].map(|code| place(code, (code != "CEN").then_some(0))).to_vec();
    plan.calm = 11 * DAY;
    plan.schedule = (0..264).map(|hour| hour * HOUR).collect();
    plan.timing = ["request", "connect", "pull", "settle", "import", "insert"]
        .map(|what| (what, Cost::Constant(20)))
        .to_vec();
    (plan.flaws, plan.broken, plan.retry_limit) = (Vec::new(), None, None);
    plan.clock_ahead = 0;
    plan
}

/// Seldom right, where clocks matter: by minutes, or by hours.
fn clock_ahead(seed: u64) -> i64 {
    let dice = &mut Dice::new(seed, "clock");
    if !dice.chance(25) {
        return 0;
    }
    let seconds = *dice.one(&[1, 90, 300, 3_600, 10_800]);
    if dice.chance(50) { seconds } else { -seconds }
}

fn place(code: &str, parent: Option<usize>) -> Place {
    Place {
        code: code.to_owned(),
        parent,
        secondary: false,
        point: true,
        remote: false,
        internet: false,
        courier: None,
        clients: [0; 3],
        hopeless: false,
        link: None,
        zone: Zone::Utc,
        route: None,
    }
}

fn places(seed: u64) -> Vec<Place> {
    let dice = &mut Dice::new(seed, "places");
    let most = *dice.one(&[4, 8, 8, 16, 25]);
    let count = 1 + dice.roll(most) as usize;
    let shape = dice.roll(4);
    let top_below = count > 1 && dice.chance(10);
    let mut places: Vec<Place> = Vec::new();
    for number in 0..count {
        let primaries: Vec<usize> = (0..number).filter(|place| !places[*place].secondary).collect();
        let parent = match (number, shape) {
            (0, _) => None,
            // A chain, a star, a tree of threes, or whatever comes.
            (_, 0) => primaries.last().copied(),
            (1, _) | (_, 1) => Some(0),
            (_, 2) => Some(*primaries.get((number - 1) / 3).unwrap_or(&0)),
            _ => Some(*dice.one(&primaries)),
        };
        let above = parent.is_some_and(|parent| places[parent].point);
        let point = match number {
            0 => !top_below,
            1 => top_below || dice.chance(85),
            // H3: one part of the tree has points, and it begins at the top-level site.
            _ => above && dice.chance(85),
        };
        let code = if number == 0 { "CEN".to_owned() } else { format!("S{number:02}") };
        let link = dice.chance(50).then(|| *dice.one(&["slow", "fast", "far", "daily"]));
        places.push(Place {
            secondary: shape != 0 && number > 1 && dice.chance(30),
            point,
            remote: dice.chance(20),
            internet: point && dice.chance(20),
            hopeless: above && point && dice.chance(3),
            link,
            ..place(&code, parent)
        });
    }
    places
}

/// In one plan of five there are clients; SMS 2003 clients have their tool at the root (L1).
fn draw_clients(plan: &mut Plan) {
    let dice = &mut Dice::new(plan.seed, "clients");
    if !dice.chance(20) {
        return;
    }
    plan.individually = dice.chance(50);
    let many = if plan.individually { 12 } else { 800 };
    for place in &mut plan.places {
        let internet = if place.internet { dice.roll(many) as u32 } else { 0 };
        place.clients =
            [dice.roll(many) as u32, internet, dice.roll(2) as u32 * dice.roll(9) as u32];
    }
}

/// Some internet-based points are carried to (P10); the options of a few do not match.
fn draw_couriers(plan: &mut Plan) {
    let dice = &mut Dice::new(plan.seed, "couriers");
    for place in plan.places.iter_mut().filter(|place| place.internet) {
        if dice.chance(30) {
            place.courier = Some(Courier {
                first: dice.roll(2_000) * MINUTE,
                every: *dice.one(&[6, 24, 24, 72]) * HOUR,
                export: dice.roll(60) * MINUTE,
                carry: *dice.one(&[0, 30, 300, 2_000]) * MINUTE,
                import: dice.roll(200) * MINUTE,
                matches: !dice.chance(15),
            });
        }
    }
}

fn releases(seed: u64, calm: u64) -> Vec<Release> {
    let dice = &mut Dice::new(seed, "releases");
    let one = |dice: &mut Dice| Release {
        at: dice.roll(calm / MINUTE) * MINUTE,
        updates: 1 + dice.roll(9),
        revises: dice.roll(4),
        expires: dice.roll(4),
        kilobytes: 1 + dice.roll(9_000),
    };
    (0..1 + dice.roll(6)).map(|_| one(dice)).collect()
}

fn timing(seed: u64) -> Vec<(&'static str, Cost)> {
    let dice = &mut Dice::new(seed, "timing");
    let mut cost = |most| {
        let seconds = 1 + dice.roll(most);
        match dice.roll(6) {
            0 => Cost::Exponential(seconds),
            1 => Cost::UpToTwice(seconds),
            2 => Cost::PerUpdate(seconds),
            3 => Cost::Constant(0),
            _ => Cost::Constant(seconds),
        }
    };
    let most = [
        ("request", 100),
        ("connect", 20),
        ("pull", 400),
        ("settle", 150),
        ("import", 900),
        ("insert", 600),
        ("internet", 900),
    ];
    most.map(|(what, most)| (what, cost(most))).to_vec()
}

/// Lengths over orders of magnitude, in seconds.
pub const LENGTHS: [u64; 9] = [1, 30, 60, 600, 3_600, 3_600, 14_400, 86_400, 259_200];

fn draw_flaws(plan: &mut Plan) {
    let dice = &mut Dice::new(plan.seed, "flaws");
    let subset: Vec<bool> = Class::ALL.map(|class| class_dice(plan, class).chance(50)).to_vec();
    let classes: Vec<Class> = match plan.lane {
        Lane::Subset => {
            Class::ALL.into_iter().zip(subset).filter(|one| one.1).map(|one| one.0).collect()
        }
        Lane::Everything => Class::ALL.to_vec(),
        Lane::One if dice.chance(50) => return pattern(plan, dice),
        Lane::One => vec![*dice.one(&Class::ALL)],
    };
    for &class in &classes {
        let dice = &mut class_dice(plan, class);
        let most = *dice.one(&[1, 3, 3, 8]);
        match class {
            Class::Struck => strike(plan, dice),
            // These hang on one another.
            Class::MoveSite | Class::InstallSup | Class::RemoveSup => {}
            // What never heals would leave little to say of what comes after.
            Class::Renewal if plan.lane == Lane::Everything && dice.chance(80) => {}
            _ => {
                for number in 0..1 + dice.roll(most) {
                    let flaw = flaw(plan, class, number, dice);
                    plan.flaws.extend(flaw);
                }
            }
        }
    }
    reshape(plan, &classes);
    // Nobody runs a synchronisation where there is no point at that time.
    let asks_nobody = |flaw: &Flaw| match (flaw.class, &flaw.when) {
        (Class::ManualAtChild, When::At(at)) => {
            let shape = plan.shape_at(*at, &flaw.name);
            let lacks = |place: usize| !shape.points[place] && flaw.names(&plan.places[place].code);
            (0..plan.places.len()).any(lacks)
        }
        _ => false,
    };
    let asking_nobody: Vec<bool> = plan.flaws.iter().map(asks_nobody).collect();
    let mut asking_nobody = asking_nobody.into_iter();
    plan.flaws.retain(|_| !asking_nobody.next().unwrap_or(false));
}

/// One class more changes nothing of the others.
fn class_dice(plan: &Plan, class: Class) -> Dice {
    Dice::new(plan.seed, &format!("{class:?}"))
}

/// Which sites can be hit by something.
type Able<'a> = &'a dyn Fn(usize) -> bool;

fn flaw(plan: &Plan, class: Class, number: u64, dice: &mut Dice) -> Option<Flaw> {
    let top = plan.top();
    let reached = plan.below(&plan.places[top].code);
    let phases = ["connect", "pull", "settle"];
    let everywhere: Able<'_> = &|_| true;
    let with_point: Able<'_> = &|place| plan.places[place].point;
    let with_internet: Able<'_> = &|place| plan.places[place].internet;
    let syncs_internet: Able<'_> = &|place| plan.places[place].syncs_internet();
    let at_top: Able<'_> = &|place| place == top;
    let child: Able<'_> = &|place| place != top && reached[place];
    let asked: Able<'_> = &|place| place != top && reached[place] && plan.places[place].point;
    let within: Able<'_> = &|place| reached[place];
    let linked: Able<'_> = &|place| plan.places[place].link.is_some();
    // What breaks, and where there is such a thing.
    let (what, able): (String, Able<'_>) = match class {
        Class::LinkDown => ("link_down".to_owned(), everywhere),
        Class::LinkSlow => (format!("{{ link_slow: {{ to: {}% }} }}", 1 + dice.roll(60)), linked),
        Class::SiteDown => ("site_down".to_owned(), everywhere),
        Class::Renewal => {
            let (what, able) =
                [("site_down", everywhere), ("link_down", everywhere), ("sup_down", with_point)]
                    [dice.roll(3) as usize];
            (what.to_owned(), able)
        }
        Class::SupDown => ("sup_down".to_owned(), with_point),
        Class::InternetSupDown => ("internet_sup_down".to_owned(), with_internet),
        Class::SourceDown => ("source_down".to_owned(), at_top),
        Class::GateClosed => ("wsus_not_configured".to_owned(), with_point),
        Class::DatabaseFails => ("database_fails".to_owned(), within),
        Class::LicenceTerms => ("licence_terms_missing".to_owned(), with_point),
        Class::LoseRequest => ("lose_request".to_owned(), asked),
        Class::LosePackage => ("lose_package".to_owned(), child),
        Class::DuplicatePackage => ("duplicate_package".to_owned(), child),
        Class::ReorderPackages => ("reorder_packages".to_owned(), child),
        Class::DelayPackage => (format!("{{ delay_package: {}min }}", 1 + dice.roll(119)), child),
        Class::Slow => {
            let factor = 2 + dice.roll(3);
            let slow = |phase| format!("{{ slow: {{ phase: {phase}, factor: {factor} }} }}");
            match dice.roll(7) {
                0 => (slow("import"), at_top),
                1 => (slow("internet"), syncs_internet),
                2 => (slow("insert"), child),
                3 => (slow("request"), asked),
                _ => (slow(phases[dice.roll(3) as usize]), with_point),
            }
        }
        Class::FailSync | Class::FailAttempts | Class::PerAttempt => {
            let after = dice.roll(900);
            let fail = |phase| format!("{{ fail_sync: {{ after: {after}s, phase: {phase} }} }}");
            match dice.roll(5) {
                0 => (fail("import"), at_top),
                1 => (fail("internet"), syncs_internet),
                _ => (fail(phases[dice.roll(3) as usize]), with_point),
            }
        }
        Class::Struck | Class::MoveSite | Class::InstallSup | Class::RemoveSup => {
            unreachable!("it is drawn from a run")
        }
        Class::SetSchedule => (String::new(), at_top),
        Class::Manual => ("run_synchronization".to_owned(), at_top),
        Class::ManualAtChild => (String::new(), asked),
        Class::Criteria => {
            let product = *dice.one(&["Windows", "Office"]);
            let criteria = format!("{{ products: [{product}, Local Publisher] }}");
            (format!("{{ set_criteria: {criteria} }}"), at_top)
        }
        Class::PublishLocally => {
            let updates = 1 + dice.roll(5);
            (format!("{{ publish_locally: {{ updates: {updates}, metadata: 90 KB }} }}"), at_top)
        }
    };
    let able: Vec<usize> = (0..plan.places.len()).filter(|place| able(*place)).collect();
    if able.is_empty() {
        return None;
    }
    let code = &plan.places[*dice.one(&able)].code;
    let what = match class {
        Class::ManualAtChild => {
            What::Words(format!("{{ run_synchronization: {{ site: {code} }} }}"))
        }
        Class::SetSchedule => {
            let cycle = *dice.one(&[HOUR, 3 * HOUR, 8 * HOUR, DAY]);
            let first = dice.roll(300) * MINUTE;
            let shown = plan.shown(plan.calm).unwrap_or(0);
            What::Schedules((0..).map(|n| first + n * cycle).take_while(|at| *at < shown).collect())
        }
        _ => What::Words(what),
    };
    Some(Flaw {
        name: class.name(number),
        class,
        what,
        code: match class {
            Class::SourceDown
            | Class::Manual
            | Class::ManualAtChild
            | Class::Criteria
            | Class::PublishLocally
            | Class::SetSchedule => None,
            // Now and then at every site that has it.
            _ => (!dice.chance(15)).then(|| code.clone()),
        },
        when: when(plan, class, dice),
    })
}

fn when(plan: &Plan, class: Class, dice: &mut Dice) -> When {
    let minutes = plan.calm / MINUTE;
    match class {
        Class::Manual
        | Class::ManualAtChild
        | Class::Criteria
        | Class::PublishLocally
        | Class::SetSchedule => When::At(dice.roll(minutes) * MINUTE),
        Class::FailAttempts => {
            let mut numbers: Vec<u64> = (0..=dice.roll(3)).map(|_| 1 + dice.roll(9)).collect();
            numbers.sort_unstable();
            numbers.dedup();
            When::Attempts(numbers)
        }
        Class::PerAttempt => When::PerAttempt(*dice.one(&[3, 10, 30])),
        Class::Renewal => When::Renewal { minutes: *dice.one(&[1, 20, 240]) },
        // Now and then a window a day, all of them over in time.
        _ if plan.calm > 2 * DAY && dice.chance(10) => {
            let from = dice.roll(1_200) * MINUTE;
            let length = MINUTE + dice.roll(3 * HOUR);
            let days = (0..plan.calm / DAY - 1).map(|day| day * DAY + from);
            When::Windows(days.map(|from| (from, from + length)).collect())
        }
        _ => {
            let from = dice.roll(minutes) * MINUTE + dice.roll(2) * dice.roll(MINUTE);
            let length = *dice.one(&LENGTHS) * SECOND + dice.roll(2) * dice.roll(SECOND);
            When::Window { from, until: (from + length).min(plan.calm) }
        }
    }
}

/// What has broken real systems: not one fault, but a figure of them.
fn pattern(plan: &mut Plan, dice: &mut Dice) {
    let calm = plan.calm;
    let from = dice.roll(calm / MINUTE / 2) * MINUTE;
    let length = *dice.one(&LENGTHS) * SECOND;
    let until = (from + length).min(calm);
    let mut flaws: Vec<(Class, &str, Option<String>, When)> = Vec::new();
    let codes: Vec<String> = plan.places.iter().map(|place| place.code.clone()).collect();
    let window = |from: u64, until: u64| When::Window { from, until: until.min(calm) };
    match dice.roll(7) {
        // Swizzle-clog: the circuits fail one after the other and come back in another order.
        0 => {
            for code in codes {
                let from = from + dice.roll(HOUR);
                let until = (until + HOUR + dice.roll(HOUR)).min(calm);
                if from < until {
                    flaws.push((Class::LinkDown, "link_down", Some(code), window(from, until)));
                }
            }
        }
        // One site alone: its own circuit and those of its children.
        1 => {
            let lonely = dice.roll(codes.len() as u64) as usize;
            for (number, code) in codes.iter().enumerate() {
                if number == lonely || plan.places[number].parent == Some(lonely) {
                    let code = Some(code.clone());
                    flaws.push((Class::LinkDown, "link_down", code, window(from, until)));
                }
            }
        }
        // A subtree goes down together.
        2 => {
            let within = plan.below(&codes[dice.roll(codes.len() as u64) as usize]);
            for (code, _) in codes.into_iter().zip(within).filter(|(_, within)| *within) {
                flaws.push((Class::SiteDown, "site_down", Some(code), window(from, until)));
            }
        }
        // All servers restart at once.
        3 => {
            let until = from + *dice.one(&[1, SECOND, MINUTE]);
            flaws.push((Class::SiteDown, "site_down", None, window(from, until)));
        }
        // A small package overtakes a large one on a slow circuit.
        4 | 5 => {
            let top = plan.top();
            let child = |place: &Place| place.parent == Some(top);
            let Some(child) = plan.places.iter().position(child) else { return };
            plan.places[child].link = Some("slow");
            let mut at = from;
            for kilobytes in [9_000, 1] {
                let (updates, revises, expires) = (3, 0, 0);
                plan.releases.push(Release { at, updates, revises, expires, kilobytes });
                let what = What::Words("run_synchronization".to_owned());
                let name = format!("by-hand-{kilobytes}");
                let when = When::At(at + MINUTE);
                plan.flaws.push(Flaw { name, class: Class::Manual, code: None, what, when });
                at += 2 * MINUTE;
            }
        }
        // Something fails exactly when the retry of the first failure falls due, give or take a
        // tick: sixty minutes by default.
        _ => {
            let after = dice.roll(60);
            let due = plan.due();
            let first = if plan.current { due.first() } else { Some(&0) };
            let Some(first) = first.filter(|first| **first + 4 * HOUR < calm) else { return };
            let due = first + after * SECOND + plan.retry_every;
            let from = due + dice.roll(3) - 1;
            let what = format!("{{ fail_sync: {{ after: {after}s, phase: connect }} }}");
            let code = plan.places[plan.top()].code.clone();
            plan.jitter = 0;
            plan.flaws.push(Flaw {
                name: "first".to_owned(),
                class: Class::FailAttempts,
                code: Some(code.clone()),
                what: What::Words(what),
                when: When::Attempts(vec![1]),
            });
            let (class, what) = *dice.one(&[
                (Class::SiteDown, "site_down"),
                (Class::SupDown, "sup_down"),
                (Class::LinkDown, "link_down"),
            ]);
            flaws.push((class, what, Some(code), window(from, from + 5 * MINUTE)));
        }
    }
    for (number, (class, what, code, when)) in flaws.into_iter().enumerate() {
        let (name, what) = (format!("p{number}"), What::Words(what.to_owned()));
        plan.flaws.push(Flaw { name, class, code, what, when });
    }
}
