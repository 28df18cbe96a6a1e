import { statSync } from "node:fs";
import { join } from "node:path";
import { packageExtension } from "../demo/packageExtension";
import { repositoryRoot } from "../support/repositoryRoot";
import { type Measure, round } from "./measure";

/** Size of a built file, in thousands of bytes. */
export function fileSize(path: string): Measure {
  return { value: round(statSync(join(repositoryRoot(), path)).size / 1000), unit: "kB", against: {} };
}

export async function vsixSize(): Promise<Measure> {
  return { value: round(statSync(await packageExtension()).size / 1000), unit: "kB", against: {} };
}
