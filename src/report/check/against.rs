//! A scenario beside what it was before a change: what is otherwise in it, and what that bought.

use super::super::comparison::{Row, apart, change_words, level, word};
use super::super::markdown::{fenced, safe};
use super::super::summary::{Look, counted};
use super::{Case, Finding};
use crate::experiment::Judgement;
use crate::scenario::Change;

/// The name of the case that holds a scenario against what it was; no expectation can have it.
pub(super) const AGAINST: &str = "against before";
/// How many changes are told one by one.
const TOLD: usize = 8;

/// How a scenario stands to what it was.
#[derive(Clone, Debug)]
pub enum Before {
    /// There was none of it.
    New,
    /// It cannot be run as it was: why.
    Unreadable(String),
    /// The same world is described.
    Same,
    /// Another one is.
    Changed(Against),
}

/// What is otherwise, and what both come to.
#[derive(Clone, Debug)]
pub struct Against {
    /// What the world has otherwise.
    pub changes: Vec<Change>,
    /// What both come to; one design each, which is the scenario as it is now.
    pub rows: Vec<Row>,
}

impl Against {
    /// Is anything surely worse, by as much as matters?
    pub fn is_worse(&self) -> bool {
        self.judged(Judgement::Worse).next().is_some()
    }

    fn judged(&self, wanted: Judgement) -> impl Iterator<Item = &Row> {
        self.rows
            .iter()
            .filter(move |row| row.designs[0].as_ref().map(|it| it.judgement) == Some(wanted))
    }

    /// `2 better, none worse`.
    pub(super) fn brief(&self) -> String {
        let count = |wanted| match self.judged(wanted).count() {
            0 => "none".to_owned(),
            count => count.to_string(),
        };
        format!("{} better, {} worse", count(Judgement::Better), count(Judgement::Worse))
    }

    /// `2 better, none worse of 9 measures`.
    fn words(&self) -> String {
        let judged = self.rows.iter().filter_map(|row| row.designs[0].as_ref());
        let of = judged.filter(|it| it.judgement != Judgement::Other).count();
        format!("{} of {}", self.brief(), counted(of, "measure", "measures"))
    }

    /// What is otherwise, a line each.
    fn changes(&self) -> Vec<String> {
        let mut lines: Vec<String> = self.changes.iter().take(TOLD).map(change_words).collect();
        if self.changes.len() > TOLD {
            let rest = counted(self.changes.len() - TOLD, "change", "changes");
            lines.push(format!("and {rest} more"));
        }
        lines
    }

    /// What is better or worse, a line each.
    fn bought(&self) -> impl Iterator<Item = String> + '_ {
        let found = self.judged(Judgement::Worse).chain(self.judged(Judgement::Better));
        found.filter_map(|row| {
            let judged = row.designs[0].as_ref()?;
            let difference = &judged.difference;
            Some(format!(
                "{:<6}  {}: {}, was {}  {}",
                word(judged.judgement),
                row.name,
                level(row.unit, difference.design, difference.pairs),
                level(row.unit, difference.base, difference.pairs),
                apart(Look::default(), row.unit, difference),
            ))
        })
    }
}

/// How it stands to what it was, as a case; `before` is the file as it was, `repeat` the command
/// that shows both. What is worse fails only where it shall.
pub fn against_case(state: &Before, before: &str, repeat: String, fails: bool) -> Case {
    let mut case = Case {
        name: AGAINST.to_owned(),
        finding: Finding::Passed,
        wanted: format!("nothing worse than in {before}"),
        got: String::new(),
        because: None,
        repeat,
        line: None,
        lines: Vec::new(),
    };
    match state {
        Before::New => {
            case.finding = Finding::NotCompared;
            case.got = "new: there is nothing before it".to_owned();
        }
        Before::Unreadable(why) => {
            case.finding = Finding::NotCompared;
            case.got = format!("not compared: as it was it cannot be run: {why}");
        }
        Before::Same => case.got = "unchanged".to_owned(),
        Before::Changed(against) => {
            case.got = against.words();
            case.lines = against.changes().into_iter().chain(against.bought()).collect();
            if against.is_worse() {
                case.finding = if fails { Finding::Worse } else { Finding::Warned };
            }
        }
    }
    case
}

/// For a pull request: what is otherwise, and what that bought.
pub(super) fn markdown(against: &Against, repeat: &str) -> String {
    let mut text = "**Changed in the design**\n\n".to_owned();
    for line in against.changes() {
        text += &format!("- {}\n", safe(&line));
    }
    text += &format!("\n**Bought:** {}\n\n", safe(&against.words()));
    text += "| | measure | before | now | change |\n|---|---|---|---|---|\n";
    for row in &against.rows {
        let Some(judged) = &row.designs[0] else { continue };
        let difference = &judged.difference;
        let mark = match judged.judgement {
            Judgement::Better => "✅ better",
            Judgement::Worse => "❌ worse",
            other => word(other),
        };
        text += &format!(
            "| {mark} | {} | {} | {} | {} |\n",
            safe(&row.name),
            safe(&level(row.unit, difference.base, difference.pairs)),
            safe(&level(row.unit, difference.design, difference.pairs)),
            safe(&apart(Look::default(), row.unit, difference)),
        );
    }
    text + "\n" + &fenced("text", [repeat].into_iter())
}
