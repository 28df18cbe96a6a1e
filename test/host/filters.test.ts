import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { CancellationTokenSource, commands, Uri, window, workspace } from "vscode";
import type { ArqApi } from "../../src/host/api";
import { newestJobs } from "../../src/protocol/jobQuery";
import { PyCall } from "../demo/pickle";
import { eventually } from "../support/eventually";
import { type RedisServer, startRedis } from "../support/redisServer";
import { answering } from "./asking";
import { addFailed, addQueued, connect, disconnect, labels, rows } from "./fixture";

describe("filters, lists and errors of the workspace", () => {
  const asking = answering("showInputBox", "showQuickPick", "showSaveDialog", "showInformationMessage");
  let server: RedisServer;
  let api: ArqApi;

  before(async () => {
    server = await startRedis();
    const redis = server.client();
    for (let n = 0; n < 3; n++) await addQueued(redis, `waits-${n}`);
    await addFailed(redis, "=broken,1", { finishedAgoMs: 9000 });
    await addFailed(redis, "broken-2", { finishedAgoMs: 8000 });
    await addFailed(redis, "declined-1", { error: new PyCall("shop.errors", "Declined", ["no"]), finishedAgoMs: 1000 });
    asking.begin();
    api = await connect([{ name: "shop", url: server.url }]);
  });

  afterEach(async () => {
    asking.reset();
    await commands.executeCommand("workbench.action.closeAllEditors");
    await eventually(() => assert.equal(api.dashboard.open, false));
  });

  after(async () => {
    for (const { name } of api.savedFilters.all) await api.savedFilters.delete(name);
    asking.end();
    await disconnect();
    await server.stop();
  });

  const shown = async (): Promise<readonly string[]> => {
    const { body } = await api.dashboard.current();
    assert.ok(body?.tab === "jobs");
    return body.view.rows.map(({ id }) => id);
  };

  describe("a saved filter", () => {
    it("is what the tab Jobs shows, under the name that the user gives it, and opens again", async () => {
      await commands.executeCommand("arq.showDashboard", { filter: { states: ["failed"], text: "error:KeyError" } });
      asking.answer = "  Missing keys ";
      await commands.executeCommand("arq.saveFilter");
      const [question] = asking.asked[0] as [{ value: string; validateInput: (text: string) => unknown }];
      assert.equal(question.value, "status:failed error:KeyError", "it suggests what the filter says");
      assert.equal(question.validateInput(" "), "A name is needed.");
      assert.deepEqual(
        api.savedFilters.all.map(({ name, query }) => [name, query.states, query.text]),
        [["Missing keys", ["failed"], "error:KeyError"]],
      );
      await commands.executeCommand("arq.showDashboard", { tab: "workers" });
      await commands.executeCommand("arq.openSavedFilter", "Missing keys");
      await eventually(async () => assert.deepEqual(await shown(), ["broken-2", "=broken,1"]));
    });

    it("survives in the workspace, is renamed, and says when a name is taken", async () => {
      await api.savedFilters.save("b", { ...newestJobs, queue: "arq:queue", offset: 150, anchor: "x" });
      asking.answer = "Order queue";
      await commands.executeCommand("arq.renameSavedFilter", "b");
      const [question] = asking.asked[0] as [{ value: string; validateInput: (text: string) => unknown }];
      assert.equal(question.value, "b");
      assert.match(JSON.stringify(question.validateInput("Missing keys")), /Replaces the filter of this name/);
      assert.deepEqual(
        api.savedFilters.all.map(({ name }) => name),
        ["Missing keys", "Order queue"],
      );
      const kept = api.savedFilters.get("Order queue")?.query;
      assert.deepEqual([kept?.queue, kept?.offset, kept?.anchor], ["arq:queue", 0, null]);
    });

    it("can be had back after it was deleted", async () => {
      asking.answer = "Undo";
      await commands.executeCommand("arq.deleteSavedFilter", "Order queue");
      assert.match(asking.said, /The filter "Order queue" was deleted\./);
      await eventually(() => assert.ok(api.savedFilters.get("Order queue")));
      asking.answer = undefined;
      await commands.executeCommand("arq.deleteSavedFilter", "Order queue");
      assert.equal(api.savedFilters.get("Order queue"), null);
    });

    it("is not there without a name", async () => {
      await commands.executeCommand("arq.saveFilter", newestJobs);
      assert.equal(api.savedFilters.all.length, 1);
    });
  });

  describe("an export", () => {
    const path = (name: string): string => join(workspace.workspaceFolders?.[0]?.uri.fsPath ?? "", name);

    it("writes all jobs of what the tab Jobs shows as CSV, and says what is left out", async () => {
      await commands.executeCommand("arq.showDashboard", { filter: "status:failed" });
      asking.answer = Uri.file(path("failed.csv"));
      await commands.executeCommand("arq.exportJobs");
      const [dialog] = asking.asked[0] as [{ defaultUri: Uri; filters: object }];
      assert.match(dialog.defaultUri.path, /\/arq-jobs-shop-\d{4}-\d\d-\d\d\.csv$/);
      assert.deepEqual(Object.keys(dialog.filters), ["CSV", "JSON"]);
      assert.match(asking.said, /^3 jobs exported to failed\.csv\. Arguments, results and tracebacks are left out\./);
      const [head, ...lines] = (await readFile(path("failed.csv"), "utf8")).split("\r\n");
      assert.match(head ?? "", /^id,function,status,queue,enqueued,/);
      assert.equal(lines.length, 4, "three jobs, and the end of the last line");
      assert.match(
        lines[0] ?? "",
        /^declined-1,charge_card,failed,arq:queue,\d{4}-\d\d-\d\dT[\d:.]+Z,.*,shop\.errors\.Declined,no,/,
      );
      assert.match(lines[2] ?? "", /^"'=broken,1",charge_card,/);
      assert.ok(!lines.join().includes("order-7"), "no argument is written");
    });

    it("writes JSON where the file says so, of a query that is given", async () => {
      const file = path("queued.json");
      await commands.executeCommand("arq.exportJobs", { query: { states: ["queued"] }, file });
      const { jobs, ...head } = JSON.parse(await readFile(file, "utf8")) as {
        jobs: { id: string; status: string }[];
      } & Record<string, unknown>;
      assert.deepEqual(jobs.map(({ id }) => id).sort(), ["waits-0", "waits-1", "waits-2"]);
      assert.deepEqual([head["connection"], head["filter"]], ["shop", "status:queued"]);
      assert.deepEqual(head["leftOut"], ["Arguments, results and tracebacks are left out."]);
    });

    it("shows how far it is, and writes nothing when it is cancelled", async () => {
      const shownBefore = Object.getOwnPropertyDescriptor(window, "withProgress");
      assert.ok(shownBefore);
      const told: unknown[] = [];
      const cancel = new CancellationTokenSource();
      const withProgress: typeof window.withProgress = (options, task) => {
        told.push(options.title, options.cancellable);
        const report = (step: unknown): void => {
          told.push(step);
          cancel.cancel();
        };
        return task({ report }, cancel.token);
      };
      Object.defineProperty(window, "withProgress", { value: withProgress, configurable: true, writable: true });
      const file = path("cancelled.csv");
      try {
        await commands.executeCommand("arq.exportJobs", { file });
      } finally {
        Object.defineProperty(window, "withProgress", shownBefore);
      }
      assert.deepEqual(told, ["Exporting jobs to cancelled.csv…", true, { message: "6 of 6 jobs", increment: 100 }]);
      await assert.rejects(readFile(file), /ENOENT/);
      assert.deepEqual(asking.asked, [], "who cancelled need not be told");
    });

    it("writes nothing when the user names no file", async () => {
      await commands.executeCommand("arq.exportJobs", {});
      assert.equal(asking.asked.length, 1);
    });
  });

  describe("a muted error", () => {
    const keys = "KeyError\n'sku'";

    after(() => api.mutedGroups.mute("shop", keys, false));

    it("leaves the list of the tree for a folded row at its end, and comes back", async () => {
      await commands.executeCommand("arq.failed.focus");
      const { failed } = api.trees;
      await eventually(async () => assert.deepEqual(labels(await rows(failed)), ["Declined", "KeyError"]));
      const [, group] = await rows(failed);
      assert.equal(group?.item.contextValue, "arq.item.errorGroup");
      await commands.executeCommand("arq.muteErrorGroup", group?.element);
      await eventually(async () => assert.deepEqual(labels(await rows(failed)), ["Declined", "1 muted error"]));
      const [, folded] = await rows(failed);
      const [muted] = await rows(failed, folded?.element);
      assert.deepEqual([muted?.item.label, muted?.item.contextValue], ["KeyError", "arq.item.mutedGroup"]);
      await commands.executeCommand("arq.unmuteErrorGroup", muted?.element);
      await eventually(async () => assert.deepEqual(labels(await rows(failed)), ["Declined", "KeyError"]));
    });

    it("is not counted on the badge, and stands apart in the dashboard", async () => {
      const { view } = api.trees.failed;
      await api.mutedGroups.mute("shop", keys, true);
      await commands.executeCommand("arq.failed.focus");
      await eventually(() => assert.ok(view.visible && view.badge === undefined));
      await commands.executeCommand("workbench.view.explorer");
      await eventually(() => assert.ok(!view.visible));
      await addFailed(server.client(), "muted-1", { finishedAgoMs: 0 });
      await addFailed(server.client(), "heard-1", {
        error: new PyCall("shop.errors", "Declined", ["no"]),
        finishedAgoMs: 0,
      });
      await eventually(() => assert.equal(view.badge?.value, 1), { timeoutMs: 15_000 });
      await commands.executeCommand("arq.showDashboard", { tab: "failed" });
      const { body } = await api.dashboard.current();
      assert.ok(body?.tab === "failed");
      assert.deepEqual(
        [body.view.groups.map(({ type }) => type), body.view.muted.map(({ type }) => type)],
        [["shop.errors.Declined"], ["KeyError"]],
      );
    });

    it("is muted on one connection only", () => {
      assert.equal(api.mutedGroups.has("shop", keys), true);
      assert.equal(api.mutedGroups.has("other", keys), false);
    });
  });
});
