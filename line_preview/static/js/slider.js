/** A row of cards that scrolls sideways, with arrows for those who have a mouse. */

import { button, h } from "./dom.js";
import { icon } from "./icons.js";

const STEP_PX = 280;

export function slider(cards) {
  const track = h("div", { class: "slider-track", tabindex: "0", role: "group", "aria-label": `${cards.length} การ์ด เลื่อนซ้ายขวาได้` }, cards);
  const scroll = (step) => track.scrollBy({ left: step, behavior: "smooth" });
  const left = button("การ์ดก่อนหน้า", { class: "round slider-arrow left", hidden: true, onclick: () => scroll(-STEP_PX) }, icon("left", 20));
  const right = button("การ์ดถัดไป", { class: "round slider-arrow right", hidden: true, onclick: () => scroll(STEP_PX) }, icon("right", 20));
  const look = () => {
    left.hidden = track.scrollLeft < 8;
    right.hidden = track.scrollLeft > track.scrollWidth - track.clientWidth - 8;
  };
  track.addEventListener("scroll", look, { passive: true });
  new ResizeObserver(look).observe(track);
  return h("div", { class: "slider" }, track, left, right);
}
