/** What a compose file says about which folders a container has from this machine. Paths as written, variables filled in. */
export interface ComposeFolders {
  /** Bind mounts and watched folders: a path of this machine, and where it is inside. */
  readonly mounts: readonly { readonly source: string; readonly target: string }[];
  /** Images that are built here: the folder, and the Dockerfile in it. */
  readonly builds: readonly { readonly context: string; readonly dockerfile: string | null }[];
}

/** Lines that are read, and lines that may belong to one key: files are written by hand, and time must stay linear. */
const maxLines = 20_000;
const maxBlock = 300;

/** One line that says something. */
interface Line {
  readonly indent: number;
  readonly text: string;
}

/**
 * Reads every `volumes:`, `develop: watch:` and `build:` of a compose file, whichever service or anchor it belongs to: whether a file is there decides later. Read by indentation,
 * in short and long syntax; no YAML is evaluated. `variables` are those of the shell and of `.env`.
 */
export function composeFolders(text: string, variables: Readonly<Record<string, string | undefined>>): ComposeFolders {
  const lines = text.split(/\r?\n/, maxLines).flatMap((line) => readLine(line));
  const mounts: { source: string; target: string }[] = [];
  const builds: { context: string; dockerfile: string | null }[] = [];
  const value = (raw: string | undefined): string => filled(unquoted(raw ?? ""), variables);
  for (const [at, { indent, text: line }] of lines.entries()) {
    const volumes = /^volumes\s*:\s*(?:&\S+\s*)?(?:\[(.*)\])?$/.exec(line);
    if (volumes !== null && indent > 0) {
      const items =
        volumes[1]?.split(",") ?? below(lines, at).flatMap((each) => each.text.match(/^-\s+(.+)$/)?.[1] ?? []);
      for (const item of items) mounts.push(...mounted(value(item)));
    }
    const target = /^(?:-\s+)?target\s*:\s*(.+)$/.exec(line)?.[1];
    if (target !== undefined) {
      const source = siblings(lines, at).find(({ text: other }) => /^(?:-\s+)?(?:source|path)\s*:/.test(other));
      if (source !== undefined) mounts.push(...paired(value(after(source.text)), value(target)));
    }
    const build = /^build\s*:\s*(.*)$/.exec(line);
    if (build === null || indent === 0) continue;
    const inner = below(lines, at);
    const context = build[1] === "" || build[1]!.startsWith("&") ? named(inner, "context") : build[1];
    if (context !== undefined) {
      const dockerfile = named(inner, "dockerfile");
      builds.push({ context: value(context), dockerfile: dockerfile === undefined ? null : value(dockerfile) });
    }
  }
  return { mounts, builds: builds.filter(({ context }) => context !== "" && !/^[\w+]+:\/\/|^git@/.test(context)) };
}

/** `./backend:/app:ro`. The source may have a drive; a name without a path is a volume that Docker keeps. */
function mounted(item: string): { source: string; target: string }[] {
  const short = /^((?:[a-z]:)?[^:]+):([^:]+)(?::[\w,]+)?$/i.exec(item);
  return short === null ? [] : paired(short[1]!, short[2]!);
}

function paired(source: string, target: string): { source: string; target: string }[] {
  return /^(?:[./~\\]|[a-z]:)/i.test(source) && target.startsWith("/") ? [{ source, target }] : [];
}

function readLine(line: string): Line[] {
  const text = line.replace(/(?:^|\s)#.*$/, "").trim();
  return text === "" || text === "---" ? [] : [{ indent: line.length - line.trimStart().length, text }];
}

/** Lines that belong to the key of this line: deeper ones, and items of a list at its own depth. */
function below(lines: readonly Line[], at: number): readonly Line[] {
  const { indent } = lines[at]!;
  const rest = lines.slice(at + 1, at + maxBlock);
  const end = rest.findIndex((line) => line.indent < indent || (line.indent === indent && !line.text.startsWith("-")));
  return end < 0 ? rest : rest.slice(0, end);
}

/** The other lines of the same item: as deep as this one, where `- key:` counts as deep as its key. */
function siblings(lines: readonly Line[], at: number): readonly Line[] {
  const depth = ({ indent, text }: Line): number => indent + (/^-\s+/.exec(text)?.[0].length ?? 0);
  const own = depth(lines[at]!);
  const found: Line[] = [];
  for (let up = at; up >= Math.max(0, at - maxBlock); up--) {
    if (depth(lines[up]!) < own) break;
    if (up !== at && depth(lines[up]!) === own) found.push(lines[up]!);
    if (lines[up]!.text.startsWith("-") && depth(lines[up]!) === own) break;
  }
  for (const line of lines.slice(at + 1, at + maxBlock)) {
    if (depth(line) < own || (line.text.startsWith("-") && depth(line) === own)) break;
    if (depth(line) === own) found.push(line);
  }
  return found;
}

function named(lines: readonly Line[], key: string): string | undefined {
  const line = lines.find(({ text }) => text.startsWith(key) && /^\s*:/.test(text.slice(key.length)));
  return line === undefined ? undefined : after(line.text);
}

function after(line: string): string {
  return line.slice(line.indexOf(":") + 1).trim();
}

function unquoted(text: string): string {
  return text.trim().replace(/^(["'])(.*)\1$/, "$2");
}

/** `${NAME}`, `$NAME`, `${NAME:-default}`; nothing where there is no value, as compose does. */
function filled(text: string, variables: Readonly<Record<string, string | undefined>>): string {
  return text.replaceAll(
    /\$\{(\w+)(?::?[-?+]([^{}]*))?\}|\$(\w+)/g,
    (_all, braced: string | undefined, fallback: string | undefined, bare: string | undefined) =>
      (variables[braced ?? bare ?? ""] || fallback) ?? "",
  );
}
