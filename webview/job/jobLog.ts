import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import { type JobLogAsk, type JobLogLineView, type JobLogView, logLevels } from "../../src/protocol/jobLog";
import type { PageCommand } from "../../src/protocol/messages";
import { emit } from "../shared/emit";
import { formatClock, formatCount, formatDateTime, formatUtc } from "../shared/format";
import { icon } from "../shared/icons";
import { t } from "../shared/l10n";
import "../shared/searchField";
import { baseStyles, sectionStyles } from "../shared/styles";
import { jobLogStyles } from "./jobLog.styles";

export type LogReader = (ask: JobLogAsk) => Promise<JobLogView>;
/** Detail of `open-log-line`. */
export type LogLineToOpen = Pick<JobLogLineView, "file" | "line" | "offset">;

/** Nearer to the end than this counts as at the end, px. */
const nearEnd = 24;

/** What the followed worker logs say of the job: filtered, followed, opened at the line. Fires `open-log-line`. */
@customElement("arq-job-log")
export class JobLog extends LitElement {
  static override styles = [baseStyles, sectionStyles, jobLogStyles];

  @property({ attribute: false }) reader: LogReader | null = null;
  /** Another number: the logs may say more. */
  @property({ type: Number }) news = 0;
  /** The job runs: the newest lines stay in sight until the user says otherwise. */
  @property({ type: Boolean }) running = false;
  @state() private log: JobLogView | null = null;
  @state() private failed = false;
  @state() private ask: JobLogAsk = { level: null, text: "", guesses: null };
  /** Null: as the job runs. */
  @state() private follow: boolean | null = null;
  /** The line that Tab comes to, by its number. */
  @state() private current = 0;
  @query(".lines") private readonly box!: HTMLElement | null;
  /** Counts up: only the newest answer is shown. */
  #asked = 0;
  #reading = false;
  #again = false;

  override render() {
    const { log } = this;
    return html`<div class="section-head">
        <h2>${t("Log of this job")}</h2>
        ${log === null || log.by === null ? nothing : html`<span class="mute foreign">${sourceText(log)}</span>`}
      </div>
      ${log === null ? html`<p class="mute">${this.failed ? t("The log could not be read.") : "…"}</p>` : this.#log(log)}`;
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has("reader") || changed.has("ask")) void this.#read();
    // News of a log that is being read are read after it.
    else if (changed.has("news")) {
      if (this.#reading) this.#again = true;
      else void this.#read();
    }
  }

  protected override updated(changed: PropertyValues): void {
    if (changed.has("log") && this.#follows && this.box !== null) this.box.scrollTop = this.box.scrollHeight;
  }

  get #follows(): boolean {
    return this.follow ?? this.running;
  }

  #log(log: JobLogView): TemplateResult {
    if (log.by === null)
      return html`<p class="mute">
        ${emptyText(log.followed)}
        <button class="plain link" @click=${() => emit(this, "run-command", "logSettings" satisfies PageCommand)}>
          ${t("Name worker logs…")}
        </button>
      </p>`;
    return html`${this.#controls(log)}
    ${
      log.lines.length === 0
        ? html`<p class="mute">${t("No line passes the filter.")}</p>`
        : html`<div
            class="lines"
            role="listbox"
            aria-label=${t("Log of this job")}
            @scroll=${() => this.#scrolled()}
            @keydown=${(event: KeyboardEvent) => this.#onKey(event, log)}
          >
            ${log.lines.map((line, index) => this.#line(log, line, index))}
          </div>`
    }
    ${log.total > log.lines.length ? html`<p class="about">${t("The last {0} of {1} lines. The files have them all.", formatCount(log.lines.length), formatCount(log.total))}</p>` : nothing}
    ${log.partly ? html`<p class="about">${t("It ran for so long that not all of its lines were read.")}</p>` : nothing}`;
  }

  #controls(log: JobLogView): TemplateResult {
    const { ask } = this;
    return html`<div class="controls">
      <arq-search-field
        label=${t("Find in the log")}
        .text=${ask.text}
        @search=${(event: CustomEvent<string>) => (this.ask = { ...ask, text: event.detail.slice(0, 1000) })}
      ></arq-search-field>
      <select
        aria-label=${t("Least level")}
        @change=${(event: Event) => this.#chooseLevel((event.target as HTMLSelectElement).value)}
      >
        <option value="" ?selected=${ask.level === null}>${t("All levels")}</option>
        <option value="info" ?selected=${ask.level === "info"}>${t("Info and above")}</option>
        <option value="warning" ?selected=${ask.level === "warning"}>${t("Warnings and errors")}</option>
        <option value="error" ?selected=${ask.level === "error"}>${t("Errors")}</option>
      </select>
      ${
        log.guesses === 0
          ? nothing
          : html`<label
              title=${
                log.others
                  ? t("The same process wrote them while the job ran; other jobs ran meanwhile, so they may be theirs")
                  : t("The same process wrote them while the job ran; no other job did")
              }
              ><input
                type="checkbox"
                .checked=${log.guessesShown}
                @change=${(event: Event) => (this.ask = { ...ask, guesses: (event.target as HTMLInputElement).checked })}
              />${t("Lines that name no job ({0}, a guess)", formatCount(log.guesses))}</label
            >`
      }
      <button
        class="tool ${this.#follows ? "on" : ""}"
        aria-pressed=${this.#follows ? "true" : "false"}
        title=${t("Stay at the newest line")}
        @click=${() => this.#toggleFollow()}
      >
        ${icon("arrowDown")}${t("Follow")}
      </button>
    </div>`;
  }

  #line(log: JobLogView, line: JobLogLineView, index: number): TemplateResult {
    const { at, level, starts, guess } = line;
    const place = `${log.files[line.file] ?? ""}${line.line === null ? "" : `:${line.line}`}`;
    return html`<div
      class="line mono ${starts ? "starts" : ""} ${guess ? "guess" : ""}"
      role="option"
      aria-selected=${index === this.current ? "true" : "false"}
      tabindex=${index === this.current ? 0 : -1}
      @click=${() => this.#open(line, index)}
      @focus=${() => (this.current = index)}
    >
      <span class="at" title=${at === null ? nothing : `${formatDateTime(at)}\n${formatUtc(at)}`}
        >${starts && at !== null ? formatClock(at) : ""}</span
      >
      <span class="level ${level ?? ""}">${starts ? (level ?? "") : ""}</span>
      <span class="text foreign"
        >${guess && starts ? html`<span class="hush">${t("A guess:")} </span>` : nothing}${line.text}</span
      >
      <span class="place cut foreign" title=${t("Open {0}", place)}>${shortPlace(place)}</span>
    </div>`;
  }

  async #read(): Promise<void> {
    const { reader, ask } = this;
    const asked = ++this.#asked;
    if (reader === null) return;
    this.#reading = true;
    try {
      const log = await reader(ask);
      if (asked !== this.#asked) return;
      this.log = log;
      this.failed = false;
      // What one stands on goes with the lines; a new list begins at its end, where the failure is.
      this.current = Math.max(0, Math.min(this.current, log.lines.length - 1));
    } catch {
      // One that was asked since may have been answered.
      if (asked === this.#asked) this.failed = true;
    }
    if (asked !== this.#asked) return;
    this.#reading = false;
    if (this.#again) void this.#read();
    this.#again = false;
  }

  #chooseLevel(value: string): void {
    this.ask = { ...this.ask, level: logLevels.find((level) => level === value) ?? null };
  }

  #toggleFollow(): void {
    this.follow = !this.#follows;
    if (this.follow && this.box !== null) this.box.scrollTop = this.box.scrollHeight;
  }

  /** Whoever scrolls up wants to read; whoever comes back to the end follows again. */
  #scrolled(): void {
    const { box } = this;
    if (box === null) return;
    const atEnd = box.scrollHeight - box.scrollTop - box.clientHeight < nearEnd;
    if (this.#follows && !atEnd) this.follow = false;
    else if (atEnd && this.running && this.follow === false) this.follow = null;
  }

  #open(line: JobLogLineView, index: number): void {
    this.current = index;
    const { file, line: number, offset } = line;
    emit(this, "open-log-line", { file, line: number, offset } satisfies LogLineToOpen);
  }

  #onKey(event: KeyboardEvent, log: JobLogView): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const last = log.lines.length - 1;
    const steps: Readonly<Record<string, number>> = {
      ArrowDown: this.current + 1,
      ArrowUp: this.current - 1,
      PageDown: this.current + 15,
      PageUp: this.current - 15,
      Home: 0,
      End: last,
    };
    const next = steps[event.key];
    const line = log.lines[this.current];
    if (next !== undefined) {
      this.current = Math.max(0, Math.min(last, next));
      void this.updateComplete.then(() => this.box?.querySelector<HTMLElement>('[tabindex="0"]')?.focus());
    } else if ((event.key === "Enter" || event.key === " ") && line !== undefined) this.#open(line, this.current);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
}

function sourceText({ files, lines, by }: JobLogView): string {
  const names = [...new Set(lines.map(({ file }) => files[file] ?? ""))].join(", ");
  return by === "function and time" ? t("{0}, by function and time: a guess", names) : names;
}

function emptyText(followed: number): string {
  if (followed === 0)
    return t(
      "No worker log is followed, and no terminal that is read names this job. Name logs in the setting arq.workerLogs; logs/*.log and *worker*.log of the workspace are found without.",
    );
  return followed === 1
    ? t("Neither the one file that is followed nor a terminal that is read names this job.")
    : t("Neither the {0} files that are followed nor a terminal that is read name this job.", formatCount(followed));
}

/** The name and the line; folders stand in the hover. The name of a terminal stands in quotation marks, and stays whole. */
function shortPlace(place: string): string {
  return place.replace(/^[^“]*\//, "");
}
