import { strict as assert } from "node:assert";
import { HostChannel, PageChannel, type HostToPage, type PageToHost } from "../../src/protocol/channel";

interface Requests {
  double: { params: number; result: number };
  fail: { params: null; result: null };
}
interface Notifications {
  changed: string;
}

/** Two channels on a wire that, like postMessage, copies by JSON and delivers later. */
function wire() {
  const toHost: ((message: unknown) => void)[] = [];
  const toPage: ((message: HostToPage) => void)[] = [];
  const failures: string[] = [];
  const copy = <T>(message: T): T => JSON.parse(JSON.stringify(message)) as T;
  const host = new HostChannel<Requests, Notifications>(
    {
      post: (message) => setImmediate(() => toPage.forEach((listener) => listener(copy(message)))),
      listen: (listener) => toHost.push(listener),
    },
    {
      double: {
        check: (params) => {
          if (typeof params !== "number") throw new Error("double takes a number");
          return params;
        },
        handle: (n) => 2 * n,
      },
      fail: { check: () => null, handle: () => Promise.reject(new Error("no luck")) },
    },
    (name) => failures.push(name),
  );
  const page = new PageChannel<Requests, Notifications>({
    post: (message: PageToHost) => setImmediate(() => toHost.forEach((listener) => listener(copy(message)))),
    listen: (listener) => toPage.push(listener),
  });
  return { host, page, failures, raw: (message: unknown) => toHost.forEach((listener) => listener(message)) };
}

describe("The channel between a page and the host", () => {
  it("answers each request with its own reply", async () => {
    const { page } = wire();
    assert.deepEqual(await Promise.all([page.request("double", 2), page.request("double", 21)]), [4, 42]);
  });

  it("answers with the message when a handler throws, and tells the log", async () => {
    const { page, failures } = wire();
    await assert.rejects(page.request("fail", null), /no luck/);
    assert.deepEqual(failures, ["fail"]);
  });

  it("refuses params that do not pass their check", async () => {
    const { page } = wire();
    await assert.rejects(page.request("double", "2" as unknown as number), /takes a number/);
  });

  it("refuses requests it does not know, inherited names of objects among them", async () => {
    const { page } = wire();
    const anyPage = page as unknown as PageChannel<Record<string, { params: unknown; result: unknown }>, Notifications>;
    await assert.rejects(anyPage.request("toString", null), /unknown request/);
  });

  it("survives messages that are no requests", () => {
    const { raw, failures } = wire();
    for (const message of [null, 7, "x", {}, { kind: "request", id: "1", name: "double" }]) raw(message);
    assert.equal(failures.length, 5);
  });

  it("delivers notifications to their listener", async () => {
    const { host, page } = wire();
    const heard = new Promise<string>((resolve) => page.on("changed", resolve));
    host.notify("changed", "queues");
    assert.equal(await heard, "queues");
  });
});
