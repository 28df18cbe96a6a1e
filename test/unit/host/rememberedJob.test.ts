import assert from "node:assert/strict";
import { ArqKeys } from "../../../src/arq/keys";
import { jobView } from "../../../src/host/panels/jobView";
import { rememberedJob } from "../../../src/host/rememberedJob";
import { FailedTree } from "../../../src/host/views/failedNodes";
import { readTraceback } from "../../../src/host/jobTries";
import type { Monitor } from "../../../src/monitor/model";
import { failedRow, fakeMonitor, group, now } from "./fakeMonitor";

const text =
  "Traceback (most recent call last):\n  File \"/app/shop/pay.py\", line 3, in charge\n    raise KeyError\nKeyError: 'sku'";
const failed = { ...failedRow("gone-1"), finishedAt: now - 7_200_000, rememberedSince: now - 7_200_000 };

/** Redis has forgotten every job; the history remembers one. */
function forgetful(): Monitor {
  const monitor = fakeMonitor({ groups: [group({ jobs: [failed] })] });
  const history = Object.create(monitor.history, {
    row: { value: (id: string) => (id === failed.id ? failed : null) },
  }) as Monitor["history"];
  return { ...monitor, history };
}

describe("a failed job that Redis has forgotten", () => {
  it("is shown with what is remembered of it: error, traceback and times, without values and keys", () => {
    const detail = rememberedJob(forgetful(), "gone-1");
    assert.ok(detail !== null);
    const traceback = readTraceback(text, "logs/worker.log; remembered by ARQ Monitor");
    const view = jobView({
      connection: { name: "shop", environment: null, production: false, address: "cache:6379/0" },
      detail,
      traceback,
      hiddenBy: null,
      opened: new Set(),
      now,
      live: true,
      keys: new ArqKeys(),
      links: [],
      watched: false,
      unread: [],
      commit: "",
    });
    assert.equal(view.error?.type, "KeyError");
    assert.equal(view.error?.tracebacks[0]?.frames[0]?.function, "charge");
    assert.equal(view.error?.tracebackLogged, false, "the line may be another by now");
    assert.deepEqual([view.keys, view.args.state, view.result.state], [[], "absent", "absent"]);
    assert.equal(view.row.rememberedSince, failed.finishedAt);
  });

  it("leads in the tree to the line that failed", async () => {
    const found = readTraceback(text, "logs/worker.log; remembered by ARQ Monitor");
    const tree = new FailedTree(forgetful, { find: ({ row }) => (row.id === "gone-1" ? found : null) });
    const [error] = await tree.roots();
    const [job] = (await tree.known(error!)) ?? [];
    const [frame] = await tree.ask(job!);
    assert.match(`${frame?.label} ${frame?.description}`, /charge.*pay\.py:3|pay\.py:3.*charge/);
  });

  it("is nothing where nobody remembers it", () => {
    assert.equal(rememberedJob(forgetful(), "another"), null);
  });
});
