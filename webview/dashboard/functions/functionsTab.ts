import { css, html, nothing } from "lit";
import { customElement, query } from "lit/decorators.js";
import { newestJobs } from "../../../src/protocol/jobQuery";
import type { FunctionSort, StandingOut } from "../../../src/protocol/tabs/functions";
import type { JobQuery } from "../../../src/protocol/viewModels";
import { formatCount, formatPercent, formatShortDuration } from "../../shared/format";
import { icon, type IconName } from "../../shared/icons";
import type { Tone } from "../../shared/jobStates";
import { t } from "../../shared/l10n";
import type { SortChoice } from "../../shared/rowTable";
import { baseStyles, sectionStyles } from "../../shared/styles";
import { listBarStyles } from "../tabs/listBar.styles";
import { StillTime } from "../tabs/stillTime";
import "../../shared/codeNotes";
import { ListTab } from "../tabs/listTab";
import "./functionTable";
import type { FunctionTable } from "./functionTable";

/** A function that stands out, and the jobs that show why. */
interface Standing {
  readonly picture: IconName;
  readonly tone: Tone;
  readonly what: string;
  readonly name: string;
  readonly number: string;
  readonly filter: Partial<JobQuery>;
}

const marks = {
  red: { picture: "cross", tone: "bad" },
  yellow: { picture: "warning", tone: "warn" },
  run: { picture: "clock", tone: "busy" },
  wait: { picture: "hourglass", tone: "busy" },
} as const;

/** Every function that jobs call; which fails and which is slow stands above all. */
@customElement("arq-functions-tab")
export class FunctionsTab extends ListTab<"functions"> {
  static override styles = [
    baseStyles,
    sectionStyles,
    listBarStyles,
    css`
      :host {
        display: block;
        container-type: inline-size;
      }
      .standing-out {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(180px, 1fr));
        gap: 8px;
        margin-bottom: 12px;
        list-style: none;
      }
      .standing-out button {
        display: grid;
        grid-template-columns: auto minmax(0, 1fr);
        gap: 0 8px;
        width: 100%;
        height: 100%;
        padding: 7px 10px;
        border: 1px solid var(--hairline);
        border-radius: 6px;
      }
      .standing-out button:hover {
        background: var(--hover);
        border-color: var(--vscode-contrastActiveBorder, var(--hairline));
      }
      .standing-out .what {
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
        color: var(--mute);
        font-size: 12px;
      }
      .standing-out .number {
        color: var(--vscode-foreground);
        font-variant-numeric: tabular-nums;
      }
      .standing-out .icon {
        grid-row: span 2;
        align-self: center;
      }
    `,
  ];
  readonly tab = "functions";
  readonly #time = new StillTime();
  @query("arq-function-table") protected readonly table!: FunctionTable | null;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#time.leave();
  }

  override render() {
    const { view, intent } = this;
    if (view === null) return html`<p class="nothing" role="status">${t("Reading the functions…")}</p>`;
    if (view.known === 0)
      return html`<p class="nothing">
        ${t("No function is known yet. One is found as soon as a job that calls it is in Redis.")}
      </p>`;
    return html`<section aria-label=${t("Functions")}>
      ${this.#standingOut(view.standingOut)}
      <div class="list-bar">
        ${this.searchField(intent.text, t("Filter functions"))}
        <span class="said" role="status">${this.#said(view.total, view.known)}</span>
        ${this.pager(view.functions.length)}
      </div>
      ${
        view.functions.length === 0
          ? this.noMatch(t("No function has this in its name."))
          : html`<arq-function-table
              .rows=${view.functions}
              .sorted=${{ sort: this.answered.sort, descending: this.answered.descending }}
              .question=${JSON.stringify(this.answered)}
              .offset=${view.offset}
              .total=${view.total}
              .now=${this.#time.at(this.now, this.stale)}
              .stale=${this.stale}
              .longestRunMs=${view.longestRunMs}
              @sort=${(event: CustomEvent<SortChoice<FunctionSort>>) => this.change(event.detail)}
              @turn=${this.turn}
              @open-row=${(event: CustomEvent<string>) => this.#jobs({ function: event.detail })}
              @jobs=${this.showJobs}
              @define=${(event: CustomEvent<string>) => this.#define(event.detail)}
            ></arq-function-table>`
      }
      <arq-code-notes .notes=${view.notes} @open-code=${this.openCode} @jobs=${this.showJobs}></arq-code-notes>
    </section>`;
  }

  /** What to look at first. Takes no room while nothing stands out. */
  #standingOut({ failing, slowest, waiting }: StandingOut) {
    const shown: Standing[] = [];
    if (failing !== null) {
      const number = t("{0} failed", formatPercent(failing.failureRate, 1));
      const look = failing.mark === "red" ? marks.red : marks.yellow;
      shown.push({ ...look, what: t("Fails most"), name: failing.name, number, filter: { states: ["failed"] } });
    }
    if (slowest !== null) {
      const number = t("p95 {0}", formatShortDuration(slowest.ms));
      shown.push({ ...marks.run, what: t("Runs longest"), name: slowest.name, number, filter: { sort: "runMs" } });
    }
    if (waiting !== null) {
      const number = t("p95 {0}", formatShortDuration(waiting.ms));
      shown.push({ ...marks.wait, what: t("Waits longest"), name: waiting.name, number, filter: { sort: "waitMs" } });
    }
    if (shown.length === 0) return nothing;
    return html`<ul class="standing-out" aria-label=${t("Functions that stand out")}>
      ${shown.map(
        ({ picture, tone, what, name, number, filter }) =>
          html`<li>
            <button class="plain tone-${tone}" @click=${() => this.#jobs({ ...filter, function: name })}>
              ${icon(picture)}<span class="what">${what} <span class="number">${number}</span></span>
              <span class="cut foreign mono" title=${name}>${name}</span>
            </button>
          </li>`,
      )}
    </ul>`;
  }

  #said(total: number, known: number): string {
    const [shown, all] = [formatCount(total), formatCount(known)];
    if (total === known) return known === 1 ? t("1 function") : t("{0} functions", all);
    return t("{0} of {1} functions", shown, all);
  }

  #jobs(filter: Partial<JobQuery>): void {
    this.go("jobs", { query: { ...newestJobs, ...filter } });
  }

  #define(name: string): void {
    void this.host.request("openFunction", { name }).catch((error: unknown) => this.fail(error));
  }
}
