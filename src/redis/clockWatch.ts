import type { Cancel, Clock } from "../monitor/ports";

/** Only a timer of our own: it costs the server nothing. */
const lookMs = 2000;
/** A host that is busy delays timers by seconds; a machine that slept, or a clock that was set, jumps further. */
const jumpMs = 10_000;

/** Calls back when the clock has jumped, as it does when the machine slept: sockets may be dead without a word then. `by` is in ms, negative when it was set back. */
export function watchClock(clock: Clock, onJump: (by: number) => void): Cancel {
  let cancel: Cancel;
  const look = (): void => {
    const before = clock.now();
    cancel = clock.setTimeout(() => {
      const by = clock.now() - before - lookMs;
      look();
      if (Math.abs(by) >= jumpMs) onJump(by);
    }, lookMs);
  };
  look();
  return () => cancel();
}
