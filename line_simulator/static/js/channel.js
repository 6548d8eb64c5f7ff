/** What an account owner types into LINE's console: webhook address, message quota, and a raw webhook for rehearsals. */

import { h } from "./dom.js";
import { Refused, sendRaw, setQuota, setWebhook, verifyWebhook } from "./api.js";
import { jsonView } from "./json.js";
import { word } from "./words.js";

export class ChannelForm {
  constructor(page) {
    this.page = page;
    this.url = field(word("channel.url"), { type: "url", "data-testid": "webhook-url", required: true });
    this.limit = field(word("channel.limit"), { type: "number", min: "0", "data-testid": "quota-limit" });
    this.used = field(word("channel.used"), { type: "number", min: "0", "data-testid": "quota-used" });
    this.raw = h("textarea", { class: "field", rows: "6", spellcheck: "false", "aria-label": word("channel.raw"), "data-testid": "raw-body", placeholder: '{"destination": "U…", "events": []}' });
    this.said = h("div", { class: "form-said", role: "status", "data-testid": "channel-said" });
    this.root = h("div", { class: "form-part" }, this.said, this.webhookForm(), this.quotaForm(), this.rawForm());
    this.paint();
  }

  webhookForm() {
    return form(word("channel.webhook"), word("channel.save"), () => this.send(() => setWebhook(this.value(this.url))), this.url.root,
      h("button", { type: "button", class: "side-button", "data-testid": "webhook-verify", onclick: () => this.send(verifyWebhook) }, word("channel.verify")));
  }

  quotaForm() {
    const quota = () => ({ limit: numberOrNull(this.value(this.limit)), used: Number(this.value(this.used) || 0) });
    return form(word("channel.quota"), word("channel.save"), () => this.send(() => setQuota(quota())), this.limit.root, this.used.root);
  }

  rawForm() {
    return form(word("channel.send_raw"), word("channel.sign_and_send"), () => this.send(() => sendRaw(this.raw.value)), this.raw);
  }

  value({ input }) {
    return input.value.trim();
  }

  async send(task) {
    try {
      const answer = await task();
      this.said.replaceChildren(h("p", {}, word("channel.done")), jsonView(answer, word("channel.answer")));
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      this.said.replaceChildren(h("p", { class: "refused" }, error.message));
    }
    await this.page.refresh();
  }

  paint() {
    const { account, quota = {} } = this.page.state;
    for (const [{ input }, value] of [[this.url, account.webhook_url], [this.limit, quota.limit], [this.used, quota.used]]) {
      if (document.activeElement !== input) input.value = value ?? "";
    }
  }
}

function numberOrNull(text) {
  return text === "" ? null : Number(text);
}

function field(label, props) {
  const input = h("input", { class: "field", ...props });
  return { input, root: h("label", { class: "labelled" }, label, input) };
}

function form(title, submit, act, ...fields) {
  return h("form", { class: "channel-form", onsubmit: (event) => { event.preventDefault(); act(); } },
    h("h2", {}, title), fields, h("button", { type: "submit", class: "side-button solid" }, submit));
}
