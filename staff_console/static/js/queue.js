// The queue tells of new cases by itself, and can be worked through from the keyboard.
const EVERY = 20_000;
const news = document.getElementById("news");
const title = document.title;

async function ask() {
  if (document.hidden) return;
  let told;
  try {
    const answer = await fetch(news.dataset.address, { headers: { Accept: "application/json" }, redirect: "error" });
    if (!answer.ok) return;
    told = await answer.json();
  } catch {
    return; // Offline or signed out: the next page the officer opens says so.
  }
  for (const badge of document.querySelectorAll("[data-count]")) {
    const count = told.counts[badge.dataset.count];
    if (count !== undefined) badge.textContent = count > 999 ? "999+" : String(count);
  }
  const fresh = told.newest > Number(news.dataset.newest);
  news.firstElementChild.hidden = !fresh;
  document.title = fresh ? `● ${title}` : title;
}

setInterval(ask, EVERY);
document.addEventListener("visibilitychange", ask);

const rows = [...document.querySelectorAll("#queue .row-link")];
const filters = document.querySelector("details.more-filters");
if (filters && matchMedia("(min-width: 64rem)").matches) filters.open = true;

function typing(target) {
  return target.closest("input, select, textarea, [contenteditable]");
}

function step(by) {
  const at = rows.indexOf(document.activeElement);
  const next = rows[Math.min(Math.max(at + by, 0), rows.length - 1)];
  if (next) next.focus();
}

document.addEventListener("keydown", (event) => {
  if (typing(event.target) || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "j") step(1);
  if (event.key === "k") step(-1);
  if (event.key === "/") {
    event.preventDefault();
    document.getElementById("number").focus();
  }
});
