/** Where a function is defined in a text. */
export interface Definition {
  /** Of its `def`, 1-based. */
  readonly line: number;
  /** How much it looks like a task of ARQ: the higher, the more. */
  readonly score: number;
}

/** The name that a coroutine function has by itself: ARQ's name without `cron:`, without the class and the function it is defined in. */
export function plainName(name: string): string {
  return (
    name
      .replace(/^cron:/, "")
      .split(".")
      .at(-1) ?? ""
  );
}

/**
 * Definitions of the function that ARQ knows by this name (a `__qualname__`), judged by the lines alone. An `async def` with a first parameter
 * `ctx`, at the margin or in the class that the name tells, is the most likely one.
 */
export function findDefinitions(text: string, name: string): Definition[] {
  const steps = name.replace(/^cron:/, "").split(".");
  const own = plainName(name);
  if (!/^[\p{L}_][\p{L}\p{N}_]*$/u.test(own)) return [];
  const opening = new RegExp(String.raw`^([ \t]*)(async[ \t]+)?def[ \t]+${own}[ \t]*\(([^)]*)`, "gmu");
  const outer = steps.at(-2);
  return [...text.matchAll(opening)].map((found) => {
    const [, indent = "", isAsync, parameters = ""] = found;
    const before = text.slice(0, found.index);
    const inside = indent === "" ? null : enclosingClass(before, indent);
    const fits = outer === undefined || outer === "<locals>" ? indent === "" : inside === outer;
    const takesContext = /^\s*(?:self\s*,\s*|cls\s*,\s*)?_?(?:ctx|context|_)\b/.test(parameters);
    return {
      line: before.split("\n").length,
      score: (isAsync === undefined ? 0 : 4) + (takesContext ? 3 : 0) + (fits ? 2 : 0),
    };
  });
}

/**
 * The names of functions that this text registers with ARQ under the given name: `func(send, name="send_email")`, and `cron(…)` alike. The dotted
 * name as it is written there.
 */
export function registeredAs(text: string, name: string): string[] {
  const escaped = name.replaceAll(/[$()*+.?[\\\]^{|}]/g, String.raw`\$&`);
  const registration = new RegExp(
    String.raw`\b(?:func|cron)\(\s*([\p{L}_][\p{L}\p{N}_.]*)\b[^()]*\bname\s*=\s*(["'])${escaped}\2`,
    "gu",
  );
  return [...new Set([...text.matchAll(registration)].flatMap(([, target]) => (target === undefined ? [] : [target])))];
}

/** The class around a line with this indentation, by the nearest line above it that is indented less. */
function enclosingClass(before: string, indent: string): string | null {
  const lines = before.split("\n");
  for (let at = lines.length - 1; at >= 0; at--) {
    const line = lines[at] ?? "";
    const [, own = "", rest = ""] = /^([ \t]*)(.*)$/.exec(line) ?? [];
    if (rest.trim() === "" || rest.startsWith("#") || own.length >= indent.length) continue;
    return /^class\s+([\p{L}_][\p{L}\p{N}_]*)/u.exec(rest)?.[1] ?? null;
  }
  return null;
}
