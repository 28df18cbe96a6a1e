import assert from "node:assert/strict";
import { ErrorNews, type ErrorNewsItem } from "../../../src/host/errorNews";
import { manyNewsMessage, newsMessage } from "../../../src/host/errorNewsText";
import type { GroupsNow, LiveGroups } from "../../../src/host/liveGroups";
import type { SessionChange } from "../../../src/host/session";
import type { ErrorGroup, Monitor, MonitorSnapshot } from "../../../src/monitor/model";
import { failedRow, fakeMonitor, group, now, snapshot } from "./fakeMonitor";

const hour = 3_600_000;

function failing(type: string, fields: Partial<ErrorGroup> = {}): ErrorGroup {
  return group({ key: `${type}\n`, type, message: "", sample: "", jobs: [failedRow(type, type, "")], ...fields });
}

/** A connection whose groups are set by hand. `memory` outlives it, as a workspace does a window. */
class Scene {
  readonly told: string[][] = [];
  readonly news: ErrorNews;
  state = snapshot();
  at = now;
  #look: () => void = () => undefined;
  #session: (change: SessionChange) => void = () => undefined;
  readonly #parts = {
    session: {
      monitor: this.#connection(),
      snapshot: () => this.state,
      onDidChange: (listener: (change: SessionChange) => unknown) => {
        this.#session = listener;
        return { dispose: () => undefined };
      },
    },
    groups: {
      now: null as GroupsNow | null,
      use: () => ({ dispose: () => undefined }),
      onDidChange: (listener: () => void) => {
        this.#look = listener;
        return { dispose: () => undefined };
      },
    },
  };

  constructor(readonly memory = new Map<string, unknown>()) {
    const kept = {
      keys: () => [...memory.keys()],
      get: (key: string) => memory.get(key),
      update: (key: string, value: unknown) => Promise.resolve(void memory.set(key, value)),
    };
    const { session, groups } = this.#parts;
    this.news = new ErrorNews(session, groups as unknown as LiveGroups, kept as never);
    this.news.onDidChange((news) => void this.told.push(news.map(nameOf)));
  }

  /** These groups are found now. */
  find(groups: readonly ErrorGroup[], muted: readonly string[] = []): void {
    const heard = groups.filter(({ type }) => !muted.includes(type));
    const { monitor } = this.#parts.session;
    this.#parts.groups.now = { monitor, connection: "shop", all: groups, heard, at: this.at };
    this.#look();
  }

  become(state: Partial<MonitorSnapshot>): void {
    this.state = snapshot(state);
    this.#session({ change: null });
  }

  reconnect(): void {
    this.#parts.session.monitor = this.#connection();
    this.#session({ change: null });
  }

  #connection(): Monitor {
    return { ...fakeMonitor({}), now: () => this.at };
  }
}

function nameOf({ group: { type }, back }: ErrorNewsItem): string {
  return back ? `${type} again` : type;
}

const down = {
  state: "down",
  problem: { reason: "refused", message: "", advice: "" },
  nextAttemptAt: null,
} as unknown as MonitorSnapshot["status"];

describe("news of errors", () => {
  it("are groups that were not there when everything had been looked at, each once", () => {
    const scene = new Scene();
    scene.become({ complete: false });
    scene.find([failing("KeyError")]);
    scene.become({});
    scene.find([failing("KeyError"), failing("ValueError")]);
    assert.deepEqual(scene.told, [], "what was there is no news");
    scene.at += 5000;
    const fresh = failing("TypeError", { firstAt: scene.at, lastAt: scene.at });
    scene.find([fresh, failing("KeyError", { lastAt: scene.at })]);
    scene.find([{ ...fresh, lastAt: scene.at + 10, count: 2 }]);
    assert.deepEqual(scene.told, [["TypeError"]]);
    assert.deepEqual(scene.news.unseen.map(nameOf), ["TypeError"]);
  });

  it("are never what is muted, and not what failed before the connection was there", () => {
    const scene = new Scene();
    scene.find([]);
    scene.find([failing("KeyError", { lastAt: now - 5 * 60_000 })]);
    scene.find([failing("TypeError", { lastAt: now + 10 })], ["TypeError"]);
    assert.deepEqual(scene.told, []);
    scene.find([failing("TypeError", { lastAt: now + 20 })]);
    assert.deepEqual(scene.told, [], "nor once it is heard again");
  });

  it("are what is back after six quiet hours, and say so", () => {
    const scene = new Scene();
    const old = { firstAt: now - 72 * hour, lastAt: now - 48 * hour };
    scene.find([failing("KeyError", old), failing("ValueError", { ...old, lastAt: now - 2 * hour })]);
    scene.find([
      failing("KeyError", { ...old, lastAt: now + 10, mark: "back" }),
      failing("ValueError", { ...old, lastAt: now + 10 }),
    ]);
    assert.deepEqual(scene.told, [["KeyError again"]]);
  });

  it("are not what failed while the connection was lost", () => {
    const scene = new Scene();
    scene.find([]);
    scene.become({ status: down });
    scene.at += 8 * hour;
    scene.become({});
    scene.find([failing("AtNight", { lastAt: scene.at - 4 * hour })]);
    scene.find([failing("Now", { lastAt: scene.at + 10 }), failing("AtNight", { lastAt: scene.at - 4 * hour })]);
    assert.deepEqual(scene.told, [["Now"]]);
  });

  it("are not told again by a window that is reloaded, and are of one connection", () => {
    const scene = new Scene();
    scene.find([]);
    scene.find([failing("KeyError", { lastAt: now + 10 })]);
    assert.deepEqual(scene.told, [["KeyError"]]);
    // Its result was not kept, so that Redis knows nothing of it now.
    const later = new Scene(scene.memory);
    later.find([]);
    later.find([failing("KeyError", { lastAt: now + 60_000 }), failing("ValueError", { lastAt: now + 60_000 })]);
    assert.deepEqual(later.told, [["ValueError"]]);
    later.reconnect();
    assert.deepEqual(later.news.unseen, []);
    later.find([failing("Other", { lastAt: now })]);
    assert.deepEqual(later.told, [["ValueError"]]);
  });

  it("are remembered no more once the history of their connection, or of all, is cleared", async () => {
    const memory = new Map<string, unknown>([
      ["arq.toldErrors", { shop: { "KeyError\n": now }, mail: { "OSError\n": now } }],
    ]);
    const { news } = new Scene(memory);
    await news.forget("shop");
    assert.deepEqual(memory.get("arq.toldErrors"), { mail: { "OSError\n": now } });
    await news.forget(null);
    assert.deepEqual(memory.get("arq.toldErrors"), {});
  });

  it("are seen by whoever looks at the failures, and while somebody does", () => {
    const scene = new Scene();
    scene.find([]);
    scene.find([failing("KeyError", { lastAt: now + 10 })]);
    const seeing = scene.news.see();
    assert.deepEqual(scene.told, [["KeyError"], []]);
    assert.deepEqual(scene.news.unseen, []);
    scene.find([failing("KeyError", { lastAt: now + 10 }), failing("TypeError", { lastAt: now + 20 })]);
    assert.deepEqual(scene.told.at(-1), ["TypeError"], "told, since the message says where");
    assert.deepEqual(scene.news.unseen, []);
    seeing.dispose();
    seeing.dispose();
    scene.find([failing("ValueError", { lastAt: now + 30 })]);
    assert.deepEqual(scene.news.unseen.map(nameOf), ["ValueError"]);
  });

  it("read well, whatever they hold", () => {
    const functions = [{ name: "charge_card", count: 2 }];
    const one = { group: failing("shop.KeyError", { sample: "'sku'", functions }), back: false };
    assert.equal(
      newsMessage(one, "shop", ["shop/orders.py:27", "changed 2 days ago by Jane, first failure 1 min ago"]),
      "New error in shop: shop.KeyError: 'sku' in charge_card. shop/orders.py:27, changed 2 days ago by Jane, first failure 1 min ago.",
    );
    assert.equal(
      newsMessage({ ...one, back: true }, "shop", []),
      "Back again in shop: shop.KeyError: 'sku' in charge_card",
    );
    const many = ["A", "B", "C", "D", "E"].map((type) => ({ group: failing(type), back: false }));
    assert.equal(manyNewsMessage(many, "shop"), "5 new errors in shop: A, B, C, and 2 more");
    const long = { group: failing("E", { sample: `${"x\n".repeat(10_000)}\u202e` }), back: false };
    const text = newsMessage(long, "shop", []);
    assert.ok(text.length < 250 && !/[\n\u202e]/.test(text), text);
  });
});
