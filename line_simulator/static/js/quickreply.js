/** The row of quick replies under the newest message. */

import { button, h } from "./dom.js";
import { icon } from "./icons.js";
import { word } from "./words.js";

const ICONS = { camera: "camera", cameraRoll: "photo", location: "pin", datetimepicker: "calendar" };

/** Taps that open a picker keep the buttons until something is really sent, as LINE does. */
const STAYS = new Set(["camera", "cameraRoll", "location", "datetimepicker", "uri", "clipboard"]);

export function quickReplies(bubble, phone) {
  const strip = h("div", { class: "quick", role: "group", "aria-label": word("compose.quick_replies") },
    bubble.message.quickReply.items.map((item) => quickReply(item, bubble, phone)));
  const arrow = (label, side, step) => button(label, { class: `round quick-arrow ${side}`, onclick: () => strip.scrollBy({ left: step, behavior: "smooth" }) }, icon(side, 18));
  const left = arrow(word("compose.left"), "left", -220);
  const right = arrow(word("compose.right"), "right", 220);
  const look = () => {
    left.classList.toggle("can", strip.scrollLeft > 8);
    right.classList.toggle("can", strip.scrollLeft < strip.scrollWidth - strip.clientWidth - 8);
  };
  strip.addEventListener("scroll", look, { passive: true });
  new ResizeObserver(look).observe(strip);
  return h("div", { class: "quick-wrap" }, left, strip, right);
}

function quickReply({ action, imageUrl }, bubble, phone) {
  const label = action.label ?? action.text ?? "";
  return h("button", {
    type: "button",
    class: "quick-reply",
    "data-testid": "quick-reply",
    "data-action": action.type,
    onclick: async () => {
      const done = await phone.tap(action);
      if (!done || STAYS.has(action.type)) return;
      phone.answered.add(bubble.seq);
      phone.paintQuickReplies();
    },
  }, picture(imageUrl, action.type), label);
}

function picture(imageUrl, type) {
  if (imageUrl) return h("img", { src: imageUrl, alt: "", class: "quick-picture" });
  return ICONS[type] && icon(ICONS[type], 18);
}
