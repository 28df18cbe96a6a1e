import type { SyntaxNode } from "@lezer/common";
import type { ImportFrom } from "./moduleSource";
import type { SourceText } from "./readExpression";

/** What one import statement binds. */
export interface ImportRead {
  readonly names: readonly {
    /** What it is called here. */
    readonly as: string;
    readonly from: ImportFrom;
    /** Null: the module itself. */
    readonly name: string | null;
    readonly at: SyntaxNode;
  }[];
  /** The module of `from … import *`. */
  readonly star: ImportFrom | null;
}

export function readImport(source: SourceText, node: SyntaxNode): ImportRead {
  const words: { name: string; text: string; node: SyntaxNode }[] = [];
  for (let child = node.firstChild; child !== null; child = child.nextSibling) {
    if (child.name !== "Comment")
      words.push({ name: child.name, text: source.text.slice(child.from, child.to), node: child });
  }
  let next = 1;
  const dotted = (): string => {
    let text = "";
    for (; words[next]?.name === "VariableName" || words[next]?.name === "."; next++) text += words[next]!.text;
    return text;
  };
  const alias = (): string | null => {
    if (words[next]?.name !== "as") return null;
    next += 2;
    return words[next - 1]?.text ?? null;
  };
  const names: ImportRead["names"][number][] = [];
  let star: ImportFrom | null = null;
  if (words[0]?.text !== "from") {
    for (; next < words.length; next++) {
      const at = words[next]!.node;
      const text = dotted();
      const as = alias();
      if (text === "") break;
      // `import a.b` binds `a`.
      const module = as === null ? (text.split(".")[0] ?? text) : text;
      names.push({ as: as ?? module, from: { module, level: 0 }, name: null, at });
    }
    return { names, star };
  }
  // The grammar may give `...` as one word.
  let level = 0;
  for (; /^\.+$/.test(words[next]?.text ?? ""); next++) level += words[next]!.text.length;
  const from = { module: dotted(), level };
  for (next += 1; next < words.length; next++) {
    const word = words[next]!;
    if (word.name === "*") star = from;
    if (word.name !== "VariableName") continue;
    next++;
    names.push({ as: alias() ?? word.text, from, name: word.text, at: word.node });
  }
  return { names, star };
}
