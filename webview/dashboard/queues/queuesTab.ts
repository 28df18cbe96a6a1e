import { css, html } from "lit";
import { customElement } from "lit/decorators.js";

import { baseStyles, sectionStyles } from "../../shared/styles";
import { TabElement } from "../tabs/tabElement";

/** Every queue, with its last hour. */
@customElement("arq-queues-tab")
export class QueuesTab extends TabElement<"queues"> {
  static override styles = [
    baseStyles,
    sectionStyles,
    css`
      :host {
        display: block;
      }
    `,
  ];
  readonly tab = "queues";

  override render() {
    return html`<ul>
      ${(this.view?.reports ?? []).map((report) => html`<li class="foreign">${report.name}</li>`)}
    </ul>`;
  }
}
