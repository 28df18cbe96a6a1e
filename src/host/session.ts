import { commands, EventEmitter, l10n, workspace, type Disposable, type Event } from "vscode";
import type { Redactor } from "../arq/redact";
import type { HealthThresholds } from "../monitor/health";
import type { Monitor } from "../monitor/model";
import type { MonitorChange, MonitorSnapshot } from "../monitor/model";
import type { ArqSource, ConnectionProblem, Demand } from "../monitor/ports";
import { assertNever } from "../python/assertNever";
import type { ConnectionView } from "../protocol/viewModels";
import { composeHint } from "./composeHint";
import { CostMeter, type CostReport } from "./costMeter";
import type { Connection } from "./connectionList";
import type { Connections } from "./connections";
import type { Histories } from "./histories";
import { downSnapshot } from "./downSnapshot";
import type { Indexing, SessionState } from "./contributions/contextKeys";
import type { SettingKey } from "./contributions/settings";
import type { Log } from "./log";
import type { Redaction } from "./redaction";
import type { Secrets } from "./secrets";
import type { Settings } from "./settings";
import type { HiddenBy, ValuePrivacy } from "./valuePrivacy";
import { type Watcher, Watchers } from "./watchers";

/** `change` is null when the session itself changed: another connection, another monitor, or none. */
export interface SessionChange {
  readonly change: MonitorChange | null;
}

/** How long a snapshot serves. No longer than a frame takes that is drawn without haste. */
const momentMs = 30;
/** Without anybody looking, the connection is kept this long, so that looking away for a moment costs no resync. */
const idleBeforeDisconnectMs = 10 * 60_000;

const reconnectSettings: readonly SettingKey[] = [
  "arq.feed",
  "arq.workers.staleAfter",
  "arq.redact",
  "arq.history.enabled",
];

interface Live {
  readonly connection: Connection;
  readonly monitor: Monitor;
  readonly source: ArqSource;
  readonly meter: CostMeter;
  readonly unsubscribe: () => void;
}

/**
 * The active connection and its monitor. Exists for the whole life of the extension; connects only while somebody
 * looks (`watch`), and never to an address that an untrusted workspace names (VS Code withholds those settings).
 */
export class Session implements Disposable {
  readonly #changed = new EventEmitter<SessionChange>();
  readonly #subscriptions: Disposable[];
  readonly #watchers = new Watchers((demand, before) => this.#setDemand(demand, before));
  #idle: NodeJS.Timeout | null = null;
  #live: Live | null = null;
  /** Counts up with every (re)connect: an attempt that finds another number was overtaken. */
  #epoch = 0;
  #target: Connection | null = null;
  #closing: Promise<void> = Promise.resolve();
  /** Why the active connection could not even be opened: a defect of ours, not trouble with the server. */
  #defect: ConnectionProblem | null = null;
  /** When what is shown was kept current last, on Redis' clock; null before that. */
  #liveAt: number | null = null;
  #moment: { readonly at: number; readonly snapshot: MonitorSnapshot | null } | null = null;
  #sentState: SessionState | null = null;
  #sentCount = -1;
  #sentIndexing: Indexing | null = null;
  /** Advice that the workspace gives for the problem of this connection; looked for once per connection. */
  #hint: string | null = null;
  #hinted = false;

  constructor(
    readonly connections: Connections,
    readonly settings: Settings,
    private readonly secrets: Secrets,
    private readonly log: Log,
    private readonly redaction: Redaction,
    private readonly histories: Histories,
    readonly privacy: ValuePrivacy,
  ) {
    this.#subscriptions = [
      connections.onDidChange(() => this.#follow()),
      settings.onDidChange((keys) => this.#settingsChanged(keys)),
      privacy.onDidChange(() => this.#emit(null)),
      secrets.onDidChange((key) => {
        if (this.#target !== null && secrets.keyOf(this.#target) === key) this.reconnect("the stored password changed");
      }),
    ];
    this.#target = connections.active;
    this.#announce();
  }

  /** Another monitor, or something in it changed. Calm: the monitor merges changes. */
  get onDidChange(): Event<SessionChange> {
    return this.#changed.event;
  }

  get connection(): Connection | null {
    return this.#target;
  }

  /** Null until the first look, and while nothing is configured. */
  get monitor(): Monitor | null {
    return this.#live?.monitor ?? null;
  }

  /** The redactor as the setting has it now, for text that does not come through the source (worker logs). */
  get redactor(): Redactor {
    return this.redaction.redactor;
  }

  /** What the settings `arq.health.*` say now. */
  get thresholds(): HealthThresholds {
    return this.settings.thresholds();
  }

  /** Commands we have sent to Redis on this connection, by name. */
  get commandsSent(): ReadonlyMap<string, number> {
    return this.#live?.source.commands ?? new Map();
  }

  /** What watching this connection costs, in all and lately; null while there is none. */
  get cost(): CostReport | null {
    return this.#live?.meter.read(this.#live.source.cost(), Date.now()) ?? null;
  }

  /**
   * Null until the first look, and while nothing is configured. A connection that cannot even be tried is down. The same for all who ask about the
   * same moment: every tree, panel and the status bar draw themselves anew after a change.
   */
  snapshot(): MonitorSnapshot | null {
    const now = performance.now();
    if (this.#moment === null || now - this.#moment.at > momentMs) this.#moment = { at: now, snapshot: this.#look() };
    return this.#moment.snapshot;
  }

  #look(): MonitorSnapshot | null {
    const problem = this.#target?.problem ?? this.#defect;
    if (problem) return downSnapshot(problem);
    const snapshot = this.#live?.monitor.snapshot() ?? null;
    if (snapshot?.status.state !== "down" || this.#hint === null) return snapshot;
    // What the workspace tells beats the general advice.
    return { ...snapshot, status: { ...snapshot.status, problem: { ...snapshot.status.problem, advice: this.#hint } } };
  }

  /** As of when it is what is shown while it is not kept current, on Redis' clock; null while it is, or nothing was seen yet. */
  get asOf(): number | null {
    return this.snapshot()?.status.state === "live" ? null : this.#liveAt;
  }

  /** Why there is no live connection; null while there is one, or while none was tried yet. */
  get problem(): ConnectionProblem | null {
    const status = this.snapshot()?.status;
    return status?.state === "down" ? status.problem : null;
  }

  get state(): SessionState {
    if (this.#target === null) return workspace.isTrusted ? "unconfigured" : "untrusted";
    const snapshot = this.snapshot();
    if (snapshot === null) return "connecting";
    switch (snapshot.status.state) {
      case "connecting":
      case "closed":
        return "connecting";
      case "down":
        return "down";
      case "live":
        return isEmpty(snapshot) ? "empty" : "live";
      default:
        return assertNever(snapshot.status);
    }
  }

  /** How the connection introduces itself on pages. */
  get view(): ConnectionView | null {
    const connection = this.#target;
    if (connection === null) return null;
    const { name, environment, production, address } = connection;
    return { name, environment, production, address };
  }

  /** Why arguments and results stay behind one click; null where they are shown. */
  get hiddenBy(): HiddenBy | null {
    return this.privacy.hiddenBy(this.#target?.production === true);
  }

  /** How much of Redis is worth reading: for something that can be seen, for the status bar and badges alone, or nothing. */
  get demand(): Demand {
    return this.#watchers.demand;
  }

  /** Somebody looks, until the result is disposed of. The first look connects. */
  watch(who: Watcher): Disposable {
    return this.#watchers.add(who);
  }

  /** Everything again, from the server. While not connected: the next attempt at once; what was shown stays. */
  refresh(): void {
    if (this.#live === null) this.reconnect("asked for");
    else this.#live.monitor.refresh();
  }

  /** The history was cleared: every number of it is another one. */
  announceCleared(): void {
    this.#emit(null);
  }

  reconnect(why: string): void {
    this.#disconnect(why);
    if (this.demand !== "none") this.#connect();
  }

  /** Resolves when every connection is closed. */
  async close(): Promise<void> {
    this.#watchers.dispose();
    this.#disconnect("the extension stops");
    await this.#closing;
  }

  dispose(): void {
    if (this.#idle !== null) clearTimeout(this.#idle);
    for (const subscription of this.#subscriptions) subscription.dispose();
    void this.close();
    this.#changed.dispose();
  }

  #setDemand(demand: Demand, before: Demand): void {
    if (this.#idle !== null) clearTimeout(this.#idle);
    this.#idle = null;
    if (demand === "none") this.#idle = setTimeout(() => this.#disconnect("nobody looks"), idleBeforeDisconnectMs);
    // Somebody who begins to look at what could not be opened has it tried again.
    else if (this.#live === null && (before === "none" || this.#defect !== null)) this.#connect();
    this.#live?.monitor.setDemand(demand);
  }

  #follow(): void {
    const next = this.connections.active;
    const same = JSON.stringify(next) === JSON.stringify(this.#target);
    this.#target = next;
    if (same) this.#announce();
    else this.reconnect("another connection or other settings of it");
  }

  #settingsChanged(keys: ReadonlySet<SettingKey>): void {
    if (reconnectSettings.some((key) => keys.has(key))) {
      this.reconnect("settings changed");
      return;
    }
    if ([...keys].some((key) => key.startsWith("arq.health."))) {
      this.#live?.monitor.setThresholds(this.settings.thresholds());
    }
    if (keys.has("arq.privacy.hideValues") || keys.has("arq.links")) this.#emit(null);
  }

  #connect(): void {
    const target = this.#target;
    const epoch = ++this.#epoch;
    this.#defect = null;
    if (target === null || target.problem !== null) {
      this.#emit(null);
      return;
    }
    this.#open(target, epoch).catch((error: unknown) => {
      // Connection trouble is a status of the source, so what arrives here is a defect: say so instead of spinning.
      const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
      this.log.error(`Cannot open ${target.name}: ${text}`);
      if (epoch !== this.#epoch) return;
      this.#defect = {
        reason: "other",
        message: l10n.t("ARQ Monitor itself failed to open {0}.", target.name),
        advice: l10n.t("Try again; if it stays, the log says where it failed."),
      };
      this.#emit(null);
    });
    this.#emit(null);
  }

  async #open(connection: Connection, epoch: number): Promise<void> {
    // Imported on the first look: start-up must not pay for the Redis client and the index.
    const [{ openRedisSource }, { createMonitor }, { systemClock }, stored, history] = await Promise.all([
      import("../redis/openRedisSource"),
      import("../monitor/liveMonitor"),
      import("../monitor/systemClock"),
      this.secrets.get(connection),
      // What the session before this one has seen is on disk when it is closed.
      this.#closing.then(() => this.histories.open(connection)),
    ]);
    if (epoch !== this.#epoch) return;
    const source = openRedisSource({
      url: connection.url,
      ...connection.way,
      password: stored,
      prefix: connection.prefix,
      queues: connection.queues,
      feed: this.settings.get("arq.feed"),
      redactor: this.redaction.redactor,
      clock: systemClock,
      logger: this.log,
    });
    const monitor = createMonitor({
      source,
      clock: systemClock,
      logger: this.log,
      thresholds: this.settings.thresholds(),
      staleAfterMs: this.settings.get("arq.workers.staleAfter") * 1000,
      queues: connection.queues,
      history: history === null ? null : { store: history, redact: (text) => this.redactor.text(text) },
    });
    const unsubscribe = monitor.onChange((change) => {
      this.#emit(change);
      if (change.status) this.#lookForHint(connection, epoch);
    });
    this.#live = { connection, monitor, source, meter: new CostMeter(), unsubscribe };
    this.log.info(`Watching ${connection.name} (${connection.address}).`);
    monitor.setDemand(this.demand);
    monitor.start();
    this.#emit(null);
  }

  /** A host that does not resolve may be a compose service of this workspace: then say that. */
  #lookForHint(connection: Connection, epoch: number): void {
    if (this.#hinted || this.problem?.reason !== "hostUnknown") return;
    this.#hinted = true;
    composeHint(connection.url).then(
      (hint) => {
        if (hint === null || epoch !== this.#epoch) return;
        this.#hint = hint;
        this.#emit({
          jobs: new Set(),
          queues: new Set(),
          workers: false,
          status: true,
          all: false,
          events: [],
          gaps: [],
        });
      },
      (error: unknown) => this.log.warn(`Looking for compose services: ${String(error)}`),
    );
  }

  #disconnect(why: string): void {
    this.#epoch++;
    this.#hint = null;
    this.#hinted = false;
    const live = this.#live;
    this.#live = null;
    this.#liveAt = null;
    if (live !== null) {
      live.unsubscribe();
      this.log.info(`Leaving ${live.connection.name}: ${why}.`);
      const closed = live.monitor.close().catch((error: unknown) => this.log.warn(`Closing: ${String(error)}`));
      this.#closing = Promise.all([this.#closing, closed]).then(() => undefined);
    }
    this.#emit(null);
  }

  #emit(change: MonitorChange | null): void {
    this.#moment = null;
    const snapshot = this.snapshot();
    if (snapshot?.status.state === "live") this.#liveAt = snapshot.at;
    this.#announce();
    this.#changed.fire({ change });
  }

  /** Whether everything in Redis is being looked at for the first time. */
  get indexing(): Indexing {
    const snapshot = this.snapshot();
    if (snapshot?.status.state !== "live" || snapshot.complete) return "done";
    return snapshot.sweep?.paused === true ? "paused" : "running";
  }

  /** Context keys, only when they changed: each is a message to the window. */
  #announce(): void {
    const { state, indexing } = this;
    if (indexing !== this.#sentIndexing) {
      this.#sentIndexing = indexing;
      void commands.executeCommand("setContext", "arq.indexing", indexing);
    }
    const count = this.connections.all.length;
    if (state !== this.#sentState) {
      this.#sentState = state;
      void commands.executeCommand("setContext", "arq.state", state);
    }
    if (count !== this.#sentCount) {
      this.#sentCount = count;
      void commands.executeCommand("setContext", "arq.connectionCount", count);
    }
  }
}

/** A whole look at the server found nothing of ARQ. */
function isEmpty({ complete, queues, counts }: MonitorSnapshot): boolean {
  return complete && queues.length === 0 && Object.values(counts).every((count) => count === 0);
}
