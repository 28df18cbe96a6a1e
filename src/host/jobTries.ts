import { l10n } from "vscode";
import type { JobTry } from "../arq/tries";
import type { JobDetail } from "../monitor/model";
import { flattenChain } from "../python/frames";
import { withRemoteFrames } from "../python/remoteTraceback";
import { parseTracebacks } from "../python/traceback";
import type { FoundTraceback } from "./tracebacks";

/** A try that did not succeed, with its traceback read. */
export interface NotedTry {
  readonly noted: JobTry;
  readonly traceback: FoundTraceback | null;
}

/** Clocks of workers and enqueuers may differ this much, ms. */
const clockSkew = 60_000;

/** The tries of this job that the worker instrumentation noted, oldest first. Those of an earlier job of the same id are left out. */
export function jobTries({ row, tries }: JobDetail): readonly NotedTry[] {
  const since = (row.enqueuedAt ?? 0) - clockSkew;
  return tries.flatMap((noted) => {
    if (noted.at !== null && noted.at < since) return [];
    const traceback = noted.traceback === null ? null : readTraceback(noted.traceback, sourceOf(noted));
    return [{ noted, traceback }];
  });
}

/** The traceback of the newest try that has one: what there is to see where ARQ stored none, or gave up after the last try. */
export function tracebackOfTries(detail: JobDetail): FoundTraceback | null {
  return jobTries(detail).findLast(({ traceback }) => traceback !== null)?.traceback ?? null;
}

/** Null where the text holds no traceback. */
export function readTraceback(
  text: string,
  source: string,
  logged: Pick<FoundTraceback, "place" | "keptSource"> = { place: null },
): FoundTraceback | null {
  // Log lines may hold several; the one that reached ARQ is printed last.
  const last = parseTracebacks(text).at(-1);
  return last === undefined ? null : { text, source, ...logged, chain: flattenChain(withRemoteFrames(last)) };
}

function sourceOf(noted: JobTry): string {
  return l10n.t("kept by the worker instrumentation, try {0}", noted.try);
}
