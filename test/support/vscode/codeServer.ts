import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { runCommand } from "../runCommand";
import type { VsCodeServer } from "./ensureVsCode";

export interface CodeServerOptions {
  readonly vscode: VsCodeServer;
  /** Holds settings, storage and logs; the caller makes and removes it. */
  readonly dataFolder: string;
  /** Written to the profile's user settings before the start. */
  readonly userSettings?: Readonly<Record<string, unknown>>;
  /** Loopback port; a free one when absent. */
  readonly port?: number;
  /** Lets a page name an extension under development and its tests in the URL. Never together with people. */
  readonly testDriver?: boolean;
  /** Opens every folder as trusted. */
  readonly trustAll?: boolean;
  /** Built extension to install first. */
  readonly vsix?: string;
  /** Folders of extensions that are copied to where a server that starts for the first time looks for installed ones. */
  readonly installed?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Rights to the server for people: every request must carry this random token. None under `testDriver`. */
  readonly withToken?: boolean;
}

export interface CodeServer {
  readonly port: number;
  /** Page of a folder, or of a `.code-workspace`; carries the token where there is one. `payload` works under `testDriver` only. */
  url(folder: string, payload?: readonly (readonly [string, string])[]): string;
  /** How the page names a file of this machine. */
  remote(path: string): string;
  /** Everything the server printed, for messages about failures. */
  output(): string;
  readonly ended: Promise<void>;
  stop(): Promise<void>;
}

/** Starts VS Code's server on the loopback interface. Rejects with its last words when it does not come up. */
export async function startCodeServer(options: CodeServerOptions): Promise<CodeServer> {
  const { vscode, dataFolder } = options;
  const folders = ["--server-data-dir", dataFolder, "--extensions-dir", join(dataFolder, "extensions")];
  const settingsFolder = join(dataFolder, "data", "User");
  mkdirSync(settingsFolder, { recursive: true });
  mkdirSync(join(dataFolder, "extensions"), { recursive: true });
  for (const path of options.installed ?? []) {
    cpSync(path, join(dataFolder, "extensions", basename(path)), { recursive: true });
  }
  if (options.userSettings !== undefined) {
    writeFileSync(join(settingsFolder, "settings.json"), JSON.stringify(options.userSettings, null, 2));
  }
  if (options.vsix !== undefined) {
    const install = [
      vscode.serverMain,
      "--accept-server-license-terms",
      ...folders,
      "--install-extension",
      options.vsix,
    ];
    await runCommand(vscode.node, install, { timeoutMs: 120_000 });
  }
  // Hexadecimal: a token that begins with a dash would be taken for a switch.
  const token = options.withToken ? randomBytes(24).toString("hex") : null;
  const args = [vscode.serverMain, "--host", "127.0.0.1", "--port", String(options.port ?? 0), ...folders];
  args.push("--accept-server-license-terms", "--telemetry-level", "off");
  if (token === null) args.push("--without-connection-token");
  else args.push("--connection-token", token);
  if (options.testDriver) args.push("--enable-smoke-test-driver");
  if (options.trustAll) args.push("--disable-workspace-trust");
  // VS Code leaves its sockets where they are when it ends (measured, 1.139: two a window). Short, because the path of a socket is bounded.
  const sockets = mkdtempSync(join(tmpdir(), "arq-run-"));
  // A group of its own: the server's children (extension host, file watcher) must end with it.
  const child = spawn(vscode.node, args, {
    env: { XDG_RUNTIME_DIR: sockets, ...process.env, ...options.env },
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  const ended = new Promise<void>((resolve) => {
    const gone = () => {
      rmSync(sockets, { recursive: true, force: true });
      resolve();
    };
    child.once("exit", gone).once("error", gone);
  });
  const output = { text: "" };
  const port = await portOf(child, output);
  const host = `127.0.0.1:${port}`;
  return {
    port,
    url(folder, payload) {
      // Slashes stay readable: people copy this address.
      const kind = folder.endsWith(".code-workspace") ? "workspace" : "folder";
      const query = [`${kind}=${encodeURIComponent(folder).replaceAll("%2F", "/")}`];
      if (token !== null) query.unshift(`tkn=${token}`);
      if (payload !== undefined) query.push(`payload=${encodeURIComponent(JSON.stringify(payload))}`);
      return `http://${host}/?${query.join("&")}`;
    },
    remote: (path) => `vscode-remote://${host}${path}`,
    output: () => output.text,
    ended,
    stop: async () => {
      killGroup(child, "SIGTERM");
      const timer = setTimeout(() => killGroup(child, "SIGKILL"), 5000);
      await ended;
      clearTimeout(timer);
      // Whatever of the group outlived its leader.
      killGroup(child, "SIGKILL");
    },
  };
}

function portOf(child: ChildProcess, output: { text: string }): Promise<number> {
  return new Promise((resolve, reject) => {
    const fail = (why: string) => {
      killGroup(child, "SIGKILL");
      reject(new Error(`VS Code's server ${why}:\n${output.text.trim().split("\n").slice(-15).join("\n")}`));
    };
    const timer = setTimeout(() => fail("did not come up within 60 s"), 60_000);
    const hear = (text: string) => {
      // Bounded: it is only read when something fails.
      output.text = (output.text + text).slice(-100_000);
      const port = /Web UI available at http:\/\/[^:/]+:(\d+)/.exec(output.text)?.[1];
      if (port === undefined) return;
      clearTimeout(timer);
      resolve(Number(port));
    };
    child.stdout?.setEncoding("utf8").on("data", hear);
    child.stderr?.setEncoding("utf8").on("data", hear);
    child.once("error", (error) => fail(`cannot be started (${error.message})`));
    child.once("exit", (code, signal) => {
      clearTimeout(timer);
      fail(`ended with ${code ?? signal}`);
    });
  });
}

function killGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // Ended already.
  }
}
