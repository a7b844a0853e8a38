//! The propagation curve in the terminal.

use super::super::axis::{Elapsed, between};
use super::super::canvas::PX;
use super::super::plot::counted_time;
use super::super::shown::Shown;
use super::super::subject::Subject;
use super::super::terminal;
use super::{Curve, NOTHING, QUESTION, curves, range};
use crate::report::Look;

/// So many letters the curves are wide, and so many lines high.
const WIDTH: usize = 72;
const HEIGHT: usize = 10;
/// One letter on an axis that counts in eighths of a pixel.
const LETTER: i32 = 6 * PX;

/// The same curves as letters.
pub(in super::super) fn text(shown: &Shown<'_>, look: Look) -> String {
    let subject = Subject::new(shown);
    let mut page = terminal::page(QUESTION, &subject.heading(), look);
    if subject.arrivals.is_empty() {
        page.line(format_args!("{NOTHING}"));
        return page.text;
    }
    let scenario = shown.run.scenario;
    let axis = Elapsed::new(range(scenario, &subject), 0, (WIDTH as i32 - 1) * LETTER);
    let curves = curves(scenario, &subject);
    let letters = letters(&curves);
    let mut grid = vec![vec![' '; WIDTH]; HEIGHT + 1];
    // all sites first, so that the others can be seen where they are apart
    for (curve, letter) in curves.iter().zip(&letters).rev() {
        trace(&mut grid, curve, *letter, &axis);
    }
    let [bar, corner, dash, tee] = if look.ascii {
        ["|", "+", "-", "+"]
    } else {
        ["\u{2524}", "\u{2514}", "\u{2500}", "\u{252C}"]
    };
    for (line, row) in grid.iter().enumerate() {
        let share = (line % 2 == 0).then(|| format!("{} %", 100 - 10 * line));
        let letters: String = row.iter().collect();
        page.line(format_args!("{:>5} {bar}{letters}", share.unwrap_or_default()));
    }
    let mut scale = vec![dash; WIDTH];
    let mut words = String::new();
    for (x, text) in axis.ticks() {
        let place = usize::try_from(x / LETTER).unwrap_or(0).min(WIDTH - 1);
        scale[place] = tee;
        if words.chars().count() <= place {
            words = format!("{words:place$}{text} ");
        }
    }
    page.line(format_args!("      {corner}{}", scale.concat()));
    page.line(format_args!("       {words}"));
    page.line(format_args!("       {}", counted_time(&axis)));
    page.gap();
    for (curve, letter) in curves.iter().zip(&letters) {
        page.line(format_args!("  {letter}  {}", curve.name));
    }
    terminal::finished(page, &subject.sentences(), &subject)
}

/// A letter for each curve: the first of its kind of site, a digit where that is taken.
fn letters(curves: &[Curve]) -> Vec<char> {
    let mut letters: Vec<char> = Vec::new();
    for (number, curve) in curves.iter().enumerate() {
        let first = curve.name.chars().find(|letter| letter.is_alphabetic()).unwrap_or('x');
        let own = if curve.name.starts_with("all ") { '*' } else { first };
        let digit = char::from_digit(number as u32 % 10, 10).unwrap_or('x');
        letters.push(if letters.contains(&own) { digit } else { own });
    }
    letters
}

/// Draws a curve, its steps joined.
fn trace(grid: &mut [Vec<char>], curve: &Curve, letter: char, axis: &Elapsed) {
    let mut before = HEIGHT;
    for column in 0..WIDTH {
        let x = column as i32 * LETTER;
        let current = curve.delays.iter().filter(|delay| axis.x(**delay) <= x).count() as u64;
        let line = between(current, (0, curve.sites), (HEIGHT as i32, 0));
        let line = usize::try_from(line).unwrap_or(0);
        for row in &mut grid[line.min(before)..=line.max(before)] {
            row[column] = letter;
        }
        before = line;
    }
}
