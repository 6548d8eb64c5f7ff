/** Choosing a place: known places, a pin to drag, arrow keys, or bare coordinates. */

import { button, h, svg } from "./dom.js";
import { icon } from "./icons.js";
import { act } from "./api.js";
import { openSheet } from "./sheet.js";
import { CENTRE, PLACES, addressOf, toDegrees, toMetres } from "./town.js";
import { pinDrawing, townDrawing } from "./townmap.js";
import { word } from "./words.js";

const KEY_STEP_METRES = 20;
const MIN_METRES = 300;
const MAX_METRES = 2600;

/** Resolves to false: a quick reply that opened it stays until a place is really sent. */
export function openPlacePicker(phone) {
  const picker = new PlacePicker();
  openSheet(phone, {
    kind: "page",
    title: word("place.choose"),
    testid: "location-sheet",
    content: (close) => picker.content(() => { close(); phone.attempt(() => act(phone.resident.id, "place", picker.place())); }),
  });
  return false;
}

class PlacePicker {
  constructor() {
    this.metres = 950;
    this.pin = pinDrawing(86);
    this.map = svg("svg", { class: "map picking", role: "application", tabindex: 0, "aria-label": word("place.map") }, townDrawing(), this.pin);
    this.title = h("b", {});
    this.address = h("span", {});
    this.latitude = coordinateInput(word("place.latitude"), "latitude", () => this.typed());
    this.longitude = coordinateInput(word("place.longitude"), "longitude", () => this.typed());
    this.listen();
    this.point = CENTRE;
    this.view = toMetres(CENTRE);
    this.movePin(CENTRE);
    this.paintView();
  }

  content(confirm) {
    const zoom = (factor) => () => { this.metres = Math.min(MAX_METRES, Math.max(MIN_METRES, this.metres * factor)); this.paintView(); };
    return [
      h("div", { class: "place-chips", role: "group", "aria-label": word("place.known") }, PLACES.map((place) =>
        h("button", { type: "button", class: "chip", "data-testid": "location-preset", onclick: () => this.choose(place) }, place.title))),
      h("div", { class: "map-holder" }, this.map,
        h("div", { class: "zoom" }, button(word("place.zoom_in"), { class: "round", onclick: zoom(0.7) }, icon("plus", 20)), button(word("place.zoom_out"), { class: "round", onclick: zoom(1.4) }, "−"))),
      h("div", { class: "place-foot" },
        h("p", { class: "place-said", "aria-live": "polite" }, icon("pin", 22), h("span", {}, this.title, this.address)),
        h("div", { class: "coordinates" }, this.latitude, this.longitude),
        h("button", { type: "button", class: "wide-button", "data-testid": "location-confirm", "data-first": true, onclick: confirm }, word("place.send"))),
    ];
  }

  place() {
    const { latitude, longitude } = this.point;
    return { latitude, longitude, title: this.known?.title, address: addressOf(this.point) || undefined };
  }

  choose(place) {
    this.movePin(toDegrees(place), place);
    this.view = { x: place.x, y: place.y };
    this.paintView();
  }

  typed() {
    const [latitude, longitude] = [this.latitude, this.longitude].map((label) => Number(label.querySelector("input").value));
    if (!(Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180)) return;
    this.movePin({ latitude, longitude }, null, { typing: true });
    this.view = toMetres(this.point);
    this.map.replaceChildren(townDrawing({ around: this.view }), this.pin);
    this.paintView();
  }

  movePin(point, known = null, { typing = false } = {}) {
    Object.assign(this, { point, known });
    const { x, y } = toMetres(point);
    this.pin.setAttribute("transform", `translate(${x} ${y})`);
    this.title.textContent = known?.title ?? word("place.pin");
    this.address.textContent = addressOf(point) || word("place.outside");
    if (typing) return;
    this.latitude.querySelector("input").value = point.latitude;
    this.longitude.querySelector("input").value = point.longitude;
  }

  paintView() {
    const wide = this.metres, tall = wide * 1.15;
    this.map.setAttribute("viewBox", `${this.view.x - wide / 2} ${this.view.y - tall / 2} ${wide} ${tall}`);
    this.map.setAttribute("preserveAspectRatio", "xMidYMid slice");
  }

  /** A tap puts the pin there; dragging the pin moves it, dragging the ground moves the map. */
  listen() {
    let held = null;
    this.map.addEventListener("pointerdown", (event) => {
      this.map.setPointerCapture(event.pointerId);
      held = { pin: this.pin.contains(event.target), from: this.pointUnder(event), moved: false };
    });
    this.map.addEventListener("pointermove", (event) => {
      if (!held) return;
      const now = this.pointUnder(event);
      held.moved ||= Math.hypot(now.x - held.from.x, now.y - held.from.y) > this.metres / 80;
      if (held.pin) this.movePin(toDegrees(now));
      else if (held.moved) { this.view.x += held.from.x - now.x; this.view.y += held.from.y - now.y; this.paintView(); }
    });
    this.map.addEventListener("pointerup", (event) => {
      if (held && !held.pin && !held.moved) this.movePin(toDegrees(this.pointUnder(event)));
      held = null;
    });
    this.map.addEventListener("keydown", (event) => this.pressed(event));
  }

  pressed(event) {
    const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (!step) return;
    event.preventDefault();
    const { x, y } = toMetres(this.point);
    this.movePin(toDegrees({ x: x + step[0] * KEY_STEP_METRES, y: y + step[1] * KEY_STEP_METRES }));
  }

  pointUnder(event) {
    const { x, y } = new DOMPoint(event.clientX, event.clientY).matrixTransform(this.map.getScreenCTM().inverse());
    return { x, y };
  }
}

function coordinateInput(label, name, oninput) {
  return h("label", {}, label, h("input", { type: "number", step: "any", inputmode: "decimal", "data-testid": `location-${name}`, oninput }));
}
