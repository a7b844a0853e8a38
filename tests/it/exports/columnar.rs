//! A folder of Parquet files has what the folder of CSV has.

use std::fs::{self, File};

use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::Field;

use super::{hostile, said};

/// A value as the CSV writes it.
fn told(name: &str, field: &Field) -> String {
    match field {
        Field::Null => String::new(),
        Field::Str(text) => text.clone(),
        Field::Long(number) => number.to_string(),
        Field::Double(number) => number.to_string(),
        Field::TimestampMicros(micros) => {
            let at = jiff::Timestamp::from_microsecond(*micros).unwrap();
            match name.ends_with("_utc") {
                true => at.to_string(),
                false => at.strftime("%Y-%m-%d %H:%M:%S").to_string(),
            }
        }
        other => panic!("{name}: {other:?}"),
    }
}

#[test]
fn every_file_is_the_table_of_that_name_with_real_timestamps() {
    let place = super::with("scenarios/contoso-200.yaml");
    let place = place.path();
    let words = ["export", "contoso-200.yaml", "-o", "a.parquet", "-o", "a.csv", "-o", "b.parquet"];
    let (code, said) = said(place, &words);
    assert_eq!(code, 0, "{said}");
    let mut tables = 0;
    for entry in fs::read_dir(place.join("a.csv")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "csv") {
            continue;
        }
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let file = |folder: &str| place.join(format!("{folder}/{name}.parquet"));
        assert!(fs::read(file("a.parquet")).unwrap() == fs::read(file("b.parquet")).unwrap());
        let reader = SerializedFileReader::new(File::open(file("a.parquet")).unwrap()).unwrap();
        let about = reader.metadata().file_metadata();
        assert!(about.created_by().unwrap().starts_with("supsim "));
        let keys = about.key_value_metadata().unwrap();
        assert!(keys.iter().any(|pair| pair.key == "supsim.fingerprint"));
        let mut csv = csv::Reader::from_path(&path).unwrap();
        let heads = csv.headers().unwrap().clone();
        let mut rows = csv.records();
        for row in reader.get_row_iter(None).unwrap() {
            let row = row.unwrap();
            let expected = rows.next().expect("not more rows than the CSV").unwrap();
            for ((column, field), (head, text)) in
                row.get_column_iter().zip(heads.iter().zip(&expected))
            {
                assert_eq!(column, head);
                let cell = told(column, field);
                let number = |text: &str| text.parse::<f64>().ok();
                let same =
                    cell == text || (number(&cell).is_some() && number(&cell) == number(text));
                assert!(same, "{name} {head}: {cell} is not {text}");
            }
        }
        assert!(rows.next().is_none(), "{name} has fewer rows than the CSV");
        tables += 1;
    }
    assert!(tables >= 8, "{tables}");
}

#[test]
fn hostile_names_are_read_back_as_they_were() {
    let place = tempfile::tempdir().unwrap();
    let place = place.path();
    fs::write(place.join("a.yaml"), hostile::scenario()).unwrap();
    let (code, said) = said(place, &["export", "a.yaml", "-o", "a.parquet"]);
    assert_eq!(code, 0, "{said}");
    let file = File::open(place.join("a.parquet/sites.parquet")).unwrap();
    let rows = SerializedFileReader::new(file).unwrap();
    let names = rows.get_row_iter(None).unwrap().map(|row| {
        let row = row.unwrap();
        row.get_column_iter().find(|(name, _)| *name == "name").unwrap().1.to_string()
    });
    let names: Vec<String> = names.map(|name| name[1..name.len() - 1].to_owned()).collect();
    let scenario = crate::support::scenario(&hostile::scenario());
    let written: Vec<String> = scenario.sites.iter().map(|site| site.name.clone()).collect();
    assert_eq!(names, written);
}
