import { l10n } from "vscode";
import type { ViewId } from "../contributions/views";
import type { DashboardArgument } from "../contributions/commands";
import { count } from "./texts";
import type { ViewNode } from "./viewNode";

/** Rows of a list at first: what fits a side bar. */
const firstRows = 50;
/** That come with every "show more". */
const nextRows = 100;
/** More would make the tree slow, and nobody reads it here: the dashboard has the rest. */
export const rowsAtMost = 1000;

/** How far each list of a tree is shown. */
export class ShownRows {
  readonly #shown = new Map<string, number>();

  constructor(private readonly view: ViewId) {}

  /** Rows to show below the row of this id; "" stands for the top. */
  of(parent: string): number {
    return this.#shown.get(parent) ?? firstRows;
  }

  showMore(parent: string): void {
    this.#shown.set(parent, Math.min(rowsAtMost, this.of(parent) + nextRows));
  }

  /**
   * The row at the end of a list that has more: it shows more of what there is (`known`), and leads to the dashboard for what cannot be shown here.
   * None where everything is shown.
   */
  rest(parent: string, shown: number, known: number, total: number, dashboard: DashboardArgument): readonly ViewNode[] {
    if (shown >= total) return [];
    const id = `${parent}/more`;
    if (shown < Math.min(known, rowsAtMost)) {
      const more = Math.min(nextRows, Math.min(known, rowsAtMost) - shown);
      return [
        {
          id,
          label: l10n.t("Show {0} More", count(more)),
          description: l10n.t("{0} of {1} are shown", count(shown), count(total)),
          icon: { id: "unfold" },
          command: { id: "arq.showMoreRows", title: l10n.t("Show More"), arguments: [{ view: this.view, parent }] },
        },
      ];
    }
    return [
      {
        id,
        label: l10n.t("… {0} more: open in dashboard", count(total - shown)),
        icon: { id: "dashboard" },
        command: { id: "arq.showDashboard", title: l10n.t("Show Dashboard"), arguments: [dashboard] },
      },
    ];
  }
}
