import { joined } from "./pathMapping";

/** What a Dockerfile copies into the image: a path in the folder that it is built in, and where it is inside. */
export interface CopiedFolder {
  /** Relative to the folder: "" is the folder itself. */
  readonly source: string;
  readonly target: string;
}

/** A longer path does not exist. */
const maxPath = 4096;

/** Every `COPY` and `ADD` from the folder itself, under the `WORKDIR` of its stage, which a stage has from the one that it begins with. Names with variables or patterns say nothing for certain and are left out. */
export function copiedFolders(text: string): CopiedFolder[] {
  const copied: CopiedFolder[] = [];
  /** The `WORKDIR` that each named stage ends with. */
  const stages = new Map<string, string>();
  let stage: string | undefined;
  let folder = "/";
  for (const line of text.replaceAll(/\\\r?\n/g, " ").split(/[\r\n]+/)) {
    const found = /^\s*(FROM|WORKDIR|COPY|ADD)\s+(\S.*)$/i.exec(line);
    if (found === null) continue;
    const [instruction, rest] = [found[1]!.toUpperCase(), found[2]!.trim()];
    if (instruction === "FROM") {
      const [from = "", , name] = rest.split(/\s+/).filter((word) => !word.startsWith("--"));
      if (stage !== undefined) stages.set(stage, folder);
      folder = stages.get(from.toLowerCase()) ?? "/";
      stage = name?.toLowerCase();
    } else if (instruction === "WORKDIR") {
      const next = within(folder, rest.replaceAll(/["']/g, ""));
      if (next.length <= maxPath) folder = next;
    } else if (!/(?:^|\s)--from=/.test(rest)) copied.push(...copies(rest, folder));
  }
  return copied;
}

function copies(rest: string, folder: string): CopiedFolder[] {
  const words = rest
    .split(/\s+/)
    .filter((word) => !word.startsWith("--"))
    .join(" ");
  const parts = words.startsWith("[") ? [...words.matchAll(/"([^"]+)"/g)].map((part) => part[1]!) : words.split(" ");
  const to = parts.pop();
  if (to === undefined || parts.length === 0 || [to, ...parts].some((part) => /[$*?[\]{}]/.test(part))) return [];
  const target = within(folder, to);
  return parts.map((part) => {
    const source = part.replace(/^\.?\//, "").replace(/(?<!\/)\/+$/, "");
    // One file lies in the target; of a folder only what it holds is copied.
    if (!/\.\w+$/.test(source) || source === ".") return { source: source === "." ? "" : source, target };
    const cut = source.lastIndexOf("/");
    const isFolder = to.endsWith("/") || to === "." || parts.length > 1;
    return { source: cut < 0 ? "" : source.slice(0, cut), target: isFolder ? target : within(target, "..") };
  });
}

function within(folder: string, path: string): string {
  const segments: string[] = path.startsWith("/") ? [] : folder.split("/").filter((part) => part !== "");
  for (const part of path.split("/")) {
    if (part === "..") segments.pop();
    else if (part !== "" && part !== ".") segments.push(part);
  }
  return segments.length === 0 ? "/" : joined("/", segments);
}
