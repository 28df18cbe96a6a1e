import type { ConnectionSettings } from "./connectionUrl";
import { openPort } from "./openPort";
import type { PortOptions, ReadOnlyPort } from "./readOnlyPort";
import { assertMaster, Sentinels } from "./sentinels";

/** A master that sentinels named is given up after this, because they may have named another one meanwhile. */
const namedMasterMs = 1500;

/** Knows the way to one Redis: straight, or as sentinels tell it, who are asked anew each time. */
export class Connector {
  readonly #sentinels: Sentinels | null;
  #place: ConnectionSettings;

  constructor(settings: ConnectionSettings) {
    this.#place = settings;
    this.#sentinels = settings.sentinel === null ? null : new Sentinels(settings, settings.sentinel);
  }

  /** Where the way led last: what messages are about. */
  get place(): ConnectionSettings {
    return this.#place;
  }

  /** A first connection. A second one to the same place is opened with the `place` of that moment. Rejects with a `ConnectError`. */
  async open(options: Omit<PortOptions, "settings">, hurry: boolean): Promise<ReadOnlyPort> {
    if (this.#sentinels === null) return openPort({ ...options, settings: this.#place }, hurry);
    const settings = await this.#sentinels.find(options);
    this.#place = settings;
    const connectTimeoutMs = Math.min(namedMasterMs, options.connectTimeoutMs);
    const port = await openPort({ ...options, connectTimeoutMs, settings }, false);
    try {
      await assertMaster(port);
    } catch (error) {
      port.close();
      throw error;
    }
    return port;
  }
}
