/** Levels of log records, least first. */
export const logLevels = ["debug", "info", "warning", "error", "critical"] as const;

/** Which lines of a job's log are wanted. */
export interface JobLogAsk {
  /** At least this; null: any. */
  readonly level: (typeof logLevels)[number] | null;
  /** Part of a record's text, in any case. */
  readonly text: string;
  /** Also lines that name no job; null: as long as no other job may have written them. */
  readonly guesses: boolean | null;
}

export interface JobLogLineView {
  /** Index into `JobLogView.files`. */
  readonly file: number;
  /** From 1; null in a file so large that its lines were not counted, and in a terminal. */
  readonly line: number | null;
  /** What `openLogLine` sends back. */
  readonly offset: number;
  /** Unix ms; null where the log has no times. */
  readonly at: number | null;
  readonly level: (typeof logLevels)[number] | null;
  readonly text: string;
  /** It begins a record; else it goes on with the one above. */
  readonly starts: boolean;
  /** It names no job: the same process wrote it meanwhile. */
  readonly guess: boolean;
}

/** What the followed worker logs, or the terminals that are read, say of a job. */
export interface JobLogView {
  /** How many files are followed. */
  readonly followed: number;
  /** Files and terminals that lines of this or of an earlier answer come from, as people name them. */
  readonly files: readonly string[];
  /** The last that pass, oldest first. */
  readonly lines: readonly JobLogLineView[];
  /** How many pass. */
  readonly total: number;
  /** How many there are in all, and how many that name no job. */
  readonly named: number;
  readonly guesses: number;
  readonly guessesShown: boolean;
  /** Other jobs ran in the same process meanwhile. */
  readonly others: boolean;
  /** How the lines were found; null where there are none. */
  readonly by: "id" | "function and time" | null;
  /** The job ran so long that only lines that name it were looked for, or that a terminal's first lines are forgotten. */
  readonly partly: boolean;
}
