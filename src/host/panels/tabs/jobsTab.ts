import type { JobPage, JobRow, Monitor } from "../../../monitor/model";
import { forgotten } from "../../../monitor/rowOf";
import {
  columnWidths,
  firstJobsSettings,
  jobColumnIds,
  newsAtMost,
  pageSizes,
  type JobColumnChoice,
  type JobsIntent,
  type JobsSettings,
  type JobsView,
} from "../../../protocol/tabs/jobs";
import type { TaskCode } from "../../../python/tasks/taskCode";
import { functionLimits } from "../../code/codeViews";
import { bool, fields, index, jobQuery, oneOf } from "../checks";
import type { Tab } from "./tab";

const memoryKey = "arq.jobList";

/** Where the settings are kept for dashboards to come: what of VS Code's `Memento` it takes. */
export interface SettingsMemory {
  get(key: string): unknown;
  update(key: string, value: unknown): PromiseLike<void>;
}

/** Rows that stay where they are until the page is asked for again. */
/** The tab, and what its user set. */
export interface JobsTab extends Tab<"jobs"> {
  /** Keeps what the last intent set for the next panel. For intents of the page only: a link must not change what the user chose. */
  keep(): void;
}

interface Held {
  readonly monitor: Monitor;
  readonly intent: JobsIntent;
  readonly page: JobPage;
  /** When something last happened to the job in the first row; beyond that a job is newer than the list. */
  readonly newestAt: number;
}

/**
 * One page of jobs. An intent that is asked for the first time gets a fresh look. After that, unless it follows, its rows stay, with what is new of each:
 * a list that moves between aiming and clicking opens the wrong job.
 */
export function jobsTab(memory: SettingsMemory, code: () => TaskCode | null = () => null): JobsTab {
  let settings = rememberedSettings(memory);
  let kept = JSON.stringify(settings);
  let held: Held | null = null;

  const look = async (monitor: Monitor, intent: JobsIntent, signal: AbortSignal): Promise<JobsView> => {
    const page = await monitor.query(intent.query, signal);
    signal.throwIfAborted();
    const first = page.rows[0];
    held = { monitor, intent, page, newestAt: first === undefined ? Number.POSITIVE_INFINITY : newestAt(first) };
    return { ...page, news: 0, changed: false, limits: functionLimits(code(), page.rows) };
  };

  const stay = async (monitor: Monitor, shown: Held, signal: AbortSignal): Promise<JobsView> => {
    const { query } = shown.intent;
    const onTop = query.sort === "newest" && query.descending && query.offset === 0 && (query.anchor ?? null) === null;
    const fresh = await monitor.query(onTop ? { ...query, limit: newsAtMost } : query, signal);
    signal.throwIfAborted();
    const now = monitor.now();
    const rows = shown.page.rows.map((row) => monitor.row(row.id) ?? forgotten(row, now));
    const page = { ...fresh, rows, anchor: shown.page.anchor, offset: shown.page.offset };
    if (held === shown) held = { ...shown, page };
    const known = new Set(rows.map(({ id }) => id));
    const isNews = (row: JobRow): boolean => !known.has(row.id) && newestAt(row) > shown.newestAt;
    const wouldBe = fresh.rows.slice(0, query.limit);
    return {
      ...page,
      limits: functionLimits(code(), rows),
      news: onTop ? fresh.rows.filter(isNews).length : 0,
      changed: wouldBe.length !== rows.length || wouldBe.some(({ id }, place) => id !== rows[place]!.id),
    };
  };

  return {
    keep() {
      const written = JSON.stringify(settings);
      if (written !== kept) void memory.update(memoryKey, settings);
      kept = written;
    },
    check(intent) {
      const given = fields(intent);
      if (given.settings !== undefined) {
        settings = jobsSettings(given.settings);
      }
      return { query: { ...jobQuery(given.query), limit: settings.pageSize }, settings };
    },
    view(monitor, intent, signal) {
      const shown = held;
      const stays =
        shown !== null &&
        shown.monitor === monitor &&
        shown.page.rows.length > 0 &&
        intent.settings?.follow !== true &&
        // Until everything is looked at for the first time, rows are only those that happened to be found first.
        monitor.snapshot().complete &&
        goesOn(shown.intent, intent);
      if (!stays) return look(monitor, intent, signal);
      if (shown.intent !== intent) held = { ...shown, intent };
      return stay(monitor, held!, signal);
    },
  };
}

/** Another look of the same columns is no other question, but other columns for the same rows. */
function goesOn(shown: JobsIntent, asked: JobsIntent): boolean {
  if (shown === asked) return true;
  const sameColumns = JSON.stringify(shown.settings?.columns) === JSON.stringify(asked.settings?.columns);
  return !sameColumns && JSON.stringify(shown.query) === JSON.stringify(asked.query);
}

/** As the sort `newest` has it. */
function newestAt({ finishedAt, startedAt, enqueuedAt, scheduledAt }: JobRow): number {
  return finishedAt ?? startedAt ?? enqueuedAt ?? scheduledAt ?? Number.NEGATIVE_INFINITY;
}

/** What an older version kept, and cannot be shown any more, is forgotten. */
function rememberedSettings(memory: SettingsMemory): JobsSettings {
  const kept = memory.get(memoryKey);
  try {
    return kept === undefined ? firstJobsSettings : jobsSettings(kept);
  } catch {
    return firstJobsSettings;
  }
}

function jobsSettings(value: unknown): JobsSettings {
  const { columns, pageSize, follow } = fields(value);
  if (!Array.isArray(columns) || columns.length === 0 || columns.length > jobColumnIds.length) {
    throw new Error("columns is not a list of columns");
  }
  const checked = columns.map((column: unknown): JobColumnChoice => {
    const { id, width } = fields(column);
    const px = width === null ? null : index(width, "width", columnWidths.most);
    return { id: oneOf(id, jobColumnIds, "column"), width: px === null ? null : Math.max(columnWidths.least, px) };
  });
  if (new Set(checked.map(({ id }) => id)).size < checked.length) throw new Error("columns has one twice");
  const size = pageSizes.find((each) => each === pageSize);
  if (size === undefined) throw new Error(`pageSize is not one of ${pageSizes.join(", ")}`);
  return { columns: checked, pageSize: size, follow: bool(follow, "follow") };
}
