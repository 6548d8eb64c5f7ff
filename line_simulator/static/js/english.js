/** Says times and dates in English, with the functions of thai.js: Bangkok time, Gregorian years. */

const BANGKOK = { timeZone: "Asia/Bangkok" };
const CLOCK = new Intl.DateTimeFormat("en-GB", { ...BANGKOK, hour: "2-digit", minute: "2-digit" });
const SHORT_DAY = new Intl.DateTimeFormat("en-GB", { ...BANGKOK, weekday: "short", day: "numeric", month: "short", year: "numeric" });
const LONG_DAY = new Intl.DateTimeFormat("en-GB", { timeZone: "UTC", weekday: "long", day: "numeric", month: "long", year: "numeric" });
const BANGKOK_OFFSET_MS = 7 * 3600 * 1000; // Thailand has no summer time.

function inBangkok(ms) {
  return new Date(Number(ms) + BANGKOK_OFFSET_MS);
}

/** "10:12" */
export function clock(ms) {
  return CLOCK.format(Number(ms));
}

export const clockTime = clock;

/** "10:12:05.120", for the panel that engineers read. */
export function exactTime(ms) {
  return inBangkok(ms).toISOString().slice(11, 23);
}

/** "2026-11-20": the day in Bangkok, to compare days with. */
export function dayKey(ms) {
  return inBangkok(ms).toISOString().slice(0, 10);
}

/** "Fri, 20 Nov 2026" */
export function shortDay(ms) {
  return SHORT_DAY.format(Number(ms));
}

/** "Friday, 20 November 2026" from "2026-11-20" or "2026-11-20T10:30". */
export function longDay(text) {
  return LONG_DAY.format(new Date(`${text.slice(0, 10)}T00:00:00Z`));
}

/** "0:05" from milliseconds. */
export function duration(ms) {
  const seconds = Math.round(Number(ms || 0) / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

export function fileSize(bytes) {
  if (!bytes) return "";
  if (bytes < 1024 * 1024) return `${Math.max(1, Math.round(bytes / 1024))} KB`;
  return `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}
