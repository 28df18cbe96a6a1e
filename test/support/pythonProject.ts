import { relative } from "node:path";
import { TaskFiles } from "../../src/files/taskFiles";
import type { CodePlace, FunctionDefinition, ReadValue, TaskCode } from "../../src/python/tasks/taskCode";
import { TempFolder } from "./tempFolder";

/** A folder of Python files for one test, and what is read from it. */
export class PythonProject {
  readonly folder = new TempFolder();
  readonly openTexts = new Map<string, string>();
  readonly files = this.reader();

  /** A reader that knows nothing yet. */
  reader(): TaskFiles {
    return new TaskFiles({ roots: [this.folder.path], openText: (file) => this.openTexts.get(file) });
  }

  /** Writes the files, by path from the root, and reads all that is there now. */
  async read(files: Readonly<Record<string, string>> = {}): Promise<TaskCode> {
    for (const [path, text] of Object.entries(files)) this.files.change(this.folder.write(path, text));
    return this.files.read();
  }

  remove(): void {
    this.folder.remove();
  }

  /** `app/tasks.py:12`. */
  at(place: Pick<CodePlace, "file" | "line">): string {
    return `${relative(this.folder.path, place.file).replaceAll("\\", "/")}:${place.line}`;
  }

  /** The definitions of a name, as `at` writes them, with how each was found. */
  found(code: TaskCode, name: string, queue?: string): string[] {
    return code.definitionsOf(name, queue).found.map(({ definition, how }) => `${this.at(definition)} ${how}`);
  }

  /** Tasks as `name: place`, or with the reason for no place, in the order of their names. */
  tasks(code: TaskCode): string[] {
    const where = (definition: FunctionDefinition | null, why: string | null): string =>
      definition === null ? `? ${why}` : this.at(definition);
    return code.tasks.map(({ name, definition, why }) => `${name}: ${where(definition, why)}`).sort();
  }
}

/** A value that was read, or `["?", why, fallback]`. */
export function plain<T>(read: ReadValue<T> | null): T | null | readonly ["?", string, T | undefined] {
  if (read === null) return null;
  return "value" in read ? read.value : ["?", read.unknown, read.fallback];
}
