//! Standard output and standard error, and what to do when nobody reads them.

use std::fmt::Display;
use std::io::{self, ErrorKind, IsTerminal, Write};
use std::panic::PanicHookInfo;

use anstream::{AutoStream, ColorChoice};

use super::exit::{Exit, Stop};

/// On a terminal only, always, or never.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum When {
    Auto,
    Always,
    Never,
}

/// Where words go.
pub(super) struct Screen {
    out: Box<dyn Write>,
    err: Box<dyn Write>,
    standard: bool,
    trouble: Option<io::Error>,
}

impl Screen {
    /// The real ones; colours are decided by [`Screen::colour`].
    pub fn standard() -> Screen {
        Screen {
            out: Box::new(AutoStream::auto(io::stdout())),
            err: Box::new(AutoStream::auto(io::stderr())),
            standard: true,
            trouble: None,
        }
    }

    /// Are colours wanted? From here on standard output keeps or drops them accordingly.
    pub fn colour(&mut self, when: When) -> bool {
        let choice = match when {
            // anstream knows terminals, NO_COLOR, CLICOLOR and the old Windows console.
            When::Auto if self.standard => AutoStream::choice(&io::stdout()),
            When::Auto | When::Never => ColorChoice::Never,
            When::Always => ColorChoice::Always,
        };
        if self.standard {
            self.out = Box::new(AutoStream::new(io::stdout(), choice));
        }
        choice != ColorChoice::Never
    }

    /// Is standard error a terminal that somebody looks at?
    pub fn err_is_terminal(&self) -> bool {
        self.standard && io::stderr().is_terminal() && std::env::var_os("CI").is_none()
    }

    /// Words for standard output. A reader that has gone away (`| head`) is no mistake; anything
    /// else that goes wrong is kept for [`Screen::close`].
    pub fn say(&mut self, text: &str) {
        let said = self.out.write_all(text.as_bytes()).and_then(|()| self.out.flush());
        match said {
            Err(error) if error.kind() != ErrorKind::BrokenPipe => {
                self.trouble.get_or_insert(error);
            }
            _ => {}
        }
    }

    /// Words for standard error; when even that is closed, there is nobody left to tell.
    pub fn complain(&mut self, text: &str) {
        let line_end = if text.ends_with('\n') { "" } else { "\n" };
        let _ = write!(self.err, "{text}{line_end}").and_then(|()| self.err.flush());
    }

    /// Did everything that was said arrive?
    pub fn close(&mut self) -> Result<(), Stop> {
        match self.trouble.take() {
            None => Ok(()),
            Some(error) => {
                let text = format!("supsim: standard output: {error}");
                self.complain(&text);
                Err(Stop { exit: Exit::FileTrouble, text })
            }
        }
    }
}

/// What a defect in supsim says before the program ends with code 70.
pub(super) fn report_defect(defect: &PanicHookInfo<'_>, command_line: &str) {
    let payload = defect.payload();
    let owned = payload.downcast_ref::<String>().map(String::as_str);
    let message = owned.or(payload.downcast_ref::<&str>().copied()).unwrap_or("no message");
    let place = defect.location().map(|place| format!(" ({}:{})", place.file(), place.line()));
    let text = defect_text(message, &place.unwrap_or_default(), command_line);
    let _ = io::stderr().write_all(text.as_bytes());
}

fn defect_text(message: &str, place: &dyn Display, command_line: &str) -> String {
    let (version, target) = (env!("CARGO_PKG_VERSION"), target());
    format!(
        "supsim: this is a defect in supsim, not in your scenario; nothing was stored.\n  \
         {message}{place}\n\
         Please report it to the project with the scenario file and these two lines:\n  \
         supsim {version} {target}\n  \
         {command_line}\n"
    )
}

/// Which machine this program was made for, e.g. `x86_64-linux`.
pub(super) fn target() -> String {
    format!("{}-{}", std::env::consts::ARCH, std::env::consts::OS)
}

#[cfg(test)]
pub(super) use captured::Captured;

#[cfg(test)]
mod captured {
    use std::cell::RefCell;
    use std::rc::Rc;

    use super::*;

    /// What a test's screen showed.
    #[derive(Clone, Default)]
    pub struct Captured(Rc<RefCell<Vec<u8>>>);

    impl Captured {
        pub fn text(&self) -> String {
            String::from_utf8(self.0.borrow().clone()).unwrap()
        }
    }

    impl Write for Captured {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.borrow_mut().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    impl Screen {
        /// A screen whose output and complaints a test can read.
        pub fn captured() -> (Screen, Captured, Captured) {
            let (out, err) = (Captured::default(), Captured::default());
            let screen = Screen {
                out: Box::new(out.clone()),
                err: Box::new(err.clone()),
                standard: false,
                trouble: None,
            };
            (screen, out, err)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Broken(ErrorKind);

    impl Write for Broken {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(self.0.into())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn screen(kind: ErrorKind) -> (Screen, Captured) {
        let err = Captured::default();
        let (out, err_out) = (Box::new(Broken(kind)), Box::new(err.clone()));
        (Screen { out, err: err_out, standard: false, trouble: None }, err)
    }

    #[test]
    fn a_reader_that_has_gone_away_is_no_mistake() {
        let (mut screen, err) = screen(ErrorKind::BrokenPipe);
        screen.say("hello");
        assert_eq!(screen.close(), Ok(()));
        assert_eq!(err.text(), "");
    }

    #[test]
    fn output_that_cannot_be_written_ends_with_74_and_the_reason() {
        let (mut screen, err) = screen(ErrorKind::StorageFull);
        screen.say("hello");
        assert_eq!(screen.close().unwrap_err().exit, Exit::FileTrouble);
        assert!(err.text().starts_with("supsim: standard output: "), "{}", err.text());
    }

    #[test]
    fn a_defect_says_whose_it_is_and_what_to_do() {
        let text = defect_text("index out of bounds", &" (src/x.rs:1)", "supsim run a.yaml");
        assert!(text.contains("defect in supsim, not in your scenario"), "{text}");
        assert!(text.contains("index out of bounds (src/x.rs:1)"), "{text}");
        assert!(text.contains("report it"), "{text}");
        assert!(text.contains("\n  supsim run a.yaml\n"), "{text}");
    }
}
