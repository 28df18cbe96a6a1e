import { decimalText, t } from "../python/l10n";

/** A duration in its two largest units, for sentences: `12 ms`, `1.5 s`, `3 min 5 s`, `2 h 10 min`, `3 d 4 h`. */
export function formatDuration(ms: number): string {
  const length = Math.max(0, ms);
  if (length < 999.5) return t("{0} ms", Math.round(length));
  if (length < 9950) return t("{0} s", decimalText(length / 1000, 1, 0));
  const seconds = Math.round(length / 1000);
  if (seconds < 60) return t("{0} s", seconds);
  const minutes = Math.round(seconds / 60);
  if (seconds < 3600) {
    const [whole, rest] = split(seconds, 60);
    return rest === 0 ? t("{0} min", whole) : t("{0} min {1} s", whole, rest);
  }
  if (minutes < 24 * 60) {
    const [whole, rest] = split(minutes, 60);
    return rest === 0 ? t("{0} h", whole) : t("{0} h {1} min", whole, rest);
  }
  const [days, hours] = split(Math.round(minutes / 60), 24);
  return hours === 0 ? t("{0} d", days) : t("{0} d {1} h", days, hours);
}

/** What is left of a span, as a clock that ticks: `0:09`, `12:40`; from an hour on without seconds, as `formatDuration`. Zero when it is over. */
export function formatCountdown(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  if (seconds >= 3600) return formatDuration(ms);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

function split(amount: number, each: number): [whole: number, rest: number] {
  return [Math.floor(amount / each), amount % each];
}
