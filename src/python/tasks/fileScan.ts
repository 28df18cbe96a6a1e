import { readParameters } from "./readParameters";
import { parseShort, pythonText } from "./pythonText";
import type { FunctionDefinition } from "./taskCode";

/** What a quick look at a file tells, without its grammar. */
export interface FileScan {
  /** It may register or enqueue tasks, so that it has to be read. */
  readonly matters: boolean;
  /** Its `async def`s, one a line, as `encode` writes them: one string for each file keeps a large workspace in little memory. */
  readonly functions: string;
}

/** An `async def` by its first line. */
export interface ScannedFunction {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly qualname: string;
  /** Its parameters in parentheses; cut where they are long. */
  readonly parameters: string;
}

/** Parameters of a longer text are not read. */
const maxParameters = 600;
const settingNames = [
  "redis_settings",
  "queue_name",
  "on_startup",
  "on_shutdown",
  "job_timeout",
  "max_jobs",
  "WorkerSettings",
];

/** Time linear in the text: a search for a few words, and for the lines that begin a function or class where there is an `async def`. */
export function scanFile(text: string): FileScan {
  return { matters: matters(text), functions: text.includes("async") ? asyncFunctions(text) : "" };
}

function matters(text: string): boolean {
  if (text.includes("enqueue_job") || text.includes("cron_jobs") || text.includes("run_worker")) return true;
  if (text.includes("WorkerSettings") || text.includes("create_worker")) return true;
  if (text.includes("arq") && /^[ \t]*(?:import|from)[ \t]+arq\b/m.test(text)) return true;
  return text.includes("functions") && settingNames.some((name) => text.includes(name));
}

function asyncFunctions(text: string): string {
  const found: string[] = [];
  /** The functions and classes around a line, with their indentation. */
  const around: { indent: number; prefix: string }[] = [];
  let line = 1;
  let counted = 0;
  for (const match of text.matchAll(/^([ \t]*)(?:(async)[ \t]+)?(?:def|(class))[ \t]+([^\s(:[=.]+)/gm)) {
    const [all, space = "", isAsync, isClass, name = ""] = match;
    const indent = width(space);
    while (around.length > 0 && around.at(-1)!.indent >= indent) around.pop();
    const qualname = `${around.at(-1)?.prefix ?? ""}${name}`;
    around.push({ indent, prefix: `${qualname}${isClass === undefined ? ".<locals>" : ""}.` });
    if (isAsync === undefined) continue;
    for (let at = text.indexOf("\n", counted); at !== -1 && at < match.index; at = text.indexOf("\n", counted)) {
      line++;
      counted = at + 1;
    }
    const column = all.length - name.length;
    found.push([line, column, qualname, parametersAt(text, match.index + all.length)].join("\0"));
  }
  // Joined, it is a text of its own; a part of the file's would keep all of it in memory.
  return found.join("\n");
}

function width(space: string): number {
  let columns = 0;
  for (const one of space) columns = one === "\t" ? (Math.floor(columns / 8) + 1) * 8 : columns + 1;
  return columns;
}

function parametersAt(text: string, from: number): string {
  const some = text.slice(from, from + maxParameters);
  let depth = 0;
  for (let at = 0; at < some.length; at++) {
    const sign = some[at];
    if (sign === "(" || sign === "[") depth++;
    if (sign === ")" || sign === "]") depth--;
    if (sign === ":" && depth === 0) return "";
    if (sign === ")" && depth === 0) return some.slice(0, at + 1).replaceAll(/[\r\n\0]+/g, " ");
  }
  return "";
}

/** The functions of a file whose last name is this one. */
export function functionsNamed(functions: string, file: string, name: string): ScannedFunction[] {
  // As good as every file has none.
  if (!functions.includes(name)) return [];
  return functions.split("\n").flatMap((one) => {
    const [line = "", column = "", qualname = "", parameters = ""] = one.split("\0");
    if (qualname !== name && !qualname.endsWith(`.${name}`)) return [];
    return [{ file, line: Number(line), column: Number(column), qualname, parameters }];
  });
}

export function scannedDefinition(
  { file, line, column, qualname, parameters }: ScannedFunction,
  module: string | null,
): FunctionDefinition {
  const source = pythonText(`def f${parameters === "" ? "()" : parameters}: pass`);
  const list = parseShort(source.text).topNode.getChild("FunctionDefinition")?.getChild("ParamList") ?? null;
  return {
    file,
    line,
    column,
    endLine: null,
    name: qualname.split(".").at(-1) ?? qualname,
    qualname,
    isAsync: true,
    module,
    parameters: readParameters(source, list).map(({ name, kind, default: value, annotation }) => ({
      name,
      kind,
      hasDefault: value !== null,
      annotation,
    })),
    decorators: [],
  };
}
