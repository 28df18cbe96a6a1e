/**
 * What only a worker's log says, in whatever a formatter puts around it: time and mark of a job (also as JSON escapes them), and the lines of
 * arq/worker.py and arq/jobs.py without a mark that come before a failure or belong to one. One pass over foreign text takes 1.5 ms a megabyte.
 */
const mark =
  /\d\.\d\ds (?:→ [^\r\n(]{0,300}[^\s(]\(|! (?:[^\s:]{1,200}:\S|[^\r\n]{1,300}? (?:failed, |max retries ))|← [^\r\n]{1,300}? ●|[↻⊘] |\\u(?:2192|2190|21[bB][bB]|2298) )|Starting worker for \d|deserializing job |error serializing result of |recording health: /;

/** As far as text passes behind a mark, characters: a traceback may follow, which is cut at half of this. */
const warmCharacters = 262_144;
/** In a line whose first characters are not a worker's the rest is not either, characters. */
const longestLine = 4096;

/**
 * Passes on what may belong to a worker's log in the output of a command, and nothing of commands that print none: recognised by content, however long a
 * `docker compose up` prints other things before the first job. Of text that does not pass only the unfinished line is kept. Linear.
 */
export class WorkerOutput {
  /** The line that goes on in the next chunk; while text passes, only its end, where a mark may have begun. */
  #line = "";
  /** The rest of this line does not matter. */
  #skipping = false;
  /** Characters that still pass without another mark. */
  #warm = 0;

  /** The part of this chunk, and of the line it ends, that is worth reading; often "". */
  take(chunk: string): string {
    let passed = "";
    let rest = chunk;
    while (rest !== "") {
      if (this.#warm > 0) {
        const next = rest.slice(0, this.#warm);
        rest = rest.slice(next.length);
        passed += this.#pass(next);
      } else {
        rest = this.#waitForMark(rest);
      }
    }
    return passed;
  }

  #pass(text: string): string {
    this.#warm = mark.test(this.#line + text) ? warmCharacters : this.#warm - text.length;
    if (this.#warm > 0) {
      this.#line = (this.#line + text).slice(-longestMark);
      return text;
    }
    this.#line = "";
    this.#skipping = true;
    // What passes next is another line.
    return `${text}\n`;
  }

  /** Returns the text from the line with a mark on, "" without one. */
  #waitForMark(chunk: string): string {
    const text = this.#skipping ? afterLineEnd(chunk) : this.#line + chunk;
    if (text === null) return "";
    this.#skipping = false;
    this.#line = "";
    const found = text.search(mark);
    if (found >= 0) {
      this.#warm = warmCharacters;
      return text.slice(lineStart(text, found));
    }
    this.#line = text.slice(lineStart(text, text.length));
    if (this.#line.length > longestLine) {
      this.#line = "";
      this.#skipping = true;
    }
    return "";
  }
}

/** No mark is longer than this. */
const longestMark = 400;

/** A carriage return alone begins a line too: progress bars end none. */
function lineStart(text: string, at: number): number {
  if (at === 0) return 0;
  return Math.max(text.lastIndexOf("\n", at - 1), text.lastIndexOf("\r", at - 1)) + 1;
}

function afterLineEnd(text: string): string | null {
  const end = text.search(/[\r\n]/);
  return end < 0 ? null : text.slice(end + 1);
}
