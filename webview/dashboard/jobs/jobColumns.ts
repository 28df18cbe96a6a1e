import type { JobColumnChoice, JobColumnId } from "../../../src/protocol/tabs/jobs";
import type { JobSort } from "../../../src/protocol/viewModels";
import { t } from "../../shared/l10n";

export interface JobColumn {
  readonly id: JobColumnId;
  readonly title: string;
  readonly sort: JobSort;
  /** Never narrower by itself, px. */
  readonly least: number;
  /** Of the room there is, beside the shares of others. */
  readonly share: number;
  /** Numbers stand at its end. */
  readonly atEnd?: true;
}

/** Room between two columns, and before the first and after the last, px. */
export const columnGap = 12;
const rowPadding = 8;

export const jobColumns: Readonly<Record<JobColumnId, JobColumn>> = {
  state: { id: "state", title: t("Status"), sort: "state", least: 98, share: 0.9 },
  function: { id: "function", title: t("Function"), sort: "function", least: 96, share: 2.3 },
  id: { id: "id", title: t("ID"), sort: "id", least: 60, share: 1.6 },
  queue: { id: "queue", title: t("Queue"), sort: "queue", least: 52, share: 1 },
  enqueued: { id: "enqueued", title: t("Enqueued"), sort: "enqueuedAt", least: 62, share: 0.76 },
  started: { id: "started", title: t("Started"), sort: "startedAt", least: 62, share: 0.88 },
  finished: { id: "finished", title: t("Completed"), sort: "finishedAt", least: 62, share: 0.82 },
  duration: { id: "duration", title: t("Duration"), sort: "runMs", least: 60, share: 0.56, atEnd: true },
  wait: { id: "wait", title: t("Wait"), sort: "waitMs", least: 58, share: 0.56, atEnd: true },
  tries: { id: "tries", title: t("Tries"), sort: "tries", least: 44, share: 0.35, atEnd: true },
  error: { id: "error", title: t("Error"), sort: "error", least: 120, share: 2.6 },
  worker: { id: "worker", title: t("Worker"), sort: "worker", least: 84, share: 1.2 },
};

/** `grid-template-columns` of these. */
export function columnTracks(columns: readonly JobColumnChoice[]): string {
  return columns
    .map(({ id, width }) => {
      if (width !== null) return `${width}px`;
      const { least, share } = jobColumns[id];
      return `minmax(${least}px, ${share}fr)`;
    })
    .join(" ");
}

/** Less room than this, and they have to be scrolled, px. */
export function leastWidth(columns: readonly JobColumnChoice[]): number {
  const widths = columns.map(({ id, width }) => width ?? jobColumns[id].least);
  return widths.reduce((all, px) => all + px, 0) + columnGap * (columns.length - 1) + 2 * rowPadding;
}
