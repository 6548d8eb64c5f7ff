/** The words of this page in its language: the page carries the table, line_simulator/words/LANGUAGE.json. */

const TABLE = JSON.parse(document.querySelector("#words").textContent);

/** Returns the words of a key such as "panel.close", with the values in the places of {names}. */
export function word(key, values = {}) {
  const [section, name] = key.split(".");
  return TABLE[section][name].replace(/\{(\w+)\}/g, (_, place) => String(values[place]));
}
