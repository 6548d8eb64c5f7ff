// Keeps what was typed and not yet sent, in this tab only, until it is sent or the officer signs out.
const PREFIX = "draft-";

const done = document.querySelector("[data-done]");
if (done && done.dataset.done) {
  sessionStorage.removeItem(`${PREFIX}${done.dataset.case}-${done.dataset.done}`);
  history.replaceState(null, "", location.pathname);
}

for (const area of document.querySelectorAll("textarea[data-draft]")) {
  const key = PREFIX + area.dataset.draft;
  const kept = sessionStorage.getItem(key);
  if (kept && !area.value) {
    area.value = kept;
    const box = area.closest("details");
    if (box) box.open = true;
  }
  area.addEventListener("input", () => {
    if (area.value) sessionStorage.setItem(key, area.value);
    else sessionStorage.removeItem(key);
  });
}

for (const form of document.querySelectorAll("form[data-forget-drafts]")) {
  form.addEventListener("submit", () => sessionStorage.clear());
}

const account = document.querySelector("details.account");
if (account) {
  document.addEventListener("click", (event) => {
    if (!account.contains(event.target)) account.open = false;
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") account.open = false;
  });
}
