import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { commands, window } from "vscode";
import type { JobLog } from "../../src/files/jobLog";
import { JobLogs } from "../../src/host/panels/jobLogs";
import type { Tracebacks } from "../../src/host/tracebacks";
import type { JobRow } from "../../src/protocol/viewModels";
import { eventually } from "../support/eventually";

describe("the log on the page of a job", () => {
  let folder = "";

  before(() => {
    folder = mkdtempSync(join(tmpdir(), "arq-job-logs-"));
  });
  after(async () => {
    await commands.executeCommand("workbench.action.closeAllEditors");
    rmSync(folder, { recursive: true });
  });

  it("opens the file that a line came from, though an answer that was asked before came after it", async () => {
    const log = (name: string): JobLog => {
      const path = join(folder, name);
      writeFileSync(path, "12:30:00: hello\n");
      const line = {
        log: { kind: "file" as const, path },
        line: 1,
        offset: 0,
        at: null,
        level: null,
        text: "hello",
        starts: true,
        guess: false,
      };
      return { lines: [line], total: 1, named: 1, guesses: 0, others: false, by: "id", partly: false };
    };
    const answers = new Map<string, (log: JobLog) => void>();
    const tracebacks = {
      followed: [],
      logOf: (_job: unknown, { text }: { text: string }) =>
        new Promise<JobLog>((resolve) => answers.set(text, resolve)),
    } as unknown as Tracebacks;
    const logs = new JobLogs(tracebacks);
    const row = { id: "a", function: "f", enqueuedAt: null, startedAt: null, finishedAt: null } as JobRow;
    const first = logs.read(row, { level: null, text: "first", guesses: true });
    const second = logs.read(row, { level: null, text: "second", guesses: true });
    answers.get("second")?.(log("second.log"));
    const shown = await second;
    answers.get("first")?.(log("first.log"));
    const late = await first;
    for (const [view, name] of [
      [shown, "second.log"],
      [late, "first.log"],
    ] as const) {
      const file = view.lines[0]?.file ?? -1;
      assert.equal(view.files[file]?.endsWith(name), true);
      await logs.open(file, 1, 0);
      await eventually(() => assert.equal(window.activeTextEditor?.document.fileName, join(folder, name)));
    }
    await assert.rejects(logs.open(2, 1, 0));
  });
});
