/** What the plus and the microphone offer. */

import { h } from "./dom.js";
import { icon } from "./icons.js";
import { sendFiles } from "./api.js";
import { openPlacePicker } from "./location.js";
import { openPhotoPicker } from "./photos.js";
import { openStickers } from "./stickerpicker.js";
import { openMenu, openSheet } from "./sheet.js";

export function openPlusMenu(phone) {
  const offers = [
    ["ภาพถ่าย", "photo", "plus-photos", () => openPhotoPicker(phone, {})],
    ["ตำแหน่งที่ตั้ง", "pin", "composer-location", () => openPlacePicker(phone)],
    ["ไฟล์", "file", "plus-file", () => phone.dock.composer.file.click()],
    ["วิดีโอ", "video", "plus-video", () => offerRecording(phone, "video", "วิดีโอ", "video/mp4")],
    ["ข้อความเสียง", "mic", "plus-voice", () => openVoice(phone)],
    ["สติกเกอร์", "smile", "plus-sticker", () => openStickers(phone)],
  ];
  openSheet(phone, {
    title: "ส่งอย่างอื่น",
    content: (close) => h("div", { class: "tiles" }, offers.map(([label, name, testid, act], index) =>
      h("button", { type: "button", class: "tile", "data-first": index === 0, "data-testid": testid, onclick: () => { close(); act(); } },
        h("span", { class: "tile-icon" }, icon(name, 28)), label))),
  });
}

export function openVoice(phone) {
  offerRecording(phone, "audio", "เสียง", "audio/mp4,audio/mpeg,.m4a,.mp3");
}

/** A browser page has no recording of its own: the simulator's canned one, or a file. */
function offerRecording(phone, what, label, accept) {
  const choose = () => {
    const input = h("input", { type: "file", accept });
    input.addEventListener("change", () => phone.attempt(() => sendFiles(phone.resident.id, what, what, [...input.files])));
    input.click();
  };
  openMenu(phone, `ส่ง${label}`, [
    { label: `ส่ง${label}ตัวอย่าง`, icon: what === "audio" ? "mic" : "video", testid: `sample-${what}`, act: () => phone.does(what) },
    { label: `เลือกไฟล์${label}จากเครื่อง`, icon: "file", act: choose },
  ]);
}
