//! A table as PowerShell's `Export-Csv` writes it.

use super::decoded::decoded;

/// A table: the names of its columns, and its rows with the lines on which they begin.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Export {
    pub columns: Vec<String>,
    pub rows: Vec<(u64, Vec<String>)>,
}

/// Reads a table: UTF-8, UTF-16 or Windows-1252; a first line `#TYPE ...` or `sep=;`; commas,
/// semicolons or tabs. What cannot be read further is told with its line.
pub(super) fn table(bytes: &[u8]) -> Result<Export, (u64, String)> {
    let (text, _) = decoded(bytes);
    let mut text = text.as_ref();
    let mut skipped = 0;
    while let Some(rest) = passed_over(text) {
        text = rest;
        skipped += 1;
    }
    let head = text.lines().next().unwrap_or_default();
    // The character that stands most often in the first row is between its cells.
    let count = |separator: &u8| head.bytes().filter(|byte| byte == separator).count();
    let separator = [b',', b';', b'\t'].into_iter().rev().max_by_key(count).unwrap_or(b',');
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(separator)
        .from_reader(text.as_bytes());
    let mut export = Export::default();
    // The reader of csv counts no lines that are empty, so that we count them ourselves.
    let (mut line, mut counted) = (skipped + 1, 0);
    for record in reader.records() {
        let record = record.map_err(|error| (line, error.to_string()))?;
        let begins = record.position().map_or(counted, |at| at.byte() as usize);
        let is_end = |byte: &u8| matches!(byte, b'\r' | b'\n');
        let before = text.as_bytes()[begins..].iter().take_while(|byte| is_end(byte)).count();
        let passed = &text.as_bytes()[counted..begins + before];
        line += passed.iter().filter(|byte| **byte == b'\n').count() as u64;
        counted = begins + before;
        let cells: Vec<String> = record.iter().map(|cell| cell.trim().to_owned()).collect();
        if cells.iter().all(String::is_empty) {
            continue;
        }
        if export.columns.is_empty() {
            export.columns = cells;
        } else {
            export.rows.push((line, cells));
        }
    }
    Ok(export)
}

/// What stands behind a first line that says something of the table as a whole.
fn passed_over(text: &str) -> Option<&str> {
    let (line, rest) = text.split_once('\n').unwrap_or((text, ""));
    let line = line.trim().trim_matches('"').to_ascii_lowercase();
    let passed = line.starts_with("#type") || line.starts_with("sep=") || line.is_empty();
    (passed && !text.is_empty()).then_some(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_powershell_makes_of_a_table_is_the_same_table() {
        let plain = "SiteCode,SiteName\r\nCEN,\"Zürich, HQ\"\r\n\r\nPR1,\r\n";
        let expected = Export {
            columns: vec!["SiteCode".to_owned(), "SiteName".to_owned()],
            rows: vec![
                (2, vec!["CEN".to_owned(), "Zürich, HQ".to_owned()]),
                (4, vec!["PR1".to_owned(), String::new()]),
            ],
        };
        assert_eq!(table(plain.as_bytes()), Ok(expected.clone()));
        let typed = format!("#TYPE Selected.System.Management.ManagementBaseObject\r\n{plain}");
        let utf16: Vec<u8> = ['\u{feff}']
            .into_iter()
            .chain(typed.chars())
            .collect::<String>()
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
        let mut later = expected;
        later.rows.iter_mut().for_each(|row| row.0 += 1);
        assert_eq!(table(typed.as_bytes()), Ok(later.clone()));
        assert_eq!(table(&utf16), Ok(later.clone()));
        let semicolons = "sep=;\r\nSiteCode;SiteName\r\nCEN;\"Zürich, HQ\"\r\n\r\nPR1;\r\n";
        let latin: Vec<u8> = semicolons.chars().map(|c| u8::try_from(c as u32).unwrap()).collect();
        assert_eq!(table(&latin), Ok(later));
    }

    #[test]
    fn a_row_is_known_by_its_line_and_nothing_is_no_table() {
        let read = table(b"#TYPE x\na,b\n\n\"1\n1\",2\n1,2,3\n").unwrap();
        let lines: Vec<u64> = read.rows.iter().map(|(line, _)| *line).collect();
        assert_eq!(lines, [4, 6]);
        assert_eq!(table(b""), Ok(Export::default()));
        assert_eq!(table(b"#TYPE x"), Ok(Export::default()));
    }

    #[test]
    fn bytes_that_are_no_table_are_refused_or_read_and_never_more() {
        let bytes: Vec<u8> = (0..=255).cycle().take(5_000).collect();
        let _ = table(&bytes);
        let _ = table(b"\"");
        let _ = table(b"a,b\n\"open\n");
    }
}
