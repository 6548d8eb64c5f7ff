/** What a resident can do with a message already sent. */

import { openMenu } from "./sheet.js";
import { act } from "./api.js";

export function openBubbleMenu(phone, bubbles) {
  const { message } = bubbles[0];
  const choices = [];
  if (message.type === "text") choices.push({ label: "คัดลอก", icon: "copy", act: () => phone.copy(message.text) });
  choices.push({ label: "ยกเลิกการส่ง", icon: "undo", danger: true, testid: "unsend", act: () => unsend(phone, bubbles) });
  openMenu(phone, "ตัวเลือกของข้อความ", choices);
}

function unsend(phone, bubbles) {
  for (const bubble of bubbles) phone.attempt(() => act(phone.resident.id, "unsend", { message_id: bubble.id }));
}
