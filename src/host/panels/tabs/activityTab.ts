import type { Monitor, MonitorChange } from "../../../monitor/model";
import type { ActivityEntry } from "../../../monitor/queryModel";
import {
  eventKinds,
  linesFollowed,
  waitingAtMost,
  type ActivityIntent,
  type ActivityLine,
  type ActivityView,
} from "../../../protocol/tabs/activity";
import { fields, index, oneOf, text } from "../checks";
import type { Tab } from "./tab";

/** Nobody has more functions; names are other people's bytes. */
const functionsAtMost = 500;
/** As many as the log keeps: what it holds when the tab is opened. */
const lookedThrough = 10_000;

/** What happened last. */
export class ActivityTab implements Tab<"activity"> {
  /** Functions whose events were told, by the monitor that told of them. */
  readonly #functions = new WeakMap<Monitor, Set<string>>();
  #monitor: Monitor | null = null;

  check(intent: unknown): ActivityIntent {
    const { kinds = [], queue = null, function: name = null, upTo = null, count = linesFollowed } = fields(intent);
    if (!Array.isArray(kinds) || kinds.length > eventKinds.length) throw new Error("kinds is not a list of kinds");
    return {
      kinds: kinds.map((kind) => oneOf(kind, eventKinds, "kind")),
      queue: queue === null ? null : text(queue, "queue"),
      function: name === null ? null : text(name, "function"),
      upTo: upTo === null ? null : index(upTo, "upTo"),
      count: Math.max(1, index(count, "count", waitingAtMost)),
    };
  }

  view(monitor: Monitor, intent: ActivityIntent): Promise<ActivityView> {
    const { kinds, queue, function: name, upTo, count } = intent;
    const filter = { kinds, queue, function: name, limit: count };
    this.#monitor = monitor;
    let page = monitor.recent({ ...filter, upTo });
    // Counted by another session, before a reload.
    if (upTo !== null && upTo > page.newest) page = monitor.recent({ ...filter, upTo: null });
    const end = upTo === null || upTo > page.newest ? page.newest : upTo;
    const { entries, newest, newer, newerIsExact } = page;
    return Promise.resolve({
      lines: entries.map(lineOf),
      functions: [...this.#namesOf(monitor)].sort().map((each) => ({ name: each })),
      upTo: end,
      newest,
      ...waiting(newer, newerIsExact),
    });
  }

  /** While it is paused, new events are counted. */
  whilePaused(monitor: Monitor, intent: ActivityIntent, view: ActivityView): ActivityView {
    const { kinds, queue, function: name } = intent;
    const page = monitor.recent({ kinds, queue, function: name, upTo: view.upTo, limit: 1 });
    return { ...view, newest: page.newest, ...waiting(page.newer, page.newerIsExact) };
  }

  concerns({ events, gaps, status }: MonitorChange): boolean {
    const names = this.#monitor === null ? undefined : this.#functions.get(this.#monitor);
    if (names !== undefined) add(names, events);
    return status || events.length > 0 || gaps.length > 0;
  }

  #namesOf(monitor: Monitor): ReadonlySet<string> {
    let names = this.#functions.get(monitor);
    if (names === undefined) {
      this.#functions.set(monitor, (names = new Set()));
      const all = { kinds: [], queue: null, function: null, upTo: null, limit: lookedThrough };
      const { entries } = monitor.recent(all);
      add(
        names,
        entries.flatMap((entry) => (entry.kind === "event" ? entry.event : [])),
      );
    }
    return names;
  }
}

function add(names: Set<string>, events: readonly { readonly function: string | null }[]): void {
  for (const { function: name } of events) if (name !== null && names.size < functionsAtMost) names.add(name);
}

function waiting(newer: number, isExact: boolean): Pick<ActivityView, "newer" | "evenMore"> {
  return { newer: Math.min(newer, waitingAtMost), evenMore: newer > waitingAtMost || !isExact };
}

function lineOf(entry: ActivityEntry): ActivityLine {
  const key = String(entry.seq);
  if (entry.kind === "gap") {
    const { from, to, why } = entry.gap;
    return { key, kind: "gap", from, to, why };
  }
  const { at, event, id, function: name, queue, inferred } = entry.event;
  return { key, kind: event, at, jobId: id, function: name, queue, inferred };
}
