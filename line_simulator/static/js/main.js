/** The page: residents, phones and panels around the one state the simulator keeps. */

import { act, addResident, getState, Refused } from "./api.js";
import { Panel } from "./panel.js";
import { Phone } from "./phone.js";
import { Residents } from "./residents.js";
import { listen } from "./stream.js";
import { arrange, h } from "./dom.js";
import { word } from "./words.js";

const CLOCK_MS = 15000;
const SETTLE_MS = 40;
const READ_MS = 600;

class ChatPage {
  constructor(root) {
    this.root = root;
    this.stage = root.querySelector("#phones");
    this.phones = new Map();
    this.unread = new Map();
    this.shown = [];
    this.stale = new Set();
    this.readTimers = new Map();
    this.lost = h("p", { class: "lost", role: "status", hidden: true }, word("page.lost"));
    root.append(this.lost);
    root.querySelector("#veil").addEventListener("click", () => this.closeDrawer());
    root.addEventListener("keydown", (event) => event.key === "Escape" && this.closeDrawer());
  }

  async open() {
    this.take(await getState());
    for (const { id, unread } of this.state.residents) this.unread.set(id, unread ?? 0);
    this.residents = new Residents(this.root.querySelector("#residents"), this);
    this.panel = new Panel(this.root.querySelector("#panel"), this);
    this.panel.open("inspector");
    this.stage.before(this.panel.parts.faults.bar);
    document.querySelector("#skip").addEventListener("click", (event) => this.skip(event));
    listen(this.state.last_event, this.handlers(), { lost: () => { this.lost.hidden = false; }, back: () => this.reconnected() });
    this.select(this.remembered());
    setInterval(() => this.phones.forEach((phone) => phone.paintClock()), CLOCK_MS);
  }

  /** The tab of the browser says, too, that a fault is on. */
  nameTab(isFaulty) {
    document.title = `${isFaulty ? "⚡ " : ""}${this.state.account.displayName} · ${word("page.title")}`;
  }

  skip(event) {
    event.preventDefault();
    this.phones.get(this.shown[0]).focusInput();
  }

  handlers() {
    return {
      bubble: ({ resident, bubble }) => this.receiveBubble(resident, bubble),
      changed: ({ resident }) => this.refreshSoon(resident),
      loading: ({ resident, seconds }) => this.phones.get(resident)?.startLoading(seconds),
      log: (data) => this.panel.receive(data.entry ?? data),
    };
  }

  /** The simulator's clock may be moved, so the page keeps only the difference to its own. */
  take(state) {
    this.state = state;
    this.clockAhead = Number(state.clock ?? Date.now()) - Date.now();
  }

  now() {
    return Date.now() + this.clockAhead;
  }

  residentOf(id) {
    return this.state.residents.find((resident) => resident.id === id);
  }

  remembered() {
    const wanted = decodeURIComponent(location.hash.slice(1));
    const { residents } = this.state;
    return (residents.find(({ name }) => name === wanted) ?? residents[0]).id;
  }

  receiveBubble(id, bubble) {
    this.phones.get(id)?.receive(bubble);
    if (bubble.from !== "account") return;
    if (this.shown.includes(id)) { this.markRead(id); return; }
    this.unread.set(id, (this.unread.get(id) ?? 0) + 1);
    this.residents.paint();
  }

  /** One act of a resident may change several things; they are looked up once. */
  refreshSoon(id) {
    this.stale.add(id);
    clearTimeout(this.refreshTimer);
    this.refreshTimer = setTimeout(() => {
      const ids = [...this.stale];
      this.stale.clear();
      ids.forEach((one) => this.refresh(one));
    }, SETTLE_MS);
  }

  async refresh(id) {
    this.take(await getState());
    for (const resident of this.state.residents) this.phones.get(resident.id)?.update(resident);
    this.residents.paint();
    this.panel.paintState();
    await this.phones.get(id)?.load();
  }

  markRead(id) {
    clearTimeout(this.readTimers.get(id));
    this.readTimers.set(id, setTimeout(() => act(id, "read").catch(() => {}), READ_MS));
  }

  async reconnected() {
    this.lost.hidden = true;
    await this.refresh();
    this.removeUnknownResidents();
    await Promise.all([...this.phones.values()].map((phone) => phone.load()));
    this.panel.reload();
  }

  /** A simulator started anew knows only its first residents. */
  removeUnknownResidents() {
    for (const id of this.phones.keys()) if (!this.residentOf(id)) this.phones.delete(id);
    this.shown = this.shown.filter((id) => this.residentOf(id));
    if (!this.shown.length) this.shown = [this.state.residents[0].id];
    this.paintStage();
  }

  /** One phone is on the stage, or two: then the newly chosen takes the place of the older. */
  select(id) {
    if (!this.shown.includes(id)) this.shown = this.isTwo ? [this.shown[1], id].filter(Boolean) : [id];
    this.closeDrawer();
    this.paintStage();
  }

  get isTwo() {
    return this.root.dataset.view === "two";
  }

  toggleTwo() {
    this.root.dataset.view = this.isTwo ? "one" : "two";
    const other = this.state.residents.find(({ id }) => !this.shown.includes(id));
    this.shown = this.isTwo && other ? [...this.shown, other.id] : this.shown.slice(0, 1);
    this.paintStage();
  }

  paintStage() {
    for (const id of this.shown) {
      if (this.unread.get(id)) this.markRead(id);
      this.unread.set(id, 0);
    }
    arrange(this.stage, this.shown.map((id) => this.phoneOf(id).root));
    this.shown.forEach((id) => { this.phones.get(id).chat.stuck = true; this.phones.get(id).paint(); });
    history.replaceState(null, "", `#${encodeURIComponent(this.residentOf(this.shown[0]).name)}`);
    this.residents.paint();
  }

  phoneOf(id) {
    if (!this.phones.has(id)) {
      const phone = new Phone(this, this.residentOf(id));
      this.phones.set(id, phone);
      phone.load();
    }
    return this.phones.get(id);
  }

  async addResident(name) {
    try {
      const { id } = await addResident(name);
      await this.refresh();
      this.select(id);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      this.phones.get(this.shown[0]).toast(error.message, "alert");
    }
  }

  openDrawer(name) {
    this.root.dataset.drawer = name;
  }

  openPanel(name) {
    this.panel.open(name);
    this.root.dataset.panel = "open";
    this.openDrawer("panel");
  }

  closeDrawer() {
    this.root.dataset.drawer = "";
  }
}

new ChatPage(document.querySelector("#desk")).open();
