/** The text box and the buttons around it. */

import { button, h } from "./dom.js";
import { icon } from "./icons.js";
import { sendFiles } from "./api.js";
import { openPlusMenu, openVoice } from "./plusmenu.js";
import { openPhotoPicker, sendPhotos } from "./photos.js";
import { openStickers } from "./stickerpicker.js";
import { word } from "./words.js";

const MAX_HEIGHT_PX = 116;

export class Composer {
  constructor(phone, { onwriting }) {
    this.phone = phone;
    this.onwriting = onwriting;
    this.input = h("textarea", {
      class: "composer-input",
      rows: "1",
      placeholder: "Aa",
      "aria-label": word("compose.text"),
      maxlength: "5000",
      enterkeyhint: "send",
      "data-testid": "composer-input",
      oninput: () => this.written(),
      onpointerup: () => onwriting(),
      onkeydown: (event) => this.pressed(event),
    });
    this.send = button(word("compose.send"), { class: "round send", hidden: true, "data-testid": "composer-send", onclick: () => this.say() }, icon("send", 22));
    this.voice = button(word("compose.voice"), { class: "round extra", "data-testid": "composer-voice", onclick: () => openVoice(phone) }, icon("mic", 22));
    this.photos = fileInput("photo-input", "image/*", true, (files) => sendPhotos(phone, files));
    this.file = fileInput("file-input", "", false, ([file]) => phone.attempt(() => sendFiles(phone.resident.id, "file", "file", [file])));
    this.unsent = h("p", { class: "unsent", role: "status", hidden: true, "data-testid": "unsent" }, word("compose.unsent"));
    this.root = h("form", { class: "composer", onsubmit: (event) => { event.preventDefault(); this.say(); } },
      button(word("compose.more"), { class: "round extra", "data-testid": "composer-plus", onclick: () => openPlusMenu(phone) }, icon("plus")),
      button(word("compose.camera"), { class: "round extra", "data-testid": "composer-camera", onclick: () => openPhotoPicker(phone, { camera: true }) }, icon("camera")),
      h("div", { class: "writing" }, this.input,
        button(word("compose.stickers"), { class: "round extra", "data-testid": "composer-sticker", onclick: () => openStickers(phone) }, icon("smile", 22))),
      this.voice, this.send, this.photos, this.file);
  }

  written() {
    const empty = !this.input.value.trim();
    this.send.hidden = empty;
    this.voice.hidden = !empty;
    if (!empty) this.onwriting();
    this.fit();
  }

  /** As high as its lines; the width depends on what else stands in the row, so the dock calls this too. */
  fit() {
    this.input.style.height = "auto";
    this.input.style.height = `${Math.min(this.input.scrollHeight, MAX_HEIGHT_PX)}px`;
  }

  /** Enter sends and Shift+Enter breaks the line; Enter that ends a composition belongs to the keyboard. */
  pressed(event) {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    this.say();
  }

  async say() {
    const text = this.input.value.trim();
    if (!text) return;
    this.fill("");
    const sent = await this.phone.does("say", { text });
    this.unsent.hidden = sent;
    if (!sent) this.fill(text);
  }

  fill(text) {
    this.input.value = text;
    this.written();
    if (this.root.isConnected) this.focus();
  }

  focus() {
    this.input.focus({ preventScroll: true });
  }
}

function fileInput(testid, accept, multiple, chosen) {
  return h("input", {
    type: "file",
    class: "unseen",
    tabindex: "-1",
    "aria-label": multiple ? word("compose.choose_photos") : word("compose.choose_file"),
    accept,
    multiple,
    "data-testid": testid,
    onchange: (event) => {
      const files = [...event.target.files];
      event.target.value = "";
      if (files.length) chosen(files);
    },
  });
}
