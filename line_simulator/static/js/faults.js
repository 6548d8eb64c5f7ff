/** The switches that make the platform misbehave. */

import { h } from "./dom.js";
import { icon } from "./icons.js";
import { getFaults, Refused, setFaults } from "./api.js";
import { word } from "./words.js";

/** Settings that are on in ordinary life, and the counter: they are not faults themselves. */
const NOT_FAULTS = new Set(["webhook_redelivery", "count"]);

export class FaultSwitches {
  constructor(page) {
    this.page = page;
    this.list = h("div", { class: "faults" });
    this.onWords = h("span", {});
    /** Stands above the phones, and the number in the tab, while a fault is on: tomorrow nobody remembers the switch. */
    this.bar = h("div", { class: "faults-on", role: "status", hidden: true, "data-testid": "faults-on" },
      icon("storm", 18), this.onWords,
      h("button", { type: "button", class: "chip", onclick: () => this.turnAllOff() }, word("faults.all_off")));
    this.count = h("span", { class: "unread", hidden: true });
    this.said = h("p", { class: "form-said", role: "status" });
    this.root = h("div", { class: "form-part" },
      h("p", { class: "soft" }, word("faults.intro")),
      h("button", { type: "button", class: "side-button", "data-testid": "faults-off", onclick: () => this.turnAllOff() }, word("faults.every_off")),
      this.said, this.list);
    this.load();
  }

  async load() {
    const answer = await getFaults();
    this.switches = listed(answer);
    this.paint();
  }

  opened() {
    this.load();
  }

  paint() {
    if (!this.switches) return;
    const values = this.page.state.faults ?? {};
    this.paintBar(this.switches.filter(({ name, value }) => isFault(name) && (values[name] ?? value)));
    const focused = this.list.contains(document.activeElement) ? document.activeElement.id : "";
    this.list.replaceChildren(...this.switches.map((one) => this.row({ ...one, value: values[one.name] ?? one.value })));
    if (focused) document.getElementById(focused)?.focus();
  }

  paintBar(on) {
    this.bar.hidden = this.count.hidden = !on.length;
    this.count.textContent = String(on.length);
    this.onWords.textContent = word("faults.on", { names: on.map(({ label }) => label).join(" · ") });
    this.page.nameTab(on.length > 0);
  }

  row(one) {
    const id = `fault-${one.name}`;
    const control = this.control(one, id);
    const on = Boolean(one.value) && isFault(one.name);
    return h("div", { class: on ? "fault on" : "fault" },
      h("label", { for: id }, one.label, h("code", {}, one.name)), control);
  }

  control(one, id) {
    const shared = { id, "data-testid": id };
    if (one.kind === "choice") return this.choice(one, shared);
    if (one.kind === "number") {
      return h("input", { ...shared, class: "field number", type: "number", min: "0", value: one.value ?? "", placeholder: "–", onchange: (event) => this.turn(one.name, Number(event.target.value) || null) });
    }
    return h("input", { ...shared, class: "switch", type: "checkbox", role: "switch", checked: Boolean(one.value), onchange: (event) => this.turn(one.name, event.target.checked) });
  }

  choice(one, shared) {
    const options = ["", ...one.choices].map((value) => h("option", { value, selected: value === String(one.value ?? "") }, value || word("faults.off")));
    return h("select", { ...shared, class: "field", onchange: (event) => this.turn(one.name, event.target.value || null) }, options);
  }

  turn(name, value) {
    return this.send({ [name]: value });
  }

  turnAllOff() {
    return this.send(Object.fromEntries(this.switches.filter(({ name }) => isFault(name)).map(({ name }) => [name, null]).concat([["count", null]])));
  }

  async send(values) {
    try {
      await setFaults(values);
      this.said.textContent = "";
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      this.said.textContent = error.message;
    }
    await this.page.refresh();
    await this.load();
  }
}

function isFault(name) {
  return !NOT_FAULTS.has(name);
}

/** The table may come as a list, or as an object by name. */
function listed(answer) {
  const table = answer.switches ?? answer.faults ?? answer;
  if (Array.isArray(table)) return table.map(completed);
  return Object.entries(table).map(([name, value]) => completed(value && typeof value === "object" ? { name, ...value } : { name, value }));
}

function completed(one) {
  const kind = one.kind ?? (one.choices?.length ? "choice" : /seconds|_ms|count$/.test(one.name) ? "number" : "flag");
  return { label: one.name, choices: [], ...one, kind };
}
