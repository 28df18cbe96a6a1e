import type { Deviation } from "./sceneLook";
import { sceneNames } from "./sceneNames";

/** What stands in a cell; `impossible` with the reason why this version cannot bring it about. */
export type Cell =
  | { readonly is: "live" | "recorded" | "wrong" | "notHere" }
  | { readonly is: "impossible"; readonly why: string };

interface Column {
  readonly arq: string;
  python: string;
  readonly order: number;
  readonly cells: Map<string, Cell>;
}

/** The fidelity matrix of this run: outcomes and states by version of ARQ and Python. */
export class FidelityMatrix {
  readonly deviation: Deviation = { compared: 0, worst: 0 };
  readonly #columns: Column[] = [];

  /** Adds a column; columns are printed by `order`. */
  column(arq: string, python: string, order: number): { python: string; readonly cells: Map<string, Cell> } {
    const column: Column = { arq, python, order, cells: new Map() };
    this.#columns.push(column);
    return column;
  }

  /** The table, and below it why a cell says that something cannot be. Empty when nothing was run. */
  print(): string[] {
    const columns = this.#columns.toSorted((a, b) => a.order - b.order);
    if (columns.length === 0) return [];
    const reasons: string[] = [];
    const note = (why: string): string => {
      if (!reasons.includes(why)) reasons.push(why);
      return `–${superscript(reasons.indexOf(why) + 1)}`;
    };
    const rows = [
      ["ARQ", ...columns.map(({ arq }) => arq)],
      ["Python", ...columns.map(({ python }) => python)],
      ...sceneNames.map((name) => [
        name,
        ...columns.map(({ cells }) => {
          const cell = cells.get(name);
          if (cell === undefined) return "";
          if (cell.is === "impossible") return note(cell.why);
          return { live: "✓", recorded: "rec", wrong: "✗", notHere: "not here" }[cell.is];
        }),
      ]),
    ];
    const widths = rows[0]!.map((_cell, i) => Math.max(...rows.map((row) => (row[i] ?? "").length)));
    const line = (row: readonly string[]): string =>
      row
        .map((cell, i) => cell.padEnd(widths[i]!))
        .join(" │ ")
        .trimEnd();
    const rule = widths.map((width) => "─".repeat(width)).join("─┼─");
    const { compared, worst } = this.deviation;
    return [
      ...rows.slice(0, 2).map(line),
      rule,
      ...rows.slice(2).map(line),
      rule,
      "✓ real workers in this run · rec: keys recorded from real workers · not here: no such Python on this machine, or no PyPI",
      ...reasons.map((why, i) => `–${superscript(i + 1)} ${why}`),
      `${compared} times compared with what the workers noted; the farthest lay ${worst.toFixed(1)} ms outside.`,
    ];
  }
}

function superscript(n: number): string {
  return String(n).replaceAll(/\d/g, (digit) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[Number(digit)]!);
}

/** One matrix for all test files of the ring, which are bundles of their own. */
export function fidelityMatrix(): FidelityMatrix {
  const shared = globalThis as { [key: symbol]: FidelityMatrix | undefined };
  return (shared[Symbol.for("arq-monitor.fidelityMatrix")] ??= new FidelityMatrix());
}
