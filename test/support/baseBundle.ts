import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { repositoryRoot } from "./repositoryRoot";

/** A call of `t` or of `l10n.t`. `text` is null where its first argument is no literal, which no tool could collect. */
export interface TextCall {
  readonly place: string;
  readonly text: string | null;
}

/** Calls of `t` and of `l10n.t`. Not `.t(` of anything else, nor the making of `t`. */
const call = /(?:\bl10n\.|(?<![\w.$]|function ))t\(\s*/g;
/** A text without anything put into it. */
const literal = /^(?:"((?:[^"\\\n]|\\.)*)"|'((?:[^'\\\n]|\\.)*)')\s*[,)]/;

/** Every text of the product that is handed to a translator, in the order of the files. */
export function* textCalls(): Generator<TextCall> {
  for (const folder of ["src", "webview"]) {
    for (const entry of readdirSync(join(repositoryRoot(), folder), { recursive: true, withFileTypes: true })) {
      if (!entry.isFile() || !entry.name.endsWith(".ts")) continue;
      const file = join(entry.parentPath, entry.name);
      const source = readFileSync(file, "utf8");
      for (const found of source.matchAll(call)) {
        const line = source.slice(0, found.index).split("\n").length;
        yield { place: `${file}:${line}`, text: literalAt(source.slice(found.index + found[0].length)) };
      }
    }
  }
}

/** What `vscode.l10n` calls the base bundle: every text once, standing for itself, in alphabetical order. */
export function baseBundle(): Record<string, string> {
  const texts = new Set([...textCalls()].flatMap(({ text }) => (text === null ? [] : [text])));
  return Object.fromEntries([...texts].sort().map((text) => [text, text]));
}

function literalAt(source: string): string | null {
  const [, double, single] = literal.exec(source) ?? [];
  if (double !== undefined) return JSON.parse(`"${double}"`) as string;
  return single === undefined
    ? null
    : (JSON.parse(`"${single.replaceAll("\\'", "'").replaceAll('"', '\\"')}"`) as string);
}
