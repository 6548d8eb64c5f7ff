/** What covers the chat of someone who is not a friend of the account, or has blocked it. */

import { h } from "./dom.js";
import { icon } from "./icons.js";
import { accountFace } from "./faces.js";
import { languageSwitch } from "./languages.js";
import { word } from "./words.js";

const OFFERS = [
  ["camera", word("phone.offer_report")],
  ["search", word("phone.offer_track")],
  ["smile", word("phone.offer_news")],
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
    h("p", { class: "friend-id" }, word("phone.official"), h("span", { "aria-hidden": "true" }, " · "), account.basicId ?? ""),
    h("button", { type: "button", class: "friend-add", "data-testid": "follow", onclick: () => phone.does("follow") }, icon("add", 22), word("phone.add")),
    h("ul", { class: "friend-offers" }, OFFERS.map(([name, words]) => h("li", {}, icon(name, 22), words))),
    h("p", { class: "friend-small" }, word("phone.not_line")),
    h("div", { class: "only-small" }, languageSwitch()));
}

function blockedBar(phone) {
  return h("div", { class: "blocked-bar", role: "group", "aria-label": word("phone.is_blocked") },
    h("p", {}, word("phone.blocked")),
    h("button", { type: "button", class: "pill-button", "data-testid": "unblock", onclick: () => phone.does("unblock") }, word("phone.unblock")));
}
