import type { Event } from "vscode";
import type { TaskCode } from "../../python/tasks/taskCode";

/** What the open folders say about ARQ. The first question has the source read; after that it is kept current. */
export interface CodeSource {
  /** As it is known now; waits for the first reading. Never rejects. */
  ready(): Promise<TaskCode>;
  /** `ready` answers something else now. */
  readonly onDidChange: Event<unknown>;
}
