import { css, html } from "lit";
import { customElement } from "lit/decorators.js";

import { baseStyles, sectionStyles } from "../../shared/styles";
import { TabElement } from "../tabs/tabElement";

/** What happened last. */
@customElement("arq-activity-tab")
export class ActivityTab extends TabElement<"activity"> {
  static override styles = [
    baseStyles,
    sectionStyles,
    css`
      :host {
        display: block;
      }
    `,
  ];
  readonly tab = "activity";

  override render() {
    return html``;
  }
}
