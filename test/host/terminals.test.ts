import assert from "node:assert/strict";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { commands, tasks, ShellExecution, Task, TaskScope, type Terminal, window } from "vscode";
import type { ArqApi } from "../../src/host/api";
import { withoutRetaining } from "../../src/host/terminals/withoutRetaining";
import { eventually } from "../support/eventually";
import { type RedisServer, startRedis } from "../support/redisServer";
import { TempFolder } from "../support/tempFolder";
import { addFailed, connect, disconnect, labels, rows, set } from "./fixture";
import { workspaceRoot } from "./failureScene";
import { openTerminal, runToEnd } from "./openTerminal";

/** What `docker compose up` shows of a worker's failure, in colour. */
const failure = (id: string): string =>
  [
    `22:30:11:   5.00s → ${id}:charge_card('order-7', retry=False)`,
    `22:30:12:   0.90s ! ${id}:charge_card failed, KeyError: 'sku'`,
    "Traceback (most recent call last):",
    '  File "/usr/lib/python3.11/site-packages/arq/worker.py", line 594, in run_job',
    "    result = await asyncio.wait_for(task, timeout_s)",
    '  File "/srv/app/shop/orders.py", line 27, in charge_card',
    "    picked = inventory.reserve(lines)",
    "KeyError: 'sku'",
  ]
    .map((line) => `\u001b[36mworker-1  | \u001b[0m${line}\n`)
    .join("");

describe("the output of terminals", () => {
  const folder = new TempFolder();
  let server: RedisServer;
  let api: ArqApi;
  let terminal: Terminal;

  before(async () => {
    server = await startRedis();
    for (const id of ["heard", "unheard"]) await addFailed(server.client(), id);
    api = await connect([{ name: "shop", url: server.url }]);
    await commands.executeCommand("arq.failed.focus");
    terminal = await openTerminal("compose");
  });

  after(async () => {
    terminal?.dispose();
    folder.remove();
    await disconnect();
    await server?.stop();
  });

  const tracebackOf = async (id: string) => {
    const detail = await api.session.monitor?.open(id);
    assert.ok(detail);
    return api.tracebacks.find(detail);
  };

  it("gives a failure its traceback, whatever was printed for however long before it", async () => {
    const log = folder.write("compose.log", `${"db-1      | checkpoint complete\n".repeat(50_000)}${failure("heard")}`);
    await runToEnd(terminal, `cat '${log}'`);
    const found = await eventually(async () => {
      const traceback = await tracebackOf("heard");
      assert.ok(traceback);
      return traceback;
    });
    assert.equal(found.source, "terminal “compose”");
    assert.deepEqual(
      found.chain[0]?.traceback.frames.map(({ file, line }) => [file, line]),
      [
        ["/usr/lib/python3.11/site-packages/arq/worker.py", 594],
        ["/srv/app/shop/orders.py", 27],
      ],
    );
    await eventually(() => assert.equal(api.terminals.read.size, 0, "a command that has ended is not read any more"));
  });

  it("is the log of a job that no file tells of, on its page", async () => {
    const path = folder.write("said.log", failure("said"));
    const ask = { level: null, text: "", guesses: true };
    const job = { id: "said", function: "charge_card", enqueuedAt: null, startedAt: null, finishedAt: null };
    const log = await eventually(
      async () => {
        await runToEnd(terminal, `cat '${path}'`);
        const found = await api.tracebacks.logOf(job, ask);
        assert.equal(found.by, "id");
        return found;
      },
      { timeoutMs: 20_000, intervalMs: 300 },
    );
    assert.match(log.lines[0]?.text ?? "", /→ said:charge_card/);
    assert.deepEqual([log.lines[0]?.log, log.lines[0]?.line], [{ kind: "terminal", name: "compose" }, null]);
    assert.match(log.lines.at(-1)?.text ?? "", /^KeyError: 'sku'$/);
  });

  it("is not read while that is turned off", async () => {
    await set("arq.terminals.read", false);
    try {
      await runToEnd(terminal, `cat '${folder.write("unheard.log", failure("unheard"))}'`);
      assert.equal(await tracebackOf("unheard"), null);
    } finally {
      await set("arq.terminals.read", undefined);
    }
    const path = folder.write("again.log", failure("unheard"));
    // VS Code sometimes hands over nothing of a command that ends at once.
    await eventually(
      async () => {
        await runToEnd(terminal, `cat '${path}'`);
        assert.notEqual(await tracebackOf("unheard"), null);
      },
      { timeoutMs: 20_000, intervalMs: 300 },
    );
  });

  it("does not stay in the extension host while a command goes on", async () => {
    let most = 0;
    let characters = 0;
    const read = new Promise<void>((resolve) => {
      const listening = window.onDidStartTerminalShellExecution(async ({ execution }) => {
        listening.dispose();
        const stream = execution.read();
        for await (const chunk of withoutRetaining(stream)) {
          characters += chunk.length;
          const held = (Object.values(stream) as unknown[]).filter((value) => Array.isArray(value)).flat();
          most = Math.max(most, held.join("").length);
        }
        resolve();
      });
    });
    await runToEnd(terminal, "for i in $(seq 10); do head -c 100000 /dev/zero | tr '\\0' y; echo; sleep 0.06; done");
    await read;
    assert.ok(characters > 900_000, `${characters} characters were read`);
    assert.ok(most < characters / 2, `${most} of ${characters} characters were held`);
  });

  it("that cannot be read is named where a failure has no traceback", async () => {
    await addFailed(server.client(), "silent");
    const task = new Task(
      { type: "shell" },
      TaskScope.Workspace,
      "worker task",
      "test",
      new ShellExecution("sleep 60"),
    );
    const running = await tasks.executeTask(task);
    try {
      await commands.executeCommand("arq.openJob", "silent");
      await eventually(async () => {
        const view = await api.jobs.current("silent");
        assert.ok(view?.kind === "job");
        assert.match(view.error?.missing?.unread.join("\n") ?? "", /^The task “worker task” is not read/);
      });
      await eventually(async () => {
        const [group] = await rows(api.trees.failed);
        const jobs = await rows(api.trees.failed, group?.element);
        const job = jobs.find(({ element }) => element.jobId === "silent");
        const [row] = await rows(api.trees.failed, job?.element);
        assert.match(JSON.stringify(row?.item.tooltip), /The task “worker task” is not read/);
      });
    } finally {
      running.terminate();
    }
  });
});

describe("links in terminals", () => {
  let server: RedisServer;
  let api: ArqApi;

  before(async () => {
    server = await startRedis();
    await addFailed(server.client(), "order-2026-7");
    await commands.executeCommand("arq.failed.focus");
    api = await connect([{ name: "shop", url: server.url }]);
    await eventually(async () => assert.equal(labels(await rows(api.trees.failed)).length, 1));
  });

  after(async () => {
    await disconnect();
    await server?.stop();
  });

  const linked = async (line: string) => {
    const links = await api.terminalLinks.links(line);
    return links.map(({ startIndex, length }) => line.slice(startIndex, startIndex + length));
  };

  it("lead from a frame with a path of a container to the line", async () => {
    const line = 'worker-1  |   File "/srv/app/shop/payments.py", line 34, in charge';
    const [link] = await api.terminalLinks.links(line);
    assert.ok(link);
    assert.deepEqual(await linked(line), ['"/srv/app/shop/payments.py", line 34']);
    await api.terminalLinks.follow(link);
    assert.equal(window.activeTextEditor?.document.uri.fsPath, join(workspaceRoot(), "shop", "payments.py"));
    assert.equal(window.activeTextEditor?.selection.active.line, 33);
  });

  it("lead to where a line stands now that a traceback has printed, also where the path is right", async () => {
    const path = join(workspaceRoot(), "shop", "linked.py");
    await writeFile(path, "# added since\n# and this\ndef charge(order):\n    raise Declined(order)\n");
    try {
      const stream = api.tracebacks.openStream({ kind: "terminal", name: "test" });
      for (const file of ["/srv/app/shop/linked.py", path]) {
        stream.write(
          `12:30:01:   0.05s ! ${file.length}:f failed, Declined: o\nTraceback (most recent call last):\n` +
            `  File "${file}", line 2, in charge\n    raise Declined(order)\nDeclined: o\n`,
        );
      }
      stream.end();
      for (const file of ["/srv/app/shop/linked.py", path]) {
        const [link] = await api.terminalLinks.links(`web | File "${file}", line 2, in charge`);
        assert.ok(link, file);
        await api.terminalLinks.follow(link);
        assert.equal(window.activeTextEditor?.document.uri.fsPath, path);
        assert.equal(window.activeTextEditor?.selection.active.line, 3);
      }
    } finally {
      await commands.executeCommand("workbench.action.closeAllEditors");
      await rm(path);
    }
  });

  it("leave a path that is right as it stands to VS Code, and one that leads nowhere alone", async () => {
    assert.deepEqual(await linked(`  File "${join(workspaceRoot(), "shop", "payments.py")}", line 34, in charge`), []);
    assert.deepEqual(await linked('  File "/srv/app/not/here_at_all.py", line 34, in charge'), []);
  });

  it("lead from ids of jobs to their pages, in a worker's lines and anywhere", async () => {
    for (const line of [
      "22:30:11:   5.00s → order-2026-7:charge_card('order-7', retry=False)",
      "22:30:12: job order-2026-7 expired",
      "POST /orders 202 (order-2026-7)",
    ]) {
      assert.deepEqual(await linked(line), ["order-2026-7"]);
    }
    assert.deepEqual(await linked("POST /orders 202 (order-2026-8)"), []);
    const [link] = await api.terminalLinks.links("job order-2026-7");
    assert.ok(link);
    await api.terminalLinks.follow(link);
    await eventually(() => assert.equal(api.jobs.active, "order-2026-7"));
  });
});
