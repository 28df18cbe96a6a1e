import type { JobRow, MonitorSnapshot } from "../monitor/model";
import type { DashboardView } from "./viewModels";

/**
 * What changed of a dashboard since the state before it. A field that is absent is as it was: of a live update usually a few counts are sent,
 * and not fifty rows, sixty minutes and every worker again.
 */
export interface DashboardUpdate {
  /** Counts up with every state that the page was sent. A page that has not the one before this asks for everything again. */
  readonly revision: number;
  readonly changed: Partial<Pick<DashboardView, "connection" | "asOf" | "query">> & {
    /** Whole where there was none before, or is none any more. */
    readonly snapshot?: Partial<MonitorSnapshot> | null;
    readonly page?: Partial<Omit<DashboardView["page"], "rows">> & {
      /** In their order; of a row that the page has, its id alone. */
      readonly rows?: readonly (JobRow | string)[];
    };
  };
}

/** What to send so that a page with `before` shows `after`; null when that is nothing new. */
export function dashboardUpdate(before: DashboardView, after: DashboardView): DashboardUpdate | null {
  const { snapshot, page, revision: _revision, ...rest } = after;
  const changed = { ...differences(before, rest), ...snapshotChange(before, snapshot), ...pageChange(before, page) };
  return Object.keys(changed).length === 0 ? null : { revision: before.revision + 1, changed };
}

/** The state of a page with `before` after this update; null when the update is of another state than `before`. */
export function updatedDashboard(before: DashboardView, { revision, changed }: DashboardUpdate): DashboardView | null {
  if (revision !== before.revision + 1) return null;
  const { snapshot, page, ...rest } = changed;
  const known = new Map(before.page.rows.map((row) => [row.id, row]));
  const rows = page?.rows?.map((row) => (typeof row === "string" ? known.get(row)! : row));
  return {
    ...before,
    ...rest,
    revision,
    page: page === undefined ? before.page : { ...before.page, ...page, rows: rows ?? before.page.rows },
    // A part of one is only sent to a page that has one.
    snapshot:
      snapshot === undefined
        ? before.snapshot
        : snapshot === null
          ? null
          : ({ ...before.snapshot, ...snapshot } as MonitorSnapshot),
  };
}

type Changed = DashboardUpdate["changed"];

function snapshotChange({ snapshot: old }: DashboardView, now: MonitorSnapshot | null): Pick<Changed, "snapshot"> {
  if (old === null || now === null) return old === now ? {} : { snapshot: now };
  const changed = differences(old, now);
  // Redis' clock alone is no news: the page's own goes on by itself.
  return Object.keys(changed).some((key) => key !== "at") ? { snapshot: changed } : {};
}

function pageChange({ page: old }: DashboardView, now: DashboardView["page"]): Pick<Changed, "page"> {
  if (old === now) return {};
  const { rows, ...rest } = differences(old, now);
  if (rows === undefined) return Object.keys(rest).length === 0 ? {} : { page: rest };
  const known = new Map(old.rows.map((row) => [row.id, JSON.stringify(row)]));
  return { page: { ...rest, rows: rows.map((row) => (known.get(row.id) === JSON.stringify(row) ? row.id : row)) } };
}

/** Fields of `now` that `before` has otherwise. Compared as they travel, so that an equal value made anew is no change. */
function differences<T extends object>(before: T, now: Partial<T>): Partial<T> {
  const changed: Partial<T> = {};
  for (const key of Object.keys(now) as (keyof T)[]) {
    if (before[key] !== now[key] && JSON.stringify(before[key]) !== JSON.stringify(now[key])) changed[key] = now[key]!;
  }
  return changed;
}
