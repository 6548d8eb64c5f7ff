/** Draws Flex Messages as LINE does: bubbles, carousels and every component in them. */

import { h, setStyle } from "./dom.js";
import { picture } from "./media.js";
import { slider } from "./slider.js";
import { aligned, boxStyle, pictureSize, place, ratio, space, wordSize } from "./flexstyle.js";

export function flexMessage({ contents, altText }, tap) {
  const shown = contents.type === "carousel"
    ? slider(contents.contents.map((one) => bubble(one, tap)))
    : bubble(contents, tap);
  shown.setAttribute("role", "group");
  shown.setAttribute("aria-label", altText);
  return shown;
}

function bubble(contents, tap) {
  const { size = "mega", direction = "ltr", styles = {} } = contents;
  const shown = h("div", { class: `fx-bubble fx-${size}`, dir: direction });
  for (const block of ["header", "hero", "body", "footer"]) {
    if (!contents[block]) continue;
    shown.append(blockOf(block, contents[block], styles[block] ?? {}, tap));
  }
  shown.classList.toggle("fx-has-footer", Boolean(contents.footer));
  if (contents.action) makeTappable(shown, contents.action, tap);
  return shown;
}

function blockOf(block, component, style, tap) {
  const inside = draw(component, tap);
  place(inside, component, { layout: "vertical" }, 0);
  const shown = h("div", { class: `fx-block fx-${block}`, style: { background: style.backgroundColor } }, inside);
  if (style.separator) setStyle(shown, { borderTop: `1px solid ${style.separatorColor ?? "#d4d6da"}` });
  return shown;
}

const DRAWERS = { box, text, button: flexButton, image, icon, separator, filler, spacer, span: text, video };

function draw(component, tap) {
  const drawer = DRAWERS[component.type];
  const node = drawer ? drawer(component, tap) : h("div", {}, `(${component.type})`);
  if (component.action && component.type !== "button") makeTappable(node, component.action, tap);
  return node;
}

/** A control inside a control would confuse a screen reader, so only a plain area becomes a button. Its name are the words
    on it, so that it can be spoken by those who steer by voice; the action's own label describes it. */
function makeTappable(node, action, tap) {
  const tapped = (event) => { event.stopPropagation(); tap(action); };
  node.classList.add("fx-tappable");
  node.addEventListener("click", tapped);
  if (node.querySelector("button, [role=button], video")) return;
  node.setAttribute("role", "button");
  node.tabIndex = 0;
  if (action.label) node.setAttribute(node.textContent.trim() ? "title" : "aria-label", action.label);
  node.addEventListener("keydown", (event) => (event.key === "Enter" || event.key === " ") && (event.preventDefault(), tapped(event)));
}

function box(component, tap) {
  const shown = h("div", { class: `fx-box fx-${component.layout}`, style: boxStyle(component) });
  component.contents.forEach((child, index) => {
    const node = draw(child, tap);
    place(node, child, component, index);
    if (component.layout === "vertical" && component.alignItems && child.type !== "separator") setStyle(node, { maxWidth: "100%" });
    shown.append(node);
  });
  return shown;
}

function text(component) {
  const lines = h("p", { style: textStyle(component) }, component.contents?.length ? component.contents.map(span) : component.text ?? "");
  lines.classList.toggle("fx-wrap", Boolean(component.wrap));
  if (component.wrap && component.maxLines) { lines.classList.add("fx-clamp"); setStyle(lines, { webkitLineClamp: component.maxLines }); }
  if (component.lineSpacing) setStyle(lines, { lineHeight: `calc(1.6em + ${space(component.lineSpacing)})` });
  return h("div", { class: "fx-text" }, lines);
}

function span(component) {
  return h("span", { style: textStyle({ ...component, size: component.size ?? "inherit" }) }, component.text ?? "");
}

function textStyle({ size, color, weight, style, decoration, align }) {
  return {
    fontSize: size === "inherit" ? undefined : wordSize(size),
    color,
    fontWeight: weight === "bold" ? "700" : undefined,
    fontStyle: style,
    textDecoration: decoration,
    textAlign: align,
  };
}

function flexButton(component, tap) {
  const { action, style = "link", height = "md", color } = component;
  const pressed = h("button", { type: "button", class: `fx-button fx-${style} fx-height-${height}`, "data-testid": "flex-button", onclick: (event) => { event.stopPropagation(); tap(action); } },
    h("span", {}, action.label));
  setStyle(pressed, style === "link" ? { color } : { backgroundColor: color });
  return h("div", { class: "fx-button-holder" }, pressed);
}

function image(component) {
  const { url, size, aspectRatio, aspectMode, backgroundColor, align = "center" } = component;
  const frame = h("div", { class: "fx-frame", style: { width: pictureSize(size), aspectRatio: ratio(aspectRatio), backgroundColor, alignSelf: aligned(align) } },
    picture(url, component.action?.label ?? "", { class: aspectMode === "cover" ? "cover" : "fit" }));
  return h("div", { class: "fx-image" }, frame);
}

function icon({ url, size, aspectRatio }) {
  const [across, high] = (aspectRatio ?? "1:1").split(":").map(Number);
  return h("div", { class: "fx-icon", style: { fontSize: wordSize(size) } },
    picture(url, "", { style: { width: `${across / high}em`, height: "1em" } }));
}

function separator({ color }) {
  return h("div", { class: "fx-separator", style: { background: color } });
}

function filler() {
  return h("div", { class: "fx-filler" });
}

function spacer({ size }) {
  return h("div", { style: { height: space(size ?? "md"), width: space(size ?? "md") } });
}

function video({ url, previewUrl, aspectRatio }) {
  return h("div", { class: "fx-image" },
    h("video", { class: "fx-film", src: url, poster: previewUrl, controls: true, preload: "none", playsinline: true, "aria-label": "วิดีโอ", style: { aspectRatio: ratio(aspectRatio ?? "16:9") } }));
}
