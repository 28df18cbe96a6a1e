import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Parser } from "pickleparser";
import { decodeResultHeader } from "../../src/arq/header";
import { decodeResult } from "../../src/arq/payload";
import { resultPayload } from "../demo/arqPayloads";
import { PyCall, tuple } from "../demo/pickle";
import type { Measure } from "./measure";

const count = 100_000;
const rounds = 4;
/** Passes over all results in each round: the first of them cleans up after another decoder. */
const passes = 4;

/** Payloads decoded per second, all of the same results. */
interface Rates {
  readonly header: number;
  readonly full: number;
  /** Others, each with a full decode. */
  readonly peers: Readonly<Record<string, number>>;
}

let rates: Promise<Rates> | null = null;

/** Results per second whose header is decoded; beside it the full decodes of others. More is better. */
export async function headerDecode(python: string | null, log: (line: string) => void): Promise<Measure> {
  rates ??= measure(python, log);
  const { header, peers } = await rates;
  return { value: header, unit: "results/s", against: peers };
}

/** Results per second that are decoded in full, arguments, return value and error. More is better. */
export async function fullDecode(python: string | null, log: (line: string) => void): Promise<Measure> {
  rates ??= measure(python, log);
  const { full, peers } = await rates;
  return { value: full, unit: "results/s", against: peers };
}

async function measure(python: string | null, log: (line: string) => void): Promise<Rates> {
  const folder = mkdtempSync(join(tmpdir(), "arq-bench-"));
  try {
    const path = join(folder, "results.bin");
    const cpython = await pickled(python, path);
    const results = cpython === null ? generated() : split(readFileSync(path));
    const bytes = results.reduce((sum, result) => sum + result.length, 0);
    log(
      `${results.length} results of ${Math.round(bytes / results.length)} bytes on average, ` +
        (cpython === null ? "made by the demo's generator: no Python here" : cpython.writer),
    );
    for (const result of results) {
      const [full, header] = [decodeResult(result), decodeResultHeader(result)];
      if (!full.ok || !header.ok || full.function !== header.function)
        throw new Error("A result could not be decoded.");
    }
    const decoders = {
      header: (result: Buffer) => decodeResultHeader(result).ok,
      full: (result: Buffer) => decodeResult(result).ok,
      pickleparser: (result: Buffer) => new Parser().parse(result) !== null,
    };
    const best = { header: 0, full: 0, pickleparser: 0 };
    // In turns, so that what else the machine does meets all of them. The first rounds also warm up.
    for (let round = 0; round < rounds; round++) {
      for (const name of ["header", "full", "pickleparser"] as const) {
        const decode = decoders[name];
        for (let pass = 0; pass < passes; pass++) {
          const began = performance.now();
          for (const result of results) decode(result);
          best[name] = Math.max(best[name], (results.length / (performance.now() - began)) * 1000);
        }
      }
    }
    const peers = cpython === null ? {} : { [`CPython ${cpython.version} pickle.loads`]: Math.round(cpython.rate) };
    return {
      header: Math.round(best.header),
      full: Math.round(best.full),
      peers: { pickleparser: Math.round(best.pickleparser), ...peers },
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * Writes the results as ARQ does, with its own `serialize_result` where it is installed, else by the same call of pickle; then reads
 * them all with `pickle.loads` (C), the best of as many passes.
 */
const writer = `
import json, pickle, random, struct, sys, time, uuid

try:
    from arq.jobs import serialize_result
    how = "written by ARQ's own serialize_result"
except ImportError:
    how = "written by pickle.dumps, as ARQ does"

    def serialize_result(*, function, args, kwargs, job_try, enqueue_time_ms, success, result, start_ms, finished_ms, ref, queue_name, job_id):
        data = {"t": job_try, "f": function, "a": args, "k": kwargs, "et": enqueue_time_ms, "s": success, "r": result}
        data.update({"st": start_ms, "ft": finished_ms, "q": queue_name, "id": job_id})
        return pickle.dumps(data)

path, count, rounds = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
functions = ["send_email", "charge_card", "place_order", "resize_image", "import_products", "cron:refresh_rates", "sync_customer", "report"]
queues = ["arq:queue", "arq:queue", "arq:queue", "orders:high"]
rnd = random.Random(20261122)

def error():
    number = rnd.randrange(10 ** 6)
    return rnd.choice([
        ValueError("no such order: %d" % number), KeyError("sku-%d" % number), TimeoutError(), RuntimeError("upstream said", 502),
        ConnectionResetError(104, "Connection reset by peer"),
    ])

results = []
now = 1_760_000_000_000
for index in range(count):
    now += rnd.randrange(200)
    enqueued = now - rnd.randrange(50, 5000)
    success = rnd.random() >= 0.05
    results.append(serialize_result(
        function=rnd.choice(functions),
        args=(rnd.randrange(10 ** 6), {"sku": "MUG-%d" % rnd.randrange(1000), "quantity": rnd.randrange(9)}),
        kwargs={"to": "c-%d@example.com" % rnd.randrange(10 ** 5)}, job_try=1 if rnd.random() < 0.95 else 2, enqueue_time_ms=enqueued,
        success=success, result={"order": rnd.randrange(10 ** 6), "shelf": 3} if success else error(),
        start_ms=enqueued + rnd.randrange(1, 50), finished_ms=now, ref="", queue_name=rnd.choice(queues),
        job_id=uuid.UUID(int=rnd.getrandbits(128)).hex,
    ))
with open(path, "wb") as file:
    for data in results:
        file.write(struct.pack("<I", len(data)) + data)
best = float("inf")
for _ in range(rounds):
    began = time.perf_counter()
    for data in results:
        pickle.loads(data)
    best = min(best, time.perf_counter() - began)
print(json.dumps({"version": sys.version.split()[0], "rate": count / best, "writer": how}))
`;

interface CPython {
  readonly version: string;
  readonly rate: number;
  readonly writer: string;
}

/** Null where there is no Python. */
async function pickled(python: string | null, path: string): Promise<CPython | null> {
  const child = spawn(python ?? "python3", ["-c", writer, path, String(count), String(rounds * passes)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let out = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (out += text));
  await new Promise((resolve) => child.once("close", resolve).once("error", resolve));
  return out === "" ? null : (JSON.parse(out) as CPython);
}

/** Each result with its length before it. */
function split(all: Buffer): Buffer[] {
  const results: Buffer[] = [];
  for (let at = 0; at < all.length;) {
    const end = at + 4 + all.readUInt32LE(at);
    results.push(Buffer.from(all.subarray(at + 4, end)));
    at = end;
  }
  return results;
}

function generated(): Buffer[] {
  return Array.from({ length: count }, (_, number) => {
    const finishedAt = 1_760_000_000_000 + number * 97;
    const success = number % 20 !== 0;
    return resultPayload({
      id: number.toString(16).padStart(32, "0"),
      queue: "arq:queue",
      function: number % 3 === 0 ? "place_order" : "send_email",
      args: tuple(number, { sku: "MUG-BLUE", quantity: 2 }),
      kwargs: { to: `customer-${number}@example.com` },
      enqueuedAt: finishedAt - 900,
      startedAt: finishedAt - 400,
      finishedAt,
      tries: 1,
      success,
      result: success ? { order: number, shelf: 3 } : new PyCall("builtins", "KeyError", [`sku-${number}`]),
    });
  });
}
