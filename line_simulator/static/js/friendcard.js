/** What covers the chat of someone who is not a friend of the account, or has blocked it. */

import { h } from "./dom.js";
import { icon } from "./icons.js";
import { accountFace } from "./faces.js";

const OFFERS = [
  ["camera", "แจ้งเรื่องด้วยภาพและตำแหน่ง"],
  ["search", "ติดตามผลได้ทุกเมื่อ"],
  ["smile", "รับข่าวจากเทศบาลในแชต"],
];

export function friendCard(phone) {
  const { friend, blocked } = phone.resident;
  if (blocked) return [blockedBar(phone)];
  return friend ? [] : [addFriendCard(phone)];
}

function addFriendCard(phone) {
  const { account } = phone;
  return h("div", { class: "friend-card" },
    h("div", { class: "friend-cover", "aria-hidden": "true" }),
    h("span", { class: "friend-face" }, accountFace(account, 104)),
    h("h2", {}, account.displayName),
    h("p", { class: "friend-id" }, "บัญชีทางการ", h("span", { "aria-hidden": "true" }, " · "), account.basicId ?? ""),
    h("button", { type: "button", class: "friend-add", "data-testid": "follow", onclick: () => phone.does("follow") }, icon("add", 22), "เพิ่มเพื่อน"),
    h("ul", { class: "friend-offers" }, OFFERS.map(([name, words]) => h("li", {}, icon(name, 22), words))),
    h("p", { class: "friend-small" }, "หน้านี้เป็นโปรแกรมจำลอง ไม่ได้เชื่อมต่อกับ LINE จริง"));
}

function blockedBar(phone) {
  return h("div", { class: "blocked-bar", role: "group", "aria-label": "บล็อกอยู่" },
    h("p", {}, "คุณบล็อกบัญชีนี้อยู่ จะไม่ได้รับข้อความใด ๆ"),
    h("button", { type: "button", class: "pill-button", "data-testid": "unblock", onclick: () => phone.does("unblock") }, "ปลดบล็อก"));
}
