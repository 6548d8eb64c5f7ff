/** One phone in one resident's hand: header, chat, quick replies, dock, and what slides over them. */

import { button, h } from "./dom.js";
import { icon } from "./icons.js";
import { act, getMessages, Refused } from "./api.js";
import { Chat } from "./chat.js";
import { Dock } from "./dock.js";
import { handleAction } from "./actions.js";
import { openBubbleMenu } from "./bubblemenu.js";
import { quickReplies } from "./quickreply.js";
import { friendCard } from "./friendcard.js";
import { residentFace } from "./faces.js";
import { openMenu } from "./sheet.js";
import { clock } from "./thai.js";
import { word } from "./words.js";

const TOAST_MS = 4200;

export class Phone {
  constructor(page, resident) {
    this.page = page;
    this.resident = resident;
    this.chat = new Chat(this);
    this.dock = new Dock(this);
    this.answered = new Set();
    this.quick = h("div", { class: "quick-holder" });
    this.card = h("div", { class: "card-holder" });
    this.toasts = h("div", { class: "toasts", role: "status" });
    this.overlays = h("div", { class: "overlays" });
    this.status = h("span", { class: "status-clock" });
    this.header = h("header", { class: "head" });
    this.inside = h("div", { class: "inside" }, this.header, this.chat.root, this.quick, this.dock.root, this.card);
    this.root = h("section", { class: "phone", "aria-label": word("phone.of", { name: resident.name }), "data-testid": `phone-${resident.name}`, "data-resident": resident.id },
      h("div", { class: "status", "aria-hidden": "true" }, this.status, h("span", { class: "island" }), h("span", { class: "battery" })),
      h("div", { class: "screen" }, this.inside, this.toasts, this.overlays));
    this.update(resident);
  }

  get account() {
    return this.page.state.account;
  }

  async load() {
    this.chat.replaceAll((await getMessages(this.resident.id)).map(worded));
    this.paint();
    this.chat.scrollDown();
  }

  update(resident) {
    this.resident = resident;
    this.root.dataset.friendship = friendship(resident);
    this.dock.update(resident);
    if (resident.blocked) this.chat.stopLoading();
    this.paintHeader();
    this.paint();
  }

  receive(bubble) {
    if (bubble.from === "resident") this.chat.stuck = true;
    this.chat.receive(worded(bubble));
    this.paint();
  }

  paint() {
    this.chat.paint();
    this.paintQuickReplies();
    this.card.replaceChildren(...friendCard(this));
    this.paintClock();
  }

  paintClock() {
    this.status.textContent = clock(this.page.now());
  }

  paintQuickReplies() {
    const { newest } = this.chat;
    const key = newest && isLive(newest) && !this.answered.has(newest.seq) ? newest.seq : "";
    if (this.quickKey === key) return;
    this.quickKey = key;
    this.quick.replaceChildren(...(key ? [quickReplies(newest, this)] : []));
    if (this.chat.stuck) this.chat.scrollDown();
  }

  paintHeader() {
    const { account, resident, page } = this;
    this.header.replaceChildren(
      button(word("phone.choose"), { class: "round only-small", onclick: () => page.openDrawer("side") }, icon("back")),
      h("div", { class: "head-words" },
        h("span", { class: "head-name" }, badge(), h("b", {}, account.displayName)),
        h("small", {}, word("phone.official_id", { id: account.basicId ?? "" }))),
      h("span", { class: "head-you", title: word("phone.you_are", { name: resident.name }) }, residentFace(resident, 28), h("span", { class: "unseen" }, word("phone.you_are", { name: resident.name }))),
      button(word("phone.menu"), { class: "round", "data-testid": "chat-menu", onclick: () => this.openChatMenu() }, icon("more")));
  }

  openChatMenu() {
    const { friend, blocked } = this.resident;
    const choices = [
      { label: word("phone.everybody"), icon: "people", act: () => this.page.openDrawer("side") },
      { label: word("phone.inspector"), icon: "inspect", act: () => this.page.openPanel("inspector") },
      { label: word("phone.faults"), icon: "storm", act: () => this.page.openPanel("faults") },
      { label: word("phone.channel"), icon: "wire", act: () => this.page.openPanel("channel") },
    ];
    if (blocked) choices.push({ label: word("phone.unblock"), icon: "check", testid: "unblock", act: () => this.does("unblock") });
    else if (friend) choices.push({ label: word("phone.block"), icon: "stop", danger: true, testid: "block", act: () => this.does("block") });
    else choices.push({ label: word("phone.add"), icon: "add", act: () => this.does("follow") });
    openMenu(this, word("phone.menu"), choices);
  }

  openBubbleMenu(bubbles) {
    openBubbleMenu(this, bubbles);
  }

  does(what, body) {
    return this.attempt(() => act(this.resident.id, what, body));
  }

  /** Runs something a resident tried; shows the reason when LINE would have refused. */
  async attempt(task) {
    try {
      await task();
      return true;
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      this.toast(error.message, "alert");
      return false;
    }
  }

  tap(action, source) {
    return handleAction(this, action, source);
  }

  startLoading(seconds) {
    this.chat.startLoading(seconds);
  }

  toast(words, kind = "note") {
    const shown = h("p", { class: `toast ${kind}` }, words);
    this.toasts.append(shown);
    setTimeout(() => shown.remove(), TOAST_MS);
  }

  async copy(text) {
    await navigator.clipboard?.writeText(text).catch(() => {});
    this.toast(word("page.copied"));
  }

  /** To where a resident writes, or to the button that a stranger presses first. */
  focusInput() {
    const add = this.card.querySelector("button");
    if (add) return add.focus();
    this.dock.show("keyboard");
    this.dock.composer.focus();
  }

  setInert(inert) {
    this.inside.inert = inert;
  }
}

function friendship({ friend, blocked }) {
  if (blocked) return "blocked";
  return friend ? "friend" : "stranger";
}

/** The simulator says so when LINE would no longer show them; a resident's own words end them as well. */
function isLive(bubble) {
  return bubble.from === "account" && !bubble.unsent && bubble.message.quickReply?.items?.length > 0 && bubble.quick_reply_live === true;
}

/** Notes of the platform itself come with a key, which is put into the page's language. */
function worded(bubble) {
  const { note } = bubble.message;
  return note ? { ...bubble, message: { ...bubble.message, text: word(`note.${note}`) } } : bubble;
}

function badge() {
  return h("span", { class: "badge", role: "img", "aria-label": word("phone.verified") }, icon("check", 11));
}
