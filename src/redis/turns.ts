/** Work between two rests: short beside the 25 ms for which nothing may keep the event loop, as one step may take some of them. */
const turnMs = 8;

/** A function that lets everybody else have their turn when it was not done for a while. Call it after every step of a long loop. */
export function turns(): () => Promise<void> {
  let since = performance.now();
  return async () => {
    if (performance.now() - since < turnMs) return;
    await new Promise((resolve) => setImmediate(resolve));
    since = performance.now();
  };
}
