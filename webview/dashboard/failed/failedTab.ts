import { css, html } from "lit";
import { customElement } from "lit/decorators.js";
import { formatCount } from "../../shared/format";
import { baseStyles, sectionStyles } from "../../shared/styles";
import { TabElement } from "../tabs/tabElement";

/** Failures by what they have in common. */
@customElement("arq-failed-tab")
export class FailedTab extends TabElement<"failed"> {
  static override styles = [
    baseStyles,
    sectionStyles,
    css`
      :host {
        display: block;
      }
    `,
  ];
  readonly tab = "failed";

  override render() {
    return html`<ul>
      ${(this.view?.groups ?? []).map((group) => html`<li><b>${group.type}</b> <span class="foreign">${group.message}</span> ${formatCount(group.count)}</li>`)}
    </ul>`;
  }
}
