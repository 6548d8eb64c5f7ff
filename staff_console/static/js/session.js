// Hides the page when the session has ended, and shows it again, with all that was typed, after a sign-in elsewhere.
const IDLE_SECONDS = 30 * 60;
const TYPING_COUNTS_EVERY = 5 * 60 * 1000;

const { who, session } = document.body.dataset;
const panel = document.getElementById("session-end");
let timer = 0;
let toldAt = Date.now();
let typed = false;

function askAgainIn(seconds) {
  clearTimeout(timer);
  timer = setTimeout(() => ask(), (seconds + 2) * 1000);
}

// A redirect leads to the sign-in: the session is over. Without either answer nothing is known and nothing changes.
async function ask(typing = "") {
  try {
    const answer = await fetch(session + typing, { redirect: "manual", cache: "no-store" });
    if (answer.ok) goOn(await answer.json());
    else if (answer.type === "opaqueredirect") hide();
    else askAgainIn(60);
  } catch {
    askAgainIn(60);
  }
}

function goOn(now) {
  if (String(now.who) !== who) {
    location.reload();
    return;
  }
  for (const field of document.querySelectorAll("input[name=csrf_token]")) field.value = now.token;
  document.body.classList.remove("session-over");
  panel.hidden = true;
  askAgainIn(now.seconds);
}

function hide() {
  document.body.classList.add("session-over");
  panel.hidden = false;
  panel.querySelector("[data-typed]").hidden = !typed;
  const link = panel.querySelector("a");
  if (typed) link.target = "_blank";
  else link.search = new URLSearchParams({ why: "idle", next: location.pathname + location.search });
}

document.addEventListener("input", () => {
  typed = true;
  if (Date.now() - toldAt < TYPING_COUNTS_EVERY) return;
  toldAt = Date.now();
  ask("?typing=1");
});
document.addEventListener("visibilitychange", () => {
  if (!document.hidden) ask();
});
askAgainIn(IDLE_SECONDS);
