import { once } from "node:events";
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { seededRandom, wire } from "./fill";
import { type Fixed, jobOf, kinds, resultOf, Template, type Varying } from "./resultTemplate";

export interface FloodOptions {
  readonly port: number;
  readonly perSecond: number;
  readonly seconds: number;
  /** How long results are kept. */
  readonly keepMs: number;
}

/** Jobs begin so long after they were enqueued, and end so long after they began. */
const waitMs = 60;
const runMs = 120;
const tickMs = 10;
const queue = "arq:queue";

/** The three transactions of a job's life, as arq/connections.py `enqueue_job` and arq/worker.py `start_jobs`, `run_job` and `finish_job` send them. */
function phasesOf(fixed: Fixed, keepMs: number): readonly [Template, Template, Template] {
  const transaction = (...commands: readonly Buffer[]): Buffer =>
    Buffer.concat([wire("MULTI"), ...commands, wire("EXEC")]);
  const enqueued = (values: Varying): Buffer =>
    transaction(
      wire("PSETEX", `arq:job:${values.id}`, "86400000", jobOf(fixed, values)),
      wire("ZADD", queue, String(values.enqueuedAt), values.id),
    );
  const started = ({ id }: Varying): Buffer =>
    Buffer.concat([
      transaction(wire("PSETEX", `arq:in-progress:${id}`, "310000", "1")),
      transaction(
        wire("GET", `arq:job:${id}`),
        wire("INCR", `arq:retry:${id}`),
        wire("EXPIRE", `arq:retry:${id}`, "88400"),
      ),
    ]);
  const ended = (values: Varying): Buffer =>
    transaction(
      wire("SET", `arq:result:${values.id}`, resultOf(fixed, values), "PX", String(keepMs)),
      wire("ZREM", "arq:abort", values.id),
      wire("ZREM", queue, values.id),
      wire("DEL", `arq:in-progress:${values.id}`, `arq:retry:${values.id}`, `arq:job:${values.id}`),
    );
  return [new Template(enqueued), new Template(started), new Template(ended)];
}

/** The id of the `number`th job of a flood. */
export function floodId(number: number): string {
  return number.toString(16).padStart(32, "0");
}

export function floodNumber(id: string): number {
  return Number.parseInt(id, 16);
}

interface Living {
  readonly kind: number;
  values: Varying;
}

/**
 * Jobs that are enqueued, run and end at this rate, all in one queue, written as `pour` writes: 10,000 a second take a third of a processor. The result
 * names the queue in which the job was.
 * @returns how many were enqueued; each has ended.
 */
export async function flood({ port, perSecond, seconds, keepMs }: FloodOptions): Promise<{ readonly jobs: number }> {
  const random = seededRandom(20_261_124);
  const lives = kinds.map((kind) => phasesOf({ ...kind, queue, tries: 1 }, keepMs));
  const socket = connect(port, "127.0.0.1");
  await once(socket, "connect");
  socket.write(wire("CLIENT", "REPLY", "OFF"));
  const waiting: Living[] = [];
  const running: Living[] = [];
  const total = Math.round(perSecond * seconds);
  let number = 0;
  const began = Date.now();
  while (number < total || waiting.length > 0 || running.length > 0) {
    const now = Date.now();
    const chunks: Buffer[] = [];
    const write = (phase: 0 | 1 | 2, { kind, values }: Living): void => {
      const template = lives[kind]![phase];
      const bytes = Buffer.allocUnsafe(template.size);
      template.write(values, bytes, 0);
      chunks.push(bytes);
    };
    while (running.length > 0 && running[0]!.values.startedAt + runMs <= now) {
      const job = running.shift()!;
      job.values = { ...job.values, finishedAt: now };
      write(2, job);
    }
    while (waiting.length > 0 && waiting[0]!.values.enqueuedAt + waitMs <= now) {
      const job = waiting.shift()!;
      job.values = { ...job.values, startedAt: now };
      write(1, job);
      running.push(job);
    }
    const due = Math.min(total, Math.floor(((now - began) / 1000) * perSecond));
    for (; number < due; number++) {
      const values = {
        id: floodId(number),
        number: 65_536 + Math.floor(random() * 2 ** 30),
        enqueuedAt: now,
        startedAt: now,
        finishedAt: now,
      };
      const job = { kind: number % kinds.length, values };
      write(0, job);
      waiting.push(job);
    }
    if (chunks.length > 0 && !socket.write(Buffer.concat(chunks))) await once(socket, "drain");
    await sleep(tickMs);
  }
  const answered = once(socket, "data");
  socket.write(wire("CLIENT", "REPLY", "ON"));
  await answered;
  socket.destroy();
  return { jobs: total };
}
