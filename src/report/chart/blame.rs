//! The blame bars: what is the delay made of?

use std::collections::BTreeMap;

use super::attribute::Attribute;
use super::axis::{Elapsed, words};
use super::canvas::{Canvas, PX, Pen, Side};
use super::lettering::Weight;
use super::palette::{self, Colour};
use super::picture::Picture;
use super::plot;
use super::sheet::{MARGIN, Sentence};
use super::shown::Shown;
use super::subject::{Subject, counted, grouped};
use super::terminal::{self, shortened};
use crate::measure::{Category, Causes};
use crate::report::Look;
use crate::scenario::Recording;
use crate::units::Duration;

pub(super) const QUESTION: &str = "What is the delay made of?";
const NOTHING: &str = "No release became current anywhere, so there is no delay to explain.";
const WIDTH: i32 = 1200;
/// Up to so many sites each have a bar of their own; of more, each branch of the tree.
const FEW: usize = 24;
/// More bars would not be read.
const MOST: usize = 24;
/// So many categories are told by themselves.
const TOLD: usize = 9;
const ROW: i32 = 28 * PX;
/// The first line of the key.
const KEY: i32 = 112 * PX;
/// At the right: the whole delay, and the largest parts of it in words.
const SAID: i32 = 390 * PX;

const NAME: Pen = Pen { size: 12, weight: Weight::Regular, colour: palette::INK };
const VALUE: Pen = Pen { size: 12, weight: Weight::Heavy, colour: palette::INK };
const LATE: Pen = Pen { size: 12, weight: Weight::Heavy, colour: palette::FAILED_TEXT };

/// A bar for each site, or for each branch of the tree: how much of the time until it was current
/// was what, on average over its sites.
pub fn blame(shown: &Shown<'_>, rows: Option<Attribute>) -> Picture {
    let subject = Subject::new(shown);
    let bars = Bars::of(shown, &subject, rows);
    if bars.told.is_empty() {
        return subject.sheet(QUESTION, subject.sentences()).nothing(WIDTH, NOTHING);
    }
    let sheet = subject.sheet(QUESTION, bars.sentences(&subject));
    sheet.picture((WIDTH, bars.height()), |canvas| bars.draw(canvas))
}

/// One bar as figures.
pub(in crate::report) struct BlameRow {
    /// Whose it is.
    pub name: String,
    /// How long it is.
    pub mean: Duration,
    /// How long each part of it is, in the order of the heads; `None`: it has no such part.
    pub parts: Vec<Option<Duration>>,
}

/// The same as figures: what the parts are called, and a row for each bar and for all.
pub(in crate::report) fn blame_figures(shown: &Shown<'_>) -> (Vec<&'static str>, Vec<BlameRow>) {
    let bars = Bars::of(shown, &Subject::new(shown), None);
    let told = bars.told.iter().copied().map(Some);
    let kinds: Vec<Option<Category>> = told.chain([None]).collect();
    let row = |bar: &Bar, name: String| {
        let parts: BTreeMap<_, _> = bar.shown(&bars.told).into_iter().collect();
        let mean = |kind: &Option<Category>| parts.get(kind).map(|sum| bar.mean_of(*sum));
        BlameRow { name, mean: bar.mean(), parts: kinds.iter().map(mean).collect() }
    };
    let mut rows: Vec<_> = bars.bars.iter().map(|bar| row(bar, bar.name.clone())).collect();
    if bars.further.0 > 0 {
        rows.push(row(&bars.further.1, format!("and {} more", bars.further.0)));
    }
    rows.push(row(&bars.all, "all".to_owned()));
    (kinds.into_iter().map(words_of).collect(), rows)
}

/// One bar.
#[derive(Clone, Debug, Default)]
struct Bar {
    name: String,
    /// How many sites became current.
    reached: u64,
    /// How many never did.
    never: u64,
    /// What each category took at all of them together \[µs\].
    parts: BTreeMap<Category, u128>,
}

impl Bar {
    fn whole(&self) -> u128 {
        self.parts.values().sum()
    }

    fn mean_of(&self, sum: u128) -> Duration {
        let count = u128::from(self.reached.max(1));
        Duration::from_micros(u64::try_from((sum + count / 2) / count).unwrap_or(u64::MAX))
    }

    fn mean(&self) -> Duration {
        self.mean_of(self.whole())
    }

    /// In the order of the categories, those that are not told by themselves together at the end.
    fn shown(&self, told: &[Category]) -> Vec<(Option<Category>, u128)> {
        let own = told.iter().filter_map(|one| Some((Some(*one), *self.parts.get(one)?)));
        let rest = self.parts.iter().filter(|(one, _)| !told.contains(one)).map(|(_, sum)| sum);
        let rest: u128 = rest.sum();
        own.chain((rest > 0).then_some((None, rest))).collect()
    }

    /// `link down 8.8 h, sender closed 6.2 h`: the largest parts.
    fn largest(&self) -> String {
        let mut parts: Vec<(Category, u128)> =
            self.parts.iter().map(|(category, sum)| (*category, *sum)).collect();
        parts.sort_by_key(|(category, sum)| (std::cmp::Reverse(*sum), *category));
        let worth = |sum: u128| sum * 20 >= self.whole();
        let parts = parts.into_iter().take(2).filter(|(_, sum)| worth(*sum));
        let said = parts.map(|(one, sum)| format!("{} {}", one.words(), words(self.mean_of(sum))));
        said.collect::<Vec<_>>().join(", ")
    }
}

struct Bars {
    /// The latest first.
    bars: Vec<Bar>,
    /// How many more there are, and all of them as one.
    further: (usize, Bar),
    /// All sites.
    all: Bar,
    /// The categories that are told by themselves, in their own order.
    told: Vec<Category>,
    /// Was so little recorded that senders are not told apart?
    coarse: bool,
}

impl Bars {
    fn of(shown: &Shown<'_>, subject: &Subject<'_>, rows: Option<Attribute>) -> Bars {
        let (scenario, outcome) = (shown.run.scenario, shown.run.outcome);
        let by = rows.unwrap_or(Attribute::Branch);
        let each = subject.arrivals.len() <= FEW && by == Attribute::Branch;
        let causes = Causes::of(scenario, shown.run.trace, outcome);
        let mut bars: BTreeMap<(u32, String), Bar> = BTreeMap::new();
        let mut all = Bar::default();
        for arrival in &subject.arrivals {
            let site = &scenario.sites[arrival.site.index()];
            let key = if each {
                (arrival.site.0, format!("{} {}", site.code, site.name).trim().to_owned())
            } else {
                (0, by.value(scenario, arrival).words)
            };
            let bar = bars.entry(key).or_default();
            let blame = causes.blame(arrival);
            for bar in [&mut all, bar] {
                match &blame {
                    None => bar.never += 1,
                    Some(blame) => {
                        bar.reached += 1;
                        for stage in &blame.stages {
                            let sum = bar.parts.entry(stage.category).or_default();
                            *sum += u128::from(stage.length().micros());
                        }
                    }
                }
            }
        }
        let named = |((_, name), bar): ((u32, String), Bar)| Bar { name, ..bar };
        let mut bars: Vec<Bar> = bars.into_iter().map(named).collect();
        // never is later than any time
        let lateness = |bar: &Bar| (bar.never * 10_000 / (bar.never + bar.reached), bar.mean());
        bars.sort_by_key(|bar| std::cmp::Reverse(lateness(bar)));
        let rest = bars.split_off(bars.len().min(MOST));
        let mut further = (rest.len(), Bar::default());
        for bar in rest {
            further.1.reached += bar.reached;
            further.1.never += bar.never;
            for (category, sum) in bar.parts {
                *further.1.parts.entry(category).or_default() += sum;
            }
        }
        let told = told(&all, &bars);
        Bars { bars, further, all, told, coarse: scenario.recording < Recording::All }
    }

    fn sentences(&self, subject: &Subject<'_>) -> Vec<Sentence> {
        let never = subject.never_in_words().map(|words| Sentence::Alarm(words + "."));
        let mean = words(self.all.mean());
        let whom = counted(self.all.reached as usize, "site");
        let of = if self.all.reached == 1 { "of" } else { "on average over" };
        let text = format!("{mean} {of} {whom}: {}.", self.all.largest());
        never.into_iter().chain([Sentence::Plain(text)]).collect()
    }

    fn height(&self) -> i32 {
        let rows = self.bars.len() as i32 + i32::from(self.further.0 > 0);
        (self.top() + rows * ROW) / PX + 90 + if self.coarse { 18 } else { 0 }
    }

    /// What each colour means, laid out on lines: one name for each kind of time that has it.
    fn key(&self) -> Vec<(String, Colour, i32, i32)> {
        let mut meanings: Vec<(String, Colour)> = Vec::new();
        for (category, _) in self.all.shown(&self.told) {
            let (words, colour) = (words_of(category), colour_of(category));
            match meanings.iter_mut().find(|(_, other)| *other == colour) {
                Some((words_before, _)) => *words_before += &format!(" / {words}"),
                None => meanings.push((words.to_owned(), colour)),
            }
        }
        let (mut x, mut y) = (MARGIN, KEY);
        let mut entries = Vec::new();
        for (words, colour) in meanings {
            let width = 20 * PX + Pen::SCALE.width(&words);
            if x > MARGIN && x + width > WIDTH * PX - MARGIN {
                (x, y) = (MARGIN, y + 20 * PX);
            }
            entries.push((words, colour, x, y));
            x += width + 18 * PX;
        }
        entries
    }

    fn top(&self) -> i32 {
        self.key().last().map_or(KEY, |(.., y)| *y) + 26 * PX
    }

    fn draw(&self, canvas: &mut Canvas<'_>) {
        for (words, colour, x, y) in self.key() {
            canvas.rect((x, y - 6 * PX), (13 * PX, 12 * PX), colour);
            canvas.text(&words, (x + 20 * PX, y), Side::Right, Pen::SCALE);
        }
        let names = self.bars.iter().map(|bar| NAME.width(&bar.name)).max().unwrap_or(0);
        let left = MARGIN + names.clamp(40 * PX, 200 * PX) + 14 * PX;
        let right = WIDTH * PX - MARGIN - SAID;
        let longest = self.bars.iter().map(Bar::mean).max().unwrap_or_default();
        let axis = Elapsed::new((Duration::ZERO, longest), left, right);
        let top = self.top();
        let rows = self.bars.len() as i32 + i32::from(self.further.0 > 0);
        let bottom = top + rows * ROW;
        for (x, text) in axis.ticks() {
            canvas.line((x, top), (x, bottom), PX, palette::GRID);
            canvas.line((x, bottom), (x, bottom + 5 * PX), PX, palette::AXIS);
            canvas.text(&text, (x, bottom + 18 * PX), Side::Centre, Pen::SCALE);
        }
        canvas.line((left, bottom), (right, bottom), PX, palette::AXIS);
        let what = plot::counted_time(&axis);
        canvas.text(&what, (left, bottom + 36 * PX), Side::Right, Pen::SCALE);
        for (row, bar) in self.bars.iter().enumerate() {
            self.bar(canvas, bar, &bar.name, (&axis, top + ROW * row as i32));
        }
        if self.further.0 > 0 {
            let name = format!("{} more", grouped(self.further.0));
            self.bar(canvas, &self.further.1, &name, (&axis, bottom - ROW));
        }
        if self.coarse {
            let words = "Senders are not told apart from what they send: \
                         that needs record: { events: all }.";
            canvas.text(words, (MARGIN, bottom + 56 * PX), Side::Right, Pen::SCALE);
        }
    }

    fn bar(&self, canvas: &mut Canvas<'_>, bar: &Bar, name: &str, (axis, y): (&Elapsed, i32)) {
        let middle = y + ROW / 2;
        let left = axis.x(Duration::ZERO);
        let name = NAME.fitted(name, left - MARGIN - 10 * PX);
        canvas.text(&name, (MARGIN, middle), Side::Right, NAME);
        let mut before = 0;
        let mut end = left;
        for (category, sum) in bar.shown(&self.told) {
            let from = axis.x(bar.mean_of(before));
            before += sum;
            end = axis.x(bar.mean_of(before));
            // A hair of paper parts what has nearly the same grey.
            let width = (end - from - PX / 2).max(0);
            canvas.rect((from, middle - 9 * PX), (width, 18 * PX), colour_of(category));
        }
        let mut x = end + 8 * PX;
        if bar.reached > 0 {
            let mean = words(bar.mean());
            canvas.text(&mean, (x, middle), Side::Right, VALUE);
            x += VALUE.width(&mean) + 10 * PX;
        }
        if bar.never > 0 {
            let never = match (bar.reached, bar.never) {
                (0, 1) => "never".to_owned(),
                (_, never) => format!("{} never", grouped(never as usize)),
            };
            canvas.text(&never, (x, middle), Side::Right, LATE);
            x += LATE.width(&never) + 10 * PX;
        }
        let room = WIDTH * PX - MARGIN - x;
        let said = Pen::NOTE.fitted(&bar.largest(), room);
        if room > 40 * PX {
            canvas.text(&said, (x, middle), Side::Right, Pen::NOTE);
        }
    }
}

/// The categories that matter most, in their own order: those of all sites together, and whatever
/// is large somewhere.
fn told(all: &Bar, bars: &[Bar]) -> Vec<Category> {
    let share = |bar: &Bar, category| {
        let part = bar.parts.get(&category).copied().unwrap_or(0);
        part * 1_000 / bar.whole().max(1)
    };
    let weight = |category| {
        let most = bars.iter().map(|bar| share(bar, category)).max().unwrap_or(0);
        most.max(share(all, category))
    };
    let mut told: Vec<Category> = all.parts.keys().copied().collect();
    told.sort_by_key(|category| std::cmp::Reverse(weight(*category)));
    told.truncate(TOLD);
    told.sort_unstable();
    told
}

fn words_of(category: Option<Category>) -> &'static str {
    category.map_or("everything else", Category::words)
}

fn colour_of(category: Option<Category>) -> Colour {
    category.map_or(palette::GRID, palette::of_category)
}

/// So many letters the longest bar has.
const LETTERS: usize = 52;

/// The same bars in the terminal: a letter for each category.
pub fn blame_text(shown: &Shown<'_>, rows: Option<Attribute>, look: Look) -> String {
    const NAMES: usize = 20;
    let subject = Subject::new(shown);
    let bars = Bars::of(shown, &subject, rows);
    let mut page = terminal::page(QUESTION, &subject.heading(), look);
    if bars.told.is_empty() {
        page.line(format_args!("{NOTHING}"));
        return page.text;
    }
    let longest = bars.bars.iter().map(Bar::mean).max().unwrap_or_default().micros().max(1);
    let letters: Vec<(Option<Category>, char)> =
        bars.all.shown(&bars.told).into_iter().map(|(one, _)| one).zip('a'..).collect();
    let letter = |category| {
        let found = letters.iter().find(|(one, _)| *one == category);
        found.map_or(' ', |(_, letter)| *letter)
    };
    let line = |bar: &Bar, name: &str| {
        let place = |sum| {
            let mean = u128::from(bar.mean_of(sum).micros()) * LETTERS as u128;
            usize::try_from(mean / u128::from(longest)).unwrap_or(LETTERS).min(LETTERS)
        };
        let (mut before, mut drawn) = (0, String::new());
        for (category, sum) in bar.shown(&bars.told) {
            before += sum;
            while drawn.len() < place(before) {
                drawn.push(letter(category));
            }
        }
        let never = match bar.never {
            0 => String::new(),
            never => format!("  {} never", grouped(never as usize)),
        };
        let mean = if bar.reached > 0 { words(bar.mean()) } else { String::new() };
        format!("{:NAMES$} {drawn} {mean}{never}", shortened(name, NAMES, look))
    };
    for bar in &bars.bars {
        page.line(format_args!("{}", line(bar, &bar.name)));
    }
    if bars.further.0 > 0 {
        let name = format!("{} more", grouped(bars.further.0));
        page.line(format_args!("{}", line(&bars.further.1, &name)));
    }
    page.gap();
    for (category, letter) in &letters {
        page.line(format_args!("  {letter}  {}", words_of(*category)));
    }
    terminal::finished(page, &bars.sentences(&subject), &subject)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::sample;
    use crate::report::Run;
    use crate::units::ReleaseId;

    fn drawn<T>(draw: impl FnOnce(&Shown<'_>) -> T) -> T {
        let (scenario, trace, outcome) = sample::tutorial();
        let run = Run { scenario: &scenario, trace: &trace, outcome: &outcome, replication: 0 };
        draw(&Shown { run, release: Some(ReleaseId(0)), repeat: "" })
    }

    #[test]
    fn the_parts_of_a_bar_are_together_as_long_as_the_delay() {
        drawn(|shown| {
            let subject = Subject::new(shown);
            let bars = Bars::of(shown, &subject, None);
            let mut means: Vec<Duration> = bars.bars.iter().map(Bar::mean).collect();
            assert!(means.is_sorted_by(|one, next| one >= next), "the latest first");
            means.reverse();
            assert_eq!(means, subject.delays());
            for bar in &bars.bars {
                let shown: u128 = bar.shown(&bars.told).iter().map(|(_, sum)| sum).sum();
                assert_eq!(shown, bar.whole(), "{}", bar.name);
            }
        });
    }

    #[test]
    fn what_is_small_everywhere_is_told_together_and_nothing_is_lost() {
        let mut bar = Bar { reached: 1, ..Bar::default() };
        for (place, category) in Category::ALL.into_iter().enumerate() {
            bar.parts.insert(category, 1_000 * (place as u128 + 1));
        }
        let told = told(&bar, &[]);
        assert_eq!(told.len(), TOLD);
        assert!(told.contains(&Category::ALL[25]) && !told.contains(&Category::ALL[0]));
        let shown = bar.shown(&told);
        assert_eq!(shown.len(), TOLD + 1);
        assert_eq!(shown.iter().map(|(_, sum)| sum).sum::<u128>(), bar.whole());
    }

    #[test]
    fn the_key_names_what_occurs_and_the_bars_what_is_large() {
        let svg = drawn(|shown| blame(shown, None)).svg;
        for wanted in ["waiting for the schedule", "on average over 3 sites"] {
            assert!(svg.contains(wanted), "{wanted} is missing: {svg}");
        }
        let text = drawn(|shown| blame_text(shown, None, Look::default()));
        assert!(
            text.contains("aaaaaa") && text.contains("  a  waiting for the schedule"),
            "{text}"
        );
    }
}
