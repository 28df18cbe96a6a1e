import { createHash } from "node:crypto";
import { mkdir, readdir, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** So long an answer of the disk is waited for, ms: long enough for a window that is busy itself. */
const usualPatienceMs = 5000;

/**
 * What one of several windows has told, so that the others need not: an empty file for each in a folder that all share, named by a hash, so that no name tells what it was
 * about. Of windows that ask at once one is answered yes, because a file is made once only.
 */
export class ToldOnce {
  /** Questions that the disk has not answered in time, and not since. */
  #unanswered = 0;

  /** `folder`: as of now; null where nothing is kept. Told again after `restMs` at the earliest. `make`: makes the folder. */
  constructor(
    private readonly folder: () => string | null,
    private readonly restMs: number,
    private readonly patienceMs = usualPatienceMs,
    private readonly make: (folder: string) => Promise<unknown> = makeFolder,
  ) {}

  /** True for who asks first; then it is theirs to tell. Also true where the folder cannot be used, or does not answer: rather twice than never. */
  async claim(what: string, now = Date.now()): Promise<boolean> {
    const folder = this.folder();
    // Each question holds one of the four threads that Node has for files.
    if (folder === null || this.#unanswered > 0) return true;
    const asked = this.#ask(folder, what, now);
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<true>((resolve) => {
      timer = setTimeout(() => {
        this.#unanswered++;
        void asked.then(() => this.#unanswered--);
        resolve(true);
      }, this.patienceMs);
    });
    const answer = await Promise.race([asked, late]);
    clearTimeout(timer);
    return answer;
  }

  /** Never rejects. */
  async #ask(folder: string, what: string, now: number): Promise<boolean> {
    // Each stretch of time has files of its own, so that none is ever taken away from under somebody who asks.
    const stretch = Math.floor(now / this.restMs);
    const hash = createHash("sha256").update(what).digest("hex").slice(0, 32);
    await this.#tidy(folder, stretch).catch(() => {});
    const before = await stat(join(folder, `${hash}.${stretch - 1}`)).catch(() => null);
    if (before !== null && now - before.mtimeMs < this.restMs) return false;
    try {
      await writeFile(join(folder, `${hash}.${stretch}`), "", { flag: "wx", mode: 0o600 });
      return true;
    } catch (error) {
      return !(error instanceof Error && "code" in error && error.code === "EEXIST");
    }
  }

  /** Makes the folder; what is older than the last stretch matters to nobody. */
  async #tidy(folder: string, stretch: number): Promise<void> {
    await this.make(folder);
    for (const name of await readdir(folder)) {
      const of = /^[0-9a-f]{32}\.(\d{1,15})$/.exec(name)?.[1];
      if (of !== undefined && Number(of) < stretch - 1) await rm(join(folder, name), { force: true });
    }
  }
}

/** Removes what is kept there of all windows. Rejects where it cannot be removed. */
export async function forgetTold(folder: string): Promise<void> {
  // Another window may tell of an error at this moment.
  await rm(folder, { recursive: true, force: true, maxRetries: 3 });
}

async function makeFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
}
