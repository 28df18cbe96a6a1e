import { setTimeout as sleep } from "node:timers/promises";

/**
 * Calls `check` again and again until it neither throws nor answers `false`, and resolves with its answer. Rejects with the
 * last failure when the deadline has passed, so that a test fails with the assertion that never came true. The check always
 * runs at least once. The time that it waits by itself is for a machine that is busy with others (VS Code on one was seen to take seven seconds for what takes
 * half of one); a mistake alone waits so long.
 */
export async function eventually<T>(
  check: () => T | Promise<T>,
  { timeoutMs = 15_000, intervalMs = 20 }: { timeoutMs?: number; intervalMs?: number } = {},
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
