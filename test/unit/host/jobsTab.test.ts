import assert from "node:assert/strict";
import type { JobQuery, JobRow, Monitor, MonitorSnapshot } from "../../../src/monitor/model";
import { dashboardLook } from "../../../src/host/commands/dashboardLook";
import { jobsTab, type SettingsMemory } from "../../../src/host/panels/tabs/jobsTab";
import { newestJobs } from "../../../src/protocol/jobQuery";
import { firstJobsSettings, type JobsSettings, type JobsView } from "../../../src/protocol/tabs/jobs";
import { fakeMonitor, now, row, snapshot } from "./fakeMonitor";

/** What VS Code keeps for an extension. */
class Memory implements SettingsMemory {
  readonly kept = new Map<string, unknown>();
  get(key: string): unknown {
    return this.kept.get(key);
  }
  update(key: string, value: unknown): Promise<void> {
    this.kept.set(key, value);
    return Promise.resolve();
  }
}

/** A list whose jobs come and go between two looks: newest first, as the monitor has them. */
class List {
  rows: JobRow[];
  snapshot: MonitorSnapshot = snapshot();
  readonly tab = jobsTab(new Memory());
  readonly monitor: Monitor;
  #intent: ReturnType<typeof this.tab.check> = { query: newestJobs };

  constructor(count: number) {
    this.rows = Array.from({ length: count }, (_, n) => job(`old-${n}`, -n));
    const page = ({ offset, limit }: JobQuery) =>
      fakeMonitor({ rows: this.rows }).query({ ...newestJobs, offset, limit });
    this.monitor = {
      ...fakeMonitor({}),
      snapshot: () => this.snapshot,
      query: page,
      row: (id) => this.rows.find((each) => each.id === id) ?? null,
    };
  }

  /** What the page asks. */
  ask(query: Partial<JobQuery> = {}, settings?: Partial<JobsSettings>): Promise<JobsView> {
    const asked = settings === undefined ? {} : { settings: { ...firstJobsSettings, ...settings } };
    this.#intent = this.tab.check({ query: { ...newestJobs, ...query }, ...asked });
    return this.update();
  }

  /** What the page is sent when something has changed. */
  update(): Promise<JobsView> {
    return this.tab.view(this.monitor, this.#intent, new AbortController().signal);
  }
}

function job(id: string, secondsLater: number): JobRow {
  return row({ id, enqueuedAt: now + secondsLater * 1000 });
}

const ids = ({ rows }: JobsView): string[] => rows.map(({ id }) => id);

describe("the jobs of a dashboard", () => {
  it("stay in their places while newer ones are counted, until they are asked for again", async () => {
    const list = new List(80);
    const before = await list.ask();
    list.rows = [job("new-1", 2), job("new-2", 1), ...list.rows];
    const held = await list.update();
    assert.deepEqual(ids(held), ids(before));
    assert.deepEqual([held.news, held.changed, held.total], [2, true, 82]);
    const shown = await list.ask();
    assert.deepEqual(ids(shown).slice(0, 3), ["new-1", "new-2", "old-0"]);
    assert.deepEqual([shown.news, shown.changed], [0, false]);
  });

  it("are brought up to date in their places", async () => {
    const list = new List(3);
    await list.ask();
    list.rows[1] = { ...list.rows[1]!, state: "complete" };
    const held = await list.update();
    assert.deepEqual(
      held.rows.map(({ state }) => state),
      ["queued", "complete", "queued"],
    );
    assert.deepEqual([held.news, held.changed], [0, false]);
  });

  it("stay as they were last when Redis holds them no more, and say so", async () => {
    const list = new List(3);
    await list.ask();
    list.rows = list.rows.slice(0, 2);
    const held = await list.update();
    assert.deepEqual(ids(held), ["old-0", "old-1", "old-2"]);
    assert.equal(held.rows[2]!.rememberedSince, now);
    assert.deepEqual([held.total, held.changed], [2, true]);
  });

  it("say that another order would be theirs now, which is no news", async () => {
    const list = new List(3);
    await list.ask();
    list.rows = list.rows.toReversed();
    const held = await list.update();
    assert.deepEqual(ids(held), ["old-0", "old-1", "old-2"]);
    assert.deepEqual([held.news, held.changed], [0, true]);
  });

  it("are no news on another page or in another order, where newer ones are not on top", async () => {
    for (const query of [{ offset: 50 }, { sort: "runMs" as const }]) {
      const list = new List(200);
      await list.ask(query);
      list.rows = [job("new", 1), ...list.rows];
      const held = await list.update();
      assert.deepEqual([held.news, held.changed], [0, true]);
    }
  });

  it("come and go by themselves when they are followed", async () => {
    const list = new List(80);
    await list.ask({}, { follow: true });
    list.rows = [job("new", 1), ...list.rows];
    const followed = await list.update();
    assert.equal(ids(followed)[0], "new");
    assert.deepEqual([followed.news, followed.changed], [0, false]);
  });

  it("come and go until everything is looked at for the first time, and while there are none", async () => {
    const list = new List(80);
    list.snapshot = snapshot({ complete: false });
    await list.ask();
    list.rows = [job("found", 1), ...list.rows];
    assert.equal(ids(await list.update())[0], "found");
    const empty = new List(0);
    await empty.ask();
    empty.rows = [job("first", 1)];
    assert.deepEqual(ids(await empty.update()), ["first"]);
  });

  it("keep their places when other columns are asked for", async () => {
    const list = new List(80);
    await list.ask();
    list.rows = [job("new", 1), ...list.rows];
    const columns = [{ id: "id", width: 120 } as const];
    const held = await list.ask({}, { columns });
    assert.equal(ids(held)[0], "old-0");
    assert.equal(held.news, 1);
    list.rows = [job("newer", 2), ...list.rows];
    assert.equal((await list.update()).news, 2);
  });

  it("are as many on a page as was chosen, also when a link leads to others", async () => {
    const list = new List(200);
    assert.equal((await list.ask({}, { pageSize: 25 })).rows.length, 25);
    assert.equal((await list.ask({ states: ["queued"] })).rows.length, 25);
    const { settings } = list.tab.check({ query: newestJobs });
    assert.equal(settings?.pageSize, 25);
  });
});

describe("the settings of the list of jobs", () => {
  const check = (settings: unknown) => jobsTab(new Memory()).check({ query: newestJobs, settings }).settings;

  it("are those of before where none are given", () => {
    const memory = new Memory();
    const tab = jobsTab(memory);
    assert.deepEqual(tab.check({ query: newestJobs }).settings, firstJobsSettings);
    const settings: JobsSettings = { columns: [{ id: "worker", width: 200 }], pageSize: 100, follow: true };
    tab.check({ query: newestJobs, settings });
    assert.deepEqual(tab.check({ query: newestJobs }).settings, settings);
    const next = (kept: SettingsMemory) => jobsTab(kept).check({ query: newestJobs }).settings;
    assert.deepEqual(next(memory), firstJobsSettings, "a link, or a window that comes back, sets nothing for others");
    tab.keep();
    assert.deepEqual(next(memory), settings, "of the next window as well");
    for (const key of memory.kept.keys()) memory.kept.set(key, { columns: ["of another version"] });
    assert.deepEqual(next(memory), firstJobsSettings);
  });

  it("come from no link and no keybinding", () => {
    const settings: JobsSettings = { ...firstJobsSettings, pageSize: 100, follow: true };
    const look = dashboardLook({ tab: "jobs", intent: { query: { ...newestJobs, text: "card" }, settings } });
    assert.ok(look?.tab === "jobs");
    assert.equal(look.intent.query.text, "card");
    assert.equal(look.intent.settings, undefined);
  });

  it("are refused when they name no columns, one twice or one that is none", () => {
    const with_ = (columns: unknown) => ({ ...firstJobsSettings, columns });
    assert.throws(() => check(with_([])), /columns/);
    assert.throws(() => check(with_([{ id: "nothing", width: null }])), /column is not one of/);
    assert.throws(
      () =>
        check(
          with_([
            { id: "id", width: null },
            { id: "id", width: 90 },
          ]),
        ),
      /twice/,
    );
    assert.throws(() => check(with_([{ id: "id", width: 1e6 }])), /width/);
    assert.throws(() => check({ ...firstJobsSettings, pageSize: 10 }), /pageSize/);
  });

  it("never make a column too narrow to be seen", () => {
    const { columns } = check({ ...firstJobsSettings, columns: [{ id: "id", width: 3 }] })!;
    assert.equal(columns[0]!.width, 48);
  });
});
