/** The drawer of stickers a resident can send. */

import { h } from "./dom.js";
import { openSheet } from "./sheet.js";
import { PACKAGE, stickerDrawing, stickerSet } from "./stickers.js";
import { word } from "./words.js";

export function openStickers(phone) {
  openSheet(phone, {
    title: word("compose.stickers"),
    testid: "sticker-sheet",
    content: (close) => h("div", { class: "sticker-grid" }, stickerSet().map((sticker, index) =>
      h("button", {
        type: "button",
        class: "sticker-choice",
        "data-first": index === 0,
        "aria-label": word("compose.send_sticker", { name: sticker.name }),
        "data-testid": "sticker",
        onclick: () => { close(); phone.does("sticker", { packageId: PACKAGE, stickerId: sticker.id }); },
      }, stickerDrawing(sticker)))),
  });
}
