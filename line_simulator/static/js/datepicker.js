/** The sheet of a datetimepicker action: Gregorian for the account, said in words for the resident. */

import { h } from "./dom.js";
import { longDay } from "./thai.js";
import { openSheet } from "./sheet.js";
import { word } from "./words.js";

const INPUTS = { date: "date", time: "time", datetime: "datetime-local" };
const TITLES = { date: word("date.date"), time: word("date.time"), datetime: word("date.datetime") };

/** Resolves to false: the quick reply that opened it stays until something was chosen. */
export function openDatePicker(phone, action, choose) {
  const input = h("input", {
    type: INPUTS[action.mode],
    class: "date-input",
    "aria-label": TITLES[action.mode],
    "data-first": true,
    "data-testid": "date-input",
    value: localForm(action.initial) ?? nowForm(action.mode, phone.page.now()),
    min: localForm(action.min),
    max: localForm(action.max),
  });
  const words = h("p", { class: "date-words", "aria-live": "polite" });
  const say = () => { words.textContent = inWords(action.mode, input.value); };
  input.addEventListener("input", say);
  say();
  openSheet(phone, {
    title: action.label || TITLES[action.mode],
    testid: "date-sheet",
    content: (close) => h("form", { class: "date-form", onsubmit: (event) => { event.preventDefault(); close(); choose({ [action.mode]: input.value }); } },
      input, words, h("button", { type: "submit", class: "wide-button", "data-testid": "date-confirm" }, word("page.ok"))),
  });
  return false;
}

/** LINE also accepts a lower-case "t" between date and time; browsers do not. */
function localForm(text) {
  return text?.replace("t", "T");
}

function nowForm(mode, now) {
  const bangkok = new Date(now + 7 * 3600 * 1000).toISOString();
  return { date: bangkok.slice(0, 10), time: bangkok.slice(11, 16), datetime: bangkok.slice(0, 16) }[mode];
}

function inWords(mode, value) {
  if (!value) return word("date.nothing");
  const [hours, minutes] = value.slice(-5).split(":");
  const time = word("date.clock", { hours, minutes });
  if (mode === "time") return time;
  return mode === "date" ? longDay(value) : word("date.both", { day: longDay(value), time });
}
