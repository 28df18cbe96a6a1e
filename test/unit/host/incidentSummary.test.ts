import assert from "node:assert/strict";
import { incidentSummary } from "../../../src/host/incidentSummary";
import { failedJob } from "../../support/sampleJobs";

const traceback =
  'Traceback (most recent call last):\n  File "/app/shop/tasks/orders.py", line 42, in charge_card\n    receipt = …\n';
const summary = (change: Partial<Parameters<typeof incidentSummary>[0]> = {}) =>
  incidentSummary({
    row: failedJob.row,
    connection: failedJob.connection,
    release: failedJob.release,
    error: failedJob.error,
    traceback,
    links: [{ label: "Logs", url: "https://logs.example.com/?q=order%3A80153" }],
    ...change,
  });

describe("the summary of an incident", () => {
  it("tells what the job is, when it ran, where, and why it failed", () => {
    const text = summary();
    assert.match(text, /^### `charge_card`: `shop\.payments\.errors\.CardDeclined`\n/);
    for (const line of [
      "| Job | `order:80153:charge` |",
      "| Queue | `reports: monthly, and very slow ones` |",
      "| Connection | `shop staging (staging)` |",
      "| Enqueued | 2026-11-21 12:59:31.250 UTC |",
      "| Ran | 4.2 s |",
      "| Tries | 3 |",
      "| Worker | `worker-7c9d:4711` |",
      "| Release | `2026.11.3` |",
      "while charging order 80153",
      "- Logs: <https://logs.example.com/?q=order%3A80153>",
    ])
      assert.ok(text.includes(line), `${line} in\n${text}`);
    assert.ok(text.includes("ARQ runs a job again only for Retry"), "why ARQ did not run it again");
    assert.ok(!text.includes("localhost:6379"), "no address");
    assert.ok(!text.includes("TS-RED-L"), "no argument");
  });

  it("has one's own frames first, the newest before the others, and then the whole traceback", () => {
    const text = summary();
    const at = (part: string) => text.indexOf(part);
    assert.ok(
      at("`/app/shop/payments/gateway.py:61` in `charge`") < at("`/app/shop/tasks/orders.py:42` in `charge_card`"),
    );
    assert.ok(at("orders.py:42` in") < at("Traceback (most recent call last):"));
    assert.ok(!text.includes("httpx/_client.py:1859"), "frames of libraries stand in the whole traceback only");
  });

  it("keeps hostile texts texts", () => {
    const evil = "``` | [x](javascript:alert(1))\n# owned";
    const row = { ...failedJob.row, id: evil, function: evil, worker: evil };
    const explanation = "ARQ ran it once; any other exception, here @team ![x](https://evil.example/p), ends it.";
    const error = { ...failedJob.error!, type: "E", message: "```\n# owned", notes: [], tracebacks: [], explanation };
    const text = summary({ row, error, traceback: "````\n# owned" });
    assert.ok(text.includes("| Job | ```` ``` \\| [x](javascript:alert(1)) # owned ```` |"), text);
    const outside = text.replaceAll(/^(`{3,})text\n[^]*?\n\1$/gm, "");
    assert.doesNotMatch(outside, /^# owned/m);
    assert.ok(text.includes(explanation) && !outside.includes("evil.example"), "nor does the class that is explained");
    assert.match(text, /^`````text\n````\n# owned\n`````$/m);
  });

  it("is short for a job that has not failed", () => {
    const text = summary({ error: null, traceback: null, links: [] });
    assert.match(text, /^### `charge_card`\n/);
    assert.doesNotMatch(text, /Traceback|Error/);
  });
});
