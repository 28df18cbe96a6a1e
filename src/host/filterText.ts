import { l10n } from "vscode";
import { splitErrorGroupKey } from "../monitor/errorGroupKey";
import { quoteValue } from "../monitor/jobFilter";
import type { JobQuery } from "../monitor/model";
import { newestJobs } from "../protocol/jobQuery";

/** A query is for what was asked, not for how far somebody had turned its pages. */
export const onFirstPage = { offset: 0, anchor: null, limit: newestJobs.limit } as const;

/** The filter that asks the same as this query, as people write it; null where only the whole query does. */
export function filterText({ text, states, queue, function: name, ...rest }: JobQuery): string | null {
  const { text: _text, states: _states, queue: _queue, function: _name, ...first } = newestJobs;
  const asked: Omit<JobQuery, "text" | "states" | "queue" | "function"> = { ...first, ...rest, ...onFirstPage };
  if (JSON.stringify(asked) !== JSON.stringify({ ...first, ...onFirstPage })) return null;
  return [
    ...(states.length === 0 ? [] : [`status:${states.join(",")}`]),
    ...(queue === null ? [] : [`queue:${quoteValue(queue)}`]),
    ...(name === null ? [] : [`fn:${quoteValue(name)}`]),
    ...(text === "" ? [] : [text]),
  ].join(" ");
}

/** What a query asks for, in one line. */
export function describeQuery(query: JobQuery): string {
  const { errorGroup, remembered } = query;
  const filter = filterText({ ...newestJobs, ...query, ...orderOf(newestJobs), errorGroup: null, remembered: false });
  const { type, message } = splitErrorGroupKey(errorGroup ?? "\n");
  return [
    ...(filter === null || filter === "" ? [] : [filter]),
    ...(errorGroup === null ? [] : [`${type}: ${message}`]),
    ...(remembered === true ? [l10n.t("forgotten by Redis")] : []),
    ...(filter === "" && errorGroup === null ? [l10n.t("every job")] : []),
  ].join(" \u00b7 ");
}

function orderOf({ sort, descending }: JobQuery): Pick<JobQuery, "sort" | "descending"> {
  return { sort, descending };
}
