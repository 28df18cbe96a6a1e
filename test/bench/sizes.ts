import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { packageExtension } from "../demo/packageExtension";
import { repositoryRoot } from "../support/repositoryRoot";
import { type Measure, round } from "./measure";

/** Size of a built file, in thousands of bytes. */
export function fileSize(path: string): Measure {
  return { value: round(statSync(join(repositoryRoot(), path)).size / 1000), unit: "kB", against: {} };
}

/** What the extension host has to load at a start: the entry and the parts it imports, in thousands of bytes. The rest comes with the first look. */
export function hostBundleSize(log: (line: string) => void): Measure {
  const folder = join(repositoryRoot(), "dist");
  const loaded = new Set<string>();
  const add = (file: string): void => {
    if (loaded.has(file)) return;
    loaded.add(file);
    const imported = /\brequire\("\.\/(host-[^"]+)"\)/g;
    // `import()` was turned into a require() that waits in a callback.
    const text = readFileSync(join(folder, file), "utf8").replaceAll(/\.then\(\(\)=>[^;]*?require\("[^"]+"\)/g, "");
    for (const [, part] of text.matchAll(imported)) add(part!);
  };
  add("extension.js");
  const size = (files: Iterable<string>): number =>
    round([...files].reduce((sum, file) => sum + statSync(join(folder, file)).size, 0) / 1000);
  const parts = readdirSync(folder).filter((file) => file === "extension.js" || file.startsWith("host-"));
  log(`with everything that a connection loads later: ${size(parts)} kB`);
  return { value: size(loaded), unit: "kB", against: {} };
}

export async function vsixSize(): Promise<Measure> {
  return { value: round(statSync(await packageExtension()).size / 1000), unit: "kB", against: {} };
}
