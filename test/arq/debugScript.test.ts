import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Redis } from "ioredis";
import { originalArguments } from "../../src/arq/originalArguments";
import { decodeJob, decodeResult } from "../../src/arq/payload";
import { Redactor } from "../../src/arq/redact";
import { mask } from "../../src/arq/secretTokens";
import {
  debugScript,
  type JobScript,
  pytestScript,
  type ScriptArguments,
  type ScriptFunction,
} from "../../src/python/debugScript";
import { ensureArq, requireArq } from "../support/arqEnvironment";
import { type RedisServer, startRedis } from "../support/redisServer";
import { repositoryRoot } from "../support/repositoryRoot";

const project = join(repositoryRoot(), "test", "arq", "debugging");
const settings = { kind: "class", module: "shop_debug.worker", name: "WorkerSettings" } as const;
/** The oldest Python that a script is meant for, some between, and the newest that is here. */
const others = [
  { version: "0.23", python: "3.8" },
  { version: "0.25", python: "3.9" },
  { version: "0.27.0", python: "3.12" },
  { version: "0.28.0", python: "3.13" },
] as const;

interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

describe("a job's script, run by real Pythons beside real ARQ", function () {
  this.timeout(180_000);
  let server: RedisServer;
  let redis: Redis;
  let python = "";
  let folder = "";
  const expected = new Map<string, string>();

  const run = (with_: string, ...args: string[]): Promise<Ran> =>
    new Promise((done) => {
      const env = {
        ...process.env,
        ARQ_TEST_PORT: String(server.port),
        PYTHONDONTWRITEBYTECODE: "1",
        PYTHONPATH: project,
      };
      execFile(with_, ["-W", "ignore", ...args], { env, cwd: folder }, (error, out, err) =>
        done({ code: error === null ? 0 : Number(error.code ?? 1), out, err }),
      );
    });

  /** Every key with what it holds. */
  const everything = async (): Promise<string[]> => {
    const keys = (await redis.keys("*")).toSorted();
    return Promise.all(keys.map(async (key) => `${key} ${(await redis.dumpBuffer(key)).toString("hex")}`));
  };

  /** As the panel of the job knows it. */
  const scriptOf = async (id: string, more: Partial<JobScript> = {}): Promise<JobScript> => {
    const result = await redis.getBuffer(`arq:result:${id}`);
    const decoded = result === null ? decodeJob((await redis.getBuffer(`arq:job:${id}`))!) : decodeResult(result);
    assert.ok(decoded.ok, id);
    const job = new Redactor().job(decoded);
    return {
      job: { id, function: job.function, tries: job.try, enqueuedAt: job.enqueuedAt, score: null, error: null },
      function: { how: "name", name: { module: "shop_debug.tasks", qualname: job.function }, isBound: false },
      arguments: { kind: "values", args: job.args, kwargs: job.kwargs },
      hooks: {},
      timeout: 300,
      settings,
      mask,
      ...more,
    };
  };

  const original = async (key: string): Promise<ScriptArguments> => {
    const read = originalArguments((await redis.getBuffer(key))!);
    assert.ok(read.ok, `${key}: ${read.ok ? "" : read.message}`);
    return { kind: "original", pickle: Buffer.from(read.pickle).toString("base64"), globals: read.globals };
  };

  const runScript = (script: JobScript, with_ = python, change = (text: string) => text): Promise<Ran> => {
    const file = join(folder, "debug_it.py");
    writeFileSync(file, change(debugScript(script, [project], false).text));
    return run(with_, file);
  };

  const got = ({ out }: Ran): string | undefined => /^GOT (.*)$/m.exec(out)?.[1];

  before(async function () {
    python = await requireArq(this);
    server = await startRedis();
    redis = new Redis(server.url);
    folder = mkdtempSync(join(tmpdir(), "arq-debug-"));
    const enqueued = await run(python, join(project, "drive.py"), "enqueue");
    assert.equal(enqueued.code, 0, enqueued.err);
    const told = await run(python, join(project, "drive.py"), "expected");
    for (const line of told.out.trimEnd().split("\n")) expected.set(...(JSON.parse(line) as [string, string]));
  });

  after(async () => {
    redis?.disconnect();
    await server?.stop();
    if (folder !== "") rmSync(folder, { recursive: true, force: true });
  });

  it("gives the function the arguments and the ctx that it had, under every Python from 3.8, and changes nothing in Redis", async function () {
    const before = await everything();
    const script = await scriptOf("plain");
    let tried = 0;
    for (const each of [null, ...others]) {
      const environment = each === null ? { python } : await ensureArq({ ...each, log: () => {} });
      if (!("python" in environment)) continue;
      tried += 1;
      const ran = await runScript(script, environment.python);
      assert.equal(got(ran), expected.get("plain"), `${environment.python}: ${ran.err}`);
      assert.match(
        ran.out,
        /CTX \{'enqueue_time': datetime.datetime\(.*tzinfo=datetime.timezone.utc\), 'job_id': 'plain', 'job_try': 1, 'score': \d{13}\}/,
      );
      assert.match(ran.out, /Returned: 'reported'/);
    }
    assert.ok(tried > 0);
    assert.deepEqual(await everything(), before);
  });

  it("runs on_startup before and on_shutdown after, where they were chosen", async () => {
    const hooks = { on_startup: { module: "shop_debug.worker", qualname: "startup" }, on_shutdown: settings } as const;
    const ran = await runScript(await scriptOf("plain", { hooks }));
    assert.match(ran.out, /CTX .*'started': 'yes'[^]*SHUT DOWN/, ran.err);
    const failed = await runScript(await scriptOf("charge", { hooks }));
    assert.match(failed.out, /SHUT DOWN/);
    assert.notEqual(failed.code, 0);
    assert.match(failed.err, /tasks\.py", line \d+, in charge/);
    assert.match(failed.err, /Declined: 17/);
    assert.doesNotMatch((await runScript(await scriptOf("plain"))).out, /SHUT DOWN|started/);
  });

  it("has a Redis in ctx that refuses, until one line is changed", async () => {
    const script = await scriptOf("uses_redis");
    await redis.del("written");
    const refused = await runScript(script);
    assert.notEqual(refused.code, 0);
    assert.match(refused.err, /RuntimeError: ctx\['redis'\]\.set was refused: set USE_REAL_REDIS in .*debug_it\.py/);
    assert.equal(await redis.exists("written"), 0);
    const allow = (text: string): string => text.replace("USE_REAL_REDIS = False", "USE_REAL_REDIS = True");
    const allowed = await runScript(script, python, allow);
    assert.equal(allowed.code, 0, allowed.err);
    assert.equal(await redis.getdel("written"), "by the function");
  });

  it("gets hold of methods by import, and of what stands in another function as the worker does", async () => {
    for (const [id, how] of [
      ["method", { how: "name", name: { module: "shop_debug.tasks", qualname: "Mailer.send" }, isBound: false }],
      ["inner", { how: "worker", settings, list: "functions" }],
    ] as const satisfies readonly [string, ScriptFunction][]) {
      const ran = await runScript(await scriptOf(id, { function: how }));
      assert.equal(got(ran), expected.get(id), ran.err);
    }
  });

  it("stands with gaps where objects cannot be written, and with equal objects where the original is unpickled", async () => {
    const before = await everything();
    const script = await scriptOf("objects");
    const written = debugScript(script, [project], false);
    assert.equal(written.gaps, 2);
    assert.match(got(await runScript(script)) ?? "", /^\(\(Ellipsis, \{'colour': Ellipsis, 'n': 1\}\), \{'id': UUID\(/);
    for (const key of [
      "arq:result:objects",
      ...[0, 1, 2, 3, 4, 5].map((each) => `arq:job:protocol${each}`),
      "arq:job:gzip",
    ]) {
      const ran = await runScript({ ...script, arguments: await original(key) });
      assert.equal(got(ran), expected.get("objects"), `${key}: ${ran.err}`);
    }
    assert.deepEqual(await everything(), before);
  });

  it("unpickles no more of a result than its arguments, so that an exception which cannot be unpickled is in nobody's way", async () => {
    const script = await scriptOf("objects");
    const named = ["shop_debug.models.Order", "shop_debug.models.Colour", "uuid.UUID"];
    for (const protocol of [2, 3, 4, 5]) {
      const args = await original(`arq:result:result${protocol}`);
      assert.ok(args.kind === "original");
      const globals = args.globals.map(({ module, qualname }) => `${module}.${qualname}`);
      assert.ok(
        named.every((name) => globals.includes(name)),
        globals.join(),
      );
      assert.ok(!globals.includes("shop_debug.models.Declined"), `protocol ${protocol}`);
      const ran = await runScript({ ...script, arguments: args });
      assert.equal(got(ran), expected.get("objects"), `${protocol}: ${ran.err}`);
    }
  });

  it("imports nothing for a pickle but what was listed", async () => {
    const args = await original("arq:result:objects");
    assert.ok(args.kind === "original");
    const fewer = { ...args, globals: args.globals.filter(({ qualname }) => qualname !== "Order") };
    const ran = await runScript(await scriptOf("objects", { arguments: fewer }));
    assert.match(ran.err, /UnpicklingError: shop_debug\.models\.Order is not among what was listed/);
    const json = originalArguments((await redis.getBuffer("arq:job:json"))!);
    assert.deepEqual([json.ok, !json.ok && json.reason], [false, "unsupported"]);
  });

  it("fails as a test where the job failed, and passes where it did not", async () => {
    const test = async (script: JobScript): Promise<Ran> => {
      writeFileSync(join(folder, "test_it.py"), pytestScript(script).text);
      const name = `test_${script.job.function}`;
      return run(python, "-c", `import test_it; test_it.${name}()`);
    };
    const passed = await test(await scriptOf("plain"));
    assert.equal(passed.code, 0, passed.err);
    assert.equal(got(passed), expected.get("plain"));
    const failed = await test(await scriptOf("charge", { arguments: await original("arq:result:charge") }));
    assert.match(failed.err, /Declined: 17/);
    const mocked = await test(await scriptOf("uses_redis"));
    assert.equal(mocked.code, 0, mocked.err);
    assert.equal(await redis.exists("written"), 0);
  });
});
