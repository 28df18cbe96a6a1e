import { workspace } from "vscode";
import type { JobLogAsk, JobLogView } from "../../protocol/jobLog";
import type { JobRow } from "../../protocol/viewModels";
import { openLogLine } from "../openLogLine";
import type { Tracebacks } from "../tracebacks";

/** The section of a job's page with what the followed logs say of it. */
export class JobLogs {
  /**
   * Paths of the files that the page was ever told of: no other is opened for it. Only longer from answer to answer, because answers may
   * come in another order than they were asked for, and each numbers its files by it.
   */
  readonly #paths: string[] = [];

  constructor(private readonly tracebacks: Tracebacks) {}

  async read({ id, function: name, enqueuedAt, startedAt, finishedAt }: JobRow, ask: JobLogAsk): Promise<JobLogView> {
    const job = { id, function: name, enqueuedAt, startedAt, finishedAt };
    let log = await this.tracebacks.logOf(job, { ...ask, guesses: ask.guesses ?? true });
    const guessesShown = ask.guesses ?? !log.others;
    if (ask.guesses === null && !guessesShown) log = await this.tracebacks.logOf(job, { ...ask, guesses: false });
    const paths = this.#paths;
    for (const { path } of log.lines) if (!paths.includes(path)) paths.push(path);
    const { lines, ...rest } = log;
    return {
      ...rest,
      guessesShown,
      followed: this.tracebacks.followed.length,
      files: paths.map((path) => workspace.asRelativePath(path)),
      lines: lines.map(({ path, ...line }) => ({ ...line, file: paths.indexOf(path) })),
    };
  }

  /** Opens the file at the line that begins there. Throws where the page was told of no such file. */
  async open(file: number, line: number | null, offset: number): Promise<void> {
    const path = this.#paths[file];
    if (path === undefined) throw new Error("There is no such log.");
    await openLogLine(this.tracebacks, { kind: "file", path, line, offset });
  }
}
