import { type Disposable, l10n, type Memento, window } from "vscode";
import type { Connections } from "./connections";
import type { Session } from "./session";

/**
 * A password written into `arq.connections` works, but settings are committed and synced. Offers once per connection to
 * move it to SecretStorage.
 */
export function offerToMovePasswords(connections: Connections, session: Session, memory: Memento): Disposable {
  const look = async (): Promise<void> => {
    const { connection } = session;
    if (connection?.passwordInSetting !== true) return;
    const key = `arq.passwordOffered:${connection.name}@${connection.address}`;
    if (memory.get<boolean>(key) === true) return;
    await memory.update(key, true);
    const move = l10n.t("Move to Secret Storage");
    const message = l10n.t('The setting arq.connections holds the password of "{0}" in plain text.', connection.name);
    if ((await window.showWarningMessage(message, move)) === move) await connections.movePassword(connection);
  };
  void look();
  return connections.onDidChange(() => void look());
}
