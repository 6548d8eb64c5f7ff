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

// A browser shows dates in the order and the era of its own language, which need not be Thai.
const day = new Intl.DateTimeFormat("th-TH-u-ca-buddhist", { weekday: "long", day: "numeric", month: "short", timeZone: "UTC" });
for (const said of document.querySelectorAll("[data-words-of]")) {
  const field = document.getElementById(said.dataset.wordsOf);
  field.addEventListener("input", () => {
    const at = new Date(`${field.value}Z`);
    if (Number.isNaN(at.getTime())) return void (said.textContent = "");
    const part = Object.fromEntries(day.formatToParts(at).map(({ type, value }) => [type, value]));
    const time = field.value.slice(11, 16).replace(":", ".");
    said.textContent = `${part.weekday} ${part.day} ${part.month} ${at.getUTCFullYear() + 543} เวลา ${time} น.`;
  });
}

for (const field of document.querySelectorAll("[data-sends-itself]")) {
  const button = field.parentElement.querySelector("button");
  field.addEventListener("change", () => field.files.length && field.form.requestSubmit(button));
}
