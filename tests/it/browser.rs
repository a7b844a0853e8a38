//! A real browser without a window, spoken to in its DevTools protocol over two pipes.
//!
//! Where there is none, a test says *skipped* and why.

use std::ffi::OsString;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde_json::{Value, json};

/// The names under which one is looked for; `SUPSIM_BROWSER` names another.
const NAMES: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "chrome"];

/// A browser with one page.
pub struct Browser {
    child: Child,
    to: ChildStdin,
    from: BufReader<ChildStdout>,
    session: Option<String>,
    asked: u64,
    loaded: bool,
    /// What the page complained of.
    pub complaints: Vec<String>,
    _profile: tempfile::TempDir,
}

/// A browser, or a word that the test is skipped, and why.
pub fn open(test: &str, width: u32, height: u32) -> Option<Browser> {
    let Some(program) = found() else {
        eprintln!("skipped: {test}: no browser (none of {}, no SUPSIM_BROWSER)", NAMES.join(", "));
        return None;
    };
    let profile = tempfile::tempdir().unwrap();
    // The protocol is spoken over the descriptors 3 and 4; a shell can hand them over.
    let child = Command::new("sh")
        .arg("-c")
        .arg("exec \"$@\" 3<&0 4>&1 0</dev/null 1>/dev/null 2>/dev/null")
        .arg("sh")
        .arg(program)
        .args(["--headless=new", "--remote-debugging-pipe", "--no-sandbox", "--disable-gpu"])
        .args(["--disable-dev-shm-usage", "--no-first-run", "--disable-extensions"])
        .args(["--disable-background-networking", "--hide-scrollbars"])
        .arg(format!("--window-size={width},{height}"))
        .arg(format!("--user-data-dir={}", profile.path().display()))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("a shell");
    let mut child = child;
    let (to, from) = (child.stdin.take().unwrap(), BufReader::new(child.stdout.take().unwrap()));
    let mut browser = Browser {
        child,
        to,
        from,
        session: None,
        asked: 0,
        loaded: false,
        complaints: Vec::new(),
        _profile: profile,
    };
    let target = browser.ask("Target.createTarget", json!({ "url": "about:blank" }));
    let target = json!({ "targetId": target["targetId"], "flatten": true });
    let attached = browser.ask("Target.attachToTarget", target);
    browser.session = attached["sessionId"].as_str().map(str::to_owned);
    for domain in ["Page.enable", "Runtime.enable", "Log.enable"] {
        browser.ask(domain, json!({}));
    }
    Some(browser)
}

fn found() -> Option<PathBuf> {
    if cfg!(not(unix)) {
        return None;
    }
    if let Some(named) = std::env::var_os("SUPSIM_BROWSER") {
        return Some(named.into());
    }
    let path: OsString = std::env::var_os("PATH")?;
    let places = NAMES.iter().flat_map(|name| {
        std::env::split_paths(&path).map(move |folder| folder.join(name)).collect::<Vec<_>>()
    });
    places.into_iter().find(|place| place.is_file())
}

impl Browser {
    /// Opens a file and waits until it has been loaded.
    pub fn load(&mut self, file: &Path) {
        self.loaded = false;
        let url = format!("file://{}", file.display());
        self.ask("Page.navigate", json!({ "url": url }));
        self.wait_for_load();
        self.settled();
    }

    /// Waits until a page has been loaded.
    pub fn wait_for_load(&mut self) {
        while !std::mem::take(&mut self.loaded) {
            self.hear();
        }
    }

    /// Waits until what was asked for has been drawn.
    pub fn settled(&mut self) {
        self.evaluate(
            "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))",
        );
    }

    /// The value of an expression in the page.
    pub fn evaluate(&mut self, expression: &str) -> Value {
        let asked = json!({
            "expression": expression, "awaitPromise": true, "returnByValue": true,
        });
        let answer = self.ask("Runtime.evaluate", asked);
        assert!(answer["exceptionDetails"].is_null(), "{expression}: {answer}");
        answer["result"]["value"].clone()
    }

    /// The text of what a selector finds first.
    pub fn text(&mut self, selector: &str) -> String {
        let text = self.evaluate(&format!("document.querySelector('{selector}').textContent"));
        text.as_str().unwrap_or_default().to_owned()
    }

    /// Moves the pointer to a place in the window.
    pub fn point(&mut self, x: f64, y: f64) {
        let event = json!({ "type": "mouseMoved", "x": x, "y": y });
        self.ask("Input.dispatchMouseEvent", event);
        self.settled();
    }

    /// Turns the wheel there.
    pub fn turn(&mut self, x: f64, y: f64, by: f64) {
        let event = json!({ "type": "mouseWheel", "x": x, "y": y, "deltaX": 0, "deltaY": by });
        self.ask("Input.dispatchMouseEvent", event);
        self.settled();
    }

    /// Presses a key and lets it go.
    pub fn press(&mut self, key: &str) {
        for kind in ["keyDown", "keyUp"] {
            self.ask("Input.dispatchKeyEvent", json!({ "type": kind, "key": key }));
        }
        self.settled();
    }

    /// Says something of the protocol and waits for the answer.
    pub fn ask(&mut self, method: &str, params: Value) -> Value {
        self.asked += 1;
        let id = self.asked;
        let mut message = json!({ "id": id, "method": method, "params": params });
        if let Some(session) = &self.session {
            message["sessionId"] = session.as_str().into();
        }
        self.to.write_all(format!("{message}\0").as_bytes()).expect("the browser listens");
        loop {
            let heard = self.hear();
            if heard["id"] == id {
                assert!(heard["error"].is_null(), "{method}: {heard}");
                return heard["result"].clone();
            }
        }
    }

    /// The next message; complaints of the page are kept.
    fn hear(&mut self) -> Value {
        let mut bytes = Vec::new();
        self.from.read_until(0, &mut bytes).expect("the browser speaks");
        assert_eq!(bytes.pop(), Some(0), "the browser has gone");
        let heard: Value = serde_json::from_slice(&bytes).expect("JSON");
        let params = &heard["params"];
        match heard["method"].as_str() {
            Some("Page.loadEventFired") => self.loaded = true,
            Some("Runtime.exceptionThrown") => self.complaints.push(params.to_string()),
            Some("Runtime.consoleAPICalled") if params["type"] != "log" => {
                self.complaints.push(params.to_string());
            }
            Some("Log.entryAdded") => self.complaints.push(params["entry"].to_string()),
            Some("Page.javascriptDialogOpening") => self.complaints.push(params.to_string()),
            _ => {}
        }
        heard
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // It goes when asked to, and when it does not it has no choice.
        let _ = self.to.write_all(b"{\"id\":0,\"method\":\"Browser.close\"}\0");
        let ended = |child: &mut Child| matches!(child.try_wait(), Ok(Some(_)));
        for _ in 0..100 {
            if ended(&mut self.child) {
                return;
            }
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
