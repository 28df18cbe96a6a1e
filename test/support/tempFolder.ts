import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** A folder that exists during one test: call in `beforeEach`, and `remove` in `afterEach`. */
export class TempFolder {
  /** Without symbolic links, so that paths compare. */
  readonly path = realpathSync(mkdtempSync(join(tmpdir(), "arq-monitor-")));

  /** Writes a file, and its folders, and returns its path. */
  write(name: string, text = ""): string {
    const path = join(this.path, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    return path;
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}
