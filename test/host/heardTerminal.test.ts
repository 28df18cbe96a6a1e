import assert from "node:assert/strict";
import { window } from "vscode";
import type { ArqApi } from "../../src/host/api";
import { JobLogs } from "../../src/host/panels/jobLogs";
import type { JobRow } from "../../src/protocol/viewModels";
import { eventually } from "../support/eventually";
import { extensionApi } from "./fixture";

describe("a terminal whose name is not shown as it is", () => {
  let api: ArqApi;
  before(async () => {
    api = await extensionApi();
  });

  it("comes to the front by a click on what a job said in it", async () => {
    const name = `worker redis://:hunter2@cache:6379 ${"x".repeat(80)}`;
    const terminal = window.createTerminal({ name });
    const other = window.createTerminal({ name: "another" });
    const stream = api.tracebacks.openStream({ kind: "terminal", name });
    try {
      stream.write("12:30:01:   0.05s → shown-1:charge()\n12:30:02:   0.90s ← shown-1:charge ● \n");
      const times = { enqueuedAt: null, startedAt: null, finishedAt: null };
      const logs = new JobLogs(api.tracebacks);
      const ask = { level: null, text: "", guesses: true };
      const log = await logs.read({ id: "shown-1", function: "charge", ...times } as JobRow, ask);
      assert.equal(log.files.length, 1);
      assert.doesNotMatch(log.files[0] ?? "", /hunter2|x{60}/);
      other.show();
      await eventually(() => assert.equal(window.activeTerminal, other), { timeoutMs: 20_000 });
      await logs.open(0, null, 0);
      await eventually(() => assert.equal(window.activeTerminal, terminal), { timeoutMs: 20_000 });
    } finally {
      stream.end();
      terminal.dispose();
      other.dispose();
    }
  });
});
