import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { commands, type Command, type Disposable, extensions, window, workspace } from "vscode";
import type { ArqApi } from "../../src/host/api";
import { requireArq } from "../support/arqEnvironment";
import { ArqProcesses } from "../support/arqProcesses";
import { eventually } from "../support/eventually";
import { failingLine, writeLedger } from "../support/ledgerProject";
import { type RedisServer, startRedis } from "../support/redisServer";
import { hostLinePrefix } from "../support/testProtocol";
import { connect, disconnect, extensionApi, labels, rows } from "./fixture";

/** A row of a frame that can be clicked, and how long after the failure it was there. */
export interface ClickableFrame {
  readonly command: Command;
  readonly afterMs: number;
  /** After how long VS Code was told to draw Failed Jobs again; null where it was not within three seconds, as while the view cannot be seen. */
  readonly drawnAfterMs: number | null;
}

/** A Redis with a client of ARQ's, watched by the extension with its Failed Jobs in sight. */
export class FailureScene {
  private constructor(
    readonly python: string,
    readonly server: RedisServer,
    readonly api: ArqApi,
    private readonly client: ArqProcesses,
  ) {}

  /** For `before`: skips the suite where ARQ cannot be had. */
  static async open(context: Mocha.Context): Promise<FailureScene> {
    // debugpy brings the adapter that the Python extensions start; tblib pickles tracebacks.
    const python = await requireArq(context, undefined, {
      name: "debug",
      packages: ["debugpy==1.8.22", "tblib==3.2.2"],
    });
    const server = await startRedis();
    const client = new ArqProcesses({ python, port: server.port });
    await extensionApi();
    // The views of a window that has just opened come a moment after its extensions.
    await eventually(() => commands.executeCommand("arq.failed.focus"), { timeoutMs: 20_000 });
    return new FailureScene(python, server, await connect([{ name: "ledger", url: server.url }], "empty"), client);
  }

  async close(): Promise<void> {
    await disconnect();
    await this.client.stop();
    await this.server.stop();
  }

  /** Enqueues a job that fails, and waits until its frame on the failing line can be clicked in Failed Jobs. */
  async fail(id: string, sku: string): Promise<ClickableFrame> {
    const drawn = this.#drawn(id);
    await this.client.enqueue("book", [sku], { _job_id: id });
    // Asking for rows before VS Code does would leave it nothing to be told.
    const drawnAt = await drawn;
    const command = await eventually(
      async () => {
        const [frame] = (await this.#framesOf(id)).filter(({ item }) => item.label === "rate_of");
        assert.ok(frame?.item.command, `no frame of ${id} can be clicked`);
        return frame.item.command;
      },
      { timeoutMs: 30_000 },
    );
    const clickableAt = Date.now();
    const finishedAt = this.#finishedAt(id) ?? NaN;
    return { command, afterMs: clickableAt - finishedAt, drawnAfterMs: drawnAt === null ? null : drawnAt - finishedAt };
  }

  #finishedAt(id: string): number | null {
    return this.api.session.monitor?.row(id)?.finishedAt ?? null;
  }

  async #drawn(id: string): Promise<number | null> {
    const listening: Disposable[] = [];
    const told = new Promise<number>((resolve) => {
      const { failed } = this.api.trees;
      listening.push(failed.onDidChangeTreeData(() => this.#finishedAt(id) !== null && resolve(Date.now())));
    });
    const at = await Promise.race([told, sleep(3000, null)]);
    for (const each of listening) each.dispose();
    return at;
  }

  async #framesOf(id: string): Promise<Awaited<ReturnType<typeof rows>>> {
    const { failed } = this.api.trees;
    const jobs = await Promise.all((await rows(failed)).map(({ element }) => rows(failed, element)));
    const job = jobs.flat().find(({ element }) => element.jobId === id);
    assert.ok(job, `${id} is not among ${labels(jobs.flat()).join(", ")}`);
    return rows(failed, job.element);
  }
}

/** Clicks the frame; the cursor must stand on the failing line of this file. */
export async function assertLeadsTo({ command }: ClickableFrame, path: string): Promise<void> {
  await commands.executeCommand(command.command, ...(command.arguments ?? []));
  const editor = window.activeTextEditor;
  assert.equal(editor?.document.uri.fsPath, path);
  assert.equal(editor.document.lineAt(editor.selection.active.line).text, failingLine);
}

/** Changes a file on the disk, as another program does, and waits until VS Code has heard of it. */
export async function changeOutside(path: string, text: string): Promise<void> {
  await writeFile(path, text);
  await eventually(async () => assert.equal((await workspace.openTextDocument(path)).getText(), text));
}

/** Prints the measured times in the test's output. */
export function tell(what: string, { afterMs, drawnAfterMs }: ClickableFrame): void {
  console.log(
    `${hostLinePrefix}      ${what}: row after ${drawnAfterMs ?? "?"} ms, frame clickable ${afterMs} ms after the failure`,
  );
}

export function workspaceRoot(index = 0): string {
  const folder = workspace.workspaceFolders?.[index];
  assert.ok(folder);
  return folder.uri.fsPath;
}

/** Writes the ledger into a folder, with the instrumentation that the extension ships. */
export async function layLedger(folder: string): Promise<void> {
  await extensionApi();
  const extension = extensions.getExtension("arq-monitor.arq-monitor");
  assert.ok(extension);
  writeLedger(folder, readFileSync(join(extension.extensionPath, "media", "arq_monitor.py"), "utf8"));
}
