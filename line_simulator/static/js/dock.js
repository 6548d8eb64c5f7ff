/** The bottom of the phone: either the rich menu with its chat bar, or the keyboard with its text box. */

import { button, h } from "./dom.js";
import { icon } from "./icons.js";
import { Composer } from "./composer.js";
import { richMenu } from "./richmenu.js";
import { openVoice } from "./plusmenu.js";
import { word } from "./words.js";

export class Dock {
  constructor(phone) {
    this.phone = phone;
    this.composer = new Composer(phone, { onwriting: () => this.show("keyboard") });
    this.holder = h("div", { class: "richmenu-holder" });
    this.keyboard = button(word("compose.type"), { class: "round", "data-testid": "keyboard-toggle", onclick: () => this.toggleKeyboard() });
    this.bar = button(word("compose.menu"), { class: "chatbar", "data-testid": "chatbar", "aria-expanded": "false", onclick: () => this.toggleMenu() }, "");
    this.root = h("div", { class: "dock", "data-mode": "keyboard" }, this.holder, this.composer.unsent, h("div", { class: "dock-row" }, this.keyboard, this.composer.root, this.bar));
  }

  update({ rich_menu: menu }) {
    const key = JSON.stringify(menu ?? null);
    if (key === this.key) return;
    const first = this.key === undefined || !this.menu;
    this.key = key;
    this.menu = menu;
    this.holder.replaceChildren(...(menu ? [richMenu(menu, this.phone)] : []));
    if (!menu) this.show("keyboard");
    else if (first) this.show(menu.selected ? "open" : "closed");
    else this.show(this.mode === "keyboard" ? "keyboard" : this.mode);
  }

  /** Modes: "open" and "closed" show the chat bar, "keyboard" the whole text box. */
  show(mode) {
    this.mode = this.menu ? mode : "keyboard";
    this.root.dataset.mode = this.mode;
    this.root.dataset.menu = this.menu ? "yes" : "no";
    this.holder.hidden = this.mode !== "open";
    const typing = this.mode === "keyboard";
    const words = this.menu?.chatBarText || word("compose.menu");
    this.keyboard.setAttribute("aria-label", typing ? word("compose.back_to_menu") : word("compose.keyboard"));
    this.keyboard.replaceChildren(icon(typing ? "menu" : "keyboard", 24));
    this.bar.setAttribute("aria-expanded", String(this.mode === "open"));
    this.bar.setAttribute("aria-label", words);
    this.composer.fit();
    this.bar.replaceChildren(h("span", {}, words), icon(this.mode === "open" ? "down" : "up", 16));
  }

  toggleKeyboard() {
    if (this.mode === "keyboard") return this.show("open");
    this.show("keyboard");
    this.composer.focus();
  }

  toggleMenu() {
    this.show(this.mode === "open" ? "closed" : "open");
  }

  /** A postback's inputOption (Messaging API, "Postback action"). */
  follow(option, fillInText) {
    if (option === "closeRichMenu") this.show("closed");
    if (option === "openRichMenu") this.show("open");
    if (option === "openVoice") openVoice(this.phone);
    if (option !== "openKeyboard") return;
    this.show("keyboard");
    this.composer.fill(fillInText ?? "");
  }
}
