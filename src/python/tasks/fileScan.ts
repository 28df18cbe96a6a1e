import { readParameters } from "./readParameters";
import { parseShort, pythonText } from "./pythonText";
import { afterBlanks, width } from "./quietBodies";
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
  /** Its parameters in parentheses; empty where they are long. */
  readonly parameters: string;
  /** The name that a decorator is called with, as registries take it: `@task("mail.send")`, `@task(name="mail.send")`. Empty: none. */
  readonly registeredAs: string;
  readonly isDecorated: boolean;
}

/** Parameters of a longer text are not read. */
const maxParameters = 600;
/** Of decorators of a longer text, their end is read. */
const maxDecorators = 2000;
/** A line of code is not indented further. */
const maxIndent = 400;
/** A longer one is nobody's: many of them within each other would take more memory than there is. */
const maxQualname = 300;
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

/** Line by line: where one begins a function or class, its first word tells. Three times as fast as one expression over all lines. */
function asyncFunctions(text: string): string {
  const found: string[] = [];
  /** The functions and classes around a line, with their indentation. */
  const around: { indent: number; prefix: string }[] = [];
  let line = 0;
  /** Where the decorators of the next function begin, or -1; and their column. */
  let decorators = -1;
  let column = 0;
  for (let start = 0, end = 0; end !== -1; start = end + 1) {
    line++;
    end = text.indexOf("\n", start);
    const at = afterBlanks(text, start);
    const first = text.charCodeAt(at);
    // Below `if …:` at the margin, a function is in none of those before.
    if (at === start && isLetter(first)) around.length = 0;
    if (first === 64 && (decorators === -1 || at - start < column)) {
      decorators = at;
      column = at - start;
    }
    let above = -1;
    // Other code at their column, or a text that begins or ends there, tells that they were a text's: `@param`.
    if (decorators !== -1 && at - start <= column && (isLetter(first) || first === 34 || first === 39)) {
      if (at - start === column) above = decorators;
      decorators = -1;
    }
    // a, c, d: as good as every line ends here.
    if (first !== 97 && first !== 99 && first !== 100) continue;
    const isAsync = first === 97 && isWord(text, "async", at);
    const word = isAsync ? afterBlanks(text, at + 5) : at;
    const isFunction = isWord(text, "def", word);
    if ((!isFunction && (isAsync || !isWord(text, "class", word))) || word - start > maxIndent) continue;
    const from = afterBlanks(text, word + (isFunction ? 3 : 5));
    const decorated = above === -1 ? "" : text.slice(Math.max(above, start - maxDecorators), start);
    const name = nameAt(text, from);
    if (name === "") continue;
    const indent = width(text.slice(start, at));
    while (around.length > 0 && around.at(-1)!.indent >= indent) around.pop();
    const qualname = `${around.at(-1)?.prefix ?? ""}${name}`;
    if (qualname.length > maxQualname) continue;
    around.push({ indent, prefix: `${qualname}${isFunction ? ".<locals>" : ""}.` });
    if (!isAsync) continue;
    const parameters = parametersAt(text, from + name.length);
    const registered = decorated === "" ? "" : `\0${registeredAs(decorated)}`;
    found.push(`${line}\0${from - start}\0${qualname}\0${parameters}${registered}`);
  }
  // Joined, it is a text of its own; a part of the file's would keep all of it in memory.
  return found.join("\n");
}

function isLetter(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || code === 95;
}

/** With a blank after it. */
function isWord(text: string, word: string, at: number): boolean {
  const after = text.charCodeAt(at + word.length);
  return text.startsWith(word, at) && (after === 32 || after === 9);
}

function nameAt(text: string, from: number): string {
  let at = from;
  for (let code = text.charCodeAt(at); isLetter(code) || (code >= 48 && code <= 57);) code = text.charCodeAt(++at);
  if (!(text.charCodeAt(at) > 127)) return text.slice(from, at);
  return /^[\p{L}_][\p{L}\p{N}_]*/u.exec(text.slice(from, from + 200))?.[0] ?? "";
}

function parametersAt(text: string, from: number): string {
  let depth = 0;
  let isOneLine = true;
  for (let at = from; at < text.length && at < from + maxParameters; at++) {
    const code = text.charCodeAt(at);
    // ( [ and ) ] and :
    if (code === 40 || code === 91) depth++;
    else if (code === 41 || code === 93) depth--;
    else if (code === 58 && depth === 0) return "";
    else if (code === 10 || code === 13 || code === 0) isOneLine = false;
    if (code !== 41 || depth !== 0) continue;
    const written = text.slice(from, at + 1);
    return isOneLine ? written : written.replaceAll(/[\r\n\0]+/g, " ");
  }
  return "";
}

function registeredAs(decorators: string): string {
  if (decorators === "") return "";
  // With more than one blank in a row, there would be many ways to share them out.
  const plain = decorators.replaceAll(/\s+/g, (blanks) => (blanks.includes("\n") ? "\n" : " "));
  const [, first, named] =
    /^[ \t]*@[\w.]+\(\s*(?:["']([\w.:/-]{1,120})["']|(?:[^()]*[,\s])?name\s*=\s*["']([\w.:/-]{1,120})["'])/mu.exec(
      plain,
    ) ?? [];
  return first ?? named ?? "";
}

/** The functions of a file whose last name is this one, or that are registered under the whole name. */
export function functionsNamed(functions: string, file: string, last: string, whole: string): ScannedFunction[] {
  // As good as every file has none.
  if (!functions.includes(last)) return [];
  return functions.split("\n").flatMap((one) => {
    const [line = "", column = "", qualname = "", parameters = "", registeredAs = null] = one.split("\0");
    if (registeredAs !== whole && qualname !== last && !qualname.endsWith(`.${last}`)) return [];
    const place = { file, line: Number(line), column: Number(column) };
    return [{ ...place, qualname, parameters, registeredAs: registeredAs ?? "", isDecorated: registeredAs !== null }];
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
