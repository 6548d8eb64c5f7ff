/** What a resident can do with a message already sent. */

import { openMenu } from "./sheet.js";
import { act } from "./api.js";
import { word } from "./words.js";

export function openBubbleMenu(phone, bubbles) {
  const { message } = bubbles[0];
  const choices = [];
  if (message.type === "text") choices.push({ label: word("compose.copy"), icon: "copy", act: () => phone.copy(message.text) });
  choices.push({ label: word("compose.unsend"), icon: "undo", danger: true, testid: "unsend", act: () => unsend(phone, bubbles) });
  openMenu(phone, word("compose.message_options"), choices);
}

function unsend(phone, bubbles) {
  for (const bubble of bubbles) phone.attempt(() => act(phone.resident.id, "unsend", { message_id: bubble.id }));
}
