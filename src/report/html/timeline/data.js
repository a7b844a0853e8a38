// The run as it stands in the page, made ready to be searched. Times are milliseconds from its start.

const data = JSON.parse(document.getElementById("timeline-data").textContent);

// Where what stands in the array of a synchronisation; its steps follow, each with its length.
const START = 0, KIND = 1, ENDING = 2, BY_SITE = 3, BY_NUMBER = 4, ORIGIN = 5, UPDATES = 6,
  KILOBYTES = 7, WHY = 8, RETRY = 9, STEPS = 10;

const endingIs = (one, word) => data.endings[one[ENDING]] === word;

// A row for each site: its synchronisations in order, with what a search needs beside them.
const sites = data.sites.map(([code, name, parent, depth, first], place) => {
  const all = data.attempts[place];
  const starts = new Float64Array(all.length), ends = new Float64Array(all.length);
  const failed = new Int32Array(all.length + 1);
  all.forEach((one, at) => {
    let end = one[START];
    for (let step = STEPS; step < one.length; step += 2) end += one[step + 1];
    starts[at] = one[START];
    ends[at] = end;
    failed[at + 1] = failed[at] + (endingIs(one, "failed") ? 1 : 0);
  });
  const searched = (code + " " + name).toLowerCase();
  return { place, code, name, parent, depth, first, all, starts, ends, failed, searched, held: [], waits: [] };
});
for (const [site, fault, from, until] of data.held) sites[site].held.push({ from, until, fault });
for (const [site, release, from, until, what] of data.waits) sites[site].waits.push({ release, from, until, what });

const releases = data.releases.map(([name, wanted, current]) => ({
  name, wanted, current, last: current.reduce((last, at) => Math.max(last, at), wanted),
}));

// What a site waited for on the way of a release; of no release in particular, all waits.
const waitsOf = (site, release) =>
  release < 0 ? site.waits : site.waits.filter((wait) => wait.release === release);

// The first place in an ascending array whose value is not below.
function notBelow(array, value) {
  let low = 0, high = array.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (array[middle] < value) low = middle + 1; else high = middle;
  }
  return low;
}

// The synchronisation of a site that has this number.
const numbered = (site, number) => sites[site] && sites[site].all[number - sites[site].first];

// The sites that a word names, with those above them, so that a chain of causes is whole.
function named(word) {
  const wanted = word.trim().toLowerCase();
  if (!wanted) return sites;
  const shown = new Set();
  for (const site of sites) {
    if (!site.searched.includes(wanted)) continue;
    for (let at = site; at && !shown.has(at); at = sites[at.parent]) shown.add(at);
  }
  return sites.filter((site) => shown.has(site));
}
