import type { ErrorGroup } from "./model";

const hourMs = 60 * 60_000;
/** No failure for so long, and it had gone. */
const quietMs = 6 * hourMs;
/** Without so long a time before it of which is known that it did not happen, nobody can say that it is new. */
const calmBeforeNewMs = hourMs;

/** When jobs of one group failed. Times unix ms. */
export interface GroupTimes {
  /** First of all, as far as anything is remembered; up to 90 days. */
  readonly firstAt: number;
  /** First within the last hour; Infinity where none has. */
  readonly firstLately: number;
  /** Last before the last hour; -Infinity where none is known. */
  readonly lastBefore: number;
  /** The same of jobs whose result Redis holds. */
  readonly lastHeldBefore: number;
  /** A failure of each of its functions is held since then: as long would those of this group be. Infinity where that is not so. */
  readonly heldSince: number;
}

/**
 * Whether an error is new or back again, as `ErrorGroup.mark`. Failures are only known to be missing where none can have been missed: where outcomes were
 * watched or are held (`watched`), or where Redis still holds an older failure of the same function, since then it would hold the others, too.
 */
export function errorGroupMark(
  times: GroupTimes,
  now: number,
  watched: (from: number, to: number) => boolean,
): ErrorGroup["mark"] {
  const { firstAt, firstLately, lastBefore, lastHeldBefore, heldSince } = times;
  if (firstLately === Number.POSITIVE_INFINITY) return null;
  if (firstAt >= now - hourMs) {
    const calmSince = firstAt - calmBeforeNewMs;
    return heldSince <= calmSince || watched(calmSince, firstAt) ? "new" : null;
  }
  const quietSince = firstLately - quietMs;
  if (lastBefore > quietSince || firstAt > quietSince) return null;
  const isHeld = lastHeldBefore === lastBefore && lastBefore !== Number.NEGATIVE_INFINITY;
  return isHeld || watched(quietSince, firstLately) ? "back" : null;
}
