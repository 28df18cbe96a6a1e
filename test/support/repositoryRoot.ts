import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/**
 * The folder that holds this project's package.json, found upwards from the running bundle: bundles live at different
 * depths (`dist/test/…`, `dist-unit/…`), so no fixed number of `..` is right. Throws when there is none.
 */
export function repositoryRoot(): string {
  for (let folder = __dirname; ; folder = dirname(folder)) {
    const manifest = join(folder, "package.json");
    if (existsSync(manifest)) {
      const { name } = JSON.parse(readFileSync(manifest, "utf8")) as { name?: string };
      if (name === "arq-monitor") return folder;
    }
    if (dirname(folder) === folder) throw new Error(`No package.json of arq-monitor above ${__dirname}`);
  }
}
