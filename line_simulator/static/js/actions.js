/** What happens when a resident taps something the account sent: LINE's action objects. */

import { h } from "./dom.js";
import { icon } from "./icons.js";
import { openDatePicker } from "./datepicker.js";
import { openPlacePicker } from "./location.js";
import { openPhotoPicker } from "./photos.js";
import { openSheet } from "./sheet.js";
import { word } from "./words.js";

/** Resolves to true when the tap did something (and quick replies may go away). */
const HANDLERS = {
  message: (phone, action) => phone.does("tap", { action }),
  postback: tapPostback,
  richmenuswitch: (phone, action) => phone.does("tap", { action }),
  datetimepicker: (phone, action) => openDatePicker(phone, action, (params) => phone.does("tap", { action, params })),
  uri: (phone, action) => openAddress(phone, action.uri ?? action.linkUri),
  clipboard: (phone, action) => phone.copy(action.clipboardText),
  camera: (phone) => openPhotoPicker(phone, { camera: true }),
  cameraRoll: (phone) => openPhotoPicker(phone, {}),
  location: (phone) => openPlacePicker(phone),
};

export function handleAction(phone, action) {
  const handle = HANDLERS[action?.type];
  if (!handle) return phone.toast(word("tap.nothing", { type: action?.type }));
  return handle(phone, action);
}

/** `inputOption` and `fillInText` are done by the phone, the event itself by the platform. */
async function tapPostback(phone, action) {
  const done = await phone.does("tap", { action });
  if (done && action.inputOption) phone.dock.follow(action.inputOption, action.fillInText);
  return done;
}

/** LINE's own addresses (docs "Using LINE features with the LINE URL scheme") open the phone's pickers. */
function openAddress(phone, uri) {
  const line = uri.match(/^(?:https:\/\/line\.me\/R|line:\/)\/nv\/([a-z]+)/i);
  if (line) return openLineFeature(phone, line[1].toLowerCase());
  if (/^tel:/i.test(uri)) return offerCall(phone, uri.slice(4));
  if (/^https?:\/\//i.test(uri)) return window.open(uri, "_blank", "noopener");
  return phone.toast(word("tap.opens", { uri }));
}

function openLineFeature(phone, feature) {
  if (feature === "location") return openPlacePicker(phone);
  if (feature === "camera") return openPhotoPicker(phone, { camera: true });
  if (feature === "cameraroll") return openPhotoPicker(phone, {});
  return phone.toast(word("tap.line_page", { feature }));
}

function offerCall(phone, number) {
  openSheet(phone, {
    title: word("tap.call"),
    testid: "call-sheet",
    content: (close) => h("div", { class: "call" },
      h("span", { class: "call-face" }, icon("phone", 34)),
      h("p", { class: "call-number" }, word("tap.call_number", { number })),
      h("p", { class: "soft" }, word("tap.would_call")),
      h("button", { type: "button", class: "wide-button", "data-first": true, onclick: close }, word("page.ok"))),
  });
}
