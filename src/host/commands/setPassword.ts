import { l10n, window } from "vscode";
import type { HostParts } from "./parts";

/** Asks for the active connection's password and keeps it in SecretStorage; the session reconnects when it changed. */
export async function setPassword({ connections, secrets }: HostParts): Promise<void> {
  const connection = connections.active;
  if (connection === null) throw new Error(l10n.t("No connection is configured."));
  const password = await askPassword(
    `${connection.name} (${connection.address})`,
    l10n.t("Leave it empty to remove the stored one."),
  );
  if (password === undefined) return;
  await secrets.set(connection, password);
}

/** Undefined when the user cancelled. */
export async function askPassword(of: string, prompt: string): Promise<string | undefined> {
  return window.showInputBox({
    title: l10n.t("Redis Password of {0}", of),
    prompt,
    password: true,
    ignoreFocusOut: true,
  });
}
