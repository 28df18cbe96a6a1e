import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { runCommand } from "../support/runCommand";
import { findOnPath } from "../support/systemParts";
import { startCodeServer } from "../support/vscode/codeServer";
import { ensureVsCodeServer, hasDisplay } from "../support/vscode/ensureVsCode";
import { quietSettings } from "../support/vscode/quietSettings";
import { Closers } from "./closers";
import { startDemoQueue } from "./demoQueue";
import { packageExtension } from "./packageExtension";
import { startProcess } from "./processes";
import { parseStartArguments, startUsage, type StartArguments } from "./startArguments";

/** `npm start`: VS Code with the built extension, on a living demo queue or on the user's own. Ctrl-C ends all of it. */

const closers = new Closers();
const log = (line: string) => console.log(line);

interface Opening {
  readonly folder: string;
  readonly userSettings: Readonly<Record<string, unknown>>;
  readonly scratch: string;
  readonly vsix: string;
  readonly trusted: boolean;
}

async function main(args: StartArguments): Promise<void> {
  const scratch = mkdtempSync(join(tmpdir(), "arq-demo-"));
  closers.add(() => rmSync(scratch, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 }));
  log("Packing the extension …");
  // Meanwhile the queue starts; a failure of either ends both.
  const packing = packageExtension();
  const [vsix, { folder, userSettings }] = await Promise.all([packing, prepare(args, scratch)]);
  const opening: Opening = { folder, userSettings, scratch, vsix, trusted: args.redis === null };
  const code = args.open && hasDisplay() ? findOnPath("code") : null;
  if (code === null) await openInBrowser(opening, args.port);
  else await openOnDesktop(opening, code);
}

/** What to open: a living demo project, or the user's own. */
async function prepare(args: StartArguments, scratch: string): Promise<Pick<Opening, "folder" | "userSettings">> {
  if (args.redis === null) {
    const { workspace } = await startDemoQueue({ scratch, generator: args.generator, closers, log });
    return { folder: workspace, userSettings: quietSettings };
  }
  const folder = resolve(args.folder ?? ".");
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) throw new Error(`There is no folder ${folder}.`);
  if (configuresConnections(folder)) log("The folder's own settings name arq.connections: those win over --redis.");
  // Through the throwaway profile: the user's project stays as it is.
  const connections = [{ name: "Redis", url: args.redis }];
  return { folder, userSettings: { ...quietSettings, "arq.connections": connections } };
}

function configuresConnections(folder: string): boolean {
  const settings = join(folder, ".vscode", "settings.json");
  return existsSync(settings) && readFileSync(settings, "utf8").includes('"arq.connections"');
}

async function openInBrowser(opening: Opening, port: number | null): Promise<void> {
  const vscode = await ensureVsCodeServer(log);
  log("Starting VS Code's server with the extension …");
  const server = await startCodeServer({
    vscode,
    dataFolder: join(opening.scratch, "profile"),
    userSettings: opening.userSettings,
    vsix: opening.vsix,
    withToken: true,
    trustAll: opening.trusted,
    ...(port === null ? {} : { port }),
  });
  let stopping = false;
  closers.add(() => {
    stopping = true;
    return server.stop();
  });
  void server.ended.then(() => {
    if (!stopping) void finish(1, `VS Code's server has ended:\n${server.output().slice(-2000)}`);
  });
  log("VS Code runs in the browser: open this address on this machine. Ctrl-C stops everything.");
  log(server.url(opening.folder));
}

async function openOnDesktop(opening: Opening, code: string): Promise<void> {
  log("Opening VS Code …");
  const profile = join(opening.scratch, "profile");
  const folders = [`--user-data-dir=${profile}`, `--extensions-dir=${join(profile, "extensions")}`];
  mkdirSync(join(profile, "User"), { recursive: true });
  writeFileSync(join(profile, "User", "settings.json"), JSON.stringify(opening.userSettings, null, 2));
  await runCommand(code, [...folders, "--install-extension", opening.vsix], { timeoutMs: 120_000 });
  const trust = opening.trusted ? ["--disable-workspace-trust"] : [];
  const window = await startProcess(code, [...folders, ...trust, "--new-window", "--wait", opening.folder], {
    cwd: opening.folder,
    env: {},
    logFile: join(opening.scratch, "vscode.log"),
  });
  closers.add(() => window.stop());
  void window.ended.then(() => finish(0, "The window was closed."));
  log("VS Code is open. Close its window or press Ctrl-C to stop everything.");
}

let finishing = false;
async function finish(code: number, message: string): Promise<void> {
  if (finishing) return;
  finishing = true;
  log(message);
  await closers.close();
  process.exit(code);
}

// `on`, not `once`: npm and the terminal both send the signal, and the second must not cut the clean-up short.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.on(signal, () => void finish(0, "\nStopping …"));
}

let args: StartArguments | null = null;
try {
  args = parseStartArguments(process.argv.slice(2));
} catch (error) {
  console.error(`${error instanceof Error ? error.message : String(error)}\n\n${startUsage}`);
  process.exitCode = 2;
}
if (args !== null) {
  main(args).catch((error: unknown) => finish(1, error instanceof Error ? error.message : String(error)));
}
