/** How much of a value is read or printed. A missing field takes its default; `Infinity` lifts it. */
export interface ReadLimits {
  /** Nesting levels. */
  readonly depth?: number;
  /** Values read, or printed. */
  readonly items?: number;
  /** Bytes read (after inflating), or characters printed. */
  readonly bytes?: number;
}

/**
 * Wide enough for anything a job queue should carry: CPython's own pickler gives up near depth 1000, and a million values are
 * about 100 MB of memory here.
 */
export const defaultLimits: Required<ReadLimits> = { depth: 1000, items: 1_000_000, bytes: 32 * 1024 * 1024 };

/** Decimal digits beyond which an int is not converted, unless `bytes` is lifted: the conversion is not linear. */
export const maxIntDigits = 100_000;

export function resolveLimits(limits: ReadLimits | undefined): Required<ReadLimits> {
  return {
    depth: limits?.depth ?? defaultLimits.depth,
    items: limits?.items ?? defaultLimits.items,
    bytes: limits?.bytes ?? defaultLimits.bytes,
  };
}
