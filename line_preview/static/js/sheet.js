/** What slides over a phone: sheets, full pages, menus and the picture viewer. One phone is held, not the page. */

import { button, h } from "./dom.js";
import { icon } from "./icons.js";

/**
 * Opens a layer over `phone` and returns `close`. `kind` is "sheet" (from below), "page" (fills the phone),
 * "menu" (a small card in the middle) or "viewer" (a picture on black).
 */
export function openSheet(phone, { kind = "sheet", title, content, testid, onclosed }) {
  const before = document.activeElement;
  const card = h("div", { class: `sheet ${kind}`, role: "dialog", "aria-modal": "true", "aria-label": title, tabindex: "-1", "data-testid": testid });
  const layer = h("div", { class: `layer layer-${kind}` }, card);
  const close = () => {
    if (!layer.isConnected) return;
    layer.remove();
    phone.setInert(phone.overlays.childElementCount > 0);
    if (before?.isConnected) before.focus({ preventScroll: true });
    onclosed?.();
  };
  if (kind !== "viewer" && kind !== "menu") card.append(titleBar(title, close));
  card.append(...[content(close)].flat());
  layer.addEventListener("click", (event) => event.target === layer && close());
  layer.addEventListener("keydown", (event) => closeOnEscape(event, close));
  phone.overlays.append(layer);
  phone.setInert(true);
  (card.querySelector("[data-first]") ?? card).focus({ preventScroll: true });
  return close;
}

function closeOnEscape(event, close) {
  if (event.key !== "Escape") return;
  event.stopPropagation();
  close();
}

function titleBar(title, close) {
  return h("div", { class: "sheet-bar" },
    h("h2", { class: "sheet-title" }, title),
    button("ปิด", { class: "round", onclick: close }, icon("close", 20)));
}

/** A short list of things to choose from; each choice is {label, icon, act, danger?, testid?}. */
export function openMenu(phone, title, choices) {
  openSheet(phone, {
    kind: "menu",
    title,
    content: (close) => h("div", { class: "menu-list" }, choices.map((choice, index) =>
      h("button", {
        type: "button",
        class: choice.danger ? "menu-item danger" : "menu-item",
        "data-first": index === 0,
        "data-testid": choice.testid,
        onclick: () => { close(); choice.act(); },
      }, icon(choice.icon, 20), choice.label))),
  });
}

export function openPicture(phone, source, description) {
  openSheet(phone, {
    kind: "viewer",
    title: description,
    content: (close) => [
      h("img", { src: source, alt: description }),
      button("ปิดภาพ", { class: "round viewer-close", "data-first": true, onclick: close }, icon("close", 22)),
    ],
  });
}
