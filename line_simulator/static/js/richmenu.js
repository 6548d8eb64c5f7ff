/** The rich menu: a picture whose areas are buttons. */

import { h } from "./dom.js";
import { word } from "./words.js";

export function richMenu(menu, phone) {
  const areas = menu.areas.map((area) => areaButton(area, menu.size, phone));
  const shown = h("div", { class: "richmenu", role: "group", "aria-label": menu.chatBarText || word("compose.menu"), "data-testid": "richmenu", style: { aspectRatio: `${menu.size.width} / ${menu.size.height}` } });
  shown.style.setProperty("--ratio", menu.size.width / menu.size.height);
  const image = h("img", { src: menu.image_url, alt: "", draggable: "false" });
  image.addEventListener("error", () => shown.classList.add("no-image"));
  shown.append(image, ...areas);
  return shown;
}

function areaButton({ bounds, action }, size, phone) {
  const name = nameOf(action);
  const percent = (part, whole) => `${(part / whole) * 100}%`;
  return h("button", {
    type: "button",
    class: "richmenu-area",
    "aria-label": name,
    "data-testid": "richmenu-area",
    onclick: () => phone.tap(action),
    style: {
      left: percent(bounds.x, size.width),
      top: percent(bounds.y, size.height),
      width: percent(bounds.width, size.width),
      height: percent(bounds.height, size.height),
    },
  }, h("span", { "aria-hidden": "true" }, name));
}

function nameOf({ label, displayText, text, uri, type }) {
  return label || displayText || text || uri || type;
}
