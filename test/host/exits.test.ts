import assert from "node:assert/strict";
import { appendFile, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { commands, env, MarkdownString, TreeItemCollapsibleState, window, workspace } from "vscode";
import type { ArqApi } from "../../src/host/api";
import type { CommandId } from "../../src/host/contributions/commands";
import type { LiveTree, TreeElement } from "../../src/host/views/liveTree";
import { frameActions, jobCopies, type JobRequests } from "../../src/protocol/jobMessages";
import type { DashboardRequests } from "../../src/protocol/messages";
import { newestJobs } from "../../src/protocol/jobQuery";
import { lookAt } from "../../src/protocol/tabs";
import { everyText } from "../support/everyText";
import { eventually } from "../support/eventually";
import { ownRules, plainValues, PlantedSecrets, plantedIds } from "../support/plantedSecrets";
import { type RedisServer, startRedis } from "../support/redisServer";
import { connect, disconnect, extensionApi, rows, set } from "./fixture";
import { type OverheardPage, overhear, Spies } from "./overhear";

describe("no secret leaves the extension", function () {
  this.timeout(120_000);
  const planted = new PlantedSecrets();
  const password = planted.secret("password", "connection URL");
  const spies = new Spies();
  const pages: OverheardPage[] = [];
  const said: unknown[] = [];
  const logged: string[] = [];
  let server: RedisServer;
  let api: ArqApi;
  let clipboard = "";

  async function copied(): Promise<string> {
    clipboard = await env.clipboard.readText();
    return clipboard;
  }

  function check(exit: string, data: unknown): void {
    const found = planted.within(everyText(data)).map(({ kind, place }) => `${kind} in ${place}`);
    assert.deepEqual(found, [], exit);
  }

  before(async () => {
    server = await startRedis({ args: ["--requirepass", password] });
    await planted.plant(server.client({ password }));
    const folder = workspace.workspaceFolders?.[0]?.uri.fsPath ?? "";
    await mkdir(join(folder, "logs"), { recursive: true });
    await appendFile(join(folder, "logs", "worker.log"), planted.log(Date.now()));
    api = await extensionApi();
    const create = window.createWebviewPanel.bind(window);
    spies.put(window, "createWebviewPanel", (...given) => overhear(create(...given), pages));
    for (const name of [
      "showErrorMessage",
      "showWarningMessage",
      "showInformationMessage",
      "setStatusBarMessage",
    ] as const)
      spies.put(window, name, ((...given: unknown[]) => {
        said.push(given);
        return name === "setStatusBarMessage" ? { dispose() {} } : Promise.resolve(undefined);
      }) as never);
    // Nobody is there to write or choose.
    for (const name of ["showInputBox", "showSaveDialog"] as const)
      spies.put(window, name, () => Promise.resolve(undefined) as never);
    for (const level of ["debug", "info", "warn", "error"] as const)
      spies.put(api.log.channel, level, (message: string | Error) => void logged.push(String(message)));
    await set("arq.redact", ownRules);
    await connect([{ name: "shop", url: server.url.replace("://", `://:${password}@`) }]);
    await commands.executeCommand("arq.failed.focus");
  });

  after(async () => {
    spies.restore();
    await set("arq.redact", undefined);
    await disconnect();
    await server.stop();
  });

  it("in what pages are sent, whatever they ask for", async () => {
    await commands.executeCommand("arq.showDashboard");
    for (const id of plantedIds) await commands.executeCommand("arq.openJob", id);
    assert.equal(pages.length, plantedIds.length + 1, "the panels are not overheard");
    const [dashboard, ...jobs] = pages;
    assert.ok(dashboard);
    /** A request that is added must be asked here to compile. */
    const ofDashboard: { readonly [K in keyof DashboardRequests]: unknown } = {
      ready: { look: null },
      look: { look: lookAt("jobs", { query: { ...newestJobs, text: "a" } }) },
      pause: { paused: false },
      suggest: { text: "fn:", cursor: 3 },
      search: { query: { ...newestJobs, text: "arg:a" } },
      cancelSearch: null,
      openJob: { id: "failed" },
      sampleMemory: { queue: "arq:queue" },
      openFunction: { name: "a" },
      openCode: { file: ownFile(), line: 1 },
      openGroupFrame: { key: "KeyError\n'sku'" },
      visible: { visible: true },
      connectionFacts: null,
      savedFilters: null,
      saveFilter: { query: newestJobs },
      renameFilter: { name: "a" },
      deleteFilter: { name: "a" },
      exportJobs: { query: newestJobs },
      muteGroup: { key: "KeyError\n'sku'", muted: false },
      run: { command: "showDashboard" },
    };
    for (const [name, params] of Object.entries(ofDashboard))
      check(`dashboard ${name}`, await dashboard.ask(name, params));
    const roots = ["args", "kwargs", "result"] as const;
    const ofJob: { readonly [K in keyof JobRequests]: readonly unknown[] } = {
      ready: [{ id: null }],
      loadPayload: roots.map((root) => ({ root })),
      expandValue: roots.flatMap((root) => [[], [0], [1], [0, 0]].map((path) => ({ root, path }))),
      copyValue: roots.flatMap((root) =>
        [[], [0]].flatMap((path) => ["python", "json"].map((as) => ({ root, path, as }))),
      ),
      openFrame: [{ traceback: 99, frame: 99, toSide: false }],
      frameAction: frameActions.map((action) => ({ traceback: 99, frame: 99, action })),
      changed: [{ traceback: 0, frame: 0 }],
      source: [{ traceback: 0, frame: 0 }],
      copy: jobCopies.map((each) => ({ what: each, index: 0 })),
      openFunction: [null],
      debug: [{ as: "script" }, { as: "pytest" }],
      openCode: [{ file: ownFile(), line: 1 }],
      watch: [{ on: true }, { on: false }],
      hideValues: [{ hidden: true }, { hidden: false }],
      openLink: [{ index: 0 }],
      openJob: [{ id: "failed" }],
      showRuns: [null],
      log: [{ level: null, text: "", guesses: true }],
      openLogLine: [{ file: 99, line: 1, offset: 0 }],
      openTracebackLog: [null],
      run: [{ command: "refresh" }],
    };
    for (const page of jobs) {
      for (const [name, asked] of Object.entries(ofJob)) {
        for (const params of asked) {
          check(`job ${name} ${JSON.stringify(params)}`, await page.ask(name, params));
          if (name.startsWith("copy")) check(`clipboard ${JSON.stringify(params)}`, await copied());
        }
      }
    }
    const everything = everyText(pages.map(({ sent, title }) => [sent, title()]));
    check("everything the pages were sent", everything);
    for (const value of Object.values(plainValues)) assert.ok(everything.includes(value), `${value} was not sent`);
  });

  it("in rows of the trees, their descriptions, hovers and arguments", async () => {
    const walk = async (tree: LiveTree, element?: TreeElement): Promise<unknown[]> => {
      const found: unknown[] = [];
      for (const row of await rows(tree, element)) {
        const { tooltip } = row.item;
        found.push(row.item, row.element.node, tooltip instanceof MarkdownString ? tooltip.value : tooltip);
        if (row.item.collapsibleState !== TreeItemCollapsibleState.None) found.push(...(await walk(tree, row.element)));
      }
      return found;
    };
    const { queues, workers, failed } = api.trees;
    for (const [name, tree] of Object.entries({ queues, workers, failed })) {
      const found = await walk(tree);
      assert.ok(found.length > 0, `${name} is empty`);
      check(`${name} tree`, [found, tree.view.title, tree.view.message, tree.view.description]);
    }
    assert.match(everyText(await walk(failed)), /PaymentFailed/);
  });

  it("in the status bar, in a notification or by a command", async () => {
    const { item } = api.statusBar;
    const hover = item.tooltip instanceof MarkdownString ? item.tooltip.value : item.tooltip;
    assert.match(String(hover), /shop/);
    check("status bar", [item.text, hover, item.accessibilityInformation]);
    const exported = join(workspace.workspaceFolders?.[0]?.uri.fsPath ?? "", "exported.csv");
    /** A command that is added must be run here, or said to tell nothing, to compile. */
    const run: { readonly [K in CommandId]: readonly unknown[] | "asks only" } = {
      "arq.showDashboard": [{ filter: { text: "a" } }],
      "arq.showDashboardToSide": [{ filter: "a" }],
      "arq.connect": "asks only",
      "arq.switchConnection": [planted.text("password in a URL", "argument of a command")],
      "arq.refresh": [],
      "arq.pauseIndexing": [],
      "arq.resumeIndexing": [],
      "arq.openJob": ["failed"],
      "arq.showLog": [],
      "arq.copyDiagnostics": [],
      "arq.setPassword": "asks only",
      "arq.clearHistory": [],
      "arq.addWorkerInstrumentation": "asks only",
      "arq.openFrame": [{ file: "/nowhere/at/all.py", line: 1 }],
      "arq.openFrameToSide": [{ file: "/nowhere/at/all.py", line: 1 }],
      "arq.nextFrame": [],
      "arq.previousFrame": [],
      "arq.leaveTraceback": [],
      "arq.peekTraceback": [{ file: "/nowhere/at/all.py", line: 1 }],
      "arq.openDeployed": [{ file: "/nowhere/at/all.py", line: 1 }],
      "arq.compareDeployed": [{ file: "/nowhere/at/all.py", line: 1 }],
      "arq.mapPath": "asks only",
      "arq.forgetPaths": [],
      "arq.analyzeTraceback": [planted.text("password in a URL", "argument of a command")],
      "arq.analyzeTerminalSelection": [],
      "arq.copyJobId": [{ jobId: "failed" }],
      "arq.copyError": "asks only",
      "arq.copyName": [{ name: "arq:queue" }],
      "arq.openInDashboard": [{ dashboard: { tab: "workers" } }],
      "arq.muteErrorGroup": [{ groupKey: "KeyError\n'sku'" }],
      "arq.unmuteErrorGroup": [{ groupKey: "KeyError\n'sku'" }],
      "arq.showMoreRows": [{ view: "arq.queues", parent: "" }],
      "arq.copyJobLink": [{ jobId: "failed" }],
      "arq.copyDashboardLink": [],
      "arq.saveFilter": [{ ...newestJobs, text: planted.text("password in a URL", "argument of a command") }],
      "arq.openSavedFilter": ["a"],
      "arq.renameSavedFilter": ["a"],
      "arq.deleteSavedFilter": ["a"],
      "arq.exportJobs": [{ file: exported }],
      "arq.hideValues": [],
      "arq.showValues": [],
      "arq.watchJob": [{ jobId: "failed" }],
      "arq.unwatchJob": [{ jobId: "failed" }],
      "arq.openCode": [{ file: ownFile(), line: 1 }],
      "arq.openFunction": ["charge_card"],
      "arq.debugJob": ["failed"],
      "arq.copyAsPytest": ["failed"],
      "arq.startDebugScript": ["/nowhere/at/all.py"],
    };
    for (const [id, given] of Object.entries(run)) {
      if (given === "asks only") continue;
      await env.clipboard.writeText("");
      await commands.executeCommand(id, ...given);
      check(`clipboard after ${id}`, await copied());
    }
    const written = await readFile(exported, "utf8");
    assert.match(written, /PaymentFailed/);
    check("exported jobs", written);
    await commands.executeCommand("arq.copyDiagnostics");
    assert.match(await copied(), /"arq\.redact": "3 entries"/);
    await eventually(() => assert.ok(said.length > 0, "nothing was said"));
    check("notifications", said);
  });

  it("in the script that debugs a job and in its pytest", async () => {
    const folder = workspace.workspaceFolders?.[0]?.uri.fsPath ?? "";
    const file = join(folder, "planted_tasks.py");
    await writeFile(file, "async def pay(ctx, *args, **kwargs):\n    pass\n");
    const agreeing = new Spies();
    agreeing.put(window, "showWarningMessage", (question: string, _options: unknown, ...buttons: string[]) => {
      said.push(question);
      return Promise.resolve(buttons.find((each) => ["Only Write the Script", "Write Them"].includes(each)));
    });
    try {
      await eventually(async () => assert.equal((await api.tasks.definitionsOf("pay")).found.length, 1));
      for (const id of plantedIds.filter((each) => api.session.monitor?.row(each)?.function === "pay")) {
        await commands.executeCommand("arq.debugJob", id);
        const script = window.activeTextEditor?.document.getText() ?? "";
        assert.ok(script.includes(`# Job ${id}:`), `no script of ${id}`);
        check(`script of ${id}`, script);
        await commands.executeCommand("arq.copyAsPytest", id);
        assert.match(await copied(), /^def test_pay\(\):$/m);
        check(`pytest of ${id}`, clipboard);
        if (id === "failed") for (const text of [script, clipboard]) assert.ok(text.includes(plainValues.args));
      }
    } finally {
      agreeing.restore();
      await rm(file);
      await env.clipboard.writeText("");
    }
  });

  it("in what language models are told, in chat and over MCP, also where arguments may be told", async () => {
    await set("arq.models.includeArguments", true);
    try {
      const tools = await api.models.tools();
      const { url, headers } = await (await api.models.server()).address();
      const overMcp = async (name: string, input: object): Promise<string> => {
        const body = JSON.stringify({
          jsonrpc: "2.0",
          id: 1,
          method: "tools/call",
          params: { name, arguments: input },
        });
        return (
          await fetch(url, { method: "POST", headers: { ...headers, "Content-Type": "application/json" }, body })
        ).text();
      };
      const told: string[] = [];
      for (const [name, input] of [
        ["arq_list_queues", {}],
        ["arq_list_failed_groups", { limit: 50 }],
        ...plantedIds.map((id) => ["arq_get_job", { id }] as const),
      ] as const) {
        for (const answer of [await tools.run(name, input), await overMcp(name, input)]) {
          check(`${name} ${JSON.stringify(input)}`, answer);
          told.push(answer);
        }
      }
      const all = told.join("\n");
      for (const value of Object.values(plainValues)) assert.ok(all.includes(value), `${value} was not told`);
      const asked = await overMcp("arq_get_job", { id: planted.text("password in a URL", "id that a model asks for") });
      assert.match(asked, /no key of a job/);
      check("unknown id", asked);
    } finally {
      await set("arq.models.includeArguments", undefined);
    }
  });

  it("in the log, at any level", async () => {
    api.session.reconnect("a test");
    await eventually(() => assert.equal(api.session.state, "live"), { timeoutMs: 15_000 });
    api.log.debug(`a line with ${planted.text("bearer token", "log line")}`);
    assert.ok(logged.length > 2, "the log is not overheard");
    check("log", [logged, api.log.recentProblems]);
  });

  it("after the setting changed, on a page that is open", async () => {
    const page = pages.find(({ title }) => title().startsWith("pay · failed"));
    assert.ok(page, pages.map(({ title }) => title()).join());
    await commands.executeCommand("arq.openJob", "failed");
    const shows = async (): Promise<string> => everyText(await page.ask("ready", { id: null }));
    await eventually(async () => assert.ok((await shows()).includes(plainValues.args)), { timeoutMs: 15_000 });
    page.sent.length = 0;
    await set("arq.redact", [...ownRules, `${plainValues.args.slice(0, 6)}*`]);
    await eventually(
      async () => {
        const text = await shows();
        assert.ok(text.includes("PaymentFailed") && !text.includes(plainValues.args));
      },
      { timeoutMs: 15_000 },
    );
    page.sent.length = 0;
    assert.ok(!(await shows()).includes(plainValues.args));
  });

  it("nor any value, while the connection is one of production", async () => {
    for (const page of pages) page.sent.length = 0;
    await set("arq.redact", ownRules);
    await connect([{ name: "live", url: server.url.replace("://", `://:${password}@`), environment: "production" }]);
    for (const id of plantedIds) await commands.executeCommand("arq.openJob", id);
    for (const page of pages.filter(({ isJob }) => isJob)) {
      page.sent.length = 0;
      await eventually(async () =>
        assert.match(everyText(await page.ask("ready", { id: null })), /hidden|undecodable|absent/),
      );
      for (const root of ["args", "kwargs", "result"]) {
        await page.ask("copy", { what: root, index: 0 });
        await page.ask("expandValue", { root, path: [] });
      }
    }
    const everything = everyText([pages.map(({ sent }) => sent), await copied()]);
    for (const value of Object.values(plainValues)) assert.ok(!everything.includes(value), `${value} is shown`);
  });
});

/** A file of the open folder. */
function ownFile(): string {
  const folder = workspace.workspaceFolders?.[0];
  assert.ok(folder);
  return join(folder.uri.fsPath, "shop", "orders.py");
}
