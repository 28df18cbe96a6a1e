import type { JobQuery } from "../../src/monitor/model";
import { type LoopDelays, watchLoop } from "./loopWatch";
import { percentile } from "./measure";
import { openMonitor } from "./openMonitor";

export interface IndexRunOptions {
  readonly url: string;
  /** Also measures memory, which collects garbage before and after. */
  readonly memory?: boolean;
  /** Also times queries once everything is indexed. */
  readonly queries?: boolean;
}

export interface IndexRun {
  /** From the start to the end of the first whole sweep. */
  readonly ms: number;
  /** Of it, what this process had of a processor: other programs hardly change it. */
  readonly cpuMs: number;
  readonly jobs: number;
  readonly commands: number;
  readonly loop: LoopDelays;
  /** What the index keeps, after collecting garbage, in bytes; null unless asked for. */
  readonly kept: number | null;
  /** By how much the process has grown, resident, and by how much at most. */
  readonly grown: number;
  readonly grownMost: number;
  /** Median ms of each query; null unless asked for. */
  readonly queries: Readonly<Record<string, number>> | null;
}

const all: JobQuery = {
  states: [],
  queue: null,
  function: null,
  errorGroup: null,
  text: "",
  sort: "newest",
  descending: true,
  offset: 0,
  limit: 100,
};
/** What people ask a job list for: each is a filter, a sort and the first page. */
const queries: Readonly<Record<string, JobQuery>> = {
  "everything, newest first": all,
  "failed, longest run first": { ...all, states: ["failed"], sort: "runMs" },
  "a function and a queue, by start": { ...all, function: "send_email", queue: "arq:queue", sort: "startedAt" },
  "free text, newest first": { ...all, text: "declined" },
  "a part of an id, by id": { ...all, text: "abc", sort: "id", descending: false },
  "everything, by run time": { ...all, sort: "runMs" },
};
const queryRounds = 7;

/** Indexes everything once, in a process that has done nothing else. */
export async function indexRun(options: IndexRunOptions): Promise<IndexRun> {
  const { monitor, source, begin, seen } = openMonitor(options.url);
  const before = memoryNow(options.memory === true);
  let most = before.resident;
  const sampler = setInterval(() => (most = Math.max(most, process.memoryUsage.rss())), 50);
  const whole = seen((snapshot) => snapshot.complete);
  const loopDelays = watchLoop();
  const spent = process.cpuUsage();
  begin();
  const ms = await whole;
  const { user, system } = process.cpuUsage(spent);
  const loop = loopDelays();
  clearInterval(sampler);
  const commands = [...source.commands.values()].reduce((sum, count) => sum + count, 0);
  const { indexed } = await monitor.query({ ...all, limit: 1 });
  const after = memoryNow(options.memory === true);
  const timed = options.queries === true ? await timeQueries((query) => monitor.query(query)) : null;
  await monitor.close();
  return {
    ms,
    cpuMs: (user + system) / 1000,
    jobs: indexed,
    commands,
    loop,
    kept: options.memory === true ? after.kept - before.kept : null,
    grown: after.resident - before.resident,
    grownMost: most - before.resident,
    queries: timed,
  };
}

function memoryNow(collect: boolean): { readonly kept: number; readonly resident: number } {
  if (collect) {
    if (globalThis.gc === undefined) throw new Error("Memory is measured with --expose-gc only.");
    // The second finds what the first has freed the way to.
    for (let round = 0; round < 2; round++) globalThis.gc();
  }
  const { heapUsed, external, rss } = process.memoryUsage();
  return { kept: heapUsed + external, resident: rss };
}

async function timeQueries(query: (query: JobQuery) => unknown): Promise<Record<string, number>> {
  const found: Record<string, number> = {};
  for (const [name, asked] of Object.entries(queries)) {
    const samples: number[] = [];
    for (let round = 0; round < queryRounds; round++) {
      const began = performance.now();
      await query(asked);
      samples.push(performance.now() - began);
    }
    found[name] = percentile(samples, 50);
  }
  return found;
}
