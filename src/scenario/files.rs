//! The one door to the files that a scenario names: `extends`, `import`, `history`, `empirical`.
//!
//! Whoever reads a key that names a file calls [`Reader::named_file`] with the place of the value
//! and the name written there; what cannot be opened is then already reported. The name is
//! relative to the file in which it stands. The reader itself knows no file system: it asks a
//! [`Files`], which is [`Disk`] for a scenario on disk, [`Held`] in tests, and nobody for a text
//! alone.

use std::collections::BTreeMap;
use std::fs;
use std::io::Read as _;
use std::path::{Component, Path, PathBuf};
use std::rc::Rc;

use super::limits;
use super::reader::Reader;
use super::source::{Place, is_hidden};

/// Opens files by the names that stand in other files.
pub trait Files {
    /// What the scenario's own file is called here.
    fn main(&self) -> String;

    /// The file `name` as it is written in the file `from`, at most `most` bytes of it.
    ///
    /// # Errors
    /// It lies where a scenario may not look, or cannot be read, or is longer.
    fn open(&self, from: &str, name: &str, most: usize) -> Result<NamedFile, Refusal>;

    /// The file that the user named on the command line, wherever it lies.
    ///
    /// # Errors
    /// It cannot be read, or is longer than `most` bytes.
    fn given(&self, name: &str, most: usize) -> Result<NamedFile, Refusal>;
}

/// A file that was opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedFile {
    /// One for each file, however it was named: two names of one file have the same.
    pub id: String,
    /// What it holds.
    pub bytes: Vec<u8>,
}

/// Why a file was not opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// It lies outside the scenario's own folder.
    Outside,
    /// It is longer than it may be.
    TooLarge,
    /// In the words of the operating system.
    Unreadable(String),
}

/// Files on disk, below one folder only.
#[derive(Clone, Debug)]
pub struct Disk {
    /// The folder of the scenario, without links.
    root: PathBuf,
    main: PathBuf,
    allow_outside: bool,
}

impl Disk {
    /// The files that the scenario at `path` may name: those below its own folder, links and `..`
    /// followed to their end, or all of them.
    pub fn beside(path: &Path, allow_outside: bool) -> Disk {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        let folder = folder.unwrap_or(Path::new("."));
        let root = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
        let main = path.file_name().map_or_else(|| root.clone(), |name| root.join(name));
        Disk { root, main, allow_outside }
    }

    fn take(path: &Path, most: usize) -> Result<NamedFile, Refusal> {
        let words = |why: std::io::Error| Refusal::Unreadable(why.to_string());
        // a pipe or a device would keep us waiting
        if !fs::metadata(path).map_err(words)?.is_file() {
            return Err(Refusal::Unreadable("it is not a file".to_owned()));
        }
        let mut bytes = Vec::new();
        let file = fs::File::open(path).map_err(words)?;
        file.take(most as u64 + 1).read_to_end(&mut bytes).map_err(words)?;
        if bytes.len() > most {
            return Err(Refusal::TooLarge);
        }
        Ok(NamedFile { id: path.to_string_lossy().into_owned(), bytes })
    }
}

impl Files for Disk {
    fn main(&self) -> String {
        self.main.to_string_lossy().into_owned()
    }

    fn open(&self, from: &str, name: &str, most: usize) -> Result<NamedFile, Refusal> {
        let folder = Path::new(from).parent().unwrap_or(&self.root);
        // `..` is taken away by its letters first, so that nothing outside is even looked for
        let path = without_dots(&folder.join(name.replace('\\', "/")));
        let inside = |path: &Path| self.allow_outside || path.starts_with(&self.root);
        if !inside(&path) {
            return Err(Refusal::Outside);
        }
        let path = path.canonicalize().map_err(|why| Refusal::Unreadable(why.to_string()))?;
        if !inside(&path) {
            return Err(Refusal::Outside);
        }
        Disk::take(&path, most)
    }

    fn given(&self, name: &str, most: usize) -> Result<NamedFile, Refusal> {
        let path = Path::new(name);
        let path = path.canonicalize().map_err(|why| Refusal::Unreadable(why.to_string()))?;
        Disk::take(&path, most)
    }
}

fn without_dots(path: &Path) -> PathBuf {
    let mut whole = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                whole.pop();
            }
            part => whole.push(part),
        }
    }
    whole
}

/// Files held in memory.
#[derive(Clone, Debug, Default)]
pub struct Held {
    /// The scenario's own, e.g. `main.yaml`.
    pub main: String,
    /// What each holds, by its path below the scenario's folder, parts separated by `/`.
    pub files: BTreeMap<String, Vec<u8>>,
}

impl Files for Held {
    fn main(&self) -> String {
        self.main.clone()
    }

    fn open(&self, from: &str, name: &str, most: usize) -> Result<NamedFile, Refusal> {
        let name = name.replace('\\', "/");
        if name.starts_with('/') {
            return Err(Refusal::Outside);
        }
        let folder = from.rfind('/').map_or("", |at| &from[..at]);
        let mut parts: Vec<&str> = Vec::new();
        for part in folder.split('/').chain(name.split('/')) {
            match part {
                "" | "." => {}
                ".." => {
                    parts.pop().ok_or(Refusal::Outside)?;
                }
                part => parts.push(part),
            }
        }
        self.given(&parts.join("/"), most)
    }

    fn given(&self, name: &str, most: usize) -> Result<NamedFile, Refusal> {
        let bytes = self.files.get(name).ok_or(Refusal::Unreadable("no such file".to_owned()))?;
        if bytes.len() > most {
            return Err(Refusal::TooLarge);
        }
        Ok(NamedFile { id: name.to_owned(), bytes: bytes.clone() })
    }
}

/// Nobody: a text that names a file is told that it cannot.
struct Nobody;

impl Files for Nobody {
    fn main(&self) -> String {
        String::new()
    }

    fn open(&self, _: &str, _: &str, _: usize) -> Result<NamedFile, Refusal> {
        Err(Refusal::Unreadable("this scenario is a text without a folder".to_owned()))
    }

    fn given(&self, _: &str, _: usize) -> Result<NamedFile, Refusal> {
        self.open("", "", 0)
    }
}

/// A text that was read beside the scenario's own.
#[derive(Clone, Debug)]
pub(super) struct Named {
    /// Its number in every [`Place`] inside it.
    pub file: u16,
    /// What tells it from every other file.
    pub id: String,
    pub text: Rc<str>,
}

/// All texts of one reading; number 0 is the scenario's own, which its caller holds.
pub(super) struct Texts {
    door: Rc<dyn Files>,
    read: Vec<(String, Named)>,
    /// By the file that names it and the name in it.
    by_name: BTreeMap<(String, String), u16>,
    bytes: usize,
}

impl Default for Texts {
    fn default() -> Self {
        Texts::behind(Rc::new(Nobody))
    }
}

impl Texts {
    /// No text yet; further ones come through this door.
    pub fn behind(door: Rc<dyn Files>) -> Texts {
        Texts { door, read: Vec::new(), by_name: BTreeMap::new(), bytes: 0 }
    }

    pub fn text(&self, file: u16) -> Option<&str> {
        self.at(file).map(|(_, named)| named.text.as_ref())
    }

    /// What it is called in messages.
    pub fn shown(&self, file: u16) -> Option<&str> {
        self.at(file).map(|(shown, _)| shown.as_str())
    }

    fn at(&self, file: u16) -> Option<&(String, Named)> {
        usize::from(file).checked_sub(1).and_then(|number| self.read.get(number))
    }

    /// The file from which the names in this text are counted.
    pub fn id(&self, file: u16) -> String {
        // what stands on the command line is counted from the scenario
        let id = self.at(file).map(|(_, named)| named.id.clone()).filter(|id| !id.is_empty());
        id.unwrap_or_else(|| self.door.main())
    }

    /// Adds a text, e.g. an argument of the command line (which has no id).
    pub fn add(&mut self, shown: &str, id: &str, text: &str) -> Named {
        let file = u16::try_from(self.read.len() + 1).unwrap_or(u16::MAX);
        let named = Named { file, id: id.to_owned(), text: text.into() };
        self.read.push((shown.to_owned(), named.clone()));
        named
    }
}

impl Reader {
    /// The file `name` that a value at `place` names, relative to the file in which it stands;
    /// read once, however often it is named. `None`: why has been reported.
    pub fn named_file(&mut self, place: Place, name: &str) -> Option<Named> {
        let from = self.texts.id(place.file);
        let key = (from.clone(), name.to_owned());
        if let Some(known) = self.texts.by_name.get(&key) {
            return self.texts.at(*known).map(|(_, named)| named.clone());
        }
        if name.is_empty() || name.chars().count() > 1_000 || name.contains(is_hidden) {
            let note = "1 to 1000 characters that can be seen";
            self.error("E0120", place, "this is not the name of a file", note);
            return None;
        }
        let opened = self.texts.door.clone().open(&from, name, limits::FILE_BYTES);
        let shown = beside(self.texts.shown(place.file).unwrap_or(&self.main_shown), name);
        let named = self.opened(place, name, shown, opened)?;
        self.texts.by_name.insert(key, named.file);
        Some(named)
    }

    /// The file that the user named on the command line; `place` is there.
    pub fn given_file(&mut self, place: Place, name: &str) -> Option<Named> {
        let opened = self.texts.door.clone().given(name, limits::FILE_BYTES);
        self.opened(place, name, name.to_owned(), opened)
    }

    fn opened(
        &mut self,
        place: Place,
        name: &str,
        shown: String,
        opened: Result<NamedFile, Refusal>,
    ) -> Option<Named> {
        let file = match opened {
            Ok(file) => file,
            Err(Refusal::Outside) => {
                let message = format!("`{name}` lies outside the folder of the scenario");
                let note = "a scenario reads only what lies below its own folder";
                self.error("E0121", place, message, note)
                    .help("move it there; or, when you trust the scenario, --allow-outside");
                return None;
            }
            Err(Refusal::TooLarge) => {
                let note = format!("at most {} bytes", limits::FILE_BYTES);
                self.error("E0002", place, format!("`{name}` is too large"), note);
                return None;
            }
            Err(Refusal::Unreadable(why)) => {
                self.error("E0120", place, format!("`{name}` cannot be read"), why);
                return None;
            }
        };
        self.texts.bytes = self.texts.bytes.saturating_add(file.bytes.len());
        if self.texts.read.len() >= limits::FILES || self.texts.bytes > limits::FILES_BYTES {
            let (files, bytes) = (limits::FILES, limits::FILES_BYTES);
            let note = format!("at most {files} files of {bytes} bytes together");
            self.error("E0002", place, "this scenario reads too many files", note);
            return None;
        }
        match text_of(&file.bytes) {
            Ok(text) => Some(self.texts.add(&shown, &file.id, text)),
            Err(note) => {
                let message = format!("`{name}` is not UTF-8 text");
                self.error("E0003", place, message, note);
                None
            }
        }
    }
}

/// The text of a file without its byte order mark, or why it is none.
pub(super) fn text_of(bytes: &[u8]) -> Result<&str, String> {
    let text = str::from_utf8(bytes).map_err(|why| {
        if bytes.starts_with(&[0xFF, 0xFE]) || bytes.starts_with(&[0xFE, 0xFF]) {
            // what `>` makes in Windows PowerShell 5.1
            "it is UTF-16; save it as UTF-8 (in PowerShell: | Set-Content -Encoding UTF8 FILE)"
                .to_owned()
        } else {
            let byte = why.valid_up_to() + 1;
            format!("byte {byte} is not part of a character; save the file as UTF-8")
        }
    })?;
    Ok(text.strip_prefix('\u{feff}').unwrap_or(text))
}

/// A name as seen from where the file that names it was named: `scenarios/a.yaml`, `b.yaml`.
fn beside(from: &str, name: &str) -> String {
    let absolute = name.starts_with(['/', '\\']) || name.get(1..2) == Some(":");
    match from.rfind(['/', '\\']) {
        Some(at) if !absolute => format!("{}{name}", &from[..=at]),
        _ => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn held(files: &[(&str, &str)]) -> Held {
        let file = |(name, text): &(&str, &str)| ((*name).to_owned(), text.as_bytes().to_vec());
        Held { main: "main.yaml".to_owned(), files: files.iter().map(file).collect() }
    }

    fn reader(files: &[(&str, &str)]) -> Reader {
        let mut reader = Reader::new();
        reader.texts = Texts::behind(Rc::new(held(files)));
        reader
    }

    #[test]
    fn a_name_is_counted_from_the_file_in_which_it_stands() {
        let mut reader = reader(&[("a/b.yaml", "b"), ("a/c.yaml", "c"), ("c.yaml", "top")]);
        let b = reader.named_file(Place::default(), "a/b.yaml").unwrap();
        let c = reader.named_file(Place::whole(b.file), "c.yaml").unwrap();
        assert_eq!((b.text.as_ref(), c.text.as_ref()), ("b", "c"));
        assert_eq!(reader.texts.shown(c.file), Some("a/c.yaml"));
        let up = reader.named_file(Place::whole(b.file), "..\\c.yaml").unwrap();
        assert_eq!(up.text.as_ref(), "top", "a back-slash is a slash on every system");
    }

    #[test]
    fn a_file_is_read_once_however_often_it_is_named() {
        let mut reader = reader(&[("x.csv", "1")]);
        let first = reader.named_file(Place::default(), "x.csv").unwrap();
        let again = reader.named_file(Place::default(), "x.csv").unwrap();
        assert_eq!(first.file, again.file);
        assert!(Rc::ptr_eq(&first.text, &again.text));
    }

    #[test]
    fn nothing_outside_the_folder_is_opened() {
        let folder = tempfile::tempdir().unwrap();
        let inside = folder.path().join("inside");
        fs::create_dir(&inside).unwrap();
        fs::write(folder.path().join("secret"), "s").unwrap();
        fs::write(inside.join("own"), "o").unwrap();
        let main = inside.join("main.yaml");
        let disk = Disk::beside(&main, false);
        let open = |disk: &Disk, name: &str| disk.open(&disk.main(), name, 10);
        assert_eq!(open(&disk, "own").unwrap().bytes, b"o");
        assert_eq!(open(&disk, "./x/../own").unwrap().bytes, b"o");
        for name in ["../secret", "../../../../../../etc/passwd", "/etc/passwd", "..\\secret"] {
            assert_eq!(open(&disk, name), Err(Refusal::Outside), "{name}");
        }
        assert_eq!(open(&Disk::beside(&main, true), "../secret").unwrap().bytes, b"s");
        assert!(matches!(open(&disk, "."), Err(Refusal::Unreadable(_))), "a folder");
        fs::write(inside.join("large"), "12345678901").unwrap();
        assert_eq!(open(&disk, "large"), Err(Refusal::TooLarge));
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink("../secret", inside.join("link")).unwrap();
            assert_eq!(open(&disk, "link"), Err(Refusal::Outside), "links are followed first");
            std::os::unix::fs::symlink("/dev", inside.join("dev")).unwrap();
            assert_eq!(open(&disk, "dev/zero"), Err(Refusal::Outside));
            let device = open(&Disk::beside(&main, true), "dev/zero");
            assert_eq!(device, Err(Refusal::Unreadable("it is not a file".to_owned())));
        }
    }

    #[test]
    fn what_is_shown_of_a_name_begins_where_the_scenario_was_named() {
        assert_eq!(beside("scenarios/a.yaml", "b.yaml"), "scenarios/b.yaml");
        assert_eq!(beside("a.yaml", "b/c.csv"), "b/c.csv");
        assert_eq!(beside("x\\a.yaml", "C:\\b.yaml"), "C:\\b.yaml");
        assert_eq!(beside("x/a.yaml", "/b.yaml"), "/b.yaml");
    }
}
