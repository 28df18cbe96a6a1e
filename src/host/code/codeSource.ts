import type { Event } from "vscode";
import type { TaskCode } from "../../python/tasks/taskCode";

/** What the open folders say about ARQ. The first question has the source read; after that it is kept current. */
export interface CodeSource {
  /** As it was read last; null before that. */
  readonly current: TaskCode | null;
  /** With all that changed until now. */
  ready(): Promise<TaskCode>;
  /** `current` is something else. */
  readonly onDidChange: Event<unknown>;
}

/** As it was read last, waiting only for the first reading: nobody who asks at every keystroke has the source read at every keystroke. */
export async function lastRead(source: CodeSource): Promise<TaskCode> {
  return source.current ?? (await source.ready());
}

/** As it was read last, at once; the first question begins the first reading, and null is answered until that has ended. */
export function codeNow(source: CodeSource): TaskCode | null {
  // That it failed is in the log, and nothing else hangs on it.
  if (source.current === null) source.ready().catch(() => undefined);
  return source.current;
}
