import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { CallSite, SimulatedError } from "./simulatedJobs";

const causeHeading = "\nThe above exception was the direct cause of the following exception:\n\n";

/** What Python would print for this error, with the demo project's real line numbers. Ends with a line break. */
export function tracebackText(error: SimulatedError, workspace: string): string {
  return error.chain
    .map(({ title, frames }) => {
      const lines = frames.map((site) => {
        const file = join(workspace, site.file);
        return `  File "${file}", line ${lineOf(site, file)}, in ${site.function}\n    ${site.source}\n`;
      });
      return `${frames.length > 0 ? "Traceback (most recent call last):\n" : ""}${lines.join("")}${title}\n`;
    })
    .join(causeHeading);
}

/** Throws when the demo project no longer holds the line, so that the generator cannot drift from it. */
export function lineOf(site: CallSite, file: string): number {
  const index = readFileSync(file, "utf8")
    .split(/\r?\n/)
    .findIndex((line) => line.trim() === site.source);
  if (index < 0) throw new Error(`${site.file} has no line "${site.source}".`);
  return index + 1;
}
