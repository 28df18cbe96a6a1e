import type { ErrorGroup } from "../../monitor/model";
import type { GroupsInput } from "./toolInput";
import { answerText, clipped, isoTime, named, untrustedNote } from "./toolTexts";

/** Where the jobs of a group fail, as the workspace has it. */
export interface GroupPlace {
  /** Within the workspace; as the traceback has it where no file was found. */
  readonly file: string;
  readonly line: number;
  readonly function: string;
  readonly source: string | null;
}

export interface GroupsToTell {
  readonly groups: readonly ErrorGroup[];
  readonly places: ReadonlyMap<string, GroupPlace>;
  /** Whether everything in Redis was looked at. */
  readonly complete: boolean;
}

/** The groups that are asked for, newest first. */
export function askedGroups(groups: readonly ErrorGroup[], { function: name, queue }: GroupsInput): ErrorGroup[] {
  const has = (counts: readonly { readonly name: string }[], wanted: string | null): boolean =>
    wanted === null || counts.some((each) => each.name === wanted);
  return groups.filter((group) => has(group.functions, name) && has(group.queues, queue));
}

/** What `arq_list_failed_groups` answers: of `groups`, as many as were asked for and fit. */
export function groupsAnswer({ groups, places, complete }: GroupsToTell, limit: number): string {
  const shape = (atMost: number, messageAtMost: number) => () => ({
    note: untrustedNote,
    ...(complete ? {} : { incomplete: "Not everything in Redis was looked at yet: there may be more." }),
    groups: groups.slice(0, atMost).map((group) => ({
      type: named(group.type),
      message: clipped(group.sample, messageAtMost),
      count: group.count,
      lastHour: group.lastHour,
      last24Hours: group.lastDay,
      first: isoTime(group.firstAt),
      last: isoTime(group.lastAt),
      ...(group.mark === null
        ? {}
        : { mark: group.mark === "new" ? "new within the hour" : "back after hours without it" }),
      functions: group.functions.slice(0, 5).map(({ name, count }) => ({ name: named(name), count })),
      queues: group.queues.slice(0, 5).map(({ name }) => named(name)),
      newestJobId: group.latest?.id ?? null,
      failsAt: placeOf(places.get(group.key)),
    })),
    ...(groups.length > atMost ? { moreGroups: groups.length - atMost } : {}),
  });
  return answerText([shape(limit, 1000), shape(limit, 200), shape(Math.min(limit, 15), 200)]);
}

function placeOf(place: GroupPlace | undefined) {
  if (place === undefined) return null;
  return {
    ...place,
    file: clipped(place.file, 300),
    source: place.source === null ? null : clipped(place.source, 200),
  };
}
