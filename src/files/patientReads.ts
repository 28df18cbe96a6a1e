/** So long an answer of the disk is waited for, ms: a folder of a network that has gone answers never. */
const usualPatienceMs = 1000;

/**
 * Asks the disk by a path. What does not answer in time counts as it was when it answered last, and is not asked again before it has: each question holds one of the four threads
 * that Node has for files.
 */
export class PatientReads<T> {
  readonly #known = new Map<string, T>();
  /** What is waited for; what is late was waited for. */
  readonly #asked = new Map<string, Promise<T>>();
  readonly #late = new Set<string>();

  /** `read` must not reject. `unknown` stands for what has never answered. */
  constructor(
    private readonly read: (path: string) => Promise<T>,
    private readonly unknown: T,
    private readonly patienceMs = usualPatienceMs,
  ) {}

  async of(path: string): Promise<T> {
    if (this.#late.has(path)) return this.#known.get(path) ?? this.unknown;
    const asked = this.#asked.get(path) ?? this.#ask(path);
    this.#asked.set(path, asked);
    return asked;
  }

  #ask(path: string): Promise<T> {
    return new Promise<T>((resolve) => {
      const timer = setTimeout(() => {
        this.#late.add(path);
        resolve(this.#known.get(path) ?? this.unknown);
      }, this.patienceMs);
      void this.read(path).then((found) => {
        clearTimeout(timer);
        this.#asked.delete(path);
        this.#late.delete(path);
        this.#known.set(path, found);
        resolve(found);
      });
    });
  }
}
