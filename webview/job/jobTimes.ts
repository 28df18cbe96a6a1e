import { css, html, LitElement, nothing, svg, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { formatCountdown } from "../../src/arq/duration";
import type { AppliedView, LimitsView } from "../../src/protocol/codeViews";
import type { JobRow, JobView } from "../../src/protocol/viewModels";
import { appliedFrom } from "../shared/appliedText";
import { assertNever } from "../shared/assertNever";
import { emit } from "../shared/emit";
import { formatDateTime, formatDuration, formatElapsed, formatRelative, formatUtc } from "../shared/format";
import { t } from "../shared/l10n";
import { baseStyles, sectionStyles } from "../shared/styles";
import { timeline, type Span } from "./timeline";

/** When everything happened: a bar of the spans, every time that is known, and what else Redis tells of the job. */
@customElement("arq-job-times")
export class JobTimes extends LitElement {
  static override styles = [
    baseStyles,
    sectionStyles,
    css`
      :host {
        display: block;
      }
      svg {
        display: block;
        width: 100%;
        height: 8px;
        border-radius: 4px;
        outline: 1px solid var(--vscode-contrastBorder, transparent);
      }
      rect {
        stroke: var(--surface);
      }
      .deferred,
      .beforeStart {
        fill: color-mix(in srgb, var(--busy) 30%, var(--surface));
        background: color-mix(in srgb, var(--busy) 30%, var(--surface));
      }
      .waited {
        fill: color-mix(in srgb, var(--busy) 62%, var(--surface));
        background: color-mix(in srgb, var(--busy) 62%, var(--surface));
      }
      .retried {
        fill: var(--warn);
        background: var(--warn);
      }
      .ran {
        fill: var(--busy);
        background: var(--busy);
      }
      .bad .ran {
        fill: var(--bad);
        background: var(--bad);
      }
      .good .ran {
        fill: var(--good);
        background: var(--good);
      }
      .spans {
        display: flex;
        flex-wrap: wrap;
        gap: 0 14px;
        margin: 6px 0 12px;
        list-style: none;
        color: var(--mute);
      }
      .spans b {
        display: inline-block;
        min-width: 5ch;
        color: var(--vscode-foreground);
        font-weight: normal;
        font-variant-numeric: tabular-nums;
      }
      i {
        display: inline-block;
        width: 8px;
        height: 8px;
        border-radius: 2px;
        outline: 1px solid var(--vscode-contrastBorder, transparent);
        margin-inline-end: 6px;
      }
      dl {
        display: grid;
        grid-template-columns: max-content minmax(0, 1fr);
        gap: 3px 16px;
      }
      dt {
        color: var(--mute);
      }
      dd {
        min-width: 0;
        display: flex;
        flex-wrap: wrap;
        gap: 0 10px;
        font-variant-numeric: tabular-nums;
      }
      details {
        margin-top: 8px;
      }
      summary {
        width: max-content;
        max-width: 100%;
        color: var(--mute);
        cursor: pointer;
      }
      .keys {
        margin: 4px 0 0 14px;
        list-style: none;
      }
    `,
  ];

  @property({ attribute: false }) job: Extract<JobView, { kind: "job" }> | null = null;
  /** Redis' clock. */
  @property({ type: Number }) now = 0;
  @state() private utc = false;

  override render() {
    const { job, now } = this;
    if (job === null) return nothing;
    const { row } = job;
    // Nobody knows whether what was going on still does.
    const spans = timeline(row, now).filter((span) => !(span.open && !job.live));
    const tone = row.state === "failed" ? "bad" : row.state === "complete" ? "good" : "";
    return html`<div class="section-head">
        <h2>${t("Times")}</h2>
        <button class="plain link end" @click=${() => (this.utc = !this.utc)}>
          ${this.utc ? t("In local time") : t("In UTC")}
        </button>
      </div>
      ${spans.length === 0 ? nothing : this.#bar(spans, tone)}
      <dl>
        ${this.#time(t("Enqueued"), row.enqueuedAt)}
        ${this.#time(row.state === "retrying" ? t("Next try") : t("Due"), row.scheduledAt === 0 ? null : row.scheduledAt)}
        ${this.#time(row.tries !== null && row.tries > 1 ? t("Started (last try)") : t("Started"), row.startedAt)}
        ${this.#time(endLabel(row.state), row.finishedAt)} ${this.#tries(row.tries, job.limits)}
        ${this.#deadline(row, job.limits)}
        ${row.worker === null ? nothing : this.#fact(t("Worker"), html`<span class="mono foreign">${row.worker}</span>`)}
        ${job.release === null ? nothing : this.#fact(t("Release"), html`<span class="mono foreign">${job.release}</span>`)}
        ${this.#until(t("Claim"), row.claimEndsAt, (left) => t("lapses in {0}", left), t("has lapsed"))}
        ${this.#until(
          t("Kept"),
          job.forgottenAt,
          (left) => t("Redis forgets this in {0}", left),
          t("Redis has forgotten this by now"),
        )}
        ${this.#until(t("Payload"), job.payloadExpiresAt, (left) => t("expires in {0}", left), t("has expired"))}
      </dl>
      ${job.keys.length === 0 ? nothing : keyList(job.keys)}`;
  }

  #bar(spans: readonly Span[], tone: string): TemplateResult {
    const total = Math.max(
      1,
      spans.reduce((sum, span) => sum + span.ms, 0),
    );
    // A span is never thinner than one per cent, or a short run after a long wait would not be seen.
    const widths = spans.map((span) => Math.max(1, (100 * span.ms) / total));
    const scale = 100 / widths.reduce((sum, width) => sum + width, 0);
    let x = 0;
    return html`<div class=${tone}>
      <svg aria-hidden="true">
        ${spans.map((span, index) => {
          const width = widths[index]! * scale;
          const rect = svg`<rect class=${span.kind} x="${x}%" y="0" width="${width}%" height="8"/>`;
          x += width;
          return rect;
        })}
      </svg>
      <ul class="spans">
        ${spans.map(
          (span) =>
            html`<li>
              <i class=${span.kind}></i>${spanWord(span)}
              <b>${span.open && span.kind !== "deferred" ? formatElapsed(span.ms) : formatDuration(span.ms)}</b>
            </li>`,
        )}
      </ul>
    </div>`;
  }

  /** The other clock, and how long ago, are told on hover. */
  #time(label: string, at: number | null): TemplateResult | typeof nothing {
    if (at === null) return nothing;
    const relative = formatRelative(at, this.now);
    const local = formatDateTime(at);
    const utc = formatUtc(at);
    return this.#fact(
      label,
      html`<time title="${t("{0} local time", local)}&#10;${utc}&#10;${relative}">${this.utc ? utc : local}</time
        ><span class="mute">${relative}</span>`,
    );
  }

  #until(
    label: string,
    at: number | null,
    text: (left: string) => string,
    over: string,
  ): TemplateResult | typeof nothing {
    if (at === null) return nothing;
    const shown = at <= this.now ? over : text(formatCountdown(at - this.now));
    return this.#fact(
      label,
      html`<span title="${t("{0} local time", formatDateTime(at))}&#10;${formatUtc(at)}">${shown}</span>`,
    );
  }

  /** `2 of 5`, with where the 5 stands. */
  #tries(tries: number | null, limits: LimitsView | null): TemplateResult {
    const most = limits?.maxTries ?? null;
    const shown = tries === null ? t("not known") : String(tries);
    if (most === null) return this.#fact(t("Tries"), shown);
    const text = tries === null ? t("at most {0}", most.value) : t("{0} of {1}", tries, most.value);
    return this.#fact(t("Tries"), html`<span>${text}</span>${this.#source(most)}`);
  }

  /** When ARQ cancels it; of a job that does not run, how long it may. */
  #deadline({ state, startedAt }: JobRow, limits: LimitsView | null): TemplateResult | typeof nothing {
    const timeout = limits?.timeout ?? null;
    if (timeout === null) return nothing;
    const ms = timeout.value * 1000;
    if (state !== "running" || startedAt === null)
      return this.#fact(t("Timeout"), html`<span>${formatDuration(ms)}</span>${this.#source(timeout)}`);
    const at = startedAt + ms;
    const left = at - this.now;
    const shown = left <= 0 ? t("passed: ARQ cancels it") : t("in {0}", formatCountdown(left));
    return this.#fact(
      t("Deadline"),
      html`<span title=${formatDateTime(at)}>${shown}</span
        ><span class="mute">${formatDuration(ms)}</span>${this.#source(timeout)}`,
    );
  }

  #source(applied: AppliedView): TemplateResult {
    const { place } = applied;
    if (place === null) return html`<span class="mute">${appliedFrom(applied)}</span>`;
    return html`<button class="plain link" title=${place.file} @click=${() => emit(this, "open-code", place)}>
      ${appliedFrom(applied)}
    </button>`;
  }

  #fact(label: string, value: unknown): TemplateResult {
    return html`<dt>${label}</dt>
      <dd>${value}</dd>`;
  }
}

function endLabel(state: string): string {
  return state === "failed" ? t("Failed") : state === "complete" ? t("Completed") : t("Ended");
}

function keyList(keys: readonly string[]): TemplateResult {
  return html`<details>
    <summary>${keys.length === 1 ? t("1 Redis key") : t("{0} Redis keys", keys.length)}</summary>
    <ul class="keys mono">
      ${keys.map((key) => html`<li class="foreign">${key}</li>`)}
    </ul>
  </details>`;
}

function spanWord({ kind, open }: Span): string {
  switch (kind) {
    case "deferred":
      return open ? t("deferred until it is due") : t("deferred");
    case "waited":
      return open ? t("waiting") : t("waited");
    // The due time of a job that has left its queue is not kept, so what was deferral and what was waiting cannot be told apart.
    case "beforeStart":
      return open ? t("since enqueuing") : t("from enqueuing to start");
    case "retried":
      return open ? t("retrying") : t("retried");
    case "ran":
      return open ? t("running") : t("ran");
    default:
      return assertNever(kind);
  }
}
