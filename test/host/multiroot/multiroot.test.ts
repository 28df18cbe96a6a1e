import assert from "node:assert/strict";
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { commands, window, workspace } from "vscode";
import { failingLine, LedgerProcess, removeLedger } from "../../support/ledgerProject";
import { assertLeadsTo, changeOutside, FailureScene, layLedger, tell, workspaceRoot } from "../failureScene";

/** A workspace of two folders, in which two services have files of the same names. */
describe("from a failure to the line in a workspace of several folders", () => {
  let scene: FailureScene;
  let billing: string;
  let catalogue: string;
  let worker: LedgerProcess | null = null;

  before(async function () {
    scene = await FailureScene.open(this);
    [billing, catalogue] = [workspaceRoot(0), workspaceRoot(1)];
    for (const root of [billing, catalogue]) await layLedger(root);
    const other = `"""Prices, in cents."""\n\n\ndef rate_of(prices, sku):\n    return prices.get(sku, 0)\n`;
    await writeFile(join(billing, "ledger", "rates.py"), other);
  });

  beforeEach(() => commands.executeCommand("workbench.action.closeAllEditors"));

  afterEach(async () => {
    await worker?.stop();
    for (const root of [billing, catalogue]) await rm(join(root, "logs"), { recursive: true, force: true });
  });

  after(async () => {
    await scene?.close();
    for (const root of [billing, catalogue]) removeLedger(root);
  });

  const start = (logIn: string): void => {
    worker = new LedgerProcess(
      {
        python: scene.python,
        port: scene.server.port,
        folder: catalogue,
        settings: "ledger.worker.WorkerSettings",
        inside: "/app",
      },
      join(logIn, "logs", "worker.log"),
    );
  };

  it("is about two folders with files of the same names", () => {
    assert.deepEqual(
      workspace.workspaceFolders?.map(({ name }) => name),
      ["billing", "catalogue"],
    );
  });

  for (const folder of ["billing", "catalogue"]) {
    it(`leads to the file that has the line, with the log in ${folder}`, async () => {
      start(join(billing, "..", folder));
      const frame = await scene.fail(`several-${folder}`, "ink");
      tell(`log in ${folder}`, frame);
      await assertLeadsTo(frame, join(catalogue, "ledger", "rates.py"));
    });
  }

  it("leads to the line where it stands now, also when the other file has another line there", async () => {
    start(catalogue);
    const path = join(catalogue, "ledger", "rates.py");
    const frame = await scene.fail("several-moved", "glue");
    const text = await readFile(path, "utf8");
    await changeOutside(path, `# Net.\n\n${text}`);
    await assertLeadsTo(frame, path);
    assert.equal(window.activeTextEditor?.selection.active.line, text.split("\n").indexOf(failingLine) + 2);
  });
});
