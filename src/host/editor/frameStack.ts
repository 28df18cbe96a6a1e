import { isOwnFrame } from "../../python/frames";
import type { Frame } from "../../python/traceback";

/** What was raised, for the line where it happened. Texts have passed the redactor. */
export interface RaisedError {
  readonly type: string;
  readonly message: string;
  /** Arguments and attributes as Python writes them: `sku = 'A-7'`. Empty where they are not known, or are hidden. */
  readonly values: readonly string[];
}

/** The frames of one exception, oldest first, with what is known of the failure. One object for all rows that show a frame of it. */
export class FrameStack {
  constructor(
    readonly frames: readonly Frame[],
    readonly raised: RaisedError | null = null,
    /** What the failed job says of the code that it ran: a commit, a tag, a release. */
    readonly release: string | null = null,
  ) {}

  /** Indexes of the frames to step through from this one: those of own code, or all where it is none of them. */
  steps(from: number): readonly number[] {
    const own = this.frames.flatMap(({ file }, index) => (isOwnFrame(file) ? [index] : []));
    return own.includes(from) ? own : [...this.frames.keys()];
  }

  /** The deepest frame of own code, where people look for the mistake; -1 without one. */
  get deepestOwn(): number {
    return this.frames.findLastIndex(({ file }) => isOwnFrame(file));
  }

  /** Rows are compared as JSON: a thousand of them must not each count a thousand frames. */
  toJSON(): string {
    return `${this.frames.length} frames`;
  }
}
