import { Redactor } from "../arq/redact";
import type { Log } from "./log";
import type { Settings } from "./settings";

/** The redactor as the setting `arq.redact` has it. Everything that leaves the host's readers passes it, the log included. */
export class Redaction {
  #redactor = new Redactor();
  #builtFrom = "[]";

  constructor(
    private readonly settings: Settings,
    private readonly log: Log,
  ) {
    log.redactWith((text) => this.redactor.text(text));
  }

  /** Another object whenever the setting is another one: what was read through the one before must be read again. */
  get redactor(): Redactor {
    const own = this.settings.get("arq.redact");
    const written = JSON.stringify(own);
    if (written !== this.#builtFrom) {
      this.#builtFrom = written;
      this.#redactor = new Redactor({ own });
      for (const problem of this.#redactor.problems) this.log.warn(problem);
    }
    return this.#redactor;
  }
}
