import { freeRow, type JobTable } from "./jobTable";

/** A worker that signed results by the opt-in serializer. */
export interface TaggedWorker {
  /** `host:pid`. */
  readonly tag: string;
  readonly queue: string | null;
  /** When its newest result was finished, unix ms. */
  readonly lastAt: number;
}

/** Workers whose newest result was finished after `since`, unix ms. */
export function taggedWorkers(table: JobTable, since: number): TaggedWorker[] {
  const { columns, end, strings } = table;
  const newest = new Map<number, number>();
  for (let row = 0; row < end; row++) {
    const worker = columns.worker[row]!;
    if (worker === 0 || columns.state[row] === freeRow || !(columns.finishedAt[row]! > since)) continue;
    const known = newest.get(worker);
    if (known === undefined || columns.finishedAt[row]! > columns.finishedAt[known]!) newest.set(worker, row);
  }
  return [...newest].map(([worker, row]) => ({
    tag: strings.text(worker)!,
    queue: strings.text(columns.queue[row]!),
    lastAt: columns.finishedAt[row]!,
  }));
}
