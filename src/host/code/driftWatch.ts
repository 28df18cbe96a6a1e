import { type Disposable, EventEmitter, type Event } from "vscode";
import { type CodeSource, lastRead } from "./codeSource";
import type { Session } from "../session";
import { Throttle } from "../throttle";
import { ArgumentSample } from "./argumentSample";
import { type ArgumentMisfit, type Drift, driftOf } from "./drift";
import type { TaskNumbers } from "./taskNumbers";

/** Differences between source and Redis come and go with commits and deployments. */
const compareMs = 3000;
/** Every sample reads payloads. */
const sampleMs = 15_000;

/** Where the source and the queues of the active connection do not fit. Looked for only while somebody uses it. */
export class DriftWatch implements Disposable {
  readonly #changed = new EventEmitter<void>();
  readonly #compares = new Throttle(compareMs, () => void this.#compare());
  readonly #subscriptions: Disposable[];
  #sample = new ArgumentSample();
  #misfits: readonly ArgumentMisfit[] = [];
  #sampledAt = 0;
  #sampledOf: unknown = null;
  /** Since when everything that happens is noticed, on Redis' clock; null: it is not. */
  #wholeSince: number | null = null;
  #users = 0;
  #use: Disposable | null = null;
  #comparing = false;
  #again = false;
  #findings: readonly Drift[] = [];
  #text = "[]";

  constructor(
    private readonly session: Session,
    private readonly tasks: CodeSource,
    private readonly numbers: TaskNumbers,
  ) {
    const request = (): void => {
      if (this.#users > 0) this.#compares.request();
    };
    this.#subscriptions = [numbers.onDidChange(request), tasks.onDidChange(request)];
  }

  /** Only when they are others. */
  get onDidChange(): Event<void> {
    return this.#changed.event;
  }

  /** None of another connection than the one that is current. */
  get findings(): readonly Drift[] {
    return this.session.monitor === this.#sampledOf ? this.#findings : [];
  }

  /** Somebody looks, until the result is disposed of. */
  use(): Disposable {
    this.#users++;
    this.#use ??= this.numbers.use();
    this.#compares.request();
    let used = true;
    return {
      dispose: () => {
        if (used && --this.#users === 0) {
          this.#use?.dispose();
          this.#use = null;
          this.#wholeSince = null;
        }
        used = false;
      },
    };
  }

  dispose(): void {
    this.#users = 0;
    this.#use?.dispose();
    this.#compares.dispose();
    for (const subscription of this.#subscriptions) subscription.dispose();
    this.#changed.dispose();
  }

  /** One at a time: an older one that ends later would tell what was. */
  async #compare(): Promise<void> {
    if (this.#comparing) {
      this.#again = true;
      return;
    }
    this.#comparing = true;
    try {
      await this.#compareNow();
    } catch {
      // The connection was closed while it was asked: the next change asks the next one.
    } finally {
      this.#comparing = false;
    }
    if (this.#again && this.#users > 0) this.#compares.request();
    this.#again = false;
  }

  /** Keeps nothing of a connection that is another one by the time it has answered. */
  async #compareNow(): Promise<void> {
    const { monitor } = this.session;
    const snapshot = this.session.snapshot();
    // While it is not connected, what was found stays; what happens then goes unnoticed.
    if (monitor === null || snapshot?.status.state !== "live" || !this.numbers.isRead) {
      if (monitor !== this.#sampledOf) this.#set([]);
      this.#wholeSince = null;
      return;
    }
    const code = await lastRead(this.tasks);
    // After the snapshot: what that says is whole, is whole here.
    const stats = await monitor.tasks();
    if (monitor !== this.session.monitor) return;
    const now = monitor.now();
    if (!snapshot.complete) this.#wholeSince = null;
    else if (monitor !== this.#sampledOf || this.#wholeSince === null) this.#wholeSince = now;
    if (monitor !== this.#sampledOf) {
      this.#sampledOf = monitor;
      this.#sample = new ArgumentSample();
      this.#misfits = [];
      this.#sampledAt = -Infinity;
      this.#set([]);
    }
    if (code.settings.length > 0 && performance.now() - this.#sampledAt >= sampleMs) {
      this.#sampledAt = performance.now();
      const misfits = await this.#sample.misfits(monitor, code, stats);
      if (monitor !== this.session.monitor) return;
      this.#misfits = misfits;
    }
    const crons = code.crons.length === 0 ? [] : await monitor.cron();
    if (monitor !== this.session.monitor) return;
    this.#set(
      driftOf({
        code,
        stats,
        crons,
        queues: snapshot.queues.map(({ name }) => name),
        misfits: this.#misfits,
        now,
        watchedSince: this.#wholeSince,
        isWhole: snapshot.complete,
      }),
    );
  }

  #set(findings: readonly Drift[]): void {
    this.#findings = findings;
    const text = JSON.stringify(findings, (key, value: unknown) =>
      key === "settings" || key === "task" ? undefined : value,
    );
    if (text === this.#text) return;
    this.#text = text;
    this.#changed.fire();
  }
}
