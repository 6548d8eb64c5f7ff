/** One row of the chat: who, what, when, and whether it was read. */

import { button, h } from "./dom.js";
import { icon } from "./icons.js";
import { clockTime } from "./thai.js";
import { textNodes } from "./text.js";
import { albumBubble, audioBubble, fileBubble, imageBubble, videoBubble } from "./media.js";
import { placeBubble } from "./place.js";
import { stickerBubble } from "./stickers.js";
import { flexMessage } from "./flex.js";
import { templateMessage } from "./templates.js";
import { imagemapMessage } from "./imagemap.js";
import { accountFace } from "./faces.js";

/** Who draws the inside of which message type. */
const DRAWERS = {
  text: ({ message }, tap) => h("p", { class: "words" }, textNodes(message, tap)),
  image: (bubble, tap, phone) => imageBubble(bubble, phone),
  video: videoBubble,
  audio: audioBubble,
  file: fileBubble,
  location: (bubble, tap, phone) => placeBubble(bubble, phone),
  sticker: stickerBubble,
  flex: ({ message }, tap) => flexMessage(message, tap),
  template: ({ message }, tap) => templateMessage(message, tap),
  imagemap: ({ message }, tap) => imagemapMessage(message, tap),
};
DRAWERS.textV2 = DRAWERS.text;

const WIDE = new Set(["flex", "template", "imagemap"]);
const BARE = new Set(["image", "video", "sticker", "flex", "template", "imagemap"]);

/** `item` is one bubble, or the several pictures of one album. */
export function bubbleRow(item, phone) {
  const [bubble] = item.bubbles;
  if (bubble.unsent) return systemRow(bubble, unsentWords(bubble));
  if (bubble.from === "system") return systemRow(bubble, bubble.message.text);
  return bubble.from === "resident" ? ownRow(item, phone) : accountRow(bubble, phone);
}

function unsentWords({ from }) {
  return from === "resident" ? "คุณยกเลิกการส่งข้อความแล้ว" : "ข้อความนี้ถูกยกเลิกการส่ง";
}

function systemRow(bubble, words) {
  return h("div", { class: "row system" },
    h("p", { class: "system-line", "data-testid": "bubble", "data-from": "system", "data-message": bubble.id }, words));
}

function body(bubble, inside, extra = "") {
  const { type } = bubble.message;
  return h("div", {
    class: `bubble ${BARE.has(type) ? "bare" : "filled"} type-${type} ${extra}`,
    "data-testid": "bubble",
    "data-from": bubble.from,
    "data-type": type,
    "data-message": bubble.id,
  }, inside);
}

function ownRow({ bubbles }, phone) {
  const last = bubbles[bubbles.length - 1];
  const inside = bubbles.length > 1 ? albumBubble(bubbles, phone) : draw(last, phone);
  const shown = body(last, inside, bubbles.length > 1 ? "whole-album" : "");
  const openMenu = () => phone.openBubbleMenu(bubbles);
  listenForLongPress(shown, openMenu);
  return h("div", { class: "row own" },
    button("ตัวเลือกของข้อความนี้", { class: "dots", onclick: openMenu }, "⋯"),
    h("div", { class: "meta" }, last.read && h("span", {}, "อ่านแล้ว"), time(last)),
    shown);
}

function accountRow(bubble, phone) {
  const wide = WIDE.has(bubble.message.type);
  const sender = bubble.sender ?? bubble.message.sender ?? {};
  const shown = body(bubble, draw(bubble, phone));
  const name = h("span", { class: "name" }, senderName(sender, phone.account.displayName));
  const line = h("div", { class: "line" }, shown, h("div", { class: "meta" }, time(bubble)));
  return h("div", { class: wide ? "row account wide" : "row account" },
    h("span", { class: "avatar" }, accountFace(phone.account, 36, sender.iconUrl)),
    h("div", { class: "said" }, name, line));
}

/** LINE shows a changed sender as "name from account" (Messaging API, "Change icon and display name"). */
function senderName(sender, account) {
  return sender.name ? `${sender.name} จาก ${account}` : account;
}

function time({ at }) {
  return h("time", { datetime: new Date(at).toISOString() }, clockTime(at));
}

function draw(bubble, phone) {
  const drawer = DRAWERS[bubble.message.type];
  if (!drawer) return h("p", { class: "words" }, `(ข้อความชนิด ${bubble.message.type})`);
  try {
    return drawer(bubble, (action) => phone.tap(action), phone);
  } catch (error) {
    console.error(error);
    return h("p", { class: "words broken" }, icon("storm", 18), ` แสดงข้อความชนิด ${bubble.message.type} ไม่ได้: ${error.message}`);
  }
}

const LONG_PRESS_MS = 550;

function listenForLongPress(node, act) {
  let timer = 0;
  const stop = () => clearTimeout(timer);
  node.addEventListener("contextmenu", (event) => { event.preventDefault(); stop(); act(); });
  node.addEventListener("pointerdown", (event) => {
    if (event.pointerType === "touch") timer = setTimeout(act, LONG_PRESS_MS);
  });
  for (const end of ["pointerup", "pointercancel", "pointermove"]) node.addEventListener(end, stop);
}
