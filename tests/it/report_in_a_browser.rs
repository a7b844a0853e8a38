//! Does a report live in a real browser: drawn, silent, readable, and harmless?

use serde_json::json;

use crate::browser::{Browser, open};
use crate::report::{report, stored};

/// Where an element lies in the window, brought into it first: left, top, width, height.
fn place(browser: &mut Browser, selector: &str) -> [f64; 4] {
    let found = browser.evaluate(&format!(
        "(() => {{ const it = document.querySelector('{selector}');
         it.scrollIntoView({{ block: 'center', behavior: 'instant' }});
         const box = it.getBoundingClientRect();
         return [box.left, box.top, box.width, box.height]; }})()"
    ));
    let number = |at: usize| found[at].as_f64().expect("a place in the window");
    [number(0), number(1), number(2), number(3)]
}

/// What the timeline says of itself: from when, until when, how many rows, how many shapes.
fn state(browser: &mut Browser) -> [f64; 4] {
    let found = browser.evaluate(
        "(() => { const it = document.querySelector('#tl-canvas').dataset;
         return [it.from, it.until, it.rows, it.shapes].map(Number); })()",
    );
    [0, 1, 2, 3].map(|at: usize| found[at].as_f64().expect("a number"))
}

/// How many different colours the canvas shows.
fn colours(browser: &mut Browser) -> u64 {
    let count = browser.evaluate(
        "(() => { const it = document.querySelector('#tl-canvas');
         const all = it.getContext('2d').getImageData(0, 0, it.width, it.height).data;
         const seen = new Set();
         for (let at = 0; at < all.length; at += 4) seen.add(all[at] << 16 | all[at + 1] << 8 | all[at + 2]);
         return seen.size; })()",
    );
    count.as_u64().expect("a number")
}

#[test]
fn the_timeline_is_drawn_and_answers_the_hand() {
    let place_ = stored("scenarios/three-tier.yaml", &[]);
    report(place_.path(), &["latest"]);
    let Some(mut browser) = open("the timeline in a browser", 1200, 900) else { return };
    browser.load(&place_.path().join("report.html"));
    assert_eq!(browser.complaints, [""; 0]);

    let [left, top, width, _] = place(&mut browser, "#tl-canvas");
    browser.settled();
    let [from, until, rows, shapes] = state(&mut browser);
    assert!(rows >= 6.0 && shapes >= 10.0, "{rows} rows, {shapes} shapes");
    assert!(colours(&mut browser) >= 8, "the bars have the colours of their phases");

    // a hover says what, when, how long, and why: over the bars of the first row, wherever they are
    let first = browser.evaluate(
        "(() => { const data = JSON.parse(document.querySelector('#timeline-data').textContent);
         const one = data.attempts[1][0]; return one[0] + one[11] / 2; })()",
    );
    let first = first.as_f64().expect("an instant");
    let x = left + 176.0 + (first - from) / (until - from) * (width - 184.0);
    let y = top + 58.0 + 22.0 + 11.0;
    browser.point(x, y);
    let said = browser.text("#tl-tip");
    for wanted in
        ["#1", "whole: ", " – ", "Because:", "was asked for by", "was started by schedule"]
    {
        assert!(said.contains(wanted), "{wanted} is not in: {said}");
    }

    // a wheel turned over a timeline that is in hand zooms; over one that is not, it does not
    browser.turn(x, y, -240.0);
    assert_eq!(state(&mut browser)[..2], [from, until]);
    browser.evaluate("document.querySelector('#tl-view').focus({ preventScroll: true })");
    let [left, top, ..] = place(&mut browser, "#tl-canvas");
    let y = top + 58.0 + 33.0;
    browser.turn(left + 500.0, y, -240.0);
    let [nearer, farther, ..] = state(&mut browser);
    assert!(farther - nearer < until - from, "{nearer} to {farther}");

    // keys and buttons do the same
    browser.press("-");
    browser.press("-");
    let [wider, ending, ..] = state(&mut browser);
    assert!(ending - wider > farther - nearer);
    browser.evaluate("document.querySelector('#tl-whole').click()");
    browser.settled();
    let whole = state(&mut browser);
    assert_eq!(whole[0], 0.0);
    browser.press("+");
    let before = state(&mut browser)[0];
    browser.press("ArrowRight");
    assert!(state(&mut browser)[0] > before, "it has moved on");
    browser.press("ArrowDown");
    let heard = browser.text("#tl-said");
    assert!(heard.contains("#1") && heard.contains("whole: "), "{heard}");

    // the filters
    browser.evaluate(
        "(() => { const it = document.querySelector('#tl-site'); it.value = 'no such site';
         it.dispatchEvent(new Event('input')); })()",
    );
    browser.settled();
    assert_eq!(state(&mut browser)[2], 0.0);
    let code = browser.evaluate(
        "(() => { const data = JSON.parse(document.querySelector('#timeline-data').textContent);
         const it = document.querySelector('#tl-site'); it.value = data.sites[1][0];
         it.dispatchEvent(new Event('input')); return it.value; })()",
    );
    browser.settled();
    let shown = state(&mut browser)[2];
    assert!(shown >= 2.0 && shown < rows, "{code} and what is above it: {shown} of {rows}");
    browser.evaluate(
        "(() => { const it = document.querySelector('#tl-which'); it.value = '0';
         it.dispatchEvent(new Event('change')); })()",
    );
    browser.settled();
    assert_eq!(state(&mut browser)[..2], [from, until], "the times of the release");
    assert_eq!(browser.complaints, [""; 0]);
}

#[test]
fn without_scripts_everything_else_is_there_and_in_the_dark_it_can_be_read() {
    let place = stored("scenarios/three-tier.yaml", &[]);
    report(place.path(), &["latest"]);
    let Some(mut browser) = open("a report without scripts", 1200, 900) else { return };
    browser.ask("Emulation.setScriptExecutionDisabled", json!({ "value": true }));
    browser.ask(
        "Page.navigate",
        json!({
            "url": format!("file://{}", place.path().join("report.html").display()),
        }),
    );
    browser.wait_for_load();
    // What is evaluated from outside still runs.
    let shown = browser.evaluate("document.querySelector('main').innerText");
    let shown = shown.as_str().unwrap_or_default();
    for wanted in ["became current", "Assumptions", "supsim run scenario.yaml", "needs scripts"] {
        assert!(shown.contains(wanted), "{wanted} is not in: {shown}");
    }
    let pictures = browser.evaluate("document.querySelectorAll('figure svg').length");
    assert!(pictures.as_u64() >= Some(2), "{pictures}");
    let live = browser.evaluate("getComputedStyle(document.querySelector('#tl-live')).display");
    assert_eq!(live, "none");

    for scheme in ["light", "dark"] {
        let feature = json!([{ "name": "prefers-color-scheme", "value": scheme }]);
        browser.ask("Emulation.setEmulatedMedia", json!({ "features": feature }));
        let least = browser.evaluate(CONTRAST);
        assert!(least[0].as_f64() >= Some(4.5), "{scheme}: {least}");
    }
    browser.ask("Emulation.setEmulatedMedia", json!({ "media": "print" }));
    let nav = browser.evaluate("getComputedStyle(document.querySelector('nav')).display");
    assert_eq!(nav, "none", "paper has no links");
    assert_eq!(browser.complaints, [""; 0]);
}

/// The least contrast of any text of the page (outside of pictures) with what is behind it, and
/// where that is.
const CONTRAST: &str = "(() => {
  const channel = (value) => (value /= 255, value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
  const luminance = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
  const numbers = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const behind = (it) => {
    for (; it; it = it.parentElement) {
      const colour = numbers(getComputedStyle(it).backgroundColor);
      if (colour.length === 3 || colour[3] > 0) return colour;
    }
    return [255, 255, 255];
  };
  let least = [99, ''];
  for (const it of document.querySelectorAll('body *:not(svg *, script, style, noscript)')) {
    const own = [...it.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
    if (!own || it.closest('svg') || !it.checkVisibility()) continue;
    const [one, other] = [luminance(numbers(getComputedStyle(it).color)), luminance(behind(it))];
    const contrast = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
    if (contrast < least[0]) least = [contrast, it.tagName + ': ' + it.textContent.slice(0, 60)];
  }
  return least;
})()";

#[test]
fn hostile_names_are_only_names() {
    let place = tempfile::tempdir().unwrap();
    let name = r#"</script><script>alert(1)</script><img src=x onerror=alert(2)> \"onload=\"alert(3) & <!--"#;
    let scenario = format!(
        "supsim: 1\nkind: scenario\nname: hostile\ndescription: \"{name}\"\nstart: 2026-01-13 00:00\nduration: 2d\n\
         sites:\n  CEN: {{ type: central, name: \"{name}\" }}\n  PR1: {{ parent: CEN, name: \"{name}\" }}\n\
         catalogue: {{ releases: {{ news: {{ when: {{ at: 2026-01-13 13:00 }}, updates: 10, metadata: 1 MB }} }} }}\n\
         sync: {{ schedule: {{ weekly: {{ on: [Tue], at: \"22:00\" }} }} }}\n\
         faults:\n  first: {{ where: {{ code: PR1 }}, do: {{ fail_sync: {{ after: 1min, message: \"{name}\" }} }}, when: {{ attempts: [1] }} }}\n"
    );
    std::fs::write(place.path().join("hostile.yaml"), scenario).unwrap();
    let page = report(place.path(), &["hostile.yaml"]);
    assert_eq!(page.matches("<script").count(), 2, "ours: the data and the script");
    for tag in page.split('<').skip(1).filter_map(|piece| piece.split_once('>')) {
        assert!(!tag.0.contains("onerror") && !tag.0.contains("onload"), "<{}>", tag.0);
    }
    let Some(mut browser) = open("hostile names in a browser", 1000, 800) else { return };
    browser.load(&place.path().join("report.html"));
    let scripts = browser.evaluate("document.scripts.length");
    assert_eq!(scripts, 2);
    let images = browser.evaluate("document.images.length");
    assert_eq!(images, 0);
    assert!(browser.text("h1 ~ p").contains("2 sites"));
    assert!(browser.text(".described").contains("<script>alert(1)</script>"));
    browser.evaluate("document.querySelector('#tl-view').focus()");
    browser.press("ArrowDown");
    browser.press("ArrowDown");
    browser.press("n");
    assert!(browser.text("#tl-tip").contains("<img src=x onerror=alert(2)>"), "as a text");
    assert_eq!(browser.evaluate("document.images.length"), 0);
    assert_eq!(browser.complaints, [""; 0]);
}

#[test]
fn a_hundred_thousand_intervals_stay_fluid() {
    let often = ["--set", "sync.schedule={ simple: { every: 75min } }", "--events", "none"];
    let place_ = stored("scenarios/10-two-hundred-sites.yaml", &often);
    let page = report(place_.path(), &["latest"]);
    assert!(page.len() < 20_000_000, "{} bytes", page.len());
    let Some(mut browser) = open("a large timeline in a browser", 1200, 900) else { return };
    browser.load(&place_.path().join("report.html"));
    let intervals = browser.evaluate(
        "JSON.parse(document.querySelector('#timeline-data').textContent).attempts
         .flat().reduce((sum, one) => sum + (one.length - 10) / 2, 0)",
    );
    assert!(intervals.as_u64() >= Some(100_000), "{intervals}");
    // the middle of many: one that waits for a processor says nothing
    let took = browser.evaluate(
        "(async () => {
           const took = [], canvas = document.querySelector('#tl-canvas'), view = document.querySelector('#tl-view');
           document.querySelector('#tl-whole').click();
           for (let time = 0; time < 41; time++) {
             view.scrollTop = time * 100;
             document.querySelector(time % 3 ? '#tl-in' : '#tl-out').click();
             await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
             took.push(Number(canvas.dataset.took));
           }
           return took.sort((one, other) => one - other)[20];
         })()",
    );
    assert!(took.as_f64() < Some(33.0), "{took} ms for a picture");
    let drawn = state(&mut browser)[3];
    assert!(drawn < 30_000.0, "{drawn} shapes: more than there are pixels to show");
    assert_eq!(browser.complaints, [""; 0]);
}
