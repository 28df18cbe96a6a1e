/**
 * What a file says at the place of a frame, against what the traceback printed: `same` there; `moved` to another line; `edited`, so that the line is gone;
 * `unknown` where nothing was printed, or the file cannot be read.
 */
export type LineState = "same" | "moved" | "edited" | "unknown";

/**
 * How a file was found: it is the recorded path; a mapping of the user's (`arq.pathMappings`), of `launch.json` or of a compose file led there; the same
 * folders were found before; its path ends alike; it belongs to the Python environment.
 */
export type FoundBy = "path" | "mapping" | "launch" | "compose" | "learned" | "tail" | "library";

/** A file that a frame may mean. */
export interface LocatedFrame {
  /** Absolute, of this machine. */
  readonly path: string;
  /** 1-based: where the line that ran stands now. Where it is gone or was not printed, as recorded, within the file. */
  readonly line: number;
  readonly text: LineState;
  readonly how: FoundBy;
}
