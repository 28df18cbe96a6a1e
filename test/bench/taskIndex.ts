import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { promisify } from "node:util";
import { walkPythonFiles } from "../../src/files/pythonFiles";
import { TaskFiles } from "../../src/files/taskFiles";
import { writePythonFiles } from "../support/manyPythonFiles";
import { TempFolder } from "../support/tempFolder";
import { watchLoop } from "./loopWatch";
import { type Measure, percentile, round } from "./measure";

const runs = 5;
const edits = 50;

/**
 * From nothing to all tasks, settings, schedules and enqueue calls of so many Python files, ms; the median of five. Beside it: reading every file and no more, as
 * this process reads them, and `grep -rl` for one word, which is what one search for one name costs. The files are in the page cache for all.
 */
export async function taskIndex(files: number, log: (line: string) => void): Promise<Measure> {
  const folder = new TempFolder();
  try {
    writePythonFiles(folder, files);
    const { paths } = await walkPythonFiles(folder.path);
    const bytes = await readAll(paths);
    const times: number[] = [];
    const bare: number[] = [];
    const grep: number[] = [];
    const longest: number[] = [];
    for (let run = 0; run < runs; run++) {
      bare.push(await timed(async () => void (await readAll((await walkPythonFiles(folder.path)).paths))));
      grep.push(await timed(async () => void (await promisify(execFile)("grep", ["-rl", "enqueue_job", folder.path]))));
      const stop = watchLoop();
      times.push(
        await timed(async () => {
          const { tasks, settings, enqueues } = await new TaskFiles({ roots: [folder.path] }).read();
          if (run === 0)
            log(
              `${paths.length} files, ${round(bytes / 1e6)} MB: ${tasks.length} tasks, ${settings.length} settings, ${enqueues.length} calls`,
            );
        }),
      );
      longest.push(stop().workedP99Ms);
    }
    log(`worked without a turn for others, all but a hundredth: ${round(Math.max(...longest))} ms`);
    const against = {
      "walking and reading the files": round(percentile(bare, 50)),
      "grep -rl": round(percentile(grep, 50)),
    };
    return { value: round(percentile(times, 50)), unit: "ms", against };
  } finally {
    folder.remove();
  }
}

/**
 * An edit of one file among so many: the longest that this process works without giving others a turn, ms, the 95th percentile over fifty edits of worker settings.
 * What a keystroke itself costs is less: the name of the file is noted. Beside it: from the change to the new snapshot.
 */
export async function taskIndexEdit(files: number, log: (line: string) => void): Promise<Measure> {
  const folder = new TempFolder();
  try {
    const [worker] = writePythonFiles(folder, files);
    const text = await readFile(worker!, "utf8");
    let typed = text;
    const tasks = new TaskFiles({ roots: [folder.path], openText: (file) => (file === worker ? typed : undefined) });
    await tasks.read();
    const held: number[] = [];
    const whole: number[] = [];
    const noted: number[] = [];
    for (let edit = 0; edit < edits; edit++) {
      typed = text.replace("max_jobs = 20", `max_jobs = ${edit}`);
      const stop = watchLoop();
      noted.push(await timed(async () => tasks.change(worker!)));
      whole.push(await timed(async () => void (await tasks.read())));
      held.push(stop().workedMs);
    }
    await writeFile(worker!, text);
    log(
      `noting a change: ${percentile(noted, 95).toFixed(3)} ms; to the new snapshot ${round(percentile(whole, 50))} ms`,
    );
    return {
      value: round(percentile(held, 95)),
      unit: "ms",
      against: { "to the new snapshot": round(percentile(whole, 95)) },
    };
  } finally {
    folder.remove();
  }
}

async function timed(run: () => Promise<void>): Promise<number> {
  const began = performance.now();
  await run();
  return performance.now() - began;
}

/** Bytes. */
async function readAll(paths: readonly string[]): Promise<number> {
  let bytes = 0;
  for (let at = 0; at < paths.length; at += 32) {
    const some = await Promise.all(paths.slice(at, at + 32).map((path) => readFile(path)));
    for (const { length } of some) bytes += length;
  }
  return bytes;
}
