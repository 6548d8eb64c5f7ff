/** Draws the made-up town as a map, for bubbles and for the place picker. */

import { svg } from "./dom.js";
import { PLACES, STREETS, toMetres } from "./town.js";

const WIDTHS = { highway: [46, 36], main: [32, 24], small: [20, 14] };
/** White signs of 24 by 24, drawn here because not every machine has a font with such pictures. */
const SIGNS = {
  hall: "M12 3L3 8v2h18V8zM5 11.5h2.5v6H5zm5.7 0h2.6v6h-2.6zm5.8 0H19v6h-2.5zM3 19h18v2H3z",
  temple: "M12 1.5l1.5 4 6.5 5-1.5 1.5h-13L4 10.5l6.5-5zM6.5 13.5h11v7h-3.7v-4h-3.6v4H6.5z",
  market: "M4 4h16l1.5 6a2.5 2.5 0 0 1-4.5 1 2.8 2.8 0 0 1-5 0 2.8 2.8 0 0 1-5 0 2.5 2.5 0 0 1-4.5-1zM5 13.5h14v7h-5v-4h-4v4H5z",
  school: "M12 3L1.5 8.5 12 14l8-4.2V16h2V8.5zM6 12.7V17c2 2.5 10 2.5 12 0v-4.3L12 16z",
  health: "M9.5 3.5h5v6h6v5h-6v6h-5v-6h-6v-5h6z",
  park: "M12 2a6.5 6.5 0 0 0-5.5 10A5 5 0 0 0 11 17v4.5h2V17a5 5 0 0 0 4.5-5A6.5 6.5 0 0 0 12 2z",
  bus: "M4 6a3 3 0 0 1 3-3h10a3 3 0 0 1 3 3v12h-1.5v2.5h-3V18h-7v2.5h-3V18H4zm2 1v5h12V7zm1.5 6.5a1.3 1.3 0 1 0 0 2.6 1.3 1.3 0 0 0 0-2.6zm9 0a1.3 1.3 0 1 0 0 2.6 1.3 1.3 0 0 0 0-2.6z",
};
const SIGN_COLOURS = { hall: "#2f5d9c", temple: "#b06a00", market: "#a03c2e", school: "#6a4bb0", health: "#b3205a", park: "#2d7a3f", bus: "#3d5563" };

/** A still picture of the surroundings of `point`, `metres` wide, with a pin in the middle. */
export function townMap(point, { width, height, metres }) {
  const { x, y } = toMetres(point);
  const tall = (metres * height) / width;
  const pin = pinDrawing(metres / 9);
  pin.setAttribute("transform", `translate(${x} ${y})`);
  return svg("svg", { class: "map", viewBox: `${x - metres / 2} ${y - tall / 2} ${metres} ${tall}`, "aria-hidden": "true", preserveAspectRatio: "xMidYMid slice" },
    townDrawing({ words: metres < 700 ? 0.8 : 1, around: { x, y } }), pin);
}

/** Everything on the ground; `words` scales the names. Far away from the town there are only fields. */
export function townDrawing({ words = 1, around = { x: 0, y: 0 } } = {}) {
  return svg("g", {},
    svg("rect", { x: around.x - 9000, y: around.y - 9000, width: 18000, height: 18000, fill: "#eef0e4" }),
    fields(around), svg("rect", { x: -860, y: -620, width: 1700, height: 1340, rx: 160, fill: "#f6f3ec" }),
    svg("path", { d: "M-1300-760C-900-700-860-560-560-620S 60-760 420-640 900-560 1300-700", fill: "none", stroke: "#a9d3ee", "stroke-width": 74, "stroke-linecap": "round" }),
    svg("path", { d: "M-250 330C-200 280 90 280 130 340S 150 560 60 590-210 600-250 540-280 370-250 330z", fill: "#cfe6bd" }),
    svg("path", { d: "M-190 400C-150 350 60 350 80 410S 60 540-30 540-220 520-190 400z", fill: "#a9d3ee" }),
    svg("rect", { x: -470, y: -300, width: 170, height: 150, rx: 12, fill: "#f6e3bf" }),
    svg("rect", { x: -470, y: 90, width: 155, height: 180, rx: 12, fill: "#e7e0f3" }),
    houses(), streets(), names(words), signs(words));
}

function fields(around) {
  const column = Math.round(around.x / 400) * 400, row = Math.round(around.y / 300) * 300;
  const plots = [];
  for (let across = -4; across <= 4; across++) {
    for (let down = -5; down <= 5; down++) {
      const shade = ["#e2ecd0", "#e9eed6", "#dce8c8"][Math.abs(across * 7 + down * 3 + column / 400 + row / 300) % 3];
      plots.push(svg("rect", { x: column + across * 400 + 8, y: row + down * 300 + 8, width: 384, height: 284, rx: 10, fill: shade }));
    }
  }
  return plots;
}

/** Rows of roofs, laid out by a rule so that the town looks the same every time. */
function houses() {
  const roofs = [];
  for (let row = -9; row < 12; row++) {
    for (let column = -13; column < 13; column++) {
      const x = column * 62 + ((row * 17) % 23), y = row * 58 + ((column * 13) % 19);
      if (isOpenGround(x, y) || (column * 5 + row * 11) % 7 === 0) continue;
      roofs.push(svg("rect", { x, y, width: 26 + ((column * 7 + row * 3) & 11), height: 22 + ((column * 3 + row * 5) & 9), rx: 3, fill: ["#e4ded2", "#e9e2d5", "#ddd8cf"][Math.abs(column + row) % 3] }));
    }
  }
  return svg("g", {}, roofs);
}

function isOpenGround(x, y) {
  const inPark = x > -290 && x < 150 && y > 290 && y < 620;
  const inYard = x > -490 && x < -290 && (Math.abs(y + 225) < 95 || Math.abs(y - 180) < 110);
  return inPark || inYard || x < -820 || x > 780 || y < -560 || y > 660;
}

function streets() {
  const drawnAs = (layer, colour) => STREETS.map(({ d, kind }) =>
    svg("path", { d, fill: "none", stroke: colour(kind), "stroke-width": WIDTHS[kind][layer], "stroke-linecap": "round" }));
  return svg("g", {}, drawnAs(0, () => "#cfc8b8"), drawnAs(1, (kind) => (kind === "highway" ? "#fbe3a1" : "#ffffff")));
}

function label(words, x, y, size, colour, anchor = "middle") {
  const node = svg("text", { x, y, "font-size": size, fill: colour, "text-anchor": anchor, "font-weight": 700, stroke: "#fff", "stroke-width": size / 4, "stroke-linejoin": "round", "paint-order": "stroke" });
  node.textContent = words;
  return node;
}

function names(scale) {
  return svg("g", {}, STREETS.filter((street) => street.label).map(({ name, label: [x, y] }) => label(name, x, y, 22 * scale, "#5a5548")));
}

function signs(scale) {
  return svg("g", {}, PLACES.map(({ title, x, y, mark }) => {
    const sign = svg("path", { d: SIGNS[mark], fill: "#fff", "fill-rule": "evenodd", transform: `translate(${x - 16 * scale} ${y - 16 * scale}) scale(${1.33 * scale})` });
    return svg("g", {},
      svg("circle", { cx: x, cy: y, r: 25 * scale, fill: SIGN_COLOURS[mark], stroke: "#fff", "stroke-width": 4 }),
      sign, label(title.replace(/^หน้า/, ""), x, y + 52 * scale, 25 * scale, SIGN_COLOURS[mark]));
  }));
}

/** A pin `tall` metres high whose tip is at 0,0. */
export function pinDrawing(tall) {
  const scale = tall / 40;
  return svg("g", {},
    svg("g", { transform: `scale(${scale})` },
      svg("ellipse", { cx: 0, cy: 0, rx: 8, ry: 3.2, fill: "rgba(0,0,0,.28)" }),
      svg("path", { d: "M0 0C-3-10-14-15-14-27a14 14 0 0 1 28 0C14-15 3-10 0 0z", fill: "#e5342b", stroke: "#fff", "stroke-width": 2 }),
      svg("circle", { cx: 0, cy: -27, r: 5.2, fill: "#fff" })));
}
