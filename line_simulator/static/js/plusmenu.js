/** What the plus and the microphone offer. */

import { h } from "./dom.js";
import { icon } from "./icons.js";
import { sendFiles } from "./api.js";
import { openPlacePicker } from "./location.js";
import { openPhotoPicker } from "./photos.js";
import { openStickers } from "./stickerpicker.js";
import { openMenu, openSheet } from "./sheet.js";
import { word } from "./words.js";

export function openPlusMenu(phone) {
  const offers = [
    [word("compose.photo"), "photo", "plus-photos", () => openPhotoPicker(phone, {})],
    [word("compose.place"), "pin", "composer-location", () => openPlacePicker(phone)],
    [word("compose.file"), "file", "plus-file", () => phone.dock.composer.file.click()],
    [word("compose.video"), "video", "plus-video", () => offerRecording(phone, "video", "video/mp4")],
    [word("compose.voice_message"), "mic", "plus-voice", () => openVoice(phone)],
    [word("compose.stickers"), "smile", "plus-sticker", () => openStickers(phone)],
  ];
  openSheet(phone, {
    title: word("compose.something_else"),
    content: (close) => h("div", { class: "tiles" }, offers.map(([label, name, testid, act], index) =>
      h("button", { type: "button", class: "tile", "data-first": index === 0, "data-testid": testid, onclick: () => { close(); act(); } },
        h("span", { class: "tile-icon" }, icon(name, 28)), label))),
  });
}

export function openVoice(phone) {
  offerRecording(phone, "audio", "audio/mp4,audio/mpeg,.m4a,.mp3");
}

/** A browser page has no recording of its own: the simulator's canned one, or a file. */
function offerRecording(phone, what, accept) {
  const choose = () => {
    const input = h("input", { type: "file", accept });
    input.addEventListener("change", () => phone.attempt(() => sendFiles(phone.resident.id, what, what, [...input.files])));
    input.click();
  };
  openMenu(phone, word(`compose.send_${what}`), [
    { label: word(`compose.sample_${what}`), icon: what === "audio" ? "mic" : "video", testid: `sample-${what}`, act: () => phone.does(what) },
    { label: word(`compose.own_${what}`), icon: "file", act: choose },
  ]);
}
