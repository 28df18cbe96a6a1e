import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { appendFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { buildSync } from "esbuild";
import { ArqKeys } from "../../src/arq/keys";
import { Redactor } from "../../src/arq/redact";
import { mask } from "../../src/arq/secretTokens";
import { LogFollower } from "../../src/files/logFollower";
import { LoggedFailures } from "../../src/files/loggedFailures";
import { jobTries } from "../../src/host/jobTries";
import { jobView, payloadValue, payloadView } from "../../src/host/panels/jobView";
import { expandPath } from "../../src/host/panels/valueNodes";
import { storedError } from "../../src/host/storedError";
import { FailedTree } from "../../src/host/views/failedNodes";
import { queueTree } from "../../src/host/views/queueNodes";
import type { TreeModel, ViewNode } from "../../src/host/views/viewNode";
import { workerTree } from "../../src/host/views/workerNodes";
import type { FoundTraceback } from "../../src/host/tracebacks";
import { defaultThresholds } from "../../src/monitor/health";
import { bucketLine } from "../../src/monitor/historyLines";
import { createMonitor } from "../../src/monitor/liveMonitor";
import type { JobDetail, JobSort, Monitor, MonitorChange } from "../../src/monitor/model";
import { systemClock } from "../../src/monitor/systemClock";
import { newestJobs } from "../../src/protocol/jobQuery";
import type { ValueNode, ValueRoot } from "../../src/protocol/viewModels";
import { flattenChain } from "../../src/python/frames";
import { jsonText } from "../../src/python/jsonText";
import { pythonSource } from "../../src/python/pythonSource";
import { pythonRepr } from "../../src/python/repr";
import { parseTracebacks } from "../../src/python/traceback";
import { everyText } from "../support/everyText";
import { eventually } from "../support/eventually";
import { ownRules, type Planted, plainValues, PlantedSecrets, plantedIds } from "../support/plantedSecrets";
import { QuietLogger } from "../support/quietLogger";
import { type RedisServer, startRedis } from "../support/redisServer";
import { repositoryRoot } from "../support/repositoryRoot";
import { TempFolder } from "../support/tempFolder";
import { closeSources, openTestSource } from "./sourceHarness";

/** Lets everything through: with it the walk must find what was planted, or it would prove nothing. */
class OpenDoor extends Redactor {
  override text = (text: string) => text;
  override value: Redactor["value"] = (value) => value;
  override job: Redactor["job"] = (job) => job;
  override result: Redactor["result"] = (result) => result;
  override error: Redactor["error"] = (error) => error;
  override plain = <T>(data: T): T => data;
}

const roots: readonly ValueRoot[] = ["args", "kwargs", "result"];
const sorts: readonly JobSort[] = ["newest", "id", "function", "state", "queue", "enqueuedAt", "runMs"];
const connection = { name: "shop", environment: null, production: false, address: "cache:6379/0" };

/** One monitor over the planted Redis, with everything that hosts make of it. */
class Walk {
  readonly logger = new QuietLogger();
  readonly changes: MonitorChange[] = [];
  readonly monitor: Monitor;
  readonly source;
  readonly follower: LogFollower;
  readonly logged: LoggedFailures;

  constructor(url: string, redactor: Redactor, log: string) {
    const logger = this.logger;
    this.source = openTestSource(url, { redactor, logger });
    const settings = { clock: systemClock, logger, thresholds: defaultThresholds, staleAfterMs: 60_000, queues: [] };
    this.monitor = createMonitor({ source: this.source, ...settings });
    this.monitor.onChange((change) => void this.changes.push(change));
    this.logged = new LoggedFailures((text) => redactor.text(text));
    this.follower = new LogFollower({
      files: () => Promise.resolve([log]),
      failures: this.logged,
      onFailures: () => {},
      onGrowth: () => {},
      clock: systemClock,
      logger,
      pollMs: 20,
    });
    this.follower.start();
    this.monitor.start();
  }

  async ready(): Promise<void> {
    await eventually(() => assert.ok(this.monitor.snapshot().complete), { timeoutMs: 15_000 });
    await eventually(async () => assert.notEqual(this.#traceback(await this.#opened("logged")), null));
    await eventually(() => assert.ok(this.monitor.snapshot().workers.length > 0));
  }

  async close(): Promise<void> {
    this.follower.close();
    await this.monitor.close();
  }

  /** A method that is added to `Monitor` must be walked here to compile. */
  readonly #ofMonitor: { readonly [M in keyof Monitor]: () => unknown } = {
    snapshot: () => this.monitor.snapshot(),
    query: () => Promise.all(sorts.map((sort) => this.monitor.query({ ...newestJobs, sort, limit: 100 }))),
    rows: () => [...this.monitor.rows()],
    errorGroups: () => this.monitor.errorGroups(),
    functions: () => this.monitor.functions(),
    tasks: () => this.monitor.tasks(),
    queueReports: () => this.monitor.queueReports(),
    latency: () => this.monitor.latency(),
    cron: () => this.monitor.cron(),
    recent: () => this.monitor.recent({ kinds: [], queue: null, function: null, upTo: null, limit: 1000 }),
    searchPayloads: () =>
      this.monitor.searchPayloads(
        { query: { ...newestJobs, text: "arg:*", limit: 100 }, budget: { jobs: 1000, bytes: 1e8, ms: 10_000 } },
        () => undefined,
      ),
    sampleMemory: () => this.monitor.sampleMemory(null),
    suggest: async () => [await this.monitor.suggest("error:", 6), await this.monitor.suggest("e", 1)],
    row: () => plantedIds.map((id) => this.monitor.row(id)),
    open: () => Promise.all(plantedIds.map((id) => this.#opened(id))),
    onChange: () => this.changes,
    history: () => this.#remembered(),
    // As it stands in Redis, for nothing but the script of a user who was asked and told so.
    original: () => null,
    // These tell nothing.
    start: () => null,
    refresh: () => null,
    close: () => null,
    setThresholds: () => null,
    setDemand: () => null,
    pauseSweep: () => null,
    resumeSweep: () => null,
    now: () => null,
  };

  #remembered(): unknown {
    const { history } = this.monitor;
    const all = { from: 0, to: this.monitor.now(), stepMs: 90 * 24 * 3_600_000, queue: null, function: null };
    const { owners, minutes } = history.outcomes;
    const lines = [...minutes.between(Date.now() - 3_600_000, Date.now())].map(([at, bucket]) =>
      bucketLine("minute", at, bucket, owners),
    );
    return [[...history.failures(0)], [...history.errorGroups], history.chart(all), lines];
  }

  /** What comes out of every exit, as text. */
  async exits(hidesValues = false): Promise<Map<string, string>> {
    const exits = new Map<string, string>();
    for (const [name, look] of Object.entries(this.#ofMonitor)) {
      if (!hidesValues || name !== "open") exits.set(`monitor.${name}`, everyText(await look()));
    }
    exits.set("log", everyText(this.logger.lines));
    exits.set("commands sent", everyText(this.source.commands));
    for (const id of plantedIds)
      exits.set(`page of ${id}`, everyText(await this.#page(await this.#opened(id), hidesValues)));
    const monitor = (): Monitor => this.monitor;
    const tracebacks = { find: (detail: JobDetail) => this.#traceback(detail) };
    exits.set("queues tree", everyText(await everyRow(queueTree(monitor))));
    exits.set("workers tree", everyText(await everyRow(workerTree(monitor))));
    exits.set("failed tree", everyText(await everyRow(new FailedTree(monitor, tracebacks))));
    return exits;
  }

  async #opened(id: string): Promise<JobDetail> {
    // After a stand still of the machine the monitor connects anew, and refuses meanwhile.
    return eventually(async () => {
      const detail = await this.monitor.open(id);
      assert.ok(detail !== null, id);
      return detail;
    });
  }

  /** The page as it opens, every value opened to its last part, and what its buttons copy. */
  async #page(detail: JobDetail, hidesValues: boolean): Promise<unknown[]> {
    const traceback = this.#traceback(detail);
    const opened = new Set(hidesValues ? [] : roots);
    const tries = jobTries(detail);
    const hiddenBy = hidesValues ? "setting" : null;
    const more = { keys: new ArqKeys(), links: [], watched: false };
    const shown = jobView({ connection, detail, traceback, hiddenBy, opened, now: Date.now(), live: true, ...more });
    const found: unknown[] = [shown, traceback, tries, storedError(detail)];
    for (const root of roots) {
      const view = payloadView({ detail, hiddenBy, opened }, root);
      if (view.state !== "shown") continue;
      const value = payloadValue(detail, root);
      found.push(view, pythonRepr(value), jsonText(value), pythonSource(value, mask));
      const pending: ValueNode[] = [...view.children];
      for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
        found.push(node);
        if (node.childCount > 0) pending.push(...expandPath(value, node.path));
      }
    }
    return found;
  }

  #traceback(detail: JobDetail): FoundTraceback | null {
    const error = storedError(detail);
    const { id, function: name, finishedAt } = detail.row;
    const job = { id, function: name, errorType: error?.type ?? null, message: error?.message ?? null, finishedAt };
    const text = error?.traceback ?? this.logged.find(job)?.text ?? null;
    const last = text === null ? undefined : parseTracebacks(text).at(-1);
    return text === null || last === undefined ? null : { text, source: "log", place: null, chain: flattenChain(last) };
  }
}

async function everyRow(tree: TreeModel): Promise<ViewNode[]> {
  const found: ViewNode[] = [];
  const pending = [...(await tree.roots())];
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    found.push(node);
    if (node.expandable !== undefined) pending.push(...((await tree.known(node)) ?? (await tree.ask?.(node)) ?? []));
  }
  return found;
}

function leaks(planted: PlantedSecrets, exits: ReadonlyMap<string, string>): string[] {
  return [...exits].flatMap(([exit, text]) =>
    planted.within(text).map(({ kind, place, marker }) => `${exit}: ${kind} in ${place} (${marker})`),
  );
}

describe("No secret leaves", function () {
  this.timeout(60_000);
  const planted = new PlantedSecrets();
  const password = planted.secret("password", "connection URL");
  const folder = new TempFolder();
  const log = join(folder.path, "worker.log");
  let server: RedisServer;
  let url: string;
  let walk: Walk;
  let open: Walk;

  before(async () => {
    server = await startRedis({ args: ["--requirepass", password] });
    url = server.url.replace("://", `://:${password}@`);
    const redis = server.client({ password });
    await planted.plant(redis);
    writeFileSync(log, "");
    walk = new Walk(url, new Redactor({ own: ownRules }), log);
    open = new Walk(url, new OpenDoor(), log);
    appendFileSync(log, planted.log(Date.now()));
    await walk.ready();
    await open.ready();
    await planted.plantLate(redis);
    const told = (changes: readonly MonitorChange[]) =>
      changes.some(({ events }) => events.some(({ id }) => id === "late"));
    await eventually(() => assert.ok(told(walk.changes) && told(open.changes)));
  });
  after(async () => {
    await walk.close();
    await open.close();
    await closeSources();
    await server.stop();
    folder.remove();
  });

  it("through any exit of the monitor, the pages, the trees, the log or the clipboard", async () => {
    assert.deepEqual(leaks(planted, await walk.exits()), []);
  });

  it("and this walk is no blind one: with an open door it finds what was planted, at every exit that shows data", async () => {
    const exits = await open.exits();
    const seen = new Set([...exits.values()].flatMap((text) => planted.within(text)));
    /** What no exit shows, redacted or not. */
    const places = ["connection URL", "health record", "unknown payload", "broken JSON", "name of a connection"];
    const unseen = ({ place }: Planted): boolean =>
      [...places, "function of a worker", "message in a log"].includes(place);
    const missed = planted.all.filter((secret) => !seen.has(secret) && !unseen(secret));
    assert.deepEqual(
      missed.map(({ kind, place }) => `${kind} in ${place}`),
      [],
    );
    const silent = [...exits].filter(([, text]) => planted.within(text).length === 0).map(([exit]) => exit);
    const calls = [
      "start",
      "refresh",
      "close",
      "setThresholds",
      "setDemand",
      "pauseSweep",
      "resumeSweep",
      "now",
      "original",
    ];
    // Names of queues and numbers.
    const nothingToTell = [...calls, "queueReports", "sampleMemory", "latency"].map((name) => `monitor.${name}`);
    assert.deepEqual(silent.sort(), [...nothingToTell, "commands sent", "log", "page of unreadable"].sort());
  });

  it("by searching for it", async () => {
    const { monitor } = walk;
    for (const { marker, kind, place } of planted.all) {
      for (const text of [marker, marker.slice(0, 7), marker.toLowerCase()]) {
        assert.equal((await monitor.query({ ...newestJobs, text })).total, 0, `${kind} in ${place}`);
      }
    }
    assert.ok((await open.monitor.query({ ...newestJobs, text: "zqx" })).total > 0);
  });

  it("on the command line", async () => {
    const script = join(folder.path, "inspect.js");
    const entryPoints = [join(repositoryRoot(), "src", "inspect.ts")];
    buildSync({ entryPoints, outfile: script, bundle: true, platform: "node", format: "cjs", logLevel: "error" });
    const inspect = async (...given: string[]): Promise<string> => {
      const run = promisify(execFile)(process.execPath, [script, ...given], { maxBuffer: 1 << 26 });
      // A failure ends with code 2 and prints why.
      const { stdout, stderr } = await run.catch((error: { stdout: string; stderr: string }) => error);
      return `${stdout}\n${stderr}`;
    };
    const printed = await inspect(url);
    assert.match(printed, /PaymentFailed/);
    // What only the user's own rules know is not known here.
    const own = /of one's own/;
    const found = leaks(planted, new Map([["inspect", printed]])).filter((leak) => !own.test(leak));
    assert.deepEqual(found, []);
    for (const wrong of [url.replace(password, `${password}/`), url.replace("redis:", "tcp:"), `${url}x`]) {
      assert.deepEqual(leaks(planted, new Map([[wrong, await inspect(wrong)]])), []);
    }
  });

  it("by what is said of a connection that fails", async () => {
    const port = server.url.split(":").at(-1)?.split("/")[0];
    const wrong = [`redis://:${password}wrong@127.0.0.1:${port}/0`, `redis://ann:${password}@127.0.0.1:${port}/999`];
    for (const each of [...wrong, `redis://:${password}@127.0.0.1:1/0`, `redis://:${password}@[bad`]) {
      const failing = new Walk(each, new Redactor(), log);
      await eventually(() => assert.equal(failing.monitor.snapshot().status.state, "down"));
      const told = everyText([failing.monitor.snapshot(), failing.logger.lines]);
      assert.deepEqual(leaks(planted, new Map([[each, told]])), []);
      await failing.close();
    }
  });

  it("by a server that does not know AUTH, and repeats what it was sent", async () => {
    const odd = await startRedis({ args: ["--rename-command", "AUTH", ""] });
    const failing = new Walk(odd.url.replace("://", `://:${password}@`), new Redactor(), log);
    await eventually(() => assert.equal(failing.monitor.snapshot().status.state, "down"));
    const told = everyText([failing.monitor.snapshot(), failing.logger.lines]);
    assert.match(told, /does not know the command AUTH/);
    assert.deepEqual(leaks(planted, new Map([["a server without AUTH", told]])), []);
    await failing.close();
    await odd.stop();
  });

  it("and nothing of arguments and results is on any screen while values are hidden", async () => {
    const exits = await walk.exits(true);
    for (const [exit, text] of exits) {
      for (const value of Object.values(plainValues)) assert.ok(!text.includes(value), `${exit} shows ${value}`);
    }
    const shown = [...(await walk.exits()).values()].join("\n");
    for (const value of Object.values(plainValues)) assert.ok(shown.includes(value), `${value} is shown nowhere`);
  });
});
