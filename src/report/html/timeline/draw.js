// The picture: only the rows and the times that can be seen, and never more than the pixels can show.

const ROW = 22, BAR = 12, AXIS = 58, STRIP = 24, MERGE = 2;

const colours = {};
function readColours() {
  const style = getComputedStyle(document.documentElement);
  const names = ["paper", "ink", "quiet", "line", "faint", "link", "bad", "failed", "waiting", "outage", "mark"];
  for (const name of names.concat(data.colours)) colours[name] = style.getPropertyValue("--" + name).trim();
}

// What is seen: from when, until when, which rows, which release, how far down, what is chosen.
const seen = { from: 0, until: data.length, rows: sites, release: -1, top: 0, width: 800, height: 400, chosen: null };

const labels = () => (seen.width < 640 ? 92 : 176);
const plot = () => Math.max(50, seen.width - labels() - 8);
const xOf = (at) => labels() + ((at - seen.from) / (seen.until - seen.from)) * plot();
const timeAt = (x) => seen.from + ((x - labels()) / plot()) * (seen.until - seen.from);

// Everything; gives how many shapes it took.
function draw(pen) {
  let shapes = 0;
  pen.clearRect(0, 0, seen.width, seen.height);
  pen.font = "12px Inter, 'Helvetica Neue', Arial, sans-serif";
  pen.textBaseline = "middle";
  pen.save();
  pen.beginPath();
  pen.rect(0, AXIS, seen.width, seen.height - AXIS);
  pen.clip();
  const first = Math.floor(seen.top / ROW);
  const last = Math.min(seen.rows.length - 1, Math.floor((seen.top + seen.height - AXIS) / ROW));
  for (let place = first; place <= last; place++) {
    const y = AXIS + place * ROW - seen.top;
    const site = seen.rows[place];
    if (seen.chosen && seen.chosen.site === site) {
      pen.fillStyle = colours.faint;
      pen.fillRect(0, y, seen.width, ROW);
    }
    pen.fillStyle = colours.line;
    pen.fillRect(0, y + ROW - 1, seen.width, 0.5);
    label(pen, site, y);
    pen.save();
    pen.beginPath();
    pen.rect(labels(), y, plot(), ROW);
    pen.clip();
    shapes += row(pen, site, y);
    pen.restore();
  }
  causes(pen);
  pen.restore();
  axis(pen);
  return shapes;
}

function label(pen, site, y) {
  const left = 4 + Math.min(site.depth, 6) * 10;
  pen.fillStyle = colours.ink;
  pen.textAlign = "left";
  pen.font = "600 12px Inter, 'Helvetica Neue', Arial, sans-serif";
  const code = fitted(pen, site.code, labels() - left - 8);
  pen.fillText(code, left, y + ROW / 2);
  const after = left + pen.measureText(code).width + 6;
  pen.font = "12px Inter, 'Helvetica Neue', Arial, sans-serif";
  if (site.name && labels() - after > 30) {
    pen.fillStyle = colours.quiet;
    pen.fillText(fitted(pen, site.name, labels() - after - 8), after, y + ROW / 2);
  }
}

function fitted(pen, text, room) {
  if (pen.measureText(text).width <= room) return text;
  let cut = text;
  while (cut && pen.measureText(cut + "…").width > room) cut = cut.slice(0, -1);
  return cut + "…";
}

// One site: outages behind, waits, then synchronisations. What is too close to be told apart is
// one bar, and a search leads past it, so that a row costs no more than its pixels.
function row(pen, site, y) {
  let shapes = 0;
  const middle = y + ROW / 2;
  let drawn = -1;
  for (const held of site.held) {
    if (held.until < seen.from || held.from > seen.until) continue;
    const left = Math.max(xOf(held.from), labels()), right = Math.min(xOf(held.until), seen.width);
    if (right < drawn + 1) continue;
    pen.fillStyle = colours.outage;
    pen.fillRect(left, y + 1, Math.max(right - left, 1), ROW - 2);
    drawn = right;
    shapes++;
  }
  drawn = -1;
  for (const wait of waitsOf(site, seen.release)) {
    if (wait.until < seen.from || wait.from > seen.until) continue;
    const left = Math.max(xOf(wait.from), labels()), right = Math.min(xOf(wait.until), seen.width);
    if (right < drawn + 1) continue;
    pen.fillStyle = colours.waiting;
    pen.fillRect(left, middle - 2, Math.max(right - left, 1), 4);
    drawn = right;
    shapes++;
  }
  const current = seen.release < 0 ? -1 : releases[seen.release].current[site.place];
  const wanted = seen.release < 0 ? 0 : releases[seen.release].wanted;
  let at = notBelow(site.ends, seen.from);
  while (at < site.all.length && site.starts[at] <= seen.until) {
    const one = site.all[at];
    const left = xOf(site.starts[at]), right = xOf(site.ends[at]);
    const beside = notBelow(site.starts, timeAt(left + MERGE));
    pen.globalAlpha = seen.release >= 0 && (site.ends[at] < wanted || (current >= 0 && site.starts[at] > current)) ? 0.25 : 1;
    if (right - left < MERGE && beside > at + 1) {
      const failed = site.failed[beside] > site.failed[at];
      pen.fillStyle = failed ? colours.failed : colours.wsus;
      pen.fillRect(left, middle - BAR / 2, MERGE, BAR);
      shapes++;
      at = beside;
      continue;
    }
    shapes += steps(pen, one, left, middle);
    if (one[RETRY] >= 0) {
      const next = site.all[at + 1];
      const until = xOf(Math.min(one[RETRY], next ? next[START] : Infinity, data.length));
      pen.fillStyle = colours.quiet;
      pen.fillRect(right, middle - 0.5, Math.max(until - right, 0), 1);
    }
    if (endingIs(one, "failed") && site.ends[at] >= seen.from) cross(pen, right, middle);
    at++;
  }
  pen.globalAlpha = 1;
  if (current >= seen.from && current <= seen.until) diamond(pen, xOf(current), middle);
  return shapes;
}

// The steps of one synchronisation; a step is never thinner than can be seen.
function steps(pen, one, left, middle) {
  let shapes = 0, from = one[START];
  const colour = (step) => colours[data.colours[step]];
  for (let step = STEPS; step < one.length; step += 2) {
    const until = from + one[step + 1];
    const begin = Math.max(xOf(from), labels() - 2), end = Math.min(xOf(until), seen.width + 2);
    if (end >= labels() && begin <= seen.width && one[step + 1] > 0) {
      const thin = data.steps[one[step]] === "internet point" ? 6 : BAR;
      pen.fillStyle = colour(one[step]);
      pen.fillRect(begin, middle - thin / 2, Math.max(end - begin, 1), thin);
      shapes++;
    }
    from = until;
  }
  if (one.length === STEPS) {
    pen.fillStyle = colour(0);
    pen.fillRect(left, middle - BAR / 2, 1, BAR);
    shapes++;
  }
  return shapes;
}

function cross(pen, x, y) {
  pen.strokeStyle = colours.failed;
  pen.lineWidth = 2;
  pen.beginPath();
  pen.moveTo(x - 4, y - 4); pen.lineTo(x + 4, y + 4);
  pen.moveTo(x - 4, y + 4); pen.lineTo(x + 4, y - 4);
  pen.stroke();
}

function diamond(pen, x, y) {
  pen.fillStyle = colours.mark;
  pen.strokeStyle = colours.paper;
  pen.lineWidth = 1;
  pen.beginPath();
  pen.moveTo(x, y - 6); pen.lineTo(x + 5, y); pen.lineTo(x, y + 6); pen.lineTo(x - 5, y);
  pen.closePath();
  pen.fill();
  pen.stroke();
}

// From what is chosen up to what began it.
function causes(pen) {
  if (!seen.chosen) return;
  const rowOf = new Map(seen.rows.map((site, place) => [site, AXIS + place * ROW - seen.top + ROW / 2]));
  let { site, at } = seen.chosen;
  pen.strokeStyle = colours.ink;
  pen.lineWidth = 1.5;
  const one = site.all[at], y = rowOf.get(site);
  if (y !== undefined) {
    const left = xOf(one[START]), right = Math.max(xOf(site.ends[at]), left + 1);
    pen.strokeRect(left - 1.5, y - BAR / 2 - 1.5, right - left + 3, BAR + 3);
  }
  for (let many = 0; many < 24; many++) {
    const one = site.all[at];
    if (!one || one[BY_SITE] < 0) return;
    const by = sites[one[BY_SITE]], before = one[BY_NUMBER] - by.first;
    if (!by.all[before]) return;
    const x = xOf(by.ends[before]);
    const above = rowOf.get(by), own = rowOf.get(site);
    if (above !== undefined && own !== undefined) {
      pen.beginPath();
      pen.moveTo(x, above);
      pen.lineTo(x, own);
      pen.lineTo(xOf(one[START]), own);
      pen.stroke();
    }
    site = by;
    at = before;
  }
}

// Above the rows: the whole run with what is seen of it, and the times.
function axis(pen) {
  pen.fillStyle = colours.paper;
  pen.fillRect(0, 0, seen.width, AXIS);
  strip(pen);
  pen.font = "12px Inter, 'Helvetica Neue', Arial, sans-serif";
  pen.textAlign = "center";
  for (const tick of ticks(seen.from, seen.until, Math.max(2, Math.floor(plot() / 84)))) {
    const x = xOf(tick.at);
    pen.fillStyle = colours.line;
    pen.fillRect(x, AXIS - 6, 1, tick.midnight ? seen.height : 6);
    pen.fillStyle = tick.midnight ? colours.ink : colours.quiet;
    pen.fillText(tick.text, Math.min(Math.max(x, labels() + 26), seen.width - 30), AXIS - 17);
  }
  pen.fillStyle = colours.line;
  pen.fillRect(0, AXIS - 1, seen.width, 1);
}

// How many synchronisations ran at once, over the whole run, of the rows that are shown.
let load = { rows: null, width: 0, heights: [] };
function strip(pen) {
  const width = plot();
  if (load.rows !== seen.rows || load.width !== width) {
    const change = new Int32Array(Math.ceil(width) + 2);
    for (const site of seen.rows) {
      for (let at = 0; at < site.all.length; at++) {
        change[Math.floor((site.starts[at] / data.length) * width)]++;
        change[Math.min(Math.ceil((site.ends[at] / data.length) * width) + 1, change.length - 1)]--;
      }
    }
    let running = 0;
    const heights = Array.from(change, (by) => (running += by));
    load = { rows: seen.rows, width, heights, most: Math.max(1, heights.reduce((a, b) => Math.max(a, b), 0)) };
  }
  pen.fillStyle = colours.faint;
  pen.fillRect(labels(), 0, width, STRIP);
  pen.fillStyle = colours.quiet;
  load.heights.forEach((running, x) => {
    const height = running > 0 ? Math.max(1, (running / load.most) * (STRIP - 3)) : 0;
    if (height) pen.fillRect(labels() + x, STRIP - height, 1, height);
  });
  const left = labels() + (seen.from / data.length) * width;
  const right = labels() + (seen.until / data.length) * width;
  pen.strokeStyle = colours.link;
  pen.lineWidth = 2;
  pen.strokeRect(left, 1, Math.max(right - left, 3), STRIP - 2);
  pen.fillStyle = colours.quiet;
  pen.textAlign = "left";
  pen.fillText("running at once", 4, STRIP / 2);
}
