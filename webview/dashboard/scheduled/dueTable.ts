import { css, html, nothing } from "lit";
import { customElement } from "lit/decorators.js";
import type { JobRow } from "../../../src/protocol/viewModels";
import { formatDateTime, formatMoment, formatUtc, unknownText } from "../../shared/format";
import { t } from "../../shared/l10n";
import { RowTable, type RowGroup, type TableColumn } from "../../shared/rowTable";
import { rowTableStyles } from "../../shared/rowTable.styles";
import { stateChip } from "../../shared/stateChip";
import { baseStyles } from "../../shared/styles";
import { dueGroup, dueText } from "./dueTexts";

/** In a container narrower than this every job is a card, px. */
const cardsBelow = 560;

/** Jobs by the time at which they are due, under headings that say how near that is. Fires `open-row` (id: the job), and what every table fires. */
@customElement("arq-due-table")
export class DueTable extends RowTable<JobRow, never> {
  static override styles = [
    baseStyles,
    rowTableStyles(cardsBelow),
    css`
      :host {
        --columns: 108px minmax(110px, 1.6fr) 92px minmax(80px, 1fr) 40px minmax(90px, 1.3fr) 100px;
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
      @container (min-width: ${cardsBelow}px) and (max-width: 819px) {
        :host {
          --columns: 96px minmax(110px, 2fr) 92px minmax(70px, 1fr) 36px minmax(60px, 1fr);
        }
        .cell.at {
          display: none;
        }
      }
      @container (max-width: ${cardsBelow - 1}px) {
        .row.item {
          grid-template-columns: minmax(0, 1fr) auto;
          gap: 1px 10px;
        }
        .row.item > .cell {
          display: flex;
        }
        .row.item > .cell::before,
        .row.item > .cell.tries {
          display: none;
        }
        .row.item > .cell.due {
          grid-area: 1 / 1;
        }
        .row.item > .cell.state {
          grid-area: 1 / 2;
        }
        .row.item > .cell.function {
          grid-area: 2 / 1 / auto / -1;
        }
        .row.item > .cell.queue {
          grid-area: 3 / 1;
        }
        .row.item > .cell.at {
          grid-area: 3 / 2;
        }
        .row.item > .cell.id {
          grid-area: 4 / 1 / auto / -1;
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
        return stateChip(row.state);
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
