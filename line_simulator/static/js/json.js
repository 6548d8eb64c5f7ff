/** Shows JSON indented and coloured, as text nodes only. */

import { h } from "./dom.js";

const TOKENS = /("(?:\\.|[^"\\])*")(\s*:)?|\b(true|false|null)\b|(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)/g;

export function pretty(value) {
  return typeof value === "string" ? value : JSON.stringify(value, null, 2);
}

export function jsonView(value, label) {
  return h("pre", { class: "json", tabindex: "0", "aria-label": label }, h("code", {}, typeof value === "string" ? value : coloured(pretty(value))));
}

function coloured(text) {
  const nodes = [];
  let from = 0;
  for (const found of text.matchAll(TOKENS)) {
    const [whole, words, colon, constant] = found;
    const kind = words ? (colon ? "key" : "words") : constant ? "constant" : "number";
    nodes.push(text.slice(from, found.index), h("span", { class: `json-${kind}` }, words ?? whole), colon ?? "");
    from = found.index + whole.length;
  }
  return [...nodes, text.slice(from)];
}
