import { css, html, LitElement } from "lit";
import { customElement, property } from "lit/decorators.js";
import type { JobState } from "../../src/protocol/viewModels";
import { icon } from "./icons";
import { stateLooks } from "./jobStates";
import { baseStyles } from "./styles";

/** State of a job as icon and word: readable without colour. */
@customElement("arq-state-chip")
export class StateChip extends LitElement {
  static override styles = [
    baseStyles,
    css`
      :host {
        display: inline-flex;
        min-width: 0;
      }
      span {
        display: inline-flex;
        align-items: center;
        gap: 5px;
        white-space: nowrap;
      }
    `,
  ];

  @property() state: JobState = "unknown";

  override render() {
    const look = stateLooks[this.state];
    return html`<span class="tone-${look.tone}" title=${look.meaning}
      >${icon(look.icon)}<b class="word">${look.label}</b></span
    >`;
  }
}
