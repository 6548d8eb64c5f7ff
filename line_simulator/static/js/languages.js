/** The switch between the languages of the page. */

import { h } from "./dom.js";
import { word } from "./words.js";

const LANGUAGES = [["th", "ไทย"], ["en", "English"]];

/** Loads the page again in the chosen language; the hash of the address keeps the resident. */
export function languageSwitch() {
  return h("div", { class: "chips", role: "group", "aria-label": word("page.language") },
    LANGUAGES.map(([code, name]) => h("button", {
      type: "button",
      class: "chip",
      lang: code,
      "aria-pressed": String(document.documentElement.lang === code),
      "data-testid": `language-${code}`,
      onclick: () => location.assign(`?lang=${code}${location.hash}`),
    }, name)));
}
