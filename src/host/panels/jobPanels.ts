import { type Disposable, l10n, ViewColumn, type WebviewPanel, window } from "vscode";
import type { JobView } from "../../protocol/viewModels";
import { panelTypes } from "../contributions/views";
import { webviewOptions } from "./html";
import { JobPage, type JobPageParts } from "./jobPage";

const maxIdLength = 10_000;

/** The job panels of the window: one per job, revealed again when asked for twice, restored after a reload. */
export class JobPanels implements Disposable {
  readonly #pages = new Map<string, JobPage>();
  readonly #serializer: Disposable;

  constructor(private readonly parts: JobPageParts) {
    this.#serializer = window.registerWebviewPanelSerializer(panelTypes.job, {
      deserializeWebviewPanel: async (panel, state: unknown) => {
        const id = idOf(state);
        if (id === null || this.#pages.has(id)) panel.dispose();
        else this.#adopt(id, panel);
      },
    });
  }

  /** Ids of the jobs that have a panel. */
  get open(): readonly string[] {
    return [...this.#pages.keys()];
  }

  /** The job whose panel is in front; null when none is. */
  get active(): string | null {
    return [...this.#pages].find(([, { panel }]) => panel.active)?.[0] ?? null;
  }

  show(id: string): void {
    const page = this.#pages.get(id);
    if (page !== undefined) page.panel.reveal();
    else {
      const options = webviewOptions(this.parts.context.extensionUri);
      this.#adopt(id, window.createWebviewPanel(panelTypes.job, l10n.t("ARQ Job"), ViewColumn.Active, options));
    }
  }

  /** What the page of this job draws now; null when it has none. */
  async current(id: string): Promise<JobView | null> {
    return (await this.#pages.get(id)?.current()) ?? null;
  }

  dispose(): void {
    this.#serializer.dispose();
    for (const page of this.#pages.values()) {
      page.dispose();
      page.panel.dispose();
    }
    this.#pages.clear();
  }

  #adopt(id: string, panel: WebviewPanel): void {
    const page = new JobPage(id, panel, this.parts);
    this.#pages.set(id, page);
    panel.onDidDispose(() => {
      page.dispose();
      this.#pages.delete(id);
    });
  }
}

/** What a page kept with `setState`. It is as untrusted as any message. */
function idOf(state: unknown): string | null {
  if (typeof state !== "object" || state === null) return null;
  const { id } = state as { id?: unknown };
  return typeof id === "string" && id !== "" && id.length <= maxIdLength ? id : null;
}
