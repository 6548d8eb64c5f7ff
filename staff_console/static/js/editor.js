// Counts as LINE counts while somebody types, and sends a chosen file at once. The server counts and checks again.
const graphemes = "Segmenter" in Intl ? new Intl.Segmenter("th", { granularity: "grapheme" }) : null;

/** Labels count in characters as people see them, texts in UTF-16 units (Messaging API, "Text character count"). */
function count(text, unit) {
  if (unit === "units" || !graphemes) return text.length;
  return [...graphemes.segment(text)].length;
}

for (const field of document.querySelectorAll("[data-most]")) {
  const shown = document.querySelector(`#${CSS.escape(field.id)}-hint [data-counter]`);
  const most = Number(field.dataset.most);
  const look = () => {
    const long = count(field.value.trim(), field.dataset.unit);
    shown.textContent = `${long.toLocaleString("en")} จาก ${most.toLocaleString("en")} ตัวอักษร`;
    shown.classList.toggle("too-long", long > most);
  };
  field.addEventListener("input", look);
  look();
}

for (const field of document.querySelectorAll("[data-sends-itself]")) {
  const button = field.parentElement.querySelector("button");
  field.addEventListener("change", () => field.files.length && field.form.requestSubmit(button));
}
