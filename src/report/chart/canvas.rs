//! A surface on which pictures are drawn, in eighths of a pixel.
//!
//! plotters writes the SVG. Its coordinates are whole numbers, so a picture is drawn eight times as
//! large as it is shown: the `viewBox` keeps the large numbers, `width` and `height` say the size.

use plotters::prelude::{DrawingBackend, IntoFont, RGBColor, SVGBackend, ShapeStyle, TextStyle};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{Color, FontStyle};

use super::lettering::{self, Weight};
use super::palette::{Colour, INK, PAPER, QUIET};
use super::picture::Picture;

/// One pixel, in the unit of every coordinate here.
pub(super) const PX: i32 = 8;

/// Families a viewer tries in turn; the first is the embedded one.
const FAMILIES: &str = "Inter, 'Helvetica Neue', Arial, sans-serif";

/// A place: to the right and down \[eighths of a pixel\].
pub(super) type Place = (i32, i32);

/// Where a text lies beside its place; its middle is always level with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    /// The text begins at its place.
    Right,
    /// The text ends at its place.
    Left,
    /// The text stands over its place.
    Centre,
}

/// How a text is written.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pen {
    /// The size of its letters \[pixels\].
    pub size: i32,
    /// How heavy.
    pub weight: Weight,
    /// In which colour.
    pub colour: Colour,
}

impl Pen {
    /// The question at the top.
    pub(super) const TITLE: Pen = Pen { size: 20, weight: Weight::Heavy, colour: INK };
    /// What the picture is about.
    pub(super) const SUBTITLE: Pen = Pen { size: 13, weight: Weight::Regular, colour: QUIET };
    /// Numbers at an axis.
    pub(super) const SCALE: Pen = Pen { size: 12, weight: Weight::Regular, colour: QUIET };
    /// What stands at the foot.
    pub(super) const NOTE: Pen = Pen { size: 11, weight: Weight::Regular, colour: QUIET };

    /// How wide `text` will be \[eighths of a pixel\].
    pub(super) fn width(&self, text: &str) -> i32 {
        lettering::width(text, self.size, self.weight)
    }

    /// As much of `text` as fits into `room`.
    pub(super) fn fitted(&self, text: &str, room: i32) -> String {
        lettering::fitted(text, self.size, self.weight, room)
    }
}

/// What a picture is drawn on.
pub(super) struct Canvas<'a> {
    backend: SVGBackend<'a>,
}

impl Canvas<'_> {
    /// A picture of that size \[pixels\]; `title` and `description` are for those who cannot see it.
    pub(super) fn picture(
        (width, height): (i32, i32),
        title: &str,
        description: &str,
        draw: impl FnOnce(&mut Canvas<'_>),
    ) -> Picture {
        let size = (width.unsigned_abs(), height.unsigned_abs());
        let large = (size.0 * PX.unsigned_abs(), size.1 * PX.unsigned_abs());
        let mut svg = String::new();
        {
            let backend = SVGBackend::with_string(&mut svg, large);
            let mut canvas = Canvas { backend };
            canvas.rect((0, 0), (width * PX, height * PX), PAPER);
            draw(&mut canvas);
            canvas.done(|backend| backend.present());
        }
        Picture { svg: finished(&svg, size, title, description) }
    }

    /// A filled rectangle: its upper left corner and its width and height.
    pub(super) fn rect(&mut self, (x, y): Place, (width, height): Place, colour: Colour) {
        let style = shape(colour, 0).filled();
        self.done(|backend| backend.draw_rect((x, y), (x + width, y + height), &style, true));
    }

    /// A straight line.
    pub(super) fn line(&mut self, from: Place, to: Place, thickness: i32, colour: Colour) {
        let style = shape(colour, thickness);
        self.done(|backend| backend.draw_line(from, to, &style));
    }

    /// A line through several places.
    pub(super) fn path(&mut self, places: &[Place], thickness: i32, colour: Colour) {
        let style = shape(colour, thickness);
        self.done(|backend| backend.draw_path(places.iter().copied(), &style));
    }

    /// A filled shape with those corners.
    pub(super) fn polygon(&mut self, corners: &[Place], colour: Colour) {
        let style = shape(colour, 0).filled();
        self.done(|backend| backend.fill_polygon(corners.iter().copied(), &style));
    }

    /// A line of text.
    pub(super) fn text(&mut self, text: &str, at: Place, side: Side, pen: Pen) {
        // plotters divides the size by 1.24 before it writes it down
        let size = f64::from(pen.size * PX) * 1.24;
        let horizontal = match side {
            Side::Right => HPos::Left,
            Side::Left => HPos::Right,
            Side::Centre => HPos::Center,
        };
        let face = match pen.weight {
            Weight::Regular => FontStyle::Normal,
            Weight::Heavy => FontStyle::Bold,
        };
        let colour = rgb(pen.colour);
        let style = TextStyle::from(("Inter", size).into_font().style(face))
            .color(&colour)
            .pos(Pos::new(horizontal, VPos::Center));
        let text = lettering::cleaned(text);
        self.done(|backend| backend.draw_text(&text, &style, at));
    }

    fn done<E: std::fmt::Debug>(
        &mut self,
        draw: impl FnOnce(&mut SVGBackend<'_>) -> Result<(), E>,
    ) {
        draw(&mut self.backend).expect("drawing into a text in memory cannot fail");
    }
}

fn rgb(colour: Colour) -> RGBColor {
    RGBColor(colour.0, colour.1, colour.2)
}

fn shape(colour: Colour, thickness: i32) -> ShapeStyle {
    ShapeStyle::from(rgb(colour).to_rgba()).stroke_width(thickness.unsigned_abs())
}

/// The SVG as shown: its size, its words for screen readers, and nothing said twice.
///
/// Text in the document cannot hold a quotation mark (it is escaped), so that what is taken away
/// here can only be an attribute.
fn finished(svg: &str, size: (u32, u32), title: &str, description: &str) -> String {
    let (width, height) = size;
    let (large_width, large_height) = (width * PX.unsigned_abs(), height * PX.unsigned_abs());
    let families = escaped(FAMILIES);
    let body = svg.split_once('\n').map_or(svg, |(_, body)| body);
    let body = whole_sizes(body)
        .replace(" font-family=\"Inter\"", "")
        .replace(" font-weight=\"bold\"", " font-weight=\"600\"")
        .replace(" opacity=\"1\"", "")
        .replace(" stroke=\"none\"", "")
        .replace(" \"/>", "\"/>");
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" width=\"{width}\" height=\"{height}\" \
         viewBox=\"0 0 {large_width} {large_height}\" font-family=\"{families}\">\n\
         <title>{}</title>\n<desc>{}</desc>\n{body}",
        escaped(title),
        escaped(description),
    )
}

/// Sizes of letters as the whole numbers that they were before plotters multiplied and divided.
fn whole_sizes(body: &str) -> String {
    const SIZE: &str = " font-size=\"";
    let mut parts = body.split(SIZE);
    let mut whole = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (size, rest) = part.split_once('"').unwrap_or((part, ""));
        let size = size.parse::<f64>().map_or(0, |size| (size + 0.5) as i32);
        whole.push_str(&format!("{SIZE}{size}\"{rest}"));
    }
    whole
}

/// `text` as it may stand in a document.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in lettering::cleaned(text).chars() {
        match letter {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            letter => safe.push(letter),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    const PEN: Pen = Pen { size: 13, weight: Weight::Heavy, colour: INK };

    #[test]
    fn a_name_cannot_leave_its_text() {
        let name = "<script>&\" font-weight=\"bold\" opacity=\"1\"";
        let picture = Canvas::picture((200, 40), name, name, |canvas| {
            canvas.text(name, (80, 80), Side::Right, PEN);
        });
        assert!(!picture.svg.contains("<script"), "{}", picture.svg);
        let document = resvg::usvg::roxmltree::Document::parse(&picture.svg).unwrap();
        let texts = document.descendants().filter(|node| node.has_tag_name("text"));
        let texts: Vec<_> = texts.filter_map(|node| node.text()).map(str::trim).collect();
        assert_eq!(texts, [name]);
    }

    #[test]
    fn sizes_of_letters_are_whole_numbers() {
        for size in 8..=24 {
            let picture = Canvas::picture((200, 40), "", "", |canvas| {
                canvas.text("x", (80, 80), Side::Centre, Pen { size, ..PEN });
            });
            let wanted = format!("font-size=\"{}\"", size * PX);
            assert!(picture.svg.contains(&wanted), "{wanted} in {}", picture.svg);
        }
    }
}
