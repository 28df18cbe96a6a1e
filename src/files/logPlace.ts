/** Where a log was read. */
export type LogPlace = FilePlace | StreamPlace;

export interface FilePlace {
  readonly kind: "file";
  readonly path: string;
  /** From 1; null in a file so large that the lines before it were not counted. */
  readonly line: number | null;
  /** Where the line begins, bytes. */
  readonly offset: number;
}

/** A log as a whole. */
export type LogName = Pick<FilePlace, "kind" | "path"> | StreamPlace;

/** A log that comes in pieces and stays nowhere. `name` as its tab or session is named. */
export type StreamPlace =
  | { readonly kind: "terminal"; readonly name: string }
  | { readonly kind: "debugConsole"; readonly name: string };
