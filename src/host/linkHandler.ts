import { l10n, type Uri, type UriHandler, window } from "vscode";
import { assertNever } from "../python/assertNever";
import { atConnection } from "./commands/atConnection";
import { dashboardLook } from "./commands/dashboardLook";
import { openJob } from "./commands/openJob";
import type { HostParts } from "./commands/parts";
import { type ArqLink, parseLink } from "./links";

/** Opens what a link from outside leads to. VS Code asks the user before it hands one over. */
export class LinkHandler implements UriHandler {
  constructor(private readonly parts: HostParts) {}

  /** Never rejects: what goes wrong is told. */
  async handleUri({ path, query }: Uri): Promise<void> {
    try {
      const link = parseLink(path, query);
      if (await atConnection(this.parts, link.connection ?? undefined)) await this.#open(link);
    } catch (error) {
      const why = this.parts.session.redactor.text(error instanceof Error ? error.message : String(error));
      this.parts.log.warn(`A link could not be opened: ${why}`);
      void window.showErrorMessage(l10n.t("ARQ: this link cannot be opened: {0}.", why));
    }
  }

  async #open(link: ArqLink): Promise<void> {
    switch (link.kind) {
      case "job":
        await openJob(this.parts, link.id);
        break;
      case "dashboard":
        this.parts.dashboard.show(dashboardLook(link.argument));
        break;
      default:
        assertNever(link);
    }
  }
}
