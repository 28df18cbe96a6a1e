/** A class of worker settings in a module: what `arq module.Class` runs. */
export interface SettingsClass {
  readonly name: string;
  /** The first line below the class, 1-based: where something that needs the class can stand. */
  readonly below: number;
  /** The module hands it to `instrument` already. */
  readonly instrumented: boolean;
}

const opening = /^class\s+(\w+)\s*(?:\([^)]*\)\s*)?:/;
/** What makes a class worker settings for ARQ. */
const setting = /^[ \t]+(?:functions|cron_jobs)\s*(?::[^=]*)?=[^=]/;

/** Worker settings written in this text, judged by its lines alone; nothing is run. */
export function findSettingsClasses(text: string): SettingsClass[] {
  const lines = text.split(/\r?\n/);
  const found: SettingsClass[] = [];
  for (let at = 0; at < lines.length; at++) {
    const name = opening.exec(lines[at] ?? "")?.[1];
    if (name === undefined) continue;
    let end = at + 1;
    let last = at;
    let isSettings = false;
    // A closing bracket of a list may stand at the margin: `functions = [` … `]`.
    for (; end < lines.length && /^(?:[\s#)\]}]|$)/.test(lines[end] ?? ""); end++) {
      const line = lines[end] ?? "";
      if (line.trim() !== "" && !line.startsWith("#")) last = end;
      isSettings ||= setting.test(line);
    }
    if (isSettings) found.push({ name, below: last + 2, instrumented: isInstrumented(text, lines, at, name) });
    at = end - 1;
  }
  return found;
}

function isInstrumented(text: string, lines: readonly string[], at: number, name: string): boolean {
  if (new RegExp(String.raw`^[^#\n]*\binstrument\(\s*${name}\b`, "m").test(text)) return true;
  for (let above = at - 1; above >= 0 && /^[@\s)]/.test(lines[above] ?? ""); above--) {
    if (/^@(?:\w+\.)?instrument\b/.test(lines[above] ?? "")) return true;
  }
  return false;
}

/**
 * The two lines to paste below the class, for an `arq_monitor.py` beside its module. In a package the import has to say so: by a dot, which also
 * holds when the package is moved.
 */
export function instrumentationLines(name: string, inPackage: boolean): string {
  return `from ${inPackage ? "." : ""}arq_monitor import instrument\n\ninstrument(${name})\n`;
}

/** A module in a folder without `__init__.py` is part of a package all the same when it imports its neighbours as one. */
export function importsAsPackage(text: string, folder: string): boolean {
  if (/^[ \t]*from\s+\.+\w*\s+import\b/m.test(text)) return true;
  const name = folder.replaceAll(/[^\w]/g, "");
  return name !== "" && new RegExp(String.raw`^[ \t]*(?:from|import)\s+(?:\w+\.)*${name}\.\w`, "m").test(text);
}
