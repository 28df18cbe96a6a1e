import { openSync, readSync } from "node:fs";

/** For how long the event loop of this process answered nobody, ms. */
export interface LoopDelays {
  /** The longest by the clock: with it counts that another program had the processor. */
  readonly longestMs: number;
  /** The longest that the thread of the event loop itself worked without a break: the lesser of the time by the clock and of the processor's. */
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
  let spent = cpuMs();
  const timer = setInterval(() => {
    const now = performance.now();
    longest = Math.max(longest, now - at);
    worked.push(Math.min(now - at, cpuMs() - spent));
    at = performance.now();
    spent = cpuMs();
  }, everyMs);
  return () => {
    clearInterval(timer);
    worked.sort((a, b) => a - b);
    const workedP99Ms = worked[Math.floor(worked.length * 0.99)] ?? 0;
    return { longestMs: longest, workedMs: worked.at(-1) ?? 0, workedP99Ms };
  };
}

/**
 * What this thread has had of a processor, ms. That of the whole process counts its helpers, too, which collect garbage and compile: on a busy machine they spin
 * while this thread waits, 60 to 200 ms at a stretch of which 20 to 35 were its own. Only Linux tells of one thread.
 */
function threadClock(): () => number {
  const bytes = Buffer.alloc(64);
  let file: number;
  try {
    file = openSync("/proc/thread-self/schedstat", "r");
  } catch {
    return () => {
      const { user, system } = process.cpuUsage();
      return (user + system) / 1000;
    };
  }
  return () => {
    readSync(file, bytes, 0, bytes.length, 0);
    return Number(bytes.toString("latin1", 0, bytes.indexOf(" "))) / 1e6;
  };
}

const cpuMs = threadClock();
