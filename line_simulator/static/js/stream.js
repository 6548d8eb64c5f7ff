/** Listens to the simulator's one event stream, and says when it was lost and came back. */

const NAMES = ["bubble", "changed", "log", "loading"];

export function listen(hear, { lost, back }) {
  const source = new EventSource("/_sim/stream");
  let wasLost = false;
  for (const name of NAMES) {
    source.addEventListener(name, (event) => hear[name](JSON.parse(event.data)));
  }
  source.addEventListener("error", () => {
    wasLost = true;
    lost();
  });
  source.addEventListener("open", () => {
    if (wasLost) back();
    wasLost = false;
  });
  return source;
}
