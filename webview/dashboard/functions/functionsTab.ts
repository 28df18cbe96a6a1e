import { css, html } from "lit";
import { customElement } from "lit/decorators.js";
import { formatCount } from "../../shared/format";
import { baseStyles, sectionStyles } from "../../shared/styles";
import { TabElement } from "../tabs/tabElement";

/** Every function that jobs call. */
@customElement("arq-functions-tab")
export class FunctionsTab extends TabElement<"functions"> {
  static override styles = [
    baseStyles,
    sectionStyles,
    css`
      :host {
        display: block;
      }
    `,
  ];
  readonly tab = "functions";

  override render() {
    return html`<ul>
      ${(this.view?.functions ?? []).map((each) => html`<li class="foreign">${each.name} ${formatCount(each.count)}</li>`)}
    </ul>`;
  }
}
