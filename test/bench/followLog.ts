import { execFile } from "node:child_process";
import { appendFileSync, createReadStream, mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { type LogDisk, nodeDisk } from "../../src/files/logDisk";
import { LogFollower } from "../../src/files/logFollower";
import { LoggedFailures } from "../../src/files/loggedFailures";
import { systemClock } from "../../src/monitor/systemClock";
import { type Measure, percentile, round } from "./measure";

const run = promisify(execFile);
const rounds = 5;
/** Of what is read whole for comparison: a sixteenth of the log. */
const wholeBytes = 64 * 1024 * 1024;
const tailBytes = 2 * 1024 * 1024;

/** How long it takes from opening a log of this size until the failure at its end is known, ms. */
export async function followLog(bytes: number, log: (line: string) => void): Promise<Measure> {
  const { ms, against } = await measured(bytes, log);
  return { value: ms, unit: "ms", against };
}

/** What is read of it for that, kB. */
export async function followLogBytes(bytes: number, log: (line: string) => void): Promise<Measure> {
  const { kB } = await measured(bytes, log);
  return { value: kB, unit: "kB", against: { "the whole log": round(bytes / 1000) } };
}

/** How long it takes from a failure that is appended to it until it is known, ms: the pace of looking counts. */
export async function followLogAppend(bytes: number, log: (line: string) => void): Promise<Measure> {
  const { appendMs } = await measured(bytes, log);
  return { value: appendMs, unit: "ms", against: {} };
}

interface Figures {
  readonly ms: number;
  readonly kB: number;
  readonly appendMs: number;
  readonly against: Readonly<Record<string, number>>;
}

let figures: Promise<Figures> | null = null;

function measured(bytes: number, log: (line: string) => void): Promise<Figures> {
  return (figures ??= measure(bytes, log));
}

async function measure(bytes: number, log: (line: string) => void): Promise<Figures> {
  const folder = mkdtempSync(join(tmpdir(), "arq-bench-log-"));
  try {
    const path = join(folder, "worker.log");
    writeFileSync(path, "");
    // Holes cost no disk; what is read of it are real lines.
    truncateSync(path, bytes - 2 * tailBytes);
    appendFileSync(path, `\n${lines(2 * tailBytes)}${failure("last")}`);
    const opened = [];
    const appended = [];
    let read = 0;
    for (let round = 0; round < rounds; round++) {
      const once = await follow(path, `next-${round}`);
      opened.push(once.ms);
      appended.push(once.appendMs);
      read = once.bytes;
    }
    const whole = join(folder, "whole.log");
    writeFileSync(whole, lines(wholeBytes));
    const against = {
      "tail -c 2M, and grep": await fastest(() => run("sh", ["-c", `tail -c ${tailBytes} "${path}" | grep -c ' ! '`])),
      "reading 64 MB whole": await fastest(() => drain(whole)),
    };
    log(`A log of ${Math.round(bytes / 1e6)} MB; ${Math.round(read / 1000)} kB of it were read`);
    return {
      ms: round(percentile(opened, 50)),
      appendMs: round(percentile(appended, 50)),
      kB: round(read / 1000),
      against,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function follow(path: string, next: string): Promise<{ ms: number; appendMs: number; bytes: number }> {
  let bytes = 0;
  const disk: LogDisk = {
    stat: (asked) => nodeDisk.stat(asked),
    async open(asked) {
      const file = await nodeDisk.open(asked);
      const read = async (buffer: Uint8Array, length: number, position: number): Promise<number> => {
        const count = await file.read(buffer, length, position);
        bytes += count;
        return count;
      };
      return { size: () => file.size(), read, close: () => file.close() };
    },
  };
  const failures = new LoggedFailures((text) => text);
  const quiet = () => {};
  const logger = { debug: quiet, info: quiet, warn: quiet, error: quiet };
  const known = async (id: string): Promise<number> => {
    const began = performance.now();
    const job = { id, function: "charge", errorType: null, message: null, finishedAt: null };
    while (failures.find(job) === null) await sleep(1);
    return performance.now() - began;
  };
  const files = () => Promise.resolve([path]);
  const follower = new LogFollower({
    files,
    failures,
    clock: systemClock,
    logger,
    onFailures: quiet,
    onGrowth: quiet,
    disk,
  });
  try {
    follower.start();
    const ms = await known("last");
    const read = bytes;
    appendFileSync(path, failure(next));
    return { ms, appendMs: await known(next), bytes: read };
  } finally {
    follower.close();
  }
}

function lines(bytes: number): string {
  const record = (n: number): string =>
    `2026-01-02 12:30:${String(n % 60).padStart(2, "0")},123 INFO arq.worker:   0.05s → order-${n}:charge(${n})\n`;
  const some = Array.from({ length: 1000 }, (_, n) => record(n)).join("");
  return some.repeat(Math.ceil(bytes / some.length)).slice(-bytes);
}

function failure(id: string): string {
  const frames = Array.from(
    { length: 12 },
    (_, n) => `  File "/app/shop/step${n}.py", line ${n + 1}, in step${n}\n    go()\n`,
  );
  return (
    `2026-01-02 12:31:00,123 ERROR arq.worker:   0.05s ! ${id}:charge failed, KeyError: 'sku'\n` +
    `Traceback (most recent call last):\n${frames.join("")}KeyError: 'sku'\n`
  );
}

async function fastest(work: () => Promise<unknown>): Promise<number> {
  let best = Infinity;
  for (let tried = 0; tried < rounds; tried++) {
    const began = performance.now();
    await work();
    best = Math.min(best, performance.now() - began);
  }
  return round(best);
}

async function drain(path: string): Promise<void> {
  // oxlint-disable-next-line no-empty -- the reading is what is measured
  for await (const _ of createReadStream(path, { highWaterMark: 256 * 1024 })) {
  }
}
