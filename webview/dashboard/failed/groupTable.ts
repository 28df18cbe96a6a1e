import { html, nothing, type TemplateResult } from "lit";
import { customElement } from "lit/decorators.js";
import { failuresWithin, type FailedSpan, type GroupFrame, type GroupView } from "../../../src/protocol/tabs/failed";
import { emit } from "../../shared/emit";
import { formatCount, formatDateTime, formatRelative } from "../../shared/format";
import { icon } from "../../shared/icons";
import { t } from "../../shared/l10n";
import { RowTable, type TableColumn } from "../../shared/rowTable";
import { rowTableStyles } from "../../shared/rowTable.styles";
import { baseStyles } from "../../shared/styles";
import { groupTableStyles } from "./groupTable.styles";
import { trend } from "./trend";

/** A cell of the matrix that was picked. */
export interface PickedCell {
  readonly key: string;
  readonly span: FailedSpan;
}

const spans: readonly (readonly [id: string, title: string, span: FailedSpan, meaning: string])[] = [
  ["hour", t("1 h"), "1h", t("Failed in the last hour")],
  ["day", t("24 h"), "24h", t("Failed in the last 24 hours")],
  ["week", t("7 d"), "7d", t("Failed in the last 7 days")],
  ["ever", t("All"), "all", t("Failed, as far as is known")],
];

/**
 * Errors, the newest first, with a matrix of how often each happened of late. Enter opens the latest job of one, `m` mutes it. Fires `open-row` (key),
 * `pick-cell` (PickedCell), `open-frame` (key) and `mute` (key), and what `RowTable` does.
 */
@customElement("arq-group-table")
export class GroupTable extends RowTable<GroupView, never> {
  static override styles = [baseStyles, rowTableStyles(800), groupTableStyles];

  protected readonly label = t("Errors");
  protected readonly columns: readonly TableColumn<never>[] = [
    { id: "error", title: t("Error"), sort: null, kind: "text" },
    { id: "trend", title: t("Last 24 h"), sort: null, kind: "text", meaning: t("Failures by the hour") },
    ...spans.map(([id, title, , meaning]) => ({
      id: `count ${id}`,
      title,
      sort: null,
      kind: "number" as const,
      meaning,
    })),
    { id: "seen", title: t("Seen"), sort: null, kind: "text", meaning: t("When it happened last, and first") },
    { id: "tools", title: t("Mute"), sort: null, kind: "text", meaning: t("Muted errors stand below, folded") },
  ];

  protected nameOf({ key }: GroupView): string {
    return key;
  }

  protected override inputs(group: GroupView): readonly unknown[] {
    return [formatRelative(group.lastAt, this.now), formatRelative(group.firstAt, this.now)];
  }

  protected override onRowKey(event: KeyboardEvent, { key }: GroupView): boolean {
    if (event.key !== "m") return false;
    emit(this, "mute", key);
    return true;
  }

  protected cell(group: GroupView, { id }: TableColumn<never>, tab: 0 | -1): TemplateResult | typeof nothing {
    if (id === "error") return this.#error(group, tab);
    if (id === "trend") return trend(group.trend);
    if (id === "seen") return seen(group, this.now);
    if (id === "tools") {
      return html`<button
        class="tool"
        tabindex=${tab}
        title=${t("Mute (m)")}
        @click=${() => emit(this, "mute", group.key)}
      >
        ${t("Mute")}
      </button>`;
    }
    const [, , span, meaning] = spans.find(([name]) => id === `count ${name}`)!;
    return this.#count(group, span, meaning, tab);
  }

  #error(group: GroupView, tab: 0 | -1): TemplateResult {
    const { type, message, sample, frame, latestId } = group;
    return html`<div class="what" title=${sample === message ? nothing : t("The newest: {0}", sample)}>
        ${mark(group)}<span class="type foreign">${type}</span>${
          message === "" ? nothing : html`<span class="foreign">: ${message}</span>`
        }
      </div>
      <div class="about">
        ${
          latestId === null
            ? nothing
            : html`<button
                class="plain link"
                tabindex=${tab}
                title=${t("Open the newest of these jobs at its error (Enter)")}
                @click=${() => emit(this, "open-row", group.key)}
              >
                ${t("Latest traceback")}
              </button>`
        }
        ${frame === null ? nothing : this.#frame(group.key, frame, tab)}
        ${names(group.functions, group.functionsInAll, t("Functions"))}
        ${names(group.queues, group.queuesInAll, t("Queues"))}
      </div>`;
  }

  #frame(key: string, { file, line, function: name }: GroupFrame, tab: 0 | -1): TemplateResult {
    const title = name === "" ? t("Open {0}, line {1}", file, line) : t("Open {0}, line {1}, in {2}", file, line, name);
    return html`<button
      class="plain link mono frame cut foreign"
      tabindex=${tab}
      title=${title}
      @click=${() => emit(this, "open-frame", key)}
    >
      ${shortPath(file)}:${line}
    </button>`;
  }

  #count(group: GroupView, span: FailedSpan, meaning: string, tab: 0 | -1): TemplateResult {
    const n = failuresWithin(group, span);
    return html`<button
      class="plain heat${heat(n)}"
      tabindex=${tab}
      data-span=${span}
      title=${t("{0}: list these jobs", meaning)}
      aria-label=${t("{0}: {1}", meaning, formatCount(n))}
      @click=${() => emit(this, "pick-cell", { key: group.key, span } satisfies PickedCell)}
    >
      ${formatCount(n)}
    </button>`;
  }
}

/** One step per power of ten. */
function heat(n: number): number {
  return n === 0 ? 0 : Math.min(3, 1 + Math.floor(Math.log10(n)));
}

function mark({ mark: kind }: GroupView): TemplateResult | typeof nothing {
  if (kind === null) return nothing;
  return kind === "new"
    ? html`<span class="mark" title=${t("Happened for the first time within the last hour")}
        >${icon("bolt")}${t("New")}</span
      >`
    : html`<span class="mark back" title=${t("Happened again within the last hour, after at least 6 hours without")}
        >${icon("retry")}${t("Back again")}</span
      >`;
}

function seen({ firstAt, lastAt }: GroupView, now: number): TemplateResult {
  return html`<span title=${t("Last: {0}", formatDateTime(lastAt))}>${formatRelative(lastAt, now)}</span>
    <span class="first" title=${t("First: {0}", formatDateTime(firstAt))}
      >${t("first {0}", formatRelative(firstAt, now))}</span
    >`;
}

function names(
  known: readonly { readonly name: string; readonly count: number }[],
  inAll: number,
  label: string,
): TemplateResult | typeof nothing {
  if (known.length === 0) return nothing;
  const all = known.map(({ name, count }) => `${name} (${formatCount(count)})`).join(", ");
  const more = inAll - known.length;
  return html`<span class="cut" title="${label}: ${all}"
    >${known.map(({ name }, index) => html`${index === 0 ? nothing : ", "}<span class="foreign">${name}</span>`)}${
      more > 0 ? t(" and {0} more", formatCount(more)) : nothing
    }</span
  >`;
}

/** The end of a path, enough to recognise it. */
function shortPath(file: string): string {
  return file.split(/[/\\]/).slice(-2).join("/");
}
