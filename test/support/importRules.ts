import { posix } from "node:path";

/** One import of a file. `typeOnly`: nothing of it is left at run time. */
export interface Import {
  readonly specifier: string;
  readonly typeOnly: boolean;
  /** From 1. */
  readonly line: number;
}

/** What a room may import: other rooms wholly or only their types, and packages. A trailing `*` stands for any ending. */
interface Room {
  readonly values: readonly string[];
  readonly types: readonly string[];
  readonly packages: readonly string[];
}

const everythingButWebview = [
  "src/arq",
  "src/python",
  "src/monitor",
  "src/redis",
  "src/files",
  "src/protocol",
  "src/host",
];

/** The import table of design.md. A room may always import itself. Types are allowed wherever values are. */
const rooms: Readonly<Record<string, Room>> = {
  // A grammar computes and reads nothing: Python source is parsed with it.
  "src/python": { values: [], types: ["src/arq"], packages: ["@lezer/*"] },
  // zlib computes and reads nothing: compressed payloads are inflated with it, synchronously and bounded.
  "src/arq": { values: ["src/python"], types: [], packages: ["node:zlib", "fzstd"] },
  "src/monitor": { values: ["src/arq", "src/python"], types: [], packages: [] },
  "src/redis": { values: ["src/arq"], types: ["src/monitor"], packages: ["ioredis", "ioredis/*", "node:*"] },
  "src/files": { values: ["src/python"], types: ["src/monitor"], packages: ["node:*"] },
  "src/protocol": { values: [], types: ["src/arq", "src/python", "src/monitor"], packages: [] },
  "src/host": { values: everythingButWebview, types: [], packages: ["vscode", "node:*"] },
  webview: {
    // Text formatting: pure functions from facts to text, and the list of states.
    values: [
      "src/protocol",
      "src/arq/jobModel",
      "src/arq/duration",
      "src/arq/explain",
      "src/python/highlight",
      "src/python/l10n",
      "src/python/repr",
    ],
    types: ["src/arq", "src/python"],
    packages: ["lit", "lit/*", "chart.js", "chart.js/*", "@vscode/webview-ui-toolkit", "@vscode/webview-ui-toolkit/*"],
  },
  "src/extension.ts": { values: everythingButWebview, types: [], packages: ["vscode", "node:*"] },
  "src/inspect.ts": {
    values: ["src/arq", "src/python", "src/monitor", "src/redis"],
    types: [],
    packages: ["node:*"],
  },
};

/** Packages that only one place may know, with the places. */
const reserved: readonly (readonly [packages: RegExp, places: readonly string[]])[] = [
  [/^ioredis(?:\/|$)/, ["src/redis/"]],
  [/^fzstd$/, ["src/arq/zstd.ts"]],
  [/^@lezer\//, ["src/python/tasks/"]],
  [/^vscode$/, ["src/host/", "src/extension.ts"]],
  [/^node:fs(?:\/|$)/, ["src/files/", "src/redis/"]],
  [/^@vscode\/webview-ui-toolkit(?:\/|$)/, ["webview/shared/toolkit.ts"]],
];

const maxLines = 400;

/**
 * Everything in which these files break the rules of the house, as sentences; none when they keep them. `files` are paths
 * with forward slashes from the repository's root, with their text.
 */
export function brokenRules(files: ReadonlyMap<string, string>): string[] {
  const broken: string[] = [];
  const edges = new Map<string, string[]>();
  for (const [path, text] of files) {
    const lines = text.split("\n").length - (text.endsWith("\n") ? 1 : 0);
    if (lines > maxLines) broken.push(`${path} has ${lines} lines, more than ${maxLines}`);
    const code = withoutComments(text);
    if (/\bexport\s+default\b|\bexport\s*\{[^}]*\bas\s+default\b/.test(code))
      broken.push(`${path} has a default export`);
    for (const found of importsOf(text)) {
      const target = resolve(path, found.specifier, files);
      const problem = target === null ? packageProblem(path, found) : fileProblem(path, target, found.typeOnly);
      if (problem !== null) broken.push(`${path}:${found.line} ${problem}`);
      if (target !== null && !found.typeOnly) edges.set(path, [...(edges.get(path) ?? []), target]);
    }
  }
  return [...broken, ...cycles(edges)];
}

/** All imports of a text: static, side effect, `export … from`, `import()` of a literal, and types of every form. */
export function importsOf(text: string): Import[] {
  const code = withoutComments(text);
  const found: Import[] = [];
  const add = (match: RegExpExecArray, specifier: string | undefined, typeOnly: boolean): void => {
    const line = code.slice(0, match.index).split("\n").length;
    found.push({ specifier: specifier ?? "(not a literal)", typeOnly, line });
  };
  const statements = /(?<![\w.$])(?:import|export)\s+(type\s+(?!from\b))?([\w$*\s{},]*?)\s*\bfrom\s*["']([^"']+)["']/g;
  for (const match of code.matchAll(statements)) {
    add(match, match[3], match[1] !== undefined || onlyInlineTypes(match[2] ?? ""));
  }
  for (const match of code.matchAll(/(?<![\w.$])import\s*["']([^"']+)["']/g)) add(match, match[1], false);
  for (const match of code.matchAll(
    /(typeof\s+)?(?<![\w.$])import\s*\(\s*(?:["'`]([^"'`]*)["'`])?[^)]*\)(\.[A-Z])?/g,
  )) {
    add(match, match[2], match[1] !== undefined || match[3] !== undefined);
  }
  for (const match of code.matchAll(/(?<![\w.$])require\s*\(\s*["']([^"']+)["']/g)) add(match, match[1], false);
  return found;
}

/** `{ type A, type B }`: every name is a type. */
function onlyInlineTypes(names: string): boolean {
  const list = /^\{(.*)\}$/s
    .exec(names.trim())?.[1]
    ?.split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");
  return list !== undefined && list.length > 0 && list.every((name) => /^type\s/.test(name));
}

/** The text with comments blanked out, line ends kept. Strings and templates are left alone. */
function withoutComments(text: string): string {
  const parts = /"(?:[^"\\\n]|\\[^])*"|'(?:[^'\\\n]|\\[^])*'|`(?:[^`\\]|\\[^])*`|\/\/[^\n]*|\/\*[^]*?\*\//g;
  return text.replaceAll(parts, (part) => (part.startsWith("/") ? part.replaceAll(/[^\n]/g, " ") : part));
}

/** The file that a relative import means; null for a package. */
function resolve(from: string, specifier: string, files: ReadonlyMap<string, string>): string | null {
  if (!specifier.startsWith(".")) return null;
  const path = posix.join(posix.dirname(from), specifier).replace(/\.js$/, "");
  return [path, `${path}.ts`, `${path}/index.ts`].find((candidate) => files.has(candidate)) ?? path;
}

function roomOf(path: string): string | null {
  return Object.keys(rooms).find((room) => path === room || path.startsWith(`${room}/`)) ?? null;
}

function packageProblem(path: string, { specifier }: Import): string | null {
  const place = reserved.find(([packages]) => packages.test(specifier));
  if (place !== undefined && !place[1].some((allowed) => path.startsWith(allowed))) {
    return `imports ${specifier}, which only ${place[1].join(" and ")} may`;
  }
  const room = roomOf(path);
  const allowed = room === null ? [] : (rooms[room]?.packages ?? []);
  return allowed.some((one) => covers(one, specifier))
    ? null
    : `imports ${specifier}, which ${room ?? "this file"} may not`;
}

function fileProblem(path: string, target: string, typeOnly: boolean): string | null {
  const from = roomOf(path);
  const to = roomOf(target);
  if (from === null) return "belongs to no room of the house";
  if (from === to) return null;
  const { values, types } = rooms[from] ?? { values: [], types: [] };
  const within = (places: readonly string[]): boolean =>
    places.some((place) => target === place || target === `${place}.ts` || target.startsWith(`${place}/`));
  if (within(values) || (typeOnly && within(types))) return null;
  return within(types)
    ? `imports ${target}, of which ${from} may only import types`
    : `imports ${target}, which ${from} may not`;
}

function covers(pattern: string, name: string): boolean {
  return pattern.endsWith("*") ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
}

/** Each cycle once, as the way around it. */
function cycles(edges: ReadonlyMap<string, readonly string[]>): string[] {
  const found: string[] = [];
  const done = new Set<string>();
  const way: string[] = [];
  const visit = (path: string): void => {
    const start = way.indexOf(path);
    if (start >= 0) found.push(`cycle: ${[...way.slice(start), path].join(" → ")}`);
    if (start >= 0 || done.has(path)) return;
    way.push(path);
    for (const target of edges.get(path) ?? []) visit(target);
    way.pop();
    done.add(path);
  };
  for (const path of edges.keys()) visit(path);
  return found;
}
