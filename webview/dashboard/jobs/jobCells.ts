import { html, nothing, type TemplateResult } from "lit";
import type { JobColumnId } from "../../../src/protocol/tabs/jobs";
import type { JobRow } from "../../../src/protocol/viewModels";
import type { LimitsView } from "../../../src/protocol/codeViews";
import { appliedFrom } from "../../shared/appliedText";
import { assertNever } from "../../shared/assertNever";
import {
  formatCount,
  formatDateTime,
  formatDuration,
  formatElapsed,
  formatMoment,
  formatUtc,
} from "../../shared/format";
import { t } from "../../shared/l10n";
import { stateChip } from "../../shared/stateChip";

/** What a cell is drawn by. */
export interface CellContext {
  /** Redis' clock, unix ms. */
  readonly now: number;
  /** Whether rows are kept current: else nobody knows whether a running job still runs. */
  readonly live: boolean;
  /** Columns that are shown: what has one of its own is not told twice. */
  readonly columns: ReadonlySet<JobColumnId>;
  /** What the source says the job is held to; null: nothing. */
  readonly limits: LimitsView | null;
}

interface CellText {
  readonly text: string;
  readonly title: string;
  /** Not a fact of the past: what is to come, or what goes on. */
  readonly open: boolean;
}

const empty: CellText = { text: "", title: "", open: false };

/** One cell of a row. Each is one line high, whatever happens to the job: a row that grows would move those below it. */
export function jobCell(column: JobColumnId, row: JobRow, context: CellContext): TemplateResult {
  switch (column) {
    case "state":
      return html`<div role="gridcell" class="cell state">
        ${stateChip(row.state)}${context.columns.has("tries") ? nothing : tries(row, context)}${forgotten(row)}
      </div>`;
    case "function":
      return html`<div role="gridcell" class="cell function">
        ${functionName(row)}${context.columns.has("error") ? nothing : trouble(row)}
      </div>`;
    case "id":
      return html`<div role="gridcell" class="cell id mono" title=${row.id}>${idText(row.id)}</div>`;
    case "queue":
      return html`<div role="gridcell" class="cell queue">${foreign(row.queue)}</div>`;
    case "worker":
      return html`<div role="gridcell" class="cell worker extra" data-label=${row.worker === null ? "" : t("on")}>
        ${foreign(row.worker)}
      </div>`;
    case "error":
      return html`<div role="gridcell" class="cell error">${trouble(row)}</div>`;
    case "tries":
      return html`<div
        role="gridcell"
        class="cell tries at-end extra"
        data-label=${row.tries === null ? "" : t("tries")}
      >
        ${row.tries === null ? "" : triesText(row.tries, context)}
      </div>`;
    case "enqueued":
      return timeCell("enqueued", moment(row.enqueuedAt, context.now));
    case "started":
      return timeCell("started", startedText(row, context.now));
    case "finished":
      return timeCell("finished", moment(row.finishedAt, context.now));
    case "duration":
      return timeCell("duration at-end", durationText(row, context));
    case "wait":
      return timeCell("wait at-end extra", waitText(row, context), t("waited"));
    default:
      return assertNever(column);
  }
}

/** Where rows are cards: the last thing that is known to have happened, or that is to come. */
export function whenCell(row: JobRow, { now }: CellContext): TemplateResult {
  const { finishedAt } = row;
  const started = startedText(row, now);
  const text =
    finishedAt !== null ? moment(finishedAt, now) : started.text !== "" ? started : moment(row.enqueuedAt, now);
  return timeCell("when", text);
}

/** Whether its cells change with the clock alone. */
export function ticks(row: JobRow, now: number): boolean {
  return (
    row.state === "running" || row.state === "queued" || (row.scheduledAt !== null && row.scheduledAt >= now - 2000)
  );
}

function timeCell(name: string, { text, title, open }: CellText, label = ""): TemplateResult {
  return html`<div
    role="gridcell"
    class="cell time ${name} ${open ? "open" : ""}"
    title=${title}
    data-label=${text === "" ? "" : label}
  >
    <span class="cut">${text}</span>
  </div>`;
}

function foreign(text: string | null): TemplateResult {
  return html`<span class="cut foreign" title=${text ?? ""}>${text ?? ""}</span>`;
}

function functionName(row: JobRow): TemplateResult {
  if (row.function !== null)
    return html`<span class="name cut foreign mono" title=${row.function}>${row.function}</span>`;
  return html`<span class="name mute cut">${row.undecodable === null ? t("not known") : t("cannot be read")}</span>`;
}

/** What went wrong. An abort was asked for, and what cannot be read may be in order. */
function trouble({ error, undecodable, state }: JobRow): TemplateResult | typeof nothing {
  if (error === null) {
    if (undecodable === null) return nothing;
    return html`<span class="trouble quiet cut foreign" title=${undecodable}>${undecodable}</span>`;
  }
  const { type, message } = error;
  return html`<span
    class="trouble cut foreign ${state === "aborted" ? "quiet" : ""}"
    title=${message === "" ? type : `${type}: ${message}`}
    ><span class="type">${type}</span>${message === "" ? "" : `: ${message}`}</span
  >`;
}

function tries({ tries: count }: JobRow, context: CellContext): TemplateResult | typeof nothing {
  if (count === null || count < 2) return nothing;
  const most = context.limits?.maxTries ?? null;
  const title =
    most === null
      ? t("{0} attempts started", formatCount(count))
      : t("{0} of {1} attempts started ({2})", formatCount(count), formatCount(most.value), appliedFrom(most));
  return html`<span class="mark mute" title=${title}>×${count}</span>`;
}

/** `2 of 5`. */
function triesText(count: number, { limits }: CellContext): TemplateResult | string {
  const most = limits?.maxTries ?? null;
  if (most === null) return formatCount(count);
  return html`<span title=${appliedFrom(most)}>${t("{0} of {1}", formatCount(count), formatCount(most.value))}</span>`;
}

function forgotten({ rememberedSince }: JobRow): TemplateResult | typeof nothing {
  if (rememberedSince === null) return nothing;
  const title = t(
    "Redis has forgotten this job; it is shown as last seen. Noticed {0}",
    formatDateTime(rememberedSince),
  );
  return html`<span class="mark mute cut" title=${title}>${t("forgotten")}</span>`;
}

function moment(at: number | null, now: number): CellText {
  if (at === null) return empty;
  return { text: formatMoment(at, now), title: `${formatDateTime(at)} (${formatUtc(at)})`, open: false };
}

/** When it started; for a job that has not, when it is to. */
function startedText(row: JobRow, now: number): CellText {
  if (row.startedAt !== null && row.state !== "retrying") return moment(row.startedAt, now);
  if (row.scheduledAt === null || row.scheduledAt <= now) return moment(row.startedAt, now);
  const due = moment(row.scheduledAt, now);
  return { text: t("due {0}", due.text), title: t("due {0}", due.title), open: true };
}

/** When it is cancelled, if it still runs then. */
function deadlineText(startedAt: number, limits: LimitsView | null): string {
  const timeout = limits?.timeout ?? null;
  if (timeout === null) return "";
  const at = formatDateTime(startedAt + timeout.value * 1000);
  return `\n${t("It is cancelled at {0} ({1}).", at, appliedFrom(timeout))}`;
}

function durationText(row: JobRow, { now, live, limits }: CellContext): CellText {
  const waited = row.waitMs === null ? "" : t("waited {0}", formatDuration(row.waitMs));
  if (row.runMs !== null) return { text: formatDuration(row.runMs), title: waited, open: false };
  if (row.state !== "running" || row.startedAt === null || !live) return empty;
  const deadline = deadlineText(row.startedAt, limits);
  return {
    text: formatElapsed(now - row.startedAt),
    title: `${t("still running. {0}", waited)}${deadline}`,
    open: true,
  };
}

/** From due to its start, or to now. */
function waitText(row: JobRow, { now, live }: CellContext): CellText {
  if (row.waitMs !== null) return { text: formatDuration(row.waitMs), title: "", open: false };
  if (row.state !== "queued" || row.scheduledAt === null || row.scheduledAt > now || !live) return empty;
  return { text: formatElapsed(now - row.scheduledAt), title: t("still waiting"), open: true };
}

/** Ids are told apart by their ends, so a long one loses its middle; half a surrogate pair goes with it. */
function idText(id: string): TemplateResult {
  const tail = id.length > 16 ? id.slice(-7).replace(/^[\uDC00-\uDFFF]/, "") : "";
  return html`<bdi class="cut">${id.slice(0, id.length - tail.length)}</bdi><bdi class="tail">${tail}</bdi>`;
}
