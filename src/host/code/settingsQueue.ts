import { queueOf as queueOfSettings } from "../../python/tasks/queueOf";
import type { ReadValue, SettingsCode } from "../../python/tasks/taskCode";

/** The queue that a worker with these settings reads for certain; null where the source does not tell. */
export function queueOf(settings: SettingsCode): string | null {
  const { name, isCertain } = queueOfSettings(settings);
  return isCertain ? name : null;
}

/** As `queueOf`; where the environment decides, the queue that applies without it. */
export function likelyQueueOf(settings: SettingsCode): string | null {
  return queueOfSettings(settings).name;
}

/** The value, or what applies where the environment says nothing. Null where neither is known. */
export function known<T>(read: ReadValue<T>): { readonly value: T; readonly assumed: boolean } | null {
  if ("value" in read) return { value: read.value, assumed: false };
  return read.fallback === undefined ? null : { value: read.fallback, assumed: true };
}
