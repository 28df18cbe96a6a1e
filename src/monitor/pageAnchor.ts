import type { JobSort } from "./model";
import type { ShownKey } from "./rowOrder";

/** The last job of a page: where the next one begins, whatever comes and goes before it. */
export interface PageAnchor {
  readonly sort: JobSort;
  readonly descending: boolean;
  readonly key: ShownKey;
  readonly id: string;
  /** Until when running jobs ran by which the page was sorted, unix ms. */
  readonly at: number;
}

/** Ids and names are other people's text. Of longer ones the beginning has to do. */
const textAtMost = 500;
/** Two of them with every character written as `\uXXXX`, and the rest. */
const anchorAtMost = 8000;

export function formatAnchor({ sort, descending, key, id, at }: PageAnchor): string {
  return JSON.stringify([
    sort,
    descending,
    typeof key === "string" ? key.slice(0, textAtMost) : key,
    id.slice(0, textAtMost),
    at,
  ]);
}

/** Null of anything that `formatAnchor` has not made for this sort. */
export function parseAnchor(text: string, sort: JobSort, descending: boolean): PageAnchor | null {
  const parts = partsOf(text);
  if (!Array.isArray(parts)) return null;
  const [madeFor, down, key, id, at] = parts as readonly unknown[];
  const isNumber = (part: unknown): part is number => typeof part === "number" && Number.isFinite(part);
  if (madeFor !== sort || down !== descending || typeof id !== "string" || !isNumber(at)) return null;
  if (key !== null && typeof key !== "string" && !isNumber(key)) return null;
  return { sort, descending, key, id, at };
}

function partsOf(text: string): unknown {
  if (text.length > anchorAtMost) return null;
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
