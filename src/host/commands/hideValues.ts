import { l10n, window } from "vscode";
import type { HostParts } from "./parts";

/** Hides arguments and results in every panel of the window, until they are shown again. */
export async function hideValues({ session }: HostParts): Promise<void> {
  await session.privacy.set(true);
  window.setStatusBarMessage(l10n.t("ARQ: arguments and results are hidden"), 3000);
}

/** Ends that. What the setting hides stays hidden, and is said. */
export async function showValues({ session }: HostParts): Promise<void> {
  await session.privacy.set(false);
  switch (session.hiddenBy) {
    case "production":
      window.setStatusBarMessage(l10n.t("ARQ: on production, values stay behind one click"), 5000);
      return;
    case "setting":
      window.setStatusBarMessage(l10n.t("ARQ: values stay behind one click, as arq.privacy.hideValues says"), 5000);
      return;
    default:
      window.setStatusBarMessage(l10n.t("ARQ: arguments and results are shown"), 3000);
  }
}
