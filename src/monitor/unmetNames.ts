import type { Condition } from "./filterConditions";
import type { JobTable } from "./jobTable";
import { rowsAtOnce, type Slices } from "./slices";
import type { RowSource } from "./tableLook";

const subjects = { queue: ["queue", "queue"], function: ["function", "fn"], worker: ["worker", "worker"] } as const;

/** Why nothing is found, where a whole name was asked for that no job has: one sentence each, for people. */
export async function unmetNames(
  sources: readonly RowSource[],
  conditions: readonly Condition[],
  slices: Slices,
): Promise<string[]> {
  const notes: string[] = [];
  for (const condition of conditions) {
    if (condition.kind !== "name" || condition.negated) continue;
    const [subject, filter] = subjects[condition.of];
    for (const pattern of condition.patterns) {
      const { literal } = pattern;
      if (!pattern.isPlain || literal === "") continue;
      const isMet = (text: string): boolean => pattern.matchesWhole(text);
      if (await isInAny(sources, isMet, slices)) continue;
      notes.push(`No job's ${subject} is "${literal}": write ${filter}:${literal}* for all that begin so.`);
    }
  }
  return notes;
}

async function isInAny(
  sources: readonly RowSource[],
  matches: (text: string) => boolean,
  slices: Slices,
): Promise<boolean> {
  for (const { table } of sources) if (await isAmong(table, matches, slices)) return true;
  return false;
}

async function isAmong({ strings }: JobTable, matches: (text: string) => boolean, slices: Slices): Promise<boolean> {
  for (let code = 1; code < strings.end; code++) {
    const text = strings.text(code);
    if (text !== null && matches(text)) return true;
    if (code % rowsAtOnce === 0 && slices.isOver) await slices.rest();
  }
  return false;
}
