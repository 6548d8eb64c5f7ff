/** An imagemap message: a picture with tappable areas. */

import { h } from "./dom.js";
import { picture } from "./media.js";

export function imagemapMessage(message, tap) {
  const { width, height } = message.baseSize;
  return h("div", { class: "imagemap", role: "group", "aria-label": message.altText, style: { aspectRatio: `${width} / ${height}` } },
    picture(`${message.baseUrl}/700`, message.altText),
    message.actions.map((action) => area(action, width, height, tap)));
}

function area(action, width, height, tap) {
  const { x, y, width: across, height: high } = action.area;
  return h("button", {
    type: "button",
    class: "imagemap-area",
    "aria-label": action.label ?? action.text ?? action.linkUri ?? "พื้นที่กด",
    onclick: () => tap(action),
    style: { left: `${(x / width) * 100}%`, top: `${(y / height) * 100}%`, width: `${(across / width) * 100}%`, height: `${(high / height) * 100}%` },
  });
}
