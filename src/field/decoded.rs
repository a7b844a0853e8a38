//! From bytes to text, whatever wrote them.

use std::borrow::Cow;

use encoding_rs::{Encoding, UTF_16BE, UTF_16LE, WINDOWS_1252};

/// Looks at so many bytes to tell UTF-16 without a mark from text \[bytes\].
const LOOKED_AT: usize = 4_096;

/// The text of a log, and the name of the encoding it was taken for.
///
/// A byte-order mark decides. Without one, every other byte zero means UTF-16, as Windows
/// PowerShell 5.1 redirects; bytes that are UTF-8 are UTF-8; anything else is Windows-1252, in
/// which every byte is a character. Files that were glued together from several encodings are
/// taken line by line.
pub(super) fn decoded(bytes: &[u8]) -> (Cow<'_, str>, &'static str) {
    if let Some((encoding, mark)) = Encoding::for_bom(bytes)
        && (encoding == UTF_16LE || encoding == UTF_16BE)
    {
        let (text, _) = encoding.decode_without_bom_handling(&bytes[mark..]);
        return (text, encoding.name());
    }
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    if let Some(encoding) = unmarked_utf16(bytes) {
        let (text, _) = encoding.decode_without_bom_handling(bytes);
        return (text, encoding.name());
    }
    match str::from_utf8(bytes) {
        Ok(text) => (Cow::Borrowed(text), "UTF-8"),
        Err(_) => (Cow::Owned(line_by_line(bytes)), WINDOWS_1252.name()),
    }
}

/// The text of a file that somebody's program wrote, in whatever encoding.
pub fn text_of(bytes: &[u8]) -> Cow<'_, str> {
    decoded(bytes).0
}

/// Letters of Latin scripts have a zero for their other byte.
fn unmarked_utf16(bytes: &[u8]) -> Option<&'static Encoding> {
    let looked_at = &bytes[..bytes.len().min(LOOKED_AT)];
    let zeros = |from: usize| looked_at.iter().skip(from).step_by(2).filter(|b| **b == 0).count();
    let most = looked_at.len() * 4 / 10;
    match (zeros(0), zeros(1)) {
        _ if looked_at.len() < 8 => None,
        (even, odd) if odd > most && even * 8 < odd => Some(UTF_16LE),
        (even, odd) if even > most && odd * 8 < even => Some(UTF_16BE),
        _ => None,
    }
}

fn line_by_line(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() + bytes.len() / 8);
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        match str::from_utf8(line) {
            Ok(line) => text.push_str(line),
            Err(_) => text.push_str(&WINDOWS_1252.decode_without_bom_handling(line).0),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utf16(text: &str, mark: bool) -> Vec<u8> {
        let units = mark.then_some(0xFEFF).into_iter().chain(text.encode_utf16());
        units.flat_map(u16::to_le_bytes).collect()
    }

    #[test]
    fn every_encoding_met_in_the_field_gives_the_same_text() {
        let text = "Sync failed: Zürich\r\nStarting Sync\r\n";
        let mut marked = b"\xEF\xBB\xBF".to_vec();
        marked.extend(text.as_bytes());
        let latin: Vec<u8> = text.chars().map(|c| u8::try_from(c as u32).unwrap()).collect();
        for (bytes, name) in [
            (text.as_bytes().to_vec(), "UTF-8"),
            (marked, "UTF-8"),
            (utf16(text, true), "UTF-16LE"),
            (utf16(text, false), "UTF-16LE"),
            (latin, "windows-1252"),
        ] {
            let (read, encoding) = decoded(&bytes);
            assert_eq!((read.as_ref(), encoding), (text, name));
        }
    }

    #[test]
    fn a_file_glued_together_is_read_line_by_line() {
        let mut bytes = "Zürich\n".as_bytes().to_vec();
        bytes.extend(b"Z\xFCrich\n");
        assert_eq!(decoded(&bytes).0, "Zürich\nZürich\n");
    }

    #[test]
    fn bytes_that_are_no_text_are_still_read() {
        let bytes: Vec<u8> = (0..=255).cycle().take(10_000).collect();
        assert!(!decoded(&bytes).0.is_empty());
        assert_eq!(decoded(b"").0, "");
        assert_eq!(decoded(&[0xFF]).0.chars().count(), 1);
    }
}
