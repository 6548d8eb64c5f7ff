// Phrases fill the text; a pressed button shows that it was pressed (the server makes sure it acts once).
for (const box of document.querySelectorAll(".phrases")) box.hidden = false;

for (const button of document.querySelectorAll("[data-phrase-for]")) {
  button.addEventListener("click", () => {
    const area = document.getElementById(button.dataset.phraseFor);
    const before = area.value.trimEnd();
    area.value = before ? `${before}\n${button.textContent}` : button.textContent;
    area.dispatchEvent(new Event("input", { bubbles: true }));
    area.focus();
  });
}

for (const form of document.querySelectorAll("form[data-once]")) {
  form.addEventListener("submit", () => {
    const button = form.querySelector("button[type=submit]");
    setTimeout(() => button.setAttribute("disabled", ""), 0);
  });
}

// The page may come back from the browser's memory with its buttons still off.
addEventListener("pageshow", () => {
  for (const button of document.querySelectorAll("form[data-once] button[disabled]")) {
    button.removeAttribute("disabled");
  }
});

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}
