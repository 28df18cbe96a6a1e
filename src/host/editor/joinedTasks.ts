import type { TextDocument } from "vscode";
import type { TaskStats } from "../../monitor/queryModel";
import type { TaskCode } from "../../python/tasks/taskCode";
import { joinTasks, type JoinedTask } from "../code/taskJoin";
import type { TaskNumbers } from "../code/taskNumbers";

/** The tasks of the source with their jobs; joined once for all who ask between two changes. */
export class JoinedTasks {
  #code: TaskCode | null = null;
  #stats: readonly TaskStats[] | null = null;
  #all: ReadonlyMap<string, JoinedTask> = new Map();
  #byFile: ReadonlyMap<string, readonly JoinedTask[]> = new Map();

  constructor(private readonly numbers: Pick<TaskNumbers, "stats" | "seen">) {}

  /** By `definitionKey`. */
  all(code: TaskCode): ReadonlyMap<string, JoinedTask> {
    const { stats } = this.numbers;
    if (code === this.#code && stats === this.#stats) return this.#all;
    this.#code = code;
    this.#stats = stats;
    this.#all = joinTasks(code, stats, this.numbers.seen);
    const byFile = new Map<string, JoinedTask[]>();
    for (const task of this.#all.values()) {
      const { file } = task.definition;
      byFile.set(file, [...(byFile.get(file) ?? []), task]);
    }
    this.#byFile = byFile;
    return this.#all;
  }

  of(code: TaskCode, document: TextDocument): readonly JoinedTask[] {
    this.all(code);
    return this.#byFile.get(document.uri.fsPath) ?? [];
  }
}
