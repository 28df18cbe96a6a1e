import { createHash } from "node:crypto";
import { mkdir, readdir, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";

/**
 * What one of several windows has told, so that the others need not: an empty file for each in a folder that all share, named by a hash, so that no name tells what it was
 * about. Of windows that ask at once one is answered yes, because a file is made once only.
 */
export class ToldOnce {
  /** `folder`: as of now; null where nothing is kept. Told again after `restMs` at the earliest. */
  constructor(
    private readonly folder: () => string | null,
    private readonly restMs: number,
  ) {}

  /** True for who asks first; then it is theirs to tell. Also true where the folder cannot be used: rather twice than never. */
  async claim(what: string, now = Date.now()): Promise<boolean> {
    const folder = this.folder();
    if (folder === null) return true;
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
    await mkdir(folder, { recursive: true, mode: 0o700 });
    for (const name of await readdir(folder)) {
      const of = /^[0-9a-f]{32}\.(\d{1,15})$/.exec(name)?.[1];
      if (of !== undefined && Number(of) < stretch - 1) await rm(join(folder, name), { force: true });
    }
  }
}
