import type { DecodedJob, DecodedResult, DecodeFailure } from "../arq/jobModel";
import { t } from "../python/l10n";
import { pythonRepr } from "../python/repr";
import type { Condition } from "./filterConditions";
import type { JobPage, JobQuery, JobRow } from "./model";
import type { ArqSource, JobPayloads } from "./ports";
import { readText } from "./query";
import type { PayloadMatches, PayloadProgress, PayloadSearch } from "./queryModel";
import { Slices } from "./slices";

/** Read at once; longer values are not read. Together at most 13 MB on the way, and each is decoded in some ms. */
const idsAtOnce = 50;
const longest = 256 * 1024;

export interface PayloadParts {
  readonly page: (query: JobQuery) => Promise<JobPage>;
  readonly source: Pick<ArqSource, "readPayloads">;
  /** Redis' clock, unix ms. */
  readonly now: number;
}

type PayloadCondition = Extract<Condition, { kind: "payload" }>;

/**
 * Reads payloads of the jobs that the index leaves, in the order of the query, until a bound of the budget is met; keeps none of them.
 * What is searched is what a job's panel would print: values that are hidden there are not found. A cancelled search answers what it has found.
 * Rejects when the connection is lost.
 */
export async function searchPayloads(
  { page, source, now }: PayloadParts,
  { query, budget }: PayloadSearch,
  onProgress: (progress: PayloadProgress) => void,
  signal?: AbortSignal,
): Promise<PayloadMatches> {
  const began = performance.now();
  const { conditions } = readText(query.text, now);
  const asked = conditions.filter((each) => each.kind === "payload");
  const candidates = await page({ ...query, anchor: null, offset: 0, limit: budget.jobs });
  const rows: JobRow[] = [];
  const counts = { looked: 0, of: candidates.total, bytes: 0, unreadable: 0 };
  const ended = (how: PayloadMatches["ended"]): PayloadMatches => {
    const notes = asked.length > 0 ? [] : [t("Nothing is asked of payloads: write arg:4711 or result:4711.")];
    return { ...counts, found: rows.length, rows, ended: how, notes: [...candidates.notes, ...notes] };
  };
  if (asked.length === 0) return ended("all looked at");
  const slices = new Slices();
  for (let from = 0; from < candidates.rows.length; from += idsAtOnce) {
    if (signal?.aborted) return ended("cancelled");
    if (performance.now() - began >= budget.ms) return ended("time");
    const batch = candidates.rows.slice(from, from + idsAtOnce);
    const payloads = await source.readPayloads(
      batch.map(({ id }) => id),
      longest,
    );
    for (const [index, read] of payloads.entries()) {
      counts.looked++;
      counts.bytes += (read.job?.size ?? 0) + (read.result?.size ?? 0);
      const verdict = judge(read, asked);
      if (verdict === "unreadable") counts.unreadable++;
      else if (verdict === "matches") rows.push(batch[index]!);
      if (rows.length >= query.limit) return ended("enough");
      if (counts.bytes >= budget.bytes) return ended("bytes");
      if (slices.isOver) await slices.rest();
    }
    onProgress({ ...counts, found: rows.length });
  }
  return ended(candidates.rows.length < candidates.total ? "jobs" : "all looked at");
}

function judge({ job, result }: JobPayloads, asked: readonly PayloadCondition[]): "matches" | "differs" | "unreadable" {
  const stored = result?.decoded ?? job?.decoded ?? null;
  if (stored?.ok === false) return "unreadable";
  // A job that is gone by now.
  if (stored === null) return "differs";
  const matches = asked.every(({ of, patterns, negated }) => {
    const text = of === "arg" ? argumentText(stored) : resultText(result?.decoded ?? null);
    return patterns.some((pattern) => pattern.matchesWithin(text)) !== negated;
  });
  return matches ? "matches" : "differs";
}

function argumentText({ args, kwargs }: DecodedJob): string {
  return `${pythonRepr(args)} ${pythonRepr(kwargs)}`;
}

/** Without a result there is nothing to be found. */
function resultText(result: DecodedResult | DecodeFailure | null): string {
  return result?.ok === true ? pythonRepr(result.result) : "";
}
