import type { CodePlace } from "../../python/tasks/taskCode";

/** `worker.py:12`. */
export function placeText({ file, line }: Pick<CodePlace, "file" | "line">): string {
  return `${file.split(/[\\/]/).at(-1) ?? file}:${line}`;
}
