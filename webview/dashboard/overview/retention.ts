import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { Retention } from "../../../src/protocol/tabs/overview";
import { assertNever } from "../../shared/assertNever";
import { emit } from "../../shared/emit";
import { formatCount, formatDuration, formatPercent } from "../../shared/format";
import { icon } from "../../shared/icons";
import { t } from "../../shared/l10n";
import { baseStyles } from "../../shared/styles";
import { jobsWhere } from "./links";

/** Whoever gets up to look into a failure needs some minutes. ARQ's own default is an hour. Ms. */
const tooShortMs = 600_000;
/** Of jobs that left no result, this share is many, and so many are more than a chance. */
const manyShare = 0.1;
const manyJobs = 10;
/** More names would be a list to be read, not a notice. */
const namesShown = 3;

/** What makes failures hard to look into; null where results live long enough. */
export type RetentionProblem =
  | { readonly kind: "zero"; readonly names: readonly string[] }
  | { readonly kind: "short"; readonly name: string | null; readonly ms: number }
  | { readonly kind: "withoutTrace"; readonly n: number; readonly of: number };

/** Cron jobs keep no result unless they are told to: that is how ARQ is made, and nothing to warn of. */
export function retentionProblem(retention: Retention): RetentionProblem | null {
  const names = retention.zero.map(({ name }) => name).filter((name) => !name.startsWith("cron:"));
  if (names.length > 0) return { kind: "zero", names };
  const { shortestMs, withoutTrace, ended } = retention;
  if (shortestMs !== null && shortestMs < tooShortMs) {
    return { kind: "short", name: retention.function, ms: shortestMs };
  }
  const ofCron = retention.zero.reduce((sum, { count }) => sum + count, 0);
  const n = withoutTrace - ofCron;
  return n >= manyJobs && n >= manyShare * ended ? { kind: "withoutTrace", n, of: ended } : null;
}

/** A notice while results live too short to debug with, naming whose and what to change in ARQ. Fires `pick-jobs` (JobQuery). */
@customElement("arq-retention")
export class RetentionNotice extends LitElement {
  static override styles = [
    baseStyles,
    css`
      :host {
        display: block;
      }
      .notice {
        display: grid;
        grid-template-columns: auto minmax(0, 1fr);
        gap: 4px 10px;
        padding: 8px 12px;
        margin-bottom: 14px;
        border: 1px solid var(--hairline);
        border-inline-start: 3px solid var(--warn);
        border-radius: 4px;
        overflow-wrap: anywhere;
      }
      .notice > .icon {
        margin-top: 1px;
      }
      summary {
        width: fit-content;
        color: var(--vscode-textLink-foreground);
        cursor: pointer;
      }
      pre {
        margin: 6px 0;
        padding: 8px 10px;
        border: 1px solid var(--hairline);
        border-radius: 4px;
        background: var(--vscode-textCodeBlock-background, transparent);
        white-space: pre-wrap;
        overflow-wrap: anywhere;
      }
      details p {
        color: var(--mute);
        max-width: 90ch;
      }
    `,
  ];

  @property({ attribute: false }) retention: Retention | null = null;

  override render() {
    const problem = this.retention === null ? null : retentionProblem(this.retention);
    if (problem === null) return nothing;
    return html`<section class="notice tone-warn" aria-label=${t("Results are not kept long enough")}>
      ${icon("warning")}
      <div>
        ${this.#words(problem)}
        <details>
          <summary>${t("How to keep results longer")}</summary>
          <pre class="mono foreign">${example(problem)}</pre>
          <p>
            ${t("Change it where your worker is defined and restart the worker: ARQ Monitor only reads. Redis then holds each result for an hour, which is ARQ's own default. A cron job needs it too: cron(…, keep_result=3600), because ARQ keeps nothing of cron jobs by itself.")}
          </p>
        </details>
      </div>
    </section>`;
  }

  #words(problem: RetentionProblem): TemplateResult {
    switch (problem.kind) {
      case "zero": {
        const names = problem.names.slice(0, namesShown);
        const more = problem.names.length - names.length;
        return html`<p>
          ${t("Jobs end without leaving a result (keep_result is 0), so nobody can see whether they failed:")}
          ${names.map((name) => this.#function(name))}
          ${more > 0 ? t("and {0} more functions", formatCount(more)) : nothing}
        </p>`;
      }
      case "short":
        return html`<p>
          ${t(
            "Results are gone {0} after their job has ended (keep_result), too soon to look into a failure:",
            formatDuration(problem.ms),
          )}
          ${problem.name === null ? t("some function") : this.#function(problem.name)}
        </p>`;
      case "withoutTrace":
        return html`<p>
          ${t(
            "{0} of {1} jobs ({2}) that ended in the last hour left no result (keep_result), so nobody can see whether they failed.",
            formatCount(problem.n),
            formatCount(problem.of),
            formatPercent(problem.n, problem.of),
          )}
        </p>`;
      default:
        return assertNever(problem);
    }
  }

  #function(name: string) {
    return html`<button
      class="plain link mono foreign"
      title=${t("List its jobs")}
      @click=${() => emit(this, "pick-jobs", jobsWhere({ function: name, remembered: "also" }))}
    >
      ${name}
    </button> `;
  }
}

/** As it is written in a worker's settings. */
function example(problem: RetentionProblem): string {
  const name = problem.kind === "zero" ? problem.names[0]! : problem.kind === "short" ? problem.name : null;
  const one = name === null ? "send_email" : name;
  return [
    "class WorkerSettings:",
    `    functions = [func(${one}, keep_result=3600)]  # seconds, for one function`,
    "    keep_result = 3600  # for all functions without their own",
  ].join("\n");
}
