import { commands, l10n, Uri, type WebviewPanel, workspace } from "vscode";
import type { CommandArguments } from "../contributions/commands";
import { type Handlers, HostChannel } from "../../protocol/channel";
import type { DashboardRequests, PageCommand } from "../../protocol/messages";
import type { Log } from "../log";
import { fields, index, pageCommand, text } from "./checks";

/** The typed channel to the page in `panel`. */
export function panelChannel<R extends { [K in keyof R]: { params: unknown; result: unknown } }, N>(
  { webview, viewType }: WebviewPanel,
  handlers: Handlers<R>,
  log: Log,
): HostChannel<R, N> {
  return new HostChannel<R, N>(
    {
      post: (message) => {
        // Rejects when the panel closed in the meantime: nobody is left to be told.
        // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a Webview is no window.
        webview.postMessage(message).then(undefined, () => undefined);
      },
      listen: (listener) => webview.onDidReceiveMessage(listener),
    },
    handlers,
    (name, error) =>
      log.warn(`${viewType}: request ${name} failed: ${error instanceof Error ? error.message : String(error)}`),
  );
}

/** The commands that pages offer as buttons. None of them takes an argument from the page. */
const pageCommands: { readonly [C in Exclude<PageCommand, "healthSettings" | "logSettings">]: keyof CommandArguments } =
  {
    connect: "arq.connect",
    switchConnection: "arq.switchConnection",
    refresh: "arq.refresh",
    pauseIndexing: "arq.pauseIndexing",
    resumeIndexing: "arq.resumeIndexing",
    showLog: "arq.showLog",
    setPassword: "arq.setPassword",
    showDashboard: "arq.showDashboard",
    addWorkerInstrumentation: "arq.addWorkerInstrumentation",
    copyDashboardLink: "arq.copyDashboardLink",
  };

/** The request `run` of both pages. */
export const runPageCommand: Handlers<Pick<DashboardRequests, "run">>["run"] = {
  check: pageCommand,
  handle: ({ command }) => {
    // Not awaited: some ask the user something, and the page must not wait for that.
    void (command === "healthSettings"
      ? commands.executeCommand("workbench.action.openSettings", "arq.health")
      : command === "logSettings"
        ? commands.executeCommand("workbench.action.openSettings", "arq.workerLogs")
        : commands.executeCommand(pageCommands[command]));
    return null;
  },
};

/** The request `openFunction` of the dashboard. */
export const openFunctionByName: Handlers<Pick<DashboardRequests, "openFunction">>["openFunction"] = {
  check: (params) => ({ name: text(fields(params).name, "name") }),
  handle: ({ name }) => {
    // Not waited for: it may ask which of several is meant.
    void commands.executeCommand("arq.openFunction", name);
    return null;
  },
};

/** The request `openCode` of both pages. A page opens what lies in the open folders, and nothing else. */
export const openCodePlace: Handlers<Pick<DashboardRequests, "openCode">>["openCode"] = {
  check: (params) => {
    const { file, line } = fields(params);
    return { file: text(file, "file"), line: index(line, "line") };
  },
  handle: async ({ file, line }) => {
    if (workspace.getWorkspaceFolder(Uri.file(file)) === undefined)
      throw new Error(l10n.t("This file is not in the open folders."));
    await commands.executeCommand("arq.openCode", { file, line });
    return null;
  },
};
