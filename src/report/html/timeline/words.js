// What is said of a thing under the pointer: what, when, how long, and the chain of its causes.

const call = (site, at) => site.code + "#" + (at + site.first);

function ending(one) {
  const word = data.endings[one[ENDING]];
  return one[WHY] < 0 ? word : word + ": " + data.texts[one[WHY]];
}

// Each cause in a line, the nearest first, until something outside of the run began it.
function chain(site, at) {
  const lines = [];
  let one = site.all[at];
  while (one && lines.length < 24) {
    const name = call(site, at);
    if (one[BY_SITE] < 0) {
      lines.push(name + " was started by " + data.texts[one[ORIGIN]]);
      break;
    }
    const by = sites[one[BY_SITE]], number = one[BY_NUMBER];
    const before = numbered(one[BY_SITE], number);
    const cause = by.code + "#" + number;
    if (by === site) lines.push(name + " is the retry of " + cause + (before ? " (" + ending(before) + ")" : ""));
    else lines.push(name + " was asked for by " + cause + (before ? ", done " + when(by.ends[number - by.first]) : ""));
    site = by;
    at = number - by.first;
    one = before;
  }
  return lines;
}

const span = (from, until) => when(from) + " – " + when(until) + " (" + long(until - from) + ")";

// Title and lines for what lies at an instant in a row; `slack` is how far beside it may lie.
function told(site, time, slack) {
  const after = notBelow(site.ends, time - slack);
  const one = site.all[after];
  if (one && site.starts[after] <= time + slack) return toldOf(site, after, time);
  const last = notBelow(site.starts, time) - 1;
  const before = site.all[last];
  if (before && before[RETRY] > time) {
    const next = site.all[last + 1];
    const until = Math.min(before[RETRY], next ? next[START] : Infinity, data.length);
    const lines = ["waiting for the retry", span(site.ends[last], until)];
    return { title: site.code, lines, causes: [call(site, last) + ": " + ending(before), ...chain(site, last)] };
  }
  const wait = waitsOf(site, seen.release).find((wait) => wait.from <= time + slack && wait.until >= time - slack);
  if (wait) {
    return { title: site.code, lines: [data.texts[wait.what], span(wait.from, wait.until)], causes: [] };
  }
  return null;
}

// The same of one synchronisation; with an instant, its step there is told first.
function toldOf(site, at, time) {
  const one = site.all[at];
  const lines = [];
  let from = one[START], inside = "";
  const steps = [];
  for (let step = STEPS; step < one.length; step += 2) {
    const word = data.steps[one[step]], length = one[step + 1];
    if (time !== undefined && time >= from && time <= from + length && !inside) {
      inside = word + ": " + span(from, from + length);
    }
    steps.push(word + " " + long(length));
    from += length;
  }
  if (inside) lines.push(inside);
  lines.push("whole: " + span(one[START], site.ends[at]) + ", " + ending(one));
  lines.push(steps.join(", "));
  if (one[UPDATES] > 0) lines.push(one[UPDATES] + " updates, " + one[KILOBYTES] + " KB of metadata");
  const title = call(site, at) + (site.name ? "  " + site.name : "") + ", " + data.kinds[one[KIND]];
  return { title, lines, causes: chain(site, at), site, at };
}

// The faults that hold a site at an instant.
function holding(site, time) {
  const held = site.held.filter((one) => one.from <= time && one.until >= time);
  return held.map((one) => "fault " + data.texts[one.fault] + ": " + span(one.from, one.until));
}
