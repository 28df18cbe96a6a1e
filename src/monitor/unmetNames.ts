import { assertNever } from "../python/assertNever";
import { t } from "../python/l10n";
import type { Condition } from "./filterConditions";
import type { JobTable } from "./jobTable";
import { rowsAtOnce, type Slices } from "./slices";
import type { RowSource } from "./tableLook";

/** Why nothing is found, where a whole name was asked for that no job has: one sentence each, for people. */
export async function unmetNames(
  sources: readonly RowSource[],
  conditions: readonly Condition[],
  slices: Slices,
): Promise<string[]> {
  const notes: string[] = [];
  for (const condition of conditions) {
    if (condition.kind !== "name" || condition.negated) continue;
    for (const pattern of condition.patterns) {
      const { literal } = pattern;
      if (!pattern.isPlain || literal === "") continue;
      const isMet = (text: string): boolean => pattern.matchesWhole(text);
      if (await isInAny(sources, isMet, slices)) continue;
      notes.push(unmet(condition.of, literal));
    }
  }
  return notes;
}

function unmet(of: Extract<Condition, { kind: "name" }>["of"], name: string): string {
  switch (of) {
    case "queue":
      return t('No job\'s queue is "{0}": write queue:{0}* for all that begin so.', name);
    case "function":
      return t('No job\'s function is "{0}": write fn:{0}* for all that begin so.', name);
    case "worker":
      return t('No job\'s worker is "{0}": write worker:{0}* for all that begin so.', name);
    default:
      return assertNever(of);
  }
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
