import { css, html, nothing } from "lit";
import { customElement } from "lit/decorators.js";
import type { JobRow } from "../../../src/protocol/viewModels";
import { formatDateTime, formatMoment, formatUtc, unknownText } from "../../shared/format";
import { t } from "../../shared/l10n";
import { RowTable, type RowGroup, type TableColumn } from "../../shared/rowTable";
import { rowTableStyles } from "../../shared/rowTable.styles";
import "../../shared/stateChip";
import { baseStyles } from "../../shared/styles";
import { dueGroup, dueText } from "./dueTexts";

/** In a container narrower than this every job is a card, px. */
const cardsBelow = 620;

/** Jobs by the time at which they are due, under headings that say how near that is. Fires `open-row` (id: the job), and what every table fires. */
@customElement("arq-due-table")
export class DueTable extends RowTable<JobRow, never> {
  static override styles = [
    baseStyles,
    rowTableStyles(cardsBelow),
    css`
      :host {
        --columns: 108px minmax(110px, 1.6fr) 96px minmax(80px, 1fr) 40px minmax(90px, 1.3fr) 96px;
      }
      .cell.due {
        font-variant-numeric: tabular-nums;
        white-space: nowrap;
      }
      .cell.at,
      .cell.id,
      .cell.queue {
        color: var(--mute);
      }
      .cell.at {
        font-variant-numeric: tabular-nums;
        white-space: nowrap;
      }
      @container (max-width: ${cardsBelow - 1}px) {
        .row.item {
          grid-template-columns: repeat(auto-fill, minmax(120px, 1fr));
        }
      }
    `,
  ];

  protected override readonly label = t("Jobs that wait for their time");
  protected override readonly columns: readonly TableColumn<never>[] = [
    { id: "due", title: t("Due"), sort: null, kind: "text" },
    { id: "function", title: t("Function"), sort: null, kind: "text" },
    { id: "state", title: t("Status"), sort: null, kind: "text" },
    { id: "queue", title: t("Queue"), sort: null, kind: "text" },
    { id: "tries", title: t("Tries"), sort: null, kind: "number", meaning: t("Attempts started so far") },
    { id: "id", title: t("ID"), sort: null, kind: "text" },
    { id: "at", title: t("At"), sort: null, kind: "text", meaning: t("When it may run, local time") },
  ];

  protected override nameOf(row: JobRow): string {
    return row.id;
  }

  protected override group(row: JobRow): RowGroup {
    return dueGroup(row.scheduledAt, this.now);
  }

  protected override inputs({ scheduledAt }: JobRow): readonly unknown[] {
    return [scheduledAt === null ? null : dueText(scheduledAt, this.now)];
  }

  protected override cell(row: JobRow, { id }: TableColumn<never>): unknown {
    const at = row.scheduledAt;
    switch (id) {
      case "due":
        return at === null
          ? unknownText
          : html`<span title=${`${formatDateTime(at)} (${formatUtc(at)})`}>${dueText(at, this.now)}</span>`;
      case "function":
        return html`<span class="cut foreign mono" title=${row.function ?? ""}
          >${row.function ?? t("not known")}</span
        >`;
      case "state":
        return html`<arq-state-chip .state=${row.state}></arq-state-chip>`;
      case "queue":
        return html`<span class="cut foreign" title=${row.queue ?? ""}>${row.queue ?? unknownText}</span>`;
      case "tries":
        return row.tries === null ? unknownText : String(row.tries);
      case "id":
        return html`<span class="cut foreign mono" title=${row.id}>${row.id}</span>`;
      case "at":
        return at === null ? unknownText : html`<span title=${formatUtc(at)}>${formatMoment(at, this.now)}</span>`;
      default:
        return nothing;
    }
  }
}
