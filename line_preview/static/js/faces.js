/** The round pictures: the account's emblem and a resident's initial. */

import { drawing, h } from "./dom.js";

const EMBLEM = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 48 48" aria-hidden="true">
<rect width="48" height="48" fill="#0c5c46"/><circle cx="24" cy="24" r="19" fill="none" stroke="#f2c94c" stroke-width="1.6"/>
<path d="M24 9l3 5 9 5-2 3H14l-2-3 9-5z" fill="#f2c94c"/><path d="M15 24h3.5v10H15zm7.2 0h3.6v10h-3.6zm7.3 0H33v10h-3.5z" fill="#fff"/>
<path d="M12.5 35.5h23V38h-23z" fill="#f2c94c"/></svg>`;

export function accountFace(account, size, iconUrl) {
  const source = iconUrl ?? account.pictureUrl;
  const face = h("span", { class: "face", style: { width: `${size}px`, height: `${size}px` } });
  face.append(source ? h("img", { src: source, alt: "" }) : drawing(EMBLEM));
  return face;
}

const FACE_COLOURS = ["#8a3b6b", "#2f5d9c", "#7a5200", "#2d6a4f", "#6a4bb0", "#a03c2e"];

export function residentFace(resident, size) {
  const colour = resident.color ?? FACE_COLOURS[resident.id.charCodeAt(5) % FACE_COLOURS.length];
  return h("span", {
    class: "face initial",
    "aria-hidden": "true",
    style: { width: `${size}px`, height: `${size}px`, background: colour, color: readableOn(colour), fontSize: `${size * 0.44}px` },
  }, firstLetter(resident.name));
}

/** A vowel written before its consonant (เ แ โ ใ ไ) cannot stand alone for a name. */
function firstLetter(name) {
  return name.replace(/^[เแโใไ]/, "").charAt(0) || "?";
}

function readableOn(colour) {
  const [red, green, blue] = [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));
  return red * 0.299 + green * 0.587 + blue * 0.114 > 140 ? "#111" : "#fff";
}
