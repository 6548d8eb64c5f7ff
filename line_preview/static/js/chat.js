/** The list of messages of one resident: order, days, albums, and where it is scrolled to. */

import { arrange, button, h } from "./dom.js";
import { icon } from "./icons.js";
import { bubbleRow } from "./bubble.js";
import { accountFace } from "./faces.js";
import { dayKey, shortDay } from "./thai.js";

const NEAR_BOTTOM_PX = 90;

export class Chat {
  constructor(phone) {
    this.phone = phone;
    this.bubbles = new Map();
    this.rows = new Map();
    this.days = new Map();
    this.list = h("div", { class: "messages", role: "log", "aria-live": "polite", "aria-label": "ข้อความ", tabindex: "0", "data-testid": "messages" });
    this.jump = button("ไปที่ข้อความล่าสุด", { class: "round jump", hidden: true, onclick: () => this.scrollDown(true) }, icon("down", 22));
    this.root = h("div", { class: "chat" }, this.list, this.jump);
    this.list.addEventListener("scroll", () => this.showJump(), { passive: true });
    this.list.addEventListener("load", () => this.stuck && this.scrollDown(), true);
    new ResizeObserver(() => this.stuck && this.scrollDown()).observe(this.list);
    this.stuck = true;
  }

  get newest() {
    return this.ordered().filter((bubble) => bubble.from !== "system").pop();
  }

  ordered() {
    return [...this.bubbles.values()].sort((a, b) => a.seq - b.seq);
  }

  /** Keeps the object we already drew when nothing to see has changed, so that its row stays as it is. */
  receive(bubble) {
    const known = this.bubbles.get(bubble.seq);
    if (known && visible(known) === visible(bubble)) {
      known.quick_reply_live = bubble.quick_reply_live;
      return;
    }
    this.bubbles.set(bubble.seq, bubble);
    if (bubble.from === "account" && !known) this.stopLoading();
  }

  replaceAll(bubbles) {
    const kept = new Set(bubbles.map((bubble) => bubble.seq));
    for (const seq of this.bubbles.keys()) if (!kept.has(seq)) this.bubbles.delete(seq);
    bubbles.forEach((bubble) => this.receive(bubble));
  }

  paint() {
    const nodes = [];
    let day = "", before = null;
    for (const item of albums(this.ordered())) {
      const [bubble] = item.bubbles;
      const today = dayKey(bubble.at);
      if (today !== day) nodes.push(this.daySeparator(today, bubble.at));
      const row = this.rowOf(item);
      row.classList.toggle("opens", today !== day || before?.from !== bubble.from || before?.unsent || speaker(before) !== speaker(bubble));
      nodes.push(row);
      [day, before] = [today, bubble];
    }
    if (this.loading) nodes.push(this.loading);
    arrange(this.list, nodes);
    if (this.stuck) this.scrollDown();
    this.showJump();
  }

  rowOf(item) {
    const drawn = this.rows.get(item.key);
    if (drawn && sameBubbles(drawn.bubbles, item.bubbles)) return drawn.row;
    const row = bubbleRow(item, this.phone);
    this.rows.set(item.key, { row, bubbles: item.bubbles });
    return row;
  }

  daySeparator(key, at) {
    if (!this.days.has(key)) this.days.set(key, h("div", { class: "day" }, h("span", {}, shortDay(at))));
    return this.days.get(key);
  }

  /** LINE shows the loading animation until the account says something, or the seconds are over. */
  startLoading(seconds) {
    this.stopLoading();
    this.loading = h("div", { class: "row account opens loading", "data-testid": "loading" },
      h("span", { class: "avatar" }, accountFace(this.phone.account, 36)),
      h("div", { class: "bubble filled typing", role: "img", "aria-label": "กำลังเตรียมคำตอบ" }, h("i"), h("i"), h("i")));
    this.loadingTimer = setTimeout(() => { this.stopLoading(); this.paint(); }, seconds * 1000);
    this.paint();
  }

  stopLoading() {
    clearTimeout(this.loadingTimer);
    this.loading = null;
  }

  scrollDown(smooth = false) {
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.list.scrollTo({ top: this.list.scrollHeight, behavior: smooth && !calm ? "smooth" : "instant" });
  }

  showJump() {
    const below = this.list.scrollHeight - this.list.scrollTop - this.list.clientHeight;
    this.stuck = below < NEAR_BOTTOM_PX;
    this.jump.hidden = this.stuck;
  }
}

/** Whether the resident has read it shows on the account's phone only. */
function visible(bubble) {
  return JSON.stringify({ ...bubble, quick_reply_live: null, read: bubble.from === "resident" && bubble.read });
}

function speaker(bubble) {
  return bubble?.sender?.name ?? bubble?.message?.sender?.name ?? "";
}

function sameBubbles(some, others) {
  return some.length === others.length && some.every((bubble, index) => bubble === others[index]);
}

/** Pictures of one image set become one item, at the place where the first of them arrived. */
function albums(bubbles) {
  const items = [];
  const sets = new Map();
  for (const bubble of bubbles) {
    const set = !bubble.unsent && bubble.message.imageSet?.total > 1 ? bubble.message.imageSet.id : null;
    if (set && sets.has(set)) { sets.get(set).bubbles.push(bubble); continue; }
    const item = { key: bubble.seq, bubbles: [bubble] };
    if (set) sets.set(set, item);
    items.push(item);
  }
  return items;
}
