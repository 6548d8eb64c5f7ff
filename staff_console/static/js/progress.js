// How a broadcast or a job goes on, asked again until it is over; then the whole page is shown anew.
const EVERY = 3000;
const box = document.querySelector("[data-progress]");

async function ask() {
  if (document.hidden) return;
  let told;
  try {
    const answer = await fetch(box.dataset.progress, { headers: { Accept: "application/json" }, redirect: "error" });
    if (!answer.ok) return;
    told = await answer.json();
  } catch {
    return; // Offline or signed out: the next page says so.
  }
  let changed = told.stage !== box.dataset.stage;
  for (const part of box.querySelectorAll("[data-part]")) {
    const now = told.parts[part.dataset.part];
    if (!now) continue;
    changed ||= now.state !== part.dataset.state || (now.phase ?? "") !== (part.dataset.phase ?? "");
    const bar = part.querySelector("progress"); // A job that is over has none.
    if (bar) bar.value = now.percent;
    for (const name of ["told", "left", "done", "total"]) {
      const shown = part.querySelector(`[data-${name}]`);
      if (shown) shown.textContent = now[name].toLocaleString("en");
    }
  }
  // Somebody may be typing why: what they typed is worth more than a new page.
  const typing = [...document.querySelectorAll("textarea")].some((area) => area.value);
  if (changed && !typing) location.reload();
}

if (box && box.querySelector("[data-state=waiting], [data-state=sending], [data-state=running]")) setInterval(ask, EVERY);
