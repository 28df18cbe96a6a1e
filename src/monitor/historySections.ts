const dayMs = 24 * 60 * 60_000;

/** Where a line of the stored history belongs: minutes and failures by the day (UTC), hours by the month, so that what has become too old is removed whole. */
export interface HistorySection {
  readonly kind: "minutes" | "failures" | "hours";
  /** The day or month, unix ms; `to` is not part of it. */
  readonly from: number;
  readonly to: number;
}

export function sectionOf(kind: HistorySection["kind"], at: number): string {
  const digits = new Date(at).toISOString().replaceAll("-", "");
  return `${kind}-${digits.slice(0, kind === "hours" ? 6 : 8)}`;
}

/** Null for a name that is none of ours. */
export function parseSection(name: string): HistorySection | null {
  const [, kind, year, month, day] = /^(minutes|failures|hours)-(\d{4})(\d\d)(\d\d)?$/.exec(name) ?? [];
  if (kind === "hours" && day === undefined) {
    return { kind, from: Date.UTC(Number(year), Number(month) - 1), to: Date.UTC(Number(year), Number(month)) };
  }
  if ((kind !== "minutes" && kind !== "failures") || day === undefined) return null;
  const from = Date.UTC(Number(year), Number(month) - 1, Number(day));
  return { kind, from, to: from + dayMs };
}
