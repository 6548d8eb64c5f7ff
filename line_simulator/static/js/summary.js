/** One line that says what a webhook or an API call was about. */

import { word } from "./words.js";

const MAX_LENGTH = 46;

export function summary(entry) {
  return entry.direction === "webhook" ? ofWebhook(entry.request) : ofCall(entry);
}

function ofWebhook(body) {
  const events = body?.events ?? [];
  if (!events.length) return word("log.verify");
  const words = events.map(ofEvent).join(", ");
  return events.some((event) => event.deliveryContext?.isRedelivery) ? word("log.redelivered", { events: words }) : words;
}

function ofEvent({ type, message, postback }) {
  if (type === "message") return message.type === "text" ? word("log.text", { text: short(message.text) }) : `message: ${message.type}`;
  if (type === "postback") return `postback “${short(postback.data)}”`;
  return type;
}

function ofCall({ path, request }) {
  const messages = request?.messages;
  const verb = path.match(/\/v2\/bot\/(.+?)(?:\?|$)/)?.[1] ?? path;
  if (!Array.isArray(messages)) return verb.replace(/U[0-9a-f]{32}/, "U…");
  return `${verb.replace("message/", "")}: ${messages.map(ofMessage).join(" + ")}`;
}

function ofMessage({ type, text, altText }) {
  return text || altText ? `${type} “${short(text ?? altText)}”` : type;
}

function short(text) {
  const flat = String(text ?? "").replace(/\s+/g, " ");
  return flat.length > MAX_LENGTH ? `${flat.slice(0, MAX_LENGTH)}…` : flat;
}
