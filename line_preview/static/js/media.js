/** Bubbles that hold a picture, an album, a film, a voice or a file. */

import { button, h } from "./dom.js";
import { icon } from "./icons.js";
import { openPicture } from "./sheet.js";
import { duration, fileSize } from "./thai.js";

export function previewOf(message) {
  return message.preview_url ?? message.previewImageUrl ?? message.content_url ?? contentOf(message);
}

function contentOf(message) {
  return message.content_url ?? message.originalContentUrl ?? `/_sim/content/${message.id}`;
}

/** A picture that fails to load says so instead of leaving a hole. */
export function picture(source, alt, props = {}) {
  const image = h("img", { src: source, alt, draggable: "false", ...props });
  image.addEventListener("error", () => image.replaceWith(h("span", { class: "no-picture", role: "img", "aria-label": `${alt || "ภาพ"} (โหลดไม่ได้)` }, icon("photo", 28))), { once: true });
  return image;
}

export function imageBubble(bubble, phone) {
  const whose = bubble.from === "resident" ? "ภาพที่ส่ง" : "ภาพจากบัญชีทางการ";
  return button(`${whose} เปิดดูเต็มจอ`, { class: "photo", onclick: () => openPicture(phone, contentOf(bubble.message), whose) },
    picture(previewOf(bubble.message), whose));
}

/** The pictures of one image set as a grid, in their own order and not in that of arrival. */
export function albumBubble(bubbles, phone) {
  const ordered = [...bubbles].sort((a, b) => a.message.imageSet.index - b.message.imageSet.index);
  const cells = ordered.map((bubble, place) => {
    const name = `ภาพที่ ${place + 1} จาก ${ordered.length}`;
    return button(`${name} เปิดดูเต็มจอ`, { class: "photo", "data-message": bubble.id, onclick: () => openPicture(phone, contentOf(bubble.message), name) },
      picture(previewOf(bubble.message), name));
  });
  return h("div", { class: `album album-${Math.min(cells.length, 9)}`, role: "group", "aria-label": `อัลบั้ม ${cells.length} ภาพ` }, cells);
}

export function videoBubble({ message }) {
  return h("video", { class: "film", controls: true, preload: "none", playsinline: true, poster: message.previewImageUrl, src: contentOf(message), "aria-label": "วิดีโอ" });
}

export function audioBubble({ message }) {
  const sound = h("audio", { src: contentOf(message), preload: "none" });
  const play = button("ฟังเสียง", { class: "round play", onclick: () => (sound.paused ? sound.play().catch(() => {}) : sound.pause()) }, icon("play", 22));
  const bars = [7, 12, 18, 10, 22, 14, 8, 16, 20, 11, 6, 13].map((height) => h("i", { style: { height: `${height}px` } }));
  return h("div", { class: "voice" }, play, h("span", { class: "wave", "aria-hidden": "true" }, bars), h("span", {}, duration(message.duration)), sound);
}

export function fileBubble({ message }) {
  return h("a", { class: "document", href: contentOf(message), target: "_blank", rel: "noopener" },
    h("span", { class: "document-icon" }, icon("file", 26)),
    h("span", { class: "document-words" },
      h("b", {}, message.fileName ?? "ไฟล์"),
      h("small", {}, fileSize(message.fileSize))));
}
