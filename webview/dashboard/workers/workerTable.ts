import { html, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { isOfThen } from "../../../src/protocol/isOfThen";
import type { WorkerLine, WorkerSort } from "../../../src/protocol/tabs/workers";
import { appliedFrom } from "../../shared/appliedText";
import { emit } from "../../shared/emit";
import {
  formatCount,
  formatDateTime,
  formatDuration,
  formatElapsed,
  formatRelative,
  unknownText,
} from "../../shared/format";
import { icon } from "../../shared/icons";
import { t } from "../../shared/l10n";
import { RowTable, type RowGroup, type TableColumn } from "../../shared/rowTable";
import { rowTableStyles } from "../../shared/rowTable.styles";
import { baseStyles } from "../../shared/styles";
import { countLink, emitJobs } from "../tabs/jobLinks";
import { staleRule, versionsText } from "./workerTexts";
import { cardsBelow, workerTableStyles } from "./workerTable.styles";

type Job = NonNullable<WorkerLine["jobs"]>[number];

/** More would make rows of very different heights; all of them stand below an opened row. */
const jobsInRow = 2;
const minuteMs = 60_000;
/** Ages of heartbeats are told to ten seconds. */
const ageStepMs = 10_000;

/**
 * One row per worker; opened, what supports it and every job that it runs. Enter opens the job that runs longest, or else the row; arrows to the side open
 * and close it. Fires `open-job` (id), `jobs` (JobQuery), and what every table fires.
 */
@customElement("arq-worker-table")
export class WorkerTable extends RowTable<WorkerLine, WorkerSort> {
  static override styles = [baseStyles, rowTableStyles(cardsBelow), workerTableStyles];

  @property({ type: Number }) staleAfterMs = 60_000;
  /** Keys of the rows that are opened. */
  @state() private opened: ReadonlySet<string> = new Set();

  protected override readonly label = t("Workers");
  protected override readonly columns: readonly TableColumn<WorkerSort>[] = [
    { id: "name", title: t("Worker"), sort: "name", kind: "text" },
    { id: "host", title: t("Host"), sort: "host", kind: "text" },
    { id: "pid", title: t("Pid"), sort: "pid", kind: "number", meaning: t("Process id") },
    { id: "queue", title: t("Queue"), sort: "queue", kind: "text" },
    { id: "lastSeen", title: t("Heartbeat"), sort: "lastSeen", kind: "number", meaning: t("Last sign of life") },
    { id: "uptime", title: t("Up"), sort: "uptime", kind: "number", meaning: t("Time since its process started") },
    { id: "running", title: t("Running"), sort: "running", kind: "text", meaning: t("Jobs that it runs now") },
    {
      id: "complete",
      title: t("Complete"),
      sort: "complete",
      kind: "number",
      meaning: t("Complete since its process started"),
    },
    {
      id: "failed",
      title: t("Failed"),
      sort: "failed",
      kind: "number",
      meaning: t("Failed since its process started"),
    },
    {
      id: "retried",
      title: t("Retried"),
      sort: "retried",
      kind: "number",
      meaning: t("Retried since its process started"),
    },
  ];

  protected override nameOf({ key }: WorkerLine): string {
    return key;
  }

  protected override inputs(worker: WorkerLine): readonly unknown[] {
    const ticks = worker.jobs !== null && worker.jobs.some(({ startedAt }) => startedAt !== null);
    return [this.opened.has(worker.key), this.staleAfterMs, Math.floor(this.now / (ticks ? 1000 : ageStepMs))];
  }

  protected override group({ stale }: WorkerLine): RowGroup | null {
    if (!this.rows.some((row) => row.stale)) return null;
    return stale
      ? { title: t("Not heard of"), why: t("Killed, blocked, cut off from Redis, or idle without a heartbeat.") }
      : { title: t("Alive"), why: "" };
  }

  protected override onRowKey(event: KeyboardEvent, worker: WorkerLine): boolean {
    const isOpen = this.opened.has(worker.key);
    if (event.key === "Enter" && (worker.jobs?.length ?? 0) > 0) emit(this, "open-job", byAge(worker.jobs!)[0]!.id);
    else if ((event.key === "ArrowRight" && !isOpen) || (event.key === "ArrowLeft" && isOpen)) this.toggle(worker.key);
    else return false;
    return true;
  }

  toggle(key: string): void {
    const opened = new Set(this.opened);
    if (!opened.delete(key)) opened.add(key);
    this.opened = opened;
  }

  protected override cell(worker: WorkerLine, { id }: TableColumn<WorkerSort>, tab: 0 | -1): unknown {
    switch (id) {
      case "name":
        return this.#name(worker, tab);
      case "host":
        return worker.host === null
          ? none()
          : html`<span class="cut foreign" title=${worker.host}>${worker.host}</span>`;
      case "pid":
        return worker.pid === null ? none() : String(worker.pid);
      case "queue":
        return this.#queue(worker, tab);
      case "lastSeen":
        return this.#lastSeen(worker);
      case "uptime":
        return this.#uptime(worker);
      case "running":
        return this.#running(worker, tab);
      case "complete":
      case "failed":
      case "retried":
        return this.#counter(worker, id, tab);
      default:
        return nothing;
    }
  }

  protected override detail(worker: WorkerLine): TemplateResult | typeof nothing {
    if (!this.opened.has(worker.key)) return nothing;
    const versions = versionsText(worker);
    const jobs = byAge(worker.jobs ?? []);
    return html`<div role="gridcell" class="detail" aria-colspan=${this.columns.length}>
      <ul class="evidence">
        ${worker.evidence.map((sentence) => html`<li class="foreign">${sentence}</li>`)}
        <li>${staleRule(worker, this.staleAfterMs)}</li>
      </ul>
      ${versions === "" ? nothing : html`<p class="mute foreign">${versions}</p>`}
      ${
        jobs.length === 0
          ? nothing
          : html`<ul class="jobs">
              ${jobs.map((job) => html`<li>${this.#job(job, 0)}</li>`)}
            </ul>`
      }
    </div>`;
  }

  #name(worker: WorkerLine, tab: 0 | -1) {
    const { key, name, kind, stale } = worker;
    const isOpen = this.opened.has(key);
    return html`<button
        class="tool opener"
        tabindex=${tab}
        aria-expanded=${isOpen}
        aria-label=${t("How {0} is known", name)}
        title=${t("How {0} is known", name)}
        @click=${() => this.toggle(key)}
      >
        ${icon(isOpen ? "chevronDown" : "chevronRight")}
      </button>
      <span class="who ${stale ? "tone-warn" : "tone-good"}"
        >${icon(stale ? "warning" : kind === "connections" ? "plug" : "bolt")}<span class="cut foreign" title=${name}
          >${name}</span
        >${kindText(worker)}</span
      >`;
  }

  #queue({ queue }: WorkerLine, tab: 0 | -1) {
    if (queue === null) return none();
    return html`<button
      class="plain count of-queue"
      tabindex=${tab}
      title=${t("List the jobs of {0}", queue)}
      @click=${() => emitJobs(this, { queue })}
    >
      <span class="cut foreign">${queue}</span>
    </button>`;
  }

  #lastSeen({ lastSeenAt, stale }: WorkerLine) {
    if (lastSeenAt === null) return stale ? html`<span class="stale">${t("stale")}</span>` : none();
    const age = formatRelative(lastSeenAt, this.now);
    return html`<span title=${formatDateTime(lastSeenAt)} class=${stale ? "stale" : ""}
      >${stale ? t("stale, {0}", age) : age}</span
    >`;
  }

  #uptime({ startedAt, lastSeenAt, stale }: WorkerLine) {
    if (startedAt === null) return none();
    // Whether one that is not heard of still runs, nobody knows.
    const until = stale ? (lastSeenAt ?? startedAt) : this.now;
    const up = formatDuration(Math.max(0, Math.floor((until - startedAt) / minuteMs) * minuteMs));
    const started = formatDateTime(startedAt);
    return html`<span title=${stale ? t("When it was last seen. Started {0}", started) : t("Started {0}", started)}
      >${up}</span
    >`;
  }

  #running(worker: WorkerLine, tab: 0 | -1) {
    const { jobs, counters, maxJobs, places: inCode } = worker;
    const then = isOfThen(worker, this.now);
    const n = jobs?.length ?? counters?.ongoing ?? null;
    if (n === null) return none();
    const places = placesText(worker, n);
    const full = maxJobs !== null && n >= maxJobs && !then;
    const shown = byAge(jobs ?? []).slice(0, jobsInRow);
    return html`<span
        class="places"
        title=${
          full ? t("Every place is taken: it takes no more jobs now.") : inCode === null ? nothing : appliedFrom(inCode)
        }
        >${then ? t("had {0}", places) : places}${full ? html` <b>${t("full")}</b>` : nothing}</span
      >${shown.map((job) => this.#job(job, tab))}${
        (jobs?.length ?? 0) > shown.length
          ? html`<button class="plain link" tabindex=${tab} @click=${() => this.toggle(worker.key)}>
              ${t("{0} more", formatCount(jobs!.length - shown.length))}
            </button>`
          : nothing
      }`;
  }

  #job({ id, function: name, try: attempt, startedAt }: Job, tab: 0 | -1) {
    return html`<span class="job"
      ><button
        class="plain link cut mono foreign"
        tabindex=${tab}
        title=${t("Open job {0}", id)}
        @click=${() => emit(this, "open-job", id)}
      >
        ${name ?? id}</button
      >${startedAt === null ? nothing : html`<span class="elapsed">${formatElapsed(this.now - startedAt)}</span>`}${
        attempt !== null && attempt > 1 ? html`<span>${t("try {0}", attempt)}</span>` : nothing
      }</span
    >`;
  }

  /** Jobs are known to be this worker's where it tells so itself. */
  #counter(worker: WorkerLine, state: "complete" | "failed" | "retried", tab: 0 | -1) {
    if (worker.counters === null) return none();
    const n = worker.counters[state];
    if (state === "retried" || worker.jobs === null) return formatCount(n);
    const text = `worker:${JSON.stringify(worker.name)} status:${state} is:any`;
    return countLink(n, t("List those of {0} that are still known", worker.name), tab, () => emitJobs(this, { text }));
  }
}

/** Of how many it may run: as it tells itself, else as its source does. */
function placesText({ maxJobs, places, kind }: WorkerLine, n: number): string {
  const most = maxJobs ?? places?.value ?? null;
  if (most === null) return formatCount(n);
  // A record that several workers may share counts the jobs of one of them, and nobody knows how many there are.
  return kind === "process"
    ? t("{0} of {1}", formatCount(n), formatCount(most))
    : t("{0}, up to {1} each", formatCount(n), formatCount(most));
}

/** What stands for more, or less, than one process. */
function kindText({ kind }: WorkerLine) {
  if (kind === "shared") return html`<span class="kind">${t("at least 1, shared record")}</span>`;
  return kind === "connections" ? html`<span class="kind">${t("estimate")}</span>` : nothing;
}

/** The one that runs longest first. */
function byAge(jobs: readonly Job[]): readonly Job[] {
  return [...jobs].sort((a, b) => (a.startedAt ?? Infinity) - (b.startedAt ?? Infinity));
}

function none() {
  return html`<span class="none">${unknownText}</span>`;
}
