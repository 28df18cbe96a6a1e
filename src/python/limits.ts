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
 * What a job queue should carry, and what a payload made to do harm may cost: reading it, telling its error and printing it are each meant
 * to take less than 50 ms. Measured on two cores: 120,000 empty dicts take 40 ms to read, 70 ms when the machine is busy; big ints and
 * floats as keys of a dict up to 130 ms. 56 bytes of memory are taken for each byte of a payload of empty lists; the bound meant is 150, and
 * 60 MB in all. CPython's own pickler gives up near depth 1000.
 */
export const defaultLimits: Required<ReadLimits> = { depth: 1000, items: 120_000, bytes: 4 * 1024 * 1024 };

/** What is printed by default: more than anybody reads, and what takes 30 ms where every character needs an escape. */
export const defaultPrintLimits: Required<ReadLimits> = { depth: 1000, items: 120_000, bytes: 1024 * 1024 };

/** Decimal digits beyond which an int is not converted, unless `bytes` is lifted: the conversion is not linear. */
export const maxIntDigits = 100_000;

/** What converting an int of so many decimal digits costs, in values: it is not linear (100,000 digits take 5 ms). */
export function intCost(digits: number): number {
  return digits < 1000 ? 0 : Math.floor((digits / 1000) ** 2 * 5);
}

export function resolveLimits(limits: ReadLimits | undefined): Required<ReadLimits> {
  if (limits === undefined) return defaultLimits;
  return {
    depth: limits?.depth ?? defaultLimits.depth,
    items: limits?.items ?? defaultLimits.items,
    bytes: limits?.bytes ?? defaultLimits.bytes,
  };
}

export function resolvePrintLimits(limits: ReadLimits | undefined): Required<ReadLimits> {
  return {
    depth: limits?.depth ?? defaultPrintLimits.depth,
    items: limits?.items ?? defaultPrintLimits.items,
    bytes: limits?.bytes ?? defaultPrintLimits.bytes,
  };
}
