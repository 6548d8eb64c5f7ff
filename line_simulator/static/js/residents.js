/** The column of residents: whose phone is on the stage, who has unread messages, and a form for one more. */

import { button, h } from "./dom.js";
import { icon } from "./icons.js";
import { accountFace, residentFace } from "./faces.js";

export class Residents {
  constructor(root, desk) {
    this.root = root;
    this.desk = desk;
    this.list = h("ul", { class: "resident-list" });
    this.name = h("input", { class: "field", id: "new-resident", maxlength: "20", autocomplete: "off", placeholder: "เช่น มาลี", "data-testid": "resident-new-name" });
    this.title = h("p", { class: "side-title" });
    this.two = button("วางโทรศัพท์สองเครื่องคู่กัน", { class: "side-button only-wide", "aria-pressed": "false", "data-testid": "two-phones", onclick: () => desk.toggleTwo() }, icon("two", 20), "สองเครื่องคู่กัน");
    root.replaceChildren(
      h("div", { class: "side-head" }, this.title, button("ปิด", { class: "round only-small", onclick: () => desk.closeDrawer() }, icon("close", 20))),
      h("h2", { class: "side-label" }, "สวมบทบาทเป็น"), this.list, this.form(),
      h("h2", { class: "side-label" }, "มุมมอง"),
      h("div", { class: "side-tools" }, this.two, ...this.panelButtons()),
      h("p", { class: "side-note" }, "โปรแกรมจำลองแพลตฟอร์ม LINE ทำงานในเครื่องนี้ ไม่ได้เชื่อมต่อกับ LINE จริง"));
  }

  panelButtons() {
    return [["inspector", "เบื้องหลัง", "inspect"], ["faults", "ความขัดข้อง", "storm"], ["channel", "ช่องทาง", "wire"]].map(([panel, label, name]) =>
      h("button", { type: "button", class: "side-button", "data-testid": `open-${panel}`, onclick: () => this.desk.openPanel(panel) }, icon(name, 20), label));
  }

  form() {
    return h("form", { class: "side-form", onsubmit: (event) => this.submitted(event) },
      h("label", { for: "new-resident", class: "unseen" }, "ชื่อผู้อยู่อาศัยคนใหม่"), this.name,
      h("button", { type: "submit", class: "round solid", "aria-label": "เพิ่มผู้อยู่อาศัย", "data-testid": "resident-add" }, icon("plus", 20)));
  }

  async submitted(event) {
    event.preventDefault();
    const name = this.name.value.trim();
    if (!name) return this.name.focus();
    this.name.value = "";
    await this.desk.addResident(name);
  }

  paint() {
    const { account, residents } = this.desk.state;
    this.title.replaceChildren(accountFace(account, 44), h("span", {}, h("b", {}, account.displayName), h("small", {}, "ห้องแชตจำลอง")));
    this.list.replaceChildren(...residents.map((resident) => h("li", {}, this.tab(resident))));
    this.two.setAttribute("aria-pressed", String(this.desk.isTwo));
    this.two.hidden = residents.length < 2;
  }

  tab(resident) {
    const shown = this.desk.shown.includes(resident.id);
    const unread = shown ? 0 : this.desk.unread.get(resident.id) ?? 0;
    return h("button", {
      type: "button",
      class: "resident",
      "aria-current": shown ? "true" : "false",
      "data-testid": `resident-${resident.name}`,
      onclick: () => this.desk.select(resident.id),
    }, residentFace(resident, 40),
    h("span", { class: "resident-words" }, h("b", {}, resident.name), h("small", {}, standing(resident))),
    unread > 0 && h("span", { class: "unread", "aria-label": `ยังไม่ได้อ่าน ${unread} ข้อความ`, role: "img" }, String(unread)));
  }
}

function standing({ friend, blocked }) {
  if (blocked) return "บล็อกบัญชีอยู่";
  return friend ? "เป็นเพื่อนแล้ว" : "ยังไม่ได้เพิ่มเพื่อน";
}
