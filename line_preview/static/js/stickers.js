/** A few stickers of our own, drawn for this page; any other sticker becomes a plain one with its number. */

import { drawing, h } from "./dom.js";

export const PACKAGE = "446";

const STICKERS = [
  { id: "1988", name: "สวัสดี", eyes: "open", mouth: "smile", extra: "wave", colour: "#0b6b3a" },
  { id: "1989", name: "ขอบคุณ", eyes: "happy", mouth: "smile", extra: "hands", colour: "#8a4b00" },
  { id: "1990", name: "โอเค", eyes: "wink", mouth: "grin", extra: "thumb", colour: "#1f5fa8" },
  { id: "1991", name: "รอแป๊บ", eyes: "side", mouth: "flat", extra: "clock", colour: "#5b3fa0" },
  { id: "1992", name: "เศร้าจัง", eyes: "sad", mouth: "frown", extra: "tears", colour: "#3a5a78" },
  { id: "1993", name: "ตกใจ!", eyes: "wide", mouth: "round", extra: "marks", colour: "#b3261e" },
  { id: "1994", name: "รักเลย", eyes: "heart", mouth: "grin", extra: "hearts", colour: "#b3205a" },
  { id: "1995", name: "ฝันดี", eyes: "closed", mouth: "small", extra: "moon", colour: "#2b3a7a" },
];

export const stickerSet = () => STICKERS;

const EYES = {
  open: '<circle cx="68" cy="86" r="5.5"/><circle cx="108" cy="86" r="5.5"/><circle cx="70" cy="84" r="1.8" fill="#fff"/><circle cx="110" cy="84" r="1.8" fill="#fff"/>',
  happy: '<path d="M60 88q8-10 16 0M100 88q8-10 16 0" class="l"/>',
  wink: '<circle cx="68" cy="86" r="5.5"/><path d="M100 87q8-7 16 0" class="l"/>',
  side: '<circle cx="72" cy="85" r="5.5"/><circle cx="112" cy="85" r="5.5"/>',
  sad: '<circle cx="68" cy="89" r="5"/><circle cx="108" cy="89" r="5"/><path d="M58 79l14-5M118 79l-14-5" class="l"/>',
  wide: '<circle cx="68" cy="84" r="10" fill="#fff"/><circle cx="108" cy="84" r="10" fill="#fff"/><circle cx="68" cy="84" r="4"/><circle cx="108" cy="84" r="4"/>',
  heart: '<path d="M68 94c-14-9-9-18-4-16 2 1 4 4 4 4s2-3 4-4c5-2 10 7-4 16zM108 94c-14-9-9-18-4-16 2 1 4 4 4 4s2-3 4-4c5-2 10 7-4 16z" fill="#e0245e"/>',
  closed: '<path d="M60 86q8 7 16 0M100 86q8 7 16 0" class="l"/>',
};
const MOUTHS = {
  smile: '<path d="M74 116q-10 8-16-2" class="l"/>',
  grin: '<path d="M76 114q-10 14-20-2z" fill="#8c2b3a"/>',
  flat: '<path d="M60 116h14" class="l"/>',
  frown: '<path d="M60 120q7-8 15 0" class="l"/>',
  round: '<ellipse cx="66" cy="118" rx="6" ry="8" fill="#8c2b3a"/>',
  small: '<path d="M62 115q5 4 10 0" class="l"/>',
};
const EXTRAS = {
  wave: '<path d="M146 66q10-10 18-6M150 76q10-4 18 2" class="l"/><ellipse cx="140" cy="84" rx="12" ry="9" fill="#aebbd0" transform="rotate(-40 140 84)"/>',
  hands: '<path d="M82 150l6-24 6 24z" fill="#aebbd0" stroke="#33415c" stroke-width="3" stroke-linejoin="round"/>',
  thumb: '<path d="M138 120v-22q0-7 7-7v-14q6-3 8 4v12h10q5 3 2 9l-4 18z" fill="#f7c873" stroke="#33415c" stroke-width="3" stroke-linejoin="round"/>',
  clock: '<circle cx="148" cy="62" r="17" fill="#fff" stroke="#33415c" stroke-width="3.5"/><path d="M148 52v11l8 4" class="l"/>',
  tears: '<path d="M64 98q-6 12 0 15 6-3 0-15zM112 98q-6 12 0 15 6-3 0-15z" fill="#4aa3e0"/>',
  marks: '<path d="M146 40l-4 20M158 48l-10 16M136 36l0 22" class="l" stroke="#b3261e"/>',
  hearts: '<path d="M148 66c-16-11-10-22-4-19 3 1 4 5 4 5s2-4 4-5c6-3 12 8-4 19zM34 58c-11-8-7-15-3-13 2 1 3 3 3 3s1-2 3-3c4-2 8 5-3 13z" fill="#e0245e"/>',
  moon: '<path d="M152 34a17 17 0 1 0 12 27 14 14 0 0 1-12-27z" fill="#f2c94c"/><path d="M120 34h10l-10 12h10M108 52h7l-7 8h7" class="l"/>',
};

function elephant({ name, eyes, mouth, extra, colour }) {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 180 190" font-family="Sarabun" text-anchor="middle">
<g stroke="#33415c" stroke-width="3.5" stroke-linejoin="round"><ellipse cx="36" cy="92" rx="26" ry="34" fill="#aebbd0"/><ellipse cx="140" cy="92" rx="26" ry="34" fill="#aebbd0"/>
<path d="M88 42c32 0 48 22 48 50s-18 52-48 52-48-24-48-52 16-50 48-50z" fill="#c6d1e2"/><path d="M80 96c-2 22-2 40 10 44 10 3 14-6 10-12 8 2 16-6 8-16-2-6-2-12-3-16z" fill="#b8c5d9"/></g>
<ellipse cx="36" cy="94" rx="13" ry="20" fill="#f0b8c4"/><ellipse cx="140" cy="94" rx="13" ry="20" fill="#f0b8c4"/>
<path d="M82 43q2-13 8-15M90 43q4-9 10-9" fill="none" stroke="#33415c" stroke-width="3" stroke-linecap="round"/>
<circle cx="56" cy="104" r="8" fill="#f3a6b5" opacity=".75"/><circle cx="120" cy="104" r="8" fill="#f3a6b5" opacity=".75"/>
<g fill="#26324a">${lines(EYES[eyes])}</g>${lines(MOUTHS[mouth])}${lines(EXTRAS[extra])}
<text x="90" y="178" font-size="29" font-weight="700" fill="${colour}" stroke="#fff" stroke-width="7" stroke-linejoin="round" paint-order="stroke">${name}</text></svg>`;
}

/** "l" marks a drawn line: rounded, unfilled. */
function lines(source) {
  return source.replaceAll('class="l" stroke=', 'fill="none" stroke-width="4" stroke-linecap="round" stroke=')
    .replaceAll('class="l"', 'fill="none" stroke="#26324a" stroke-width="4" stroke-linecap="round"');
}

function unknownSticker(stickerId) {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 180 190" font-family="Sarabun" text-anchor="middle">
<rect x="14" y="10" width="152" height="152" rx="40" fill="#fff6d8" stroke="#c99a1c" stroke-width="4"/>
<circle cx="66" cy="78" r="8" fill="#4a3a0a"/><circle cx="114" cy="78" r="8" fill="#4a3a0a"/><path d="M58 104q32 34 64 0" fill="none" stroke="#4a3a0a" stroke-width="7" stroke-linecap="round"/>
<text x="90" y="184" font-size="17" fill="#26324a">${String(stickerId).replace(/\D/g, "")}</text></svg>`;
}

export function stickerDrawing(sticker) {
  return drawing(elephant(sticker));
}

export function stickerBubble({ message }) {
  const known = message.packageId === PACKAGE && STICKERS.find((sticker) => sticker.id === message.stickerId);
  const shown = known ? stickerDrawing(known) : drawing(unknownSticker(message.stickerId));
  const name = known ? known.name : message.keywords?.[0] ?? `หมายเลข ${message.stickerId}`;
  return h("span", { class: "sticker", role: "img", "aria-label": `สติกเกอร์ ${name}` }, shown);
}
