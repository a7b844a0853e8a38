// Local times of the scenario's zone, with the changes of its clock that lie within the run.

const SECOND = 1000, MINUTE = 60 * SECOND, HOUR = 60 * MINUTE, DAY = 24 * HOUR;
const STEPS_OF_TIME = [
  SECOND, 5 * SECOND, 15 * SECOND, 30 * SECOND, MINUTE, 5 * MINUTE, 15 * MINUTE, 30 * MINUTE,
  HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR, DAY, 2 * DAY, 7 * DAY, 14 * DAY, 28 * DAY, 91 * DAY, 364 * DAY,
];
const DAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

// By how much local time is ahead of the instant.
function ahead(at) {
  let offset = data.shifts[0][1];
  for (const [from, minutes] of data.shifts) if (from <= at) offset = minutes;
  return data.start + offset * MINUTE;
}

const two = (number) => String(number).padStart(2, "0");

function dateOf(at) {
  const date = new Date(at + ahead(at));
  return DAYS[date.getUTCDay()] + " " + date.getUTCDate() + " " + MONTHS[date.getUTCMonth()];
}

function timeOf(at, seconds) {
  const date = new Date(at + ahead(at));
  const minutes = two(date.getUTCHours()) + ":" + two(date.getUTCMinutes());
  return seconds ? minutes + ":" + two(date.getUTCSeconds()) : minutes;
}

const when = (at) => dateOf(at) + " " + timeOf(at, true);

// A length of time, in its two largest units.
function long(length) {
  if (length < SECOND) return length + " ms";
  const parts = [[DAY, "d"], [HOUR, "h"], [MINUTE, "min"], [SECOND, "s"]];
  const first = parts.findIndex(([unit]) => length >= unit);
  const words = [];
  for (const [unit, word] of parts.slice(first, first + 2)) {
    const count = Math.floor(length / unit);
    length -= count * unit;
    if (count) words.push(count + " " + word);
  }
  return words.join(" ");
}

// Round local times between two instants, at most so many: each with its text.
function ticks(from, until, most) {
  const step = STEPS_OF_TIME.find((step) => (until - from) / step <= most) || 364 * DAY;
  const found = [];
  const first = Math.ceil((from + ahead(from)) / step) * step;
  for (let local = first; found.length <= most + 1; local += step) {
    const guess = local - ahead(from);
    const at = local - ahead(guess);
    if (at > until) break;
    if (at < from) continue;
    const midnight = local % DAY === 0;
    const text = midnight ? dateOf(at) : timeOf(at, step < MINUTE);
    found.push({ at, text, midnight });
  }
  return found;
}
