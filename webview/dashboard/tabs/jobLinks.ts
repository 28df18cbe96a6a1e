import { html, type TemplateResult } from "lit";
import { newestJobs } from "../../../src/protocol/jobQuery";
import type { JobQuery } from "../../../src/protocol/viewModels";
import { emit } from "../../shared/emit";
import { formatCount } from "../../shared/format";

/** Asks the tab that holds `from` for the jobs behind a number. Its event is `jobs`, with what the query is beside the newest jobs of all. */
export function emitJobs(from: EventTarget, filter: Partial<JobQuery>): void {
  emit(from, "jobs", { ...newestJobs, ...filter } satisfies JobQuery);
}

/** A number that leads to what it counts; nothing to go to where it is 0. */
export function countLink(n: number, title: string, tab: 0 | -1, open: () => void): TemplateResult {
  if (n === 0) return html`<span class="none">0</span>`;
  return html`<button class="plain count" tabindex=${tab} title=${title} @click=${open}>${formatCount(n)}</button>`;
}
