/** Words of a body that say something about tasks: calls that matter, functions and classes within it, and lists that are filled. */
const telling =
  /enqueue_job|create_pool|ArqRedis|Worker|create_worker|run_worker|get_kwargs|check_health|\b(?:def|class)[ \t]|\b(?:[A-Z][A-Z\d_]*|functions|cron_jobs|tasks|jobs|registry)[ \t]*(?:\.(?:append|extend|insert)\b|\+=)/;

/** What may change a list that is made elsewhere. */
const change = /\b([^\W\d]\w*)[ \t]*(?:\.(?:append|extend|insert|remove|clear|pop)\b|\+=)/gu;

/** What a body makes itself. */
const made = /^[ \t]+([^\W\d]\w*)[ \t]*[:=]/gmu;

/**
 * A text whose functions have a `pass` for a body where that says nothing about tasks: most of what would be parsed is in such bodies, and the grammar takes 400 ms
 * for a megabyte. What a function returns is left out with it: whoever needs that reads the file once more, and whole. All else stays on its line and column.
 * Where a body's end is not certain (a text or bracket that goes on at the margin), it is left. Time linear in the text, whatever it holds.
 */
export function withoutQuietBodies(text: string): string {
  const parts: string[] = [];
  let done = 0;
  const functions = [...text.matchAll(/^([ \t]*)(async[ \t]+)?def[ \t]/gm)];
  for (const [nth, { index, 1: space = "", 2: isAsync }] of functions.entries()) {
    if (index < done) continue;
    const next = functions[nth + 1]?.index ?? text.length;
    const start = bodyAfter(text, index, next);
    if (start === null) continue;
    const end = endOfBody(text, start, next, width(space));
    if (end === null) continue;
    const body = text.slice(start, end);
    if (telling.test(body) || !isClosed(body)) continue;
    // A function that registers others is a plain one.
    if (isAsync === undefined && space === "" && changesOthers(body)) continue;
    const lastLine = body.trimEnd().lastIndexOf("\n") + 1;
    const [indent = ""] = /^[ \t]*/.exec(body.slice(lastLine)) ?? [];
    parts.push(
      text.slice(done, start),
      lineEnds(body.slice(0, lastLine)),
      indent,
      "pass",
      lineEnds(body.slice(lastLine)),
    );
    done = end;
  }
  if (done === 0) return text;
  parts.push(text.slice(done));
  return parts.join("");
}

/** Lists that the body does not make itself. */
function changesOthers(body: string): boolean {
  const changed = Array.from(body.matchAll(change), ([, name = ""]) => name);
  if (changed.length === 0) return false;
  const own = new Set(Array.from(body.matchAll(made), ([, name = ""]) => name));
  return changed.some((name) => !own.has(name));
}

/** The beginning of the line after a `def`'s colon. Null where the body is on the same line, or the colon is far or none before the next `def`. */
function bodyAfter(text: string, from: number, next: number): number | null {
  let depth = 0;
  for (let at = from; at < next && at < from + 4000; at++) {
    const sign = text[at];
    if (sign === "(" || sign === "[" || sign === "{") depth++;
    else if (sign === ")" || sign === "]" || sign === "}") depth--;
    // A default that is a text may hold anything.
    else if (sign === '"' || sign === "'" || sign === "#") return null;
    else if (sign === ":" && depth === 0) {
      const after = afterBlanks(text, at + 1);
      const end = text[after] === "\r" ? after + 1 : after;
      return text[end] === "\n" ? end + 1 : null;
    }
  }
  return null;
}

/** Where the last line ends that is indented more than the `def`; a comment may stand anywhere. Null where the `next` function is one of the body. */
function endOfBody(text: string, from: number, next: number, indent: number): number | null {
  let end = from;
  for (let at = from; at < text.length;) {
    const first = afterBlanks(text, at);
    const after = text.indexOf("\n", first) + 1 || text.length;
    const isBlank = /^(?:#|\r?\n|\r?$)/.test(text.slice(first, first + 2));
    if (!isBlank && width(text.slice(at, first)) <= indent) break;
    if (at >= next) return null;
    if (!isBlank) end = after;
    at = after;
  }
  return end;
}

/** Brackets and long texts that are opened in it are closed in it. Signs within texts may make it say no where it is; never the other way but by design. */
function isClosed(body: string): boolean {
  if (body.trim() === "") return false;
  for (const quotes of ['"""', "'''"]) if ((body.split(quotes).length - 1) % 2 !== 0) return false;
  let depth = 0;
  for (let at = 0; at < body.length; at++) {
    const code = body.charCodeAt(at);
    // ( [ { and ) ] }
    if (code === 40 || code === 91 || code === 123) depth++;
    else if (code === 41 || code === 93 || code === 125) depth--;
  }
  return depth === 0;
}

function lineEnds(text: string): string {
  return text.replaceAll(/[^\r\n]+/g, "");
}

/** Where a line's first sign is, or its end. */
export function afterBlanks(text: string, at: number): number {
  for (let code = text.charCodeAt(at); code === 32 || code === 9; code = text.charCodeAt(at)) at++;
  return at;
}

/** The column of what follows white space, with tabs as Python counts them. */
export function width(space: string): number {
  let columns = 0;
  for (const one of space) columns = one === "\t" ? (Math.floor(columns / 8) + 1) * 8 : columns + 1;
  return columns;
}
