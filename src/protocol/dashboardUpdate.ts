import type { MonitorSnapshot } from "../monitor/model";
import type { DashboardView, TabBody } from "./viewModels";

/**
 * What changed of a dashboard since the state before it. A field that is absent is as it was: of a live update usually a few counts are sent,
 * and not fifty rows, sixty minutes and every worker again.
 */
export interface DashboardUpdate {
  /** Counts up with every state that the page was sent. A page that has not the one before this asks for everything again. */
  readonly revision: number;
  readonly changed: Partial<Pick<DashboardView, "connection" | "asOf" | "paused" | "look">> & {
    /** Whole where there was none before, or is none any more. */
    readonly snapshot?: Partial<MonitorSnapshot> | null;
    /** Its lists of which some things are as they were: of a thousand workers a few beat between two updates. */
    readonly snapshotLists?: Lists;
    /** Whole where there was none before or it is another tab's, or there is none any more. */
    readonly body?: TabBody | null;
    /** What is different in the view of the same tab. */
    readonly view?: ViewChange;
  };
}

interface ViewChange {
  readonly intent?: TabBody["intent"];
  readonly fields: Fields;
  readonly lists: Lists;
}

type Fields = Readonly<Record<string, unknown>>;
/** In their order; of a thing that the page has, its name alone. */
type Lists = Readonly<Record<string, readonly (Fields | string)[]>>;

/** A page says how long ago it was told something last: where nothing changes, it is told so this often. */
const assuredMs = 5000;

/** What to send so that a page with `before` shows `after`; null when that is nothing new. */
export function dashboardUpdate(before: DashboardView, after: DashboardView): DashboardUpdate | null {
  const { snapshot, body, revision: _revision, ...rest } = after;
  const changed = { ...differences(before, rest), ...snapshotChange(before, snapshot), ...bodyChange(before, body) };
  return Object.keys(changed).length === 0 ? null : { revision: before.revision + 1, changed };
}

/** The state of a page with `before` after this update; null when the update is of another state than `before`. */
export function updatedDashboard(before: DashboardView, { revision, changed }: DashboardUpdate): DashboardView | null {
  if (revision !== before.revision + 1) return null;
  const { snapshot, snapshotLists = {}, body, view, ...rest } = changed;
  return {
    ...before,
    ...rest,
    revision,
    body: body !== undefined ? body : view === undefined ? before.body : changedBody(before.body!, view),
    // A part of one is only sent to a page that has one.
    snapshot:
      snapshot === undefined
        ? before.snapshot
        : snapshot === null
          ? null
          : (withLists(before.snapshot ?? {}, snapshot, snapshotLists) as unknown as MonitorSnapshot),
  };
}

/** `after`, in which everything that `before` has as well is the same object as there: a page draws nothing again that is made from it. */
export function keptDashboard(before: DashboardView, after: DashboardView): DashboardView {
  const update = dashboardUpdate(before, after);
  const kept = (update === null ? null : updatedDashboard(before, update)) ?? before;
  const { revision, snapshot } = after;
  // Redis' clock alone makes no update.
  if (snapshot === null || kept.snapshot === null || kept.snapshot.at === snapshot.at) return { ...kept, revision };
  return { ...kept, revision, snapshot: { ...kept.snapshot, at: snapshot.at } };
}

type Changed = DashboardUpdate["changed"];

function snapshotChange(
  { snapshot: old }: DashboardView,
  now: MonitorSnapshot | null,
): Pick<Changed, "snapshot" | "snapshotLists"> {
  if (old === null || now === null) return old === now ? {} : { snapshot: now };
  const { fields, lists } = partsChanged(old, now);
  const changed = [...Object.keys(fields), ...Object.keys(lists)];
  // Redis' clock alone is no news, for the page's own goes on by itself; but now and then that everything is as it was.
  const isNews = now.at - old.at >= assuredMs || changed.some((key) => key !== "at");
  if (!isNews) return {};
  return { snapshot: fields, ...(isEmpty(lists) ? {} : { snapshotLists: lists }) };
}

function bodyChange({ body: old }: DashboardView, now: TabBody | null): Pick<Changed, "body" | "view"> {
  if (old === now) return {};
  if (old === null || now === null || old.tab !== now.tab) return { body: now };
  const intent = differences<Pick<TabBody, "intent">>(old, { intent: now.intent });
  const { fields, lists } = partsChanged(old.view, now.view);
  return isEmpty(fields) && isEmpty(lists) && isEmpty(intent) ? {} : { view: { ...intent, fields, lists } };
}

function changedBody(before: TabBody, { intent, fields, lists }: ViewChange): TabBody {
  const view = withLists(before.view, fields, lists);
  // What belongs together here was taken apart by `bodyChange`.
  return { ...before, ...(intent === undefined ? {} : { intent }), view } as unknown as TabBody;
}

/** What `now` has otherwise: lists of named things by the thing, everything else whole. */
function partsChanged(old: object, now: object): { readonly fields: Fields; readonly lists: Lists } {
  const fields: Record<string, unknown> = {};
  const lists: Record<string, readonly (Fields | string)[]> = {};
  for (const [name, value] of Object.entries(differences<object>(old, now))) {
    const list = changedThings((old as Fields)[name], value);
    if (list === null) fields[name] = value;
    else lists[name] = list;
  }
  return { fields, lists };
}

function withLists(before: object, fields: Fields, lists: Lists): Fields {
  const after: Record<string, unknown> = { ...before, ...fields };
  for (const [name, list] of Object.entries(lists)) {
    const known = named((before as Fields)[name]) ?? new Map<string, Fields>();
    after[name] = list.map((thing) => (typeof thing === "string" ? known.get(thing) : thing));
  }
  return after;
}

function isEmpty(thing: object): boolean {
  return Object.keys(thing).length === 0;
}

/** Null where one of them is no list of things that each have a name of their own. */
function changedThings(old: unknown, now: unknown): readonly (Fields | string)[] | null {
  const before = named(old);
  const after = named(now);
  if (before === null || after === null) return null;
  return Array.from(after, ([name, thing]) => {
    const known = before.get(name);
    return known === thing || (known !== undefined && JSON.stringify(known) === JSON.stringify(thing)) ? name : thing;
  });
}

/** Null where it is no such list, or two have the same name. */
function named(value: unknown): Map<string, Fields> | null {
  if (!Array.isArray(value)) return null;
  const things = new Map<string, Fields>();
  for (const thing of value as readonly unknown[]) {
    if (typeof thing !== "object" || thing === null) return null;
    const { id, key, name } = thing as Fields;
    const own = id ?? key ?? name;
    if (typeof own !== "string") return null;
    things.set(own, thing as Fields);
  }
  return things.size === value.length ? things : null;
}

/** Fields of `now` that `before` has otherwise. Compared as they travel, so that an equal value made anew is no change. */
function differences<T extends object>(before: T, now: Partial<T>): Partial<T> {
  const changed: Partial<T> = {};
  for (const key of Object.keys(now) as (keyof T)[]) {
    if (before[key] !== now[key] && JSON.stringify(before[key]) !== JSON.stringify(now[key])) changed[key] = now[key]!;
  }
  return changed;
}
