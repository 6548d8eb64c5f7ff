/** Every request this page makes to the simulator; a refusal becomes a `Refused` with its reason. */

import { word } from "./words.js";

export class Refused extends Error {}

async function request(path, options = {}) {
  let response;
  try {
    response = await fetch(`/_sim/${path}`, options);
  } catch {
    throw new Refused(word("page.no_connection"));
  }
  const body = await response.json().catch(() => ({}));
  if (!response.ok) throw new Refused(body.error || word("page.answered", { status: response.status }));
  return body;
}

function post(path, body = {}) {
  return request(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
}

export const getState = () => request("state");
export const getFaults = () => request("faults");
export const getLog = (after = 0) => request(`log?after=${after}`).then((body) => body.entries);
export const getMessages = (resident, after = 0) =>
  request(`residents/${resident}/messages?after=${after}`).then((body) => body.messages);

export const addResident = (name) => post("residents", { name });
export const setFaults = (values) => post("faults", values);
export const setWebhook = (url) => post("webhook", { url });
export const verifyWebhook = () => post("webhook/verify");
export const setQuota = (quota) => post("quota", quota);
export const sendRaw = (body) =>
  request("raw", { method: "POST", headers: { "Content-Type": "application/json" }, body });

/** Something a resident does: follow, block, say, place, sticker, unsend, tap and so on. */
export const act = (resident, what, body) => post(`residents/${resident}/${what}`, body);

export function sendFiles(resident, what, field, files) {
  const form = new FormData();
  for (const file of files) form.append(field, file, file.name);
  return request(`residents/${resident}/${what}`, { method: "POST", body: form });
}
