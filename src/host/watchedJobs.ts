import { EventEmitter, l10n, window, type Disposable, type Event } from "vscode";
import type { JobRow } from "../monitor/model";
import type { Log } from "./log";
import type { Session } from "./session";
import { errorText, functionName } from "./views/jobNode";
import { stateName } from "./views/stateName";
import { duration, oneLine } from "./views/texts";

/** While nothing else is shown, jobs are only read now and then: one small reading each time. */
const lookMs = 5000;

/** Tells by a message when jobs end that somebody asked to be told of. Lives as long as the window, whatever panels are closed. */
export class WatchedJobs implements Disposable {
  readonly #changed = new EventEmitter<string>();
  /** By id, the connection that each belongs to. */
  readonly #watched = new Map<string, string>();
  readonly #subscription: Disposable;
  #looking: { readonly demand: Disposable; readonly timer: NodeJS.Timeout } | null = null;

  constructor(
    private readonly session: Session,
    private readonly log: Log,
    private readonly open: (id: string) => void,
  ) {
    this.#subscription = session.onDidChange(({ change }) => {
      for (const id of this.#here()) if (change === null || change.all || change.jobs.has(id)) this.#check(id);
    });
  }

  /** A job is watched from now on, or no longer. */
  get onDidChange(): Event<string> {
    return this.#changed.event;
  }

  has(id: string): boolean {
    return this.#watched.get(id) !== undefined && this.#watched.get(id) === this.session.connection?.name;
  }

  /** Of the current connection. A job that has ended already is told at once. */
  watch(id: string): void {
    const connection = this.session.connection?.name;
    if (connection === undefined) throw new Error(l10n.t("No connection is configured."));
    this.#watched.set(id, connection);
    this.#changed.fire(id);
    this.#follow();
    this.#check(id);
  }

  unwatch(id: string): void {
    if (!this.#watched.delete(id)) return;
    this.#changed.fire(id);
    this.#follow();
  }

  dispose(): void {
    this.#watched.clear();
    this.#follow();
    this.#subscription.dispose();
    this.#changed.dispose();
  }

  #here(): string[] {
    return [...this.#watched.keys()].filter((id) => this.has(id));
  }

  /** Keeps the connection while anything is watched. */
  #follow(): void {
    if (this.#watched.size > 0 === (this.#looking !== null)) return;
    if (this.#looking !== null) {
      clearInterval(this.#looking.timer);
      this.#looking.demand.dispose();
      this.#looking = null;
      return;
    }
    const timer = setInterval(() => void this.#look(), lookMs);
    this.#looking = { demand: this.session.watch("background"), timer };
  }

  /** A connection that only serves the status bar hears of queues, not of every job: each is read. */
  async #look(): Promise<void> {
    const { monitor } = this.session;
    if (monitor === null) return;
    for (const id of this.#here()) {
      try {
        const detail = await monitor.open(id);
        if (monitor === this.session.monitor && this.has(id)) this.#told(id, detail?.row ?? null);
      } catch (error) {
        // Not connected: the next look may be.
        this.log.debug(`Watched job ${id}: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
  }

  #check(id: string): void {
    const row = this.session.monitor?.row(id) ?? null;
    if (row !== null) this.#told(id, row);
  }

  /** `row`: null where Redis holds nothing of it any more. */
  #told(id: string, row: JobRow | null): void {
    const text =
      row === null
        ? l10n.t("Job {0} is gone from Redis: it has ended, and its result was not kept.", oneLine(id, 60))
        : ended(row);
    const connection = this.#watched.get(id) ?? "";
    if (text === null) return;
    this.unwatch(id);
    const open = l10n.t("Open");
    const alarming = row?.state === "failed" || row?.state === "aborted";
    const told = alarming ? window.showWarningMessage(text, open) : window.showInformationMessage(text, open);
    void told.then((choice) => {
      if (choice !== open) return;
      if (this.session.connection?.name === connection) return this.open(id);
      // There may be another job of this id.
      const text = l10n.t(
        'Job {0} is on the connection "{1}". Switch to it to open the job.',
        oneLine(id, 60),
        connection,
      );
      void window.showWarningMessage(text);
    });
  }
}

/** What is told of a job that has ended; null while it has not. */
export function ended(row: JobRow): string | null {
  const name = functionName(row);
  const id = oneLine(row.id, 60);
  switch (row.state) {
    case "complete":
      return row.runMs === null
        ? l10n.t("{0} is complete (job {1}).", name, id)
        : l10n.t("{0} is complete after {1} (job {2}).", name, duration(row.runMs), id);
    case "failed":
      return row.error === null
        ? l10n.t("{0} failed (job {1}).", name, id)
        : l10n.t("{0} failed with {1} (job {2}).", name, oneLine(errorText(row.error)), id);
    case "aborted":
      return l10n.t("{0} was aborted (job {1}).", name, id);
    case "finished":
      return l10n.t("{0} has finished; its result was not kept, so the outcome cannot be known (job {1}).", name, id);
    default:
      return row.rememberedSince === null
        ? null
        : l10n.t("{0} was {1} when Redis forgot it (job {2}).", name, stateName(row.state), id);
  }
}
