/** Listens to the simulator's one event stream from event number `after` on, and says when it was lost and came back. */

const NAMES = ["bubble", "changed", "log", "loading"];

export function listen(after, handlers, { lost, back }) {
  const source = new EventSource(`/_sim/stream?after=${after}`);
  let wasLost = false;
  for (const name of NAMES) {
    source.addEventListener(name, (event) => handlers[name](JSON.parse(event.data)));
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
