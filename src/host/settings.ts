import { EventEmitter, workspace, type Disposable, type Event } from "vscode";
import type { HealthThresholds } from "../monitor/health";
import type { Logger } from "../monitor/ports";
import { settingDefinitions, type SettingKey, type SettingTypes } from "./contributions/settings";

/** The one place where settings are read. A value of the wrong shape counts as not set, and is warned of once. */
export class Settings implements Disposable {
  readonly #changed = new EventEmitter<ReadonlySet<SettingKey>>();
  readonly #subscription: Disposable;
  readonly #warned = new Set<string>();

  constructor(private readonly logger: Logger) {
    this.#subscription = workspace.onDidChangeConfiguration((event) => {
      const keys = (Object.keys(settingDefinitions) as SettingKey[]).filter((key) => event.affectsConfiguration(key));
      if (keys.length > 0) this.#changed.fire(new Set(keys));
    });
  }

  /** Names the settings that changed. */
  get onDidChange(): Event<ReadonlySet<SettingKey>> {
    return this.#changed.event;
  }

  get<K extends SettingKey>(key: K): SettingTypes[K] {
    const definition = settingDefinitions[key];
    const value: unknown = workspace.getConfiguration().get(key);
    if (value === undefined || value === null) return definition.default;
    if (definition.accepts(value)) return value;
    // Once per value: the trees read settings many times a second. The value itself may hold a secret, so it is not named.
    const seen = `${key}=${JSON.stringify(value)}`;
    if (!this.#warned.has(seen)) {
      this.#warned.add(seen);
      this.logger.warn(`Setting ${key} is not ${definition.expected}: the default is used instead.`);
    }
    return definition.default;
  }

  /** `arq.health.*` as the monitor takes them. */
  thresholds(): HealthThresholds {
    return {
      yellowDepth: this.get("arq.health.yellow.depth"),
      redDepth: this.get("arq.health.red.depth"),
      yellowOldestDueSeconds: this.get("arq.health.yellow.oldestDueSeconds"),
      yellowOldestDueForSeconds: this.get("arq.health.yellow.oldestDueForSeconds"),
      redOldestDueSeconds: this.get("arq.health.red.oldestDueSeconds"),
      yellowFailedPercent: this.get("arq.health.yellow.failedPercent"),
      redFailedPercent: this.get("arq.health.red.failedPercent"),
      minimumJobs: this.get("arq.health.minimumJobs"),
      windowMinutes: this.get("arq.health.windowMinutes"),
      redNoneFinishedMinutes: this.get("arq.health.red.noneFinishedMinutes"),
    };
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#changed.dispose();
  }
}
