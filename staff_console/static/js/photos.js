// Photos open large on this page; arrow keys turn over. Without this file they open as links.
const links = [...document.querySelectorAll("a[data-photo]")];

function build() {
  const dialog = document.createElement("dialog");
  dialog.className = "lightbox";
  dialog.setAttribute("aria-label", "รูป");
  const image = document.createElement("img");
  const bar = document.createElement("div");
  bar.className = "lightbox-bar";
  const [before, count, after, close] = ["‹", "", "›", "ปิด"].map((text) => {
    const part = document.createElement(text === "" ? "span" : "button");
    if (text) part.type = "button";
    part.textContent = text;
    bar.append(part);
    return part;
  });
  before.setAttribute("aria-label", "รูปก่อนหน้า");
  after.setAttribute("aria-label", "รูปถัดไป");
  dialog.append(image, bar);
  document.body.append(dialog);
  return { dialog, image, before, count, after, close };
}

if (links.length) {
  const parts = build();
  let at = 0;
  const show = (index) => {
    at = (index + links.length) % links.length;
    parts.image.src = links[at].href;
    parts.image.alt = `รูปที่ ${at + 1}`;
    parts.count.textContent = `${at + 1} / ${links.length}`;
    parts.before.hidden = parts.after.hidden = links.length < 2;
  };
  links.forEach((link, index) => {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      show(index);
      parts.dialog.showModal();
    });
  });
  parts.image.addEventListener("error", () => {
    parts.image.alt = "รูปนี้เสียหายหรือเปิดไม่ได้ กรุณาแจ้งผู้ดูแลระบบ";
  });
  parts.before.addEventListener("click", () => show(at - 1));
  parts.after.addEventListener("click", () => show(at + 1));
  parts.close.addEventListener("click", () => parts.dialog.close());
  parts.dialog.addEventListener("click", (event) => {
    if (event.target === parts.dialog) parts.dialog.close();
  });
  parts.dialog.addEventListener("keydown", (event) => {
    if (event.key === "ArrowLeft") show(at - 1);
    if (event.key === "ArrowRight") show(at + 1);
  });
}
