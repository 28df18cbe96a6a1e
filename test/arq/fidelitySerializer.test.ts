import assert from "node:assert/strict";
import { ArqStage } from "../support/arqStage";
import { eventually } from "../support/eventually";

describe("The serializer that ARQ Monitor offers, under a real worker with a health record of its own", function () {
  this.timeout(60_000);
  let stage: ArqStage;

  before(async function () {
    stage = await ArqStage.open(this);
  });
  after(() => stage?.close());

  it("stores tracebacks and the worker, and the worker is known by its record until it stops", async () => {
    const signed = await stage.arq.startWorker("Signed");
    const id = await stage.arq.enqueue("fail_chained", [], { _queue_name: "arq:signed" });
    for (const row of await stage.seen(id, ({ state }) => state === "failed")) {
      assert.equal(row.error?.hasTraceback, true);
      assert.match(row.worker ?? "", new RegExp(`:${signed.pid}$`));
    }
    for (const { monitor } of stage.watched) {
      const decoded = (await monitor.open(id!))?.result?.decoded;
      const traceback = decoded?.ok === true ? decoded.error?.traceback : null;
      assert.match(
        traceback ?? "",
        /in price_of\n[\s\S]*KeyError: 'socks'\n[\s\S]*direct cause[\s\S]*RuntimeError: no price/,
      );
      await eventually(
        () => {
          const process = monitor.snapshot().workers.find(({ pid }) => pid === signed.pid);
          assert.equal(process?.kind, "process");
          assert.equal(process?.queue, "arq:signed");
          assert.ok(process?.evidence.some((sentence) => sentence.startsWith("Own health record")));
        },
        { timeoutMs: 15_000 },
      );
    }
    await signed.stop();
    for (const { monitor } of stage.watched) {
      await eventually(
        () => {
          const { workers } = monitor.snapshot();
          const evidence = workers.find(({ pid }) => pid === signed.pid)?.evidence.join(" ") ?? "";
          assert.ok(!evidence.includes("Own health record"), "a clean stop deletes it");
        },
        { timeoutMs: 15_000 },
      );
    }
  });
});
