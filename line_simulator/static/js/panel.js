/** The panel beside the phones: three tabs, one open at a time; it can be folded away. */

import { button, h } from "./dom.js";
import { icon } from "./icons.js";
import { ChannelForm } from "./channel.js";
import { FaultSwitches } from "./faults.js";
import { Inspector } from "./inspector.js";
import { word } from "./words.js";

const TABS = [["inspector", word("panel.inspector"), "inspect"], ["faults", word("panel.faults"), "storm"], ["channel", word("panel.channel"), "wire"]];

export class Panel {
  constructor(root, page) {
    this.page = page;
    this.inspector = new Inspector();
    this.parts = { inspector: this.inspector, faults: new FaultSwitches(page), channel: new ChannelForm(page) };
    this.tabs = TABS.map(([name, label, sign]) =>
      h("button", { type: "button", class: "panel-tab", role: "tab", id: `tab-${name}`, "aria-controls": `part-${name}`, "data-testid": `panel-${name}`, "data-name": name, onclick: () => this.open(name), onkeydown: (event) => this.pressed(event) }, icon(sign, 18), label, this.parts[name].count ?? ""));
    this.bodies = TABS.map(([name, label]) =>
      h("div", { class: "panel-body", role: "tabpanel", id: `part-${name}`, "aria-label": label }, this.parts[name].root));
    root.replaceChildren(
      h("div", { class: "panel-head" },
        h("div", { class: "panel-tabs", role: "tablist", "aria-label": word("panel.tabs") }, this.tabs),
        button(word("panel.close"), { class: "round", "data-testid": "panel-close", onclick: () => this.fold() }, icon("close", 20))),
      ...this.bodies);
    page.root.dataset.panel = "open";
    page.root.append(button(word("panel.open"), { class: "unfold", "data-testid": "panel-unfold", onclick: () => { page.root.dataset.panel = "open"; } }, icon("inspect", 20)));
  }

  open(name) {
    this.tabs.forEach((tab) => {
      const chosen = tab.dataset.name === name;
      tab.setAttribute("aria-selected", String(chosen));
      tab.tabIndex = chosen ? 0 : -1;
    });
    this.bodies.forEach((part) => { part.hidden = part.id !== `part-${name}`; });
    this.parts[name].opened?.();
  }

  pressed(event) {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const next = this.tabs[(this.tabs.indexOf(event.currentTarget) + step + this.tabs.length) % this.tabs.length];
    this.open(next.dataset.name);
    next.focus();
  }

  fold() {
    this.page.root.dataset.panel = "folded";
    this.page.closeDrawer();
  }

  receive(entry) {
    this.inspector.receive(entry);
  }

  reload() {
    this.inspector.load();
  }

  paintState() {
    this.parts.channel.paint();
    this.parts.faults.paint();
  }
}
