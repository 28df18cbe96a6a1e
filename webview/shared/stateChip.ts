import { html, type TemplateResult } from "lit";
import type { JobState } from "../../src/protocol/viewModels";
import { icon } from "./icons";
import { stateLooks } from "./jobStates";

/** State of a job as icon and word: readable without colour. No element of its own, of which a list would make a hundred. */
export function stateChip(state: JobState): TemplateResult {
  const look = stateLooks[state];
  return html`<span class="state-chip tone-${look.tone}" title=${look.meaning}
    >${icon(look.icon)}<b class="word">${look.label}</b></span
  >`;
}
