/** Everything that went between the platform and the account: webhooks out, API calls in. */

import { h } from "./dom.js";
import { getLog } from "./api.js";
import { icon } from "./icons.js";
import { jsonView, pretty } from "./json.js";
import { exactTime } from "./thai.js";
import { summary } from "./summary.js";
import { word } from "./words.js";

const MAX_SHOWN = 400;
const FILTERS = [["all", word("log.all")], ["webhook", word("log.webhook")], ["api", word("log.api")], ["failed", word("log.failed")]];

export class Inspector {
  constructor() {
    this.entries = new Map();
    this.rows = new Map();
    this.only = "all";
    this.clearedAt = 0;
    this.list = h("ol", { class: "log", "data-testid": "log" });
    this.empty = h("p", { class: "log-empty" }, word("log.empty"));
    this.words = h("input", { class: "field", type: "search", placeholder: word("log.search_example"), "aria-label": word("log.search"), "data-testid": "log-search", oninput: () => this.paint() });
    this.chips = FILTERS.map(([name, label]) =>
      h("button", { type: "button", class: "chip", "aria-pressed": String(name === "all"), "data-testid": `log-${name}`, onclick: () => this.filter(name) }, label));
    this.root = h("div", { class: "inspector" },
      h("div", { class: "log-tools" },
        h("div", { class: "chips", role: "group", "aria-label": word("log.filter") }, this.chips),
        h("div", { class: "log-search" }, this.words,
          h("button", { type: "button", class: "side-button", "data-testid": "log-clear", onclick: () => this.clear() }, word("log.clear")))),
      this.empty, this.list);
    this.load();
  }

  /** Starts from nothing: a simulator started anew counts from one again. */
  async load() {
    const entries = await getLog();
    this.entries = new Map(entries.map((entry) => [entry.n, entry]));
    this.rows.clear();
    this.clearedAt = 0;
    this.paint();
  }

  receive(entry) {
    this.entries.set(entry.n, entry);
    this.rows.delete(entry.n);
    this.paint();
  }

  filter(name) {
    this.only = name;
    this.chips.forEach((chip, index) => chip.setAttribute("aria-pressed", String(FILTERS[index][0] === name)));
    this.paint();
  }

  clear() {
    this.clearedAt = Math.max(0, ...this.entries.keys());
    this.paint();
  }

  /** Many entries may come within one frame; the list is drawn once for all of them. */
  paint() {
    if (this.waiting) return;
    this.waiting = requestAnimationFrame(() => { this.waiting = 0; this.paintNow(); });
  }

  paintNow() {
    const newestFirst = [...this.entries.values()].filter((entry) => this.wanted(entry)).sort((a, b) => b.n - a.n).slice(0, MAX_SHOWN);
    this.empty.hidden = newestFirst.length > 0;
    this.list.replaceChildren(...newestFirst.map((entry) => this.rowOf(entry)));
  }

  wanted(entry) {
    if (entry.n <= this.clearedAt) return false;
    if (this.only === "failed" ? !isFailed(entry) : this.only !== "all" && entry.direction !== this.only) return false;
    const words = this.words.value.trim().toLowerCase();
    return !words || JSON.stringify(entry).toLowerCase().includes(words);
  }

  rowOf(entry) {
    if (!this.rows.has(entry.n)) this.rows.set(entry.n, logRow(entry));
    return this.rows.get(entry.n);
  }
}

/** 409 is LINE's answer to a retry already accepted: the sender's success. */
function isFailed({ status }) {
  return status !== 409 && !(status >= 200 && status < 300);
}

function logRow(entry) {
  const { direction, method, path, status, ms, at } = entry;
  const inward = direction === "webhook";
  const details = h("details", { class: `entry ${direction} ${isFailed(entry) ? "failed" : ""}`, "data-testid": "log-entry", "data-direction": direction },
    h("summary", {},
      h("span", { class: "entry-way" }, inward ? "Webhook →" : "← API"),
      h("span", { class: "entry-what" }, summary(entry)),
      h("span", { class: "entry-status" }, status || word("log.no_answer")),
      h("span", { class: "entry-path" }, `${method} ${shortPath(path)}`),
      h("span", { class: "entry-time" }, `${exactTime(at)} · ${Math.round(ms ?? 0)} ms`)));
  details.addEventListener("toggle", () => details.open && details.childElementCount === 1 && details.append(contents(entry)));
  return h("li", {}, details);
}

function shortPath(path) {
  return path.replace(/^https?:\/\/[^/]+/, "");
}

function contents({ request, response, retry_key: retryKey, note }) {
  return h("div", { class: "entry-body" },
    note && h("p", { class: "entry-note" }, note),
    retryKey && h("p", { class: "entry-note" }, `X-Line-Retry-Key: ${retryKey}`),
    part(word("log.sent"), request), part(word("log.received"), response));
}

function part(label, value) {
  if (value === null || value === undefined || value === "") return null;
  const copy = h("button", { type: "button", class: "copy", "aria-label": word("log.copy_what", { what: label }), onclick: () => navigator.clipboard?.writeText(pretty(value)) }, icon("copy", 16), word("log.copy"));
  return h("div", { class: "entry-part" }, h("div", { class: "entry-part-head" }, h("h2", {}, label), copy), jsonView(value, label));
}
