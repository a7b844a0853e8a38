// What a hand does: filters, buttons, keys, wheel and pointer.

const part = (name) => document.getElementById("tl-" + name);
const view = part("view"), canvas = part("canvas"), tip = part("tip"), said = part("said");
const LEAST = 2 * SECOND;

let asked = false;
function show() {
  if (asked) return;
  asked = true;
  requestAnimationFrame(() => {
    asked = false;
    const began = performance.now();
    const shapes = draw(canvas.getContext("2d"));
    const state = { from: seen.from, until: seen.until, rows: seen.rows.length, release: seen.release, shapes };
    for (const [name, value] of Object.entries(state)) canvas.dataset[name] = String(Math.round(value));
    canvas.dataset.took = (performance.now() - began).toFixed(1);
    const count = seen.rows.length === 1 ? "1 site" : seen.rows.length + " sites";
    part("status").textContent =
      count + ", " + when(seen.from) + " – " + when(seen.until) + " (" + long(Math.round(seen.until - seen.from)) + "), " + data.zone;
  });
}

// The canvas fills its place, in the pixels of the screen.
function measure() {
  const density = window.devicePixelRatio || 1;
  const most = Math.min(Math.max(seen.rows.length, 3), 26) * ROW + AXIS;
  seen.width = view.clientWidth;
  seen.height = most;
  view.style.height = most + 2 + "px";
  canvas.style.height = most + "px";
  canvas.width = Math.round(seen.width * density);
  canvas.height = Math.round(seen.height * density);
  canvas.getContext("2d").setTransform(density, 0, 0, density, 0, 0);
  part("spacer").style.height = Math.max(0, seen.rows.length * ROW + AXIS - most) + "px";
  seen.top = view.scrollTop;
  show();
}

function look(from, until) {
  const length = Math.min(Math.max(until - from, LEAST), data.length);
  const begin = Math.min(Math.max(from, 0), data.length - length);
  seen.from = begin;
  seen.until = begin + length;
  show();
}

function zoom(factor, around) {
  const length = Math.min(Math.max((seen.until - seen.from) * factor, LEAST), data.length);
  const share = (around - seen.from) / (seen.until - seen.from);
  look(around - share * length, around - share * length + length);
}

const pan = (share) => look(seen.from + share * (seen.until - seen.from), seen.until + share * (seen.until - seen.from));
const middle = () => (seen.from + seen.until) / 2;

// From publication until it was everywhere, or the whole run.
function whole() { look(0, data.length); }
function lookAtRelease() {
  const release = releases[seen.release];
  if (!release) return whole();
  const never = release.current.some((at) => at === -1);
  const until = never ? data.length : release.last + (release.last - release.wanted) * 0.04;
  look(release.wanted - (until - release.wanted) * 0.02, until);
}

// The tip beside the pointer or the chosen bar; the same words are said to those who listen.
function tell(what, x, y, aloud) {
  tip.textContent = "";
  if (!what) { tip.hidden = true; return; }
  const add = (tag, text, parent) => {
    const element = document.createElement(tag);
    element.textContent = text;
    return (parent || tip).appendChild(element);
  };
  add("strong", what.title);
  for (const line of what.lines) add("div", line);
  if (what.causes.length) {
    add("div", "Because:").className = "because";
    const list = add("ol", "");
    for (const cause of what.causes) add("li", cause, list);
  }
  tip.hidden = false;
  const box = part("frame").getBoundingClientRect();
  const left = Math.min(Math.max(x + 14, 0), Math.max(0, box.width - tip.offsetWidth - 4));
  const below = y + 18 + tip.offsetHeight <= box.height || y < tip.offsetHeight + 12;
  tip.style.left = left + "px";
  tip.style.top = (below ? y + 18 : y - tip.offsetHeight - 12) + "px";
  if (aloud) said.textContent = [what.title, ...what.lines, ...what.causes].join(". ");
}

const siteAt = (y) => seen.rows[Math.floor((y - AXIS + seen.top) / ROW)];

function point(event) {
  const box = canvas.getBoundingClientRect();
  const x = event.clientX - box.left, y = event.clientY - box.top;
  const site = y > AXIS ? siteAt(y) : null;
  if (!site) { seen.chosen = null; tell(null); return show(); }
  let what;
  if (x < labels()) {
    const lines = [site.name, site.all.length + " synchronisations, " + site.failed[site.all.length] + " failed"];
    what = { title: site.code, lines: lines.filter(Boolean), causes: [] };
  } else {
    const time = timeAt(x);
    what = told(site, time, 3 * ((seen.until - seen.from) / plot()));
    const held = holding(site, time);
    if (held.length) what = what || { title: site.code, lines: [], causes: [] };
    if (what) what.lines.push(...held);
  }
  seen.chosen = what && what.site ? { site: what.site, at: what.at } : null;
  tell(what, x, y);
  show();
}

// Dragging moves the time and the rows; in the strip above it moves what is seen.
let drag = null;
canvas.addEventListener("pointerdown", (event) => {
  const box = canvas.getBoundingClientRect();
  drag = { x: event.clientX, y: event.clientY, from: seen.from, until: seen.until, top: view.scrollTop };
  drag.strip = event.clientY - box.top < STRIP;
  canvas.setPointerCapture(event.pointerId);
  if (drag.strip) toStrip(event.clientX - box.left);
});
function toStrip(x) {
  const at = ((x - labels()) / plot()) * data.length, half = (seen.until - seen.from) / 2;
  look(at - half, at + half);
}
canvas.addEventListener("pointermove", (event) => {
  if (!drag) return point(event);
  if (drag.strip) return toStrip(event.clientX - canvas.getBoundingClientRect().left);
  tell(null);
  const by = ((drag.x - event.clientX) / plot()) * (drag.until - drag.from);
  view.scrollTop = drag.top + drag.y - event.clientY;
  look(drag.from + by, drag.until + by);
});
for (const end of ["pointerup", "pointercancel"]) canvas.addEventListener(end, () => { drag = null; });
canvas.addEventListener("pointerleave", () => { if (!drag) { seen.chosen = null; tell(null); show(); } });

// A page must scroll past a timeline that nobody has taken in hand.
view.addEventListener("wheel", (event) => {
  const box = canvas.getBoundingClientRect();
  const inHand = event.ctrlKey || document.activeElement === view;
  const across = Math.abs(event.deltaX) > Math.abs(event.deltaY) || event.shiftKey;
  if (across) pan(Math.sign(event.deltaX || event.deltaY) * 0.08);
  else if (inHand && event.clientX - box.left >= labels()) zoom(event.deltaY > 0 ? 1.25 : 0.8, timeAt(event.clientX - box.left));
  else return;
  event.preventDefault();
}, { passive: false });
view.addEventListener("scroll", () => { seen.top = view.scrollTop; show(); });

// With the keys: from synchronisation to synchronisation, from site to site.
function choose(site, at) {
  if (!site) return;
  const place = seen.rows.indexOf(site);
  if (place * ROW < view.scrollTop) view.scrollTop = place * ROW;
  const bottom = seen.height - AXIS - ROW;
  if (place * ROW > view.scrollTop + bottom) view.scrollTop = place * ROW - bottom;
  seen.top = view.scrollTop;
  at = Math.min(Math.max(at, 0), site.all.length - 1);
  const y = AXIS + place * ROW - seen.top + ROW / 2;
  if (at < 0) {
    seen.chosen = { site, at: 0 };
    tell({ title: site.code, lines: ["never synchronised"], causes: [] }, labels(), y, true);
    return show();
  }
  if (site.starts[at] < seen.from || site.starts[at] > seen.until) {
    const half = (seen.until - seen.from) / 2;
    look(site.starts[at] - half, site.starts[at] + half);
  }
  seen.chosen = { site, at };
  tell(toldOf(site, at), xOf(site.starts[at]), y, true);
  show();
}
// Up and down keep to one instant, as a cursor keeps to its column: the synchronisation nearest to it.
let column = 0;
function nearest(site) {
  const after = notBelow(site.starts, column);
  const closer = after > 0 && !(site.starts[after] - column < column - site.starts[after - 1]);
  choose(site, closer ? after - 1 : after);
}
function neighbour(by) {
  const now = seen.chosen;
  if (!now) column = seen.from;
  const site = now ? seen.rows[seen.rows.indexOf(now.site) + by] : seen.rows[0];
  if (!site) return;
  if (!now) column = site.starts[notBelow(site.ends, seen.from)] || column;
  nearest(site);
}
function onward(by) {
  if (!seen.chosen) return neighbour(0);
  choose(seen.chosen.site, seen.chosen.at + by);
  column = seen.chosen.site.starts[seen.chosen.at] || column;
}
const KEYS = {
  "+": () => zoom(0.5, middle()), "=": () => zoom(0.5, middle()), "-": () => zoom(2, middle()),
  ArrowLeft: () => pan(-0.2), ArrowRight: () => pan(0.2), Home: whole, End: lookAtRelease,
  ArrowUp: () => neighbour(-1), ArrowDown: () => neighbour(1),
  n: () => onward(1), p: () => onward(-1),
  Escape: () => { seen.chosen = null; tell(null); show(); },
};
view.addEventListener("keydown", (event) => {
  const act = !event.ctrlKey && !event.altKey && !event.metaKey && KEYS[event.key];
  if (!act) return;
  act();
  event.preventDefault();
});

const BUTTONS = { in: () => zoom(0.5, middle()), out: () => zoom(2, middle()), left: () => pan(-0.5), right: () => pan(0.5), whole, release: lookAtRelease };
for (const [name, act] of Object.entries(BUTTONS)) part(name).addEventListener("click", act);

part("site").addEventListener("input", () => {
  seen.rows = named(part("site").value);
  seen.chosen = null;
  tell(null);
  view.scrollTop = 0;
  measure();
});
releases.forEach((release, place) => {
  part("which").appendChild(new Option(release.name, String(place)));
});
part("which").addEventListener("change", () => {
  seen.release = Number(part("which").value);
  lookAtRelease();
});

if (sites.length) {
  part("live").hidden = false;
  readColours();
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => { readColours(); show(); });
  window.addEventListener("resize", measure);
  if (document.fonts) document.fonts.ready.then(show);
  if (releases.length) {
    seen.release = 0;
    part("which").value = "0";
  }
  measure();
  lookAtRelease();
}
