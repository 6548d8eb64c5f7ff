// Picking cases for one message: its bar comes with the first tick, says how many, and picks all of the page at once.
const boxes = [...document.querySelectorAll("input[name=case][form=tell-many]")];
const told = document.getElementById("picked");
const all = document.getElementById("pick-all");
const bar = document.getElementById("tell-many");
const send = document.querySelector("#tell-many button[type=submit]");
const note = document.getElementById("tell-note");

function count() {
  const picked = boxes.filter((box) => box.checked).length;
  told.textContent = picked ? `เลือกแล้ว ${picked} เรื่อง` : "ยังไม่ได้เลือกเรื่อง";
  all.textContent = picked === boxes.length ? "ไม่เลือกเลย" : "เลือกทั้งหน้านี้";
  send.disabled = !picked;
  // Words that were typed stay in sight, whatever is ticked.
  bar.hidden = !picked && !note.value;
}

if (boxes.length && send) {
  all.hidden = false;
  all.addEventListener("click", () => {
    const some = boxes.some((box) => !box.checked);
    for (const box of boxes) box.checked = some;
    count();
  });
  for (const box of boxes) box.addEventListener("change", count);
  addEventListener("pageshow", count);
  count();
}
