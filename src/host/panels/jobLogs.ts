import { commands, l10n, window } from "vscode";
import type { LogName } from "../../files/logPlace";
import type { JobLogAsk, JobLogView } from "../../protocol/jobLog";
import type { JobRow } from "../../protocol/viewModels";
import { openLogLine } from "../openLogLine";
import { logNameText, type Tracebacks } from "../tracebacks";

/** The section of a job's page with what the followed logs say of it. */
export class JobLogs {
  /**
   * The logs that the page was ever told of: no other is opened for it. Only longer from answer to answer, because answers may
   * come in another order than they were asked for, and each numbers its logs by it.
   */
  readonly #logs: LogName[] = [];

  constructor(private readonly tracebacks: Tracebacks) {}

  async read({ id, function: name, enqueuedAt, startedAt, finishedAt }: JobRow, ask: JobLogAsk): Promise<JobLogView> {
    const job = { id, function: name, enqueuedAt, startedAt, finishedAt };
    let log = await this.tracebacks.logOf(job, { ...ask, guesses: ask.guesses ?? true });
    const guessesShown = ask.guesses ?? !log.others;
    if (ask.guesses === null && !guessesShown) log = await this.tracebacks.logOf(job, { ...ask, guesses: false });
    const { lines, ...rest } = log;
    return {
      ...rest,
      guessesShown,
      followed: this.tracebacks.followed.length,
      lines: lines.map(({ log: name, ...line }) => ({ ...line, file: this.#indexOf(name) })),
      files: this.#logs.map(logNameText),
    };
  }

  #indexOf(name: LogName): number {
    const known = this.#logs.findIndex((each) => each.kind === name.kind && logNameText(each) === logNameText(name));
    return known >= 0 ? known : this.#logs.push(name) - 1;
  }

  /** Opens the file at the line that begins there, or shows the terminal. Throws where the page was told of no such log. */
  async open(file: number, line: number | null, offset: number): Promise<void> {
    const log = this.#logs[file];
    if (log === undefined) throw new Error(l10n.t("There is no such log."));
    if (log.kind === "file") await openLogLine(this.tracebacks, { ...log, line, offset });
    else if (log.kind === "debugConsole") await commands.executeCommand("workbench.debug.action.focusRepl");
    else window.terminals.find(({ name }) => this.tracebacks.shownName(name) === log.name)?.show();
  }
}
