//! A workbook has what the tables have, as calamine reads it.

use std::fs;
use std::io::{Cursor, Read as _};
use std::path::Path;

use calamine::{Data, Range, Reader, Xlsx};

use super::{hostile, said};

fn open(path: &Path) -> Xlsx<Cursor<Vec<u8>>> {
    Xlsx::new(Cursor::new(fs::read(path).unwrap())).expect("a workbook")
}

fn sheet(workbook: &mut Xlsx<Cursor<Vec<u8>>>, name: &str) -> Range<Data> {
    workbook.worksheet_range(name).unwrap_or_else(|why| panic!("{name}: {why}"))
}

/// A sheet's cell says what the cell of the CSV says.
fn same(column: &str, cell: Option<&Data>, text: &str) -> bool {
    match cell {
        None | Some(Data::Empty) => text.is_empty(),
        Some(Data::String(string)) => string == text,
        Some(Data::Float(number)) => text.parse::<f64>() == Ok(*number),
        Some(Data::Int(number)) => text.parse::<i64>() == Ok(*number),
        Some(Data::DateTime(at)) => {
            let (year, month, day, hour, minute, second, _) = at.to_ymd_hms_milli();
            let told = format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}");
            let text = text.replace('T', " ");
            let is_time = column.ends_with("_utc") || column.ends_with("_local");
            is_time && text.starts_with(&told)
        }
        other => panic!("{column}: {other:?}"),
    }
}

#[test]
fn every_sheet_is_the_table_of_that_name_with_real_numbers_and_dates() {
    let place = super::with("scenarios/contoso-200.yaml");
    let place = place.path();
    let words = ["export", "contoso-200.yaml", "-o", "a.xlsx", "-o", "a.csv", "-o", "b.xlsx"];
    let (code, told) = said(place, &words);
    assert_eq!(code, 0, "{told}");
    let mut workbook = open(&place.join("a.xlsx"));
    let names = workbook.sheet_names();
    assert_eq!(
        names,
        [
            "Read me",
            "Expectations",
            "Summary",
            "Sites",
            "Attempts",
            "Arrivals",
            "Blame",
            "Faults",
            "Series",
            "Links"
        ]
    );
    let (mut dates, mut numbers) = (0, 0);
    for name in &names[1..] {
        let path = place.join(format!("a.csv/{}.csv", name.to_ascii_lowercase()));
        let mut csv = csv::ReaderBuilder::new().has_headers(false).from_path(path).unwrap();
        let rows: Vec<csv::StringRecord> = csv.records().map(Result::unwrap).collect();
        let sheet = sheet(&mut workbook, name);
        assert_eq!(sheet.height(), rows.len(), "{name}");
        for (number, row) in rows.iter().enumerate() {
            for (column, text) in row.iter().enumerate() {
                let cell = sheet.get((number, column));
                let head = &rows[0][column];
                assert!(same(head, cell, text), "{name} {number} {head}: {cell:?} is not {text}");
                dates += usize::from(matches!(cell, Some(Data::DateTime(_))));
                numbers += usize::from(matches!(cell, Some(Data::Float(_) | Data::Int(_))));
            }
        }
    }
    assert!(dates > 10_000 && numbers > 10_000, "{dates} dates, {numbers} numbers");
    let bytes = |name: &str| fs::read(place.join(name)).unwrap();
    assert!(bytes("a.xlsx") == bytes("b.xlsx"), "the same run, other bytes");
}

/// The parts of the file, by name.
fn parts(path: &Path) -> Vec<(String, String)> {
    let mut archive = zip::ZipArchive::new(Cursor::new(fs::read(path).unwrap())).unwrap();
    let mut parts = Vec::new();
    for number in 0..archive.len() {
        let mut part = archive.by_index(number).unwrap();
        let mut text = String::new();
        part.read_to_string(&mut text).unwrap();
        parts.push((part.name().unwrap().to_string(), text));
    }
    parts
}

#[test]
fn nothing_in_a_workbook_is_computed_or_leads_anywhere_and_every_header_stands_still() {
    let place = tempfile::tempdir().unwrap();
    let place = place.path();
    fs::write(place.join("a.yaml"), hostile::scenario()).unwrap();
    let (code, told) = said(place, &["export", "a.yaml", "-o", "a.xlsx"]);
    assert_eq!(code, 0, "{told}");
    let mut sheets = 0;
    for (name, text) in parts(&place.join("a.xlsx")) {
        assert!(!name.contains("..") && !name.starts_with('/'), "{name}");
        assert!(!text.contains("<f>") && !text.contains("<f "), "{name} has a formula");
        assert!(!text.contains("hyperlink"), "{name} has a link");
        assert!(!text.contains("<script"), "{name}");
        if name.starts_with("xl/worksheets/sheet") && !name.ends_with("sheet1.xml") {
            assert!(text.contains("ySplit=\"1\""), "{name}: the header is not frozen");
            assert!(text.contains("<autoFilter"), "{name} has no filter");
            sheets += 1;
        }
        if name == "docProps/core.xml" {
            assert!(text.contains("2000-01-01T00:00:00Z"), "{text}");
        }
    }
    assert_eq!(sheets, 7);
    let mut workbook = open(&place.join("a.xlsx"));
    for name in workbook.sheet_names() {
        let formulas = workbook.worksheet_formula(&name).unwrap();
        assert!(formulas.used_cells().next().is_none(), "{name}");
    }
    let sites = sheet(&mut workbook, "Sites");
    let named: Vec<String> = (1..4).map(|row| sites.get((row, 5)).unwrap().to_string()).collect();
    let scenario = crate::support::scenario(&hostile::scenario());
    let names: Vec<String> = scenario.sites.iter().map(|site| site.name.clone()).collect();
    assert_eq!(named, names, "each as it was written");
}
