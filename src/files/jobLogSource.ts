import type { ByteLine } from "./byteLines";
import type { JobSegments } from "./jobSegments";
import type { LogClock } from "./logClock";
import type { LogName } from "./logPlace";

/** A log that the lines of one job are read from. Places are counted in bytes of a file, in characters of what was heard. */
export interface JobLogSource {
  readonly name: LogName;
  /** What stands before it cannot be read any more. */
  readonly begin: number;
  /** Up to where it was read or heard. */
  readonly position: number;
  /** Tells its times. */
  readonly clock: LogClock;
  /** Where the tries of jobs stand in it. */
  readonly segments: JobSegments;
  /** Between two places where lines begin, as far as they are still there. */
  linesBetween(from: number, to: number): AsyncIterable<ByteLine>;
}
