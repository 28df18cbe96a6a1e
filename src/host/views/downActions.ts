import { l10n } from "vscode";
import type { ConnectionProblem } from "../../monitor/ports";
import { messageNode, type ViewNode } from "./viewNode";

/** What can be done about a connection that never was: rows, because VS Code shows no welcome buttons below a message. */
export function downActions({ reason }: ConnectionProblem): readonly ViewNode[] {
  const password = action("password", l10n.t("Set Redis Password"), "key", { id: "arq.setPassword", arguments: [] });
  const again = action("again", l10n.t("Try Again"), "refresh", { id: "arq.refresh", arguments: [] });
  const wantsPassword = reason === "passwordNeeded" || reason === "passwordWrong";
  return [
    ...(wantsPassword ? [password, again] : [again]),
    action("connect", l10n.t("Connect to Another Redis…"), "plug", { id: "arq.connect", arguments: [] }),
    action("log", l10n.t("Show Log"), "output", { id: "arq.showLog", arguments: [] }),
  ];
}

type Action = "arq.setPassword" | "arq.refresh" | "arq.connect" | "arq.showLog";

function action(id: string, label: string, icon: string, command: { id: Action; arguments: [] }): ViewNode {
  return messageNode(`down/${id}`, label, { icon: { id: icon }, command: { ...command, title: label } });
}
