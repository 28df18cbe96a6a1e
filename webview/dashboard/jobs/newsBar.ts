import { html, nothing, type TemplateResult } from "lit";
import { newsAtMost, type JobsView } from "../../../src/protocol/tabs/jobs";
import { formatCount } from "../../shared/format";
import { icon } from "../../shared/icons";
import { t } from "../../shared/l10n";

/** What a fresh look would bring, and the way to it; nothing where that is what is shown. */
export function newsBar({ news, changed }: JobsView, show: () => void): TemplateResult | typeof nothing {
  const text = newsText(news, changed);
  if (text === "") return nothing;
  return html`<button class="plain news" title=${t("Show the list as it is now (n)")} @click=${show}>
    ${icon(news > 0 ? "arrowUp" : "refresh")}<span>${text}</span><span class="show">${t("Show")}</span>
  </button>`;
}

function newsText(news: number, changed: boolean): string {
  if (news >= newsAtMost) return t("More than {0} new jobs", formatCount(newsAtMost - 1));
  if (news > 0) return news === 1 ? t("1 new job") : t("{0} new jobs", formatCount(news));
  return changed ? t("This list has changed") : "";
}
