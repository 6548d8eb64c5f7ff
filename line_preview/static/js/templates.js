/** Template messages: buttons, confirm, carousel and image carousel. */

import { h } from "./dom.js";
import { picture } from "./media.js";
import { slider } from "./slider.js";

const DRAWERS = { buttons: buttonsCard, confirm: confirmCard, carousel, image_carousel: imageCarousel };

export function templateMessage(message, tap) {
  const { template, altText } = message;
  const shown = DRAWERS[template.type](template, tap);
  shown.setAttribute("role", "group");
  shown.setAttribute("aria-label", altText);
  return shown;
}

function buttonsCard(template, tap) {
  return h("div", { class: "tpl" },
    head(template, template, tap),
    h("div", { class: "tpl-actions" }, template.actions.map((action) => actionButton(action, tap))));
}

/** The tappable top of a card: picture, title and words; `look` holds the template's image settings. */
function head(card, look, tap) {
  const image = card.thumbnailImageUrl && thumbnail(card, look);
  const words = h("div", { class: "tpl-words" }, card.title && h("b", {}, card.title), h("p", {}, card.text));
  if (!card.defaultAction) return [image, words];
  return h("button", { type: "button", class: "tpl-head", onclick: () => tap(card.defaultAction) }, image, words);
}

function thumbnail(card, look) {
  const square = look.imageAspectRatio === "square";
  return h("div", { class: "tpl-image", style: { aspectRatio: square ? "1" : "1.51", background: card.imageBackgroundColor ?? "#fff" } },
    picture(card.thumbnailImageUrl, card.title ?? "", { class: look.imageSize === "contain" ? "contain" : "" }));
}

function actionButton(action, tap) {
  return h("button", { type: "button", class: "tpl-action", onclick: () => tap(action) }, action.label);
}

function confirmCard(template, tap) {
  return h("div", { class: "tpl" },
    h("div", { class: "tpl-words" }, h("p", {}, template.text)),
    h("div", { class: "tpl-actions pair" }, template.actions.map((action) => actionButton(action, tap))));
}

function carousel(template, tap) {
  return slider(template.columns.map((column) => h("div", { class: "tpl" },
    head(column, template, tap),
    h("div", { class: "tpl-actions" }, column.actions.map((action) => actionButton(action, tap))))));
}

function imageCarousel(template, tap) {
  return slider(template.columns.map(({ imageUrl, action }) =>
    h("button", { type: "button", class: "tpl-picture", "aria-label": action.label ?? "เปิด", onclick: () => tap(action) },
      picture(imageUrl, ""),
      action.label && h("span", {}, action.label))));
}
