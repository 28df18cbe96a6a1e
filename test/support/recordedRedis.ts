import { readFileSync } from "node:fs";
import type { JobFacts } from "../../src/arq/jobModel";
import { JobIndex } from "../../src/monitor/jobIndex";
import type { JobRow } from "../../src/monitor/model";
import { readJobFacts } from "../../src/redis/factReader";
import type { ReadCommand, ReadOnlyRedis, Reply } from "../../src/redis/readOnlyCommands";
import type { JobLook, WorkerLook } from "./sceneLook";
import { contextOf } from "./sessionContext";

/** A job's keys at one moment, as test/arq/recordings/record.py wrote them down, and what is true of the job. */
export interface RecordedLook {
  readonly scene: string;
  readonly expect: JobLook;
  /** Redis' TIME, unix ms. */
  readonly at: number;
  /** Scores in the queues that hold the job. */
  readonly queues: Readonly<Record<string, number>>;
  /** `job`, `in-progress`, `retry`, `result`: PTTL and the value in base64. */
  readonly keys: Readonly<Record<string, readonly [pttl: number, value: string]>>;
}

/** The health records of one queue at one moment, PTTL and text by key. */
export interface RecordedHealth {
  readonly scene: string;
  readonly expect: WorkerLook;
  readonly health: Readonly<Record<string, readonly [pttl: number, text: string]>>;
}

export interface Recording {
  readonly version: string;
  readonly python: string;
  /** What this version cannot bring about, and why. */
  readonly impossible: Readonly<Record<string, string>>;
  readonly looks: readonly (RecordedLook | RecordedHealth)[];
}

export function readRecording(path: string): Recording {
  const [head, ...looks] = readFileSync(path, "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as unknown);
  return { ...(head as Omit<Recording, "looks">), looks: looks as Recording["looks"] };
}

/**
 * Whether the start of a recorded attempt can be known. Up to 0.22 ARQ sends INCR and EXPIRE of the counter over two connections:
 * now and then the EXPIRE comes first, to a key that is not there, and the counter has no lifetime to reckon the start from.
 */
export function startIsKnown({ keys }: RecordedLook): boolean {
  return keys["result"] !== undefined || keys["retry"]?.[0] !== -1;
}

/** What the product shows of a recorded job to somebody who has not seen it before; null when nothing of it is left. */
export async function rowOfRecorded(look: RecordedLook, queues: readonly string[]): Promise<JobRow | null> {
  const facts = await factsOfRecorded(look, queues);
  const context = { now: look.at, live: false, sweep: 1, evidence: undefined, horizon: 0 };
  return new JobIndex().apply(facts, context).after;
}

/** The facts as they are read from a real Redis: by the same commands and the same code. */
export async function factsOfRecorded(look: RecordedLook, queues: readonly string[]): Promise<JobFacts> {
  const context = contextOf({ redis: new RecordedRedis(look) });
  const [facts] = await readJobFacts(context, [look.expect.id], queues);
  if (facts === undefined) throw new Error(`no facts of ${look.expect.id}`);
  return facts;
}

/** Answers the commands that read a job as Redis did at the moment of the recording. */
class RecordedRedis implements ReadOnlyRedis {
  constructor(private readonly look: RecordedLook) {}

  async run(commands: readonly ReadCommand[]): Promise<readonly Reply[]> {
    return commands.map((command) => this.#answer(command));
  }

  #answer(command: ReadCommand): Reply {
    const { at, queues, expect } = this.look;
    switch (command[0]) {
      case "time":
        return [Buffer.from(String(Math.floor(at / 1000))), Buffer.from(String((at % 1000) * 1000))];
      case "zscore": {
        const score = command[2] === expect.id ? queues[command[1]] : undefined;
        return score === undefined ? null : Buffer.from(String(score));
      }
      case "pttl":
        return this.#key(command[1])?.[0] ?? -2;
      case "exists":
        return this.#key(command[1]) === undefined ? 0 : 1;
      case "get":
        return this.#value(command[1]);
      case "strlen":
        return this.#value(command[1])?.length ?? 0;
      case "getrange":
        return this.#value(command[1])?.subarray(command[2], command[3] + 1) ?? Buffer.alloc(0);
      default:
        throw new Error(`${command.join(" ")} was not recorded`);
    }
  }

  #key(name: string): readonly [number, string] | undefined {
    const kind = Object.keys(this.look.keys).find((each) => name === `arq:${each}:${this.look.expect.id}`);
    return kind === undefined ? undefined : this.look.keys[kind];
  }

  #value(name: string): Buffer | null {
    const key = this.#key(name);
    return key === undefined ? null : Buffer.from(key[1], "base64");
  }
}
