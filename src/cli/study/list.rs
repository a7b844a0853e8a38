//! `supsim study FILE list`: what would be run, and what it would cost.

use std::fmt::Write;

use super::super::cost::{self, CEILING, Cost};
use super::super::exit::{Exit, Stop};
use super::super::screen::Screen;
use super::ready::Ready;
use super::{Plan, rule, scenario};
use crate::report::{in_threes, quantity};
use crate::scenario::Study;

/// How many events one thread does in a second, roughly, with measuring and all.
const EVENTS_A_SECOND: u64 = 1_000_000;

/// Every point, in the order in which it is run.
pub(super) fn list(study: &Study, plan: &Plan, screen: &mut Screen) -> Result<Exit, Stop> {
    let mut text = heading(study);
    let width = study.designs.iter().map(|name| name.len()).max().unwrap_or(0).min(30);
    let knobs_at = study.sensitivity.as_ref().map(|it| it.at);
    let (mut least, mut most, mut events) = (0_u64, 0_u64, [0_u64; 2]);
    for (number, &point) in study.points.iter().enumerate() {
        let scenario = scenario(study, point)?;
        cost::check(&scenario, CEILING)?;
        let rule = rule(study, &scenario);
        let each = Cost::of(&scenario).events();
        for (sum, count) in events.iter_mut().zip([rule.pilot, rule.max]) {
            *sum = sum.saturating_add(each.saturating_mul(count.into()));
        }
        least += u64::from(rule.pilot);
        most += u64::from(rule.max);
        let (design, told) = (&study.designs[point.design], study.told(point));
        let knob = match (point.setting, point.hour) {
            (Some(_), _) => "",
            // the design as it is may stand there for both
            (None, None) if knobs_at == Some(point.design) => "  (sensitivity)",
            (None, _) => "  (best hour)",
        };
        let line = format!("{:>6}  {design:<width$}  {told}{knob}", number + 1);
        let _ = writeln!(text, "{}", line.trim_end());
    }
    text.push('\n');
    let range = |least: u64, most: u64| match least == most {
        true => in_threes(least, ","),
        false => format!("{} to {}", in_threes(least, ","), in_threes(most, ",")),
    };
    let _ = writeln!(text, "runs    {}{}", range(least, most), until(study));
    let units = Ready::new(study, plan)?.units().len();
    let _ = writeln!(text, "units   {}, for --shard K/N", in_threes(units as u64, ","));
    let seconds = events.map(|events| events.div_ceil(EVENTS_A_SECOND));
    let _ = writeln!(
        text,
        "cost    up to {} events; on one thread about {} s\n\n\
         run it  {}",
        in_threes(events[1], ","),
        range(seconds[0], seconds[1]),
        plan.again("run"),
    );
    if !plan.quiet {
        // paths and values come from a file: nothing in them may move a terminal's cursor
        let safe = |c: char| if c.is_control() && c != '\n' { ' ' } else { c };
        screen.say(&text.chars().map(safe).collect::<String>());
    }
    Ok(Exit::Ok)
}

fn heading(study: &Study) -> String {
    let mut text = format!("{}   base {}", study.name, study.base);
    if let Some(seed) = study.seed {
        let _ = write!(text, "   seed {seed}");
    }
    text.push('\n');
    if !study.question.is_empty() {
        let _ = writeln!(text, "{}", study.question);
    }
    let plural =
        |count: usize, word: &str| format!("{count} {word}{}", if count == 1 { "" } else { "s" });
    let grid = study.points.iter().filter(|point| point.setting.is_some()).count();
    let _ = write!(text, "{}", plural(study.points.len(), "point"));
    let designs = plural(study.designs.len(), "design");
    let _ = write!(text, ": {designs} in {}", plural(study.settings.len(), "setting"));
    if grid != study.designs.len() * study.settings.len() {
        let _ = write!(text, " ({grid} of these)");
    }
    let hours = study.points.iter().filter(|point| point.hour.is_some()).count();
    if study.sensitivity.is_some() {
        let _ = write!(text, ", {} of one knob at a time", study.points.len() - grid - hours);
    }
    if hours > 0 {
        let _ = write!(text, ", {hours} of one hour each");
    }
    text + "\n\n"
}

/// In words: how well something is to be known.
fn until(study: &Study) -> String {
    let Some((rule, until)) = study.rule.and_then(|rule| Some((rule, rule.until?))) else {
        return String::new();
    };
    let percent = (until.confidence * 1000.0).round() / 10.0;
    format!(
        ": {} to {} of each point, until {} is known to ±{} with {percent} % confidence",
        rule.pilot,
        rule.max,
        until.metric.name(),
        quantity(until.metric.unit(), until.half_width),
    )
}
