/** Choosing pictures: from this device, or drawn samples for a visitor who has none at hand. */

import { h } from "./dom.js";
import { icon } from "./icons.js";
import { sendFiles } from "./api.js";
import { openSheet } from "./sheet.js";
import { SAMPLES, samplePhoto, sampleThumbnail } from "./samplephotos.js";
import { word } from "./words.js";

const MAX_AT_ONCE = 10;

export function openPhotoPicker(phone, { camera = false }) {
  const { photos } = phone.dock.composer;
  const chosen = new Set();
  openSheet(phone, {
    title: camera ? word("photos.take") : word("photos.choose"),
    testid: "photo-sheet",
    content: (close) => {
      const send = h("button", { type: "button", class: "wide-button", disabled: true, "data-testid": "photo-send", onclick: () => { close(); sendSamples(phone, [...chosen]); } }, word("photos.send"));
      return [
        h("button", { type: "button", class: "wide-button quiet", "data-first": true, "data-testid": "photo-browse", onclick: () => { close(); photos.click(); } }, icon("photo", 22), word("photos.browse")),
        h("p", { class: "soft" }, word("photos.samples")),
        h("div", { class: "samples" }, SAMPLES.map((sample) => sampleButton(sample, chosen, send))),
        send,
      ];
    },
  });
  return false;
}

function sampleButton(sample, chosen, send) {
  const tick = h("span", { class: "tick", "aria-hidden": "true" });
  const toggle = (event) => {
    if (!chosen.delete(sample)) chosen.add(sample);
    event.currentTarget.setAttribute("aria-pressed", String(chosen.has(sample)));
    send.disabled = chosen.size === 0;
    send.textContent = chosen.size > 1 ? word("photos.send_many", { count: chosen.size }) : word("photos.send");
  };
  return h("button", { type: "button", class: "sample", "aria-pressed": "false", "data-testid": "sample-photo", onclick: toggle },
    sampleThumbnail(sample), tick, h("span", {}, sample.name));
}

async function sendSamples(phone, samples) {
  sendPhotos(phone, await Promise.all(samples.map(samplePhoto)));
}

export function sendPhotos(phone, files) {
  if (files.length > MAX_AT_ONCE) phone.toast(word("photos.too_many", { most: MAX_AT_ONCE }));
  return phone.attempt(() => sendFiles(phone.resident.id, "photos", "photos", files.slice(0, MAX_AT_ONCE)));
}
