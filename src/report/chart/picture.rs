//! A finished picture, and its pixels.

use std::fmt;
use std::sync::Arc;

use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{Options, Tree, fontdb};

const REGULAR: &[u8] = include_bytes!("../fonts/inter-regular.otf");
const SEMIBOLD: &[u8] = include_bytes!("../fonts/inter-semibold.otf");

/// How many pixels of a PNG stand for one of the SVG, in each direction.
const DENSITY: f32 = 2.0;

/// A picture as SVG: it prints, scales, and needs neither network nor script.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    /// The whole document; it can stand alone in a file or inside a page.
    pub svg: String,
}

/// Why a picture has no pixels.
#[derive(Debug)]
pub struct PictureError(String);

impl fmt::Display for PictureError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the picture could not be made into a PNG: {}; its SVG is complete", self.0)
    }
}

impl std::error::Error for PictureError {}

impl Picture {
    /// The picture as a PNG of twice its size, drawn with the embedded font alone.
    pub fn to_png(&self) -> Result<Vec<u8>, PictureError> {
        let options = options();
        let tree = Tree::from_str(&self.svg, &options).map_err(error)?;
        let size = tree.size();
        let (width, height) = (size.width() * DENSITY, size.height() * DENSITY);
        let mut pixels = Pixmap::new(width as u32, height as u32)
            .ok_or_else(|| PictureError(format!("{width} by {height} pixels are too many")))?;
        resvg::render(&tree, Transform::from_scale(DENSITY, DENSITY), &mut pixels.as_mut());
        pixels.encode_png().map_err(error)
    }
}

/// What reads an SVG with the embedded font and no other.
pub(super) fn options() -> Options<'static> {
    let mut fonts = fontdb::Database::new();
    fonts.load_font_data(REGULAR.to_vec());
    fonts.load_font_data(SEMIBOLD.to_vec());
    fonts.set_sans_serif_family("Inter");
    Options { fontdb: Arc::new(fonts), font_family: "Inter".to_owned(), ..Options::default() }
}

fn error(cause: impl fmt::Display) -> PictureError {
    PictureError(cause.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_weights_of_the_embedded_font_are_found_by_their_family() {
        let options = options();
        let found = |weight| {
            options.fontdb.query(&fontdb::Query {
                families: &[fontdb::Family::Name("Inter")],
                weight: fontdb::Weight(weight),
                ..fontdb::Query::default()
            })
        };
        assert!(found(400).is_some() && found(600).is_some());
        assert_ne!(found(400), found(600));
    }

    #[test]
    fn what_is_no_svg_is_refused_in_words() {
        let error = Picture { svg: "no picture".to_owned() }.to_png().unwrap_err();
        assert!(error.to_string().contains("could not be made into a PNG"));
    }
}
