/** The bubble that shows a place on a small map. */

import { h } from "./dom.js";
import { townMap } from "./townmap.js";
import { openSheet } from "./sheet.js";

export function placeBubble({ message }, phone) {
  const title = message.title || "ตำแหน่งที่ตั้ง";
  const address = message.address || coordinates(message);
  return h("button", { type: "button", class: "place", onclick: () => openMap(phone, message, title, address) },
    townMap(message, { width: 240, height: 124, metres: 420 }),
    h("span", { class: "place-words" }, h("b", {}, title), h("small", {}, address), h("span", { class: "unseen" }, "เปิดแผนที่")));
}

function coordinates({ latitude, longitude }) {
  return `${Number(latitude).toFixed(5)}, ${Number(longitude).toFixed(5)}`;
}

function openMap(phone, message, title, address) {
  openSheet(phone, {
    kind: "page",
    title,
    content: () => [
      h("div", { class: "map-full" }, townMap(message, { width: 390, height: 560, metres: 900 })),
      h("p", { class: "map-caption" }, address, h("br"), h("small", {}, coordinates(message))),
    ],
  });
}
