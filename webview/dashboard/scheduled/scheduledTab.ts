import { css, html } from "lit";
import { customElement } from "lit/decorators.js";

import { baseStyles, sectionStyles } from "../../shared/styles";
import { TabElement } from "../tabs/tabElement";

/** What is going to run, and when. */
@customElement("arq-scheduled-tab")
export class ScheduledTab extends TabElement<"scheduled"> {
  static override styles = [
    baseStyles,
    sectionStyles,
    css`
      :host {
        display: block;
      }
    `,
  ];
  readonly tab = "scheduled";

  override render() {
    return html`<ul>
      ${(this.view?.rows ?? []).map((row) => html`<li class="foreign">${row.function} ${row.id}</li>`)}
    </ul>`;
  }
}
