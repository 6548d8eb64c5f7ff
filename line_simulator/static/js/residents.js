/** The column of residents: whose phone is on the stage, who has unread messages, and a form for one more. */

import { button, h } from "./dom.js";
import { icon } from "./icons.js";
import { accountFace, residentFace } from "./faces.js";
import { languageSwitch } from "./languages.js";
import { word } from "./words.js";

export class Residents {
  constructor(root, page) {
    this.root = root;
    this.page = page;
    this.list = h("ul", { class: "resident-list" });
    this.name = h("input", { class: "field", id: "new-resident", maxlength: "20", autocomplete: "off", placeholder: word("side.new_example"), "data-testid": "resident-new-name" });
    this.title = h("p", { class: "side-title" });
    this.two = button(word("side.two_long"), { class: "side-button only-wide", "aria-pressed": "false", "data-testid": "two-phones", onclick: () => page.toggleTwo() }, icon("two", 20), word("side.two"));
    root.replaceChildren(
      h("div", { class: "side-head" }, this.title, button(word("page.close"), { class: "round only-small", onclick: () => page.closeDrawer() }, icon("close", 20))),
      h("h2", { class: "side-label" }, word("side.play_as")), this.list, this.form(),
      h("h2", { class: "side-label" }, word("side.view")),
      h("div", { class: "side-tools" }, this.two, ...this.panelButtons()),
      languageSwitch(),
      h("p", { class: "side-note" }, word("side.note")));
  }

  panelButtons() {
    return [["inspector", word("panel.inspector"), "inspect"], ["faults", word("panel.faults"), "storm"], ["channel", word("panel.channel"), "wire"]].map(([panel, label, name]) =>
      h("button", { type: "button", class: "side-button", "data-testid": `open-${panel}`, onclick: () => this.page.openPanel(panel) }, icon(name, 20), label));
  }

  form() {
    return h("form", { class: "side-form", onsubmit: (event) => this.submitted(event) },
      h("label", { for: "new-resident", class: "unseen" }, word("side.new_name")), this.name,
      h("button", { type: "submit", class: "round solid", "aria-label": word("side.add"), "data-testid": "resident-add" }, icon("plus", 20)));
  }

  async submitted(event) {
    event.preventDefault();
    const name = this.name.value.trim();
    if (!name) return this.name.focus();
    this.name.value = "";
    await this.page.addResident(name);
  }

  paint() {
    const { account, residents } = this.page.state;
    this.title.replaceChildren(accountFace(account, 44), h("span", {}, h("b", {}, account.displayName), h("small", {}, word("side.simulated"))));
    this.list.replaceChildren(...residents.map((resident) => h("li", {}, this.tab(resident))));
    this.two.setAttribute("aria-pressed", String(this.page.isTwo));
    this.two.hidden = residents.length < 2;
  }

  tab(resident) {
    const shown = this.page.shown.includes(resident.id);
    const unread = shown ? 0 : this.page.unread.get(resident.id) ?? 0;
    return h("button", {
      type: "button",
      class: "resident",
      "aria-current": shown ? "true" : "false",
      "data-testid": `resident-${resident.name}`,
      onclick: () => this.page.select(resident.id),
    }, residentFace(resident, 40),
    h("span", { class: "resident-words" }, h("b", {}, resident.name), h("small", {}, friendship(resident))),
    unread > 0 && h("span", { class: "unread", "aria-label": word("side.unread", { count: unread }), role: "img" }, String(unread)));
  }
}

function friendship({ friend, blocked }) {
  if (blocked) return word("side.blocked");
  return friend ? word("side.friend") : word("side.stranger");
}
