import type { Frame } from "./traceback";
import { WorkerLogParser } from "./workerLog";

/** A part of a line, in characters. */
export interface LineSpan {
  readonly start: number;
  readonly length: number;
}

export interface FrameSpan extends LineSpan {
  readonly frame: Pick<Frame, "file" | "line" | "function">;
}

/** Where a line names a job. */
export interface JobSpan extends LineSpan {
  readonly jobId: string;
}

/** Beyond this a line is not looked at, characters. Terminals show less (VS Code asks for lines of up to 2,000). */
const longestLine = 10_000;
/** Links in one line; a log in JSON has a whole traceback in one. */
const mostLinks = 50;
/** Words of one line that are looked up, and colons of one word that may divide it. */
const mostWords = 100;
const mostColons = 8;

/** `"/app/shop/orders.py", line 27` of frames as Python prints them, behind any prefix, also within JSON. */
export function frameSpans(text: string): FrameSpan[] {
  const line = text.slice(0, longestLine);
  const spans: FrameSpan[] = [];
  const plain = /File ("([^"\n]{1,1000})", line (\d{1,9}))(?:, in ([^\s",]{1,200}))?/g;
  const escaped = /File (\\"((?:[^"\\]|\\\\){1,1000})\\", line (\d{1,9}))(?:, in ([^\s",\\]{1,200}))?/g;
  for (const pattern of [plain, escaped]) {
    for (const found of line.matchAll(pattern)) {
      const [, place = "", path = "", number = "", name = ""] = found;
      const file = pattern === escaped ? path.replaceAll("\\\\", "\\") : path;
      // `<string>`, `<frozen importlib._bootstrap>`.
      if (file.startsWith("<")) continue;
      spans.push({
        start: found.index + "File ".length,
        length: place.length,
        frame: { file, line: Number(number), function: name },
      });
      if (spans.length === mostLinks) return spans;
    }
  }
  return spans;
}

/**
 * The jobs that a line names: that of a worker's line (`→ id:function(`, `! id:function failed`, `job id expired`), known or not, and words that are the
 * id of a known job. A word is looked up when it is like no word of a language: long, and with a digit. No part of a path or an address is taken.
 */
export function jobSpans(text: string, isKnown: (jobId: string) => boolean): JobSpan[] {
  const line = text.slice(0, longestLine);
  const spans: JobSpan[] = [];
  const logged = jobOfWorkerLine(line, isKnown);
  if (logged !== null) spans.push(logged);
  let words = 0;
  for (const { 0: word, index } of line.matchAll(/[^\s"'`()[\]{}<>,;=|]{8,300}/g)) {
    if (words++ === mostWords || spans.length === mostLinks) break;
    if (!/\d/.test(word) || /[/\\]/.test(word)) continue;
    const part = partsOf(word).find(({ jobId }) => isKnown(jobId));
    if (part === undefined) continue;
    const start = index + part.start;
    if (logged?.start !== start) spans.push({ start, length: part.jobId.length, jobId: part.jobId });
  }
  return spans;
}

function jobOfWorkerLine(line: string, isKnown: (jobId: string) => boolean): JobSpan | null {
  const parser = new WorkerLogParser();
  parser.push(`${line}\n`);
  const [record] = parser.pending();
  if (record === undefined || record.jobId === null) return null;
  const start = line.indexOf(record.ref);
  if (start < 0) return null;
  // Ids may hold colons, and so may names: what is known decides.
  const known = partsOf(record.ref).find((part) => part.start === 0 && isKnown(part.jobId));
  const jobId = known?.jobId ?? record.jobId;
  return { start, length: jobId.length, jobId };
}

/** What of a word may be an id: the whole, without what a sentence puts behind it, what stands before a colon, and behind one (`arq:job:<id>`). */
function partsOf(word: string): { readonly start: number; readonly jobId: string }[] {
  const bare = word.replace(/[.,:;!?…]{1,3}$/, "");
  const colons = [...bare.matchAll(/:/g)].slice(0, mostColons).map(({ index }) => index);
  return [
    { start: 0, jobId: word },
    { start: 0, jobId: bare },
    ...colons.toReversed().map((colon) => ({ start: 0, jobId: bare.slice(0, colon) })),
    ...colons.map((colon) => ({ start: colon + 1, jobId: bare.slice(colon + 1) })),
  ];
}
