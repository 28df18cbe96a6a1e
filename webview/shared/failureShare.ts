import { css, html, type TemplateResult } from "lit";
import { icon } from "./icons";
import { t } from "./l10n";

export const failureShareStyles = css`
  .share {
    display: inline-flex;
    align-items: center;
    justify-content: flex-end;
    gap: 4px;
    min-width: 0;
  }
  .share.red,
  .share.yellow {
    font-weight: 600;
  }
`;

/** Failing is marked by shape, weight and a word for readers, not by colour alone. */
export function failureShare(text: string, failing: "yellow" | "red" | null): TemplateResult {
  if (failing === null) return html`<span class="share">${text}</span>`;
  const red = failing === "red";
  return html`<span class="share ${failing} ${red ? "tone-bad" : "tone-warn"}"
    >${icon(red ? "cross" : "warning")}<span class="hush">${t("fails too often:")} </span>${text}</span
  >`;
}
