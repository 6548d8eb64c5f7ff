// A phone that shows what residents will see, drawn by the modules and stylesheets of line_preview; inside a shadow, so
// that neither stylesheet touches the other.
const STYLES = ["tokens", "base", "phone", "chat", "media", "flex", "templates", "sheets", "pickers"];
const OWN = ["js/chat.js", "js/dom.js", "js/icons.js", "js/thai.js"];
const WAIT_MS = 500;

class Preview {
  constructor(box, modules) {
    const [{ Chat }, { h }, { icon }, thai] = modules;
    Object.assign(this, { box, h, icon, thai, account: JSON.parse(box.dataset.account) });
    this.overlays = h("div", { class: "overlays" });
    this.toasts = h("div", { class: "toasts", role: "status" });
    this.chat = new Chat(this);
    // A reader begins at the top, and nobody wants every letter they type read out to them.
    this.chat.scrollDown = (asked) => asked && Chat.prototype.scrollDown.call(this.chat, true);
    this.chat.list.setAttribute("aria-live", "off");
    this.inside = h("div", { class: "inside" }, this.header(), this.chat.root);
    this.clock = h("span", {});
    const links = STYLES.map((name) => h("link", { rel: "stylesheet", href: `${box.dataset.folder}css/${name}.css` }));
    const phone = h("section", { class: "phone", "aria-label": "ตัวอย่างบนโทรศัพท์", "data-testid": "preview" },
      h("div", { class: "status", "aria-hidden": "true" }, this.clock, h("span", { class: "island" }), h("span", { class: "battery" })),
      h("div", { class: "screen" }, this.inside, this.toasts, this.overlays));
    box.attachShadow({ mode: "open" }).append(...links, phone);
    // Nobody should see it before it is dressed.
    phone.hidden = true;
    Promise.all(links.map(isOver)).then(() => { phone.hidden = false; });
  }

  header() {
    const { h, account } = this;
    return h("div", { class: "head" }, h("div", { class: "head-words" },
      h("span", { class: "head-name" }, h("span", { class: "badge", role: "img", "aria-label": "บัญชีทางการ" }, this.icon("check", 11)), h("b", {}, account.displayName)),
      h("small", {}, `บัญชีทางการ · ${account.basicId}`)));
  }

  show({ messages, closing, at, ends, ending, empty }) {
    const bubbles = messages.map((message, n) => this.bubble(message, at + n, n + 1));
    if (!bubbles.length) bubbles.push(this.note(empty, at, 49));
    if (closing.length) {
      const later = ends ?? at;
      bubbles.push(this.note(ending, later, 50));
      bubbles.push(...closing.map((message, n) => this.bubble(message, later + n, 51 + n)));
    }
    this.clock.textContent = this.thai.clock(at);
    this.chat.replaceAll(bubbles);
    this.chat.paint();
  }

  note(text, at, seq) {
    return { ...this.bubble({ type: "text", text }, at, seq), from: "system" };
  }

  bubble(message, at, seq) {
    return { id: String(seq), seq, from: "account", at, message };
  }

  // What the pictures and buttons of a bubble ask of a phone.
  tap(action) {
    const said = this.h("p", { class: "toast note" }, whereTo(action));
    this.toasts.replaceChildren(said);
    setTimeout(() => said.remove(), 4000);
  }

  setInert(inert) {
    this.inside.inert = inert;
  }
}

/** Resolves when a stylesheet came, or will not come. */
function isOver(link) {
  return new Promise((done) => { link.onload = link.onerror = done; });
}

function whereTo({ type, uri, label }) {
  if (type !== "uri") return `กด “${label}” แล้วระบบตอบในแชต`;
  return uri.startsWith("tel:") ? `โทร ${uri.slice(4)}` : `เปิด ${uri}`;
}

/** Keeps the preview and the figures beside what is being typed. One question is under way at a time. */
function follow(preview, form) {
  let timer = 0, asking = false, changed = false;
  const ask = async () => {
    changed = asking;
    if (asking) return;
    asking = true;
    const told = await drawnBy(preview.box.dataset.address, form);
    asking = false;
    if (changed) return ask();
    if (!told) return;
    preview.show(told);
    showFigures(told);
  };
  form.addEventListener("input", ({ target }) => {
    if (target.type === "file") return; // Files are not sent along.
    clearTimeout(timer);
    timer = setTimeout(ask, WAIT_MS);
  });
  form.addEventListener("submit", () => clearTimeout(timer));
  // Somebody may have begun to type while the drawing was still being loaded.
  if ([...form.elements].some(isTouched)) ask();
}

/** Returns what the server draws of the form; undefined offline or signed out: the next button says so. */
async function drawnBy(address, form) {
  const fields = new FormData(form);
  for (const [name, value] of [...fields]) if (value instanceof File) fields.delete(name);
  try {
    const answer = await fetch(address, { method: "POST", body: fields, headers: { Accept: "application/json" }, redirect: "error" });
    return answer.ok ? await answer.json() : undefined;
  } catch {
    return undefined;
  }
}

function isTouched(field) {
  return field.type !== "file" && "defaultValue" in field && (field.value !== field.defaultValue || field.checked !== field.defaultChecked);
}

function showFigures({ figures, warning }) {
  const list = document.querySelector("[data-figures]");
  if (!list) return;
  list.replaceChildren(...figures.map(([label, value]) => {
    const row = document.createElement("div");
    for (const [tag, text] of [["dt", label], ["dd", value]]) row.append(Object.assign(document.createElement(tag), { textContent: text }));
    return row;
  }));
  const said = document.querySelector("[data-figures-warning]");
  said.textContent = warning;
  said.hidden = !warning;
}

for (const box of document.querySelectorAll("[data-phone]")) {
  Promise.all(OWN.map((name) => import(box.dataset.folder + name))).then((modules) => {
    const preview = new Preview(box, modules);
    preview.show(JSON.parse(box.dataset.shown));
    if (box.dataset.form) follow(preview, document.getElementById(box.dataset.form));
  });
}
