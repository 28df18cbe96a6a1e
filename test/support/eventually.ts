import { setTimeout as sleep } from "node:timers/promises";

/**
 * Calls `check` again and again until it neither throws nor answers `false`, and resolves with its answer. Rejects with the
 * last failure when the deadline has passed, so that a test fails with the assertion that never came true. The check always
 * runs at least once.
 */
export async function eventually<T>(
  check: () => T | Promise<T>,
  { timeoutMs = 5000, intervalMs = 20 }: { timeoutMs?: number; intervalMs?: number } = {},
): Promise<T> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    let failure: unknown;
    try {
      const answer = await check();
      if (answer !== false) return answer;
      failure = new Error(`still false after ${timeoutMs} ms: ${String(check)}`);
    } catch (error) {
      failure = error;
    }
    if (performance.now() >= deadline) throw failure;
    await sleep(intervalMs);
  }
}
