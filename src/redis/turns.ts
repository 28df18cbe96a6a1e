/** Work between two rests: short beside the 25 ms for which nothing may keep the event loop, as one step may take some of them. */
const turnMs = 8;

/** A function that lets everybody else have their turn when it was not done for a while. Call it after every step of a long loop. */
export function turns(): () => Promise<void> {
  let since = performance.now();
  return async () => {
    if (performance.now() - since < turnMs) return;
    await nextTurn();
    since = performance.now();
  };
}

let lastTurn: Promise<void> = Promise.resolve();

/**
 * Everybody else has their turn first; of those who wait here one goes on in each turn of the event loop. Call it before work on a long reply: libuv
 * hands out what a socket has received in up to 32 portions of 64 kB without a look at anything else, so that reply after reply would be worked on in
 * one go when the server is quicker than we are (up to 3000 jobs, measured; now 500).
 */
export function nextTurn(): Promise<void> {
  lastTurn = lastTurn.then(() => new Promise((resolve) => setImmediate(resolve)));
  return lastTurn;
}
