//! What every picture has: its question, what it is about, what one would take away from it, and
//! how to repeat it.

use super::canvas::{Canvas, PX, Pen, Side};
use super::lettering::Weight;
use super::palette;
use super::picture::Picture;

/// From the edge of the paper to the first letter.
pub(super) const MARGIN: i32 = 24 * PX;

/// Something to take away from a picture, with its stop.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Sentence {
    /// What went wrong.
    Alarm(String),
    /// Everything else.
    Plain(String),
}

impl Sentence {
    /// Its words.
    pub(super) fn text(&self) -> &str {
        let (Sentence::Alarm(text) | Sentence::Plain(text)) = self;
        text
    }

    fn pen(&self) -> Pen {
        match self {
            Sentence::Alarm(_) => {
                Pen { weight: Weight::Heavy, colour: palette::FAILED_TEXT, ..Pen::SUBTITLE }
            }
            Sentence::Plain(_) => Pen { colour: palette::INK, ..Pen::SUBTITLE },
        }
    }
}

/// The words of a picture.
pub(super) struct Sheet<'s> {
    /// Its title.
    pub question: &'s str,
    /// What it is about: scenario, release, sites, seed.
    pub heading: String,
    /// What a planner would take away; what went wrong stands first.
    pub sentences: Vec<Sentence>,
    /// At the foot: how to repeat it.
    pub note: String,
}

impl Sheet<'_> {
    /// A picture of that size \[pixels\] with these words; `draw` adds what lies below the third
    /// line (from 100 pixels on) and above the note (40 pixels).
    pub(super) fn picture(
        &self,
        (width, height): (i32, i32),
        draw: impl FnOnce(&mut Canvas<'_>),
    ) -> Picture {
        let said: Vec<&str> = self.sentences.iter().map(Sentence::text).collect();
        let description = format!("{}. {}", self.heading, said.join(" "));
        Canvas::picture((width, height), self.question, description.trim(), |canvas| {
            let room = width * PX - 2 * MARGIN;
            let title = Pen::TITLE.fitted(self.question, room);
            canvas.text(&title, (MARGIN, 34 * PX), Side::Right, Pen::TITLE);
            let heading = Pen::SUBTITLE.fitted(&self.heading, room);
            canvas.text(&heading, (MARGIN, 60 * PX), Side::Right, Pen::SUBTITLE);
            self.say(canvas, width * PX - MARGIN);
            let note = Pen::NOTE.fitted(&self.note, room);
            canvas.text(&note, (MARGIN, (height - 20) * PX), Side::Right, Pen::NOTE);
            draw(canvas);
        })
    }

    /// A picture that says why there is nothing on it.
    pub(super) fn nothing(&self, width: i32, why: &str) -> Picture {
        const HEIGHT: i32 = 220;
        let sentences = vec![Sentence::Plain(why.to_owned())];
        let (heading, note) = (self.heading.clone(), self.note.clone());
        let sheet = Sheet { question: self.question, heading, sentences, note };
        sheet.picture((width, HEIGHT), |_| {})
    }

    fn say(&self, canvas: &mut Canvas<'_>, right: i32) {
        let mut left = MARGIN;
        for sentence in &self.sentences {
            let pen = sentence.pen();
            let room = right - left;
            if room < 40 * PX {
                break;
            }
            let text = pen.fitted(sentence.text(), room);
            canvas.text(&text, (left, 82 * PX), Side::Right, pen);
            left += pen.width(&text) + 8 * PX;
        }
    }
}
