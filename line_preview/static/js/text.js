/** Turns the text of a message into nodes: links, telephone numbers, LINE emoji and mentions. */

import { h } from "./dom.js";
import { icon } from "./icons.js";

const LINKS = /(https?:\/\/[^\s<>"]+[^\s<>".,!?)])|(\b0\d(?:[- ]?\d){7,8}\b)/g;

/** `tap` receives a LINE uri action for whatever was tapped in the text. */
export function textNodes(message, tap) {
  if (message.type === "textV2") return substituted(message, tap);
  return withEmojis(message).flatMap((part) => (typeof part === "string" ? linked(part, tap) : [part]));
}

/** `emojis[].index` counts UTF-16 units and points at a "$", just as JavaScript strings are indexed. */
function withEmojis({ text = "", emojis = [] }) {
  const parts = [];
  let from = 0;
  for (const emoji of [...emojis].sort((a, b) => a.index - b.index)) {
    parts.push(text.slice(from, emoji.index), lineEmoji());
    from = emoji.index + (emoji.length ?? 1);
  }
  return [...parts, text.slice(from)];
}

function lineEmoji() {
  return h("span", { class: "line-emoji", role: "img", "aria-label": "อีโมจิของ LINE" }, icon("smile", 18));
}

function linked(text, tap) {
  const nodes = [];
  let from = 0;
  for (const found of text.matchAll(LINKS)) {
    nodes.push(text.slice(from, found.index), link(found, tap));
    from = found.index + found[0].length;
  }
  return [...nodes, text.slice(from)];
}

function link([shown, address, telephone], tap) {
  const uri = address ?? `tel:${telephone.replace(/\D/g, "")}`;
  const follow = (event) => { event.preventDefault(); tap({ type: "uri", uri }); };
  return h("a", { href: uri, rel: "noopener", onclick: follow }, shown);
}

function substituted({ text, substitution = {} }, tap) {
  return text.split(/(\{\{|\}\}|\{[0-9A-Za-z_]{1,20}\})/).flatMap((part) => {
    if (part === "{{" || part === "}}") return [part[0]];
    const known = substitution[part.slice(1, -1)];
    if (!part.startsWith("{") || !known) return linked(part, tap);
    return known.type === "emoji" ? [lineEmoji()] : [h("b", {}, "@ผู้ใช้")];
  });
}
