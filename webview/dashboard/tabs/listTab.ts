import { html, nothing, type TemplateResult } from "lit";
import { pageSize } from "../../../src/protocol/jobQuery";
import type { TabIntents, TabName, TabViews } from "../../../src/protocol/tabs";
import type { JobQuery } from "../../../src/protocol/viewModels";
import { t } from "../../shared/l10n";
import "../../shared/searchField";
import type { SearchField } from "../../shared/searchField";
import "../jobs/pager";
import { TabElement } from "./tabElement";

/** Tabs of one list that is paged by its host. */
type ListTabName = {
  [T in TabName]: TabIntents[T] extends { readonly offset: number }
    ? TabViews[T] extends { readonly total: number; readonly offset: number }
      ? T
      : never
    : never;
}[TabName];

/** What tabs that show one list have in common: the search field, the rows' keys, pages, and the way to the jobs of a row. */
export abstract class ListTab<T extends ListTabName> extends TabElement<T> {
  /** The table of the rows; null while there is none. */
  protected abstract readonly table: { moveRow(step: 1 | -1): void } | null;

  override focusSearch(): void {
    this.renderRoot.querySelector<SearchField>("arq-search-field")?.focus();
  }

  override moveRow(step: 1 | -1): void {
    this.table?.moveRow(step);
  }

  /** Asks for something else of the list: from its first row on, unless the change says from which. */
  protected change(change: Partial<TabIntents[T]>): void {
    this.ask({ ...this.intent, offset: 0, ...change });
  }

  /** A search for names. */
  protected searchField(text: string, label: string): TemplateResult {
    return html`<arq-search-field
      .text=${text}
      .label=${label}
      @search=${(event: CustomEvent<string>) => this.#search(event.detail)}
    ></arq-search-field>`;
  }

  /** Where nothing has the searched words in its name; `text` says so. */
  protected noMatch(text: string): TemplateResult {
    return html`<p class="nothing">
      ${text}
      <button class="plain link" @click=${() => this.#search("")}>${t("Clear the filter")}</button>
    </p>`;
  }

  /** Nothing where everything stands on one page. */
  protected pager(shown: number): TemplateResult | typeof nothing {
    const { view } = this;
    if (view === null || view.total <= pageSize) return nothing;
    return html`<arq-pager .offset=${view.offset} .shown=${shown} .total=${view.total} @turn=${this.turn}></arq-pager>`;
  }

  protected readonly turn = ({ detail: direction }: CustomEvent<-1 | 1>): void => {
    const { view } = this;
    if (view === null) return;
    const offset = view.offset + direction * pageSize;
    if (offset >= 0 && offset < view.total) this.change({ offset } as Partial<TabIntents[T]>);
  };

  protected readonly showJobs = ({ detail }: CustomEvent<JobQuery>): void => this.go("jobs", { query: detail });

  #search(text: string): void {
    this.change({ text } as unknown as Partial<TabIntents[T]>);
  }
}
