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
  const pen = canvas.getContext("2d");
  pen.scale(width / WIDTH, width / WIDTH);
  sample.draw(pen);
  return canvas;
}

export const sampleThumbnail = (sample) => drawn(sample, 216);

export async function samplePhoto(sample) {
  const canvas = drawn(sample, WIDTH);
  const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", 0.86));
  return new File([blob], sample.file, { type: "image/jpeg" });
}

function sky(pen, top, bottom, horizon) {
  const paint = pen.createLinearGradient(0, 0, 0, horizon);
  paint.addColorStop(0, top);
  paint.addColorStop(1, bottom);
  pen.fillStyle = paint;
  pen.fillRect(0, 0, WIDTH, horizon);
}

function shape(pen, colour, ...points) {
  pen.fillStyle = colour;
  pen.beginPath();
  points.forEach(([x, y]) => pen.lineTo(x, y));
  pen.closePath();
  pen.fill();
}

function oval(pen, colour, x, y, across, high, turn = 0) {
  pen.fillStyle = colour;
  pen.beginPath();
  pen.ellipse(x, y, across, high, turn, 0, Math.PI * 2);
  pen.fill();
}

function street(pen, ground, tar) {
  pen.fillStyle = ground;
  pen.fillRect(0, 520, WIDTH, 440);
  shape(pen, tar, [520, 520], [760, 520], [1230, 960], [50, 960]);
  for (const [y, width, length] of [[560, 8, 40], [640, 14, 70], [770, 22, 120]]) {
    shape(pen, "#e9e3cf", [640 - width / 2, y], [640 + width / 2, y], [640 + width, y + length], [640 - width, y + length]);
  }
}

function house(pen, x, wall, roof) {
  pen.fillStyle = wall;
  pen.fillRect(x, 380, 200, 150);
  shape(pen, roof, [x - 24, 384], [x + 100, 290], [x + 224, 384]);
  pen.fillStyle = "rgba(20, 30, 40, .55)";
  pen.fillRect(x + 30, 430, 46, 46);
  pen.fillRect(x + 120, 420, 50, 110);
}

function lamp(pen, x, colour) {
  pen.strokeStyle = colour;
  pen.lineWidth = 16;
  pen.beginPath();
  pen.moveTo(x, 780);
  pen.lineTo(x, 190);
  pen.quadraticCurveTo(x, 130, x - 130, 150);
  pen.stroke();
  oval(pen, "#39414d", x - 150, 158, 48, 18, -0.1);
}

function drawDarkStreet(pen) {
  sky(pen, "#0b1024", "#2b2f55", 530);
  for (let star = 0; star < 60; star++) oval(pen, "rgba(255,255,255,.7)", (star * 197) % WIDTH, (star * 83) % 400, 1.8, 1.8);
  oval(pen, "#f4efcf", 250, 150, 52, 52);
  street(pen, "#101a17", "#191c25");
  house(pen, 130, "#252a44", "#171a30");
  house(pen, 890, "#2b2a44", "#191830");
  pen.fillStyle = "#e9b44c";
  pen.fillRect(920, 430, 46, 46);
  lamp(pen, 800, "#4a5261");
}

function drawPothole(pen) {
  sky(pen, "#8fc1e8", "#e6f1f7", 530);
  street(pen, "#9aa86f", "#6f7175");
  house(pen, 90, "#efe0c2", "#9d4b33");
  house(pen, 930, "#dfe7ea", "#3f6a86");
  oval(pen, "#55565a", 700, 800, 240, 84, 0.06);
  oval(pen, "#3b3836", 700, 806, 206, 66, 0.06);
  oval(pen, "#6d5f4d", 690, 822, 150, 38, 0.06);
  oval(pen, "#9fb7c2", 720, 830, 92, 20, 0.05);
}

function drawRubbish(pen) {
  sky(pen, "#a9cfe6", "#f3efe2", 560);
  pen.fillStyle = "#c9c3b4";
  pen.fillRect(0, 560, WIDTH, 400);
  pen.fillStyle = "#e3d3b5";
  pen.fillRect(0, 230, WIDTH, 340);
  for (const [x, y, size, colour] of [[330, 470, 96, "#24272c"], [440, 440, 104, "#3a3f46"], [560, 470, 92, "#24272c"], [760, 790, 120, "#2c3036"], [930, 820, 96, "#40454d"], [200, 830, 88, "#2c3036"]]) oval(pen, colour, x, y, size, size * 0.8);
  shape(pen, "#2f8f5b", [270, 480], [640, 480], [600, 850], [310, 850]);
  pen.fillStyle = "#247048";
  pen.fillRect(255, 470, 400, 44);
  for (const [x, y, colour] of [[690, 880, "#f3f5f7"], [820, 900, "#e2574c"], [140, 890, "#4d9ad4"], [1040, 880, "#f2c94c"]]) oval(pen, colour, x, y, 46, 20, 0.4);
}

function drawFlood(pen) {
  sky(pen, "#6f7f8f", "#b9c2c9", 530);
  house(pen, 160, "#e8dcc3", "#7f4a3a");
  house(pen, 560, "#d8e2e6", "#3d5d73");
  house(pen, 920, "#efe6d2", "#8a5a33");
  pen.fillStyle = "#8a7a5e";
  pen.fillRect(0, 500, WIDTH, 460);
  for (let wave = 0; wave < 26; wave++) oval(pen, "rgba(230, 222, 200, .35)", (wave * 331) % WIDTH, 530 + ((wave * 61) % 410), 90, 5);
  lamp(pen, 1120, "#58606a");
  pen.strokeStyle = "rgba(255,255,255,.35)";
  pen.lineWidth = 3;
  for (let drop = 0; drop < 90; drop++) { pen.beginPath(); pen.moveTo((drop * 173) % WIDTH, (drop * 97) % 900); pen.lineTo((drop * 173) % WIDTH - 9, (drop * 97) % 900 + 38); pen.stroke(); }
}

function drawFallenTree(pen) {
  sky(pen, "#9cc7e6", "#eef4ee", 530);
  street(pen, "#87a35f", "#6b6e73");
  shape(pen, "#6b4a2f", [80, 700], [900, 640], [910, 690], [90, 790]);
  for (const [x, y, size, colour] of [[880, 640, 150, "#3f7d3a"], [1010, 700, 140, "#4d9145"], [820, 760, 120, "#57a04d"], [1080, 590, 120, "#3a7436"], [960, 560, 110, "#62ab56"]]) oval(pen, colour, x, y, size, size * 0.75);
}

function drawCard(pen) {
  pen.fillStyle = "#b98f62";
  pen.fillRect(0, 0, WIDTH, HEIGHT);
  pen.fillStyle = "#dcebf7";
  pen.fillRect(160, 180, 960, 600);
  pen.fillStyle = "#2f6fa8";
  pen.fillRect(160, 180, 960, 96);
  pen.fillStyle = "#fff";
  pen.font = "700 52px Sarabun";
  pen.fillText("เอกสารตัวอย่าง ไม่ใช่ของจริง", 200, 248);
  pen.fillStyle = "#c3cfd9";
  pen.fillRect(860, 330, 210, 270);
  oval(pen, "#8d9ba8", 965, 420, 56, 62);
  oval(pen, "#8d9ba8", 965, 590, 92, 90);
  pen.fillStyle = "#c3cfd9";
  pen.fillRect(860, 600, 210, 90);
  for (const [y, width] of [[350, 520], [430, 420], [510, 580], [590, 360], [670, 460]]) { pen.fillStyle = "#8fa7bb"; pen.fillRect(210, y, width, 28); }
}
