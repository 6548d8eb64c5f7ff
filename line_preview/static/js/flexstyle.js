/** The measures of Flex Messages: keywords to pixels, and where a component goes inside its box. */

import { setStyle } from "./dom.js";

const SPACES = { none: 0, xs: 2, sm: 4, md: 8, lg: 12, xl: 16, xxl: 20 };
const BORDERS = { none: 0, light: 0.5, normal: 1, medium: 2, "semi-bold": 3, bold: 4 };
const WORDS = { xxs: 11, xs: 13, sm: 14, md: 16, lg: 19, xl: 22, xxl: 29, "3xl": 35, "4xl": 48, "5xl": 74 };
const PICTURES = { xxs: 40, xs: 60, sm: 80, md: 100, lg: 120, xl: 140, xxl: 160, "3xl": 180, "4xl": 200, "5xl": 220 };

function measure(table, value) {
  if (value === undefined || value === null) return undefined;
  return value in table ? `${table[value]}px` : String(value);
}

export const space = (value) => measure(SPACES, value);
export const wordSize = (value) => measure(WORDS, value ?? "md");
export const pictureSize = (value) => (value === "full" ? "100%" : measure(PICTURES, value ?? "md"));

const ALIGN_SELF = { start: "flex-start", center: "center", end: "flex-end" };
const GRAVITY = { top: "flex-start", center: "center", bottom: "flex-end" };
export const aligned = (align) => ALIGN_SELF[align];
export const ratio = (text) => (text ?? "1:1").replace(":", " / ");

/** Components that keep their own size in a horizontal box when they name no `flex`. */
const KEEPS_SIZE = new Set(["icon", "separator", "spacer"]);

/** Sets how `node`, the drawing of `component`, sits in `parent` at `index`. */
export function place(node, component, parent, index) {
  const across = parent.layout !== "vertical";
  setStyle(node, across ? acrossStyle(component) : downStyle(component));
  const gap = component.margin ?? (index > 0 && component.type !== "filler" ? parent.spacing : undefined);
  if (gap !== undefined) setStyle(node, across ? { marginLeft: space(gap) } : { marginTop: space(gap) });
  if (component.gravity) setStyle(node, { justifyContent: GRAVITY[component.gravity] });
  setStyle(node, offsetStyle(component));
}

function acrossStyle(component) {
  const own = component.type === "filler" ? 1 : KEEPS_SIZE.has(component.type) || component.width ? 0 : 1;
  const flex = component.flex ?? own;
  return flex === 0 ? { flex: "0 0 auto" } : { flex: `${flex} 0 0`, minWidth: "0" };
}

function downStyle(component) {
  const flex = component.flex ?? (component.type === "filler" ? 1 : 0);
  return flex === 0 ? { flex: "0 0 auto" } : { flex: `${flex} 0 auto` };
}

function offsetStyle({ position, offsetTop, offsetBottom, offsetStart, offsetEnd }) {
  if (!position && !(offsetTop ?? offsetBottom ?? offsetStart ?? offsetEnd)) return {};
  return {
    position: position === "absolute" ? "absolute" : "relative",
    top: space(offsetTop),
    bottom: space(offsetBottom),
    insetInlineStart: space(offsetStart),
    insetInlineEnd: space(offsetEnd),
  };
}

export function boxStyle(box) {
  return {
    width: box.width,
    maxWidth: box.maxWidth,
    height: box.height,
    maxHeight: box.maxHeight,
    justifyContent: box.justifyContent,
    alignItems: box.alignItems,
    background: background(box),
    border: border(box),
    borderRadius: space(box.cornerRadius),
    padding: space(box.paddingAll),
    paddingTop: space(box.paddingTop),
    paddingBottom: space(box.paddingBottom),
    paddingInlineStart: space(box.paddingStart),
    paddingInlineEnd: space(box.paddingEnd),
  };
}

function background({ background: paint, backgroundColor }) {
  if (paint?.type !== "linearGradient") return backgroundColor;
  const middle = paint.centerColor ? `, ${paint.centerColor} ${paint.centerPosition ?? "50%"}` : "";
  return `linear-gradient(${paint.angle}, ${paint.startColor}${middle}, ${paint.endColor})`;
}

function border({ borderWidth, borderColor }) {
  if (!borderWidth && !borderColor) return undefined;
  return `${measure(BORDERS, borderWidth ?? "normal")} solid ${borderColor ?? "#d4d6da"}`;
}
