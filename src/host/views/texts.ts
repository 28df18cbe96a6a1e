import { l10n } from "vscode";
import { dateFormat, decimalText, numberText } from "../../python/l10n";

/** `1,204`. */
export function count(n: number): string {
  return numberText(n);
}

/** Of two whole texts the one for this number. */
export function plural(n: number, one: string, many: string): string {
  return n === 1 ? one : many;
}

/**
 * A duration that stands still for a while: in steps of 5 s under a minute, then minutes, hours, days. A label that ticks
 * every second would redraw its row every second, and a row redrawn under an open context menu closes it
 * (microsoft/vscode-docker#2983).
 */
export function calmAge(ms: number): string {
  const seconds = Math.max(0, ms) / 1000;
  if (seconds < 5) return l10n.t("under 5 s");
  if (seconds < 60) return l10n.t("{0} s", Math.floor(seconds / 5) * 5);
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return l10n.t("{0} min", minutes);
  const hours = Math.floor(minutes / 60);
  if (hours >= 48) return l10n.t("{0} days", Math.floor(hours / 24));
  if (minutes % 60 === 0 || hours >= 10) return l10n.t("{0} h", hours);
  return l10n.t("{0} h {1} min", hours, minutes % 60);
}

/** As `calmAge`, in steps of no less than a minute: for what nobody watches by the second. */
export function coarseAge(ms: number): string {
  return ms < 60_000 ? l10n.t("under 1 min") : calmAge(ms);
}

/** Exact and readable, for tooltips: `840 ms`, `2.1 s`, `3 min 20 s`. */
export function duration(ms: number): string {
  if (ms < 1000) return l10n.t("{0} ms", Math.max(0, Math.round(ms)));
  const seconds = ms / 1000;
  if (seconds < 60) return l10n.t("{0} s", decimalText(seconds, seconds < 10 ? 1 : 0));
  if (seconds < 3600) return l10n.t("{0} min {1} s", Math.floor(seconds / 60), Math.floor(seconds % 60));
  return calmAge(ms);
}

/** `812 B`, `4.1 kB`, `1.2 MB` (powers of 1000). */
export function byteText(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  const [size, unit] = bytes < 1e6 ? [1e3, "kB"] : bytes < 1e9 ? [1e6, "MB"] : [1e9, "GB"];
  return `${decimalText(bytes / size, 1)} ${unit}`;
}

/** 24 hours, as on the pages. */
const clock = { timeStyle: "medium", hourCycle: "h23" } as const;

/** Local date and time. */
export function dateTime(at: number): string {
  return dateFormat({ dateStyle: "medium", ...clock }).format(at);
}

/** Local time, with the date where it is another day than `now`. Unix ms. */
export function dayTime(at: number, now: number): string {
  return new Date(at).toDateString() === new Date(now).toDateString() ? dateFormat(clock).format(at) : dateTime(at);
}

/** One line, cut: labels must not carry the line breaks and lengths that texts from Redis may have. */
export function oneLine(text: string, width = 200): string {
  // Control characters and bidirectional overrides could make a label read as something else.
  const flat = text.replaceAll(/[\s\p{Cc}\u202A-\u202E\u2066-\u2069]+/gu, " ").trim();
  return flat.length <= width ? flat : `${flat.slice(0, width - 1)}…`;
}
