/** What the id of a cron job says by itself. */
export interface CronId {
  /** `cron:` and the coroutine's name, or whatever `name=` was given. */
  readonly name: string;
  /** When the run was due, unix ms. */
  readonly dueAt: number;
}

const colonCode = 0x3a;

/**
 * Reads `<name>:<unix ms>` (arq/worker.py `run_cron`). Null for everything else, uuid ids of `unique=False` included.
 *
 * An id alone is a hint: a user may choose ids of the same form. It is proof where the payload's function is `name`, because
 * ARQ stores the cron's name there.
 */
export function parseCronId(id: string): CronId | null {
  // 13 digits are the years 2001 to 2286: shorter numbers are a user's own counters.
  const colon = id.length - 14;
  if (colon <= 0 || id.charCodeAt(colon) !== colonCode || !/^\d{13}$/.test(id.slice(colon + 1))) return null;
  return { name: id.slice(0, colon), dueAt: Number(id.slice(colon + 1)) };
}
