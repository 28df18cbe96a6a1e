import { arqDefaults, type SettingsCode } from "./taskCode";

/** The queue of a worker's settings. */
export interface QueueOfSettings {
  /** Null: known at run time only. */
  readonly name: string | null;
  /** False: the environment may set another. */
  readonly isCertain: boolean;
}

/** The queue that a worker with these settings works on. */
export function queueOf({ values: { queue_name: given } }: SettingsCode): QueueOfSettings {
  if (given === null) return { name: arqDefaults.queue_name, isCertain: true };
  if ("value" in given) return { name: given.value, isCertain: given.value !== null };
  return { name: given.fallback ?? null, isCertain: false };
}
