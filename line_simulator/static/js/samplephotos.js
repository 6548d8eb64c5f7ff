/** Pictures drawn on a canvas, for visitors who have no photograph of a broken street lamp at hand. */

import { h } from "./dom.js";
import { word } from "./words.js";

const WIDTH = 1280, HEIGHT = 960;

export const SAMPLES = [
  { name: word("photos.street_lamp"), file: "street-lamp.jpg", draw: drawDarkStreet },
  { name: word("photos.pothole"), file: "pothole.jpg", draw: drawPothole },
  { name: word("photos.rubbish"), file: "rubbish.jpg", draw: drawRubbish },
  { name: word("photos.flood"), file: "flood.jpg", draw: drawFlood },
  { name: word("photos.fallen_tree"), file: "fallen-tree.jpg", draw: drawFallenTree },
  { name: word("photos.card"), file: "sample-card.jpg", draw: drawCard },
];

function drawn(sample, width) {
  const canvas = h("canvas", { width, height: (width * HEIGHT) / WIDTH, "aria-hidden": "true" });
  const context = canvas.getContext("2d");
  context.scale(width / WIDTH, width / WIDTH);
  sample.draw(context);
  return canvas;
}

export const sampleThumbnail = (sample) => drawn(sample, 216);

export async function samplePhoto(sample) {
  const canvas = drawn(sample, WIDTH);
  const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", 0.86));
  return new File([blob], sample.file, { type: "image/jpeg" });
}

function sky(context, top, bottom, horizon) {
  const paint = context.createLinearGradient(0, 0, 0, horizon);
  paint.addColorStop(0, top);
  paint.addColorStop(1, bottom);
  context.fillStyle = paint;
  context.fillRect(0, 0, WIDTH, horizon);
}

function shape(context, colour, ...points) {
  context.fillStyle = colour;
  context.beginPath();
  points.forEach(([x, y]) => context.lineTo(x, y));
  context.closePath();
  context.fill();
}

function oval(context, colour, x, y, across, high, turn = 0) {
  context.fillStyle = colour;
  context.beginPath();
  context.ellipse(x, y, across, high, turn, 0, Math.PI * 2);
  context.fill();
}

function street(context, ground, tar) {
  context.fillStyle = ground;
  context.fillRect(0, 520, WIDTH, 440);
  shape(context, tar, [520, 520], [760, 520], [1230, 960], [50, 960]);
  for (const [y, width, length] of [[560, 8, 40], [640, 14, 70], [770, 22, 120]]) {
    shape(context, "#e9e3cf", [640 - width / 2, y], [640 + width / 2, y], [640 + width, y + length], [640 - width, y + length]);
  }
}

function house(context, x, wall, roof) {
  context.fillStyle = wall;
  context.fillRect(x, 380, 200, 150);
  shape(context, roof, [x - 24, 384], [x + 100, 290], [x + 224, 384]);
  context.fillStyle = "rgba(20, 30, 40, .55)";
  context.fillRect(x + 30, 430, 46, 46);
  context.fillRect(x + 120, 420, 50, 110);
}

function lamp(context, x, colour) {
  context.strokeStyle = colour;
  context.lineWidth = 16;
  context.beginPath();
  context.moveTo(x, 780);
  context.lineTo(x, 190);
  context.quadraticCurveTo(x, 130, x - 130, 150);
  context.stroke();
  oval(context, "#39414d", x - 150, 158, 48, 18, -0.1);
}

function drawDarkStreet(context) {
  sky(context, "#0b1024", "#2b2f55", 530);
  for (let star = 0; star < 60; star++) oval(context, "rgba(255,255,255,.7)", (star * 197) % WIDTH, (star * 83) % 400, 1.8, 1.8);
  oval(context, "#f4efcf", 250, 150, 52, 52);
  street(context, "#101a17", "#191c25");
  house(context, 130, "#252a44", "#171a30");
  house(context, 890, "#2b2a44", "#191830");
  context.fillStyle = "#e9b44c";
  context.fillRect(920, 430, 46, 46);
  lamp(context, 800, "#4a5261");
}

function drawPothole(context) {
  sky(context, "#8fc1e8", "#e6f1f7", 530);
  street(context, "#9aa86f", "#6f7175");
  house(context, 90, "#efe0c2", "#9d4b33");
  house(context, 930, "#dfe7ea", "#3f6a86");
  oval(context, "#55565a", 700, 800, 240, 84, 0.06);
  oval(context, "#3b3836", 700, 806, 206, 66, 0.06);
  oval(context, "#6d5f4d", 690, 822, 150, 38, 0.06);
  oval(context, "#9fb7c2", 720, 830, 92, 20, 0.05);
}

function drawRubbish(context) {
  sky(context, "#a9cfe6", "#f3efe2", 560);
  context.fillStyle = "#c9c3b4";
  context.fillRect(0, 560, WIDTH, 400);
  context.fillStyle = "#e3d3b5";
  context.fillRect(0, 230, WIDTH, 340);
  for (const [x, y, size, colour] of [[330, 470, 96, "#24272c"], [440, 440, 104, "#3a3f46"], [560, 470, 92, "#24272c"], [760, 790, 120, "#2c3036"], [930, 820, 96, "#40454d"], [200, 830, 88, "#2c3036"]]) oval(context, colour, x, y, size, size * 0.8);
  shape(context, "#2f8f5b", [270, 480], [640, 480], [600, 850], [310, 850]);
  context.fillStyle = "#247048";
  context.fillRect(255, 470, 400, 44);
  for (const [x, y, colour] of [[690, 880, "#f3f5f7"], [820, 900, "#e2574c"], [140, 890, "#4d9ad4"], [1040, 880, "#f2c94c"]]) oval(context, colour, x, y, 46, 20, 0.4);
}

function drawFlood(context) {
  sky(context, "#6f7f8f", "#b9c2c9", 530);
  house(context, 160, "#e8dcc3", "#7f4a3a");
  house(context, 560, "#d8e2e6", "#3d5d73");
  house(context, 920, "#efe6d2", "#8a5a33");
  context.fillStyle = "#8a7a5e";
  context.fillRect(0, 500, WIDTH, 460);
  for (let wave = 0; wave < 26; wave++) oval(context, "rgba(230, 222, 200, .35)", (wave * 331) % WIDTH, 530 + ((wave * 61) % 410), 90, 5);
  lamp(context, 1120, "#58606a");
  context.strokeStyle = "rgba(255,255,255,.35)";
  context.lineWidth = 3;
  for (let drop = 0; drop < 90; drop++) { context.beginPath(); context.moveTo((drop * 173) % WIDTH, (drop * 97) % 900); context.lineTo((drop * 173) % WIDTH - 9, (drop * 97) % 900 + 38); context.stroke(); }
}

function drawFallenTree(context) {
  sky(context, "#9cc7e6", "#eef4ee", 530);
  street(context, "#87a35f", "#6b6e73");
  shape(context, "#6b4a2f", [80, 700], [900, 640], [910, 690], [90, 790]);
  for (const [x, y, size, colour] of [[880, 640, 150, "#3f7d3a"], [1010, 700, 140, "#4d9145"], [820, 760, 120, "#57a04d"], [1080, 590, 120, "#3a7436"], [960, 560, 110, "#62ab56"]]) oval(context, colour, x, y, size, size * 0.75);
}

function drawCard(context) {
  context.fillStyle = "#b98f62";
  context.fillRect(0, 0, WIDTH, HEIGHT);
  context.fillStyle = "#dcebf7";
  context.fillRect(160, 180, 960, 600);
  context.fillStyle = "#2f6fa8";
  context.fillRect(160, 180, 960, 96);
  context.fillStyle = "#fff";
  context.font = "700 52px Sarabun";
  context.fillText("เอกสารตัวอย่าง ไม่ใช่ของจริง", 200, 248);
  context.fillStyle = "#c3cfd9";
  context.fillRect(860, 330, 210, 270);
  oval(context, "#8d9ba8", 965, 420, 56, 62);
  oval(context, "#8d9ba8", 965, 590, 92, 90);
  context.fillStyle = "#c3cfd9";
  context.fillRect(860, 600, 210, 90);
  for (const [y, width] of [[350, 520], [430, 420], [510, 580], [590, 360], [670, 460]]) { context.fillStyle = "#8fa7bb"; context.fillRect(210, y, width, 28); }
}
