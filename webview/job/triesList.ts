import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { TryView } from "../../src/protocol/viewModels";
import { assertNever } from "../shared/assertNever";
import { formatDateTime, formatDuration } from "../shared/format";
import { t } from "../shared/l10n";
import { baseStyles, sectionStyles } from "../shared/styles";
import type { SourceReader } from "./frameItem";
import "./tracebackList";

/** What became of the tries before the end, as an instrumented worker noted them: error, worker and traceback of each. */
@customElement("arq-tries")
export class TriesList extends LitElement {
  static override styles = [
    baseStyles,
    sectionStyles,
    css`
      :host {
        display: block;
        min-width: 0;
        margin-top: 16px;
      }
      .section-head .mute {
        min-width: 0;
        font-size: 12px;
      }
      details,
      .try {
        border-top: 1px solid var(--hairline);
        padding: 7px 0;
      }
      section {
        border-bottom: 1px solid var(--hairline);
      }
      summary {
        cursor: pointer;
        border-radius: 2px;
        overflow-wrap: anywhere;
      }
      .try {
        padding-inline-start: 16px;
        overflow-wrap: anywhere;
      }
      .type {
        color: var(--bad-text);
        font-weight: 600;
      }
      .about {
        margin: 4px 0 6px;
        color: var(--mute);
      }
    `,
  ];

  /** Oldest first. */
  @property({ attribute: false }) tries: readonly TryView[] = [];
  @property({ attribute: false }) reader: SourceReader | null = null;
  /** As of what the frames' files can be opened; null where that is not known. */
  @property({ attribute: false }) deployedAs: string | null = null;

  override render() {
    return html`<section aria-label=${t("Tries")}>
      <div class="section-head">
        <h2>${t("Tries")}</h2>
        <span class="mute">${t("noted by the worker instrumentation, oldest first")}</span>
      </div>
      ${this.tries.map((one, index) => this.#try(one, index))}
    </section>`;
  }

  #try(one: TryView, index: number): TemplateResult {
    const line = html`<span class="mono"
      >${t("Try {0}:", one.try)} <span class="type foreign">${one.type}</span
      ><span class="foreign">${one.message === "" ? "" : `: ${firstLine(one.message)}`}</span></span
    >`;
    if (one.tracebacks.length === 0)
      return html`<div class="try">
        ${line}
        <p class="about">${aboutTry(one)}${one.shown ? ` ${t("Its traceback stands above.")}` : nothing}</p>
      </div>`;
    return html`<details>
      <summary>${line}</summary>
      <p class="about">${aboutTry(one)}</p>
      <arq-traceback-list
        .attempt=${index}
        .tracebacks=${one.tracebacks}
        .reader=${this.reader}
        .deployedAs=${this.deployedAs}
      ></arq-traceback-list>
    </details>`;
  }
}

function aboutTry({ at, worker, outcome, deferMs }: TryView): TemplateResult {
  return html`${describeOutcome(outcome, deferMs)} <span class="foreign">${whereAndWhen(at, worker)}</span>`;
}

function whereAndWhen(at: number | null, worker: string | null): string {
  if (at === null) return worker === null ? "" : t("It ran on {0}.", worker);
  return worker === null
    ? t("It ended at {0}.", formatDateTime(at))
    : t("It ended at {0} on {1}.", formatDateTime(at), worker);
}

function describeOutcome(outcome: TryView["outcome"], deferMs: number | null): string {
  switch (outcome) {
    case "retry":
      return deferMs === null || deferMs === 0
        ? t("Asked for another try.")
        : t("Asked for another try in {0}.", formatDuration(deferMs));
    case "cancelled":
      return t("Cancelled: by its timeout, an abort or a shutdown.");
    case "failed":
      return t("It failed, and that was the end.");
    case null:
      return "";
    default:
      return assertNever(outcome);
  }
}

function firstLine(text: string): string {
  const line = text.split("\n", 1)[0] ?? "";
  return line.length > 300 ? `${line.slice(0, 300)}…` : line;
}
