import { isOwnFrame } from "../../python/frames";
import type { Frame } from "../../python/traceback";

/** What was raised, for the line where it happened. Texts have passed the redactor. */
export interface RaisedError {
  readonly type: string;
  readonly message: string;
  /** Arguments and attributes as Python writes them: `sku = 'A-7'`. Empty where they are not known, or are hidden. */
  readonly values: readonly string[];
}

/** One frame among those that are stepped through. */
export interface FrameStep {
  readonly stack: FrameStack;
  readonly index: number;
}

/** The frames of one exception, oldest first, with what is known of the failure. One object for all rows that show a frame of it. */
export class FrameStack {
  constructor(
    readonly frames: readonly Frame[],
    readonly raised: RaisedError | null = null,
    /** What the failed job says of the code that it ran: a commit, a tag, a release. */
    readonly release: string | null = null,
    private readonly chain: readonly FrameStack[] | null = null,
  ) {}

  /** The exceptions of one failure, each followed by what led to it: who steps through one goes on to the next. */
  static chained(
    exceptions: readonly Pick<FrameStack, "frames" | "raised">[],
    release: string | null = null,
  ): readonly FrameStack[] {
    const chain: FrameStack[] = [];
    for (const { frames, raised } of exceptions) chain.push(new FrameStack(frames, raised, release, chain));
    return chain;
  }

  /** It is one exception of several. */
  get isChained(): boolean {
    return this.chain !== null && this.chain.length > 1;
  }

  /** Of all exceptions of the failure, in the order of steps. */
  get everyFrame(): readonly FrameStep[] {
    return (this.chain ?? [this]).flatMap((stack) => stack.frames.map((_, index) => ({ stack, index })));
  }

  /** The frames to step through from this one: those of own code, or all where it is none of them. */
  steps(from: number): readonly FrameStep[] {
    const every = this.everyFrame;
    const here = this.frames[from];
    return here === undefined || !isOwnFrame(here.file)
      ? every
      : every.filter(({ stack, index }) => isOwnFrame(stack.frames[index]!.file));
  }

  /** Where this frame stands among its steps. */
  placeIn(steps: readonly FrameStep[], index: number): number {
    return steps.findIndex((step) => step.stack === this && step.index === index);
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
