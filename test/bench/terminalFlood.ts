import { withoutRetaining } from "../../src/host/terminals/withoutRetaining";
import { LogStream } from "../../src/files/logStream";
import { LoggedFailures } from "../../src/files/loggedFailures";
import { systemClock } from "../../src/monitor/systemClock";
import { WorkerOutput } from "../../src/python/workerOutput";
import { type Measure, round } from "./measure";

/** VS Code hands on what came within 50 ms; a flood fills that with hundreds of kilobytes, characters. */
const chunkCharacters = 256_000;

/** What commands print that are no worker, each line by line until a chunk is full. */
const floods: Readonly<Record<string, (line: number) => string>> = {
  yes: () => "y\r\n",
  "access log": (line) =>
    `2026-11-22 10:00:${line % 60},123 INFO uvicorn.access 127.0.0.1:5000 - "GET /items/${line}?x=3s HTTP/1.1" 200\r\n`,
  coloured: (line) => `\u001b[32m✓\u001b[0m compiled module ${line} in ${line % 90}.34s → dist/${line}.js\r\n`,
};

/**
 * CPU that hearing a terminal takes for each megabyte that is no worker's: the dearest of the floods. Beside it a reader that only takes the chunks, and one
 * that reads every line as a worker's.
 * @param megabytes how much is printed of each.
 */
export async function terminalFlood(megabytes: number, log: (line: string) => void): Promise<Measure> {
  let dearest = { heard: 0, bare: 0, parsed: 0 };
  for (const [name, lineOf] of Object.entries(floods)) {
    const chunk = chunkOf(lineOf);
    const perMegabyte = async (read: Reader, part: number): Promise<number> => {
      const count = Math.ceil((megabytes * part * 1e6) / chunk.length);
      // Once unmeasured: compiled code is what runs for hours.
      await read(stream(chunk, 20));
      return ((await cpuOf(() => read(stream(chunk, count)))) * 1e6) / (count * chunk.length);
    };
    const each = {
      heard: await perMegabyte(heard, 1),
      bare: await perMegabyte(bare, 1),
      parsed: await perMegabyte(parsed, 0.1),
    };
    log(`${name}: ${each.heard.toFixed(2)} ms/MB, bare ${each.bare.toFixed(2)}, every line ${each.parsed.toFixed(2)}`);
    if (each.heard > dearest.heard) dearest = each;
  }
  const { heard: value, bare: only, parsed: every } = dearest;
  return {
    value: round(value),
    unit: "ms/MB",
    against: { "a bare reader": round(only), "reading every line": round(every) },
  };
}

type Reader = (chunks: AsyncIterable<string>) => Promise<unknown>;

function chunkOf(lineOf: (line: number) => string): string {
  let text = "";
  for (let line = 0; text.length < chunkCharacters; line++) text += lineOf(line);
  // As it comes out of a message: one flat text.
  return JSON.parse(JSON.stringify(text)) as string;
}

async function* stream(chunk: string, count: number): AsyncGenerator<string> {
  for (let sent = 0; sent < count; sent++) yield chunk;
}

async function bare(chunks: AsyncIterable<string>): Promise<number> {
  let characters = 0;
  for await (const chunk of chunks) characters += chunk.length;
  return characters;
}

async function heard(chunks: AsyncIterable<string>): Promise<number> {
  const output = new WorkerOutput();
  let characters = 0;
  for await (const chunk of withoutRetaining(chunks)) characters += output.take(chunk).length;
  if (characters > 0) throw new Error("What is no worker's was taken for one.");
  return characters;
}

async function parsed(chunks: AsyncIterable<string>): Promise<void> {
  const failures = new LoggedFailures((text) => text);
  const place = { kind: "terminal", name: "flood" } as const;
  const log = new LogStream({ place, failures, clock: systemClock, onFailures: () => {} });
  for await (const chunk of chunks) log.write(chunk);
  log.end();
}

async function cpuOf(run: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  await run();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}
