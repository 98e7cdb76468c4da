// The words of a page in the reader's language, and how times, days and numbers are written in it.

const page = document.documentElement.dataset;
export const LANGUAGES = ["id", "en"];

let words = {};
let spoken = page.lang ?? document.documentElement.lang;

/** The address of something on this server. */
export const at = (path) => page.root + path;

/** The language in use: what was chosen here before, or what the page came in. */
export const language = () => spoken;

function chosen() {
  try {
    const kept = localStorage.getItem("tapak-language");
    return LANGUAGES.includes(kept) ? kept : document.documentElement.lang;
  } catch {
    return document.documentElement.lang;
  }
}

/** Load the words of this page; called once before anything is shown. */
export async function learn() {
  spoken = chosen();
  const answer = await fetch(at(`/words/${page.page}.${spoken}.json?${page.version}`));
  if (!answer.ok) throw new Error(`no words: ${answer.status}`);
  words = await answer.json();
  document.documentElement.lang = spoken;
}

/** Choose a language for this browser and show the page again in it. */
export function choose(language) {
  localStorage.setItem("tapak-language", language);
  location.reload();
}

/** The sentence of a code, its {parameters} filled in. A code without words is shown as it is, so that a new one of the server is no crash. */
export function say(code, given = {}) {
  return (words[code] ?? code).replace(/\{(\w+)\}/g, (whole, name) => (name in given ? String(given[name]) : whole));
}

/** Whether there are words for a code. */
export const knows = (code) => code in words;

const locale = () => (spoken === "id" ? "id-ID" : "en-GB");
const written = (options, instant) => new Intl.DateTimeFormat(locale(), options).format(instant);

/** Hours and minutes of an instant in a zone, with its abbreviation if asked for. */
export function clock(instant, zone, named = false) {
  const face = written({ timeZone: zone, hour: "2-digit", minute: "2-digit", hourCycle: "h23" }, new Date(instant)).replaceAll(".", ":");
  return named ? `${face} ${zoneName(zone)}` : face;
}

const NAMES = { "Asia/Jakarta": "WIB", "Asia/Pontianak": "WIB", "Asia/Makassar": "WITA", "Asia/Jayapura": "WIT" };

/** What people call a zone. */
export const zoneName = (zone) => NAMES[zone] ?? zone;

/** A civil day (`2026-11-24`) as people say it. */
export const dayName = (day, long = true) =>
  written({ timeZone: "UTC", weekday: long ? "long" : "short", day: "numeric", month: long ? "long" : "short", year: "numeric" }, new Date(`${day}T00:00:00Z`));

/** A month (`2026-11`) as people say it. */
export const monthName = (month) => written({ timeZone: "UTC", month: "long", year: "numeric" }, new Date(`${month}-01T00:00:00Z`));

/** The short names of the days of a week, Monday first. */
export const weekdays = () => [1, 2, 3, 4, 5, 6, 7].map((day) => written({ timeZone: "UTC", weekday: "short" }, Date.UTC(2024, 0, day)));

/** Day and time of an instant in a zone. */
export const moment = (instant, zone) => `${dayName(dayIn(instant, zone), false)}, ${clock(instant, zone)}`;

/** The civil day of an instant in a zone. */
export const dayIn = (instant, zone) => new Intl.DateTimeFormat("en-CA", { timeZone: zone }).format(new Date(instant));

/** A number with at most that many digits after the comma. */
export const number = (value, digits = 0) => new Intl.NumberFormat(locale(), { maximumFractionDigits: digits }).format(value);

/** A distance as precisely as people care. */
export const metres = (m) => (m < 1000 ? `${number(m < 20 ? m : Math.round(m / 5) * 5)} m` : `${number(m / 1000, 1)} km`);

/** The instant (ms) at which the clocks of a zone show a local time. */
export function instantIn(local, zone) {
  const asUtc = Date.parse(`${local}Z`);
  const parts = Object.fromEntries(new Intl.DateTimeFormat("en-GB", { timeZone: zone, year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" }).formatToParts(asUtc).map(({ type, value }) => [type, value]));
  const shown = Date.UTC(parts.year, parts.month - 1, parts.day, parts.hour, parts.minute, parts.second);
  return asUtc - (shown - asUtc);
}
