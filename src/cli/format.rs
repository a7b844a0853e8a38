//! The formats of a run, by the names of files.

use std::path::{Path, PathBuf};

use super::exit::{Exit, Stop};

/// What a run can be written as; `docs/formats.md` specifies each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    /// A folder with a table in each file.
    Csv,
    /// One JSON object for each record.
    JsonLines,
    /// A folder with a wsyncmgr.log for each site.
    Logs,
    /// A Chrome trace, for Perfetto.
    Trace,
    /// A folder with a table in each file, for pandas, R and DuckDB.
    Parquet,
    /// One workbook, for Excel.
    Workbook,
    /// A page for a pull request.
    Markdown,
    /// One page with everything, for a browser.
    Html,
    /// The hierarchy, for Graphviz.
    Dot,
    /// The hierarchy, for a page of Markdown.
    Mermaid,
    /// The hierarchy, for Visio's organisation-chart wizard.
    OrgChart,
}

impl Format {
    /// All of them.
    pub const ALL: [Format; 11] = [
        Format::Csv,
        Format::Parquet,
        Format::Workbook,
        Format::Markdown,
        Format::Html,
        Format::JsonLines,
        Format::Logs,
        Format::Trace,
        Format::Dot,
        Format::Mermaid,
        Format::OrgChart,
    ];

    /// Its word after `--to`.
    pub const fn word(self) -> &'static str {
        match self {
            Format::Csv => "csv",
            Format::Parquet => "parquet",
            Format::JsonLines => "jsonl",
            Format::Logs => "logs",
            Format::Trace => "trace",
            Format::Workbook => "xlsx",
            Format::Markdown => "md",
            Format::Html => "html",
            Format::Dot => "dot",
            Format::Mermaid => "mermaid",
            Format::OrgChart => "visio",
        }
    }

    /// How the names of its files end; the first is the usual one.
    const fn endings(self) -> &'static [&'static str] {
        match self {
            Format::Csv => &[".csv"],
            Format::Parquet => &[".parquet"],
            Format::JsonLines => &[".jsonl", ".ndjson"],
            Format::Logs => &[".log"],
            Format::Trace => &[".trace.json"],
            Format::Workbook => &[".xlsx"],
            Format::Markdown => &[".md"],
            Format::Html => &[".html", ".htm"],
            Format::Dot => &[".dot", ".gv"],
            Format::Mermaid => &[".mmd", ".mermaid"],
            Format::OrgChart => &[".org.csv"],
        }
    }

    /// Is it a folder of files?
    pub const fn is_folder(self) -> bool {
        matches!(self, Format::Csv | Format::Parquet | Format::Logs)
    }

    /// Is it a single text, which may go to standard output?
    pub const fn is_text(self) -> bool {
        !self.is_folder() && !matches!(self, Format::Workbook | Format::Html)
    }

    /// The format that the name of a file says.
    pub fn of(path: &Path) -> Option<Format> {
        let name = path.file_name()?.to_string_lossy().to_ascii_lowercase();
        let endings =
            |format: Format| format.endings().iter().map(move |end| (end.len(), format, *end));
        let fitting = Format::ALL.into_iter().flat_map(endings).filter(|it| name.ends_with(it.2));
        // `x.org.csv` ends in `.csv` as well: the longest says most.
        fitting.max_by_key(|(length, _, _)| *length).map(|(_, format, _)| format)
    }
}

/// One thing to write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Output {
    /// Where; `None`: standard output.
    pub path: Option<PathBuf>,
    /// As what.
    pub format: Format,
}

/// What shall be written where, by the names after `-o` and the word after `--to`.
pub(super) fn outputs(paths: &[PathBuf], to: Option<Format>) -> Result<Vec<Output>, Stop> {
    if paths.is_empty() {
        let Some(format) = to else {
            let text =
                "supsim: export what, and where to? Name a file whose ending says it: -o run";
            return Err(wrong(&format!("{text}{}\n  {}", Format::ALL[0].endings()[0], known())));
        };
        return Ok(vec![on_screen(format)?]);
    }
    paths.iter().map(|path| output(path, to)).collect()
}

/// What shall be drawn where, of a scenario that nobody has run.
pub(super) fn drawings(paths: &[PathBuf]) -> Result<Vec<Output>, Stop> {
    let drawing = |path: &PathBuf| match Format::of(path) {
        Some(format @ (Format::Dot | Format::Mermaid | Format::OrgChart)) => {
            Ok(Output { path: Some(path.clone()), format })
        }
        // There are no tables without a run, so that the ending is free.
        Some(Format::Csv) => Ok(Output { path: Some(path.clone()), format: Format::OrgChart }),
        _ => {
            let text = format!("supsim: {}: its ending names no drawing", path.display());
            let known = "there are .dot (Graphviz), .mmd (Mermaid), .csv (Visio)";
            Err(wrong(&format!("{text}\n  {known}")))
        }
    };
    paths.iter().map(drawing).collect()
}

fn output(path: &Path, to: Option<Format>) -> Result<Output, Stop> {
    if path == Path::new("-") {
        let Some(format) = to else {
            return Err(wrong(
                "supsim: -o - is standard output: say with --to what to write there",
            ));
        };
        return on_screen(format);
    }
    let Some(format) = to.or_else(|| Format::of(path)) else {
        let text = format!("supsim: {}: its ending names no format\n  {}", path.display(), known());
        return Err(wrong(&text));
    };
    if format == Format::Parquet && !cfg!(feature = "parquet") {
        let text = "supsim: this supsim was built without Parquet (cargo build --features parquet)";
        return Err(wrong(&format!("{text}\n  .csv has the same tables")));
    }
    if path.file_name().is_none() {
        return Err(wrong(&format!("supsim: {}: this is not the name of a file", path.display())));
    }
    Ok(Output { path: Some(path.to_owned()), format })
}

fn on_screen(format: Format) -> Result<Output, Stop> {
    if format.is_text() {
        return Ok(Output { path: None, format });
    }
    let (word, ending) = (format.word(), format.endings()[0]);
    let what = if format.is_folder() { "is a folder of files" } else { "is a file of its own" };
    Err(wrong(&format!("supsim: {word} {what}: name it, for example -o run{ending}")))
}

fn known() -> String {
    let words = Format::ALL.map(|format| format!("{} ({})", format.endings()[0], format.word()));
    format!("there are {}", words.join(", "))
}

fn wrong(text: &str) -> Stop {
    Stop { exit: Exit::NothingRan, text: text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ending_decides_and_a_word_wins_over_it() {
        let named = |path: &str, to| outputs(&[PathBuf::from(path)], to);
        let format = |path: &str| named(path, None).unwrap()[0].format;
        assert_eq!(format("a/b.CSV"), Format::Csv);
        assert_eq!(format("events.jsonl"), Format::JsonLines);
        assert_eq!(format("a.org.csv"), Format::OrgChart);
        let drawn = drawings(&[PathBuf::from("a.csv"), PathBuf::from("a.dot")]).unwrap();
        assert_eq!(drawn[0].format, Format::OrgChart);
        assert!(drawings(&[PathBuf::from("a.jsonl")]).unwrap_err().text.contains(".mmd"));
        assert_eq!(named("tables", Some(Format::Csv)).unwrap()[0].format, Format::Csv);
        assert_eq!(named("a.log", Some(Format::Csv)).unwrap()[0].format, Format::Csv);
        for path in ["a", "a.doc", "csv", ""] {
            let stop = named(path, None).unwrap_err();
            assert_eq!(stop.exit, Exit::NothingRan);
            assert!(stop.text.contains(".jsonl (jsonl)"), "{}", stop.text);
        }
    }

    #[test]
    fn only_a_text_goes_to_standard_output() {
        let said = outputs(&[], Some(Format::JsonLines)).unwrap();
        assert_eq!(said, [Output { path: None, format: Format::JsonLines }]);
        let stop = outputs(&[PathBuf::from("-")], Some(Format::Csv)).unwrap_err();
        assert!(stop.text.contains("-o run.csv"), "{}", stop.text);
        assert!(outputs(&[], None).unwrap_err().text.contains("-o run.csv"));
        assert!(outputs(&[PathBuf::from("-")], None).is_err());
    }

    #[test]
    fn without_parquet_that_is_said_and_what_to_do() {
        let named = outputs(&[PathBuf::from("a.parquet")], None);
        match named {
            Ok(named) => assert!(cfg!(feature = "parquet") && named[0].format.is_folder()),
            Err(stop) => assert!(stop.text.contains(".csv has the same tables"), "{}", stop.text),
        }
    }

    #[test]
    fn every_format_is_found_by_each_of_its_endings() {
        for format in Format::ALL {
            for ending in format.endings() {
                assert_eq!(Format::of(Path::new(&format!("x{ending}"))), Some(format));
            }
        }
    }
}
