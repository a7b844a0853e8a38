//! The failure surface: how much outage can each site stand?

use super::axis::{Elapsed, words};
use super::canvas::{Canvas, PX, Pen, Side};
use super::lettering::Weight;
use super::palette;
use super::picture::Picture;
use super::sheet::{MARGIN, Sentence, Sheet};
use super::subject::{counted, grouped};
use super::terminal::{bar, shortened};
use crate::experiment::Tolerance;
use crate::report::many::bound;
use crate::report::shrink::{Surface, length};
use crate::report::summary::page::{Page, WIDTH as COLUMNS};
use crate::units::Duration;

/// What it answers.
pub(in crate::report) const QUESTION: &str = "How much outage can each site stand?";
const WIDTH: i32 = 1000;
/// So wide where the command that repeats it is as long.
const WIDEST: i32 = 1400;
/// More bars would not be read; they are the sites that stand least.
const MOST: usize = 40;
const ROW: i32 = 24 * PX;
/// The first bar.
const TOP: i32 = 112 * PX;
/// At the right of the longest bar: how long it is.
const SAID: i32 = 120 * PX;

const NAME: Pen = Pen { size: 12, weight: Weight::Heavy, colour: palette::INK };
const VALUE: Pen = Pen { size: 12, weight: Weight::Heavy, colour: palette::INK };
const LEAST: Pen = Pen { size: 12, weight: Weight::Heavy, colour: palette::FAILED_TEXT };
const PLAIN: Pen = Pen { size: 12, weight: Weight::Regular, colour: palette::INK };

/// A bar for each site: the shortest outage that breaks the expectation, the shortest first. The
/// sites that stand every outage that was tried are named below.
pub fn surface(surface: &Surface<'_>) -> Picture {
    let scenario = surface.scenario;
    let name = &scenario.name;
    let asked = surface.asked();
    let of = match surface.replications {
        1 => "replication 0".to_owned(),
        several => counted(several as usize, "replication"),
    };
    let heading = format!("{}  \u{B7}  {}: {}", surface.offered(), asked.name, bound(asked));
    let note = format!(
        "{name}  \u{B7}  seed {}  \u{B7}  {of}  \u{B7}  repeat: {}",
        scenario.seed, surface.repeat
    );
    // half a command is none
    let needed = (Pen::NOTE.width(&note) + 2 * MARGIN) / PX + 1;
    let width = needed.clamp(WIDTH, WIDEST);
    let sheet = Sheet { question: QUESTION, heading, sentences: sentences(surface), note };
    let (broken, standing) = surface.parted();
    let drawn = &broken[..broken.len().min(MOST)];
    let lines = below(surface, broken, standing);
    let bars = drawn.len() as i32 * ROW;
    let axis = if drawn.is_empty() { 0 } else { 48 * PX };
    let height = (TOP + bars + axis) / PX + 20 * lines.len() as i32 + 54;
    sheet.picture((width, height), |canvas| {
        draw(canvas, surface, drawn, width);
        let first = TOP + bars + axis + 10 * PX;
        for (line, place) in lines.iter().zip(0..) {
            let text = PLAIN.fitted(line, width * PX - 2 * MARGIN);
            canvas.text(&text, (MARGIN, first + place * 20 * PX), Side::Right, PLAIN);
        }
    })
}

/// Who stands least, and how many stand everything.
fn sentences(surface: &Surface<'_>) -> Vec<Sentence> {
    let (broken, standing) = surface.parted();
    let all = counted(surface.tolerances.len(), "site");
    let most = length(surface.most());
    let Some((first, shortest)) = broken.first().and_then(|one| Some((one, one.breaks?))) else {
        return vec![Sentence::Plain(format!("Each of {all} stands any up to {most}."))];
    };
    let alike = broken.iter().filter(|one| one.breaks == Some(shortest)).count();
    let at = match alike {
        1 => surface.called(first.site).0.to_owned(),
        several => counted(several, "site"),
    };
    let least = Sentence::Alarm(format!("It breaks after {} at {at}.", length(shortest)));
    let rest = match standing.len() {
        0 if surface.tolerances.len() == alike => return vec![least],
        0 => format!("None of {all} stands {most}."),
        count => format!("{} of {all} stand any up to {most}.", grouped(count)),
    };
    vec![least, Sentence::Plain(rest)]
}

/// Until when the axis goes: as far as the longest bar, but so far that a short one looks short.
fn until(surface: &Surface<'_>, drawn: &[Tolerance]) -> Duration {
    let longest = drawn.iter().filter_map(|one| one.breaks).max().unwrap_or_default();
    longest.max(Duration::from_micros(surface.most().micros() / 6)).max(Duration::from_mins(10))
}

/// What no bar is drawn of.
fn below(surface: &Surface<'_>, broken: &[Tolerance], standing: &[Tolerance]) -> Vec<String> {
    let mut lines = Vec::new();
    if let [first, .., last] | [first @ last] = broken.get(MOST..).unwrap_or_default() {
        let count = grouped(broken.len() - MOST);
        let of = |one: &Tolerance| one.breaks.map(length).unwrap_or_default();
        let (least, most) = (of(first), of(last));
        let range = if least == most { least } else { format!("{least} to {most}") };
        lines.push(format!("and {count} more: {range}"));
    }
    if !standing.is_empty() {
        const NAMED: usize = 12;
        let code = |one: &Tolerance| surface.called(one.site).0.to_owned();
        let mut names: Vec<String> = standing.iter().take(NAMED).map(code).collect();
        if standing.len() > NAMED {
            names.push(format!("and {} more", grouped(standing.len() - NAMED)));
        }
        let verb = if standing.len() == 1 { "stands" } else { "stand" };
        let most = length(surface.most());
        lines.push(format!("{}  {verb} any up to {most}", names.join(" ")));
    }
    lines
}

fn draw(canvas: &mut Canvas<'_>, surface: &Surface<'_>, drawn: &[Tolerance], width: i32) {
    let Some(shortest) = drawn.first().and_then(|one| one.breaks) else { return };
    let called: Vec<(&str, String)> = drawn.iter().map(|one| surface.called(one.site)).collect();
    let widest = |widths: &mut dyn Iterator<Item = i32>| widths.max().unwrap_or(0);
    let codes = widest(&mut called.iter().map(|(code, _)| NAME.width(code))).min(120 * PX);
    let names = widest(&mut called.iter().map(|(_, name)| PLAIN.width(name))).min(180 * PX);
    let left = MARGIN + codes + if names > 0 { names + 10 * PX } else { 0 } + 14 * PX;
    let right = width * PX - MARGIN - SAID;
    let axis = Elapsed::new((Duration::ZERO, until(surface, drawn)), left, right);
    let bottom = TOP + drawn.len() as i32 * ROW;
    for (x, text) in axis.ticks() {
        canvas.line((x, TOP), (x, bottom), PX, palette::GRID);
        canvas.line((x, bottom), (x, bottom + 5 * PX), PX, palette::AXIS);
        canvas.text(&text, (x, bottom + 18 * PX), Side::Centre, Pen::SCALE);
    }
    canvas.line((left, bottom), (right, bottom), PX, palette::AXIS);
    let what = "the shortest outage that breaks it";
    canvas.text(what, (left, bottom + 36 * PX), Side::Right, Pen::SCALE);
    for (row, (one, (code, name))) in drawn.iter().zip(&called).enumerate() {
        let Some(breaks) = one.breaks else { continue };
        let middle = TOP + row as i32 * ROW + ROW / 2;
        canvas.text(&NAME.fitted(code, codes), (MARGIN, middle), Side::Right, NAME);
        if names > 0 {
            let at = (MARGIN + codes + 10 * PX, middle);
            canvas.text(&PLAIN.fitted(name, names), at, Side::Right, PLAIN);
        }
        let (colour, pen) = match breaks == shortest {
            true => (palette::FAILED, LEAST),
            false => (palette::SCALE[4], VALUE),
        };
        let end = axis.x(breaks).max(left + 2 * PX);
        canvas.rect((left, middle - 7 * PX), (end - left, 14 * PX), colour);
        canvas.text(&words(breaks), (end + 8 * PX, middle), Side::Right, pen);
    }
}

/// The same bars in a terminal.
pub(in crate::report) fn bars(surface: &Surface<'_>, page: &mut Page) {
    const NAMES: usize = 26;
    const LETTERS: usize = COLUMNS - NAMES - 16;
    let look = page.look;
    let (broken, standing) = surface.parted();
    let drawn = &broken[..broken.len().min(MOST)];
    let all = until(surface, drawn).micros();
    for one in drawn {
        let (code, name) = surface.called(one.site);
        let name = shortened(format!("{code}  {name}").trim_end(), NAMES, look);
        let breaks = one.breaks.unwrap_or_default();
        let edge = if look.ascii { "|" } else { "\u{258F}" };
        let bar = bar((breaks.micros(), all), LETTERS, look);
        page.line(format_args!("{name:NAMES$} {edge}{bar} {}", length(breaks)));
    }
    for line in below(surface, broken, standing) {
        page.line(format_args!("{line}"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::{Offer, Reply, Verdict};
    use crate::report::chart::sample::assert_legible;
    use crate::report::{Look, surface_text};
    use crate::scenario::{Overrides, Scenario};
    use crate::units::{FaultId, Instant, SiteId};

    /// A world with so many sites below the central one, each called so.
    fn scenario(sites: usize, name: &str) -> Scenario {
        let mut text = "supsim: 1\nkind: scenario\nname: given\nstart: 2026-01-13 00:00\n\
                        duration: 7d\nfaults: { cut: { do: link_down, when: { window: {} } } }\n\
                        expect: { in-time: { metric: staleness, at_most: 4d } }\nsites:\n  C00: {}\n"
            .to_owned();
        for number in 0..sites {
            let name = if name.is_empty() { "A name" } else { name };
            text += &format!("  S{number:02X}: {{ parent: C00, name: {name:?} }}\n");
        }
        let (scenario, _) = Scenario::parse("given.yaml", &text, &Overrides::default())
            .unwrap_or_else(|report| panic!("{report}"));
        scenario
    }

    /// Sites of which each stands what `breaks` says of its number.
    fn sample(
        sites: usize,
        name: &str,
        breaks: impl Fn(u64) -> Option<u64>,
    ) -> (Scenario, Vec<Tolerance>) {
        let of = |number: u64| Tolerance {
            site: SiteId(number as u32 + 1),
            breaks: breaks(number).map(Duration::from_mins),
            tried: 9,
        };
        let mut all: Vec<Tolerance> = (0..sites as u64).map(of).collect();
        all.sort_by_key(|one| (one.breaks.is_none(), one.breaks, one.site));
        (scenario(sites, name), all)
    }

    fn told<'a>(scenario: &'a Scenario, tolerances: &'a [Tolerance]) -> Surface<'a> {
        let from = Instant::START + Duration::from_hours(22);
        Surface {
            scenario,
            replications: 1,
            offer: Offer { fault: FaultId(0), from, most: 720 },
            tolerances,
            beside: &[],
            without: Reply { verdict: Verdict::Pass, worst: None, number: 0 },
            broken: None,
            repeat: "supsim shrink given.yaml --break in-time --offer link_down --from Tue-22:00",
        }
    }

    /// What could go wrong with a picture of bars.
    fn samples() -> Vec<(&'static str, Scenario, Vec<Tolerance>)> {
        let spread = |number| (number % 4 != 3).then(|| 47 + 17 * (number * number % 37));
        let long = "A branch office with a name that nobody would print on a door <&> at all";
        [
            ("one", sample(1, "", |_| Some(47))),
            ("nine", sample(9, "Berlin", |number| (number < 6).then_some(47 + 130 * number))),
            ("forty", sample(40, "", spread)),
            ("two-hundred", sample(200, "Berlin", |number| Some(15 + number * 3))),
            ("long-names", sample(12, long, spread)),
            ("all-stand", sample(30, "", |_| None)),
            ("all-at-once", sample(30, "Berlin", |_| Some(1))),
            ("none", sample(0, "", |_| None)),
        ]
        .into_iter()
        .map(|(name, (scenario, all))| (name, scenario, all))
        .collect()
    }

    #[test]
    fn every_site_is_drawn_named_or_counted() {
        for (name, scenario, all) in samples() {
            let told = told(&scenario, &all);
            let picture = surface(&told);
            assert_legible(name, &picture);
            let (broken, standing) = told.parted();
            let bars = picture.svg.matches(&palette::FAILED.to_string()).count()
                + picture.svg.matches(&palette::SCALE[4].to_string()).count();
            assert_eq!(bars, broken.len().min(MOST), "{name}");
            if broken.len() > MOST {
                assert!(picture.svg.contains("and 160 more: 2 h 15 min to 10 h 12 min"), "{name}");
            }
            let words = picture.svg.contains("up to 12 h");
            assert!(words || standing.is_empty(), "{name}");
        }
    }

    #[test]
    fn the_shortest_is_told_first_and_looks_short() {
        let (_, scenario, all) = samples().remove(1);
        let text = surface_text(&told(&scenario, &all), Look { ascii: true, colour: false });
        let bars: Vec<&str> = text.lines().filter(|line| line.contains("Berlin ")).collect();
        let length = |line: &&str| line.matches('#').count();
        assert_eq!(bars.len(), 6, "{text}");
        assert!(bars[0].starts_with("S00  Berlin") && bars[0].ends_with(" 47 min"), "{text}");
        assert!(bars.is_sorted_by_key(length) && length(&bars[0]) < 6, "{text}");
        assert!(text.contains("S06 S07 S08  stand any up to 12 h"), "{text}");
    }

    /// `SUPSIM_PICTURES=/somewhere cargo test --lib report::chart::surface`.
    #[test]
    fn pictures_can_be_written_down_and_looked_at() {
        let Some(folder) = std::env::var_os("SUPSIM_PICTURES").filter(|name| !name.is_empty())
        else {
            return;
        };
        for (name, scenario, all) in samples() {
            let picture = surface(&told(&scenario, &all));
            let file = std::path::Path::new(&folder).join(format!("surface-{name}"));
            std::fs::write(file.with_extension("svg"), &picture.svg).unwrap();
            std::fs::write(file.with_extension("png"), picture.to_png().unwrap()).unwrap();
        }
    }
}
