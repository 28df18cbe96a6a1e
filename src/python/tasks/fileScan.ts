import { readParameters } from "./readParameters";
import { parseShort, pythonText } from "./pythonText";
import { width } from "./quietBodies";
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
/** A line of code is not indented further. */
const maxIndent = 400;
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
  // Most files have none of these parts: four searches instead of seven.
  if (text.includes("_job") && (text.includes("enqueue_job") || text.includes("cron_jobs"))) return true;
  if (text.includes("orker") && /run_worker|create_worker|WorkerSettings/.test(text)) return true;
  if (text.includes("arq") && /^[ \t]*(?:import|from)[ \t]+arq\b/m.test(text)) return true;
  return text.includes("functions") && settingNames.some((name) => text.includes(name));
}

/** Where a line begins a function or class. */
interface Opening {
  /** Of the name. */
  readonly from: number;
  readonly indent: number;
  readonly kind: "async" | "def" | "class";
  readonly column: number;
}

function asyncFunctions(text: string): string {
  const openings = [...openingsOf(text, "def"), ...openingsOf(text, "class")];
  if (!openings.some(({ kind }) => kind === "async")) return "";
  openings.sort((one, other) => one.from - other.from);
  const found: string[] = [];
  /** The functions and classes around a line, with their indentation. */
  const around: { indent: number; prefix: string }[] = [];
  let line = 1;
  let counted = 0;
  for (const { from, indent, kind, column } of openings) {
    const name = nameAt(text, from);
    if (name === "") continue;
    const start = from - column;
    for (let at = text.indexOf("\n", counted); at !== -1 && at < start; at = text.indexOf("\n", counted)) {
      line++;
      counted = at + 1;
      // Below `if …:` at the margin, a function is in none of those before.
      if (counted < start && isLetter(text.charCodeAt(counted))) around.length = 0;
    }
    while (around.length > 0 && around.at(-1)!.indent >= indent) around.pop();
    const qualname = `${around.at(-1)?.prefix ?? ""}${name}`;
    around.push({ indent, prefix: `${qualname}${kind === "class" ? "" : ".<locals>"}.` });
    if (kind === "async") found.push([line, column, qualname, parametersAt(text, from + name.length)].join("\0"));
  }
  // Joined, it is a text of its own; a part of the file's would keep all of it in memory.
  return found.join("\n");
}

function isLetter(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || code === 95;
}

/** Lines that begin with this word, or with `async` and it. Three times as fast as one expression over all lines. */
function openingsOf(text: string, word: "def" | "class"): Opening[] {
  const found: Opening[] = [];
  for (let at = text.indexOf(word); at !== -1; at = text.indexOf(word, at + word.length)) {
    const after = text[at + word.length];
    if (after !== " " && after !== "\t") continue;
    // Back over blanks and `async` only, not to where the line begins: one line of megabytes may have this word all over.
    const before = blanksBefore(text, at);
    const isAsync = before < at && text.startsWith("async", before - 5);
    const start = isAsync ? blanksBefore(text, before - 5) : before;
    if ((start > 0 && text[start - 1] !== "\n") || at - start > maxIndent) continue;
    const space = text.slice(start, isAsync ? before - 5 : at);
    let from = at + word.length;
    while (text[from] === " " || text[from] === "\t") from++;
    found.push({ from, indent: width(space), kind: isAsync ? "async" : word, column: from - start });
  }
  return found;
}

/** Where the spaces and tabs begin that end at `at`. */
function blanksBefore(text: string, at: number): number {
  while (text[at - 1] === " " || text[at - 1] === "\t") at--;
  return at;
}

function nameAt(text: string, from: number): string {
  return /^[\p{L}_][\p{L}\p{N}_]*/u.exec(text.slice(from, from + 200))?.[0] ?? "";
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
