/** For how long the event loop of this process answered nobody, ms. */
export interface LoopDelays {
  /** The longest by the clock: with it counts that another program had the processor. */
  readonly longestMs: number;
  /** The longest that this process itself worked without a break: the lesser of the time by the clock and of the processor's. */
  readonly workedMs: number;
  /** The same, all but a hundredth of the turns. */
  readonly workedP99Ms: number;
}

const everyMs = 1;

/** Watches until the answer is called. On a busy machine `monitorEventLoopDelay` alone mostly tells of the other programs. */
export function watchLoop(): () => LoopDelays {
  const worked: number[] = [];
  let longest = 0;
  let at = performance.now();
  let spent = process.cpuUsage();
  const timer = setInterval(() => {
    const now = performance.now();
    const { user, system } = process.cpuUsage(spent);
    longest = Math.max(longest, now - at);
    worked.push(Math.min(now - at, (user + system) / 1000));
    at = now;
    spent = process.cpuUsage();
  }, everyMs);
  return () => {
    clearInterval(timer);
    worked.sort((a, b) => a - b);
    const workedP99Ms = worked[Math.floor(worked.length * 0.99)] ?? 0;
    return { longestMs: longest, workedMs: worked.at(-1) ?? 0, workedP99Ms };
  };
}
