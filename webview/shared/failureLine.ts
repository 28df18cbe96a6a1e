import { html, nothing, type TemplateResult } from "lit";
import { icon } from "./icons";
import { t } from "./l10n";

/** What went wrong with the last request, until it is dismissed or a later one succeeds. Styled by `baseStyles`. */
export function failureLine(message: string | null, dismiss: () => void): TemplateResult | typeof nothing {
  if (message === null) return nothing;
  return html`<p class="failure" role="alert">
    <span class="foreign">${message}</span>
    <button class="tool" aria-label=${t("Dismiss")} title=${t("Dismiss")} @click=${dismiss}>${icon("close")}</button>
  </p>`;
}
