import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { Redis } from "ioredis";
import { decodeJob } from "../../src/arq/payload";
import { Redactor } from "../../src/arq/redact";
import { mask } from "../../src/arq/secretTokens";
import { pythonCall, reenqueueSnippet, type WrittenCall } from "../../src/python/pythonCall";
import { requireArq } from "../support/arqEnvironment";
import { type RedisServer, startRedis } from "../support/redisServer";
import { repositoryRoot } from "../support/repositoryRoot";

const run = promisify(execFile);
const script = join(repositoryRoot(), "test", "arq", "reenqueue.py");

interface Case {
  readonly name: string;
  readonly snippet: WrittenCall;
  readonly call: WrittenCall;
}

describe("what a job is copied as, under real ARQ", function () {
  this.timeout(120_000);
  let server: RedisServer;
  let python = "";
  let folder = "";
  const cases = new Map<string, Case>();

  const ask = async (...args: string[]): Promise<unknown[][]> => {
    const env = { ...process.env, ARQ_TEST_PORT: String(server.port), PYTHONDONTWRITEBYTECODE: "1" };
    const { stdout } = await run(python, ["-W", "ignore", script, ...args], { env, maxBuffer: 50_000_000 });
    return stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as unknown[]);
  };

  before(async function () {
    python = await requireArq(this);
    server = await startRedis();
    folder = mkdtempSync(join(tmpdir(), "arq-again-"));
    const redis = new Redis(server.url);
    for (const [name, id, queue] of (await ask("enqueue")) as [string, string, string][]) {
      const decoded = decodeJob((await redis.getBuffer(`arq:job:${id}`)) ?? new Uint8Array());
      assert.ok(decoded.ok, name);
      const job = new Redactor().job(decoded);
      const snippet = reenqueueSnippet({ ...job, queue }, "arq:queue", mask);
      const call = pythonCall(job, mask);
      cases.set(name, { name, snippet, call });
      if (snippet.ok && call.ok) {
        writeFileSync(join(folder, `${name}.py`), snippet.text);
        writeFileSync(join(folder, `${name}_call.py`), call.text);
      }
    }
    redis.disconnect();
  });

  after(async () => {
    await server?.stop();
    if (folder !== "") rmSync(folder, { recursive: true, force: true });
  });

  it("enqueues and calls every job again with the arguments it had, on its queue, though its result is still kept", async () => {
    const judged = await ask("again", folder);
    const wrong = judged.filter(
      ([, worked, called, expected, listed]) => worked !== expected || called !== expected || listed !== true,
    );
    assert.deepEqual(wrong, []);
    assert.deepEqual(
      judged.map(([name]) => name),
      [...cases.keys()].filter((name) => !name.startsWith("refused")),
    );
  });

  it("names the queue only where it is not the default, and no id", () => {
    const text = (name: string) => {
      const snippet = cases.get(name)?.snippet;
      return snippet?.ok === true ? snippet.text : "";
    };
    assert.match(text("other_queue"), /_queue_name="reports: monthly, 'slow'"/);
    assert.doesNotMatch(text("plain"), /_queue_name/);
    for (const name of cases.keys()) assert.doesNotMatch(text(name), /_job_id|job-/);
  });

  const refusals: Readonly<Record<string, RegExp>> = {
    refused_enum: /^args\[1\]\['colour'\]\[0\] cannot be written as Python: it is an object of \S*Colour, /,
    refused_dataclass: /^kwargs\['order'\] cannot be written as Python: it is an object of \S*Order, /,
    refused_function: /^args\[0\] cannot be written as Python: it is \S*helper, /,
    refused_secret: /^kwargs\['password'\] cannot be written as Python: it is hidden, because it may be a secret\.$/,
    refused_secret_in_text: /^args\[0\] cannot be written as Python: it holds something that is hidden/,
    refused_too_deep: /cannot be written as Python: it is nested too deep for Python source\.$/,
    refused_loop: /^args\[0\]\[0\] cannot be written as Python: it contains itself\.$/,
  };
  for (const [name, message] of Object.entries(refusals)) {
    it(`refuses, naming the argument: ${name.slice("refused_".length).replaceAll("_", " ")}`, () => {
      for (const written of [cases.get(name)?.snippet, cases.get(name)?.call]) {
        assert.ok(written?.ok === false, name);
        assert.match(written.message, message);
      }
    });
  }
});
