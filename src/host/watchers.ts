import type { Demand } from "../monitor/ports";

/** Who looks: a view or panel that can be seen, or only the status bar, badges and the like. */
export type Watcher = "view" | "background";

/** A panel that is left for a tree, or for another panel, is no reason to read less and then everything again. */
const lookAwayMs = 3000;
const rank: Readonly<Record<Demand, number>> = { none: 0, background: 1, visible: 2 };

/** Counts who looks, and tells what that is worth reading: more at once, less after a moment. */
export class Watchers {
  readonly #counts: Record<Watcher, number> = { view: 0, background: 0 };
  #demand: Demand = "none";
  #lookAway: NodeJS.Timeout | null = null;
  #disposed = false;

  constructor(
    private readonly onDemand: (demand: Demand, before: Demand) => void,
    private readonly patienceMs = lookAwayMs,
  ) {}

  get demand(): Demand {
    return this.#demand;
  }

  /** Looks until the result is disposed of. */
  add(who: Watcher): { dispose(): void } {
    this.#count(who, 1);
    let watching = true;
    return {
      dispose: () => {
        if (watching) this.#count(who, -1);
        watching = false;
      },
    };
  }

  /** Nobody counts any more, and nothing is told. */
  dispose(): void {
    this.#disposed = true;
    this.#demand = "none";
    this.#wait(null);
  }

  #count(who: Watcher, by: 1 | -1): void {
    this.#counts[who] += by;
    this.#wait(null);
    if (this.#disposed) return;
    const { view, background } = this.#counts;
    const wanted = view > 0 ? "visible" : background > 0 ? "background" : "none";
    if (rank[wanted] > rank[this.#demand]) this.#set(wanted);
    else if (wanted !== this.#demand) this.#wait(setTimeout(() => this.#set(wanted), this.patienceMs));
  }

  #set(demand: Demand): void {
    const before = this.#demand;
    this.#demand = demand;
    this.onDemand(demand, before);
  }

  #wait(timer: NodeJS.Timeout | null): void {
    if (this.#lookAway !== null) clearTimeout(this.#lookAway);
    this.#lookAway = timer;
  }
}
