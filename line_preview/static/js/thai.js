/** Says times and dates as Thais write them: Bangkok time, Buddhist years. */

const DAYS = ["อาทิตย์", "จันทร์", "อังคาร", "พุธ", "พฤหัสบดี", "ศุกร์", "เสาร์"];
const MONTHS = [
  "มกราคม", "กุมภาพันธ์", "มีนาคม", "เมษายน", "พฤษภาคม", "มิถุนายน",
  "กรกฎาคม", "สิงหาคม", "กันยายน", "ตุลาคม", "พฤศจิกายน", "ธันวาคม",
];
const SHORT_MONTHS = ["ม.ค.", "ก.พ.", "มี.ค.", "เม.ย.", "พ.ค.", "มิ.ย.", "ก.ค.", "ส.ค.", "ก.ย.", "ต.ค.", "พ.ย.", "ธ.ค."];
const BANGKOK_OFFSET_MS = 7 * 3600 * 1000; // Thailand has no summer time.

function inBangkok(ms) {
  return new Date(Number(ms) + BANGKOK_OFFSET_MS);
}

function twoDigits(number) {
  return String(number).padStart(2, "0");
}

/** "10.12" */
export function clock(ms) {
  const at = inBangkok(ms);
  return `${twoDigits(at.getUTCHours())}.${twoDigits(at.getUTCMinutes())}`;
}

/** "10.12 น." */
export function clockTime(ms) {
  return `${clock(ms)} น.`;
}

/** "10:12:05.120", for the panel that engineers read. */
export function exactTime(ms) {
  return inBangkok(ms).toISOString().slice(11, 23);
}

/** "2026-11-20": the day in Bangkok, to compare days with. */
export function dayKey(ms) {
  return inBangkok(ms).toISOString().slice(0, 10);
}

/** "วันศุกร์ที่ 20 พ.ย. 2569" */
export function shortDay(ms) {
  const at = inBangkok(ms);
  return `วัน${DAYS[at.getUTCDay()]}ที่ ${at.getUTCDate()} ${SHORT_MONTHS[at.getUTCMonth()]} ${at.getUTCFullYear() + 543}`;
}

/** "วันศุกร์ที่ 20 พฤศจิกายน 2569" from "2026-11-20" or "2026-11-20T10:30". */
export function longDay(text) {
  const [year, month, day] = text.slice(0, 10).split("-").map(Number);
  const weekday = new Date(Date.UTC(year, month - 1, day)).getUTCDay();
  return `วัน${DAYS[weekday]}ที่ ${day} ${MONTHS[month - 1]} ${year + 543}`;
}

/** "0:05" from milliseconds. */
export function duration(ms) {
  const seconds = Math.round(Number(ms || 0) / 1000);
  return `${Math.floor(seconds / 60)}:${twoDigits(seconds % 60)}`;
}

export function fileSize(bytes) {
  if (!bytes) return "";
  if (bytes < 1024 * 1024) return `${Math.max(1, Math.round(bytes / 1024)).toLocaleString("th-TH")} KB`;
  return `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}
