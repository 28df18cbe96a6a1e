import { css, html } from "lit";
import { customElement } from "lit/decorators.js";
import "./workerList";
import { baseStyles, sectionStyles } from "../../shared/styles";
import { TabElement } from "../tabs/tabElement";

/** Every worker, and how it is known. */
@customElement("arq-workers-tab")
export class WorkersTab extends TabElement<"workers"> {
  static override styles = [
    baseStyles,
    sectionStyles,
    css`
      :host {
        display: block;
      }
    `,
  ];
  readonly tab = "workers";

  override render() {
    return html`<arq-worker-list .snapshot=${this.snapshot} .now=${this.now}></arq-worker-list>`;
  }
}
