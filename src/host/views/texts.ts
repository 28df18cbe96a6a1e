const numbers = new Intl.NumberFormat("en-US");
const clockTime = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });

/** `1,204`. */
export function count(n: number): string {
  return numbers.format(n);
}

export function plural(n: number, one: string, many = `${one}s`): string {
  return `${count(n)} ${n === 1 ? one : many}`;
}

/**
 * A duration that stands still for a while: in steps of 5 s under a minute, then minutes, hours, days. A label that ticks
 * every second would redraw its row every second, and a row redrawn under an open context menu closes it
 * (microsoft/vscode-docker#2983).
 */
export function calmAge(ms: number): string {
  const seconds = Math.max(0, ms) / 1000;
  if (seconds < 5) return "under 5 s";
  if (seconds < 60) return `${Math.floor(seconds / 5) * 5} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return minutes % 60 === 0 || hours >= 10 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
  return `${Math.floor(hours / 24)} days`;
}

/** As `calmAge`, in steps of no less than a minute: for what nobody watches by the second. */
export function coarseAge(ms: number): string {
  return ms < 60_000 ? "under 1 min" : calmAge(ms);
}

/** Exact and readable, for tooltips: `840 ms`, `2.1 s`, `3 min 20 s`. */
export function duration(ms: number): string {
  if (ms < 1000) return `${Math.max(0, Math.round(ms))} ms`;
  const seconds = ms / 1000;
  if (seconds < 60) return `${seconds.toFixed(seconds < 10 ? 1 : 0)} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${Math.floor(seconds % 60)} s`;
  return calmAge(ms);
}

/** `812 B`, `4.1 kB`, `1.2 MB` (powers of 1000). */
export function byteText(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  const [size, unit] = bytes < 1e6 ? [1e3, "kB"] : bytes < 1e9 ? [1e6, "MB"] : [1e9, "GB"];
  return `${(bytes / size).toFixed(1)} ${unit}`;
}

/** Local date and time. */
export function dateTime(at: number): string {
  return clockTime.format(at);
}

/** One line, cut: labels must not carry the line breaks and lengths that texts from Redis may have. */
export function oneLine(text: string, width = 200): string {
  // Control characters and bidirectional overrides could make a label read as something else.
  const flat = text.replaceAll(/[\s\p{Cc}\u202A-\u202E\u2066-\u2069]+/gu, " ").trim();
  return flat.length <= width ? flat : `${flat.slice(0, width - 1)}…`;
}
